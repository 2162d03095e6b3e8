"""The data of each training step: what it puts in place of the givens, and the checks on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from symgrad.errors import InputError
from symgrad.reading.arrays import read_array
from symgrad.reading.model import Problem
from symgrad.reading.nearest import mend
from symgrad.reading.schema import ProblemFile
from symgrad.reading.source import Located, Path
from symgrad.tree import Array

EACH: Path = ("update", "each")


def read_each(file: ProblemFile, located: Located) -> tuple[Mapping[str, Array], ...]:
    """The entries of ``update.each``, each from names to numbers; none where the file has no such key."""
    entries = (file.update.each if file.update else None) or ()
    return tuple(
        MappingProxyType({name: read_array(located, (*EACH, position, name)) for name in entry})
        for position, entry in enumerate(entries)
    )


def completed(given: Mapping[str, Array], each: tuple[Mapping[str, Array], ...]) -> dict[str, Array]:
    """The givens, and for what ``each`` alone gives the numbers that it gives first."""
    first: dict[str, Array] = {}
    for data in reversed(each):
        first |= data
    return {**given, **{name: array for name, array in first.items() if name not in given}}


def check_each(problem: Problem) -> None:
    """Raises `InputError` for an entry of ``each`` that is not about data, or does not fit the givens."""
    updated = problem.update.parameters if problem.update else ()
    data = [leaf for leaf in problem.leaves if leaf not in updated]
    for position, entry in enumerate(problem.each):
        for name in entry:
            _check_data(problem, position, name, data)
    for position, entry in enumerate(problem.each):
        for name in problem.given:
            _check_present(problem, position, name)
        for name in entry:
            _check_shape(problem, position, name)


def _check_data(problem: Problem, position: int, name: str, data: Collection[str]) -> None:
    assert problem.update is not None
    place = problem.key_place(*EACH, position, name)
    if name in problem.update.parameters:
        message = f"'{name}' is updated, so it is no data of a step"
        raise InputError(message, place=place, hint="take it out of 'each' or out of 'parameters'")
    if name == problem.update.rate:
        raise InputError(f"the rate '{name}' is the same at every step", place=place, hint="delete it here")
    if name not in data:
        there_is = f"there is {', '.join(data)}" if data else "every leaf is updated"
        raise InputError(f"'{name}' is no data of this problem", place=place, hint=mend(name, data, there_is))


def _check_shape(problem: Problem, position: int, name: str) -> None:
    found, expected = problem.each[position][name].shape, problem.given[name].shape
    if found != expected:
        message = f"'{name}' has the shape {list(found)}, and elsewhere {list(expected)}"
        hint = "the data of all steps has one shape, that of 'given'"
        raise InputError(message, place=problem.place(*EACH, position, name), hint=hint)


def _check_present(problem: Problem, position: int, name: str) -> None:
    if name not in problem.each[position] and ("given", name) not in problem.located.keys:
        message = f"'{name}' has no value in entry {position + 1} of 'each'"
        hint = "give it one here, or under 'given' one for the steps without"
        raise InputError(message, place=problem.place(*EACH, position), hint=hint)
