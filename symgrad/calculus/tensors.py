"""Arrays of three and more axes as a person writes them: A @ B of batches, einsum, and what NumPy broadcasts.

A term is a product of arrays over the indices of its entries. Those that no other index ties together are
multiplied entry by entry, where NumPy would line them up as they are; what is summed is a batched matrix
product, a sum over axes, or an einsum. Anything else stays in index form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce

from symgrad.calculus.atoms import term_indices
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Count,
    Group,
    Index,
    Poly,
    Term,
    collect,
    components,
    free_indices,
)
from symgrad.calculus.parts import NoMatrixForm, Part, is_elementwise
from symgrad.calculus.reshaping import put_in_shape
from symgrad.operations.signature import TEXT
from symgrad.tree import ONE, ZERO, Formula, Number, Op, Size, added

Match = Callable[[Poly, Sequence[Index]], "Formula | None"]
"""How an array of at most two axes is written."""
Shared = Callable[[Poly], "tuple[Term | None, Poly]"]
"""What the terms of a sum share, and what is left of each."""

LETTERS = "ijklmnpqrstabcdefghouvwxyz"
TENSORS = frozenset(
    ("window", "flattening", "pooling", "cover", "placement", "selection", "unit", "triangle")
)
"""Arrays of zeros and ones that say which entries meet: they are read in index form only."""


def is_wide(poly: Poly, free: Sequence[Index]) -> bool:
    """Whether an array of more than two axes is in it, or is what comes out."""
    return len(free) > 2 or any(_is_wide(single) for term in poly.terms for single, _ in term.factors)


def _is_wide(single: Atom) -> bool:
    match single:
        case Cell(base, indices):
            return len(indices) > 2 and not is_tensor(base)
        case Group(poly):
            return is_wide(poly, ())
        case Apply(_, args):
            return any(is_wide(arg, ()) for arg in args)
    return False


def is_tensor(base: Formula) -> bool:
    """Whether an array only says which entries meet."""
    return isinstance(base, Op) and base.name in TENSORS


def tensor_form(poly: Poly, free: tuple[Index, ...], match: Match, shared: Shared) -> Formula | None:
    """The array whose entry at ``free`` is ``poly``; None where it has no such form."""
    try:
        return _Writer(match, shared).array(poly, free)
    except NoMatrixForm:
        return None


class _Writer:
    def __init__(self, match: Match, shared: Shared) -> None:
        self.match, self.shared = match, shared

    def array(self, poly: Poly, axes: tuple[Index, ...]) -> Formula:
        """A polynomial as an array over just these axes."""
        if not poly.terms:
            return Op("zeros", (), (("shape", tuple(i.dim for i in axes)),)) if axes else ZERO
        poly = collect(map(put_in_shape, poly.terms))
        if not is_wide(poly, axes):
            found = self.match(poly, axes)
            if found is None:
                raise NoMatrixForm("a part without a matrix form")
            return found
        common, rest = self.shared(poly) if len(poly.terms) > 1 else (None, poly)
        if common is not None and (factored := self._factored(common, rest, axes)) is not None:
            return factored
        parts = [self._term(term, axes) for term in sorted(poly.terms, key=lambda t: t.coefficient < 0)]
        if not any({*axes} <= term_indices(term) for term in poly.terms):
            if any(part.axes for part in parts):
                raise NoMatrixForm("an array that is repeated along an axis")
            ones = Op("ones", (), (("shape", tuple(i.dim for i in axes)),))
            return _times(added(part.formula for part in parts), ones)
        return added(part.formula for part in parts)

    def _factored(self, common: Term, rest: Poly, axes: tuple[Index, ...]) -> Formula | None:
        """What all terms share times the sum of the rest, where NumPy lines both up."""
        single: Atom = Group(rest)
        whole = Term(common.coefficient, (*common.factors, (single, Fraction(1))), common.bound)
        try:
            return self._term(whole, axes).formula
        except NoMatrixForm:
            return None

    def _term(self, term: Term, axes: tuple[Index, ...]) -> Part:
        """A term, over all the axes or over the last ones that are left of them."""
        parts = [part for piece in components(term) for part in self._piece(piece, axes)]
        scalars = [part for part in parts if not part.axes]
        arrays = [_kept(part, axes) for part in parts if part.axes]
        over = [part for part in arrays if not part.inverse]
        under = [part for part in arrays if part.inverse]
        own = tuple(i for i in axes if any(i in part.axes for part in arrays))
        _lined_up(own, axes)
        size = abs(term.coefficient)
        numbers = [Number(Fraction(size.numerator)), *(p.formula for p in scalars if not p.inverse)]
        found = reduce(_times, [*numbers, *([_multiplied(over, own)] if over else [])])
        for part in under:
            _lined_up(part.axes, own)
        below = [part.formula for part in (*under, *scalars) if part.inverse]
        if size.denominator != 1:
            below = [Number(Fraction(size.denominator)), *below]
        if below:
            found = Op("divide", (found, reduce(_times, below)))
        return Part(Op("negative", (found,)) if term.coefficient < 0 else found, own)

    def _piece(self, piece: Term, axes: tuple[Index, ...]) -> Iterator[Part]:
        factors = [self._factor(single, exponent, axes, piece.bound) for single, exponent in piece.factors]
        if not piece.bound:
            for part in factors:
                yield _diagonals(part, axes)
            return
        if any(part.inverse for part in factors):
            raise NoMatrixForm("a quotient in a sum")
        tied = {i for part in factors for i in part.axes}
        if not tied.issuperset(piece.bound):
            raise NoMatrixForm("a sum over nothing")
        yield _summed(factors, tuple(i for i in axes if i in tied))

    def _factor(
        self, single: Atom, exponent: Fraction, axes: tuple[Index, ...], bound: tuple[Index, ...]
    ) -> Part:
        part, size = self._base(single, (*axes, *bound)), abs(exponent)
        if size == Fraction(1, 2):
            part = Part(Op("sqrt", (part.formula,)), part.axes)
        elif size != 1:
            part = Part(Op("power", (part.formula, Number(size))), part.axes)
        return Part(part.formula, part.axes, exponent < 0)

    def _base(self, single: Atom, order: tuple[Index, ...]) -> Part:
        match single:
            case Cell(base, indices):
                if is_tensor(base) or (isinstance(base, Op) and base.name == "other_pairs"):
                    raise NoMatrixForm("a tensor of zeros and ones")
                return Part(base, indices)
            case Count(dim):
                return Part(Size(str(dim)), ())
            case Group(poly):
                own = _own(poly, order)
                return Part(self.array(poly, own), own)
            case Apply(function, args, options):
                own = tuple(i for i in order if any(i in free_indices(arg) for arg in args))
                if not is_elementwise(function):
                    raise NoMatrixForm("no function of entries")
                return Part(Op(function, tuple(self._argument(arg, own) for arg in args), options), own)
        raise NoMatrixForm(f"no array for {single!r}")

    def _argument(self, poly: Poly, axes: tuple[Index, ...]) -> Formula:
        own = _own(poly, axes)
        _lined_up(own, axes)
        return self.array(poly, own)


def _own(poly: Poly, order: tuple[Index, ...]) -> tuple[Index, ...]:
    return tuple(i for i in order if i in free_indices(poly))


def _lined_up(own: tuple[Index, ...], axes: tuple[Index, ...]) -> None:
    """Raises `NoMatrixForm` where NumPy would not line up an array over its own axes with one over all."""
    if own != axes[len(axes) - len(own) :]:
        raise NoMatrixForm("an array that is repeated along an axis")


def _kept(part: Part, axes: tuple[Index, ...]) -> Part:
    """A sum over the last axis beside arrays that have it: the axis is kept, of size 1."""
    match part.formula:
        case Op("sum", args, (("axis", int(axis)),)) if part.axes == axes[:-1] and axis == len(axes) - 1 > 1:
            kept = Op("sum", args, (("axis", axis), ("keepdims", True)))
            return Part(kept, axes, part.inverse)
    return part


def _times(left: Formula, right: Formula) -> Formula:
    return right if left == ONE else Op("multiply", (left, right))


def _diagonals(part: Part, axes: tuple[Index, ...]) -> Part:
    """A factor over its axes in the order of the result."""
    own = tuple(i for i in axes if i in part.axes)
    if own == part.axes:
        return part
    if part.inverse:
        raise NoMatrixForm("a quotient by an array with other axes")
    return _summed([part], own)


def _multiplied(parts: list[Part], axes: tuple[Index, ...]) -> Formula:
    """The product of arrays entry by entry: as NumPy lines them up, else by their subscripts."""
    if all(part.axes == axes[len(axes) - len(part.axes) :] for part in parts):
        return reduce(_times, (part.formula for part in parts))
    return _einsum(parts, axes)


def _summed(parts: list[Part], axes: tuple[Index, ...]) -> Part:
    """Σ of a product of arrays, over ``axes``: a sum, a batched matrix product, or by subscripts."""
    if len(parts) == 1:
        return Part(_of_one(parts[0], axes), axes)
    first, last = parts[0].axes, len(parts[0].axes) - 1
    if len(first) > 2 and axes == first[:last] and all(part.axes == first for part in parts):
        product = reduce(_times, (part.formula for part in parts))
        return Part(Op("sum", (product,), (("axis", last),)), axes)
    return Part(_batched(parts, axes) or _einsum(parts, axes), axes)


def _of_one(part: Part, axes: tuple[Index, ...]) -> Formula:
    """The sum of one array over the axes that are gone, or its axes in another order."""
    own = part.axes
    if {*own} == {*axes} and len(own) == len(axes):
        return _permuted(part, axes)
    if len({*own}) < len(own) or tuple(i for i in own if i in axes) != axes:
        return _einsum([part], axes)
    gone = tuple(n for n, i in enumerate(own) if i not in axes)
    axis = None if len(gone) == len(own) else gone[0] if len(gone) == 1 else gone
    return Op("sum", (part.formula,), () if axis is None else (("axis", axis),))


def _permuted(part: Part, axes: tuple[Index, ...]) -> Formula:
    order = tuple(part.axes.index(i) for i in axes)
    moved = [n for n, axis in enumerate(order) if n != axis]
    if len(moved) == 2:
        return Op("swapaxes", (part.formula,), (("axis1", moved[0]), ("axis2", moved[1])))
    return Op("permute", (part.formula,), (("axes", order),))


def _batched(parts: list[Part], axes: tuple[Index, ...]) -> Formula | None:
    """A @ B, where one index is summed and the axes before the last two are the same, or B has but two."""
    if len(parts) != 2 or len(axes) < 3:
        return None
    *batch, row, column = axes
    for left, right in (parts, parts[::-1]):
        inner = [i for i in left.axes if i in right.axes and i not in axes]
        if len(inner) == 1:
            first = _matrices(left, (*batch, row, inner[0]))
            second = _matrices(right, (*batch, inner[0], column)) or _matrices(right, (inner[0], column))
            if first is not None and second is not None:
                return Op("matmul", (first, second))
    return None


def _matrices(part: Part, axes: tuple[Index, ...]) -> Formula | None:
    """An array over these axes, if need be with the last two exchanged; None for one over others."""
    if part.axes == axes:
        return part.formula
    if part.axes != (*axes[:-2], axes[-1], axes[-2]):
        return None
    if len(axes) == 2:
        return Op("transpose", (part.formula,))
    return Op("swapaxes", (part.formula,), (("axis1", len(axes) - 2), ("axis2", len(axes) - 1)))


def _einsum(parts: list[Part], axes: tuple[Index, ...]) -> Formula:
    indices = dict.fromkeys([*axes, *(i for part in parts for i in part.axes)])
    if len(indices) > len(LETTERS):
        raise NoMatrixForm("more indices than letters")
    letters = dict(zip(indices, LETTERS, strict=False))
    inputs = ("".join(letters[i] for i in part.axes) for part in parts)
    text = f"{','.join(inputs)}->{''.join(letters[i] for i in axes)}"
    return Op("einsum", tuple(part.formula for part in parts), ((TEXT, text),))
