"""The derivative by one factor of a product is the other factor, and the factor itself was written."""

from collections.abc import Iterator
from typing import Any

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_edges, identity
from symgrad.checking.explaining.edits import opened
from symgrad.checking.explaining.examples import SCALAR, d
from symgrad.checking.explaining.neighbours import alike, renamed
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.tape import Edge

PRODUCTS = ("multiply", "matmul", "dot", "outer")


def _itself(here: Here, edge: Edge) -> Any:
    return identity(here, edge) * here.spot(edge.child)


def suppose(case: Case) -> Iterator[Supposition]:
    """∂(a b)/∂a = a."""
    edges = [edge for edge in case.steps if edge.op in PRODUCTS]
    yield from at_edges(edges, _itself, lambda edge: case.maths_of(edge.child.formula))


def repair(case: Case) -> Iterator[Repair]:
    """What is differentiated by, replaced by what it is multiplied with."""
    if not case.is_slope:
        return
    whole = opened(case)
    products = [edge for edge in case.steps if edge.op in PRODUCTS and edge.child.name == case.wrt]
    others = {e.child.name for edge in products for e in case.tape.into[edge.parent]} - {case.wrt, ""}
    for other in (*others, *(name for name in alike(case.model, case.wrt) if name not in others)):
        for node, _ in renamed(whole, case, case.wrt, other):
            yield Repair(f"{case.maths_of(case.wrt)} stands where {case.maths_of(other)} belongs", node)


MISTAKE = Mistake(
    "wrong_factor_in_product",
    250,
    "the derivative by one factor of a product is the other factor, and the factor itself was written",
    "the derivative by one factor of a product is the other one: {part}",
    "which factor stays when a product is differentiated by one of its two?",
    r"\frac{\partial (w x)}{\partial w} = w",
    r"\frac{\partial (w x)}{\partial w} = x",
    (Example(SCALAR, d("f", "r"), "r", "p"),),
    (suppose,),
    (repair,),
)
