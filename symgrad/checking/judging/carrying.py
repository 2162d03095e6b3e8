"""Lines that follow from an earlier slip of the student's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations

from symgrad.checking.judging.belief import Belief
from symgrad.checking.judging.bench import Bench, Prepared, Step, prepare
from symgrad.checking.judging.compare import steps_of, vanishes
from symgrad.checking.judging.memory import Memory, Slip, slips_of
from symgrad.checking.judging.readings import AGREE, DIFFER, UNKNOWN, Outcome
from symgrad.checking.judging.sides import has_names, is_printed, stands_alone
from symgrad.checking.judging.target import target_of
from symgrad.checking.verdict import Proof
from symgrad.checking.worlds.moved import NoValue


def carried(ready: Prepared, steps: tuple[Step, ...], memory: Memory, bench: Bench) -> int | None:
    """The line whose slip this one follows: believing it, every side agrees with the next.

    What holds between names is true whatever somebody believes of their values.
    """
    if not memory.slips:
        return None
    target = target_of(ready.sides[0][1], bench.dictionary, ready.line.id)
    recent = memory.slips[::-1]
    reckoned = not has_names(ready.sides[-1][1])
    valued = reckoned and target is not None and target.kind in ("value", "update")
    if target is not None and all(has_names(node) for _, node in ready.sides[:2]):
        about = (target.kind, target.name, target.step)
        goes_on = about not in memory.told  # who has had it right does not go on with this
        recent = tuple(s for s in recent if s.about != about or (goes_on and _continues(ready, s)))
    sets: list[tuple[Slip, ...]] = [(slip,) for slip in recent[:8]]
    sets += [(whole,) for slip in recent[:4] if (whole := slip.in_all(bench.dictionary.model)) is not None]
    if len(recent) > 1:
        sets.append(recent)
        sets += [pair for pair in combinations(recent[:4], 2) if len(recent) > 2]
    if memory.printed and not all(has_names(node) for _, node in ready.sides):
        sets += [(slip, *_beside(memory.printed, slip)) for slip in recent[:4]]
    for slips in sets:
        if bench.effort.half:
            return None
        followed = tuple(_until_differing(ready, bench, slips, steps))
        follows = all(
            step.outcome.kind == AGREE and (valued or not vanishes(step.outcome)) for step in followed
        )
        if follows and not any(_contradicted(slip, memory, bench) for slip in slips):
            return slips[0].root
    return None


def _continues(ready: Prepared, slip: Slip) -> bool:
    """Whether a line says what an earlier one says, in another form; in the same it follows from nothing."""
    last = slip.believed.nodes[-1] if isinstance(slip.believed, Belief) else None
    return last != ready.sides[-1][1]


def _contradicted(slip: Slip, memory: Memory, bench: Bench) -> bool:
    """Whether a right line behind a formula is false for who believes that.

    Numbers say nothing of formulas, nor what is reckoned of them.
    """
    if not slip.is_formula:
        return False
    for line in memory.right:
        if line.id <= slip.line or bench.effort.half:
            continue
        with suppress(NoValue):
            ready = prepare(line, bench)
            if any(step.outcome.kind == DIFFER for step in steps_of(ready, bench, (slip,))):
                return True
    return False


def printed(ready: Prepared, bench: Bench) -> tuple[Slip, ...]:
    """What somebody goes on with who reads a result off the line above: its digits."""
    nodes = [node for _, node in ready.sides]
    if bench.given is None or not (stands_alone(nodes[-1]) and is_printed(nodes[-1])):
        return ()
    target = target_of(nodes[0], bench.dictionary, ready.line.id)
    return slips_of(nodes, ready.line, target, bench.dictionary)


def goes_on(ready: Prepared, steps: tuple[Step, ...], memory: Memory, bench: Bench) -> bool:
    """Whether a line with numbers is right for who goes on with the digits that were printed above."""
    if not memory.printed or any(_is_symbolic(step, ready) for step in steps if step.outcome.kind == DIFFER):
        return False
    target = target_of(ready.sides[0][1], bench.dictionary, ready.line.id)
    about = None if target is None else (target.kind, target.name, target.step)
    slips = tuple(slip for slip in memory.printed if slip.about != about)
    return bool(slips) and all(
        step.outcome.kind == AGREE for step in _until_differing(ready, bench, slips, steps)
    )


def _is_symbolic(step: Step, ready: Prepared) -> bool:
    """Whether names differ, which no digits mend: also where only the given numbers refute them."""
    nodes = dict(ready.sides)
    world = step.outcome.world
    refuted = step.proof is Proof.NUMERIC and all(map(has_names, (nodes[n] for n in step.sides)))
    return (
        refuted or world is None or world.kind != "given" or not any(is_printed(nodes[n]) for n in step.sides)
    )


def _beside(printed: tuple[Slip, ...], slip: Slip) -> tuple[Slip, ...]:
    return tuple(other for other in printed if other.about != slip.about)


def _until_differing(
    ready: Prepared, bench: Bench, slips: tuple[Slip, ...], steps: tuple[Step, ...]
) -> Iterator[Step]:
    """The steps of who believes some slips, up to one that does not follow or cannot be worked out."""
    true = [step.sides for step in steps if step.outcome.kind == AGREE and step.proof is Proof.NUMERIC]
    try:
        for step in steps_of(ready, bench, slips, tuple(true)):
            yield step
            if step.outcome.kind != AGREE:
                return
    except NoValue:
        yield Step(Outcome(UNKNOWN), (0, 1))
