"""The penalty's gradient given to a parameter that it does not hold."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.neighbours import symbols_of
from symgrad.checking.explaining.paths import penalised
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.submission.written import Add, Node
from symgrad.tree import Array


def suppose(case: Case) -> Iterator[Supposition]:
    """A multiple of the parameter put in: with the weight that another parameter's penalty has,
    doubled or not.
    """
    if not case.is_gradient or case.wrt not in case.model.parameters or penalised(case):
        return
    for name in case.model.graph.leaves:
        if not case.model.graph.shapes[name] and name not in case.model.parameters:
            for factor in (1.0, 2.0, 0.5):
                yield Supposition(case.wrt, lambda here, name=name, factor=factor: _with(here, name, factor))  # type: ignore[misc]


def _with(here: Here, weight: str, factor: float) -> Array:
    return here.truth + factor * here.value(weight) * here.value(here.case.wrt)


def repair(case: Case) -> Iterator[Repair]:
    """A summand that holds the parameter taken away."""
    if not case.is_gradient or case.wrt not in case.model.parameters or penalised(case):
        return

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Add(left, right):
                for kept, lost in ((left, right), (right, left)):
                    if any(found.name == case.wrt for found in symbols_of(lost, case).values()):
                        yield kept, case.wrt

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "regularising_the_bias",
    80,
    "the penalty's gradient is given to a parameter that it does not hold",
    "the penalty does not hold {part}, so its gradient has no such term",
    "which parameters does the penalty hold?",
    r"\frac{\partial J}{\partial b} = \delta + \lambda b",
    r"\frac{\partial J}{\partial b} = \delta",
    (Example(SOFTMAX, d("J", "b_2"), rf"{d('J', 'v')} + \lambda b_2", d("J", "v")),),
    (suppose,),
    (repair,),
)
