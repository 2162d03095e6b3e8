"""A solved problem: everything that a report, whatever its style and format, is made from."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from symgrad.calculus.hessian_products import ProductOf
from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.calculus.recurrence import Rounds
from symgrad.calculus.second import HessianOf
from symgrad.calculus.steps import NONE_FOUND, Derivation
from symgrad.graph import Graph
from symgrad.graph.cautions import cautions
from symgrad.languages import Said
from symgrad.reading.problem import Problem
from symgrad.results.run import NonFinite, Run, nonfinite
from symgrad.results.training import Training

UNCHECKED = "no numbers were found to check the gradients of {of} at: only the rules speak for them"
UNCHECKED_SOME = (
    "no numbers were found to check the gradients of {of} by {by} at: only the rules speak for them"
)
SLOPE = "the gradient of {of} by {name}"


class Solution(Struct, frozen=True):
    """The problem, its graph, every gradient with its steps, and the numbers.

    ``training`` is None where the problem has no update, or no numbers for one. ``warnings`` are
    sentences for the user. ``jacobians``, ``hessians`` and the ``product`` of the Hessian with a direction
    are those that were asked for. ``also`` holds the solutions for further objectives, which have no
    training. ``rounds`` are the repeated blocks that are derived once, for every number.
    """

    problem: Problem
    graph: Graph
    derivation: Derivation
    run: Run
    training: Training | None
    warnings: tuple[str, ...] = ()
    also: tuple[Solution, ...] = ()
    jacobians: tuple[JacobianOf, ...] = ()
    hessians: tuple[HessianOf, ...] = ()
    product: ProductOf | None = None
    rounds: tuple[Rounds, ...] = ()


def warnings_of(solution: Solution) -> tuple[str, ...]:
    """What the user should know: `cautions`, what is unchecked, and values that are not finite."""
    told = (*cautions(solution.problem, solution.graph), *_open(solution.problem))
    return (*told, *_unchecked(solution), *_not_finite(solution))


def _open(problem: Problem) -> Iterator[str]:
    """Givens are of no use where nobody knows how often to repeat."""
    for counter in problem.repeat.open if problem.given else ():
        yield Said("'{name}' has no number, so that nothing is worked out in numbers", name=counter.end)


def _unchecked(solution: Solution) -> Iterator[str]:
    """The gradients of which something was not compared with differences."""
    for found in (solution, *solution.also):
        derivation, of = found.derivation, found.derivation.of
        steps = {target: list(derivation.steps(target)) for target in derivation.gradients}
        open_ = [target for target, taken in steps.items() if any(s.proof == NONE_FOUND for s in taken)]
        if open_ or not derivation.checked:
            yield Said(UNCHECKED_SOME if open_ else UNCHECKED, of=of, by=", ".join(open_))


def _not_finite(solution: Solution) -> Iterator[str]:
    """Each of the user's quantities and gradients once, where it is first not finite."""
    of, told = solution.graph.of, set[tuple[str, str]]()
    for when, found in _in_order(solution.run, solution.training):
        if (found.kind, found.name) not in told and found.name not in solution.graph.auxiliary:
            told.add((found.kind, found.name))
            yield _sentence(of, found, when)
    for other in solution.also:
        gradients = (found for found in other.run.nonfinite if found.kind == "gradient")
        yield from (_sentence(other.graph.of, f) for f in gradients if f.name not in other.graph.auxiliary)


def _in_order(run: Run, training: Training | None) -> Iterator[tuple[int | None, NonFinite]]:
    yield from ((None, found) for found in run.nonfinite)
    for entry in training.steps if training else ():
        for found in (*nonfinite("quantity", entry.quantities), *nonfinite("gradient", entry.gradients)):
            yield entry.step, found


def _sentence(of: str, found: NonFinite, step: int | None = None) -> Said:
    what = found.name if found.kind == "quantity" else Said(SLOPE, of=of, name=found.name)
    value = str(found.value)
    if found.index:
        told = Said(
            "{what} is not finite: entry {place} is {value}",
            what=what,
            place=str(list(found.index)),
            value=value,
        )
    else:
        told = Said("{what} is not finite: its value is {value}", what=what, value=value)
    return told if step is None else Said("at step {step}, {told}", step=str(step), told=told)
