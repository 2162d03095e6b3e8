"""Lines that solve a gradient set to zero, μ_k = Σ_n γ_nk x_n / Σ_n γ_nk: no claims about all numbers."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from symgrad.checking.judging.bench import Bench, Prepared
from symgrad.checking.judging.memory import Memory, believing
from symgrad.checking.judging.readings import Question, ask
from symgrad.checking.judging.sides import has_names
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Symbol
from symgrad.tree import Array

ROUNDS = 60
"""How often what is worked out is put in again: γ of the right side may rest on μ itself."""
ZERO = 1e-6


def is_solved(ready: Prepared, memory: Memory, bench: Bench) -> bool:
    """Whether a parameter is set to what makes a gradient vanish, as it is or as it is believed to be."""
    if len(ready.sides) != 2 or ready.line.relations[:1] != ("=",) or not has_names(ready.sides[1][1]):
        return False
    left, model = ready.sides[0][1], bench.dictionary.model
    found = next(bench.dictionary.find(left), None) if isinstance(left, Symbol) else None
    if found is None or found.marks or found.name not in model.parameters:
        return False
    world = bench.points.given if bench.points.complete else next(iter(bench.points.own), None)
    if world is None:
        return False
    slopes = [slip for slip in memory.slips if slip.kind == "slope" and slip.is_formula]
    return any(
        _vanishes(found.name, ready, believing(world, slips), bench)
        for slips in ((), *((slip,) for slip in slopes))
    )


def _vanishes(name: str, ready: Prepared, world: World, bench: Bench) -> bool:
    """Whether a gradient vanishes where a parameter is what a line says."""
    with suppress(NoValue):
        before = {each: world.gradient(each) for each in bench.dictionary.model.parameters}
        solved = _fixed(name, ready, world, bench)
        return solved is not None and any(
            np.abs(gradient).max() > ZERO >= np.abs(solved.gradient(each)).max()
            for each, gradient in before.items()
        )
    return False


def _fixed(name: str, ready: Prepared, world: World, bench: Bench) -> World | None:
    """The point at which a parameter is what a line says, as far as one is come to."""
    for _ in range(ROUNDS):
        new = _put_in(name, ready, world, bench)
        if new is None:
            return None
        if np.allclose(new, world.value(name), rtol=ZERO**2, atol=ZERO**2):
            break
        world = world.with_leaves({name: new})
    return world


def _put_in(name: str, ready: Prepared, world: World, bench: Bench) -> Array | None:
    """What stands on the right, in the shape of the parameter; None where that is not seen."""
    (_, left), (_, right) = ready.sides
    question = Question(
        left,
        right,
        bench.dictionary,
        ready.line.id - 1,
        ready.nodes,
        ready.line.conditions,
        effort=bench.effort,
    )
    pair, held = ask(question, [world]).pair, world.value(name)
    if pair is None or pair.left.shape != held.shape or not np.array_equal(pair.left, held):
        return None
    return np.array(pair.right, dtype=float) if np.isfinite(pair.right).all() else None
