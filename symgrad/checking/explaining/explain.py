"""The cause of a wrong line: the first mistake of the catalogue that reproduces it at every point.

A mistake is looked for from both ends: in what the first side would be worth, had it been made, and in
what was written, with it mended. What nothing reproduces is told by its two values alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from math import log10
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from symgrad.checking.explaining.case import FAULTS, Case, literals
from symgrad.checking.explaining.catalogue import catalogue
from symgrad.checking.explaining.record import Mistake
from symgrad.checking.explaining.right import right_line
from symgrad.checking.explaining.target import Target, target_of
from symgrad.checking.judging.bench import Bench, Prepared, Step
from symgrad.checking.judging.conventions import PLAIN
from symgrad.checking.judging.memory import Memory, believing
from symgrad.checking.judging.printed import Margins
from symgrad.checking.judging.readings import DIFFER, Question
from symgrad.checking.judging.sides import has_names
from symgrad.checking.meaning.scope import TooLong
from symgrad.checking.verdict import Judged, Verdict
from symgrad.checking.worlds.world import World
from symgrad.deadline import OutOfTime, within
from symgrad.submission.written import Call, Element, Literal, Matrix, Node, walk

EFFORT = 12_000
"""Nodes that are worked out at one point for one line, for all suppositions and, once more, for all
repairs.
"""
FEWEST_DIGITS = 2.5
"""Decimal digits that printed numbers must show in all, so that agreeing with them says anything."""
UNITS = 1.0
SECONDS = 1.0
"""For the cause, and once more for the right line, whose form may have to be derived."""
T = TypeVar("T")


def explain(judged: Judged, ready: Prepared, steps: tuple[Step, ...], memory: Memory, bench: Bench) -> Judged:
    """A wrong line with its cause, as far as one is found, the right line, and a hint."""
    step = next((step for step in steps if step.outcome.kind == DIFFER), None)
    if judged.verdict is not Verdict.WRONG or step is None:
        return judged
    case = case_of(ready, step, bench, memory)
    if case is None:
        return judged
    cause = None
    with suppress(TooLong, OutOfTime), within(SECONDS):
        cause = next(filter(None, map(_cause, _views(case, memory))), None)
    with suppress(TooLong, OutOfTime), within(SECONDS):
        judged = replace(judged, right=right_line(ready.line, case))
    if cause is None:
        return judged
    mistake, part = cause
    sentence = mistake.sentence.format(part=part)
    return replace(
        judged,
        mistake=mistake.id if mistake.named else None,
        message=f"{sentence} ({judged.message})" if judged.message else sentence,
        hint=mistake.hint,
        explained=True,
        reason=sentence,
    )


def _views(case: Case, memory: Memory) -> Iterator[Case]:
    """The case as it is, at one entry, and from the other side; then for who believes the slips before it."""
    bases = [case]
    if memory.slips:
        worlds = tuple(believing(world, memory.slips) for world in case.worlds)
        bases.append(replace(case, worlds=worlds, _tried={}, _written={}))
    for base in bases:
        yield base
        focused = _focused(base)
        if focused is not None:
            yield focused
        for view in (base, focused):
            if view is not None and view.target is None:
                question = replace(view.question, left=view.wrong, right=view.question.left)
                yield replace(view, question=question, _tried={}, _written={})


def _focused(case: Case) -> Case | None:
    """The case at the one entry that is worst, where others of a printed matrix are right."""
    wrong, pair = case.wrong, case.outcome.pair
    if not isinstance(wrong, Matrix) or not case.numeric or pair is None or np.ndim(pair.left) not in (1, 2):
        return None
    off = np.abs(pair.left - pair.right)
    if not np.any(off <= pair.slack) or off.shape not in ((len(wrong.rows), len(wrong.rows[0])), (off.size,)):
        return None
    where = tuple(int(n) for n in np.unravel_index(int(np.argmax(off)), off.shape))
    cells = [cell for row in wrong.rows for cell in row]
    start = 0 if case.dictionary.from_zero else 1
    places = tuple(Literal(Fraction(n + start)) for n in where)
    left = Element(case.question.left, "", indices=places)
    question = replace(case.question, left=left, right=cells[int(np.argmax(off))], around=(left,))
    return replace(case, question=question, _tried={}, _written={})


def case_of(ready: Prepared, step: Step, bench: Bench, memory: Memory) -> Case | None:
    """The wrong side beside one that it should equal, whose meaning shows what the line is about."""
    nodes = dict(ready.sides)
    wrong = nodes[step.sides[1]]
    worlds = _worlds(wrong, step, bench, ready.nodes)
    if not worlds:
        return None
    left, target = _lead(
        [node for place, node in ready.sides if place <= step.sides[0]], ready, bench, worlds[0]
    )
    numeric = worlds[0].kind == "given"
    question = Question(
        left,
        wrong,
        bench.dictionary,
        ready.line.id - 1,
        (left, wrong),
        ready.line.conditions,
        transposed=bench.convention.transposed,
        slack=Margins(UNITS, bench.known) if numeric else None,
        effort=bench.effort,
    )
    return Case(bench, question, worlds, target, numeric)


def _lead(nodes: Sequence[Node], ready: Prepared, bench: Bench, world: World) -> tuple[Node, Target | None]:
    for node in nodes:
        target = target_of(node, bench.dictionary, ready.line.id - 1, world)
        if target is not None:
            return node, target
    return nodes[-1], None


def _worlds(wrong: Node, step: Step, bench: Bench, nodes: Sequence[Node]) -> tuple[World, ...]:
    points, given = bench.points, bench.given
    kind = step.outcome.world.kind if step.outcome.world is not None else "own"
    printed = any(literal.place < 0 for literal in literals(wrong))
    if given is not None and (kind == "given" or printed or not has_names(wrong)):
        worlds: tuple[World, ...] = (given,)
    else:
        random = {"data": points.data, "other": points.other}.get(kind, points.own)
        worlds = tuple(bench.stepping(world, nodes) for world in random)
    return worlds if bench.convention == PLAIN else tuple(bench.seen(world, ()) for world in worlds)


def _cause(case: Case) -> tuple[Mistake, str] | None:
    """The first mistake that reproduces the line, and on what it was made."""
    if case.numeric and not _says_much(case.wrong, case.question.left):
        return None
    most = max(20, EFFORT // case.weight)
    supposed, mended = iter(range(most)), iter(range(most))
    for mistake in catalogue():
        for supposition in _counted(
            chain.from_iterable(suppose(case) for suppose in mistake.suppose), supposed, case
        ):
            if case.shows(supposition.array, supposition.zero):
                return mistake, supposition.part
        for repair in _counted(chain.from_iterable(mend(case) for mend in mistake.repair), mended, case):
            if _is_new(repair.node, case) and case.holds(repair.node):
                return mistake, repair.part
    return None


def _counted(tried: Iterator[T], left: Iterator[int], case: Case) -> Iterator[T]:
    """The things tried, as long as they can be made and the number that may be tried is not used up."""
    with suppress(*FAULTS):
        for thing in tried:
            case.bench.effort.spend()
            if next(left, None) is None:
                return
            yield thing


def _is_new(node: Node, case: Case) -> bool:
    """Whether a mended side is neither what was written nor what stands on the left."""
    return node != case.wrong and node != case.question.left


def _says_much(*sides: Node) -> bool:
    """Whether printed sides show so many digits, or work out a function, that they are not met by chance."""
    found = [literal for side in sides for literal in literals(side)]
    decimal = [literal for literal in found if literal.place < 0]
    if not decimal or any(isinstance(part, Call) for side in sides for part in walk(side)):
        return True
    shown = sum(log10(max(abs(float(n.value)) / 10.0**n.place, 1.0)) for n in decimal)
    return shown >= FEWEST_DIGITS
