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
    if not _as_one(problem.seed, problem.of, sizes, shapes):
        stated, own = (written(shapes[name], sizes) for name in (problem.seed, problem.of))
        message = f"the seed '{problem.seed}' is {stated}, and '{problem.of}' is {own}"
        hint = f"the gradient of '{problem.of}' has the shape of '{problem.of}'"
        raise InputError(message, place=problem.place("backward", "seed"), hint=hint)


def keep_directions(problem: Problem, sizes: Sizes, shapes: dict[str, Shape]) -> None:
    """A direction and its parameter have one shape. Raises `InputError` where the file says otherwise."""
    for wrt, direction in problem.along:
        if not _as_one(direction, wrt, sizes, shapes):
            stated, own = (written(shapes[name], sizes) for name in (direction, wrt))
            message = f"the direction '{direction}' is {stated}, and '{wrt}' is {own}"
            place = problem.place("backward", "hessian_products", wrt)
            raise InputError(message, place=place, hint=f"what is added to '{wrt}' has the shape of '{wrt}'")


def _as_one(name: str, other: str, sizes: Sizes, shapes: dict[str, Shape]) -> bool:
    """Whether two shapes are one, with nothing stretched; a name that nobody shaped takes the other's."""
    whole = shapes[other]
    own = shapes.setdefault(name, whole)
    try:
        if len(own) != len(whole):
            raise ShapeMismatch("their axes are not as many")
        for a, b in zip(whole, own, strict=True):
            sizes.same(a, b)
    except ShapeMismatch:
        return False
    return True
