"""The checks on ``seed``: it is a leaf of its own, and the one gradient that everything rests on."""

from __future__ import annotations

from symgrad.errors import InputError
from symgrad.reading.model import Problem
from symgrad.tree import Name, names


def check_seed(problem: Problem) -> None:
    """Raises `InputError` for a seed that a formula makes or uses, or that other keys speak against."""
    seed = problem.seed
    if seed is None:
        return
    place = problem.place("backward", "seed")
    if seed in problem.formulas:
        message = f"the seed '{seed}' is made by a formula: it is no leaf"
        raise InputError(message, place=place, hint="the seed is a given, or a symbol of its own")
    for _, parsed in problem.forward:
        if seed in names(parsed.formula):
            message = f"the seed '{seed}' stands in a formula"
            hint = f"the seed is what comes back to '{problem.of}': give it a name of its own"
            raise InputError(message, place=parsed.place_of(Name(seed)), hint=hint)
    if seed in (problem.wrt or ()):
        message = f"nothing is differentiated by the seed '{seed}'"
        position = (problem.wrt or ()).index(seed)
        raise InputError(message, place=problem.place("backward", "wrt", position), hint="delete it")
    if problem.also:
        message = f"'{seed}' is the gradient of one quantity, and 'of' names {1 + len(problem.also)}"
        raise InputError(message, place=place, hint=f"leave one, as in of: {problem.of}")
    if problem.update is not None:
        message = "an update would move what a given gradient was worked out from"
        raise InputError(message, place=place, hint="delete 'update', or write the objective as a formula")
