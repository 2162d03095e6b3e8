"""The checks on families: each of h[1], h[2], … that a formula uses is made or given, and none is h."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from symgrad.errors import InputError
from symgrad.reading.model import Problem
from symgrad.reading.rounds import INDEXED
from symgrad.tree import Name, names


def check_members(problem: Problem) -> None:
    """Raises `InputError` for a name that is one and many, and for a number that nothing states."""
    for path in problem.located.keys:
        if (
            len(path) == 2
            and path[0] in ("forward", "given", "shapes")
            and path[1] in problem.repeat.families
        ):
            message = f"'{path[1]}' is one quantity here, and elsewhere there is one for each number"
            hint = "give one of the two another name"
            raise InputError(message, place=problem.key_place(*path), hint=hint)
    stated = {*problem.formulas, *problem.given, *problem.shapes}
    for quantity, parsed in problem.forward:
        for used in names(parsed.formula):
            match = INDEXED.fullmatch(used)
            told = _missing(problem, match, stated) if match and used not in stated else None
            if told:
                place = parsed.place_of(Name(used))
                raise InputError(told[0] + _when(problem, quantity), place=place, hint=told[1])


def _when(problem: Problem, quantity: str) -> str:
    """Of a repeated formula, in which round: at t = 1."""
    at = problem.repeat.rounds.get(quantity, {})
    return f" at {', '.join(f'{name} = {number}' for name, number in at.items())}" if at else ""


def _numbers(stated: Set[str], stem: str) -> Iterator[int]:
    matches = (match for name in stated if (match := INDEXED.fullmatch(name)))
    return (int(match["index"]) for match in matches if match["stem"] == stem)


def _missing(problem: Problem, match: re.Match[str], known: Set[str]) -> tuple[str, str] | None:
    """What is wrong with a number that nothing states, and what would mend it; None for a symbol."""
    name, stem, number = match[0], match["stem"], int(match["index"])
    stated = sorted(_numbers(known, stem))
    if not problem.repeat.made(stem):
        there_is = ", ".join(f"{stem}[{n}]" for n in stated)
        hint = f"there is {there_is}: give '{name}' a value or a shape too"
        return (f"'{name}' is neither given nor made", hint) if stated else None
    first, last = stated[0], stated[-1]
    if number < first:
        hint = f"state it as a line of 'forward' or under 'given', as in {name}: {stem}{number}"
        return f"'{name}' comes before the first: it has no value to begin with", hint
    if number > last:
        return f"'{name}' comes after the last, which is {stem}[{last}]", "mend the number in the brackets"
    return f"'{name}' is not made", "mend the number in the brackets"
