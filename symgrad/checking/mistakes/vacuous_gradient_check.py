"""A gradient looked at where every formula would pass."""

from collections.abc import Iterator

import numpy as np

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.record import Example, Mistake, Supposition
from symgrad.checking.worlds.kinks import KINKS


def suppose(case: Case) -> Iterator[Supposition]:
    """Zero, where a kink could make it so."""
    if case.is_slope and any(edge.op in KINKS for edge in case.steps):
        yield Supposition("", lambda here: np.zeros(here.truth.shape), zero=True)


MISTAKE = Mistake(
    "vacuous_gradient_check",
    290,
    "a gradient is looked at where every formula would pass",
    "the gradient is zero only where no unit is active, and there it shows nothing{part}",
    "which units are active at these numbers?",
    r"\left. \frac{\partial J}{\partial w} \right|_{u < 0} = 0",
    r"\left. \frac{\partial J}{\partial w} \right|_{u > 0} = x",
    (Example(SOFTMAX, d("J", "b_1"), "0", rf"{d('J', 'u')}"),),
    (suppose,),
)
