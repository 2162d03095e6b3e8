"""An outer product in the wrong order, or taken entry by entry."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, index_letters, opened, reindexed
from symgrad.checking.explaining.examples import TANH, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.submission.written import Node, Product, Symbol, Transpose


def _is_matrix(case: Case) -> bool:
    shapes = case.model.graph.shapes
    if not case.is_slope or case.pinned or shapes[case.of]:
        return False
    return len(shapes[case.wrt]) == 2 and 1 not in shapes[case.wrt]


def suppose(case: Case) -> Iterator[Supposition]:
    """The whole turned round."""
    if _is_matrix(case):
        yield Supposition("the whole is transposed", lambda here: np.swapaxes(here.truth, -1, -2))


def repair(case: Case) -> Iterator[Repair]:
    """The whole transposed; the factors exchanged; two indices exchanged; ⊗ for ⊙."""
    if not _is_matrix(case):
        return
    whole = opened(case)
    words = "the factors stand the wrong way round"
    yield Repair("the whole is transposed", Transpose(whole))
    for a, b in combinations(index_letters(whole), 2):
        swapped = {a: b, b: a}

        def other(index: Node, swapped: dict[str, str] = swapped) -> Node:
            return (
                Symbol(swapped[index.base]) if isinstance(index, Symbol) and index.base in swapped else index
            )

        yield Repair(f"{a} and {b} are exchanged", reindexed(whole, other))

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Product(left, right, sign):
                yield Product(right, left, sign, node.span), words
                for first, second in ((left, right), (right, left)) if not _is_entry(left, right) else ():
                    yield Product(_bare(first), Transpose(_bare(second))), words
                if sign in ("odot", "star", "dot"):
                    yield Product(left, right, "otimes"), "an outer product belongs here"

    for node, said in changed(whole, change):
        yield Repair(said, node)


def _is_entry(*factors: Node) -> bool:
    """Whether one of the factors is an entry, A_ij: a transpose would exchange its indices."""
    return any(isinstance(bare := _bare(factor), Symbol) and len(bare.indices) > 1 for factor in factors)


def _bare(node: Node) -> Node:
    return node.body if isinstance(node, Transpose) else node


MISTAKE = Mistake(
    "outer_product_order",
    120,
    "an outer product is written in the wrong order, or entry by entry",
    "the outer product has its factors in the wrong order, or is not taken as one: {part}",
    "a gradient has the shape of its variable: which factor gives the rows?",
    r"\frac{\partial J}{\partial W} = x \delta^\top",
    r"\frac{\partial J}{\partial W} = \delta x^\top",
    (
        Example(TANH, d("C", "W_2"), rf"a \cdot ({d('C', 'p')})^\top", rf"{d('C', 'p')} \, a^\top"),
        Example(TANH, d("C", "W_1"), rf"x \cdot ({d('C', 'z')})^\top", rf"{d('C', 'z')} \, x^\top"),
    ),
    (suppose,),
    (repair,),
)
