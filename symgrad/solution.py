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
from symgrad.reading.problem import Problem
from symgrad.results.run import NonFinite, Run, nonfinite
from symgrad.results.training import Training


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
        yield f"'{counter.end}' has no number, so that nothing is worked out in numbers"


def _unchecked(solution: Solution) -> Iterator[str]:
    """The gradients of which something was not compared with differences."""
    for found in (solution, *solution.also):
        derivation, of = found.derivation, found.derivation.of
        steps = {target: list(derivation.steps(target)) for target in derivation.gradients}
        open_ = [target for target, taken in steps.items() if any(s.proof == NONE_FOUND for s in taken)]
        if open_ or not derivation.checked:
            which = f"of {of} by {', '.join(open_)}" if open_ else f"of {of}"
            yield f"no numbers were found to check the gradients {which} at: only the rules speak for them"


def _not_finite(solution: Solution) -> Iterator[str]:
    """Each of the user's quantities and gradients once, where it is first not finite."""
    of, told = solution.graph.of, set[tuple[str, str]]()
    for when, found in _in_order(solution.run, solution.training):
        if (found.kind, found.name) not in told and found.name not in solution.graph.auxiliary:
            told.add((found.kind, found.name))
            yield when + _sentence(of, found)
    for other in solution.also:
        gradients = (found for found in other.run.nonfinite if found.kind == "gradient")
        yield from (_sentence(other.graph.of, f) for f in gradients if f.name not in other.graph.auxiliary)


def _in_order(run: Run, training: Training | None) -> Iterator[tuple[str, NonFinite]]:
    yield from (("", found) for found in run.nonfinite)
    for entry in training.steps if training else ():
        for found in (*nonfinite("quantity", entry.quantities), *nonfinite("gradient", entry.gradients)):
            yield f"at step {entry.step}, ", found


def _sentence(of: str, found: NonFinite) -> str:
    what = found.name if found.kind == "quantity" else f"the gradient of {of} by {found.name}"
    where = f"entry {list(found.index)}" if found.index else "its value"
    return f"{what} is not finite: {where} is {found.value}"
