"""Sums that do nothing but put entries elsewhere, as that: Σ_hk S_dhk x_nhk is reshape(x)_nd.

And Σ_ij P_ncijpq g_ncij, with the weights P of a pooling, is unpool(g)_ncpq.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.calculus.index import Atom, Cell, Index, Term, atom_indices, collect
from symgrad.tree import Formula, Op


def put_in_shape(term: Term) -> Term:
    """The term with arrays in another shape in the place of tensors that say where their entries go."""
    for tensor, exponent in term.factors:
        if not isinstance(tensor, Cell) or exponent != 1:
            continue
        if isinstance(tensor.base, Op) and tensor.base.name == "pooling":
            return _unpooled(term, tensor, tensor.base) or term
        if _is_flattening(tensor):
            for old, new in _sides(tensor):
                found = _reshaped(term, tensor, old, new)
                if found is not None:
                    return put_in_shape(found)
    return term


def _is_flattening(cell: Cell) -> bool:
    return isinstance(cell.base, Op) and cell.base.name == "flattening"


def _sides(tensor: Cell) -> Iterator[tuple[tuple[Index, ...], tuple[Index, ...]]]:
    assert isinstance(tensor.base, Op)
    split = tensor.base.option("split", 1)
    first, second = tensor.indices[:split], tensor.indices[split:]
    yield from ((first, second), (second, first))


def _reshaped(term: Term, tensor: Cell, old: tuple[Index, ...], new: tuple[Index, ...]) -> Term | None:
    """The term where the indices ``old`` are summed over in the tensor and one other array."""
    others = [(single, exponent) for single, exponent in term.factors if single != tensor]
    holders = [pair for pair in others if atom_indices(pair[0]) & {*old}]
    once = len({*old, *new}) == len(old) + len(new)
    if not term.bound or not {*old} <= {*term.bound} or len(holders) != 1 or not once:
        return None
    holder, exponent = holders[0]
    if exponent != 1 or not isinstance(holder, Cell) or _is_flattening(holder):
        return None
    if {*new} & {*holder.indices} or sorted(map(holder.indices.count, old)) != [1] * len(old):
        return None
    at = min(holder.indices.index(i) for i in old)
    rest = tuple(i for i in holder.indices if i not in old)
    at = sum(i not in old for i in holder.indices[:at])
    order = tuple(holder.indices.index(i) for i in (*rest[:at], *old, *rest[at:]))
    base = _permuted(holder.base, order)
    indices = (*rest[:at], *new, *rest[at:])
    cell: Atom = Cell(Op("reshape", (base,), (("shape", tuple(i.dim for i in indices)),)), indices)
    kept = tuple(pair for pair in others if pair[0] != holder)
    bound = tuple(i for i in term.bound if i not in old)
    return _single(Term(term.coefficient, (*kept, (cell, Fraction(1))), bound))


def _unpooled(term: Term, tensor: Cell, weights: Op) -> Term | None:
    """The term where a gradient over the windows is summed with their weights."""
    windows, places, lead = tensor.indices[-4:-2], tensor.indices[-2:], tensor.indices[:-4]
    others = [(single, exponent) for single, exponent in term.factors if single != tensor]
    holders = [pair for pair in others if atom_indices(pair[0]) & {*windows}]
    if len(holders) != 1 or not {*windows} <= {*term.bound} or len({*tensor.indices}) < len(tensor.indices):
        return None
    holder, exponent = holders[0]
    if exponent != 1 or not isinstance(holder, Cell) or holder.indices != (*lead, *windows):
        return None
    size = tuple(option for option in weights.options if option[0] != "shape")
    cell: Atom = Cell(Op("unpool", (holder.base, *weights.args), size), (*lead, *places))
    kept = tuple(pair for pair in others if pair[0] != holder)
    bound = tuple(i for i in term.bound if i not in windows)
    return _single(Term(term.coefficient, (*kept, (cell, Fraction(1))), bound))


def _single(term: Term) -> Term | None:
    """The term in normal form, where that is one term: a power of a sum may have been multiplied out."""
    terms = collect([term]).terms
    return terms[0] if len(terms) == 1 else None


def _permuted(base: Formula, order: tuple[int, ...]) -> Formula:
    if order == tuple(range(len(order))):
        return base
    if len(order) == 2:
        return Op("transpose", (base,))
    return Op("permute", (base,), (("axes", order),))
