"""A transpose left out."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_edges
from symgrad.checking.explaining.edits import below, changed, opened
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.checking.explaining.tape import Edge
from symgrad.checking.meaning.spelling import labels
from symgrad.submission.written import Call, Derivative, Element, Node, Product, Symbol, Transpose


def suppose(case: Case) -> Iterator[Supposition]:
    """The matrix of a step not transposed, where it is square."""
    steps = [edge for edge in case.steps if edge.op == "matmul"]
    yield from at_edges(steps, _straight, lambda edge: f"{case.local(edge)} has to be transposed")


def _straight(here: Here, edge: Edge) -> Any:
    local = here.local(edge)
    if local.ndim != 2 or local.shape[0] != local.shape[1]:
        raise ValueError("not square")
    return local.T


def repair(case: Case) -> Iterator[Repair]:
    """A factor transposed, or the two indices of a matrix exchanged."""
    whole = opened(case)

    def turned(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Symbol() if case.model.graph.shapes.get(case.name_of(node)) == ():
                return  # a number is its own transpose
            case Symbol() | Derivative() | Call():
                yield Transpose(node), f"{maths_of(node)} has to be transposed"
            case Product(left, right):
                for factor in (left, right):
                    if not isinstance(factor, Transpose | Symbol | Derivative | Call):
                        turned_round = Transpose(factor)
                        new = (turned_round, right) if factor is left else (left, turned_round)
                        yield replace(node, left=new[0], right=new[1]), "a factor has to be transposed"

    for node, words in changed(whole, turned) if isinstance(whole, Symbol) else below(whole, turned):
        yield Repair(words, node)

    def exchanged(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Symbol(indices=(first, second)):
                yield (
                    replace(node, indices=(second, first), sub=labels((second, first))),
                    f"the indices of {maths_of(node)} are exchanged",
                )
            case Element(indices=(first, second)):
                yield (
                    replace(node, indices=(second, first)),
                    f"the indices of {maths_of(node)} are exchanged",
                )

    for node, words in changed(whole, exchanged):
        yield Repair(words, node)


MISTAKE = Mistake(
    "missing_transpose",
    114,
    "a transpose is left out",
    "a transpose is missing: {part}",
    "write the shape under every factor: inner sizes must meet, and the result "
    "has the shape of the left side",
    r"\frac{\partial J}{\partial h} = W \delta",
    r"\frac{\partial J}{\partial h} = W^\top \delta",
    (Example(SOFTMAX, d("J", "h"), rf"W_2 {d('J', 'v')}", rf"W_2^\top {d('J', 'v')}"),),
    (suppose,),
    (repair,),
)
