"""What the slips of the catalogue make of numbers: a sheet is to show each, and to tell them apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from symgrad.checking.explaining.case import FAULTS, Case
from symgrad.checking.explaining.catalogue import catalogue
from symgrad.checking.explaining.record import Mistake, Supposition
from symgrad.checking.explaining.target import Target
from symgrad.checking.judging.bench import Bench
from symgrad.checking.judging.readings import Question
from symgrad.checking.laying import bench_of
from symgrad.checking.meaning.effort import Effort
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.world import World
from symgrad.submission.read import read_submission
from symgrad.submission.written import Symbol
from symgrad.tree import Array

IMPOSSIBLE = (*FAULTS, AssertionError)
"""What a slip that cannot be made here ends in."""
ALIKE = 1e-9
"""How close two results are at random numbers that are the same whatever the numbers."""


Result: TypeAlias = "Array | None"
"""What a target is worth; None where a slip cannot be made there."""


class Slip(Struct, frozen=True):
    """A mistake of the catalogue that can be made on the way to a target; ``part`` is on what it is made."""

    target: Target
    mistake: Mistake
    part: str
    made: Supposition

    @property
    def about(self) -> str:
        """The target as answers are called: ``dJ/dW2``, ``h``."""
        return f"d{self.target.name}/d{self.target.wrt}" if self.target.wrt else self.target.name


class Slips(Struct, frozen=True):
    """All slips of a problem, by target, of those with one effect the first; and their cases."""

    cases: tuple[Case, ...]
    known: tuple[tuple[Slip, ...], ...]

    def results(self, world: World) -> Iterator[tuple[tuple[Slip, ...], list[Result]]]:
        """By target: its slips, and what it is worth at a point: in truth, then after each of them."""
        for case, slips in zip(self.cases, self.known, strict=True):
            here = case.here(world)
            yield slips, [np.asarray(here.truth), *(_made(slip.made, case, world) for slip in slips)]


def slips_of(model: Model) -> Slips:
    """The slips that can be made in a problem, found at random points, where none are alike by chance."""
    _, bench = bench_of(model, read_submission("", "work.md", ()), Effort())
    points = bench.points.own[:3]
    cases = tuple(_case(bench, target) for target in _targets(model))
    return Slips(cases, tuple(tuple(_apart(case, points)) for case in cases))


def _targets(model: Model) -> Iterator[Target]:
    """The gradients that rest on the problem's own quantities, then these quantities."""
    graph, of = model.graph, model.objective
    hidden = graph.auxiliary
    below = model.below(of)
    for name in (*reversed(tuple(graph.quantities)), *graph.wrt):
        if name in below and name not in hidden:
            yield Target(of, name)
    yield from (Target(name) for name in graph.quantities if name not in hidden)


def _case(bench: Bench, target: Target) -> Case:
    question = Question(Symbol("L"), Symbol("z"), bench.dictionary)
    return Case(bench, question, tuple(bench.points.own[:1]), target, False)


def _apart(case: Case, points: tuple[World, ...]) -> Iterator[Slip]:
    """The slips with a target that make a difference at random numbers, of those alike there the first."""
    assert case.target is not None
    seen: list[list[Array]] = [[np.asarray(case.here(point).truth) for point in points]]
    for mistake in catalogue():
        if not mistake.named:
            continue
        for made in _suppositions(mistake, case):
            found = [result for point in points if (result := _made(made, case, point)) is not None]
            if len(found) == len(points) and not any(_is_same(found, other) for other in seen):
                seen.append(found)
                yield Slip(case.target, mistake, made.part, made)


def _is_same(found: list[Array], other: list[Array]) -> bool:
    return all(distance(a, b) < ALIKE for a, b in zip(found, other, strict=True))


def distance(a: Array, b: Array) -> float:
    """The largest difference of two entries; infinite for arrays of other shapes."""
    return float(np.abs(a - b).max(initial=0.0)) if a.shape == b.shape else float("inf")


def _suppositions(mistake: Mistake, case: Case) -> Iterator[Supposition]:
    with suppress(*IMPOSSIBLE):
        yield from chain.from_iterable(suppose(case) for suppose in mistake.suppose)


def _made(made: Supposition, case: Case, world: World) -> Result:
    """What a slip makes of the target at a point; None where it cannot be made."""
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(made.array(case.here(world)), dtype=float)
    except IMPOSSIBLE:
        return None
    return found if np.isfinite(found).all() else None


def alike(results: list[Result], least: float) -> Iterator[tuple[int, int]]:
    """The places of two results of one shape that differ by less in every entry."""
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for place, result in enumerate(results):
        if result is not None:
            by_shape.setdefault(result.shape, []).append(place)
    for places in by_shape.values():
        rows = np.asarray([np.ravel(results[place]) for place in places])  # type: ignore[arg-type]
        close = np.abs(rows[:, None] - rows[None]).max(axis=2, initial=0.0) < least
        yield from ((places[a], places[b]) for a, b in np.argwhere(np.triu(close, 1)).tolist())
