"""How a line is meant that fails as it stands: by what is said around it, by what it sums over, a step later.

Each way is tried where none before it makes the line right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.judging import messages
from symgrad.checking.judging.bench import Bench, Prepared, Step, as_set
from symgrad.checking.judging.compare import steps_of
from symgrad.checking.judging.memory import Memory
from symgrad.checking.judging.readings import AGREE, DIFFER, NOTHING, UNKNOWN, Outcome
from symgrad.checking.judging.sides import has_names
from symgrad.checking.judging.target import target_of
from symgrad.checking.settling.classes import tells_classes
from symgrad.checking.worlds.kinks import KINKS, kinks_of
from symgrad.checking.worlds.moved import NoValue
from symgrad.submission.lines import Line
from symgrad.submission.written import (
    Call,
    Cases,
    Comparison,
    Derivative,
    Literal,
    Norm,
    Sum,
    Symbol,
    walk,
)

FAR = 0.05
"""What part of a value is much rounding."""


class Meant(Struct, frozen=True):
    """A line as it is taken to be meant, and what is found of its neighbouring sides then."""

    ready: Prepared
    bench: Bench
    memory: Memory
    steps: tuple[Step, ...]

    @property
    def fails(self) -> bool:
        """Whether two sides differ."""
        return any(step.outcome.kind == DIFFER for step in self.steps)

    @property
    def holds(self) -> bool:
        """Whether all sides agree."""
        return all(step.outcome.kind == AGREE for step in self.steps)

    def under(self, conditions: Iterable[Comparison], bench: Bench | None = None) -> Meant:
        """The same under further conditions, or held against something else."""
        line = self.ready.line
        said = replace(line, conditions=(*line.conditions, *conditions))
        return self.read_as(replace(self.ready, line=said), bench)

    def read_as(self, ready: Prepared, bench: Bench | None = None) -> Meant:
        """The line read in another way."""
        bench = bench or self.bench
        return replace(self, ready=ready, bench=bench, steps=tuple(steps_of(ready, bench, ())))

    def remarked(self, remark: str) -> Meant:
        """The same with a word on what makes it right."""
        return replace(self, steps=tuple(replace(step, remark=remark) for step in self.steps))

    def unknown(self, message: str) -> Meant:
        """The same, of which nothing can be said."""
        places = tuple(place for place, _ in self.ready.sides)
        return replace(self, steps=(Step(Outcome(UNKNOWN, message), (places[0], places[1])),))


def as_meant(ready: Prepared, memory: Memory, bench: Bench) -> Meant:
    """The line as it stands, or in the first way in which it is right."""
    meant = Meant(ready, bench, memory, tuple(steps_of(ready, bench, ())))
    meant = _unbounded(_set(meant))
    for way in WAYS:
        if meant.fails and (found := way(meant)) is not None and found.holds:
            meant = found
    return _later(_of_class(meant))


def _set(meant: Meant) -> Meant:
    """As it is set in print, where braces are not seen; what is right with them only is not confirmed."""
    if not any(side.printed is not None for side in meant.ready.line.sides):
        return meant
    printed = meant.read_as(as_set(meant.ready))
    if printed.holds:
        return printed
    return meant.unknown(messages.HIDDEN) if meant.holds else meant


def _unbounded(meant: Meant) -> Meant:
    """Without the conditions that bound values, u > 1, where no point meets them."""
    if not any(step.outcome.message == NOTHING for step in meant.steps):
        return meant
    line = meant.ready.line
    kept = tuple(said for said in line.conditions if said.relation in "=≠")
    free = meant.read_as(replace(meant.ready, line=replace(line, conditions=kept)))
    return free if free.holds or _is_smooth(line, meant.bench) else meant


def _conditioned(meant: Meant) -> Meant | None:
    """Under the condition said above, "for i = j"."""
    if not meant.memory.condition or _speaks_of_both(meant.ready):
        return None
    return meant.under(meant.memory.condition)


def _summed(meant: Meant) -> Meant | None:
    """Under the conditions under which the work sums over its letters, j ≠ y_i."""
    apart, parts = meant.bench.apart, [part for node in meant.ready.nodes for part in walk(node)]
    summed = {part.index for part in parts if isinstance(part, Sum)}
    letters = dict.fromkeys(
        letter.base
        for part in parts
        if isinstance(part, Symbol)
        for letter in part.indices
        if isinstance(letter, Symbol) and letter.base in apart and letter.base not in summed
    )
    if not letters or meant.ready.line.id in meant.bench.of_all:
        return None
    return meant.under(apart[letter] for letter in letters).remarked(messages.AS_SUMMED)


def _supposed(meant: Meant) -> Meant | None:
    """With the values of data that words suppose, "for y = 0 we get"."""
    supposed = meant.bench.supposed.get(meant.ready.line.id)
    return meant.under(supposed).remarked(messages.SUPPOSED) if supposed else None


def _active(meant: Meant) -> Meant | None:
    """Where nothing is cut off at 0, as words say."""
    if meant.ready.line.id not in meant.bench.active:
        return None
    points = meant.bench.points.also(active=True)
    found = meant.read_as(meant.ready, replace(meant.bench, points=points)).remarked(messages.ACTIVE)
    return replace(found, bench=meant.bench)


def _of_class(meant: Meant) -> Meant:
    """About the true class, as words say; where no data tell it, nothing is known."""
    said = meant.bench.classes.get(meant.ready.line.id)
    if said is None or not meant.fails or (not said.letter and _is_of_place(meant)):
        return meant
    of_class = meant.bench.of_class() if said.letter else None
    return (
        meant.unknown(messages.WHICH_CLASS) if of_class is None else meant.under((said.condition,), of_class)
    )


def _is_of_place(meant: Meant) -> bool:
    """Whether a line in numbers is about the entry of one, and no data say which class is the true one."""
    wrt = (part.wrt for part in walk(meant.ready.sides[0][1]) if isinstance(part, Derivative))
    numbered = any(isinstance(index, Literal) for each in wrt for index in getattr(each, "indices", ()))
    reckoned = not all(has_names(node) for _, node in meant.ready.sides)
    return numbered and reckoned and not tells_classes(meant.bench.dictionary.model)


def _later(meant: Meant) -> Meant:
    """After one update more, where the work may have gone on to it."""
    bench, memory, line = meant.bench, meant.memory, meant.ready.line
    model, (_, first) = bench.dictionary.model, meant.ready.sides[0]
    target = target_of(first, bench.dictionary, line.id)
    if not meant.fails or not memory.may_move_on(target, model.parameters, line.prose):
        return meant
    if not model.rate or bench.points.given is None:
        return meant
    reached = memory.reached if target is not None and target.is_reckoned else 0
    for step in dict.fromkeys((memory.step + 1, max(memory.step + 1, reached))):
        try:
            later = meant.read_as(meant.ready, replace(bench, step=step))
        except NoValue:
            return meant
        if (later.holds and not any(map(_is_far, later.steps))) or memory.is_through(target, model):
            return replace(later, memory=memory.moved_on(step, memory.example))
    return meant


WAYS: tuple[Callable[[Meant], Meant | None], ...] = (_conditioned, _summed, _supposed, _active)
"""What may be meant beside what is written; None where it is not."""


def _is_smooth(line: Line, bench: Bench) -> bool:
    """Whether nothing here has a kink: what is so in a part of all numbers is so everywhere."""
    bends = any(
        isinstance(part, Cases | Comparison)
        or (isinstance(part, Norm) and part.single)
        or (isinstance(part, Call) and part.head.base in KINKS)
        for part in line.nodes
    )
    return "≈" not in line.relations and not bends and not any(kinks_of(bench.dictionary.model))


def _speaks_of_both(ready: Prepared) -> bool:
    """Whether a line holds for all indices by itself: it has δ_ij, or cases of its own."""
    return any(
        isinstance(part, Cases)
        or (isinstance(part, Symbol) and part.base == "delta" and len(part.indices) == 2)
        for _, node in ready.sides
        for part in walk(node)
    )


def _is_far(step: Step) -> bool:
    """Whether only much rounding makes two sides agree: then a line does not show which step it is of."""
    pair = step.outcome.pair
    if not step.rounded or pair is None:
        return False
    left, right = (np.real(np.asarray(side, dtype=complex)) for side in (pair.left, pair.right))
    return bool(np.any(np.abs(left - right) > FAR * np.maximum(np.abs(left), np.abs(right))))
