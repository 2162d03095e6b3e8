"""A given that was read wrongly: lines that follow from nothing else agree on another value for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.checking.judging.bench import Bench, Prepared, Step, prepare
from symgrad.checking.judging.compare import steps_of
from symgrad.checking.judging.memory import Slip
from symgrad.checking.judging.readings import AGREE, DIFFER
from symgrad.checking.judging.sides import is_printed
from symgrad.checking.judging.target import Target
from symgrad.checking.verdict import Judged, Verdict
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.world import World
from symgrad.tree import Array

FEWEST = 2
"""Wrong lines that must come right: one of them shows the value, another confirms it."""
MOST_ENTRIES = 40
MOST_LINES = 12
TRIALS = 6
SEEN = 1e-9


class Misread(Struct, frozen=True, eq=False):
    """A given as somebody read it: ``used`` at ``index`` where the problem has another number."""

    target: Target
    index: tuple[int, ...]
    stated: float
    used: float
    whole: Array

    def __call__(self, world: World) -> Array:
        """The array of the given, as it was read; `NoValue` where there are other sizes."""
        name = str(self.target.name)
        if np.shape(world.leaves[name]) != self.whole.shape:
            raise NoValue(name)
        return self.whole


def misread(found: Sequence[Judged], bench: Bench) -> Slip | None:
    """The one entry of a given under another value of which wrong lines are right, and no right one wrong.

    Its place is that of the first of these lines.
    """
    wrong = [judged for judged in found if judged.verdict is Verdict.WRONG and _is_numeric(judged)]
    if bench.points.given is None or len(wrong) < FEWEST:
        return None
    first, *others = (prepare(judged.line, bench) for judged in wrong[:MOST_LINES])
    good = [
        prepare(judged.line, bench)
        for judged in found
        if judged.verdict in (Verdict.CORRECT, Verdict.ROUNDED)
        and judged.line.id > first.line.id
        and any(side.node is not None and is_printed(side.node) for side in judged.line.sides)
    ][:MOST_LINES]
    for reading in _readings(first, bench):
        slip = _slip(reading, first.line.id)
        right = sum(_follows(ready, bench, slip) for ready in others)
        if right >= FEWEST - 1 and all(_follows(ready, bench, slip) for ready in good):
            return slip
    return None


def _is_numeric(judged: Judged) -> bool:
    witness = judged.witness
    return witness is not None and witness.at == "given" and witness.left is not None


def _readings(first: Prepared, bench: Bench) -> Iterator[Misread]:
    """Values of single entries under which a line is right."""
    given = bench.points.given
    assert given is not None
    entries = [
        (name, index)
        for name in bench.dictionary.model.problem.given
        for index in np.ndindex(given.value(name).shape)
    ]
    for name, index in entries[:MOST_ENTRIES]:
        whole = given.value(name)
        root = _root(first, bench, name, index)
        if root is None:
            continue
        for digits in range(_digits(float(whole[index])) + 2):
            reading = _read(name, index, whole, round(root, digits))
            if reading.used != reading.stated and _follows(first, bench, _slip(reading)):
                yield reading
                break


def _slip(reading: Misread, line: int = 0) -> Slip:
    return Slip(line, "value", reading.target.name, reading, line)


def _read(name: str, index: tuple[int, ...], whole: Array, used: float) -> Misread:
    changed = np.array(whole, dtype=float)
    changed[index] = used
    return Misread(Target("value", name), index, float(whole[index]), used, changed)


def _root(first: Prepared, bench: Bench, name: str, index: tuple[int, ...]) -> float | None:
    """Where the side that is worked out meets the printed one, by secants from the value that is given."""
    assert bench.points.given is not None
    whole = bench.points.given.value(name)
    before = float(whole[index])
    gap = _gap(first, bench, _read(name, index, whole, before))
    if gap is None or not gap.size:
        return None
    place, size = int(np.argmax(np.abs(gap))), gap.size
    here = before + 0.1 * max(abs(before), 1.0)
    last = float(gap[place])
    for _ in range(TRIALS):
        gap = _gap(first, bench, _read(name, index, whole, here))
        if gap is None or gap.size not in (0, size) or not np.isfinite(gap).all():
            return None
        now = float(gap[place]) if gap.size else 0.0
        if abs(now - last) < SEEN:
            return None  # the line does not rest on this entry
        before, here, last = here, here - now * (here - before) / (now - last), now
        if not np.isfinite(here) or abs(here - before) < SEEN:
            break
    return here


def _gap(ready: Prepared, bench: Bench, reading: Misread) -> Any:
    """By how much the first two sides that differ are apart; nothing where all agree, None without values."""
    steps = _steps(ready, bench, _slip(reading))
    if steps and all(step.outcome.kind == AGREE for step in steps):
        return np.zeros(0)
    for step in steps:
        if step.outcome.pair is not None and step.outcome.world is not None and step.outcome.kind == DIFFER:
            return np.real(np.ravel(step.outcome.pair.left - step.outcome.pair.right))
    return None


def _steps(ready: Prepared, bench: Bench, slip: Slip) -> tuple[Step, ...]:
    bench.effort.spend()
    try:
        return tuple(steps_of(ready, bench, (slip,)))
    except NoValue:
        return ()


def _follows(ready: Prepared, bench: Bench, slip: Slip) -> bool:
    steps = _steps(ready, bench, slip)
    return bool(steps) and all(step.outcome.kind == AGREE for step in steps)


def _digits(value: float) -> int:
    """The decimals of a given as it is written."""
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])
