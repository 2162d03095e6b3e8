"""From an operation's record to its entry formula and its local derivatives, by SymPy.

SymPy writes the definition and differentiates it; what it returns is read into a `Poly`, which
collapses the deltas, and folded back to the operation's own output where that is shorter.
Everything here is about an operation as such, over placeholders ``#0, #1, …`` for its arguments and
``#out`` for its output; it is worked out once and reused for every layer that has the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from typing import Any

from msgspec import Struct

from symgrad.calculus.folding import fold
from symgrad.calculus.functions import apply
from symgrad.calculus.implicit import solve_identity
from symgrad.calculus.index import (
    Atom,
    Cell,
    Count,
    Dim,
    Index,
    Poly,
    add,
    atom,
    cell,
    constant,
    fresh,
    kron,
    map_atoms,
    multiply,
    power,
    rename,
    total,
)
from symgrad.graph.shapes import Shape
from symgrad.late import sympy
from symgrad.operations import operation
from symgrad.operations.derivative import FUNCTIONS, ScalarDerivative, scalar_derivative
from symgrad.operations.own import CALL
from symgrad.operations.record import Scope, View
from symgrad.tree import Formula, Name, Number, Op, Size

OUT = Name("#out")
Options = tuple[tuple[str, Any], ...]
Argument = tuple[str, Any]
"""How an argument counts: ("array", dims), ("number", Fraction) or ("size", name)."""


def placeholder(position: int) -> Name:
    """The name that stands for an argument."""
    return Name(f"#{position}")


class Definition(Struct, frozen=True, dict=True):
    """An operation's entry, as SymPy wrote it, over placeholders."""

    name: str
    options: Options
    arguments: tuple[Argument, ...]
    expression: Any
    scope: Scope
    views: tuple[View, ...]
    symbols: tuple[Any, ...]
    out: tuple[Index, ...]

    @cached_property
    def poly(self) -> Poly:
        """The definition as a polynomial (of structured and linear operations)."""
        return self.read(self.expression)

    def read(self, expression: Any) -> Poly:
        """A SymPy expression in this definition's scope as a polynomial."""
        return Reader(self.scope).read(expression)


class Local(Struct, frozen=True):
    """∂out[out]/∂argument[by] as a polynomial in the arguments and the output."""

    out: tuple[Index, ...]
    by: tuple[Index, ...]
    poly: Poly


@lru_cache(maxsize=4096)
def define(name: str, options: Options, arguments: tuple[Argument, ...], out: tuple[Dim, ...]) -> Definition:
    """The entry formula of an operation applied to arguments of these kinds."""
    scope = Scope()
    views = tuple(_view(position, argument, scope) for position, argument in enumerate(arguments))
    symbols = tuple(scope.index(dim) for dim in out)
    expression = operation(name).entry(scope, views, symbols, dict(options))
    indices = tuple(_index(symbol, scope) for symbol in symbols)
    return Definition(name, options, arguments, expression, scope, views, symbols, indices)


@lru_cache(maxsize=4096)
def differentiate(
    name: str,
    options: Options,
    arguments: tuple[Argument, ...],
    out: tuple[Dim, ...],
    position: int,
) -> Local:
    """The local derivative of an operation by one of its arguments."""
    definition = define(name, options, arguments, out)
    by = tuple(definition.scope.index(dim) for dim in definition.views[position].dims)
    poly = DERIVATIVES[operation(name).kind](definition, position, by)
    return Local(definition.out, tuple(_index(symbol, definition.scope) for symbol in by), poly)


def _explicit(definition: Definition, position: int, by: tuple[Any, ...]) -> Poly:
    """SymPy differentiates the entry formula; what it contains of the output is folded back."""
    entry = definition.views[position](*by)
    direct = definition.read(sympy.diff(_terms_with(entry, definition.expression), entry))
    chained = (_through(definition, symbol, by) for symbol in definition.scope.inner)
    known = fold_known(add(direct, *chained), definition.name, definition.options, definition.arguments)
    return fold(known, definition.poly, OUT, definition.out)


def _terms_with(entry: Any, expression: Any) -> Any:
    """The terms of a formula in which an array stands: a concat of many has one for each of them."""
    array = entry.base if isinstance(entry, sympy.Indexed) else entry
    return sympy.Add(*(term for term in sympy.Add.make_args(expression) if term.has(array)))


def _through(definition: Definition, symbol: Any, by: tuple[Any, ...]) -> Poly:
    """The chain rule through an inner operation: ∂entry/∂inner · ∂inner/∂argument."""
    inner = definition.scope.inner[symbol]
    local = differentiate(inner, (), definition.arguments, (), 0)
    indices = (_index(index, definition.scope) for index in by)
    slope = rename(local.poly, dict(zip(local.by, indices, strict=True)))
    value = definition.scope.constants[symbol]
    return multiply(definition.read(sympy.diff(definition.expression, symbol)), _replace(slope, OUT, value))


def _implicit(definition: Definition, position: int, by: tuple[Any, ...]) -> Poly:
    """The defining identity differentiated, and solved for the derivative of the output."""
    scope, x = definition.scope, definition.views[position]
    y = _array(OUT.id, tuple(index.dim for index in definition.out))
    at, unknown = (tuple(scope.index(dim) for dim in y.dims) for _ in range(2))
    identity = operation(definition.name).identity
    assert identity is not None, f"{definition.name} states no identity"
    zero = identity(scope, x, y, at, by, dict(definition.options))
    by_x, by_y = (definition.read(sympy.diff(zero, entry)) for entry in (x(*by), y(*unknown)))
    rows, columns = (tuple(_index(symbol, scope) for symbol in part) for part in (at, unknown))
    found = solve_identity(by_x, by_y, rows, columns, definition.out)
    return _replace(found, Op(definition.name, (placeholder(0),), definition.options), OUT)


def _replace(poly: Poly, old: Formula, new: Formula) -> Poly:
    """The polynomial with one array for another."""

    def change(single: Atom) -> Poly:
        return atom(Cell(new, single.indices) if isinstance(single, Cell) and single.base == old else single)

    return map_atoms(poly, change)


def _elementwise(definition: Definition, position: int, by: tuple[Any, ...]) -> Poly:
    """f'(entries) · δ: SymPy differentiates the scalar formula, broadcasting adds the deltas."""
    out, arguments = definition.out, definition.arguments
    derivative = _scalar(definition, position)
    values = {f"#{n}": _spread(placeholder(n), argument, out) for n, argument in enumerate(arguments)}
    if derivative.expression is not None:
        inner = Reader(definition.scope, values | {OUT.id: cell(OUT, *out)}).read(derivative.expression)
    elif derivative.operation is not None:
        inner = cell(Op(derivative.operation, (placeholder(0),)), *out)
    else:
        chosen = (("function", definition.name), ("position", position), *definition.options)
        prime = Op("prime", tuple(_formula(n, a) for n, a in enumerate(arguments)), chosen)
        inner = cell(prime, *out)
    indices = [_index(symbol, definition.scope) for symbol in by]
    pairs = zip(out[len(out) - len(indices) :], indices, strict=True)
    return multiply(inner, *(atom(kron(a, b)) for a, b in pairs if b.dim == a.dim))


def _scalar(definition: Definition, position: int) -> ScalarDerivative:
    """The derivative in scalars; that of a problem's own function always keeps its name f'."""
    if definition.name == CALL.name:
        return ScalarDerivative(None)
    constants = tuple(map(_constant, definition.arguments))
    return scalar_derivative(definition.name, definition.options, constants, position)


DERIVATIVES: Mapping[str, Callable[[Definition, int, tuple[Any, ...]], Poly]] = {
    "linear": _explicit,
    "structured": _explicit,
    "elementwise": _elementwise,
    "implicit": _implicit,
}
"""How a local derivative is found, by the kind of the operation."""


def _spread(base: Formula, argument: Argument, out: tuple[Index, ...]) -> Poly:
    kind, value = argument
    if kind != "array":
        return constant(value) if kind == "number" else atom(Count(value))
    return spread(value, out, lambda *indices: cell(base, *indices))


def spread(shape: Shape, out: tuple[Index, ...], entry: Callable[..., Poly]) -> Poly:
    """The entry of a broadcast array at ``out``: trailing axes aligned, an axis of size 1 repeated."""
    indices = list(out[len(out) - len(shape) :])
    repeated = []
    for axis, dim in enumerate(shape):
        if dim == 1 and indices[axis].dim != 1:
            indices[axis] = fresh(1)
            repeated.append(indices[axis])
    return total(entry(*indices), *repeated)


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
    return _array(f"#{position}", value)


def _array(label: str, dims: tuple[Dim, ...]) -> View:
    """An array, or a scalar, that has a name."""
    return View(sympy.IndexedBase(label) if dims else sympy.Symbol(label, real=True), dims)


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
        for kind, method in _readers():
            if isinstance(node, kind):
                return method(self, node)
        raise _no_polynomial(node)

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
        if node in self.scope.constants:
            return atom(Cell(self.scope.constants[node]))
        if node in self.scope.sizes:
            return atom(Count(self.scope.sizes[node]))
        return self.values.get(node.name) or atom(Cell(Name(node.name)))

    def _pi(self, node: Any) -> Poly:
        return atom(Cell(Op("pi")))

    def _function(self, node: Any) -> Poly:
        if node.func not in FUNCTIONS:
            raise _no_polynomial(node)
        return apply(FUNCTIONS[node.func], *map(self.read, node.args))


def _no_polynomial(node: Any) -> TypeError:
    return TypeError(f"no polynomial for the SymPy node {type(node).__name__}: {node}")


@cache
def _readers() -> tuple[tuple[Any, Callable[[Reader, Any], Poly]], ...]:
    """How each kind of SymPy's nodes is read; of several kinds the first counts."""
    return (
        (sympy.Rational, Reader._rational),
        (sympy.tensor.indexed.Indexed, Reader._indexed),
        (sympy.KroneckerDelta, Reader._delta),
        (type(sympy.pi), Reader._pi),
        (sympy.Symbol, Reader._symbol),
        (sympy.Add, Reader._add),
        (sympy.Mul, Reader._mul),
        (sympy.Pow, Reader._pow),
        (sympy.Sum, Reader._sum),
        (sympy.Function, Reader._function),
    )
