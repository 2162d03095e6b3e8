"""One layer's backward step: what the gradient of a formula's output contributes to one of its inputs.

A `Layer` is a formula with its names and dimensions replaced by placeholders, so that equal layers
are the same value: they are differentiated, written and verified once, and relabelled for each use.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.between import bounded
from symgrad.calculus.entries import OUT, Local, differentiate
from symgrad.calculus.factoring import factored
from symgrad.calculus.folding import fold_means
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Dim,
    Group,
    Index,
    Poly,
    add,
    atom,
    cell,
    fresh,
    kron,
    map_atoms,
    multiply,
    rename,
    total,
)
from symgrad.calculus.linear import operands
from symgrad.calculus.lowering import argument
from symgrad.calculus.made import DERIVATIVES
from symgrad.calculus.matching import match
from symgrad.calculus.means import deviations
from symgrad.calculus.reading import simplify_bases
from symgrad.calculus.reasons import reasons
from symgrad.calculus.relabelling import Labels
from symgrad.calculus.spelling import Letters, entrywise
from symgrad.calculus.steps import Path, Step
from symgrad.graph import Graph
from symgrad.graph.shapes import Derived, Shape
from symgrad.operations import operation
from symgrad.operations.record import axes
from symgrad.tree import (
    Entry,
    Formula,
    Gradient,
    Name,
    Op,
    Partial,
    Prod,
    Size,
    Total,
    names,
    substitute,
    walk,
)

OBJECTIVE, CONSUMER = "#J", "#c"


class Layer(Struct, frozen=True, dict=True):
    """A quantity's formula over placeholders, the shapes of its names, and what reaches its output.

    ``seed`` is None for a gradient that stays a symbol, else the constant it is. ``derived`` says
    which dimensions follow from others, ``sizes`` what those are in the problem: sizes that fit.
    """

    formula: Formula
    shapes: tuple[tuple[str, Shape], ...]
    seed: Poly | None
    derived: tuple[tuple[Derived, str], ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()

    @cached_property
    def graph(self) -> Graph:
        """A graph of this layer alone, for the shapes of sub-formulas."""
        alone = Graph({CONSUMER: self.formula}, dict(self.shapes), dict(self.sizes), CONSUMER, (), ())
        return replace(alone, derived=self.derived)


def layer_of(graph: Graph, consumer: str, seed: Poly | None, objective: str) -> tuple[Layer, Labels]:
    """The layer that makes ``consumer``, over placeholders, and the labels that lead back."""
    formula = graph.quantities[consumer]
    used = names(formula)
    to_name = {name: f"#a{n}" for n, name in enumerate(used)}
    dims: dict[Dim, Dim] = {}
    for name in (*used, consumer):
        for dim in graph.shapes[name]:
            if dim != 1:
                dims.setdefault(dim, f"d{len(dims)}")
    for node in walk(formula):
        for dim in (node.id,) if isinstance(node, Size) else graph.shape(node):
            if dim != 1:
                dims.setdefault(dim, f"d{len(dims)}")
    for (_, _, sources), dim in graph.derived:  # the number of entries that a reshape keeps is no axis
        if set(sources) <= {1, *dims}:
            dims.setdefault(dim, f"d{len(dims)}")
    there = Labels({**to_name, consumer: CONSUMER, objective: OBJECTIVE}, dims)
    shapes = [(to_name[name], there.shape(graph.shapes[name])) for name in used]
    shapes.append((CONSUMER, there.shape(graph.shapes[consumer])))
    derived = tuple(
        ((kind, parts, there.shape(sources)), there.shape((dim,))[0])
        for (kind, parts, sources), dim in graph.derived
        if {dim, *sources} <= {1, *dims}
    )
    known = tuple((str(new), graph.sizes[str(old)]) for old, new in dims.items() if old in graph.sizes)
    constant = None if seed is None else there.poly(seed)
    layer = Layer(there.formula(formula), tuple(shapes), constant, derived, known if derived else ())
    back = Labels(
        {**{new: old for old, new in to_name.items()}, CONSUMER: consumer, OBJECTIVE: objective},
        {new: old for old, new in dims.items()},
        _known(graph, consumer),
    )
    return layer, back


def _known(graph: Graph, consumer: str) -> dict[Formula, Formula]:
    """Formulas that stand as quantities of their own: mean(X, axis=0) is μ, inv(S) is P."""
    found: dict[Formula, Formula] = {}
    for name, formula in graph.quantities.items():
        if isinstance(formula, Op) and name != consumer:
            found.setdefault(formula, Name(name))
            axis, kept = formula.option("axis"), ("keepdims", True)
            if axis is not None and kept in formula.options:
                plain = tuple(option for option in formula.options if option != kept)
                column: Formula = Name(name)
                for place in reversed(axes(len(graph.shape(formula.args[0])), axis)):
                    column = Op("squeeze", (column,), (("axis", place),))
                found.setdefault(replace(formula, options=plain), column)
    return found


@lru_cache(maxsize=4096)
def pull_back(layer: Layer, target: str) -> Path:
    """The path from the layer's output to ``target``: chain rule, derivative, contraction, matrix form."""
    shape = dict(layer.shapes)[CONSUMER]
    out = tuple(Index(f"out{n}", dim) for n, dim in enumerate(shape))
    free = tuple(Index(f"in{n}", dim) for n, dim in enumerate(dict(layer.shapes)[target]))
    given = tuple(fresh(dim) for dim in shape)
    local = _reach(
        layer, target, multiply(*(atom(kron(a, b)) for a, b in zip(given, out, strict=True))), given, free
    )
    upstream = Gradient(OBJECTIVE, CONSUMER)
    seed = (
        cell(upstream, *given)
        if layer.seed is None
        else rename(layer.seed, dict(zip(_seed_free(layer), given, strict=False)))
    )
    poly = _reach(layer, target, seed, given, free)
    formula = match(poly, free)
    if formula is not None:
        formula = deviations(formula, layer.graph.shape)
    steps = tuple(_steps(layer, target, local, poly, out, free, formula))
    return Path(target, CONSUMER, steps, local, poly, out, free, formula)


def _seed_free(layer: Layer) -> tuple[Index, ...]:
    shape = dict(layer.shapes)[CONSUMER]
    return tuple(Index(f"in{n}", dim) for n, dim in enumerate(shape))


def _reach(
    layer: Layer, target: str, adjoint: Poly, given: tuple[Index, ...], free: tuple[Index, ...]
) -> Poly:
    """Σ over the places where ``target`` stands of what arrives there."""
    arrivals = _back(layer.formula, adjoint, given, target, layer, root=True)
    arrived = add(*(rename(poly, dict(zip(by, free, strict=True))) for poly, by in arrivals))
    return fold_means(simplify_bases(arrived, layer.graph.shape), target)


def _back(
    node: Formula, adjoint: Poly, out: tuple[Index, ...], target: str, layer: Layer, *, root: bool = False
) -> Iterator[tuple[Poly, tuple[Index, ...]]]:
    if node == Name(target):
        yield adjoint, out
    node = bounded(node)
    if not isinstance(node, Op):
        return
    for position, arg in enumerate(operands(node)):
        if target in names(arg):
            local = _local(node, position, layer, root)
            if not local.poly.terms:  # nothing goes through, as through a stop
                continue
            by = tuple(fresh(index.dim) for index in local.by)
            mapping = dict(zip((*local.out, *local.by), (*out, *by), strict=True))
            yield from _back(
                arg, total(multiply(adjoint, rename(local.poly, mapping)), *out), by, target, layer
            )


def _local(node: Op, position: int, layer: Layer, root: bool) -> Local:
    """The operation's local derivative, its placeholders filled in."""
    shape_of = layer.graph.shape
    if node.name in DERIVATIVES:
        return DERIVATIVES[node.name](node, position, shape_of)
    arguments = tuple(argument(arg, shape_of) for arg in node.args)
    local = differentiate(node.name, node.options, arguments, shape_of(node), position)
    filled: dict[Formula, Formula] = {Name(f"#{n}"): arg for n, arg in enumerate(node.args)}
    filled[OUT] = Name(CONSUMER) if root else node

    def fill(single: Atom) -> Poly:
        match single:
            case Cell(base, indices):
                return atom(Cell(substitute(base, filled), indices))
            case Apply(function, args, options):
                return atom(Apply(function, tuple(map_atoms(a, fill) for a in args), options))
            case Group(inner):
                return atom(Group(map_atoms(inner, fill)))
        return atom(single)

    return Local(local.out, local.by, map_atoms(local.poly, fill))


def _steps(
    layer: Layer,
    target: str,
    local: Poly,
    poly: Poly,
    out: tuple[Index, ...],
    free: tuple[Index, ...],
    formula: Formula | None,
) -> Iterator[Step]:
    upstream, partial = Gradient(OBJECTIVE, CONSUMER), Partial(CONSUMER, target)
    shapes = tuple(layer.shapes)
    letters = Letters(*free, *out)
    rule, why = reasons(layer.formula, target, layer.graph)
    yield Step(
        target, "chain", Gradient(OBJECTIVE, target), Prod(upstream, partial), "", shapes, "definition"
    )
    names_out, names_in = (tuple(map(letters, part)) for part in (out, free))
    entry = Entry(partial, names_out + names_in) if out or free else partial
    shape_of = layer.graph.shape
    yield Step(target, rule, entry, entrywise(factored(local, letters), shape_of), why, shapes)
    before: Formula = Op("multiply", (Entry(upstream, names_out) if out else upstream, entry))
    for letter in reversed(names_out):
        before = Total(before, letter)
    after = entrywise(factored(poly, letters), shape_of)
    yield Step(target, "contract", before, after, "", shapes)
    jacobian = _jacobian_product(layer, target, local, out, free)
    if jacobian is not None:
        yield Step(target, "jacobian-product", Prod(upstream, partial), jacobian, "", shapes)
    if formula is not None and free:
        yield Step(target, "matrix-form", Entry(Prod(upstream, partial), names_in), formula, "", shapes)


def _jacobian_product(
    layer: Layer, target: str, local: Poly, out: tuple[Index, ...], free: tuple[Index, ...]
) -> Formula | None:
    """Jᵀ g where a structured operation takes a vector to a vector; None elsewhere."""
    op = layer.formula
    if not isinstance(op, Op) or op.name in DERIVATIVES or not len(out) == len(free) == 1:
        return None
    if operation(op.name).kind != "structured":
        return None
    jacobian = match(local, (*out, *free))
    if jacobian is None or layer.seed is not None:
        return None
    turned = match(local, (*free, *out))
    factor = jacobian if turned == jacobian else Op("transpose", (jacobian,))
    return Op("matmul", (factor, Gradient(OBJECTIVE, CONSUMER)))
