"""A value rounded before it was used again."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here, literals
from symgrad.checking.explaining.examples import TANH
from symgrad.checking.explaining.record import Example, Mistake, Supposition
from symgrad.checking.worlds.moved import at


def suppose(case: Case) -> Iterator[Supposition]:
    """The formula of a quantity with what goes into it rounded to fewer digits than are printed."""
    formula = case.model.graph.quantities.get(case.of) if case.is_value and case.numeric else None
    if formula is None:
        return
    printed = max((-literal.place for literal in literals(case.wrong)), default=0)
    for places in range(1, printed + 1):
        yield Supposition(
            f"{places}",
            lambda here, places=places: at(formula, lambda n: _rounded(here, n, places), here.world.sizes),  # type: ignore[misc]
        )


def _rounded(here: Here, name: str, places: int) -> Any:
    value = here.value(name)
    return np.round(value, places) if name in here.case.model.graph.quantities else value


MISTAKE = Mistake(
    "rounding_too_early",
    280,
    "a value was rounded before it was used again",
    "the numbers that this was worked out from were rounded to {part} decimals, too early",
    "keep more digits in between than in the result",
    r"0.33 \cdot 3 = 0.99",
    r"\frac{1}{3} \cdot 3 = 1",
    (Example(TANH, "p", "[1.7200, -0.0950]", "[1.6970, -0.0847]"),),
    (suppose,),
)
