"""Solving a problem: derived, checked, and worked out in numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.derive import derive
from symgrad.calculus.facts import Fact, Known, at_sizes, by_definition, read_fact
from symgrad.calculus.hessian_products import ProductOf, product_along
from symgrad.calculus.hessians import hessian_between
from symgrad.calculus.jacobian_answers import JacobianOf, jacobian_between
from symgrad.calculus.recurrence import Rounds
from symgrad.calculus.rounds import rounds_of
from symgrad.calculus.second import HessianOf
from symgrad.calculus.shown import shown
from symgrad.calculus.singular import check_inverses
from symgrad.calculus.stated import check_made, is_true
from symgrad.calculus.steps import Derivation
from symgrad.calculus.whole import verify_derivation
from symgrad.calculus.worlds import Worlds
from symgrad.errors import InputError, NotSupported, Place
from symgrad.graph import Graph, build_graph
from symgrad.graph.labels import check_labels
from symgrad.intermediates import name_intermediates
from symgrad.limits import working_on
from symgrad.numbers.evaluate import Values
from symgrad.open_rounds import check_last, check_open
from symgrad.reading.problem import Problem
from symgrad.results.amounts import check_array
from symgrad.results.newton import check_through, pairs, slopes
from symgrad.results.run import check_forward, run
from symgrad.results.training import train
from symgrad.solution import Solution, warnings_of
from symgrad.tree import Array, ByContent, Formula, Gradient, Name

REMEMBERED = 8
"""Derivations that are kept."""


class Asked(ByContent, frozen=True, eq=False):
    """What a derivation is made of, and nothing else is: where the content is equal, so is the derivation."""

    graph: Graph
    facts: tuple[Known, ...]

    @property
    def content(self) -> Hashable:
        """By what it is looked up."""
        return self.graph.content, self.facts


def solve(problem: Problem) -> Solution:
    """Every gradient of a problem, derived, checked, and worked out in numbers as far as the givens reach.

    Raises `InputError` where the problem cannot be used, `DerivationError` where a step fails its check.
    """
    working_on("the shapes are found")
    built = _with_asked(build_graph(problem), problem)
    check_labels(problem, built)
    graph = name_intermediates(built, problem.letters, problem.repeat.origins)
    check_forward(graph, problem.given)
    stated = facts_of(problem, graph)
    facts = (*stated, *by_definition(graph, stated))
    graph = at_sizes(graph, facts)
    check_inverses(problem, built, facts)
    check_through(problem, graph)
    solution = _towards(graph, problem, facts)
    also = tuple(_further(solution, of, facts) for of in problem.also)
    jacobians = tuple(_jacobians(solution, facts))
    hessians = tuple(_hessians(solution, facts))
    product = _product(solution, facts)
    training = train(graph, solution.derivation, problem, hessians, jacobians)
    rounds = tuple(_rounds(solution, facts))
    check_open(problem, rounds)
    check_last(replace(solution, rounds=rounds))
    whole = replace(
        solution,
        training=training,
        also=also,
        jacobians=jacobians,
        hessians=hessians,
        product=product,
        rounds=rounds,
    )
    return replace(whole, warnings=warnings_of(whole))


def _towards(graph: Graph, problem: Problem, facts: tuple[Known, ...]) -> Solution:
    """The gradients of the graph's objective."""
    derivation = _derived(Asked(graph, facts))
    working_on("the numbers are worked out")
    given = {} if problem.repeat.open else problem.given  # nobody knows how often to repeat
    return Solution(problem, graph, derivation, run(graph, derivation, given), None)


@lru_cache(maxsize=REMEMBERED)
def _derived(asked: Asked) -> Derivation:
    """The derivation, each step and the whole checked; kept for a report that is made again."""
    derivation = derive(asked.graph, asked.facts)
    working_on(f"all gradients of '{asked.graph.of}' are checked", asked.graph.of)
    return replace(derivation, checked=verify_derivation(asked.graph, derivation, asked.facts))


def _further(solution: Solution, of: str, facts: tuple[Known, ...]) -> Solution:
    """The same problem with another objective; a Jacobian that the first one took is not derived again."""
    asked = replace(solution.problem, of=of, also=(), update=None)
    found = _towards(replace(solution.graph, of=of), asked, facts)
    known = {(jacobian.output, jacobian.input) for jacobian in solution.derivation.jacobians}
    fresh = tuple(j for j in found.derivation.jacobians if (j.output, j.input) not in known)
    return replace(found, derivation=replace(found.derivation, jacobians=fresh))


def _rounds(solution: Solution, facts: tuple[Known, ...]) -> Iterator[Rounds]:
    """The repeated blocks, each derived once."""
    repeat = solution.problem.repeat
    if repeat.counters:
        working_on("one step is derived for all")
        yield from rounds_of(solution.graph, repeat, solution.derivation, facts)


def _jacobians(solution: Solution, facts: tuple[Known, ...]) -> Iterator[JacobianOf]:
    """The Jacobians that are asked for, with their numbers where the givens reach."""
    values = numbers_of(solution)
    for of, wrt in dict.fromkeys((*solution.problem.jacobians, *slopes(solution.problem))):
        working_on(f"the Jacobian of '{of}' by '{wrt}' is derived", of)
        found = _jacobian(Asked(solution.graph, facts), of, wrt)
        yield found.valued(values) if {Name(of), Name(wrt)} <= values.names.keys() else found


def numbers_of(solution: Solution) -> Values:
    """All numbers of a solution: givens, quantities, gradients and sizes."""
    given, run_, of = solution.problem.given, solution.run, solution.graph.of
    numbers: dict[Formula, Any] = {Name(id): value for id, value in {**given, **run_.quantities}.items()}
    numbers |= {Gradient(of, id): value for id, value in run_.gradients.items()}
    return Values(numbers, {1: 1, **solution.graph.sizes})


@lru_cache(maxsize=8 * REMEMBERED)
def _jacobian(asked: Asked, of: str, wrt: str) -> JacobianOf:
    return jacobian_between(Worlds(asked.graph, asked.facts), of, wrt)


def _hessians(solution: Solution, facts: tuple[Known, ...]) -> Iterator[HessianOf]:
    """The second derivatives that are asked for, with their numbers where the givens reach."""
    problem, graph = solution.problem, solution.graph
    asked = {pair: ("backward", "hessians", n) for n, pair in enumerate(problem.hessians)}
    steps = {pair: ("update", "method") for pair in pairs(problem) if not {pair, pair[::-1]} & asked.keys()}
    for (wrt, by), path in {**asked, **steps}.items():
        working_on(f"the Hessian of '{graph.of}' by '{wrt}' and '{by}' is derived", graph.of)
        try:
            found = _hessian(Asked(graph, facts), wrt, by)
        except NotSupported as error:
            place = problem.place(*path)
            message = f"the second derivative by '{wrt}' and '{by}' is not supported yet: {error.message}"
            raise NotSupported(message, place=place, hint=error.hint) from error
        what = f"the second derivative of '{graph.of}' by '{wrt}' and '{by}'"
        check_array(graph, (*graph.shapes[wrt], *graph.shapes[by]), graph.of, what)
        yield found.valued(numbers_of(solution))


@lru_cache(maxsize=8 * REMEMBERED)
def _hessian(asked: Asked, wrt: str, by: str) -> HessianOf:
    return hessian_between(asked.graph, _derived(asked), asked.facts, wrt, by)


def _product(solution: Solution, facts: tuple[Known, ...]) -> ProductOf | None:
    """The Hessian times the directions that are asked for, with its numbers where the givens reach."""
    problem, graph = solution.problem, solution.graph
    if not problem.along:
        return None
    working_on(f"the product of the Hessian of '{graph.of}' is derived", graph.of)
    try:
        found = _along(Asked(graph, facts), problem.along)
    except NotSupported as error:
        place = problem.place("backward", "hessian_products")
        message = f"the product of the Hessian is not supported yet: {error.message}"
        raise NotSupported(message, place=place, hint=error.hint) from error
    return found.valued(numbers_of(solution))


@lru_cache(maxsize=REMEMBERED)
def _along(asked: Asked, along: tuple[tuple[str, str], ...]) -> ProductOf:
    return product_along(asked.graph, _derived(asked), asked.facts, along)


def _with_asked(graph: Graph, problem: Problem) -> Graph:
    """The graph, asked also for the gradients that the update and second derivatives take."""
    updated = problem.update.parameters if problem.update else ()
    twice = (wrt for wrt, _ in (*problem.hessians, *problem.along, *pairs(problem)))
    return replace(graph, wrt=tuple(dict.fromkeys((*graph.wrt, *updated, *twice))))


def facts_of(problem: Problem, graph: Graph) -> tuple[Known, ...]:
    """What the file states under ``assume``, then what the givens show, with the data of every step."""
    first, *others = (shown(graph, point, (*graph.wrt, graph.seed)) for point in problem.points)
    always = (fact for fact in first if all(fact in facts for facts in others))
    stated = tuple(_stated(problem, graph))
    facts = tuple(dict.fromkeys((*stated, *always)))
    for position, fact in enumerate(stated):
        if fact.name in graph.quantities:
            check_made(graph, fact, facts, problem.points, problem.place("assume", position))
    return facts


def _stated(problem: Problem, graph: Graph) -> Iterator[Known]:
    """Raises `InputError` for a fact that the givens contradict, or that an update would not leave true."""
    updated = problem.update.parameters if problem.update else ()
    values: dict[tuple[str, int | None], Fraction] = {}
    for position, (left, right) in enumerate(problem.assume):
        place = problem.place("assume", position)
        fact = read_fact(left, right, place, graph.shapes)
        if isinstance(fact, Fact) and values.setdefault((fact.name, fact.axis), fact.value) != fact.value:
            raise InputError("this contradicts the fact before it", place=place, hint="keep one of the two")
        if fact.name in updated:
            message = f"'{fact.name}' is updated, and this fact would not stay true"
            raise InputError(message, place=place, hint="delete the fact")
        for point in problem.points:
            if fact.name in point:
                _check_fact(fact, point[fact.name], place)
        yield fact


def _check_fact(fact: Known, given: Array, place: Place) -> None:
    if not is_true(fact, given):
        told = f"its sum is {np.sum(given, axis=fact.axis).tolist()}: " if isinstance(fact, Fact) else ""
        message = f"the given '{fact.name}' contradicts this fact"
        raise InputError(message, place=place, hint=f"{told}mend the given or the fact")
