"""The output as one factor too many."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import named_between
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import TANH, d
from symgrad.checking.explaining.neighbours import symbols_of
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import Node, Product, Symbol
from symgrad.tree import Array


def suppose(case: Case) -> Iterator[Supposition]:
    """What arrives at a quantity times the quantity itself."""
    if not case.is_slope:
        return
    for name in named_between(case):
        if name in case.model.graph.quantities:
            yield Supposition(name, lambda here, name=name: _times(here, name))  # type: ignore[misc]


def _times(here: Here, name: str) -> Array:
    edges = [edge for edge in here.case.edges if edge.child.name == name]
    return here.swept({edge: here.local(edge) * here.value(name) for edge in edges})


def repair(case: Case) -> Iterator[Repair]:
    """A factor taken away that is a quantity on the way."""
    on_the_way = frozenset(name for name in named_between(case) if name in case.model.graph.quantities)
    if not case.is_slope:
        return

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Product(left, right):
                for kept, lost in ((left, right), (right, left)):
                    if isinstance(lost, Symbol) and any(
                        f.name in on_the_way for f in symbols_of(lost, case).values()
                    ):
                        yield kept, maths_of(lost)

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "extra_factor_output",
    210,
    "the output stands as one factor too many",
    "the factor {part} is one too many",
    "differentiate the outer function once: what it leaves is one factor, and "
    "then comes the inner derivative",
    r"\frac{\partial E}{\partial o} = (o - t) \, o",
    r"\frac{\partial E}{\partial o} = o - t",
    (Example(TANH, d("C", "p"), r"(p - t) \odot p", "p - t"),),
    (suppose,),
    (repair,),
)
