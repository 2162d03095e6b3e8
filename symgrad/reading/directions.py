"""The checks on ``hessian_products``: parameters are leaves, each with a direction that no formula makes."""

from __future__ import annotations

from symgrad.errors import InputError
from symgrad.reading.model import Problem


def check_directions(problem: Problem) -> None:
    """Raises `InputError` for a direction that is a quantity, or one of the parameters that move."""
    moving = dict(problem.along)
    for wrt, direction in problem.along:
        place = problem.place("backward", "hessian_products", wrt)
        if direction in problem.formulas:
            message = f"the direction '{direction}' is made by a formula: it is no leaf"
            raise InputError(message, place=place, hint="a direction is a given, or a symbol of its own")
        if direction in moving:
            message = f"the direction '{direction}' moves itself"
            raise InputError(message, place=place, hint="give the direction a name of its own")
