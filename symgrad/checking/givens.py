"""Which given a contradicting line really uses: solved for, and claimed only if it reproduces every digit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from symgrad.checking.chain import Chain, compare
from symgrad.checking.printed import Agreement, Printed, agree, printed, same_shape
from symgrad.checking.scope import Misfit, Unknown
from symgrad.checking.sides import side_values
from symgrad.checking.state import State
from symgrad.checking.targets import Subject
from symgrad.checking.world import World, ancestors, rate_name
from symgrad.submission.lines import Line
from symgrad.tree import Array

DIGITS = 2
"""Significant digits that a given may have which nobody stated."""
SPARE = 4
"""How many digits more than that the line must show."""
ROUNDS = 12
MOST_ENTRIES = 64


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A given, or an entry of one, with the value that the work uses; ``start`` is the world with it."""

    name: str
    index: tuple[int, ...] | None
    stated: float
    used: float
    start: World
    later: int = 0


def contradicted_given(line: Line, chain: Chain, subject: Subject | None, state: State) -> Hypothesis | None:
    """The one given with which the last printed side of a line holds to its last digit; None without one."""
    shown = printed(chain.nodes[-1])
    if shown is None or subject is None or subject.where is not None or _digits(shown) < SPARE - 1:
        return None
    spare = _digits(shown) - (SPARE if shown.array.size == 1 else SPARE - 2)
    found = [h for h in _hypotheses(shown, chain, subject, state) if _length(h.used) <= spare]
    simplest = min((_length(h.used) for h in found), default=0)
    best = [h for h in found if _length(h.used) == simplest]
    return best[0] if len(best) == 1 else None


def _digits(shown: Printed) -> float:
    """The significant digits of the printed entry that has most."""
    scale = np.abs(shown.array) / np.where(shown.unit > 0, shown.unit, np.inf)
    return float(np.floor(np.log10(np.maximum(np.max(scale, initial=0.0), 1e-9))) + 1)


def _length(value: float) -> int:
    return len(f"{value:.12g}".strip("-0.").replace(".", ""))


def _hypotheses(shown: Printed, chain: Chain, subject: Subject, state: State) -> Iterator[Hypothesis]:
    start = state.assumed or state.start
    for later in (0, 1) if state.model.problem.update is not None and not subject.later else (0,):
        for name, where in _entries(subject, state, start, later + state.here.step + subject.later):
            value = _solve(shown, chain, subject, state, start, name, where, later)
            if value is not None:
                stated = float(start.leaves[name][where])
                moved = _moved(start, name, where, value)
                world = state.step(moved, state.here.step + later)
                if compare(chain, state.student(world, subject.target, set())).holds:
                    yield Hypothesis(name, where or None, stated, value, moved, later)


def _entries(
    subject: Subject, state: State, start: World, updates: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The entries of givens that a subject may rest on; the learning rate once there was an update."""
    of, wrt = subject.target
    graph = state.model.graph
    below = set(ancestors(graph, of if wrt is not None or updates == 0 else graph.of))
    if updates and of in (update.parameters if (update := state.model.problem.update) else ()):
        below.add(rate_name(state.model.problem))
        below |= set(ancestors(graph, graph.of))
    for name, array in start.leaves.items():
        if name in below and array.size <= MOST_ENTRIES:
            yield from ((name, where) for where in np.ndindex(array.shape))


def _moved(start: World, name: str, where: tuple[int, ...], value: float) -> World:
    array = np.array(start.leaves[name], dtype=float)
    array[where] = value
    return start.with_leaves({name: array})


def _solve(
    shown: Printed,
    chain: Chain,
    subject: Subject,
    state: State,
    start: World,
    name: str,
    where: tuple[int, ...],
    later: int,
) -> float | None:
    """The short decimal for one entry of a given at which the subject has all the printed digits."""

    def at(value: float) -> Array | None:
        world = state.step(_moved(start, name, where, value), state.here.step + later)
        side = side_values(chain.nodes[0], state.student(world, subject.target, set()), {})
        return side.values[0].array if side.fault is None else None

    try:
        root = _root(at, shown, float(start.leaves[name][where]))
    except (Unknown, Misfit, KeyError):
        return None
    if root is None:
        return None
    stated = float(start.leaves[name][where])
    for digits in range(1, DIGITS + 1):
        rounded = _rounded(root, digits)
        if rounded in (0.0, stated, -stated):  # a term left out or a sign lost is a slip, not a given
            continue
        value = at(rounded)
        if value is not None and agree(shown, value) != Agreement.NONE:
            return rounded
    return None


def _rounded(value: float, digits: int) -> float:
    if value == 0 or not math.isfinite(value):
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def _root(at: Callable[[float], Array | None], shown: Printed, guess: float) -> float | None:
    """Newton's method by secants, on the printed entry that moves most."""
    base = at(guess)
    step = at(guess + 1e-4)
    pair = same_shape(shown.array, base) if base is not None else None
    if base is None or step is None or pair is None:
        return None
    slope = (step - base).reshape(pair[0].shape)
    entry = np.unravel_index(int(np.argmax(np.abs(slope))), slope.shape) if slope.size else ()
    if not np.abs(slope[entry]) > 1e-12:
        return None
    wanted, x0, f0 = float(pair[0][entry]), guess, float(pair[1][entry])
    x1 = guess + (wanted - f0) * 1e-4 / float(slope[entry])
    for _ in range(ROUNDS):
        there = at(x1)
        if there is None or not np.isfinite(there).all():
            return None
        f1 = float(there.reshape(pair[0].shape)[entry])
        if abs(f1 - wanted) < 1e-12 or f1 == f0:
            break
        x0, x1, f0 = x1, x1 + (wanted - f1) * (x1 - x0) / (f1 - f0), f1
    return x1 if math.isfinite(x1) else None
