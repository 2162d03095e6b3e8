"""Lines that follow from an earlier slip of the student's own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from symgrad.checking.judging.bench import Bench, Prepared, Step, has_names
from symgrad.checking.judging.compare import steps_of
from symgrad.checking.judging.memory import Memory, Slip, target_of
from symgrad.checking.judging.readings import AGREE


def carried(ready: Prepared, differing: list[Step], memory: Memory, bench: Bench) -> int | None:
    """The line whose slip this one follows: believing it, every side agrees with the next."""
    if not memory.slips:
        return None
    target = target_of(ready.sides[0][1], bench.dictionary, ready.line.id)
    recent = memory.slips[::-1]
    if target is not None and all(has_names(node) for _, node in ready.sides[:2]):
        recent = tuple(
            s for s in recent if (s.kind, s.name) != (target.kind, target.name)
        )  # said again, it follows from nothing
    sets: list[tuple[Slip, ...]] = [(slip,) for slip in recent[:8]]
    if len(recent) > 1:
        sets.append(recent)
        sets += [pair for pair in combinations(recent[:4], 2) if len(recent) > 2]
    for slips in sets:
        if bench.effort.half:
            return None
        if all(step.outcome.kind == AGREE for step in _until_differing(ready, bench, slips)):
            return slips[0].line
    return None


def _until_differing(ready: Prepared, bench: Bench, slips: tuple[Slip, ...]) -> Iterator[Step]:
    for step in steps_of(ready, bench, slips):
        yield step
        if step.outcome.kind != AGREE:
            return
