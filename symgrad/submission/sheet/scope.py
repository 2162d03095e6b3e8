"""What the names in a sheet's formulas stand for while one reading of them is tried."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from symgrad.submission.sheet.kinds import Kind, Term
from symgrad.submission.written import Node, Symbol, walk

LETTERS = frozenset("ijklmnpq")
"""Letters that count entries."""
NO_INDICES = frozenset(("in", "min", "kin", "null"))


@dataclass(frozen=True, slots=True)
class Scope:
    """``named`` gives the name of a symbol, or None; ``roots`` the quantities that are written as powers:
    σ² under σ, with the exponent; ``functions`` what the sheet's own heads are called; ``read`` keeps the
    readings of parts, as those of a long product are asked for again and again."""

    kinds: Mapping[str, Kind]
    named: Callable[[Symbol], str | None]
    roots: Mapping[Symbol, tuple[str, int]]
    functions: Mapping[Symbol, str]
    read: dict[tuple[Node, bool], list[Term]] = field(default_factory=dict, compare=False)

    def with_kinds(self, kinds: Mapping[str, Kind]) -> Scope:
        """The same names for other arrays."""
        return replace(self, kinds=kinds, read={})


def indices(symbol: Symbol, letters: Collection[str]) -> tuple[Symbol, tuple[str, ...]]:
    """A symbol without its indices, and those of ``letters`` that it bears: x^{(i)}_j, W_{1,ij}."""
    found: tuple[str, ...] = ()
    marks = []
    for mark in symbol.marks:
        if mark.strip("()[]") in letters:
            found += (mark.strip("()[]"),)
        else:
            marks.append(mark)
    sub = symbol.sub
    low: tuple[str, ...] = ()
    while sub and sub[-1] in letters and sub not in NO_INDICES:
        low, sub = (sub[-1], *low), sub[:-1].rstrip(",")
    return replace(symbol, sub=sub, marks=tuple(marks)), (*found, *low)


def bears(node: Node, letter: str) -> bool:
    """Whether a letter is an index somewhere in a node: low, high, or in brackets above."""
    for part in walk(node):
        if isinstance(part, Symbol) and (
            letter in indices(part, {*LETTERS, letter})[1] or part == Symbol(letter)
        ):
            return True
        if letter in getattr(part, "sub", "") and not isinstance(part, Symbol):
            return True
    return False
