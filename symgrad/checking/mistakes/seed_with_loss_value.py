"""The backward pass begun with the value of the objective."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.submission.written import Node, Product, Symbol


def suppose(case: Case) -> Iterator[Supposition]:
    """Every gradient times the objective."""
    of = case.of
    if case.is_gradient and not case.model.graph.shapes[of]:
        yield Supposition(of, lambda here: here.truth * here.value(of))


def repair(case: Case) -> Iterator[Repair]:
    """The objective as a factor too many."""

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Product(left, right):
                for kept, lost in ((left, right), (right, left)):
                    if isinstance(lost, Symbol) and case.name_of(lost) == case.model.objective:
                        yield kept, case.model.objective

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "seed_with_loss_value",
    30,
    "the seed of the backward pass is the value of the objective",
    "the backward pass starts with the derivative of {part} with respect to itself, and not with its value",
    "what is the derivative of a quantity with respect to itself?",
    r"\frac{\partial J}{\partial J} = 1.403",
    r"\frac{\partial J}{\partial J} = 1",
    (Example(SOFTMAX, d("J", "L"), "J", "1"),),
    (suppose,),
    (repair,),
)
