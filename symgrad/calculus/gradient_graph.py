"""The graph of a problem with its gradients as quantities, so that they can be differentiated themselves.

∂L/∂w is a quantity after those of the forward pass, with the formula that its derivation found. Names of
problems hold no ∂, so its id is ``∂L/∂w``.
"""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.calculus.steps import Derivation, GradientOf
from symgrad.errors import NotSupported
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.operations.own import CALL, as_slope
from symgrad.operations.slopes import slope
from symgrad.tree import Formula, Gradient, Name, Op, substitute, transform, walk


def id_of(gradient: Gradient) -> str:
    """What a gradient is called as a quantity."""
    return f"∂{gradient.of}/∂{gradient.wrt}"


def gradient_graph(graph: Graph, derivation: Derivation, wrt: str) -> Graph:
    """The graph with ∂of/∂wrt, and the gradients that it rests on, as quantities behind the others.

    Raises `NotSupported` where one of them has no array form, or a slope in it no formula.
    """
    quantities, shapes = dict(graph.quantities), dict(graph.shapes)
    for name in _upstream(derivation, wrt):
        id = id_of(Gradient(graph.of, name))
        shapes[id] = graph.shapes[name]
        formula = substitute(_array_form(derivation.gradients[name]), _called(graph, derivation))
        within = replace(graph, shapes=shapes, _cache={})
        quantities[id] = _stretched(_differentiable(formula), within, shapes[id])
    return replace(graph, quantities=quantities, shapes=shapes, _cache={})


def _upstream(derivation: Derivation, wrt: str) -> list[str]:
    """The gradients that one rests on, in backward order, and itself."""
    wanted = {wrt}
    for name in reversed(tuple(derivation.gradients)):
        if name in wanted:
            found = walk(derivation.gradients[name].result)
            wanted.update(node.wrt for node in found if isinstance(node, Gradient))
    return [name for name in derivation.gradients if name in wanted]


def _called(graph: Graph, derivation: Derivation) -> dict[Formula, Formula]:
    gradients = (Gradient(graph.of, name) for name in derivation.gradients)
    return {gradient: Name(id_of(gradient)) for gradient in gradients}


def _array_form(gradient: GradientOf) -> Formula:
    if gradient.matrix_form is None:
        message = f"the gradient of '{gradient.of}' by '{gradient.target}' has no array form to differentiate"
        raise NotSupported(message, hint="ask for the Hessian by a quantity nearer to the objective")
    return gradient.matrix_form


def restored(formula: Formula, graph: Graph) -> Formula:
    """A formula over the quantities of a gradient graph as a problem has it: ∂L/∂z is a gradient again."""

    def change(node: Formula) -> Formula:
        match node:
            case Name(id) if id not in graph.quantities and id in found:
                return found[id]
            case Op("stop", (Op("prime" | "indicator" | "attains") as inner,)):
                return inner
            case Op(CALL.name):
                return as_slope(node)
        return node

    found = {id_of(gradient): gradient for name in graph.shapes if (gradient := Gradient(graph.of, name))}
    return transform(formula, change)


def _stretched(formula: Formula, graph: Graph, shape: Shape) -> Formula:
    """A number that stands for an array of it, as an array."""
    if graph.shape(formula) == shape:
        return formula
    return Op("multiply", (formula, Op("ones", (), (("shape", shape),))))


# --- derivatives that keep their name -----------------------------------------------------------------


def _differentiable(formula: Formula) -> Formula:
    """f′(z) as what it stands for; what only changes where it jumps (relu′) as a constant."""

    def change(node: Formula) -> Formula:
        match node:
            case Op("prime"):
                meaning = slope(node)
                return Op("stop", (node,)) if meaning is None else _differentiable(meaning)
            case Op("masked", (mask, value)):
                return Op("multiply", (mask, value))
            case Op("indicator" | "attains"):
                return Op("stop", (node,))
        return node

    return transform(formula, change)
