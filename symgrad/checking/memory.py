"""What a judged line leaves behind: the values that the student believes from there on."""

from __future__ import annotations

import numpy as np

from symgrad.checking.chain import Chain
from symgrad.checking.printed import is_numeric
from symgrad.checking.sides import side_values
from symgrad.checking.state import State, key_of
from symgrad.checking.student import Written
from symgrad.checking.targets import Subject
from symgrad.checking.verdict import Judged, Verdict
from symgrad.checking.world import World
from symgrad.tree import Array

RIGHT = frozenset((Verdict.CORRECT, Verdict.ROUNDED))


def remember(chain: Chain, subject: Subject, world: World, judged: Judged, state: State) -> None:
    """What the line states of its subject is what the student believes from here on.

    A formula that is wrong is believed at every point; numbers only where they were worked out.
    """
    if not any(map(is_numeric, chain.nodes)):
        if judged.verdict not in RIGHT:
            for point in state.random:
                _believe(chain, subject, point, judged, state)
        return
    state.worked = True
    if world.step > state.here.step and not subject.later and _is_made(subject, state):
        state.here = state.step(state.start, world.step)
    _believe(chain, subject, state.step(state.start, world.step + subject.later), judged, state)


def _is_made(subject: Subject, state: State) -> bool:
    """Whether a subject is worked out anew in each step: not a parameter, which the update itself changes."""
    name, wrt = subject.target
    return wrt is not None or name in state.model.graph.quantities


def _believe(chain: Chain, subject: Subject, world: World, judged: Judged, state: State) -> None:
    """The last side of the line as the value of its subject."""
    side = side_values(chain.nodes[-1], state.student(world, subject.target), {})
    try:
        whole = _true(subject, world)
    except KeyError:
        return
    for value in side.values[:1] if side.fault is None else ():
        array, unit = value.array, np.broadcast_to(np.asarray(value.slack), value.array.shape)
        array, unit = _in_the_problems(array, unit, subject, world, state)
        earlier = state.written.get(key_of(world), {}).get(subject.target)
        if subject.where is not None and array.ndim == 0:
            array, unit = _entry_of(whole, earlier, subject.where, array, unit)
        if array.size == whole.size:
            array, unit = array.reshape(whole.shape), unit.reshape(whole.shape)
            root = _root(judged, array, whole, unit)
            if root is None and subject.where is not None and earlier is not None:
                root = earlier.root
            state.write(world, subject.target, Written(array, unit, judged.line.id, root))


def _in_the_problems(
    array: Array, unit: Array, subject: Subject, world: World, state: State
) -> tuple[Array, Array]:
    """What is written in the student's convention, in the problem's."""
    name, wrt = subject.target
    if state.convention.transposed and wrt is not None and world.values[name].ndim == 0:
        array, unit = array.T, unit.T
    if name != state.model.objective or wrt == name:
        return array, unit
    factor = state.convention.factor(world)
    return array / factor, unit / factor


def _entry_of(
    whole: Array, earlier: Written | None, where: tuple[int, ...], entry: Array, unit: Array
) -> tuple[Array, Array]:
    """The whole array, as it was written earlier if it was, with one entry as it is written."""
    array = np.array(whole if earlier is None else earlier.array, dtype=float)
    units = np.zeros(whole.shape) if earlier is None else np.array(earlier.unit)
    array[where], units[where] = float(entry), float(unit)
    return array, units


def _true(subject: Subject, world: World) -> Array:
    """The value of a subject as the problem has it; a KeyError where it has none."""
    name, wrt = subject.target
    if wrt is None:
        return np.asarray(world.values[name], dtype=float)
    array, rank = world.derivative(name, wrt), world.values[name].ndim
    summed = rank and name == world.model.objective
    return np.asarray(array.sum(axis=tuple(range(rank))) if summed else array)


def _root(judged: Judged, array: Array, whole: Array, unit: Array) -> int | None:
    """The slip that a written value rests on; None for one that is right, however it was reached."""
    near = bool((np.abs(array - whole) <= unit + 1e-9).all())
    if judged.verdict in RIGHT or near:
        return None
    return judged.root if judged.verdict == Verdict.CARRIED else judged.line.id
