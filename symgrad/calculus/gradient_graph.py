"""The graph of a problem with its gradients as quantities, so that they can be differentiated themselves.

∂L/∂w is a quantity after those of the forward pass, with the formula that its derivation found. Names of
problems hold no ∂, so its id is ``∂L/∂w``.
"""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.calculus.by_entries import by_entries
from symgrad.calculus.made import DERIVATIVES
from symgrad.calculus.steps import Derivation, GradientOf
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.operations import OPERATIONS
from symgrad.operations.own import CALL, as_slope
from symgrad.operations.slopes import slope
from symgrad.tree import Formula, Gradient, Name, Op, substitute, transform, walk


def id_of(gradient: Gradient) -> str:
    """What a gradient is called as a quantity."""
    return f"∂{gradient.of}/∂{gradient.wrt}"


def gradient_graph(graph: Graph, derivation: Derivation, *wrt: str) -> Graph:
    """The graph with ∂of/∂wrt, of one name or several, and what it rests on, as quantities behind the others.

    Raises `NotSupported` where a slope in one of them has no formula.
    """
    quantities, shapes = dict(graph.quantities), dict(graph.shapes)
    for name in _upstream(derivation, {*wrt}):
        id = id_of(Gradient(graph.of, name))
        shapes[id] = graph.shapes[name]
        formula = _formula(derivation.gradients[name], _called(graph, derivation))
        within = replace(graph, shapes=shapes, _cache={})
        quantities[id] = _stretched(formula, within, shapes[id])
    return replace(graph, quantities=quantities, shapes=shapes, _cache={})


def _upstream(derivation: Derivation, wanted: set[str]) -> list[str]:
    """The gradients that these rest on, in backward order, and they themselves."""
    for name in reversed(tuple(derivation.gradients)):
        if name in wanted:
            found = walk(derivation.gradients[name].result)
            wanted.update(node.wrt for node in found if isinstance(node, Gradient))
    return [name for name in derivation.gradients if name in wanted]


def _called(graph: Graph, derivation: Derivation) -> dict[Formula, Formula]:
    gradients = (Gradient(graph.of, name) for name in derivation.gradients)
    return {gradient: Name(id_of(gradient)) for gradient in gradients}


def _formula(gradient: GradientOf, called: dict[Formula, Formula]) -> Formula:
    """What is differentiated: the array form, else the entries as they are."""

    def prepared(formula: Formula) -> Formula:
        return _differentiable(substitute(formula, called))

    if gradient.matrix_form is not None and _has_derivative(whole := prepared(gradient.matrix_form)):
        return whole
    return by_entries(gradient.poly, gradient.free, prepared)


def _has_derivative(formula: Formula) -> bool:
    """Whether all operations in a formula have one, but for what is stopped."""
    if not isinstance(formula, Op) or formula.name == "stop":
        return True
    known = formula.name in OPERATIONS or formula.name in (*DERIVATIVES, "rotate")
    return (known or not formula.args) and all(map(_has_derivative, formula.args))


def restored(formula: Formula, graph: Graph) -> Formula:
    """A formula over the quantities of a gradient graph as a problem has it: ∂L/∂z is a gradient again."""

    def change(node: Formula) -> Formula:
        match node:
            case Name(id) if id not in graph.quantities and id in found:
                return found[id]
            case Op("stop", (Op("prime" | "indicator" | "attains" | "pooling") as inner,)):
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
            case Op("indicator" | "attains" | "pooling"):
                return Op("stop", (node,))
        return node

    return transform(formula, change)
