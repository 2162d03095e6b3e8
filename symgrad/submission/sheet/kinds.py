"""Parts of formulas with what is known of their arrays, on paper and in the problem."""

from __future__ import annotations

from dataclasses import dataclass, replace

SUM, PRODUCT, POWER, ATOM = range(4)
"""How firmly a text holds together."""


class Misfit(Exception):
    """A reading of a formula that its arrays do not allow."""


@dataclass(frozen=True, slots=True)
class Kind:
    """An array: its rank in the problem, its rows and columns on paper; None where they are unknown.

    A vector is a column (``columns`` 1), or a row, such as a bias added to a batch (``rows`` 1).
    ``features`` is the axis that runs over the entries of one sample, where the data shows it.
    """

    rank: int
    rows: int | None = None
    columns: int | None = None
    features: int | None = None
    is_data: bool = False

    @property
    def is_row(self) -> bool:
        """Whether this is a vector that lies."""
        return self.rank == 1 and self.rows == 1

    def turned(self) -> Kind:
        """The kind of the transpose."""
        features = None if self.features is None else 1 - self.features
        return replace(self, rows=self.columns, columns=self.rows, features=features)


SCALAR = Kind(0, 1, 1)


def vector(size: int | None = None) -> Kind:
    """A column."""
    return Kind(1, size, 1)


def row(size: int | None = None) -> Kind:
    """A vector that lies."""
    return Kind(1, 1, size)


@dataclass(frozen=True, slots=True)
class Term:
    """A formula's text, how firmly it holds together, its kind, and how far the reading is from habit."""

    text: str
    level: int
    kind: Kind
    cost: int = 0

    def at(self, level: int) -> str:
        """The text as a part of something that holds together like ``level``."""
        return self.text if self.level >= level else f"({self.text})"


def call(name: str, *terms: Term, kind: Kind, cost: int = 0, options: str = "") -> Term:
    """name(a, b, options)."""
    args = ", ".join(term.text for term in terms) + options
    return Term(f"{name}({args})", ATOM, kind, cost + sum(term.cost for term in terms))


def fits(left: int | None, right: int | None) -> bool:
    """Whether two sizes may be the same."""
    return left is None or right is None or left == right


def same(left: Kind, right: Kind) -> bool:
    """Whether two kinds may be the same array's."""
    return left.rank == right.rank and fits(left.rows, right.rows) and fits(left.columns, right.columns)
