"""Arrays for all sizes: an entry as a polynomial of the index calculus, and what two side by side may mean.

The readings are those of `symgrad.checking.products`; there they have numbers, here a normal form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from symgrad.calculus.index import Dim, Index, Poly, Term, add, fresh, rename, scale, total
from symgrad.calculus.index import multiply as product_of
from symgrad.checking.products import Link

MOST_TERMS = 200
"""Terms beyond which a polynomial is not worked with."""
MOST_BOUND = 6
"""Dummy indices in one term: they are put in order by trying all orders."""


class NoForm(Exception):
    """A piece of writing that has no form for all sizes, or too long a one: nothing is said about it."""


@dataclass(frozen=True, slots=True)
class Form:
    """The array whose entry at ``axes`` is ``poly``; index letters of the line stay free in it.

    ``link`` marks a derivative, as in `symgrad.checking.products.Reading`.
    """

    poly: Poly
    axes: tuple[Index, ...] = ()
    link: Link | None = None

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The shape."""
        return tuple(index.dim for index in self.axes)

    def at(self, *indices: Index) -> Poly:
        """The entry at other indices."""
        return rename(self.poly, dict(zip(self.axes, indices, strict=True)))

    @property
    def is_line(self) -> bool:
        """Whether it is a vector, whatever its direction."""
        return len(self.axes) == 1 or (len(self.axes) == 2 and 1 in self.dims)

    def bare(self) -> Form:
        """Without axes of size 1: a column or a row as a vector, a 1×1 matrix as a number."""
        kept = tuple(index for index in self.axes if index.dim != 1)
        if kept == self.axes:
            return self
        return Form(total(self.poly, *(index for index in self.axes if index.dim == 1)), kept)


Forms: TypeAlias = Iterator[Form]


def whole(dims: tuple[Dim, ...]) -> tuple[Index, ...]:
    """Indices of their own over some dimensions."""
    return tuple(map(fresh, dims))


def times(left: Poly, right: Poly) -> Poly:
    """The product of two polynomials; `NoForm` where it is too long."""
    bound = sum(max((len(term.bound) for term in poly.terms), default=0) for poly in (left, right))
    if len(left.terms) * len(right.terms) > MOST_TERMS or bound > MOST_BOUND:
        raise NoForm
    return product_of(left, right)


def minus(left: Poly, right: Poly) -> Poly:
    """The difference of two polynomials."""
    return add(left, scale(right, -1))


def scaled(form: Form, factor: Poly) -> Form:
    """A number times an array, which stays a derivative if it is one."""
    return replace(form, poly=times(form.poly, factor))


def multiply(left: Form, right: Form, sign: str) -> Forms:
    """The products of two forms under a sign: '', ``dot times star odot otimes at``."""
    chained = _chain(left, right) if sign != "odot" else None
    if chained is not None:
        yield chained
    if len(left.axes) > 2 or len(right.axes) > 2:
        return
    for number, array in ((left, right), (right, left)):
        if set(number.dims) <= {1}:
            link = array.link if not number.axes and not number.link else None
            yield replace(scaled(array, number.bare().poly), link=link)
            return
    for kind in KINDS[sign]:
        yield from kind(left, right)


def _chain(left: Form, right: Form) -> Form | None:
    """∂a/∂b · ∂b/∂c, in either order."""
    for outer, inner in ((left, right), (right, left)):
        if outer.link is None or inner.link is None or outer.link[1] != inner.link[0]:
            continue
        (of, _, rank), (_, wrt, shared) = outer.link, inner.link
        if outer.dims[rank:] == inner.dims[:shared]:
            out, met, into = whole(outer.dims[:rank]), whole(outer.dims[rank:]), whole(inner.dims[shared:])
            poly = total(times(outer.at(*out, *met), inner.at(*met, *into)), *met)
            return Form(poly, out + into, (of, wrt, rank))
    return None


def _matrix(a: Form, b: Form) -> Forms:
    """a b as a product of matrices, a vector without direction taken as it fits."""
    standing = len(a.axes) == 2 and a.dims[1] == 1
    lying = len(b.axes) == 2 and b.dims[0] == 1
    if (len(a.axes) == 1 and lying) or (standing and len(b.axes) == 1):
        yield from _outer(a, b)
    elif a.dims[-1] == b.dims[0] and (len(a.axes), len(b.axes)) != (1, 1):
        yield _contracted(a, b)


def _contracted(a: Form, b: Form) -> Form:
    """Σ over the last axis of one and the first of the other."""
    left, met, right = whole(a.dims[:-1]), fresh(b.dims[0]), whole(b.dims[1:])
    found = Form(total(times(a.at(*left, met), b.at(met, *right)), met), left + right)
    return found.bare() if set(found.dims) <= {1} else found


def _vectors(a: Form, b: Form) -> Forms:
    """Two vectors of one direction, or without: their inner product."""
    first, second = a.bare(), b.bare()
    if len(a.axes) == len(b.axes) and first.dims == second.dims and len(first.axes) == 1:
        yield _contracted(first, second)


def _entrywise(a: Form, b: Form) -> Forms:
    """Entry by entry, where the shapes are one."""
    if a.dims == b.dims or (a.is_line and b.is_line and a.bare().dims == b.bare().dims):
        yield from spread(a, b, times)


def _outer(a: Form, b: Form) -> Forms:
    """All products of an entry of one and an entry of the other."""
    if a.is_line and b.is_line:
        first, second = a.bare(), b.bare()
        rows, columns = whole(first.dims), whole(second.dims)
        yield Form(times(first.at(*rows), second.at(*columns)), rows + columns)


def _turned(a: Form, b: Form) -> Forms:
    """The factors the other way round, where they fit no other way."""
    if a.dims[-1] != b.dims[0] and len(b.axes) == 2:
        yield from _matrix(b, a)


def _spread(a: Form, b: Form) -> Forms:
    yield from spread(a, b, times)


_EITHER = (_matrix, _vectors, _entrywise)
KINDS: Mapping[str, tuple[Callable[[Form, Form], Forms], ...]] = {
    "": _EITHER,
    "dot": (*_EITHER, _turned, _outer),
    "times": (*_EITHER, _outer),
    "star": (_spread, *_EITHER),
    "odot": (_spread,),
    "otimes": (_outer,),
    "at": (_matrix, _vectors),
}


def spread(a: Form, b: Form, combine: Callable[[Poly, Poly], Poly]) -> Forms:
    """An elementwise operation of arrays of one shape, or of which one is repeated to the other's."""
    if not a.axes or not b.axes or a.dims == b.dims:
        out = whole(a.dims or b.dims)
        yield Form(combine(a.at(*out[: len(a.axes)]), b.at(*out[: len(b.axes)])), out)
    elif a.is_line and b.is_line:
        if a.bare().dims == b.bare().dims and 1 in (len(a.axes), len(b.axes)):
            yield from spread(a.bare(), b.bare(), combine)
    elif len(a.axes) <= 2 and len(b.axes) <= 2:
        for left, right in ((x, y) for x in _oriented(a) for y in _oriented(b)):
            yield from _stretched(left, right, combine)


def _oriented(form: Form) -> Forms:
    """A vector as a row and as a column."""
    if len(form.axes) == 2:
        yield form
    else:
        yield Form(form.poly, (fresh(1), *form.axes))
        yield Form(form.poly, (*form.axes, fresh(1)))


def _stretched(a: Form, b: Form, combine: Callable[[Poly, Poly], Poly]) -> Forms:
    """Two matrices of which one has size 1 where the other has not."""
    if all(m == n or 1 in (m, n) for m, n in zip(a.dims, b.dims, strict=True)):
        out = whole(tuple(n if m == 1 else m for m, n in zip(a.dims, b.dims, strict=True)))
        yield Form(combine(_repeated(a, out), _repeated(b, out)), out)


def _repeated(form: Form, out: tuple[Index, ...]) -> Poly:
    ones = {axis: fresh(1) for axis, index in zip(form.axes, out, strict=True) if axis.dim != index.dim}
    mapping = {axis: ones.get(axis, index) for axis, index in zip(form.axes, out, strict=True)}
    return total(rename(form.poly, mapping), *ones.values())


def transposes(form: Form) -> Forms:
    """xᵀ: a vector without direction becomes a row, or, where vectors are rows, a column."""
    if len(form.axes) == 1:
        yield from _oriented(form)
    elif len(form.axes) <= 2:
        yield Form(form.poly, form.axes[::-1])


def summed(form: Form) -> Forms:
    """Σ without an index: over all entries, or along either axis."""
    yield Form(total(form.poly, *form.axes))
    if len(form.axes) == 2:
        for axis in (0, 1):
            yield Form(total(form.poly, form.axes[axis]), (form.axes[1 - axis],))


def number_of(form: Form) -> Fraction | None:
    """The constant that a form is; None where it varies."""
    match form.poly.terms:
        case ():
            return None if form.axes else Fraction(0)
        case (Term(coefficient, (), ()),) if not form.axes:
            return coefficient
    return None
