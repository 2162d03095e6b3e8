"""The checks on names that need no shapes: every name known, legal, and made before it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.errors import InputError, Place
from symgrad.languages import Said
from symgrad.operations import FORMULA_SIGNATURES
from symgrad.reading.each import check_each
from symgrad.reading.members import check_members
from symgrad.reading.model import Problem
from symgrad.reading.nearest import alike, nearest
from symgrad.reading.references import check_references, named
from symgrad.reading.rounds import INDEXED
from symgrad.reading.source import Path
from symgrad.tree import Name, names

MAX_BARE = 50  # with more leaves that have neither value nor shape a problem is symbolic, not mistyped

MOST_STEPS = 10_000  # numbers that are drawn from

MOST_TOLD = 12  # beyond, the warnings of one kind are one

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED = {
    "pi": "is the number pi",
    **dict.fromkeys(("True", "False", "None"), "is the value of an option"),
}


def check_names(problem: Problem) -> None:
    """Raises `InputError` at the first name that is illegal, unknown, made twice, or used too early."""
    for check in _CHECKS:
        check(problem)


def unused(problem: Problem) -> tuple[str, ...]:
    """A sentence for each given that nothing uses; one for all of many."""
    found = _unused(problem)
    if len(found) > MOST_TOLD:
        more = "'{name}' and {count} more are given, and no formula uses them"
        return (Said(more, name=found[0], count=f"{len(found) - 1:,}"),)
    return tuple(Said("'{name}' is given, and no formula uses it", name=name) for name in found)


def _unused(problem: Problem) -> list[str]:
    rule = problem.rule.givens if problem.rule else ()
    used = {*problem.leaves, *problem.looked_up, *rule, problem.update and problem.update.rate}
    return [name for name in problem.given if name not in used]


def _legal_names(problem: Problem) -> None:
    for path in problem.located.keys:
        if len(path) == 2 and path[0] in ("forward", "given", "shapes"):
            _check_name(str(path[1]), problem.key_place(*path), problem)
    for path in _shape_sizes(problem):
        _check_name(str(problem.located.at(path)), problem.place(*path), problem)


def _shape_sizes(problem: Problem) -> Iterator[Path]:
    for leaf, shape in problem.shapes.items():
        for position, size in enumerate(shape):
            if isinstance(size, str):
                yield ("shapes", leaf, position)


def _check_name(name: str, place: Place, problem: Problem) -> None:
    family = INDEXED.fullmatch(name) if problem.repeat.counters else None
    if family and family["index"].isdecimal():
        name = family["stem"]
    if not _NAME.fullmatch(name):
        hint = "a name is a letter, then letters, digits and _, without accents"
        raise InputError(f"{name!r} is not a name", place=place, hint=hint)
    called = dict.fromkeys(FORMULA_SIGNATURES, "is a function")
    reserved = {**called, **_RESERVED, **dict.fromkeys(problem.functions, "is a function of this problem")}
    if name in reserved:
        raise InputError(f"'{name}' {reserved[name]}", place=place, hint="choose another name")


def _made_once(problem: Problem) -> None:
    for section, holds in (("given", problem.given), ("shapes", problem.shapes)):
        for name in holds:
            if name in problem.formulas:
                row = problem.key_place("forward", name).row
                message = f"'{name}' is made by the formula {row}, and stands here too"
                place = problem.key_place(section, name)
                raise InputError(message, place=place, hint="keep one of the two")


def _order(problem: Problem) -> None:
    made: set[str] = set()
    for name, parsed in problem.forward:
        for used in names(parsed.formula):
            if used in problem.formulas and used not in made:
                row = problem.key_place("forward", used).row
                early = f"'{used}' is used before it is made, {row}"
                message = f"'{used}' is defined by itself" if used == name else early
                hint = "use another name" if used == name else "move its line up"
                raise InputError(message, place=parsed.place_of(Name(used)), hint=hint)
        made.add(name)


def _typos(problem: Problem) -> None:
    """A leaf named nowhere else in a problem with numbers or shapes, and spelled almost like another name."""
    known = [*problem.given, *problem.shapes, *problem.formulas]
    declared = {*named(problem), *known}
    bare = [leaf for leaf in problem.leaves if leaf not in declared]
    if not (problem.given or problem.shapes) or len(bare) > MAX_BARE:
        return
    for leaf in bare:
        if found := nearest(leaf, (name for name in known if not _siblings(leaf, name))):
            hint = f"did you mean '{found}'? Else say what '{leaf}' is: give it a value or a shape"
            raise InputError(f"unknown name '{leaf}'", place=_first_use(problem, leaf), hint=hint)


def _strays(problem: Problem) -> None:
    """A leaf without a value or a shape, and the one given that nothing uses and is spelled like it.

    Where there are more such leaves, one that is mentioned elsewhere or differs in its number is meant so.
    """
    bare = [leaf for leaf in problem.leaves if leaf not in problem.given and leaf not in problem.shapes]
    free, mentioned = _unused(problem), named(problem)
    for leaf in bare:
        found = [given for given in free if alike(leaf, given)]
        alone = len(bare) == len(free) == 1
        meant = not alone and (leaf in mentioned or any(_siblings(leaf, given) for given in found))
        if len(found) == 1 and [other for other in bare if alike(other, found[0])] == [leaf] and not meant:
            message = f"'{leaf}' has no value, and no formula uses the given '{found[0]}'"
            hint = f"give both the same name; if '{leaf}' is to stay a symbol, state its shape"
            raise InputError(message, place=_first_use(problem, leaf), hint=hint)


def _first_use(problem: Problem, leaf: str) -> Place:
    if leaf == problem.seed:
        return problem.place("backward", "seed")
    for wrt, direction in problem.along:
        if leaf == direction:
            return problem.place("backward", "hessian_products", wrt)
    parsed = next(parsed for _, parsed in problem.forward if leaf in names(parsed.formula))
    return parsed.place_of(Name(leaf))


def _siblings(left: str, right: str) -> bool:
    """Names told apart by their numbers alone, such as lam1 and lam2."""
    return re.sub("[0-9]", "0", left) == re.sub("[0-9]", "0", right)


def _variants(problem: Problem) -> None:
    """What is kept or drawn for variants is given, and is drawn from numbers that there are."""
    asked = problem.variants
    kept: list[tuple[Path, str]] = [(("variants", "keep", n), name) for n, name in enumerate(asked.keep)]
    for path, name in (*kept, *((("variants", "draw", name), name) for name in asked.draw)):
        if name not in problem.given:
            known = ", ".join(problem.given) or "none"
            raise InputError(f"'{name}' is not given", place=problem.place(*path), hint=f"given: {known}")
    for name, (low, high, step) in asked.draw.items():
        if not low < high or (high - low) / step > MOST_STEPS:
            message = f"from {low:g} to {high:g} by {step:g} there are no numbers to draw, or too many"
            place = problem.place("variants", "draw", name)
            raise InputError(message, place=place, hint=f"as in {name}: [-0.9, 0.9, 0.1]")


_CHECKS = (
    _legal_names,
    check_each,
    _made_once,
    check_members,
    _order,
    check_references,
    _typos,
    _strays,
    _variants,
)
