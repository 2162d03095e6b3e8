"""A factor of the chain rule left out."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import (
    at_all,
    at_edges,
    by_operation,
    identity,
    is_elementwise,
    nonlinear,
    scaled,
)
from symgrad.checking.explaining.edits import changed, gradient_node, opened, symbol_of
from symgrad.checking.explaining.examples import COMPOSED, TANH, d
from symgrad.checking.explaining.paths import uses
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.checking.explaining.tape import Edge
from symgrad.checking.worlds.moved import at
from symgrad.submission.written import Add, Derivative, Node, Product, Subtract
from symgrad.tree import Formula, Op

MOST_PAIRS = 12
MOST_FACTORS = 12


def suppose(case: Case) -> Iterator[Supposition]:
    """A step as if nothing were done in it: at one place, at two, at all of a kind."""
    steps = tuple(nonlinear(case.steps))
    yield from at_edges(steps, identity, lambda edge: case.local(edge))
    for edges in by_operation(steps).values():
        yield from at_all(edges, identity, f"the derivative of {edges[0].op}, every time,")
        inner = [edge for edge in edges if edge.child.name != case.wrt]
        if len(inner) < len(edges):
            yield from at_all(inner, identity, f"the derivative of {edges[0].op}, every time,")
    for pair in combinations(steps[:MOST_PAIRS], 2):
        yield from at_all(pair, identity, " and ".join(case.local(edge) for edge in pair))


def partly(case: Case) -> Iterator[Supposition]:
    """One factor of a single step's derivative left out: a of a (1 − a), n of −n/d², one d of it."""
    sigmoids = [edge for edge in case.steps if edge.op == "sigmoid"]
    for ratio, words in ((lambda a: 1 / a, "{}"), (lambda a: 1 / (1 - a), "1 - {}")):

        def without(here: Here, edge: Edge, ratio: Any = ratio) -> Any:
            return scaled(here, edge, ratio(here.spot(edge.parent)))

        def said(edge: Edge, words: str = words) -> str:
            return words.format(case.maths_of(edge.parent.owner or edge.parent.formula))

        yield from at_edges(sigmoids, without, said)
        yield from at_all(sigmoids, without, "a part of the derivative of sigmoid, every time,")
    for edge in (edge for edge in case.steps if edge.op == "divide"):
        assert isinstance(edge.parent.formula, Op)
        above, below = edge.parent.formula.args
        lost = [above, below] if edge.place else list(below.args) if isinstance(below, Op) else []
        for part in lost:
            down = edge.place and part == above
            yield Supposition(
                f"{case.maths_of(part)}" if down else rf"1/{case.maths_of(part)}",
                lambda here, edge=edge, part=part, down=down: _without(here, edge, part, down),  # type: ignore[misc]
            )


def _without(here: Here, edge: Edge, part: Formula, above: bool) -> Any:
    value = at(part, here.value, here.world.sizes)
    return here.swept({edge: here.local(edge) / value if above else here.local(edge) * value})


def at_the_end(case: Case) -> Iterator[Supposition]:
    """The activation's derivative left out right behind each use of a shared parameter, and nowhere else."""
    ends = {use: _first_activation(case, use) for use in uses(case)}
    found = {use: edge for use, edge in ends.items() if edge is not None}
    if case.recurrent and len(found) > 1 and len(found) == len(ends):

        def without(here: Here) -> Any:
            shares = (
                here.swept({**dict.fromkeys(set(found) - {use}), edge: identity(here, edge)})
                for use, edge in found.items()
            )
            return sum(shares)

        op = next(iter(found.values())).op
        yield Supposition(f"the derivative of {op}, every time,", without)


def _first_activation(case: Case, use: Edge) -> Edge | None:
    """The first function of one argument behind a use."""
    edge = use
    while not is_elementwise(edge):
        users = case.tape.uses(edge.parent, case.edges)
        if len(users) != 1:
            return None
        edge = users[0]
    return edge


def repair(case: Case) -> Iterator[Repair]:
    """A name, or a derivative, as a factor of one term."""
    names = dict.fromkeys(edge.parent.owner for edge in case.steps)
    used = dict.fromkeys(name for owner in names for name in case.model.uses(owner))
    factors: list[Node] = [symbol_of(name) for name in used]
    factors += [
        Derivative(symbol_of(o), symbol_of(n)) for o in names for n in case.model.uses(o) if n in names
    ]
    if case.is_gradient:
        factors += [gradient_node(case.of, name) for name in names if name != case.of]

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Add(left, right) | Subtract(left, right):
                for factor in factors[:MOST_FACTORS]:
                    yield type(node)(Product(left, factor), right, node.span), maths_of(factor)
                    yield type(node)(left, Product(right, factor), node.span), maths_of(factor)

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "dropped_chain_factor",
    220,
    "a factor of the chain rule is left out",
    "a factor of the chain rule is missing: {part}",
    "write the chain of quantities from the objective down to this one: each link gives one factor",
    r"\frac{\partial J}{\partial z} = \frac{\partial J}{\partial a}",
    r"\frac{\partial J}{\partial z} = \frac{\partial J}{\partial a} \odot f'(z)",
    (
        Example(TANH, d("C", "z"), d("C", "a"), rf"{d('C', 'a')} \odot (1 - a^2)"),
        Example(
            TANH,
            d("C", "x"),
            r"W_1^\top W_2^\top (p - t)",
            r"W_1^\top \left( (W_2^\top (p - t)) \odot (1 - a^2) \right)",
        ),
        Example(COMPOSED, d("v", "x"), r"\frac{1}{x^2 + 1}", r"\frac{2 x}{x^2 + 1}"),
    ),
    (suppose, partly, at_the_end),
    (repair,),
)
