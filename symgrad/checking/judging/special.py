"""False lines that are no slips: stationary points, assumptions, other examples."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging import messages
from symgrad.checking.judging.bench import Bench, Prepared, Step
from symgrad.checking.judging.memory import Memory
from symgrad.checking.judging.readings import Question, ask
from symgrad.checking.judging.sides import has_names
from symgrad.checking.judging.target import Target, target_of
from symgrad.checking.meaning.spelling import SIZED, Found
from symgrad.checking.settling.definitions import is_open_size
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import Call, Derivative, Literal, Node, Symbol, Transpose, walk

OF_ZERO = ("zero", "stationar", "optim", "minimi", "maximi", "set ", "solv", "null", "equat", "achiev")
"""Parts of words before a gradient that is set to zero."""


def _given_target(ready: Prepared, bench: Bench) -> str | None:
    """The given that a line states as a number, if it does just that."""
    if len(ready.sides) != 2 or has_names(ready.sides[1][1]):
        return None
    target = target_of(ready.sides[0][1], bench.dictionary, ready.line.id)
    if target is None or target.kind != "value" or target.name not in bench.points.model.problem.given:
        return None
    return str(target.name)


def stated(ready: Prepared, memory: Memory, bench: Bench) -> Memory:
    """The memory with a given that is stated as it is, or values worked out from the givens."""
    if any(not has_names(node) for _, node in ready.sides):
        name = _given_target(ready, bench)
        return replace(memory, stated=memory.stated | {name or "numbers"})
    return memory


def other_example(ready: Prepared, memory: Memory, bench: Bench) -> World | None:
    """The point of another example, where data that were stated before, or used, are stated anew."""
    name = _given_target(ready, bench)
    given = bench.given
    if name is None or given is None or name not in bench.dictionary.model.data:
        return None
    if name not in memory.stated and not (
        memory.example is not None or ("numbers" in memory.stated and ready.line.passage > memory.passage)
    ):
        return None
    node = ready.sides[1][1]
    outcome = ask(
        Question(ready.sides[0][1], node, bench.dictionary, ready.line.id - 1, effort=bench.effort), [given]
    )
    if outcome.pair is None or outcome.pair.right.shape != np.shape(given.value(name)):
        return None
    start = bench.points.given if memory.example is None else memory.example
    assert start is not None
    return start.with_leaves({name: np.asarray(outcome.pair.right, dtype=float)})


def stationary(ready: Prepared, differing: list[Step], memory: Memory, bench: Bench) -> str | None:
    """A gradient set to zero, and what follows from that, claims nothing about the gradient."""
    _, last = ready.sides[-1]
    first = ready.sides[0][1]
    zero = isinstance(last, Literal) and last.value == 0
    target = target_of(first, bench.dictionary, ready.line.id)
    if zero and len(ready.sides) == 2:
        if target is None and _is_gradient(first, ready, bench):
            return messages.STATIONARY
        entry = target is not None and bool(target.places)
        said = memory.stationary or (not entry and _speaks_of_zero(ready.line))
        bounded = any(each.relation in "<≤>≥" for each in ready.line.conditions)
        if _by_parameter(target, bench) and (said or (bench.points.given is None and not bounded)):
            return messages.STATIONARY
    only_last = len(ready.sides) > 2 and [step.sides[1] for step in differing] == [ready.sides[-1][0]]
    if zero and only_last and _by_parameter(target, bench):
        return messages.STATIONARY  # what it is worth has been said, rightly, before the 0
    if memory.stationary and target is None and not any(isinstance(p, Derivative) for p in walk(first)):
        return messages.STATIONARY
    if (
        memory.stationary
        and target is not None
        and target.kind == "value"
        and target.name in bench.dictionary.model.parameters
    ):
        return messages.STATIONARY
    return None


def _by_parameter(target: Target | None, bench: Bench) -> bool:
    return target is not None and target.kind == "slope" and target.name in bench.dictionary.model.parameters


def _is_gradient(node: Node, ready: Prepared, bench: Bench) -> bool:
    """Whether an expression is a multiple of the objective's gradient by a parameter."""
    for name in bench.dictionary.model.parameters:
        for world in bench.points.own[:1]:
            values = _values(node, ready, bench, world)
            gradient = world.gradient(name)
            for value in values:
                if value.shape == gradient.shape and np.abs(gradient).max() > 0:
                    ratio = float(np.vdot(value, gradient) / np.vdot(gradient, gradient))
                    if ratio and np.allclose(value, ratio * gradient, rtol=1e-7, atol=1e-9):
                        return True
    return False


def _values(node: Node, ready: Prepared, bench: Bench, world: World) -> Iterator[Any]:
    """The values of an expression in its first reading, its letters laid out."""
    zero = Literal(Fraction(0))
    question = Question(node, zero, bench.dictionary, ready.line.id - 1, ready.nodes, effort=bench.effort)
    outcome = ask(question, [world])
    if outcome.pair is not None:
        yield np.asarray(outcome.pair.left)


def _speaks_of_zero(line: Line) -> bool:
    return any(word in line.prose.lower() for word in OF_ZERO)


ASSUMING = ("assum", "suppos", "let ", "if ", "when", "where", "provid", "such that", "requir", "commut")
"""Parts of words before what is no law of all numbers: AB = BA."""
MEASURES = frozenset(("norm", "tr", "Tr", "trace", "det"))
"""Functions that say how large something is, as an assumption may: ‖w‖ = 1."""


def assumed(ready: Prepared, bench: Bench) -> str | None:
    """A line about what nobody has given a value assumes what it says.

    A size that may be any, data alone, or whatever is free, that it has one value, WᵀW = I, Σ v_j = 0, or is
    symmetric, W_ij = W_ji; and dΣ = 0 of what is held.
    """
    model = bench.dictionary.model
    if len(ready.sides) == 2 and is_open_size(ready.sides[0][1], model):
        return messages.ASSUMPTION
    if _is_law(ready, bench):
        return None
    free = set(model.graph.leaves) - set(model.problem.given)
    names: set[str] = set()
    held = True
    for _, node in ready.sides:
        for part in walk(node):
            if isinstance(part, Derivative) or (isinstance(part, Call) and part.head.base not in MEASURES):
                return None
            if isinstance(part, Symbol):
                found = next(bench.dictionary.find(part), None)
                if found is None and _names_gradient(part, ready, bench):
                    return None
                names |= set() if found is None else {found.name}
                held &= found is None or "d" in part.accents
    valued = any(not has_names(node) or _is_constant(node) for _, node in ready.sides)
    if names and (names <= free & set(model.data) or (valued and names <= free)):
        return messages.ASSUMPTION
    bare = (node.body if isinstance(node, Transpose) else node for _, node in ready.sides)
    if len(names) == 1 and names <= free and all(isinstance(node, Symbol) for node in bare):
        return messages.ASSUMPTION  # W_ij = W_ji, or Wᵀ = W
    last = ready.sides[-1][1]
    held &= isinstance(last, Literal) and last.value == 0
    return messages.ASSUMPTION if names and held and names <= set(model.graph.leaves) else None


def _is_law(ready: Prepared, bench: Bench) -> bool:
    """Whether all sides are about the same names, (A ⊗ B)ᵀ = Aᵀ ⊗ Bᵀ, and no word assumes it."""
    sides = [
        {each.name for part in walk(node) if isinstance(part, Symbol) and (each := _first(part, bench))}
        for _, node in ready.sides
    ]
    said = any(word in ready.line.prose.lower() for word in ASSUMING)
    return len(sides[0]) > 1 and all(side == sides[0] for side in sides) and not said


def _names_gradient(symbol: Symbol, ready: Prepared, bench: Bench) -> bool:
    """Whether a name of the student's own is that of a gradient."""
    found = bench.dictionary.defined(symbol, (), ready.line.id)
    return any(isinstance(own.body, Derivative) for own, _ in found)


def modelled(ready: Prepared, bench: Bench) -> str | None:
    """A line that writes down by what data are modelled, y = w x + b: they need not be so."""
    model = bench.dictionary.model
    if len(ready.sides) != 2 or ready.line.relations[:1] != ("=",):
        return None
    left, right = (node for _, node in ready.sides)
    found = next(bench.dictionary.find(left), None) if isinstance(left, Symbol) else None
    if found is None or found.name not in set(model.data) & set(model.graph.leaves) or found.marks:
        return None
    names = {each.name for part in walk(right) if isinstance(part, Symbol) and (each := _first(part, bench))}
    learnt = set(model.parameters) & names
    return messages.MODEL if learnt and names <= set(model.graph.leaves) - {found.name} else None


def _first(symbol: Symbol, bench: Bench) -> Found | None:
    return next(bench.dictionary.find(symbol), None)


def _is_constant(node: Node) -> bool:
    """Whether a side is the identity or the like."""
    return isinstance(node, Symbol) and node.base in SIZED
