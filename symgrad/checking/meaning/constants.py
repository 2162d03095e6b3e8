"""Constants: π and e, Kronecker's δ, identities, ones and unit vectors, and the sizes of letters."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.entries import entry, integer, is_range, kronecker, position, shown
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import IDENTITY, text_of
from symgrad.checking.worlds.tensor import COLUMN, Tensor, scalar
from symgrad.submission.written import Literal, Node, Product, Symbol

ONES = Tensor(np.asarray(1.0), (), COLUMN, "ones")


def constant(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """A constant, as large as its subscript says or as what stands beside it wants."""
    both = (*node.indices, *raised)
    mixed = bool(raised and node.indices) and all(text_of(index) in scope.ranges for index in both)
    if node.base == "delta" and len(both) == 2 and not node.marks and (mixed or not raised):
        return kronecker(*both, scope)
    if raised:
        return None
    if node.base == "pi" and not node.sub:
        return scalar(math.pi)
    applied = scope.dictionary.applied.get(node.base)
    if applied is not None and not node.sub and not node.marks:
        return scope.world.tensor(applied, scope.stands)
    if node.base == "e" and not node.sub and not node.marks:
        return scalar(math.e)
    if node.base in IDENTITY and len(node.indices) == 2 and not node.marks:
        if any(is_range(index) for index in node.indices):
            return _part_of_identity(node, scope)
        return kronecker(node.indices[0], node.indices[1], scope)
    if node.base in IDENTITY and not node.marks:
        length = _stated_size(node, scope)
        return Tensor(np.eye(length)) if length else Tensor(np.asarray(1.0), kind="unit")
    if node.base == "1" and not node.marks:
        if (whole := _matrix_of_ones(node, scope)) is not None:
            return whole
        length = _stated_size(node, scope)
        return Tensor(np.ones(length), (), COLUMN) if length else ONES
    if node.base == "e" and len(node.indices) == 1 and not node.marks:
        unit = _unit_vector(node, scope)
        if unit is not None:
            return unit
    if node.base == "e" and len(node.indices) == 1 and text_of(node.indices[0]) in scope.ranges:
        letter = text_of(node.indices[0])
        return Tensor(np.eye(scope.ranges[letter]), (letter,), scope.stands)
    return None


def _part_of_identity(node: Symbol, scope: Scope) -> Tensor:
    """I_{2:4,:}, of an identity as large as any axis of the problem is that fits."""
    options = {
        dim: partial(entry, Tensor(np.eye(length)), node.indices, scope)
        for length, dim in scope.lengths.items()
    }
    return scope.choices.among(("part", text_of(node), node.sub), options)


def _unit_vector(node: Symbol, scope: Scope) -> Tensor | None:
    """e_1, and e_y of a class number y: as long as any axis of the problem is that fits."""
    number = integer(node.indices[0], scope)
    if number is None:
        return None
    place = number - (not scope.dictionary.from_zero)
    options = {
        dim: partial(Tensor, np.eye(length)[place], (), scope.stands)
        for length, dim in scope.lengths.items()
        if 0 <= place < length
    }
    return scope.choices.among(("unit", text_of(node)), options) if options else None


def _matrix_of_ones(node: Symbol, scope: Scope) -> Tensor | None:
    """𝟏_{n×m}, as large as what stands beside it where nobody says what n and m are; None for a vector."""
    match node.indices:
        case (
            Product(left=Symbol() | Literal() as rows, right=Symbol() | Literal() as columns, sign="times"),
        ):
            sides = [_stated_size(replace(node, indices=(each,)), scope) for each in (rows, columns)]
            return Tensor(np.ones(sides)) if all(sides) else Tensor(np.asarray(1.0), kind="ones2")
    return None


def _stated_size(node: Symbol, scope: Scope) -> int:
    """The n of I_n and 𝟏_n, where it is known what n is; 0 where it may be any.

    A number is the size that it is at the givens, and elsewhere that of the axis of that size there.
    """
    if len(node.indices) != 1:
        return 0
    (place,) = node.indices
    if isinstance(place, Literal):
        return _size_of_number(place.value, node, scope)
    text, names = text_of(place), scope.dictionary
    if text in names.open:
        raise Unknown(f"it is not clear what size {shown(place)} is", place)
    if not isinstance(place, Symbol) or not (text in names.sizes or text in names.model.stated_dimensions):
        return 0  # a name that we chose for a size ourselves is nobody's
    found = size(place, (), scope)
    return int(np.real(found.data)) if found is not None and not found.axes else 0


def _size_of_number(number: Fraction, node: Symbol, scope: Scope) -> int:
    if number < 2:
        return 0
    stated = scope.dictionary.model.graph.sizes
    here = {scope.world.sizes[dim] for dim, n in stated.items() if n == number and dim in scope.world.sizes}
    if not here:
        raise Unknown(f"nothing here has the size of {shown(node)}", node)
    return here.pop() if len(here) == 1 else 0


def length_of(dim: str, scope: Scope) -> int | None:
    """How long a dimension is here, or one that is so much shorter: n, n-1."""
    name, _, less = dim.partition("-")
    found = scope.world.sizes.get(name)
    return None if found is None else found - int(less or 0)


def size(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """The number that a letter for a size is."""
    if raised or node.accents:
        return None
    text = text_of(node) + "".join(node.marks)
    dim = scope.dictionary.sizes.get(text)
    if dim is None and text in scope.dictionary.model.graph.sizes:
        dim = text
    if dim is None and text in scope.world.sizes and text in scope.dictionary.model.dimensions:
        dim = text
    if dim is not None and (length := length_of(dim, scope)) is not None:
        return scalar(float(length))
    if text in scope.labels and not node.sub:
        return scalar(float(scope.labels[text]))
    if text in scope.ranges and not node.sub:
        return position(node, scope)
    return None
