"""A norm where its square is meant, or the derivative of the one for that of the other."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.chains import at_edges, identity
from symgrad.checking.explaining.edits import TWO, changed, opened
from symgrad.checking.explaining.examples import SOFTMAX
from symgrad.checking.explaining.forward import slips
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import Node, Norm, Power
from symgrad.tree import Formula, Op


def suppose(case: Case) -> Iterator[Supposition]:
    """The square left out of the formula, or of the derivative."""

    def change(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("power", (Op("norm") as norm, _)):
                yield norm, case.maths_of(norm)

    yield from slips(case, change)
    squares = [edge for edge in case.steps if edge.op == "power" and edge.child.op == "norm"]
    yield from at_edges(squares, identity, lambda edge: case.maths_of(edge.parent.formula))


def repair(case: Case) -> Iterator[Repair]:
    """A norm squared, or replaced by what stands in it."""

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Power(Norm() as norm, _):
                yield norm, maths_of(norm.body)
            case Norm(body, single=False):
                yield Power(node, TWO), maths_of(body)
                if case.is_slope:
                    yield body, maths_of(body)

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "norm_vs_squared_norm",
    60,
    "a norm stands where its square is meant, or its derivative",
    "the norm and its square are taken for one another: {part}",
    "is it the norm or the square of the norm that the problem states, and what is the derivative of each?",
    r"s = \frac{1}{2} \lVert W \rVert",
    r"s = \frac{1}{2} \lVert W \rVert^2",
    (Example(SOFTMAX, "s", r"\frac{\lambda}{2} \|W_2\|_F", r"\frac{\lambda}{2} \|W_2\|_F^2"),),
    (suppose,),
    (repair,),
)
