"""The average over a batch left out, or taken twice."""

from collections.abc import Iterator
from functools import partial

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.examples import BATCH, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.scales import by_counts, rescaled


def _size(count: str | int, here: Here) -> float:
    return here.size(count)


def _share(count: str | int, here: Here) -> float:
    return 1 / here.size(count)


def _less_one(count: str | int, here: Here) -> float:
    return here.size(count) / (here.size(count) - 1)


def suppose(case: Case) -> Iterator[Supposition]:
    """The whole, or what arrives on one way, times N or over it."""
    for count in (*case.counts, *(dim for dim in case.model.samples if dim not in case.counts)):
        yield from by_counts(
            case,
            partial(_size, count),
            "not divided by the number of samples",
        )
        yield from by_counts(
            case,
            partial(_share, count),
            "divided by it once too often",
        )
        yield from by_counts(case, partial(_less_one, count), "divided by one less than their number")


def repair(case: Case) -> Iterator[Repair]:
    """The whole, or one term, times N or over it."""
    for count in case.counts:
        yield from rescaled(
            case,
            str(count),
            "divided by the number of samples once too often",
            "not divided by the number of samples",
        )


MISTAKE = Mistake(
    "batch_average_missing_or_doubled",
    180,
    "the average over a batch is left out, or taken twice",
    "the average over the samples is left out, or taken twice: {part}",
    "is the objective a sum over the samples or their mean, and how often does 1/N stand here?",
    r"\frac{\partial L}{\partial S} = P - Y",
    r"\frac{\partial L}{\partial S} = \frac{1}{N} (P - Y)",
    (Example(BATCH, d("L", "Z"), "P - Y", r"\frac{1}{4} (P - Y)"),),
    (suppose,),
    (repair,),
)
