"""The variance and the standard deviation of entries, over their number."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.catalogue.mean import mean, mean_value
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Axis, Indices, Numbers, Options, Scope, Space, Views
from symgrad.operations.reductions import by_columns, reduced_shape, split
from symgrad.operations.signature import REDUCED


def _var(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = split(scope, views[0], out, options)
    number = sympy.Mul(*(scope.size(scope.dims[k]) for k in gone))
    deviation = views[0](*indices) - mean(scope, views, out, options)
    return scope.sum(deviation**2, *gone) / number


def _var_value(space: Space, x: Numbers, axis: Axis = None, keepdims: bool = False) -> Numbers:
    deviation = space.apply("subtract", x, mean_value(space, x, axis, True))
    return mean_value(space, deviation * deviation, axis, keepdims)


def _std_value(space: Space, x: Numbers, axis: Axis = None, keepdims: bool = False) -> Numbers:
    return space.apply("sqrt", _var_value(space, x, axis, keepdims))


VAR = Operation(
    "var",
    "variance",
    "structured",
    _var,
    reduced_shape,
    _var_value,
    "the deviations from the mean sum to zero, so only the squares are differentiated",
    call=REDUCED,
    names=("Var", "variance"),
    example=by_columns("var"),
)
STD = Operation(
    "std",
    "standard deviation",
    "structured",
    lambda scope, views, out, options: sympy.sqrt(_var(scope, views, out, options)),
    reduced_shape,
    _std_value,
    "the derivative of a root of the variance",
    call=REDUCED,
    example=Example("std(x)", {"x": ("n",)}),
)
