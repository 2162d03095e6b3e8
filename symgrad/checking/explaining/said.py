"""Mathematics in sentences about a line: between dollars, as the problem writes it or as the student did."""

from __future__ import annotations

from functools import lru_cache

from symgrad.checking.worlds.model import Model
from symgrad.errors import SymgradError
from symgrad.maths.latex import latex
from symgrad.notation.context import Context
from symgrad.notation.formulas import to_maths
from symgrad.notation.handwriting import handwriting
from symgrad.notation.numerals import Digits
from symgrad.notation.plain import plain
from symgrad.notation.setting import context_of
from symgrad.submission.written import Node
from symgrad.tree import Formula, Name

NOTATION = "prod"


def maths_of(node: Node) -> str:
    """A part of what was written."""
    return f"${latex(handwriting(node))}$"


def of_problem(part: Formula | str, model: Model) -> str:
    """A formula of the problem, or one of its names; in the problem file's letters where it has no other."""
    formula = Name(part) if isinstance(part, str) else part
    written = formula_in(formula, model)
    return plain(formula) if written is None else f"${written}$"


def formula_in(formula: Formula, model: Model) -> str | None:
    """A formula in LaTeX as the problem's reports write it; None where they have no form for it."""
    try:
        return latex(to_maths(formula, _context(model)))
    except (SymgradError, KeyError, TypeError, ValueError):
        return None


@lru_cache(maxsize=8)
def _context(model: Model) -> Context:
    return context_of(model.graph, model.problem, model.problem.report.notation or NOTATION, Digits())
