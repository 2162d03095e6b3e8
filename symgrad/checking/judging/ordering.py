"""Inequalities that claim something: s ≥ max z alone on its row, and the < 0 behind equalities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging import messages
from symgrad.checking.judging.agree import Pair
from symgrad.checking.judging.bench import Bench
from symgrad.checking.judging.compare import witness_at
from symgrad.checking.judging.readings import Question, ask
from symgrad.checking.judging.sides import has_names
from symgrad.checking.verdict import Judged, Proof, Verdict
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import Node, Symbol, walk

BEYOND: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.greater,
    "≤": np.greater,
    ">": np.less,
    "≥": np.less,
}
"""What refutes an inequality. That two sides are equal up to rounding refutes none."""
Seen = tuple[World, Pair, bool]


def inequality(line: Line, bench: Bench) -> Judged | None:
    """The verdict on an inequality that stands alone; None where it may be a condition.

    It is right where it holds at every point, wrong where it holds at none, and, of two sides with names,
    where it does not hold at the numbers that are all given.
    """
    if not line.relations or line.relations[0] not in BEYOND or _bounds_input(line, bench):
        return None
    if line.id not in bench.alone:
        return None
    sides = [side.node for side in line.sides]
    if None in sides:
        return None
    steps = [
        (left, relation, right)
        for (left, right), relation in zip(pairwise(sides), line.relations, strict=True)
        if left is not None and right is not None
    ]
    if any(relation not in BEYOND for _, relation, _ in steps):
        return None
    bare = replace(line, conditions=())
    found = [_seen(bare, (n, n + 1), step, bench) for n, step in enumerate(steps)]
    if not all(found):
        return None
    for n, (seen, (left, _, right)) in enumerate(zip(found, steps, strict=True)):
        named = has_names(left) and has_names(right)
        at_given = bench.alone[line.id] and named and seen[0][0].kind == "given"
        if not any(met for *_, met in seen) or (at_given and not seen[0][2]):
            return _refuted(line, (n, n + 1), seen[0], bench)
    if all(met for seen in found for *_, met in seen):
        return Judged(line, Verdict.CORRECT, "", proof=Proof.NUMERIC)
    return None


def with_tail(judged: Judged, bench: Bench) -> Judged:
    """The verdict on a line of equalities with an inequality behind them, y − 1 < 0.

    It is wrong where that is refuted by the given numbers, or, where not all is given, at every point.
    """
    line = judged.line
    if judged.verdict not in (Verdict.CORRECT, Verdict.ROUNDED):
        return judged
    for n, relation in enumerate(line.relations):
        left, right = line.sides[n].node, line.sides[n + 1].node
        if n and relation in BEYOND and left is not None and right is not None:
            seen = _seen(line, (n, n + 1), (left, relation, right), bench)
            given = seen and seen[0][0].kind == "given"
            if seen and (not seen[0][2] if given else not any(met for *_, met in seen)):
                return _refuted(line, (n, n + 1), seen[0], bench)
    return judged


def _seen(line: Line, places: tuple[int, int], step: tuple[Node, str, Node], bench: Bench) -> Sequence[Seen]:
    """At which points an inequality holds, the given one first if there is one; nothing where not all say."""
    left, relation, right = step
    question = Question(
        left, right, bench.dictionary, line.id - 1, line.read, line.conditions, effort=bench.effort
    )
    found: list[Seen] = []
    for world in _worlds(bench, places):
        outcome = ask(question, [world])
        if outcome.pair is None:
            return ()
        beyond = BEYOND[relation](outcome.pair.left, outcome.pair.right)
        apart = np.abs(outcome.pair.left - outcome.pair.right) > outcome.pair.slack
        found.append((world, outcome.pair, not np.any(beyond & apart & outcome.pair.mask)))
    return found


def _worlds(bench: Bench, places: tuple[int, int]) -> Iterator[World]:
    if bench.given is not None and bench.points.complete:
        yield bench.given
    for world in (*bench.points.own, *bench.points.other, *bench.points.many):
        yield bench.seen(world, ())


def _bounds_input(line: Line, bench: Bench) -> bool:
    """Whether one side has no names and the others only leaves: λ > 0 is said of what is put in."""
    sides = [side.node for side in line.sides if side.node is not None]
    if all(map(has_names, sides)):
        return False
    symbols = [part for side in sides for part in walk(side) if isinstance(part, Symbol)]
    names = {each.name for part in symbols if (each := next(bench.dictionary.find(part), None)) is not None}
    return names <= set(bench.dictionary.model.graph.leaves)


def _refuted(line: Line, places: tuple[int, int], seen: Seen, bench: Bench) -> Judged:
    world, pair, _ = seen
    witness = witness_at(world, pair, places, bench)
    message = messages.not_so(witness)
    return Judged(line, Verdict.WRONG, message, side=places[1], witness=witness, explained=True)
