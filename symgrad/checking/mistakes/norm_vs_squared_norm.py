"""A norm where its square is meant, or the derivative of the one for that of the other."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.chains import at_edges, identity
from symgrad.checking.explaining.edits import TWO, changed, exchanged, opened
from symgrad.checking.explaining.examples import SOFTMAX
from symgrad.checking.explaining.forward import slips
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import Node, Norm, Power, Symbol, walk
from symgrad.tree import Formula, Op


def suppose(case: Case) -> Iterator[Supposition]:
    """The square left out of the formula, or of the derivative; a norm's derivative that of its square."""

    def change(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("power", (Op("norm") as norm, _)):
                yield norm, case.maths_of(norm)

    yield from slips(case, change)
    squares = [edge for edge in case.steps if edge.op == "power" and edge.child.op == "norm"]
    yield from at_edges(squares, identity, lambda edge: case.maths_of(edge.parent.formula))
    norms = [edge for edge in case.steps if edge.op == "norm"]
    yield from at_edges(
        norms, lambda here, edge: 2 * here.spot(edge.child), lambda edge: case.maths_of(edge.parent.formula)
    )


def repair(case: Case) -> Iterator[Repair]:
    """A norm squared, or replaced by what stands in it; all norms squared."""
    whole = opened(case)

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Power(norm, _) if _is_norm(norm, case):
                yield norm, _inside(norm)
            case Norm() | Symbol() if _is_norm(node, case):
                yield Power(node, TWO), _inside(node)
                if case.is_slope and isinstance(node, Norm):
                    yield node.body, _inside(node)

    for node, words in changed(whole, change):
        yield Repair(words, node)
    norms = [node for node in walk(whole) if isinstance(node, Norm) and _is_norm(node, case)]
    if len(norms) > 1:
        squared: dict[Node, Node] = {norm: Power(norm, TWO) for norm in norms}
        yield Repair(" and ".join(map(_inside, norms)), exchanged(whole, squared))


def _is_norm(node: Node, case: Case) -> bool:
    """Whether it is written as a norm, or is a quantity that is one."""
    if not isinstance(node, Symbol):
        return isinstance(node, Norm) and not node.single
    formula = case.model.graph.quantities.get(case.name_of(node))
    return isinstance(formula, Op) and formula.name == "norm"


def _inside(node: Node) -> str:
    """What the norm is taken of, or its name, in a sentence."""
    return maths_of(node.body if isinstance(node, Norm) else node)


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
