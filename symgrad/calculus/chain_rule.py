"""∂of/∂wrt through everything that rests on ``wrt`` and leads to ``of``: entry by entry, and as matrices.

Entry by entry it is Σ_c Σ_k ∂of_i/∂c_k ∂c_k/∂wrt_j over the quantities c that use ``wrt``; each ∂c/∂wrt is
the derivative of c's own formula, checked by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from symgrad.calculus.compositions import Matrix, composed, matrix, summed
from symgrad.calculus.index import Index, Poly, add, atom, constant, fresh, kron, multiply, rename, total
from symgrad.calculus.jacobian_forms import as_matrix
from symgrad.calculus.layers import layer_of, pull_back
from symgrad.calculus.lowering import expand
from symgrad.calculus.rational import cancel
from symgrad.calculus.verify import verify_layer
from symgrad.graph import Graph
from symgrad.tree import Formula, names

UNSTATED = ""
"""The objective of a local derivative: it has none."""


class Local(Struct, frozen=True):
    """∂consumer/∂name by the consumer's own formula, with the axes of both; as an array if there is one."""

    consumer: str
    name: str
    poly: Poly
    out: tuple[Index, ...]
    by: tuple[Index, ...]
    form: Formula | None


class Ways(Struct, frozen=True):
    """The derivative entry by entry, as it comes and cancelled, and as sums of products of matrices.

    ``locals`` are the derivatives along every edge, from ``of`` on, ``stops`` the quantities that all ways
    pass, ``of`` and ``wrt`` among them. ``of_vectors`` says that all on the way are vectors. ``matrix``
    is None where one of the locals has no form, where an array of more axes than one is on the way, and where
    there is a single edge.
    """

    raw: Poly
    poly: Poly
    through: tuple[str, ...]
    locals: tuple[Local, ...]
    stops: tuple[str, ...]
    matrix: Matrix | None
    of_vectors: bool


def chain_rule(graph: Graph, of: str, wrt: str, out: tuple[Index, ...], by: tuple[Index, ...]) -> Ways:
    """The derivative of ``of`` at ``out`` by ``wrt`` at ``by``. Raises `DerivationError` for a wrong step."""
    alike = zip(out, (Index(f"in{n}", i.dim) for n, i in enumerate(out)), strict=True)
    known: dict[str, Poly] = {of: multiply(constant(1), *(atom(kron(a, b)) for a, b in alike))}
    matrices: dict[str, Matrix] = {}
    found: list[Local] = []
    for name in between(graph, of, wrt):
        consumers = [c for c in graph.consumers(name) if c in known]
        locals_ = [each for c in consumers if (each := local(graph, c, name)).poly.terms]
        if not locals_:  # it leads elsewhere, or nothing goes back, as through a stop
            continue
        found += locals_
        known[name] = add(*(_through(graph, known[each.consumer], each) for each in locals_))
        if (matrix_ := _matrix(graph, of, matrices, locals_)) is not None:
            matrices[name] = matrix_
    long = len(known) > 2
    raw = known.get(wrt, Poly())
    return Ways(
        raw,
        cancel(expand(raw, graph.shape)) if long else raw,
        tuple(each.consumer for each in found if each.name == wrt),
        tuple(found),
        _stops(tuple(known), found),
        matrices.get(wrt) if long else None,
        all(len(graph.shapes[name]) == 1 for name in known),
    )


def _stops(order: tuple[str, ...], edges: list[Local]) -> tuple[str, ...]:
    """The names over which no edge leads, of names in backward order."""
    place = {name: n for n, name in enumerate(order)}
    spans = [(place[edge.consumer], place[edge.name]) for edge in edges]
    return tuple(name for n, name in enumerate(order) if not any(a < n < b for a, b in spans))


def between(graph: Graph, of: str, wrt: str) -> Iterator[str]:
    """The names between ``of`` and ``wrt``, in backward order, then ``wrt``."""
    above = {wrt}
    for name, formula in graph.quantities.items():
        if name != wrt and above & set(names(formula)):
            above.add(name)
    order = list(graph.quantities)
    if of not in above or of == wrt:
        return
    before = reversed(order[: order.index(of)])
    yield from (name for name in before if name in above and name != wrt)
    yield wrt


def local(graph: Graph, consumer: str, name: str) -> Local:
    """∂consumer/∂name by the consumer's own formula, verified."""
    layer, labels = layer_of(graph, consumer, None, UNSTATED)
    target = next(new for new, old in labels.names.items() if old == name)
    path = pull_back(layer, target)
    verify_layer(layer, target)
    out, by = (tuple(map(labels.index, part)) for part in (path.out, path.free))
    poly = labels.poly(path.local)
    return Local(consumer, name, poly, out, by, as_matrix(poly, out, by))


def _through(graph: Graph, beyond: Poly, each: Local) -> Poly:
    """Σ_k ∂of/∂consumer_k ∂consumer_k/∂name."""
    over = tuple(fresh(dim) for dim in graph.shapes[each.consumer])
    ins = tuple(Index(f"in{n}", index.dim) for n, index in enumerate(over))
    upstream = rename(beyond, dict(zip(ins, over, strict=True)))
    return total(multiply(upstream, rename(each.poly, dict(zip(each.out, over, strict=True)))), *over)


def _matrix(graph: Graph, of: str, matrices: Mapping[str, Matrix], locals_: list[Local]) -> Matrix | None:
    """∂of/∂name as the sum over its ways of products; None where one of them is no matrix."""
    terms: list[Matrix] = []
    for each in locals_:
        ranks = (len(graph.shapes[of]), len(each.out), len(each.by))
        if each.form is None or max(ranks) > 1 or each.consumer not in (of, *matrices):
            return None
        own = matrix(each.form, ranks[1], ranks[2])
        terms.append(own if each.consumer == of else composed(matrices[each.consumer], own))
    return summed(terms)
