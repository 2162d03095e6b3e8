"""A neighbouring name, index or number in the place of the right one."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import opened
from symgrad.checking.explaining.examples import TANH
from symgrad.checking.explaining.neighbours import alike, renamed, symbols_of
from symgrad.checking.explaining.record import Example, Mistake, Repair
from symgrad.checking.explaining.swaps import derivatives, entries, indices


def repair(case: Case) -> Iterator[Repair]:
    """Another name, another index, another derivative, another entry of what was printed."""
    whole = opened(case)
    yield from indices(whole)
    for found in symbols_of(whole, case).values():
        for other in alike(case.model, found.name):
            if other == case.of and case.is_value:
                continue
            for node, _ in renamed(whole, case, found.name, other):
                yield Repair(f"{other} belongs here, not {found.name}", node)
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
    (Example(TANH, "z", "W_1 x + b_2", "W_1 x + b_1"),),
    repair=(repair,),
)
