"""Calls of the problem's own functions: one record for all, with the function among the options.

``Op("call", (u, v), (("definition", f),))`` is f(u, v), with a value for every parameter. What is
remembered of an operation is remembered by name and options, so by the content of f.
"""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Indices, Numbers, Options, Scope, Space, Views, broadcast_shape
from symgrad.tree import Function, Op

MARK = "'"
"""Of a derivative: no name of a problem ends with it."""


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


def derived(function: Function) -> Function:
    """f′ of an unspecified f of one argument, which is as unspecified: f″ is its derivative."""
    return Function(f"{function.name}{MARK}", function.parameters, function.defaults, None)


def primitive(function: Function) -> Function | None:
    """The unspecified function whose derivative this one is; None of one that has a name of its own."""
    if not function.name.endswith(MARK):
        return None
    return Function(function.name.removesuffix(MARK), function.parameters, function.defaults, None)


def as_slope(call: Op) -> Op:
    """A call of f' as the derivative of f that it is; any other call as it stands."""
    whole = primitive(call.option("definition"))
    if whole is None:
        return call
    return Op("prime", call.args, (("function", CALL.name), ("position", 0), ("definition", whole)))
