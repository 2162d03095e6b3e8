"""The derivative of a problem's own function, by SymPy from its body, as a formula over its parameters.

SymPy sees the built-in functions in a body by name and finds the product and chain rules itself;
their own slopes come from `symgrad.operations.derivative`: swish(t) = t σ(t) has σ(t) + t (σ(t) − σ(t)²).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, lru_cache, reduce
from typing import Any

from msgspec import Struct, field

from symgrad.late import sympy
from symgrad.operations.derivative import FUNCTIONS, arguments, output, scalar_derivative
from symgrad.tree import ONE, Formula, Function, Name, Number, Op, number

Options = tuple[tuple[str, Any], ...]


class NoDerivative(ArithmeticError):
    """A body that has no real derivative anywhere, such as 0**t."""


@lru_cache(maxsize=1024)
def own_derivative(function: Function, position: int) -> Formula:
    """∂f/∂(parameter at ``position``) of a function with a body. Raises `NoDerivative`."""
    assert function.body is not None, f"{function.name} is unspecified"
    translation = Translation(function.parameters)
    body = translation.to_sympy(function.body)
    return translation.to_formula(sympy.diff(body, translation.symbol(function.parameters[position])))


@cache
def _closed() -> Any:
    """The class of an operation that SymPy leaves closed.

    `Translation` makes a subclass for each name and its options, and is its ``translation``.
    """

    def slope(node: Any, symbol: Any) -> Any:
        return (_choice if node.name == "where" else _elementwise)(node, symbol)

    return type("Closed", (sympy.Function,), {"_eval_derivative": slope})


def _elementwise(node: Any, symbol: Any) -> Any:
    """Σ_k ∂f/∂#k · ∂(argument k)/∂symbol."""
    slopes = (
        _slope(node, position) * sympy.diff(arg, symbol)
        for position, arg in enumerate(node.args)
        if symbol in arg.free_symbols
    )
    return sympy.Add(*slopes)


def _slope(node: Any, position: int) -> Any:
    """∂f/∂#position at the arguments: short, by the name of another function, or f'."""
    make, args = node.translation.node, node.args
    if node.name != "call":
        found = scalar_derivative(node.name, node.options, (None,) * len(args), position)
        if found.expression is not None:
            at = dict(zip(arguments(len(args)), args, strict=True))
            return found.expression.xreplace({**at, output(): node})
        if found.operation is not None:
            return make(found.operation, ())(*args)
    return make("prime", (("function", node.name), ("position", position), *node.options))(*args)


def _choice(node: Any, symbol: Any) -> Any:
    """Nothing goes through the condition; each side has its own derivative."""
    condition, *sides = node.args
    slopes = [sympy.diff(side, symbol) for side in sides]
    return node.func(condition, *slopes) if any(slopes) else sympy.Integer(0)


OPENED: Mapping[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "negative": lambda a: -a,
    "pi": lambda: sympy.pi,
}
"""The arithmetic that SymPy does itself."""


class Translation(Struct):
    """Formulas over some parameters as SymPy expressions, and back."""

    parameters: tuple[str, ...]
    kinds: dict[tuple[str, Options], Any] = field(default_factory=dict)

    def symbol(self, parameter: str) -> Any:
        """The symbol of a parameter: nothing is assumed of it, so that √t² stays as it is."""
        return sympy.Symbol(parameter)

    def node(self, name: str, options: Options) -> Any:
        """The class of an operation that stays closed."""
        kind = {"translation": self, "name": name, "options": options}
        return self.kinds.setdefault((name, options), type(f"{name}{len(self.kinds)}", (_closed(),), kind))

    def to_sympy(self, formula: Formula) -> Any:
        """A body as SymPy differentiates it."""
        match formula:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Name(id):
                return self.symbol(id)
            case Op(name, args, options):
                make = OPENED.get(name) or self.node(name, options)
                return make(*map(self.to_sympy, args))
        raise TypeError(f"no body holds {formula!r}")

    def to_formula(self, expression: Any) -> Formula:
        """A derivative as a formula; `NoDerivative` for a number that is not real."""
        for kind, method in _writers():
            if isinstance(expression, kind):
                return method(self, expression)
        raise _not_real(expression)

    def _sum(self, expression: Any) -> Formula:
        """Positive terms first."""
        terms = sorted(expression.as_ordered_terms(), key=_is_negative)
        return reduce(self._plus, terms[1:], self.to_formula(terms[0]))

    def _plus(self, left: Formula, term: Any) -> Formula:
        if _is_negative(term):
            return Op("subtract", (left, self.to_formula(-term)))
        return Op("add", (left, self.to_formula(term)))

    def _product(self, expression: Any) -> Formula:
        """±(factors) / (factors with a negative exponent)."""
        if _is_negative(expression):
            return Op("negative", (self.to_formula(-expression),))
        over: list[Formula] = []
        under: list[Formula] = []
        for factor in expression.as_ordered_factors():
            base, exponent = factor.as_base_exp()
            if factor.is_Rational:
                over += [] if factor.p == 1 else [number(int(factor.p))]
                under += [] if factor.q == 1 else [number(int(factor.q))]
            elif exponent.is_Rational and exponent < 0:
                under.append(self.to_formula(base**-exponent))
            else:
                over.append(self.to_formula(factor))
        above = _times(over)
        return Op("divide", (above, _times(under))) if under else above

    def _power(self, expression: Any) -> Formula:
        base, exponent = expression.args
        if exponent.is_Rational and exponent < 0:
            return Op("divide", (ONE, self.to_formula(base**-exponent)))
        if exponent == sympy.Rational(1, 2):
            return Op("sqrt", (self.to_formula(base),))
        return Op("power", (self.to_formula(base), self.to_formula(exponent)))

    def _rational(self, expression: Any) -> Formula:
        value = Fraction(int(abs(expression.p)), int(expression.q))
        return Op("negative", (number(value),)) if expression < 0 else number(value)

    def _closed(self, expression: Any) -> Formula:
        return Op(expression.name, tuple(map(self.to_formula, expression.args)), expression.options)

    def _function(self, expression: Any) -> Formula:
        if expression.func not in FUNCTIONS:
            raise _not_real(expression)
        return Op(FUNCTIONS[expression.func], tuple(map(self.to_formula, expression.args)))

    def _symbol(self, expression: Any) -> Formula:
        return Name(expression.name)

    def _pi(self, expression: Any) -> Formula:
        return Op("pi")


def _not_real(expression: Any) -> NoDerivative:
    return NoDerivative(f"the derivative has no real value ({type(expression).__name__})")


def _is_negative(expression: Any) -> bool:
    return bool(expression.could_extract_minus_sign() and expression.as_coeff_Mul()[0] < 0)


def _times(factors: list[Formula]) -> Formula:
    return reduce(lambda a, b: Op("multiply", (a, b)), factors) if factors else ONE


@cache
def _writers() -> tuple[tuple[Any, Callable[[Translation, Any], Formula]], ...]:
    """How each kind of SymPy's nodes is written as a formula; of several kinds the first counts."""
    return (
        (sympy.Rational, Translation._rational),
        (sympy.Symbol, Translation._symbol),
        (type(sympy.pi), Translation._pi),
        (sympy.Add, Translation._sum),
        (sympy.Mul, Translation._product),
        (sympy.Pow, Translation._power),
        (_closed(), Translation._closed),
        (sympy.Function, Translation._function),
    )
