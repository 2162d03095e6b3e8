"""Indices: which of a name's scripts are some, the ranges of letters, and entries of arrays by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from symgrad.submission.sheet.terms import ATOM, DOWN, PAPER, Axis, Misfit, Size, Term, standing
from symgrad.submission.written import (
    Add,
    Call,
    Element,
    Literal,
    Negative,
    Node,
    Power,
    Product,
    Subtract,
    Sum,
    Symbol,
    parts,
    walk,
)

LETTERS = frozenset("ijklmnpq")
"""Letters that may count entries."""
ALL = ":"


class Index(Struct, frozen=True):
    """A letter and what is added to it; without a letter a position, counted as the sheet counts."""

    letter: str
    shift: int = 0


class Range(Struct, frozen=True):
    """From ``lower``, as the sheet counts, to ``upper``: a number, (size, what is taken off), or the end."""

    lower: int = 1
    upper: int | tuple[str, int] | None = None

    def cut(self, size: Size, shift: int = 0) -> tuple[int, int | None]:
        """The slice of an axis that the range takes, from 0. Raises `Misfit` where it reaches beyond."""
        base = min(self.lower, 1)
        start, stop = self.lower - base + shift, self._stop(size, base, shift)
        if start < 0:
            raise Misfit("an index runs below the first entry")
        return start, stop

    def _stop(self, size: Size, base: int, shift: int) -> int | None:
        match self.upper:
            case None:
                off = 0
            case int() as last:
                stop = last - base + 1 + shift
                if isinstance(size, int) and stop > size:
                    raise Misfit(f"the sum goes to {last}, and there are {size} entries")
                return None if stop == size else stop
            case (name, off):
                if isinstance(size, str) and name != size:
                    raise Misfit(f"the sum goes to {name}, and there are {size} entries")
                off += base - 1
                if off < 0 and (size is None or shift == 0):
                    off = 0  # from 0 to n are n + 1 entries
        if shift > off:
            raise Misfit("an index runs beyond the last entry")
        return None if off == shift else shift - off


Ranges: TypeAlias = "Mapping[str, Range]"


def text_of(node: Node) -> str:
    """A label as text, without what separates its parts."""
    match node:
        case Symbol(base, sub, _, accents):
            return base + sub.replace(",", "") + "".join(accents)
        case Literal(value):
            return str(value)
        case Negative(body):
            return f"-{text_of(body)}"
        case Add(left, right):
            return f"{text_of(left)}+{text_of(right)}"
        case Subtract(left, right):
            return f"{text_of(left)}-{text_of(right)}"
        case Power(left, right) | Product(left, right):
            return text_of(left) + text_of(right)
        case Call(head, args):
            return f"{text_of(head)}({','.join(map(text_of, args))})"
    return "_"


def index_of(node: Node, letters: Collection[str]) -> Index | None:
    """An index that holds one of the letters: i, i + 1, t − 1."""
    match node:
        case Symbol(base, "", (), ()) if base in letters:
            return Index(base)
        case Symbol(":", "", (), ()):
            return Index(ALL)
        case Add(Symbol(base, "", (), ()), Literal(value)) if base in letters and value.denominator == 1:
            return Index(base, int(value))
        case Subtract(Symbol(base, "", (), ()), Literal(value)) if base in letters and value.denominator == 1:
            return Index(base, -int(value))
    return None


def split(symbol: Symbol, letters: Collection[str]) -> tuple[Symbol, tuple[Index, ...]]:
    """A symbol without its indices, and those: samples above first, then what ends the subscript."""
    high = [index_of(node, letters) for node in symbol.raised]
    marks = [n for n, index in enumerate(high) if index is None]
    low = list(symbol.indices)
    found: list[Index] = []
    while low and (index := index_of(low[-1], letters)) is not None:
        found.insert(0, index)
        low.pop()
    if all(index.letter == ALL for index in found):
        found, low = [], list(symbol.indices)
    above = [index for index in high if index is not None and index.letter != ALL]
    if not found and not above:
        return symbol, ()
    sub = "".join(map(text_of, low)) if found else symbol.sub
    if above:
        kept = tuple(symbol.marks[n] for n in marks), tuple(symbol.raised[n] for n in marks)
        symbol = replace(symbol, marks=kept[0], raised=kept[1])
    return replace(symbol, sub=sub, indices=tuple(low)), (*above, *found)


def places(symbol: Symbol) -> tuple[Symbol, tuple[int, ...]]:
    """x_1 and W_{12} as entries of x and W: the numbers that end the subscript."""
    low = list(symbol.indices)
    found: list[int] = []
    while low and isinstance(low[-1], Literal) and low[-1].value.denominator == 1:
        found.insert(0, int(low.pop().value))  # type: ignore[union-attr]
    return replace(symbol, sub="".join(map(text_of, low)), indices=tuple(low)), tuple(found)


def scripts(node: Node) -> Iterator[Node]:
    """The indices on a node, low and high."""
    match node:
        case Symbol():
            yield from (*node.indices, *node.raised)
        case Element():
            yield from node.indices
        case Power(Symbol(), Symbol() as high):
            yield high


def bears(node: Node, letter: str) -> bool:
    """Whether a letter is an index in a node, or stands there by itself, and no Σ in it binds it."""
    if isinstance(node, Sum) and node.index == letter:
        return False
    found = {letter}
    if node == Symbol(letter) or any(index_of(script, found) for script in scripts(node)):
        return True
    if isinstance(node, Call) and any(index_of(script, found) for script in node.head.indices):
        return True
    return any(bears(part, letter) for part in parts(node))


def loose(node: Node, bound: Collection[str]) -> list[str]:
    """The letters that index something in a node and are bound by nothing, in order."""
    inner = {part.index for part in walk(node) if isinstance(part, Sum) and part.index}
    letters = LETTERS - inner - set(bound)
    found = (index_of(script, letters) for part in walk(node) for script in scripts(part))
    return list(dict.fromkeys(i.letter for i in found if i is not None and i.letter in letters))


def entries(term: Term, indices: Iterable[Index], ranges: Ranges, from_zero: bool) -> Term:
    """The entries of an array at its first indices. Raises `Misfit` where it has not as many axes."""
    axes = standing(term).axes
    given = list(indices)
    if not given:
        return term
    if len(given) > len(axes) or _twice(given):
        raise Misfit
    term = standing(term)
    kept: list[Axis] = []
    keys: list[str] = []
    for index, axis in zip(given, axes, strict=False):
        key, axis_kept = _entry(index, axis, ranges, from_zero)
        keys.append(key)
        kept += [] if axis_kept is None else [axis_kept]
    kept += axes[len(given) :]
    if sum(axis.label in PAPER for axis in kept) == 1:
        kept = [replace(axis, label=DOWN) if axis.label in PAPER else axis for axis in kept]
    while keys and keys[-1] == ALL:
        keys.pop()
    text = f"{term.at(ATOM)}[{', '.join(keys)}]" if keys else term.text
    return replace(term, text=text, level=ATOM if keys else term.level, axes=tuple(kept))


def _twice(indices: list[Index]) -> bool:
    letters = [index.letter for index in indices if index.letter not in ("", ALL)]
    return len(set(letters)) < len(letters)


def _entry(index: Index, axis: Axis, ranges: Ranges, from_zero: bool) -> tuple[str, Axis | None]:
    """The part of a key for one index, and the axis that is left."""
    if index.letter == ALL:
        return ALL, axis
    if not index.letter:
        position = index.shift - (0 if from_zero else 1)
        if position < 0 or (isinstance(axis.size, int) and position >= axis.size):
            raise Misfit(f"there is no entry {index.shift}")
        return str(position), None
    if index.letter not in ranges:
        raise Misfit
    start, stop = ranges[index.letter].cut(axis.size, index.shift)
    if start == 0 and stop is None:
        return ALL, replace(axis, label=index.letter)
    size: Size = None
    if isinstance(axis.size, int):
        size = len(range(axis.size)[start:stop])
    elif stop is not None and stop > 0:
        size = stop - start
    return f"{start}:{'' if stop is None else stop}", Axis(index.letter, size)
