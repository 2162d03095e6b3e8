"""Calls of the problem's own functions: one record for all, with the function among the options.

``Op("call", (u, v), (("definition", f),))`` is f(u, v), with a value for every parameter. What is
remembered of an operation is remembered by name and options, so by the content of f.
"""

from __future__ import annotations

import random
from fractions import Fraction

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Indices, Numbers, Options, Scope, Space, Views, broadcast_shape
from symgrad.tree import Formula, Function, Name, Number, Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """By name: `symgrad.operations.own_derivative` opens the body where it is differentiated."""
    return sympy.Function(options["definition"].name)(*(scope.spread(view, out) for view in views))


def _value(space: Space, *args: Numbers, definition: Function) -> Numbers:
    return space.apply("call", *args, definition=definition)


CALL = Operation(
    "call",
    "function of the problem",
    "elementwise",
    _entry,
    broadcast_shape,
    _value,
    "an elementwise function: each entry is multiplied by the function's derivative there",
    source="the problem",
)


def stand_in(function: Function) -> Function:
    """A smooth function in the place of an unspecified one, for random checks: always the same for one name.

    1/5 + Σ_k x_k / 2n + sin(b + Σ_k c_k x_k) / 8 for n arguments. Its slopes have both signs; where all
    arguments lie between 0 and 1 so does its value, and where all are positive it is positive: a
    logarithm or a root of it is defined somewhere.
    """
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
