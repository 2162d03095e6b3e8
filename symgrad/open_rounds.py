"""Repeated blocks of which nobody knows how often: what of a solution holds whatever their last number is.

They are derived with a few rounds that stand in for all. What is shown of them is the one derivation for
every round, and what stands before, behind and at the last of them.
"""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.calculus.recurrence import Rounds
from symgrad.errors import InputError
from symgrad.graph.shapes import Shape
from symgrad.reading.problem import Problem
from symgrad.reading.repeat import Counter
from symgrad.reading.rounds import INDEXED
from symgrad.results.run import Run
from symgrad.solution import Solution
from symgrad.tree import Name, names, walk

NEEDS_A_NUMBER = (
    ("update",),
    ("backward", "jacobians"),
    ("backward", "hessians"),
    ("backward", "hessian_products"),
)
"""What is worked out round by round."""


def check_open(problem: Problem, rounds: tuple[Rounds, ...]) -> None:
    """Raises `InputError` where a block without a last number has not one derivation for all rounds."""
    for counter in problem.repeat.open:
        place = problem.place("repeat", counter.name, 1)
        hint = "write it, as in [1, 3]"
        for path in NEEDS_A_NUMBER:
            if path in problem.located.keys:
                message = f"'{path[-1]}' needs the number that '{counter.end}' stands for"
                raise InputError(message, place=place, hint=hint)
        if problem.also:
            message = f"of several objectives, '{counter.end}' has to be a number"
            raise InputError(message, place=place, hint=hint)
        found = [block for block in rounds if block.counter == counter]
        if not found or any(not _is_whole(problem, block) for block in found):
            message = f"not one formula holds for all rounds, so that '{counter.end}' has to be a number"
            raise InputError(message, place=place, hint=hint)


def check_last(solution: Solution) -> None:
    """Raises `InputError` where what stands at the last round takes a row or an entry by its number."""
    problem = solution.problem
    for block in solution.rounds if problem.repeat.open else ():
        for gradient in visible(solution).derivation.gradients.values():
            nodes = (*walk(gradient.result), *walk(gradient.index_form))
            if any(isinstance(node, Name) and node.id in block.parts for node in nodes):
                message = (
                    f"the gradient by '{problem.repeat.label(gradient.target)}' holds a part of an array"
                )
                hint = "give what uses the part a formula of its own, as in o[t]: V @ h[t]; or write a number"
                place = problem.place("repeat", block.counter.name, 1)
                raise InputError(f"{message} at the last round", place=place, hint=hint)


def _is_whole(problem: Problem, block: Rounds) -> bool:
    """Nothing but the rounds themselves uses quantities between the first and the last."""
    between = {f"[{number}]" for number in block.counter.numbers[:-1]}
    made = {stem for stem, counter in problem.repeat.heads if counter == block.counter.name}
    outside = (p.formula for name, p in problem.forward if not is_round(problem, name))
    used = (INDEXED.fullmatch(name) for formula in outside for name in names(formula))
    return not any(m and m["stem"] in made and f"[{m['index']}]" in between for m in used)


def is_round(problem: Problem, name: str) -> bool:
    """Whether a quantity is that of a round which stands in for others."""
    return any(counter.name in problem.repeat.rounds.get(name, {}) for counter in problem.repeat.open)


def visible(solution: Solution) -> Solution:
    """The solution without what stands for other rounds and without numbers; else all of it."""
    if not solution.problem.repeat.open:
        return solution
    found = solution.derivation
    gradients = {name: gradient for name, gradient in found.gradients.items() if _is_own(solution, name)}
    jacobians = tuple(j for j in found.jacobians if j.input in gradients)
    derivation = replace(found, gradients=gradients, jacobians=jacobians)
    return replace(solution, derivation=derivation, run=Run({}, {}, ()))


def unnumbered(solution: Solution) -> frozenset[str]:
    """The sizes of which nobody knows the number."""
    return frozenset(counter.end for counter in solution.problem.repeat.open)


def _is_own(solution: Solution, name: str) -> bool:
    """Whether the gradient is none of those that every round has: the last of its kind, or no round's."""
    if any(block.covers(name) or name in block.shared for block in solution.rounds if block.counter.open):
        return False
    lasts = {f"[{counter.last}]" for counter in solution.problem.repeat.open}
    inside = _is_made(solution, name) or _is_taken(solution, name)
    return not inside or name[name.find("[") :] in lasts


def own_quantities(solution: Solution) -> tuple[str, ...]:
    """The quantities that are no round's where nobody knows how often to repeat; else all."""
    return tuple(name for name in solution.graph.quantities if not _is_made(solution, name))


def own_names(solution: Solution) -> tuple[str, ...]:
    """The names of the graph but those of rounds; of them what stands in formulas behind the rounds."""
    graph = solution.graph
    used = {name for quantity in own_quantities(solution) for name in names(graph.quantities[quantity])}
    inside = (_is_made(solution, name) or _is_taken(solution, name) for name in graph.shapes)
    return tuple(
        name for name, hidden in zip(graph.shapes, inside, strict=True) if not hidden or name in used
    )


def _is_made(solution: Solution, name: str) -> bool:
    graph = solution.graph
    return is_round(solution.problem, graph.owner(name) if name in graph.auxiliary else name)


def _is_taken(solution: Solution, name: str) -> bool:
    """Whether a leaf is one of those that the rounds have each for itself."""
    match = INDEXED.fullmatch(name)
    if match is None or not match["index"].isdecimal() or name in solution.graph.quantities:
        return False
    return any(
        int(match["index"]) in block.counter.numbers
        and f"{match['stem']}[{block.counter.name}]" in block.names
        for block in solution.rounds
        if block.counter.open
    )


def general_shape(block: Rounds, shape: Shape) -> Shape:
    """The shape of a general name, as that of the first round: its n[1] is n[l]."""
    return tuple(_general(block.counter, dim) for dim in shape)


def _general(counter: Counter, dim: int | str) -> int | str:
    match = INDEXED.fullmatch(dim) if isinstance(dim, str) else None
    if match is None:
        return dim
    step = int(match["index"]) - counter.first
    return f"{match['stem']}[{counter.name}{f'{step:+d}' if step else ''}]"
