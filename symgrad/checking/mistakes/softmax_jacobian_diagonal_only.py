"""The Jacobian of softmax taken for its diagonal."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_all, at_edges, matrix_of
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.tape import Edge
from symgrad.checking.meaning.functions import SOFTMAX as WORDS
from symgrad.submission.written import Call, Node, Product

SPREADING = ("softmax", "log_softmax")


def _diagonal(here: Here, edge: Edge) -> Any:
    local, child = here.local(edge), here.spot(edge.child).shape
    return (matrix_of(local, child) * np.eye(int(np.prod(child)))).reshape(local.shape)


def suppose(case: Case) -> Iterator[Supposition]:
    """Only the entries i = j of ∂s_i/∂z_j."""
    edges = [edge for edge in case.steps if edge.op in SPREADING]
    yield from at_edges(edges, _diagonal, lambda edge: case.local(edge))
    yield from at_all(edges, _diagonal, "softmax")


def repair(case: Case) -> Iterator[Repair]:
    """g ⊙ softmax′(z) for the product with the Jacobian."""

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Product(left, right, "odot"):
                for factor, other in ((left, right), (right, left)):
                    if isinstance(factor, Call) and factor.head.base in WORDS and factor.head.marks:
                        yield Product(factor, other), "softmax'"

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "softmax_jacobian_diagonal_only",
    10,
    "the Jacobian of softmax is taken for its diagonal",
    "every output of softmax depends on every input: its diagonal s (1 - s) "
    "alone drops the mixed terms -s_i s_j",
    "how many of the outputs of softmax change when one input changes? "
    "Write the derivative for i = j and for i ≠ j",
    r"\frac{\partial J}{\partial v} = \frac{\partial J}{\partial o} \odot o \odot (1 - o)",
    r"\frac{\partial J}{\partial v} = (\operatorname{diag}(o) - o o^\top) \frac{\partial J}{\partial o}",
    (
        Example(
            SOFTMAX,
            d("J", "v"),
            rf"{d('J', 'o')} \odot o \odot (1 - o)",
            rf"(\operatorname{{diag}}(o) - o o^\top) {d('J', 'o')}",
        ),
    ),
    (suppose,),
    (repair,),
)
