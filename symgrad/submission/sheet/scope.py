"""What the names in a sheet's formulas stand for while one reading of them is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.submission.sheet.indices import Index, Range, places, split
from symgrad.submission.sheet.terms import Term
from symgrad.submission.written import Node, Symbol

Bound: TypeAlias = "tuple[tuple[tuple[str, Range], ...], bool]"


class Names(Struct, frozen=True):
    """``named`` gives the name of a symbol, or None; ``roots`` the quantities that are written as powers:
    σ² under σ, with the exponent; ``functions`` what the sheet's own heads are called; ``counts`` are
    letters for sizes whose number is given; ``sizes`` the letters that name one; ``labels`` letters that
    count nothing here."""

    named: Callable[[Symbol], str | None]
    roots: Mapping[Symbol, tuple[str, int]] = field(default_factory=dict)
    functions: Mapping[Symbol, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    from_zero: bool = False


class Scope(Struct, frozen=True):
    """The arrays of the names, each as a term, and the letters that are bound here with their ranges.

    ``summed`` is set under a Σ without an index. ``read`` keeps the readings of parts, as those of a long
    product are asked for again and again; ``reasons`` why some did not fit.
    """

    names: Names
    kinds: Mapping[str, Term] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    summed: bool = False
    read: dict[tuple[Node, Bound], list[Term]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def with_kinds(self, kinds: Mapping[str, Term]) -> Scope:
        """The same names for other arrays."""
        return replace(self, kinds=kinds, read={}, reasons=[])

    def binding(self, ranges: Mapping[str, Range]) -> Scope:
        """The same under more letters."""
        return replace(self, ranges={**self.ranges, **ranges})

    def within(self, summed: bool) -> Scope:
        """The same under a Σ without an index, or not."""
        return self if self.summed == summed else replace(self, summed=summed)

    @property
    def key(self) -> Bound:
        """What is bound here, for `read`."""
        return tuple(self.ranges.items()), self.summed

    def find(self, symbol: Symbol) -> tuple[str, tuple[Index, ...], int] | None:
        """The name of a symbol, the indices on it, and its exponent where the name is that of a power."""
        bare, indices = split(symbol, self.ranges)
        whole, numbers = places(bare)
        for base, positions in ((bare, ()), (whole, numbers)):
            low = tuple(Index("", position) for position in positions)
            if base in self.names.roots:
                name, exponent = self.names.roots[base]
            else:
                name, exponent = self.names.named(base) or "", 1
            if name in self.kinds:
                return name, (*indices, *self._digits(low, name)), exponent
        return None

    def _digits(self, low: Iterable[Index], name: str) -> tuple[Index, ...]:
        """W_{12} of a matrix: two digits are two indices."""
        found = tuple(low)
        if len(found) == 1 and len(self.kinds[name].axes) == 2 and 10 < found[0].shift < 100:
            return tuple(Index("", int(digit)) for digit in str(found[0].shift))
        return found
