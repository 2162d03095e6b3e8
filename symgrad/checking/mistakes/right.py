"""The right expressions of what a line is about, in the forms that the derivation and the habit give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from symgrad.checking.student import Target
from symgrad.checking.world import Model, rate_name
from symgrad.graph import Graph
from symgrad.operations import operation
from symgrad.tree import ONE, Formula, Gradient, Name, Op, Partial, added, names, substitute, walk


@dataclass(frozen=True)
class Case:
    """What a line is about: a quantity, a gradient, a parameter after the update; ``forms`` are right."""

    model: Model
    target: Target
    updated: bool
    forms: tuple[Formula, ...]

    @property
    def wrt(self) -> str:
        """What is differentiated by; '' where the line is about a quantity."""
        return self.target[1] or ""

    @property
    def local(self) -> bool:
        """Whether the line is about the derivative of something else than the objective."""
        return bool(self.wrt) and self.target[0] != self.model.objective

    def alike(self, name: str) -> Iterator[str]:
        """The other names that may be taken for ``name``."""
        return same_shaped(self.model.graph, name)


def same_shaped(graph: Graph, name: str) -> Iterator[str]:
    """The other names whose arrays have the shape of that of ``name``, or are numbered like it."""
    if name in graph.shapes:
        shape = sized(graph, name)
        others = (other for other in graph.shapes if other not in (name, *graph.auxiliary))
        yield from (n for n in others if sized(graph, n) == shape or _numbered_alike(n, name, graph))


def _numbered_alike(left: str, right: str, graph: Graph) -> bool:
    """W1 and W2: two of one kind, whatever their sizes."""
    stems = {name.rstrip("0123456789") for name in (left, right)}
    return len(stems) == 1 and len(graph.shapes[left]) == len(graph.shapes[right])


def sized(graph: Graph, name: str) -> tuple[object, ...]:
    """A shape in numbers, as far as its sizes are known."""
    return tuple(graph.sizes.get(dim, dim) for dim in graph.shapes[name])


def case_of(model: Model, target: Target, updated: bool) -> Case:
    """The case of a target with its right forms, each once, the tidiest first."""
    name, wrt = target
    if updated and name in model.graph.leaves:
        found: Iterable[Formula] = (_step(model, name),)
    elif wrt is None:
        found = (model.graph.quantities[name] for _ in range(name in model.graph.quantities))
    elif name == model.objective:
        found = chain(_gradient(model, wrt), (Gradient(name, wrt),))
    else:
        found = chain(_local(model, name, wrt), (Partial(name, wrt),))
    return Case(model, target, updated, tuple(dict.fromkeys(found)))


def _step(model: Model, name: str) -> Formula:
    """W − η ∂J/∂W."""
    step = Op("multiply", (Name(rate_name(model.problem)), Gradient(model.objective, name)))
    return Op("subtract", (Name(name), step))


def _gradient(model: Model, wrt: str) -> Iterator[Formula]:
    """The gradient as derived, as the sum of its paths, and with what reaches it put in."""
    gradient = model.derivation.gradients.get(wrt)
    if gradient is None or gradient.matrix_form is None:
        return
    yield gradient.matrix_form
    paths = [path.formula for path in gradient.paths if path.formula is not None]
    if paths and len(paths) == len(gradient.paths):
        yield added(paths)
    for consumer in dict.fromkeys(path.consumer for path in gradient.paths):
        prime = _prime(model, consumer, wrt)
        if prime is not None and len(gradient.paths) == 1:
            yield Op("multiply", (Gradient(model.objective, consumer), prime))
    yield _put_in(model, gradient.matrix_form)


def _put_in(model: Model, formula: Formula) -> Formula:
    """The formula with the gradients in it written out, one level deep."""
    found = {
        node: model.derivation.gradients.get(node.wrt) for node in walk(formula) if isinstance(node, Gradient)
    }
    known: dict[Formula, Formula] = {
        node: g.matrix_form for node, g in found.items() if g is not None and g.matrix_form is not None
    }
    return substitute(formula, known)


def _prime(model: Model, name: str, wrt: str) -> Formula | None:
    """f′(z) where a quantity is f(z) for an elementwise f of one argument."""
    match model.graph.quantities[name]:
        case Op(function, (Name(source),), ()) if source == wrt and operation(function).kind == "elementwise":
            return Op("prime", (Name(wrt),), (("function", function), ("position", 0)))
    return None


def _local(model: Model, name: str, wrt: str) -> Iterator[Formula]:
    """∂a/∂z of an activation: f′(z), the derived form, or the Jacobian of softmax.

    Of an elementwise function it is the diagonal, as a matrix.
    """
    formula = model.graph.quantities.get(name)
    if not isinstance(formula, Op) or wrt not in names(formula):
        return
    if formula.name == "softmax" and len(model.graph.shapes[name]) == 1:
        yield Op("subtract", (Op("diag", (Name(name),)), Op("outer", (Name(name), Name(name)))))
    if formula.name not in ACTIVATIONS or formula.args != (Name(wrt),):
        return
    prime = _prime(model, name, wrt)
    gradient = model.derivation.gradients.get(wrt)
    path = next((p for p in gradient.paths if p.consumer == name), None) if gradient is not None else None
    one: dict[Formula, Formula] = {Gradient(model.objective, name): ONE}
    derived = substitute(path.formula, one) if path is not None and path.formula is not None else None
    rank = len(model.graph.shapes[name])
    for form in (derived, prime):
        if form is not None and rank <= 1:
            yield Op("diag", (form,)) if rank else form


ACTIVATIONS = frozenset(
    (
        "exp",
        "log",
        "sqrt",
        "sin",
        "cos",
        "tanh",
        "sigmoid",
        "relu",
        "leaky_relu",
        "elu",
        "softplus",
        "silu",
        "gelu",
    )
)
