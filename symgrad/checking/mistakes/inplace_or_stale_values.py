"""A value of before where a new one belongs."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.examples import SOFTMAX
from symgrad.checking.explaining.neighbours import activations
from symgrad.checking.explaining.record import Example, Mistake, Supposition


def suppose(case: Case) -> Iterator[Supposition]:
    """What goes into an activation in the place of what comes out."""
    if case.is_value:
        for before, after in activations(case.model):
            if after == case.of:
                yield Supposition(before, lambda here, before=before: here.value(before))  # type: ignore[misc]


MISTAKE = Mistake(
    "inplace_or_stale_values",
    240,
    "a value of before stands where a new one belongs",
    "this is still the value of {part}",
    "was the activation applied?",
    r"h = u",
    r"h = \operatorname{relu}(u)",
    (Example(SOFTMAX, "h", "u", r"\operatorname{relu}(u)"),),
    (suppose,),
)
