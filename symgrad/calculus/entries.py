"""From an operation's record to its entry formula and its local derivatives, by SymPy.

SymPy writes the definition and differentiates it; what it returns is read into a `Poly`, which
collapses the deltas, and folded back to the operation's own output where that is shorter.
Everything here is about an operation as such, over placeholders ``#0, #1, …`` for its arguments and
``#out`` for its output; it is worked out once and reused for every layer that has the same form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import sympy

from symgrad.calculus.folding import fold
from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Cell,
    Count,
    Dim,
    Index,
    Poly,
    add,
    atom,
    cell,
    constant,
    kron,
    multiply,
    power,
    total,
)
from symgrad.operations import operation
from symgrad.operations.derivative import scalar_derivative
from symgrad.operations.record import Scope, View
from symgrad.tree import Formula, Name, Number, Op, Size

OUT = Name("#out")
Argument = tuple[str, Any]
"""How an argument counts: ("array", dims), ("number", Fraction) or ("size", name)."""


def placeholder(position: int) -> Name:
    """The name that stands for an argument."""
    return Name(f"#{position}")


@dataclass(frozen=True)
class Definition:
    """An operation's entry, as SymPy wrote it, over placeholders."""

    expression: Any
    scope: Scope
    views: tuple[View, ...]
    symbols: tuple[Any, ...]
    out: tuple[Index, ...]

    @cached_property
    def poly(self) -> Poly:
        """The definition as a polynomial (of structured and linear operations)."""
        return Reader(self.scope).read(self.expression)


@dataclass(frozen=True)
class Local:
    """∂out[out]/∂argument[by] as a polynomial in the arguments and the output."""

    out: tuple[Index, ...]
    by: tuple[Index, ...]
    poly: Poly


@lru_cache(maxsize=4096)
def define(
    name: str, options: tuple[tuple[str, Any], ...], arguments: tuple[Argument, ...], out: tuple[Dim, ...]
) -> Definition:
    """The entry formula of an operation applied to arguments of these kinds."""
    scope = Scope()
    views = tuple(_view(position, argument, scope) for position, argument in enumerate(arguments))
    symbols = tuple(scope.index(dim) for dim in out)
    expression = operation(name).entry(scope, views, symbols, dict(options))
    indices = tuple(_index(symbol, scope) for symbol in symbols)
    return Definition(expression, scope, views, symbols, indices)


@lru_cache(maxsize=4096)
def differentiate(
    name: str,
    options: tuple[tuple[str, Any], ...],
    arguments: tuple[Argument, ...],
    out: tuple[Dim, ...],
    position: int,
) -> Local:
    """The local derivative of an operation by one of its arguments."""
    definition = define(name, options, arguments, out)
    scope, view = definition.scope, definition.views[position]
    by = tuple(scope.index(dim) for dim in view.dims)
    indices = tuple(_index(symbol, scope) for symbol in by)
    if operation(name).kind == "elementwise":
        poly = _elementwise(name, options, arguments, definition, position, indices)
    else:
        raw = Reader(scope).read(sympy.diff(definition.expression, view(*by)))
        known = fold_known(raw, name, options, arguments)
        poly = fold(known, definition.poly, OUT, definition.out)
    return Local(definition.out, indices, poly)


def _elementwise(
    name: str,
    options: tuple[tuple[str, Any], ...],
    arguments: tuple[Argument, ...],
    definition: Definition,
    position: int,
    by: tuple[Index, ...],
) -> Poly:
    """f'(entries) · δ: SymPy differentiates the scalar formula, broadcasting adds the deltas."""
    placed = [(_spread(placeholder(n), argument, definition.out)) for n, argument in enumerate(arguments)]
    derivative = scalar_derivative(name, options, tuple(_constant(a) for a in arguments), position)
    values = {f"#{n}": poly for n, poly in enumerate(placed)} | {"#out": cell(OUT, *definition.out)}
    if derivative.expression is not None:
        inner = Reader(definition.scope, values).read(derivative.expression)
    elif derivative.operation is not None:
        inner = cell(Op(derivative.operation, (placeholder(0),)), *definition.out)
    else:
        chosen = (("function", name), ("position", position), *options)
        prime = Op("prime", tuple(_formula(n, a) for n, a in enumerate(arguments)), chosen)
        inner = cell(prime, *definition.out)
    lead = len(definition.out) - len(by)
    pairs = zip(definition.out[lead:], by, strict=True)
    return multiply(inner, *(atom(kron(a, b)) for a, b in pairs if b.dim == a.dim))


def _spread(base: Formula, argument: Argument, out: tuple[Index, ...]) -> Poly:
    kind, value = argument
    if kind != "array":
        return constant(value) if kind == "number" else atom(Count(value))
    indices, repeated = list(out[len(out) - len(value) :]), []
    for axis, dim in enumerate(value):
        if dim == 1 and indices[axis].dim != 1:
            indices[axis] = Index(f"one{axis}", 1)
            repeated.append(indices[axis])
    return total(cell(base, *indices), *repeated)


def _formula(position: int, argument: Argument) -> Formula:
    kind, value = argument
    return {"number": Number, "size": Size}[kind](value) if kind != "array" else placeholder(position)


def _constant(argument: Argument) -> Fraction | None:
    return argument[1] if argument[0] == "number" else None


def _view(position: int, argument: Argument, scope: Scope) -> View:
    kind, value = argument
    if kind == "number":
        return View(sympy.Rational(value.numerator, value.denominator), ())
    if kind == "size":
        return View(scope.size(value), ())
    symbol = sympy.IndexedBase(f"#{position}") if value else sympy.Symbol(f"#{position}", real=True)
    return View(symbol, value)


def _index(symbol: sympy.Symbol, scope: Scope) -> Index:
    return Index(symbol.name, scope.dims[symbol])


KNOWN = {"logsumexp": "softmax", "log_softmax": "softmax", "norm": "direction"}
"""Operations whose derivative contains another operation of the same argument (log Σ exp: the softmax)."""


def fold_known(
    poly: Poly, name: str, options: tuple[tuple[str, Any], ...], arguments: tuple[Argument, ...]
) -> Poly:
    """A derivative with the operation that stands in it written by its name."""
    if name not in KNOWN:
        return poly
    other = KNOWN[name]
    kept = tuple((key, value) for key, value in options if key == "axis" and len(arguments[0][1]) > 1)
    known = define(other, kept, arguments, arguments[0][1])
    return fold(poly, known.poly, Op(other, (placeholder(0),), kept), known.out)


class Reader:
    """Reads a SymPy expression into a `Poly`: one small method a node class, anything else is an error."""

    def __init__(self, scope: Scope, values: dict[str, Poly] | None = None) -> None:
        self.scope = scope
        self.values = values or {}

    def read(self, node: Any) -> Poly:
        """The polynomial of a SymPy expression; TypeError for a node it does not know."""
        for kind, method in READERS:
            if isinstance(node, kind):
                return method(self, node)
        raise TypeError(f"no polynomial for the SymPy node {type(node).__name__}: {node}")

    def _add(self, node: Any) -> Poly:
        return add(*map(self.read, node.args))

    def _mul(self, node: Any) -> Poly:
        return multiply(*map(self.read, node.args))

    def _pow(self, node: Any) -> Poly:
        base, exponent = node.args
        if exponent.is_Rational:
            return power(self.read(base), Fraction(int(exponent.p), int(exponent.q)))
        return apply("power", self.read(base), self.read(exponent))

    def _sum(self, node: Any) -> Poly:
        return total(self.read(node.function), *(_index(limit[0], self.scope) for limit in node.limits))

    def _rational(self, node: Any) -> Poly:
        return constant(Fraction(int(node.p), int(node.q)))

    def _indexed(self, node: Any) -> Poly:
        base = self.scope.constants.get(node.base, Name(node.base.label.name))
        return cell(base, *(_index(symbol, self.scope) for symbol in node.indices))

    def _delta(self, node: Any) -> Poly:
        return atom(kron(*(_index(symbol, self.scope) for symbol in node.args)))

    def _symbol(self, node: Any) -> Poly:
        if node in self.scope.sizes:
            return atom(Count(self.scope.sizes[node]))
        return self.values.get(node.name) or atom(Cell(Name(node.name)))

    def _pi(self, node: Any) -> Poly:
        return atom(Cell(Op("pi")))

    def _function(self, node: Any) -> Poly:
        return apply(node.func.__name__, *map(self.read, node.args))


READERS: tuple[tuple[Any, Callable[[Reader, Any], Poly]], ...] = (
    (sympy.Rational, Reader._rational),
    (sympy.tensor.indexed.Indexed, Reader._indexed),
    (sympy.KroneckerDelta, Reader._delta),
    (type(sympy.pi), Reader._pi),
    (sympy.Symbol, Reader._symbol),
    (sympy.Add, Reader._add),
    (sympy.Mul, Reader._mul),
    (sympy.Pow, Reader._pow),
    (sympy.Sum, Reader._sum),
    ((sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tanh), Reader._function),
)
