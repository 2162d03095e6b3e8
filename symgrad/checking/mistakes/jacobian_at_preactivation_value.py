"""The derivative of an activation taken at the wrong one of its input and its output."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_all, at_edges, by_operation, is_elementwise
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import TANH, d
from symgrad.checking.explaining.neighbours import activations, renamed
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.tape import Edge
from symgrad.submission.written import Call, Literal, Node, Subtract, Symbol, walk

BY_OUTPUT: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda s: s * (1 - s),
    "tanh": lambda h: 1 - h * h,
    "exp": lambda e: e,
}
"""Derivatives written in the output."""


def _at_output(here: Here, edge: Edge) -> Any:
    return here.run.local(edge, {edge.child: here.spot(edge.parent)})


def _of_input(here: Here, edge: Edge) -> Any:
    z = here.spot(edge.child)
    if edge.op == "softmax":
        if z.ndim != 1:
            raise ValueError("a softmax of rows")
        return np.diag(z) - np.outer(z, z)
    slopes = BY_OUTPUT[edge.op](z)
    return np.diag(slopes.ravel()).reshape((*z.shape, *z.shape))


def suppose(case: Case) -> Iterator[Supposition]:
    """f′(f(z)); and z (1 − z) for s (1 − s)."""
    late = [edge for edge in case.steps if is_elementwise(edge)]
    early = [edge for edge in case.steps if edge.op in BY_OUTPUT or edge.op == "softmax"]
    yield from at_edges(
        late, _at_output, lambda e: f"{e.op}' stands at the value of {case.maths_of(e.parent.formula)}"
    )
    yield from at_edges(
        early, _of_input, lambda e: f"{case.maths_of(e.child.formula)} stands where {e.op} of it belongs"
    )
    for edges in by_operation(late).values():
        yield from at_all(edges, _at_output, f"{edges[0].op}' stands at the output everywhere")
    for edges in by_operation(early).values():
        yield from at_all(edges, _of_input, f"the input stands where {edges[0].op} of it belongs")


def repair(case: Case) -> Iterator[Repair]:
    """f′(f(z)) with the inner f taken away; a for z where a derivative is written."""
    whole = opened(case)

    def inner(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Call(head, (Call(function, args),)) if "'" in head.marks and function.base == head.base:
                yield Call(head, args, True, node.span), f"{head.base}' stands at the output"

    for node, words in changed(whole, inner):
        yield Repair(words, node)
    for before, after in activations(case.model):
        for old, new in ((before, after), (after, before)):
            for node, symbol in renamed(whole, case, old, new):
                if _in_derivative(whole, symbol) or (
                    case.is_slope and case.wrt == before and case.of == after
                ):
                    yield Repair(f"{case.maths_of(old)} stands where {case.maths_of(new)} belongs", node)


def _in_derivative(node: Node, symbol: Symbol) -> bool:
    """Whether a name stands in f′(z), or in 1 − a."""
    for part in walk(node):
        match part:
            case Call(head, args) if "'" in head.marks:
                inside: tuple[Node, ...] = args
            case Subtract(Literal(), right):
                inside = (right,)
            case _:
                continue
        if any(symbol == found for arg in inside for found in walk(arg)):
            return True
    return False


MISTAKE = Mistake(
    "jacobian_at_preactivation_value",
    20,
    "the derivative of an activation is taken at the wrong one of its input and output",
    "the derivative of the activation is taken at the wrong place: {part}",
    "a derivative of an activation is written either at its input, as f'(z), or "
    "in its output: which of the two is which?",
    r"\frac{\partial a}{\partial z} = z (1 - z)",
    r"\frac{\partial a}{\partial z} = a (1 - a)",
    (
        Example(TANH, d("C", "z"), rf"{d('C', 'a')} \odot (1 - z^2)", rf"{d('C', 'a')} \odot (1 - a^2)"),
        Example(TANH, d("C", "z"), rf"{d('C', 'a')} \odot \tanh'(a)", rf"{d('C', 'a')} \odot \tanh'(z)"),
    ),
    (suppose,),
    (repair,),
)
