"""All that the catalogue makes of a right expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from symgrad.checking.mistakes import factors, scales, substitutions, terms
from symgrad.checking.mistakes.catalogue import RANK
from symgrad.checking.mistakes.record import Slip
from symgrad.checking.mistakes.right import Case
from symgrad.tree import Formula

MOST = 600
"""Slips that are looked at for one line."""

Rule = Callable[[Formula, Case], Iterator[Slip]]
RULES: tuple[Rule, ...] = (
    substitutions.jacobians,
    substitutions.arguments,
    scales.seed,
    factors.kernels,
    substitutions.same_pass,
    factors.norms,
    terms.penalties,
    terms.paths,
    terms.summands,
    terms.biases,
    terms.steps,
    factors.transposes,
    scales.rates,
    scales.signs,
    scales.twos,
    scales.averages,
    factors.surplus,
    substitutions.wrong_losses,
    factors.biases,
    factors.dropped,
    substitutions.inner,
    substitutions.stale,
    substitutions.neighbours,
)


def slips(case: Case) -> list[Slip]:
    """What every rule makes of every right form, each formula once, the most specific mistakes first."""
    found = {
        (slip.mistake, slip.formula): slip
        for form in case.forms
        for rule in RULES
        for slip in rule(form, case)
        if slip.formula not in case.forms
    }
    return list(islice(sorted(found.values(), key=lambda slip: RANK[slip.mistake]), MOST))
