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
_Names = Annotated[tuple[str, ...], described("a list of quantities, as in [u, dJ/dW2]")]
_BySection = Annotated[
    dict[str, tuple[str, ...]], described("a list of sections, each with a list of its quantities")
]
_Most = Annotated[dict[str, _Points], described("a list of sections with the most points of each")]


class Rubric(Section, frozen=True, kw_only=True):
    """Points by quantity, whole or parted into method and accuracy; the share that lines in error earn.

    What is in ``cao`` (correct answer only) earns nothing where an earlier slip is carried on, what is in
    ``ft`` (follow through) all. The quantities of a section earn together what ``most`` says at most.
    """

    called: ClassVar[str] = "a rubric"
    begins: ClassVar[str] = EXAMPLE

    points: _ByQuantity = field(default_factory=dict)
    method: _ByQuantity = field(default_factory=dict)
    accuracy: _ByQuantity = field(default_factory=dict)
    carried: _Share = 1.0
    rounded: _Share = 1.0
    cao: _Names = ()
    ft: _Names = ()
    sections: _BySection = field(default_factory=dict)
    most: _Most = field(default_factory=dict)

    def carried_of(self, quantity: str) -> float:
        """The share that a carried line of a quantity earns."""
        return 0.0 if quantity in self.cao else 1.0 if quantity in self.ft else self.carried

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
    "cao": "what earns nothing where an earlier slip is carried on: cao: [dJ/dW2]",
    "ft": "what earns all where an earlier slip is carried on, whatever 'carried' says: ft: [dJ/dW1]",
    "sections": "quantities whose points have a most together: sections: {backward: [dJ/dW2, dJ/dW1]}",
    "most": "the most points of each section: most: {backward: 5}",
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
    _check_parts(rubric, located)
    if problem is not None:
        _check_names(rubric, problem, located)
    return rubric


def _check_parts(rubric: Rubric, located: Located) -> None:
    """What is said of quantities is about some that have points, and of each once."""
    named = {"cao": rubric.cao, "ft": rubric.ft}
    named |= {f"section '{name}'": inner for name, inner in rubric.sections.items()}
    for where, names in named.items():
        key = where if where in ("cao", "ft") else "sections"
        for name in names:
            if name not in rubric.quantities:
                hint = mend(name, rubric.quantities, f"points are for {', '.join(rubric.quantities)}")
                message = f"'{name}' in {where} has no points"
                raise InputError(message, place=located.key_place((key,)), hint=hint)
    for first, *others in (("ft", "cao"), ("sections",)):
        several = [name for key in (first, *others) for name in _named(rubric, key)]
        if twice := sorted({name for name in several if several.count(name) > 1}):
            message = f"'{twice[0]}' stands twice in {' and '.join((first, *others))}"
            raise InputError(message, place=located.key_place((first,)), hint=_HINTS[first])
    for name in rubric.sections.keys() ^ rubric.most.keys():
        key, other = ("sections", "most") if name in rubric.sections else ("most", "sections")
        message = f"'{name}' is a section in '{key}' and not in '{other}'"
        raise InputError(message, place=located.key_place((key, name)), hint=_HINTS[other])


def _named(rubric: Rubric, key: str) -> Iterator[str]:
    found = getattr(rubric, key)
    yield from found if isinstance(found, tuple) else (name for names in found.values() for name in names)


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
