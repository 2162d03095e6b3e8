"""What a name of the problem with its indices and marks may be worth, by the kind of reading."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.counting import counted
from symgrad.checking.meaning.entries import entry, split_digits
from symgrad.checking.meaning.one_sample import is_short, of_sample, sample_axis
from symgrad.checking.meaning.scope import Scope
from symgrad.checking.meaning.spelling import STALE, UPDATED, Found, lettered
from symgrad.checking.worlds.jets import sqrt
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.tensor import Tensor, elementwise, transpose
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Add, Literal, Node, Symbol

MOST_STEPS = 20


def readings(found: Found, scope: Scope) -> dict[str, Callable[[], Tensor]]:
    """What a name with indices may be worth, by the kind of reading."""
    rank = len(scope.dictionary.model.graph.shapes.get(found.name, ()))
    if found.name not in scope.dictionary.model.graph.shapes:
        given = scope.dictionary.model.problem.given.get(found.name)
        rank = 0 if given is None else int(np.ndim(given))
    written = (*found.samples, *split_digits(found.indices, rank - len(found.samples)))
    places = [p for p in counted(found.name, written, scope.dictionary, scope.labels) if p is not None]
    primed = "'" in found.marks and not scope.dictionary.model.rate
    world = marked(tuple(m for m in found.marks if m != "'") if primed else found.marks, scope)
    if world is None or (primed and rank <= len(places)):  # a number is not transposed: w′ is another one
        return {}

    def whole() -> Tensor:
        tensor = world.tensor(found.name, scope.stands)
        if found.exponent == 2:
            return elementwise(sqrt, tensor)
        return transpose(tensor) if primed else tensor

    if scope.sample and is_short(found, scope.dictionary):
        return _of_one(found, places, whole, scope)
    if not places:
        return {"": whole}
    if scope.dictionary.iterated and len(found.samples) == 1:
        later = iteration(found.samples[0], scope)
        if later is not None:
            return readings(replace(found, samples=()), later)
    if len(places) > rank:
        if rank and len(places) == 2 and len(found.indices) == 2 and not found.samples:
            return {"last": lambda: entry(whole(), (places[0],), scope)}
        return {}
    if len(places) == rank:
        return {"": lambda: entry(whole(), places, scope)}
    if rank == 2:
        return {
            "row": lambda: entry(whole(), (places[0], None), scope),
            "column": lambda: entry(whole(), (None, places[0]), scope),
        }
    return {}


def _of_one(
    found: Found, places: list[Node], whole: Callable[[], Tensor], scope: Scope
) -> dict[str, Callable[[], Tensor]]:
    """What a name of all samples may be in a line about one: its own part, or what the index says."""
    rank = len(scope.dictionary.model.graph.shapes[found.name])
    axis = sample_axis(found.name, scope.dictionary)
    at = of_sample(found, scope.sample, scope.dictionary)
    options = {"sample": lambda: entry(whole(), at, scope)}
    if not places:
        return options
    if len(places) == 1 and rank == 2:
        row = (places[0], None) if axis == 0 else (None, places[0])
        by_letter = {"row": lambda: entry(whole(), row, scope)}
        is_own = lettered(places[0])[0] == scope.sample
        return {**by_letter, **options} if is_own else {**options, **by_letter}
    return options if len(places) == rank - 1 else {}


def marked(marks: tuple[str, ...], scope: Scope) -> World | None:
    """The world that marks on a name point at: before or after updates. None where they mean nothing."""
    world = scope.world
    for mark in marks:
        if mark in ("T", "top", "*"):
            return None if mark == "*" else world  # type: ignore[return-value]
        if mark in UPDATED or mark == "'":
            if not scope.dictionary.model.rate:
                return None
            try:
                world = world.after  # type: ignore[union-attr]
            except (AttributeError, NoValue):
                return None
        elif mark not in STALE:
            return None
    return world  # type: ignore[return-value]


def iteration(place: Node, scope: Scope) -> Scope | None:
    """The scope after so many steps of gradient descent; k is where the work stands, k + 1 one later."""
    world = scope.world
    if not isinstance(world, World):
        return None
    match place:
        case Literal(value) if value.denominator == 1 and 0 <= value <= MOST_STEPS:
            steps = int(value) - world.step
        case Symbol(base) if len(base) == 1:
            steps = 0
        case Add(Symbol(base), Literal(value)) if len(base) == 1 and 0 <= value <= MOST_STEPS:
            steps = int(value)
        case _:
            return None
    for _ in range(-steps):
        if world.before is None:
            return None
        world = world.before
    for _ in range(steps):
        try:
            world = world.after
        except NoValue:
            return None
    return scope.at(world)
