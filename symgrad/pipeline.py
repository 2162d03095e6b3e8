"""The whole way from a problem file to finished files, stage by stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from symgrad.calculus.derive import derive
from symgrad.calculus.facts import Fact, one_hot, read_fact
from symgrad.calculus.verify import verify_derivation
from symgrad.errors import InputError, Place
from symgrad.graph import Graph, build_graph
from symgrad.intermediates import name_intermediates
from symgrad.reading.problem import Problem, load_problem
from symgrad.rendering import Choices, check_formats, look_of, render
from symgrad.results.run import run
from symgrad.results.training import train
from symgrad.solution import Solution, warnings_of
from symgrad.tree import Array
from symgrad.writing.files import write_files

DEFAULT_FORMATS = ("pdf", "tex")


@dataclass(frozen=True)
class Built:
    """The files that were written, and what the user should know."""

    paths: tuple[Path, ...]
    warnings: tuple[str, ...]


def build(
    path: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    folder: Path | None = None,
    choices: Choices | None = None,
) -> Built:
    """Solve the problem in a file and write the solution beside it, or into ``folder``.

    All formats are made before the first is written: on any error no file is touched.

    Raises `InputError` for anything in the file, the choices or the folder that cannot be used.
    """
    check_request([path], formats, folder)
    problem = load_problem(path)
    look = look_of(problem, choices or Choices())
    targets = {name: _target(path, name, folder) for name in formats}
    solution = solve(problem)
    rendered = render(solution, formats, look)
    write_files({targets[name]: content for name, content in rendered.items()})
    return Built(tuple(targets.values()), solution.warnings)


def solve(problem: Problem) -> Solution:
    """Every gradient of a problem, derived, checked, and worked out in numbers as far as the givens reach.

    Raises `InputError` where the problem cannot be used, `DerivationError` where a step fails its check.
    """
    graph = name_intermediates(_with_parameters(build_graph(problem), problem))
    facts = _facts(problem, graph)
    derivation = derive(graph, facts)
    verify_derivation(graph, derivation, facts)
    values = run(graph, derivation, problem.given)
    training = train(graph, derivation, problem.given, problem.update)
    warnings = warnings_of(problem, graph, values, training)
    return Solution(problem, graph, derivation, values, training, warnings)


def check_request(paths: Iterable[Path], formats: Iterable[str], folder: Path | None) -> None:
    """Raises `InputError` for an unknown format, and where two problems would write the same files."""
    check_formats(formats)
    seen: dict[Path, Path] = {}
    for path in paths:
        target = _beside(path, folder)
        if target in seen:
            message = f"'{seen[target]}' and '{path}' would write the same files, '{target}.*'"
            raise InputError(message, hint="rename one, or build them into different folders")
        seen[target] = path


def _beside(path: Path, folder: Path | None) -> Path:
    return (path.parent if folder is None else folder) / path.stem


def _target(path: Path, suffix: str, folder: Path | None) -> Path:
    stem = _beside(path, folder)
    target = stem.with_name(f"{stem.name}.{suffix}")
    if target.resolve() == path.resolve():
        raise InputError(f"'{target}' is the problem itself", hint="choose another folder with -o")
    return target


def _with_parameters(graph: Graph, problem: Problem) -> Graph:
    """The graph, asked also for the gradients that the update takes."""
    updated = problem.update.parameters if problem.update else ()
    return replace(graph, wrt=tuple(dict.fromkeys((*graph.wrt, *updated))))


def _facts(problem: Problem, graph: Graph) -> tuple[Fact, ...]:
    """What the file states under ``assume``, then what the givens show."""
    return tuple(dict.fromkeys((*_stated(problem, graph), *one_hot(problem.given, graph.wrt))))


def _stated(problem: Problem, graph: Graph) -> Iterator[Fact]:
    """Raises `InputError` for a fact that the givens contradict, or that an update would not leave true."""
    ranks = {name: len(shape) for name, shape in graph.shapes.items()}
    updated = problem.update.parameters if problem.update else ()
    for position, (left, right) in enumerate(problem.assume):
        place = problem.place("assume", position)
        fact = read_fact(left, right, place, ranks)
        if fact.name in updated:
            message = f"'{fact.name}' is updated, and this fact would not stay true"
            raise InputError(message, place=place, hint="delete the fact")
        if fact.name in problem.given:
            _check_fact(fact, problem.given[fact.name], place)
        yield fact


def _check_fact(fact: Fact, given: Array, place: Place) -> None:
    sums = np.sum(given, axis=fact.axis)
    if not np.allclose(sums, float(fact.value)):
        message = f"the given '{fact.name}' contradicts this fact"
        raise InputError(message, place=place, hint=f"its sum is {sums.tolist()}: mend the given or the fact")
