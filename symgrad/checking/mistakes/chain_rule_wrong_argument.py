"""The outer derivative taken at the innermost variable."""

from collections.abc import Iterator
from typing import Any

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_edges, is_elementwise
from symgrad.checking.explaining.edits import opened
from symgrad.checking.explaining.examples import COMPOSED, d
from symgrad.checking.explaining.neighbours import renamed
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.tape import Edge, Spot, Tape


def _inner(tape: Tape, spot: Spot) -> Iterator[Spot]:
    """What the argument of a function is made of, names taken for their formulas."""
    for edge in tape.into.get(spot, ()):
        yield edge.child
        yield from _inner(tape, edge.child)


def suppose(case: Case) -> Iterator[Supposition]:
    """f′(x) for f′(g(x))."""
    for edge in case.steps:
        if is_elementwise(edge) or (edge.op == "power" and edge.place == 0):
            for spot in dict.fromkeys(_inner(case.tape, edge.child)):
                yield from at_edges(
                    [edge],
                    _at(spot),
                    lambda e, spot=spot: (  # type: ignore[misc]
                        f"{case.maths_of(spot.formula)} stands where {case.maths_of(e.child.formula)} belongs"
                    ),
                )


def _at(spot: Spot) -> Any:
    def change(here: Here, edge: Edge) -> Any:
        value = here.spot(spot)
        if value.shape != here.spot(edge.child).shape:
            raise ValueError("another shape")
        return here.run.local(edge, {edge.child: value})

    return change


def repair(case: Case) -> Iterator[Repair]:
    """The inner function in the place of its variable."""
    if not case.is_slope:
        return
    graph, whole = case.model.graph, opened(case)
    for name in dict.fromkeys(edge.child.name for edge in case.edges if edge.child.name in graph.quantities):
        for source in case.model.uses(name):
            if graph.shapes[source] == graph.shapes[name]:
                for node, _ in renamed(whole, case, source, name):
                    yield Repair(f"{case.maths_of(source)} stands where {case.maths_of(name)} belongs", node)


MISTAKE = Mistake(
    "chain_rule_wrong_argument",
    230,
    "the outer derivative is taken at the innermost variable",
    "the outer derivative is taken at the inner function's value, not at its variable: {part}",
    "at which point is the derivative of the outer function to be taken?",
    r"\frac{d}{dx} f(g(x)) = f'(x) \, g'(x)",
    r"\frac{d}{dx} f(g(x)) = f'(g(x)) \, g'(x)",
    (Example(COMPOSED, d("v", "u"), r"\frac{1}{x}", r"\frac{1}{u}"),),
    (suppose,),
    (repair,),
)
