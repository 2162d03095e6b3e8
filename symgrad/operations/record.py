"""What definitions, shapes and numbers of operations are written with: scopes, views, dimensions, spaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Protocol, TypeAlias

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from symgrad.late import sympy
from symgrad.tree import Formula, Name, Op

Shape: TypeAlias = "tuple[Any, ...]"
Options: TypeAlias = Mapping[str, Any]
Numbers: TypeAlias = NDArray[Any]
Axis: TypeAlias = "int | tuple[int, ...] | None"

ARGUMENT = Name("#0")
"""Stands for the first argument in the formula of a constant."""


class Dims(Protocol):
    """What a shape rule may ask about dimensions."""

    def same(self, left: Any, right: Any) -> Any:
        """The one dimension two must be; raises `ShapeMismatch` where they cannot."""

    def broadcast(self, left: Any, right: Any) -> Any:
        """The dimension of an elementwise result: equal ones, or the other of a 1."""

    def derive(self, kind: str, parts: tuple[Any, ...], *sources: Any) -> Any:
        """The dimension that follows from others by a rule of `symgrad.graph.shapes.LENGTHS`."""

    def reshaped(self, old: Shape, new: tuple[Any, ...]) -> Shape:
        """The dimensions of a shape written with sizes, for an array of the shape ``old``; -1 is the rest."""

    def position(self, dim: Any, position: int) -> int:
        """A literal position counted from 0; raises where it lies outside."""


class ShapeMismatch(Exception):
    """Shapes that do not fit; the message names the invariant."""


class Space(Protocol):
    """Where numbers live (float64, or 50 digits): elementwise functions by operation name."""

    def apply(self, function: str, *args: Numbers, **options: Any) -> Numbers:
        """The elementwise operation ``function`` of the table, at these arrays."""

    def array(self, values: Any) -> Numbers:
        """Numbers of this space from integers or floats."""

    def of_matrix(self, function: str, matrix: Numbers) -> Numbers:
        """``inv``, ``det`` or ``logdet`` of a square matrix; NaN where there is none."""


class View(Struct, frozen=True):
    """An argument as its definition sees it: ``view(i, j)`` is an entry."""

    symbol: Any
    dims: Shape

    @property
    def rank(self) -> int:
        """The number of its axes."""
        return len(self.dims)

    def __call__(self, *indices: Any) -> sympy.Expr:
        """The entry at these index symbols."""
        return self.symbol[indices] if indices else self.symbol


class Scope(Struct):
    """The index letters, sizes and constant arrays used while a definition is written out.

    ``inner`` holds the symbols that stand for another operation (a scalar one) of the same argument.
    """

    dims: dict[sympy.Symbol, Any] = field(default_factory=dict)
    sizes: dict[sympy.Symbol, Any] = field(default_factory=dict)
    constants: dict[Any, Formula] = field(default_factory=dict)
    inner: dict[sympy.Symbol, str] = field(default_factory=dict)
    _count: Any = field(default_factory=count)

    def index(self, dim: Any) -> sympy.Symbol:
        """A new index over ``dim``."""
        symbol = sympy.Symbol(f"i{next(self._count)}", integer=True)
        self.dims[symbol] = dim
        return symbol

    def size(self, dim: Any) -> sympy.Expr:
        """The number of values of an index over ``dim``."""
        if dim == 1:
            return sympy.Integer(1)
        symbol = sympy.Symbol(f"size({dim})", positive=True)
        self.sizes[symbol] = dim
        return symbol

    def sum(self, body: sympy.Expr, *indices: sympy.Symbol) -> sympy.Expr:
        """Σ over whole ranges; left as it stands, never evaluated into ranges."""
        return sympy.Sum(body, *((i, 0, self.size(self.dims[i]) - 1) for i in indices)) if indices else body

    def constant(self, formula: Formula, dims: Shape) -> View:
        """An array that does not vary with the arguments (a selection, a locally constant weight)."""
        label = f"C{next(self._count)}"
        base = sympy.IndexedBase(label) if dims else sympy.Symbol(label, real=True)
        self.constants[base] = formula
        return View(base, dims)

    def of(self, operation: str) -> sympy.Symbol:
        """The value of another operation, a scalar, at the first argument: the chain rule goes through it."""
        symbol: sympy.Symbol = self.constant(Op(operation, (ARGUMENT,)), ()).symbol
        self.inner[symbol] = operation
        return symbol

    def spread(self, view: View, out: tuple[sympy.Symbol, ...]) -> sympy.Expr:
        """The entry of a broadcast argument at ``out``: trailing axes aligned, an axis of size 1 repeated."""
        indices = list(out[len(out) - view.rank :])
        repeated = []
        for axis, dim in enumerate(view.dims):
            if dim == 1 and self.dims[indices[axis]] != 1:
                indices[axis] = self.index(1)
                repeated.append(indices[axis])
        return self.sum(view(*indices), *repeated)


Indices: TypeAlias = "tuple[sympy.Symbol, ...]"
Views: TypeAlias = "tuple[View, ...]"


def same_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    """The shape rule of a unary elementwise operation."""
    return shapes[0]


def broadcast_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    """NumPy's broadcasting: axes aligned from the right, a 1 stretched."""
    result: tuple[Any, ...] = ()
    for shape in shapes:
        longer, shorter = (result, shape) if len(result) >= len(shape) else (shape, result)
        lead = longer[: len(longer) - len(shorter)]
        tail = longer[len(lead) :]
        result = lead + tuple(dims.broadcast(a, b) for a, b in zip(tail, shorter, strict=True))
    return result


def need_ranks(found: Iterable[int], ranks: set[int], what: str) -> None:
    """Raises `ShapeMismatch`, which says what is meant, for an argument with another number of axes."""
    for rank in found:
        if rank not in ranks:
            raise ShapeMismatch(f"{what}, not {kind_of(rank)}")


def kind_of(rank: int) -> str:
    """What an array with so many axes is called."""
    return ("a scalar", "a vector", "a matrix")[rank] if rank < 3 else f"an array of {rank} axes"


def axes(rank: int, axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """The axes a reduction runs over; raises `ShapeMismatch` for an axis that is not there."""
    if axis is None:
        return tuple(range(rank))
    if isinstance(axis, tuple):
        found = sorted(place for one in axis for place in axes(rank, one))
        if len({*found}) < len(found):
            raise ShapeMismatch(f"an axis stands twice in {axis}")
        return tuple(found)
    if not -rank <= axis < rank:
        raise ShapeMismatch(f"axis {axis} of an array with {rank} ax{'is' if rank == 1 else 'es'}")
    return (axis % rank,)


def as_object(values: Any) -> Numbers:
    """An object array, also of a scalar (for numbers of 50 digits)."""
    result = np.empty(np.shape(values), dtype=object)
    result[...] = values
    return result
