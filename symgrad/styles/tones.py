"""Which quantities have a colour in a report, and which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symgrad.document.tones import PALETTE, Tones
from symgrad.maths.nodes import Accent, Maths, Text
from symgrad.notation.context import Context
from symgrad.styles.general import general_setting
from symgrad.styles.setting import Setting


def tones_of(setting: Setting) -> Tones:
    """The colours of the quantities on the way from the parameters to the objective, by what is written.

    All of a family, h_1, h_2, …, have the same. Where there are more than the palette has, it begins anew.
    """
    numbers = _numbers(setting)
    contexts = (
        setting.context,
        *(general_setting(setting, found).context for found in setting.solution.rounds),
    )
    written = (pair for context in contexts for pair in _written(context))
    return {maths: numbers[family] for id, maths in written if (family := _family(id)) in numbers}


def _numbers(setting: Setting) -> dict[str, int]:
    solution = setting.solution
    every = (solution, *solution.also)
    objectives = {one.graph.of for one in every}
    passed = {name for one in every for name in one.derivation.gradients} - objectives
    families = dict.fromkeys(_family(name) for name in solution.graph.quantities if name in passed)
    return {family: 1 + n % len(PALETTE) for n, family in enumerate(families)}


def _written(context: Context) -> Iterator[tuple[str, Maths]]:
    """Every name as it is written, also in its entries and as the gradient that has a symbol of its own."""
    named: Iterable[tuple[str, Maths]] = context.naming.names.items()
    for id, maths in named:
        if not isinstance(maths, Text):
            yield id, maths
        if isinstance(maths, Accent) and maths.kind == "vec":
            yield id, maths.body
    yield from ((gradient.wrt, maths) for gradient, maths in context.marks.items())


def _family(id: str) -> str:
    return id.partition("[")[0]
