"""Slips in a forward step: the formula of a quantity changed at one place, and worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.record import Supposition
from symgrad.checking.worlds.moved import at
from symgrad.tree import Array, Formula, Name, children, names, rebuild, substitute

Forms = Iterator[tuple[Formula, str]]
Change = Callable[[Formula], Forms]


def forms(formula: Formula, change: Change) -> Forms:
    """The formula with ``change`` made at one place, for every place and every form."""
    yield from change(formula)
    parts = children(formula)
    for n, part in enumerate(parts):
        for other, words in forms(part, change):
            yield rebuild(formula, (*parts[:n], other, *parts[n + 1 :])), words


def worked_out(formula: Formula) -> Callable[[Here], Array]:
    """The value of a formula."""
    return lambda here: at(formula, here.value, here.world.sizes)


def slips(case: Case, change: Change) -> Iterator[Supposition]:
    """The formula of the quantity that the line is about, changed; one level of what it uses put in too."""
    quantities = case.model.graph.quantities
    formula = quantities.get(case.of) if case.is_value else None
    if formula is None:
        return
    seen: set[Formula] = {formula}
    inside: dict[Formula, Formula] = {Name(n): quantities[n] for n in names(formula) if n in quantities}
    for whole in (formula, substitute(formula, inside)):
        for other, words in forms(whole, change):
            if other not in seen:
                seen.add(other)
                yield Supposition(words, worked_out(other))
