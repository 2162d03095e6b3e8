"""The checks on every place of a problem file that refers to a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from symgrad.errors import InputError, Place
from symgrad.reading.directions import check_directions
from symgrad.reading.model import Problem, Update
from symgrad.reading.nearest import mend, nearest
from symgrad.reading.seed import check_seed
from symgrad.reading.source import Path
from symgrad.tree import names

_SHOWN = 12  # names listed in a hint


def check_references(problem: Problem) -> None:
    """Raises `InputError` for a name that is unknown, of the wrong kind, or listed twice."""
    for path, name, known, kind in _references(problem):
        if name not in known:
            place = problem.key_place(*path) if path[0] == "write" else problem.place(*path)
            raise _unknown(name, known, kind, place)
    for path in (("backward", "of"), ("backward", "wrt"), ("data",), ("update", "parameters")):
        _check_once(problem, path)
    _check_pairs(problem)
    check_seed(problem)
    check_directions(problem)
    if problem.update is not None:
        _check_rate(problem, problem.update)
        _check_shown(problem, problem.update)


def named(problem: Problem) -> set[str]:
    """The names that the file mentions outside its formulas, so that they are no slips of the pen."""
    update = (*problem.update.parameters, problem.update.rate) if problem.update else ()
    pairs = (name for pair in (*problem.jacobians, *problem.hessians, *problem.along) for name in pair)
    return {*problem.data, *pairs, *(problem.wrt or ()), *problem.write, *map(str, update)}


def _references(problem: Problem) -> Iterator[tuple[Path, str, Collection[str], str]]:
    """Each reference: where it stands, the name, the names it may be, and what those are."""
    quantities, leaves = problem.formulas, dict.fromkeys(problem.leaves)
    either = {**dict.fromkeys(quantities), **leaves}
    sizes = [size for shape in problem.shapes.values() for size in shape if isinstance(size, str)]
    for path, listed, known, kind in (
        (("backward", "of"), (problem.of, *problem.also), quantities, "forward quantity"),
        (("backward", "wrt"), problem.wrt or (), either, "quantity or leaf"),
        (("data",), problem.data, leaves | dict.fromkeys(problem.looked_up), "leaf of a formula"),
        (
            ("update", "parameters"),
            problem.update.parameters if problem.update else (),
            leaves,
            "leaf of a formula",
        ),
    ):
        for position, name in enumerate(listed):
            yield (*path, position), name, known, kind
    if problem.update is not None and problem.update.through is not None:
        yield ("update", "through"), problem.update.through, quantities, "forward quantity"
    for position, (of, by) in enumerate(problem.jacobians):
        yield ("backward", "jacobians", position, 0), of, quantities, "forward quantity"
        yield ("backward", "jacobians", position, 1), by, either, "quantity or leaf"
    for position, pair in enumerate(problem.hessians):
        for side, name in enumerate(pair):
            whole: Path = ("backward", "hessians", position)
            part: Path = (*whole, side)
            yield part if part in problem.located.values else whole, name, either, "quantity or leaf"
    for wrt in dict(problem.along):
        yield ("backward", "hessian_products", wrt), wrt, leaves, "leaf of a formula"
    rate = problem.update and problem.update.rate
    others = (rate,) if isinstance(rate, str) else ()
    anything = dict.fromkeys((*either, *problem.given, *problem.shapes, *sizes, *problem.functions, *others))
    for name in problem.write:
        yield ("write", name), name, anything, "name of this problem"
    for position, sides in enumerate(problem.assume):
        for name in dict.fromkeys(name for side in sides for name in names(side)):
            yield ("assume", position), name, either, "quantity or leaf"


def _unknown(name: str, known: Collection[str], kind: str, place: Place) -> InputError:
    some = ", ".join(list(known)[:_SHOWN])
    return InputError(f"'{name}' is no {kind}", place=place, hint=mend(name, known, f"there is {some}"))


def _check_once(problem: Problem, path: Path) -> None:
    if path not in problem.located.values or not isinstance(problem.located.at(path), list):
        return
    seen: set[str] = set()
    for position, name in enumerate(problem.located.at(path)):
        if name in seen:
            raise InputError(
                f"'{name}' is listed twice", place=problem.place(*path, position), hint="delete one"
            )
        seen.add(name)


def _check_pairs(problem: Problem) -> None:
    for key, pairs in (("jacobians", problem.jacobians), ("hessians", problem.hessians)):
        for position, pair in enumerate(pairs):
            if pair in pairs[:position]:
                listed = f"[{', '.join(pair)}]" if len({*pair}) > 1 or key == "jacobians" else f"'{pair[0]}'"
                place = problem.place("backward", key, position)
                raise InputError(f"{listed} is listed twice", place=place, hint="delete one")


def _check_rate(problem: Problem, update: Update) -> None:
    if not isinstance(update.rate, str):
        return
    place = problem.place("update", "rate")
    if update.rate in problem.formulas:
        message = f"the rate '{update.rate}' is a forward quantity"
        raise InputError(message, place=place, hint="it is a number, or the name of a given")
    if update.rate in problem.given and problem.given[update.rate].ndim:
        raise InputError(f"the rate '{update.rate}' is an array", place=place, hint="give it one number")
    if update.rate not in problem.given and (_numeric(problem) or nearest(update.rate, problem.given)):
        raise _unknown(update.rate, problem.given, "given", place)


def _numeric(problem: Problem) -> bool:
    """Every leaf has its value, so the steps are numbers and need the rate as one."""
    return all(leaf in problem.given for leaf in problem.leaves)


def _check_shown(problem: Problem, update: Update) -> None:
    for position, step in enumerate(update.show or ()):
        if step > update.steps:
            message = f"step {step} of {update.steps}"
            raise InputError(message, place=problem.place("update", "show", position), hint="raise 'steps'")
