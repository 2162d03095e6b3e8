"""Derivatives for all sizes: of any quantity by any other, from the local derivatives of the calculus."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

from symgrad.calculus.index import Index, Kron, Poly, add, atom, cell, free_indices, kron, rename, total
from symgrad.calculus.index import multiply as product_of
from symgrad.calculus.layers import layer_of, pull_back
from symgrad.checking.forms import Form, Forms, NoForm, times, whole
from symgrad.checking.world import Model
from symgrad.tree import Gradient


def slopes(model: Model, of: str, wrt: str) -> Forms:
    """∂of/∂wrt, axes of ``of`` first: in all, and by the one formula alone.

    Raises `NoForm` where it is too long, and where ``of`` or ``wrt`` is no name of the graph.
    """
    shapes = model.graph.shapes
    if of not in shapes or wrt not in shapes:
        raise NoForm
    between = model.between(wrt, of)
    yield _slope(model, of, wrt, between)
    hidden = {*model.graph.auxiliary, of}
    if len(between) > 1 and of in model.graph.quantities:
        direct = _slope(model, of, wrt, hidden.intersection(between), direct=True)
        if direct.poly.terms:
            yield direct


def gradient(model: Model, wrt: str) -> Form:
    """∂J/∂wrt, of the objective; `NoForm` where that is no scalar."""
    of = model.objective
    if model.graph.shapes[of]:
        raise NoForm
    return next(slopes(model, of, wrt))


def _slope(model: Model, of: str, wrt: str, way: Collection[str], direct: bool = False) -> Form:
    shapes = model.graph.shapes
    out, into = whole(shapes[of]), whole(shapes[wrt])
    poly = _back(model, of, wrt, way, out, into, direct)
    return Form(poly, out + into, (of, wrt, len(out)))


def _back(
    model: Model,
    of: str,
    name: str,
    way: Collection[str],
    out: tuple[Index, ...],
    into: tuple[Index, ...],
    direct: bool,
) -> Poly:
    """∂of[out]/∂name[into]: Σ over what uses ``name`` on the way. Known gradients stay symbols."""
    if of == name:
        return product_of(*(atom(kron(a, b)) for a, b in zip(out, into, strict=True)))
    if of == model.objective and not out and not direct and name in model.derivation.gradients:
        return cell(Gradient(of, name), *into)
    found = []
    for consumer in model.graph.consumers(name):
        if consumer in way:
            met = whole(model.graph.shapes[consumer])
            upstream = _back(model, of, consumer, way, out, met, direct)
            found.append(total(times(upstream, _local(model, consumer, name, met, into)), *met))
    return add(*found)


def _local(model: Model, of: str, wrt: str, out: tuple[Index, ...], into: tuple[Index, ...]) -> Poly:
    """The derivative of a formula by one of its names."""
    layer, labels = layer_of(model.graph, of, None, model.graph.of)
    path = pull_back(layer, next(new for new, old in labels.names.items() if old == wrt))
    indices = map(labels.index, (*path.out, *path.free))
    return rename(labels.poly(path.local), dict(zip(indices, out + into, strict=True)))


def layouts(form: Form) -> Forms:
    """What people write for a derivative in short: its transpose, its diagonal, the factor that is left."""
    rank = form.link[2] if form.link is not None else 0
    if len(form.axes) == 2 and rank == 1:
        yield Form(form.poly, form.axes[::-1])
    for merged in _merged(form, rank):
        yield merged
        if len(merged.axes) == 2:
            yield Form(merged.poly, merged.axes[::-1])


def _merged(form: Form, rank: int) -> Forms:
    """With δ_ij between an axis of each, the two are one; and that one goes where nothing varies along it."""
    poly, axes, met = form.poly, list(form.axes), []
    for out, into in product(form.axes[:rank], form.axes[rank:]):
        if into in axes and out not in met and _diagonal(poly, out, into):
            poly = rename(poly, {into: out})
            axes.remove(into)
            met.append(out)
    if not met:
        return
    yield Form(poly, tuple(axes))
    varying = free_indices(poly)
    kept = tuple(axis for axis in axes if axis in varying or axis not in met)
    if len(kept) < len(axes):
        yield Form(poly, kept)
    if not varying.intersection(axes):
        yield Form(poly)


def _diagonal(poly: Poly, out: Index, into: Index) -> bool:
    """Whether δ of the two is a factor of every term."""
    delta: Kron = kron(out, into)
    return bool(poly.terms) and all(delta in dict(term.factors) for term in poly.terms)
