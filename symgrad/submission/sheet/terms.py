"""Parts of formulas as text of the problem language, and what is known of their arrays.

Every axis of an array has a label: an index letter (x_ij has i and j), or a direction on paper, `DOWN`
a column and `ALONG` a row. So Σ_j W_ij x_j, W x and W x^{(n)} are one product over one pair of axes.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

SUM, PRODUCT, POWER, ATOM = range(4)
"""How firmly a text holds together."""
DOWN, ALONG = "|", "-"
PAPER = (DOWN, ALONG)
ONES = "ones"
"""The mark of a vector of ones, which is a 1 in every sum, and sums what it is multiplied by."""

Size: TypeAlias = "int | str | None"
"""A number, the name of a size, or unknown."""


class Misfit(Exception):
    """A reading that its arrays do not allow, with the reason where there is one to tell."""


class Axis(Struct, frozen=True):
    """An axis of an array."""

    label: str
    size: Size = None


Axes: TypeAlias = "tuple[Axis, ...]"
SCALAR: Axes = ()


def column(size: Size = None) -> Axes:
    """A vector that stands."""
    return (Axis(DOWN, size),)


def row(size: Size = None) -> Axes:
    """A vector that lies."""
    return (Axis(ALONG, size),)


def matrix(rows: Size = None, columns: Size = None) -> Axes:
    """A matrix."""
    return (Axis(DOWN, rows), Axis(ALONG, columns))


class Term(Struct, frozen=True):
    """A text, how firmly it holds together, its axes in NumPy's order, how far it is from habit.

    ``samples`` is the direction in which the samples of a batch follow each other; ``?`` marks data of
    which it is not known yet.
    """

    text: str
    level: int
    axes: Axes = SCALAR
    cost: int = 0
    samples: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the axes."""
        return tuple(axis.label for axis in self.axes)

    @property
    def paper(self) -> tuple[str, ...]:
        """The directions on paper."""
        return tuple(label for label in self.labels if label in PAPER)

    @property
    def rank(self) -> int:
        """How many directions it has on paper."""
        return len(self.paper)

    def at(self, level: int) -> str:
        """The text as a part of something that holds together like ``level``."""
        return self.text if self.level >= level else f"({self.text})"

    def place(self, label: str) -> int:
        """Which axis has a label. Raises `Misfit`."""
        if label not in self.labels:
            raise Misfit
        return self.labels.index(label)

    def size(self, label: str) -> Size:
        """The size along a label. Raises `Misfit`."""
        return self.axes[self.place(label)].size

    def ordered(self, labels: tuple[str, ...]) -> Term:
        """The same array with its axes in this order. Raises `Misfit` where they are others."""
        if self.labels == labels:
            return self
        if len(labels) != 2 or self.labels != labels[::-1]:
            raise Misfit
        turned = self.level == ATOM and self.text.endswith(".T")
        text = self.text.removesuffix(".T") if turned else f"{self.at(ATOM)}.T"
        return replace(self, text=text, level=ATOM, axes=self.axes[::-1])

    def relabelled(self, **labels: str) -> Term:
        """The same array with other labels: ``down`` in place of `DOWN`, ``along`` of `ALONG`."""
        new = {DOWN: labels.get("down", DOWN), ALONG: labels.get("along", ALONG)}
        axes = tuple(replace(axis, label=new.get(axis.label, axis.label)) for axis in self.axes)
        return replace(self, axes=axes, samples=new.get(self.samples, self.samples))

    def turned(self) -> Term:
        """The transpose: what stood lies."""
        return self.relabelled(down=ALONG, along=DOWN)

    def dearer(self, cost: int) -> Term:
        """The same, further from habit."""
        return replace(self, cost=self.cost + cost)


def standing(term: Term) -> Term:
    """An array whose labels are in the order of its text: rows before columns."""
    return term.ordered(PAPER) if set(term.labels) == set(PAPER) else term


def call(name: str, *terms: Term, axes: Axes, cost: int = 0, options: str = "") -> Term:
    """name(a, b, options), of the samples of the first that has some. Raises `Misfit` for ones."""
    if any(term.samples == ONES for term in terms):
        raise Misfit("a vector of ones stands alone")
    args = ", ".join(term.text for term in terms) + options
    samples = next((term.samples for term in terms if term.samples), "") if axes else ""
    return Term(f"{name}({args})", ATOM, axes, cost + sum(term.cost for term in terms), samples)


def fits(left: Size, right: Size) -> bool:
    """Whether two sizes may be the same: a name may be any number."""
    return left is None or right is None or left == right or type(left) is not type(right)


def merged(left: Axis, right: Axis) -> Axis:
    """The axis of an elementwise result, with what either side knows; a 1 is stretched. Raises `Misfit`."""
    if left.size == 1 != right.size:
        return replace(left, size=right.size)
    if right.size == 1 != left.size:
        return left
    if not fits(left.size, right.size):
        raise Misfit
    known = left.size if isinstance(left.size, int) or right.size is None else right.size
    return replace(left, size=known)
