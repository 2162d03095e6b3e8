"""Formulas of a problem file, from text to the tree of `symgrad.tree`; nothing is ever evaluated."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

from symgrad.errors import InputError, Place
from symgrad.operations import FORMULA_SIGNATURES
from symgrad.operations.signature import Signature
from symgrad.reading.rounds import Round
from symgrad.reading.source import within
from symgrad.reading.syntax import Reader
from symgrad.reading.tokens import FormulaText, for_python
from symgrad.tree import Formula, Function

MAX_DEPTH = 100  # every later stage walks the tree by recursion

NO_ROUND = Round()
NONE: Mapping[str, Function] = MappingProxyType({})

Spans: TypeAlias = "tuple[tuple[Formula, int, int], ...]"


class ParsedFormula(Struct, frozen=True):
    """A formula, its text and place, and the span in the text of each of its nodes.

    ``shown`` is the text with the numbers of its round, x[2] for x[t-1]; ``looked_up`` names the givens
    whose entries stand in it as positions.
    """

    formula: Formula
    text: str
    place: Place
    spans: Spans
    shown: str = ""
    looked_up: tuple[str, ...] = ()

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
    round_: Round = NO_ROUND,
) -> ParsedFormula:
    """The formula that ``text`` writes; ``place`` is where its first character stands.

    ``signatures`` are the functions it may call, ``functions`` those of the problem's own, ``sizes`` the
    names that stand for sizes; ``round_`` says what counters are. Raises `InputError`, with the caret
    inside the formula, for anything the language does not have.
    """
    source = FormulaText(text, place)
    return _parsed(parse_tree(source), Reader(source, signatures, sizes, functions, round_))


def parse_equation(
    text: str,
    place: Place,
    signatures: Mapping[str, Signature] = FORMULA_SIGNATURES,
    sizes: Collection[str] = (),
    functions: Mapping[str, Function] = NONE,
    round_: Round = NO_ROUND,
) -> tuple[ParsedFormula, ParsedFormula]:
    """The two sides of ``left == right``. Raises `InputError` for anything else."""
    source = FormulaText(text, place)
    match parse_tree(source):
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            sides = [
                _parsed(side, Reader(source, signatures, sizes, functions, round_)) for side in (left, right)
            ]
            return sides[0], sides[1]
        case other:
            raise source.node_fault(other, "a fact is one equation", "write it as in sum(y) == 1")


def _parsed(node: ast.expr, reader: Reader) -> ParsedFormula:
    formula = reader.read(node)
    text, looked_up = reader.source.text, tuple(sorted(reader.positions.looked_up))
    shown = _settled(text, reader.settled)
    return ParsedFormula(formula, text, reader.source.place, tuple(reader.spans), shown, looked_up)


def _settled(text: str, numbers: Iterable[tuple[int, int, str]]) -> str:
    """A text with numbers put in for what stands in some of its spans."""
    for start, end, number in sorted(numbers, reverse=True):
        text = text[:start] + number + text[end:]
    return text


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
