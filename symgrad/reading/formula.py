"""Formulas of a problem file, from text to the tree of `symgrad.tree`; nothing is ever evaluated."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

from symgrad.errors import InputError, Place
from symgrad.operations import FORMULA_SIGNATURES
from symgrad.operations.signature import Signature
from symgrad.reading.source import within
from symgrad.reading.syntax import Reader
from symgrad.reading.tokens import FormulaText, for_python
from symgrad.tree import Formula, Function

MAX_DEPTH = 100  # every later stage walks the tree by recursion

NONE: Mapping[str, Function] = MappingProxyType({})

Spans: TypeAlias = "tuple[tuple[Formula, int, int], ...]"


class ParsedFormula(Struct, frozen=True):
    """A formula, its text and place, and the span in the text of each of its nodes."""

    formula: Formula
    text: str
    place: Place
    spans: Spans

    def place_of(self, node: Formula) -> Place:
        """Where a node stands in the file: the first of equal ones, the formula for a foreign one."""
        found = [span for span in self.spans if span[0] is node] or [s for s in self.spans if s[0] == node]
        _, start, end = found[0] if found else (node, 0, len(self.text))
        return within(self.place, start, end)


def parse_formula(
    text: str,
    place: Place,
    signatures: Mapping[str, Signature] = FORMULA_SIGNATURES,
    sizes: Collection[str] = (),
    functions: Mapping[str, Function] = NONE,
) -> ParsedFormula:
    """The formula that ``text`` writes; ``place`` is where its first character stands.

    ``signatures`` are the functions it may call, ``functions`` those of the problem's own, ``sizes`` the
    names that stand for sizes. Raises `InputError`, with the caret inside the formula, for anything the
    language does not have.
    """
    source = FormulaText(text, place)
    return _parsed(parse_tree(source), Reader(source, signatures, sizes, functions))


def parse_equation(
    text: str,
    place: Place,
    signatures: Mapping[str, Signature] = FORMULA_SIGNATURES,
    sizes: Collection[str] = (),
    functions: Mapping[str, Function] = NONE,
) -> tuple[ParsedFormula, ParsedFormula]:
    """The two sides of ``left == right``. Raises `InputError` for anything else."""
    source = FormulaText(text, place)
    match parse_tree(source):
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            sides = [_parsed(side, Reader(source, signatures, sizes, functions)) for side in (left, right)]
            return sides[0], sides[1]
        case other:
            raise source.node_fault(other, "a fact is one equation", "write it as in sum(y) == 1")


def _parsed(node: ast.expr, reader: Reader) -> ParsedFormula:
    formula = reader.read(node)
    return ParsedFormula(formula, reader.source.text, reader.source.place, tuple(reader.spans))


def parse_tree(source: FormulaText) -> ast.expr:
    """Python's syntax tree, no deeper than `MAX_DEPTH`; brackets let the formula begin with blanks."""
    try:
        body = ast.parse(f"({for_python(source)})", mode="eval").body
    except SyntaxError as error:
        start = max(0, min((error.offset or 0) - 2, len(source.text)))
        hint = "an operand or an operator is missing, or one too many"
        raise source.fault("the formula cannot be read from here", start, start + 1, hint) from None
    except (RecursionError, MemoryError):
        raise _too_deep(source) from None
    level: list[ast.AST] = [body]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise _too_deep(source)
    return body


def _too_deep(source: FormulaText) -> InputError:
    message = f"a formula of more than {MAX_DEPTH} operations, one inside the other"
    return source.fault(message, 0, len(source.text), "write it as several quantities")
