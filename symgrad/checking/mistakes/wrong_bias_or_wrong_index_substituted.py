"""A neighbouring name, index or number in the place of the right one."""

from collections.abc import Iterator

import numpy as np

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import opened
from symgrad.checking.explaining.examples import SOFTMAX, TANH, d
from symgrad.checking.explaining.neighbours import alike, renamed, symbols_of
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.swaps import derivatives, entries, indices

MOST_ENTRIES = 30


def suppose(case: Case) -> Iterator[Supposition]:
    """Another entry than the one that the line is about."""
    if not case.pinned or case.target is None:
        return
    truth = case.here(case.worlds[0]).truth
    if 1 < truth.size <= MOST_ENTRIES:
        for where in np.ndindex(truth.shape):
            words = f"this is entry {', '.join(str(n + 1) for n in where)}, another one than is asked for"
            yield Supposition(words, lambda here, where=where: np.full(here.truth.shape, here.truth[where]))  # type: ignore[misc]


def repair(case: Case) -> Iterator[Repair]:
    """Another name, another index, another derivative, another entry of what was printed."""
    whole = opened(case)
    for found in symbols_of(whole, case).values():
        for other in alike(case.model, found.name):
            if other == case.of and case.is_value:
                continue
            for node, _ in renamed(whole, case, found.name, other):
                yield Repair(f"{case.maths_of(other)} belongs here, not {case.maths_of(found.name)}", node)
    yield from indices(whole)
    yield from derivatives(whole, case)
    if case.numeric:
        yield from entries(whole, case)


MISTAKE = Mistake(
    "wrong_bias_or_wrong_index_substituted",
    270,
    "a neighbouring name or index stands in the place of the right one",
    "{part}",
    "compare every name and every index with the formula: which of them stands for its neighbour?",
    r"v = W_2 h + b_1",
    r"v = W_2 h + b_2",
    (
        Example(TANH, "z", "W_1 x + b_2", "W_1 x + b_1"),
        Example(SOFTMAX, d("L", "v_i"), r"\sum_k o_k y_k - y_i", r"\sum_k o_i y_k - y_i"),
    ),
    (suppose,),
    (repair,),
)
