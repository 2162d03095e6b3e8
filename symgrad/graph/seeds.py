"""The shape of an upstream gradient: that of the quantity it is the gradient of, with nothing stretched."""

from __future__ import annotations

from symgrad.errors import InputError
from symgrad.graph.shapes import Shape, Sizes, written
from symgrad.operations.record import ShapeMismatch
from symgrad.reading.problem import Problem


def is_unstated(problem: Problem, of: str, shape: Shape) -> bool:
    """Whether what is differentiated is no quantity: all that is said of it is its gradient by ``of``, or it
    is the sum of the entries of ``of``, whose own derivatives are asked for as Jacobians.
    """
    return problem.seed is not None or (bool(shape) and any(y == of for y, _ in problem.jacobians))


def fits_seed(problem: Problem, shapes: dict[str, Shape]) -> bool:
    """Whether the objective has as many axes as the seed that is stated; without a seed, whether none."""
    if problem.seed is None:
        return not shapes[problem.of]
    return problem.seed not in shapes or len(shapes[problem.seed]) == len(shapes[problem.of])


def keep_seed(problem: Problem, sizes: Sizes, shapes: dict[str, Shape]) -> None:
    """The seed and ``of`` have one shape. Raises `InputError` where the file says otherwise."""
    if problem.seed is None:
        return
    of = shapes[problem.of]
    seed = shapes.setdefault(problem.seed, of)
    try:
        if len(seed) != len(of):
            raise ShapeMismatch("their axes are not as many")
        for a, b in zip(of, seed, strict=True):
            sizes.same(a, b)
    except ShapeMismatch:
        stated, own = written(seed, sizes), written(of, sizes)
        message = f"the seed '{problem.seed}' is {stated}, and '{problem.of}' is {own}"
        hint = f"the gradient of '{problem.of}' has the shape of '{problem.of}'"
        raise InputError(message, place=problem.place("backward", "seed"), hint=hint) from None
