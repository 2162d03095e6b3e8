"""The penalty's share of a gradient left out."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.paths import lost_paths
from symgrad.checking.explaining.record import Example, Mistake, Supposition


def suppose(case: Case) -> Iterator[Supposition]:
    """The way through the penalty left out."""
    return lost_paths(case, "penalty")


MISTAKE = Mistake(
    "regulariser_gradient_forgotten",
    90,
    "the penalty's share of a gradient is left out",
    "the penalty depends on this parameter too: {part}",
    "which terms of the objective hold this parameter?",
    r"\frac{\partial J}{\partial W} = \delta x^\top",
    r"\frac{\partial J}{\partial W} = \delta x^\top + \lambda W",
    (Example(SOFTMAX, d("J", "W_2"), rf"{d('J', 'v')} h^\top", rf"{d('J', 'v')} h^\top + \lambda W_2"),),
    (suppose,),
)
