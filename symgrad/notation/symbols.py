"""The written names of a problem, and what stands for entries of named arrays."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from symgrad.maths.latex import latex
from symgrad.maths.naming import name
from symgrad.maths.nodes import Accent, Fenced, Maths, Numeral, Operator, Row, Script, Symbol, Text


class Naming(Struct, frozen=True):
    """How every name is written and how many axes it has: 0 a scalar, 1 a vector, 2 a matrix.

    ``names`` may also hold sizes (n) and the problem's own functions; those need no rank. ``columns``
    are matrices of one column, whatever the sizes.
    """

    names: Mapping[str, Maths]
    ranks: Mapping[str, int]
    columns: frozenset[str] = field(default_factory=frozenset)

    def written(self, id: str) -> Maths:
        """The maths of a name; a KeyError that says so where there is none."""
        if id not in self.names:
            raise KeyError(f"nothing says how {id!r} is written")
        return self.names[id]

    def rank(self, id: str) -> int:
        """The number of axes of a name; a KeyError that says so where it is not known."""
        if id not in self.ranks:
            raise KeyError(f"the rank of {id!r} is not known")
        return self.ranks[id]

    def size(self, id: str) -> Maths:
        """A size: a number, or a name that is written by habit unless ``names`` holds it."""
        return Numeral(id) if id.isdigit() else self.names.get(id) or name(id, 0)

    def is_taken(self, letter: Maths) -> bool:
        """Whether a sign of ours is a name of the problem, with or without an arrow."""
        return not {letter, Accent("vec", letter)}.isdisjoint(self.names.values())

    def looks_taken(self, symbol: Maths) -> bool:
        """Whether a symbol of ours looks like a name, or like an entry x_1 of one."""
        entry = isinstance(symbol, Script) and symbol.sup is None and self.is_taken(symbol.base)
        return entry or latex(symbol) in map(latex, self.names.values())

    def entry(self, base: Maths, subscript: Maths) -> Maths:
        """base_subscript: brackets about a base with scripts, and where x_1 is already a name's own form.

        The arrow of a vector goes, for its entries are scalars.
        """
        bare = base.body if isinstance(base, Accent) and base.kind == "vec" else base
        plain = Script(bare, sub=subscript)
        if isinstance(base, Script) or plain in self.names.values():
            return Script(Fenced("(", base, ")"), sub=subscript)
        return plain


def subscript(indices: tuple[Maths, ...]) -> Maths:
    """ij for single letters and digits, else i, j with commas."""
    if len(indices) == 1:
        return indices[0]
    short = all(isinstance(index, Symbol | Numeral) and len(index.text) == 1 for index in indices)
    comma = () if short else (Operator(","),)
    return Row(indices[:1] + tuple(part for index in indices[1:] for part in (*comma, index)))


def position(index: str | int, end: str = "end") -> Maths:
    """An index letter, or a position from 0 as people count, from 1; -1 is the end, -2 the one before it."""
    if isinstance(index, str):
        letter, _, number = index.partition("_")
        return Script(Symbol(letter), sub=Numeral(number)) if number else Symbol(letter)
    return Numeral(str(index + 1)) if index >= 0 else _from_end(-index - 1, end)


def stretch(start: int | None, stop: int | None, end: str) -> Maths:
    """The range start:stop of Python as people count it, 2:3 for 1:3; a colon for all."""
    if start is None and stop is None:
        return Operator(":")
    last = Numeral(str(stop)) if stop is not None and stop >= 0 else _from_end(-(stop or 0), end)
    return Row((position(start or 0, end), Operator(":"), last))


def _from_end(steps: int, end: str) -> Maths:
    return Row((Text(end), Operator("−"), Numeral(str(steps)))) if steps else Text(end)
