"""What stands in the place of an unspecified function where numbers are wanted: in random checks."""

from __future__ import annotations

import random
from fractions import Fraction

from msgspec.structs import replace

from symgrad.operations.own import primitive
from symgrad.operations.own_derivative import own_derivative
from symgrad.tree import Formula, Function, Name, Number, Op


def stand_in(function: Function) -> Function:
    """A smooth function in the place of an unspecified one, for random checks: always the same for one name.

    1/5 + Σ_k x_k / 2n + sin(b + Σ_k c_k x_k) / 8 for n arguments. Its slopes have both signs; where all
    arguments lie between 0 and 1 so does its value, and where all are positive it is positive: a
    logarithm or a root of it is defined somewhere. That of f′ is the derivative of that of f.
    """
    if (whole := primitive(function)) is not None:
        return replace(function, body=own_derivative(stand_in(whole), 0))
    draw = random.Random(function.name)
    count = len(function.parameters)
    wave: Formula = Number(Fraction(draw.randrange(100, 300), 100))
    line: Formula = Number(Fraction(1, 5))
    for parameter in function.parameters:
        wave = _plus(wave, Fraction(draw.randrange(500, 700), 100), parameter)
        line = _plus(line, Fraction(1, 2 * count), parameter)
    ripple = Op("divide", (Op("sin", (wave,)), Number(Fraction(8))))
    return Function(function.name, function.parameters, function.defaults, Op("add", (line, ripple)))


def _plus(rest: Formula, factor: Fraction, parameter: str) -> Formula:
    return Op("add", (rest, Op("multiply", (Number(factor), Name(parameter)))))
