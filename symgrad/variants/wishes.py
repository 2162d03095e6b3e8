"""What is wished for in a sheet's numbers: a hand can work with them, and they show the usual slips."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from symgrad.checking.worlds.drawing import rate
from symgrad.checking.worlds.kinks import kinks_of
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.moved import at
from symgrad.checking.worlds.world import World
from symgrad.notation.numerals import Digits
from symgrad.results.run import Program
from symgrad.tree import Array, Formula, Gradient, Name, Op, walk
from symgrad.variants.burden import ends, longest, work_of
from symgrad.variants.slips import Result, Slip, Slips, alike, distance

MOST_DIGITS = 3
"""Significant digits of what is worked out; of what never ends that is not asked."""
MARGIN = 0.2
"""How far from a kink its argument is, at least: rounding must not move it to the other side."""
SURE, UNSURE = 0.92, 0.08
"""Between which probabilities lie, so that no gradient vanishes."""
SPREAD = 0.25
"""How far the work of a variant may be from the class's median."""
UNITS = 4.0
"""Half-units of the last printed digit by which two results differ, at least."""
SQUASHING = ("softmax", "sigmoid")
_ENTRY = re.compile(r"entry \d+")
Faults: TypeAlias = "frozenset[str]"


class Candidate(Struct, frozen=True, eq=False, dict=True):
    """Numbers that were drawn, and what they come to; ``digits`` are the decimals that are printed."""

    given: Mapping[str, Array]
    each: tuple[Mapping[str, Array], ...]
    model: Model
    program: Program
    slips: Slips
    digits: Digits

    @cached_property
    def world(self) -> World:
        """The point as the checker sees it."""
        model = self.model
        return World(model, {**rate(model), **self.given}, model.graph.sizes, "given")

    @cached_property
    def point(self) -> Mapping[Formula, Array]:
        """All quantities and gradients."""
        return self.program.run(dict(self.given))

    @property
    def quantities(self) -> Iterator[tuple[str, Array]]:
        """The quantities that the problem names."""
        graph = self.model.graph
        own = (name for name in graph.quantities if name not in graph.auxiliary)
        yield from ((name, self.point[Name(name)]) for name in own if Name(name) in self.point)

    @cached_property
    def results(self) -> tuple[tuple[tuple[Slip, ...], list[Result]], ...]:
        """By target its slips, and what it is worth: first in truth, then after each slip."""
        return tuple(self.slips.results(self.world))

    @property
    def least(self) -> float:
        """By how much two results differ that are told apart in print."""
        places = self.digits.count - (self.digits.kind == "significant")
        return float(UNITS * 0.5 * 10.0**-places)

    @cached_property
    def work(self) -> int:
        """Products of digits in both passes."""
        return work_of(self.program.lines, self.point, self.model.graph.sizes)


class Wish(Struct, frozen=True):
    """Something wished for. ``faults`` names what falls short of it; ``sentence`` says what a fault is."""

    id: str
    sentence: str
    faults: Callable[[Candidate], Faults]


def _not_finite(candidate: Candidate) -> Faults:
    return frozenset(str(target) for target, array in candidate.point.items() if not np.isfinite(array).all())


def _long(candidate: Candidate) -> Faults:
    """What takes more digits than a hand likes, or does not end; the objective aside."""
    return frozenset(
        name
        for name, array in candidate.quantities
        if name != candidate.model.graph.of
        and (longest(array) > MOST_DIGITS or not all(map(ends, np.ravel(array).tolist())))
    )


def _near_kink(candidate: Candidate) -> Faults:
    world = candidate.world
    arguments = ((n, at(kink, world.value, world.sizes)) for n, kink in enumerate(kinks_of(candidate.model)))
    return frozenset(f"kink {n + 1}" for n, array in arguments if np.any(np.abs(array) < MARGIN))


def _all_on(candidate: Candidate) -> Faults:
    """Layers all of whose units are on, or off: nobody sees there whether the mask was forgotten."""
    world = candidate.world
    found = set[str]()
    for name, formula in candidate.model.graph.quantities.items():
        for node in walk(formula):
            if isinstance(node, Op) and node.name == "relu":
                on = at(node.args[0], world.value, world.sizes) > 0
                if on.size > 1 and (on.all() or not on.any()):
                    found.add(name)
    return frozenset(found)


def _extreme(candidate: Candidate) -> Faults:
    world = candidate.world
    found = set[str]()
    for name, formula in candidate.model.graph.quantities.items():
        if any(isinstance(node, Op) and node.name in SQUASHING for node in walk(formula)):
            array = world.value(name)
            inside = (array >= 0) & (array <= 1)
            if inside.all() and np.any((array < UNSURE) | (array > SURE)):
                found.add(name)
    return frozenset(found)


def _same_size(candidate: Candidate) -> Faults:
    """Gradients of parameters two entries of which have one size: a sign or a transpose would not show."""
    found = set[str]()
    for name in candidate.model.parameters:
        array = candidate.point.get(Gradient(candidate.program.graph.of, name))
        if array is not None and array.size > 1:
            sizes = np.sort(np.abs(array[np.abs(array) > 1e-9]))
            if np.any(np.diff(sizes) < candidate.least / UNITS):
                found.add(f"d{candidate.program.graph.of}/d{name}")
    return frozenset(found)


def _invisible(candidate: Candidate) -> Faults:
    """Slips after which the right result stands; of one that is made at an entry, if it is so at each."""
    seen: dict[str, bool] = {}
    for slips, results in candidate.results:
        true, *others = results
        for slip, result in zip(slips, others, strict=True):
            if result is not None and true is not None:
                told = f"{slip.about}: {_ENTRY.sub('an entry', slip.part)} ({slip.mistake.id})"
                seen[told] = seen.get(told, False) or distance(result, true) >= candidate.least
    return frozenset(told for told, visible in seen.items() if not visible)


def _alike(candidate: Candidate) -> Faults:
    """Different mistakes after which one and the same result stands."""
    found = set[str]()
    for slips, (_, *results) in candidate.results:
        for a, b in alike(results, candidate.least):
            first, second = slips[a], slips[b]
            if first.mistake is not second.mistake:
                found.add(f"{first.about}: {first.mistake.id} and {second.mistake.id}")
    return frozenset(found)


WISHES: tuple[Wish, ...] = (
    Wish("finite", "is not a finite number", _not_finite),
    Wish("digits", f"takes more than {MOST_DIGITS} digits", _long),
    Wish("margins", f"is closer than {MARGIN} to where its slope changes", _near_kink),
    Wish("units", "has no unit that is off, or none that is on", _all_on),
    Wish("probabilities", f"is not between {UNSURE} and {SURE}", _extreme),
    Wish("sizes", "has two entries of one size", _same_size),
    Wish("visible", "changes nothing here", _invisible),
    Wish("apart", "make the same of it here", _alike),
)
"""In the order in which they are looked at: what is quickly seen comes first."""
