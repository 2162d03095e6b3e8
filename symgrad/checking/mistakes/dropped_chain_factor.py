"""A factor of the chain rule left out."""

from collections.abc import Iterator
from itertools import combinations

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.chains import at_all, at_edges, by_operation, identity, nonlinear
from symgrad.checking.explaining.edits import changed, gradient_node, opened, symbol_of
from symgrad.checking.explaining.examples import COMPOSED, TANH, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import Add, Derivative, Node, Product, Subtract

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
    (suppose,),
    (repair,),
)
