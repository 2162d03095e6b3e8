"""A transpose where none belongs."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import SOFTMAX
from symgrad.checking.explaining.record import Example, Mistake, Repair
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import Node, Transpose


def repair(case: Case) -> Iterator[Repair]:
    """A transpose taken away."""

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        if isinstance(node, Transpose):
            yield node.body, f"{maths_of(node.body)} stands here as it is"

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "extra_transpose",
    112,
    "a transpose stands where none belongs",
    "there is a transpose too many: {part}",
    "write the shape under every factor: inner sizes must meet, and the result "
    "has the shape of the left side",
    r"z = W^\top x",
    r"z = W x",
    (Example(SOFTMAX, "v", r"W_2^\top h + b_2", "W_2 h + b_2"),),
    repair=(repair,),
)
