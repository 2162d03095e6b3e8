"""A rubric: how many points each quantity of a problem is worth, and what a line in error still earns."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from msgspec import Meta, field

from symgrad.errors import InputError
from symgrad.reading.model import Problem
from symgrad.reading.nearest import mend
from symgrad.reading.sections import LARGEST, Section, described, read_section
from symgrad.reading.source import Located
from symgrad.reading.yaml import load_yaml

EXAMPLE = "points: {u: 1, dJ/dW2: 2}"
_Points = Annotated[float, Meta(ge=0, le=LARGEST), described("a number from 0")]
_Share = Annotated[float, Meta(ge=0, le=1), described("a number from 0 to 1")]
_ByQuantity = Annotated[
    dict[str, _Points], Meta(min_length=1), described("a list of quantities with their points")
]


class Rubric(Section, frozen=True, kw_only=True):
    """Points by quantity, whole or parted into method and accuracy; the share that lines in error earn."""

    called: ClassVar[str] = "a rubric"
    begins: ClassVar[str] = EXAMPLE

    points: _ByQuantity = field(default_factory=dict)
    method: _ByQuantity = field(default_factory=dict)
    accuracy: _ByQuantity = field(default_factory=dict)
    carried: _Share = 1.0
    rounded: _Share = 1.0

    @property
    def quantities(self) -> tuple[str, ...]:
        """What is worth something, in the order of the file's keys."""
        return tuple(dict.fromkeys((*self.points, *self.method, *self.accuracy)))


_HINTS: Mapping[str, str] = {
    "points": f"write it as in {EXAMPLE}",
    "method": "the points for a formula that is right: method: {dJ/dW2: 2}",
    "accuracy": "the points for its numbers: accuracy: {dJ/dW2: 1}",
    "carried": "the share of the points that a line earns which follows from an earlier slip: carried: 0.5",
    "rounded": "the share of the points that a line earns which is rounded too early: rounded: 0.5",
}


def load_rubric(path: pathlib.Path, problem: Problem | None = None) -> Rubric:
    """The rubric in a YAML file, whose quantities are those of a problem.

    Raises `InputError` with the place and the mend, also for a quantity that the problem does not have.
    Where the work is its own problem, nobody knows what it lacks.
    """
    located = load_yaml(path)
    rubric = read_section(Rubric, located, lambda name, key: _HINTS[name])
    if not rubric.quantities:
        raise InputError("'points' is missing", place=located.place(()), hint=_HINTS["points"])
    if problem is not None:
        _check_names(rubric, problem, located)
    return rubric


def _check_names(rubric: Rubric, problem: Problem, located: Located) -> None:
    known = dict.fromkeys(_quantities(problem))
    for key in ("points", "method", "accuracy"):
        for name in getattr(rubric, key):
            if name not in known and not _is_pair(name, problem):
                hint = mend(name, known, f"it has {', '.join(known)}")
                place = located.key_place((key, name))
                raise InputError(f"the problem has no quantity '{name}'", place=place, hint=hint)


def _names(problem: Problem) -> tuple[str, ...]:
    made = (*problem.formulas, *problem.leaves)
    return (*made, *map(problem.repeat.label, made))


def _quantities(problem: Problem) -> Iterator[str]:
    """What a rubric is likely to name: quantities, and the gradients of the objectives."""
    names = _names(problem)
    yield from names
    yield from (f"d{of}/d{name}" for of in (problem.of, *problem.also) for name in names)


def _is_pair(name: str, problem: Problem) -> bool:
    """Whether it is a derivative between any two names of the problem."""
    names = _names(problem)
    return any(name == f"d{of}/d{by}" for of in names if name.startswith(f"d{of}/d") for by in names)
