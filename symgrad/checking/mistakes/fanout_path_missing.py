"""Only some of the uses of a quantity counted."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import SCALAR, d
from symgrad.checking.explaining.limits import whole_range
from symgrad.checking.explaining.paths import lost_entries, lost_paths
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition


def suppose(case: Case) -> Iterator[Supposition]:
    """A use left out."""
    yield from lost_paths(case, "path")
    if case.is_slope:
        yield from lost_entries(case)


def repair(case: Case) -> Iterator[Repair]:
    """A sum over everything in the place of one over a part."""
    if case.is_slope:
        for node, words in changed(opened(case), whole_range):
            yield Repair(words, node)


MISTAKE = Mistake(
    "fanout_path_missing",
    110,
    "a quantity is used more than once, and only some of the uses are counted",
    "the gradients of all uses are added, and here one is missing: {part}",
    "mark every place where this stands in the forward pass: each gives a term",
    r"\frac{\partial E}{\partial h} = w_5 \delta_1",
    r"\frac{\partial E}{\partial h} = w_5 \delta_1 + w_7 \delta_2",
    (Example(SCALAR, d("f", "x"), rf"{d('f', 'p')} k", rf"{d('f', 'p')} k + {d('f', 'q')} \cos(x)"),),
    (suppose,),
    (repair,),
)
