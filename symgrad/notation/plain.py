"""A formula as plain text, in the syntax of problem files as far as that goes.

``∂J/∂v`` is a gradient, ``relu'(u)`` a derivative that keeps its name, ``W[k, j]`` an entry, ``Σ_k``
a sum and ``δ_ij`` Kronecker's delta, which no problem file holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symgrad.notation.context import Context
from symgrad.notation.letters import letters_beside
from symgrad.operations import FORMULA_SIGNATURES
from symgrad.operations.own import CALL
from symgrad.operations.signature import ORDERS
from symgrad.tree import (
    Cases,
    Condition,
    Delta,
    Entry,
    Formula,
    Gradient,
    Name,
    Number,
    Op,
    Partial,
    Prod,
    Second,
    Size,
    Total,
    Value,
    transform,
)

NORMS = {name: order for order, name in ORDERS.items() if order != 2}
SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
INFIX: Mapping[str, tuple[str, int]] = {
    "add": ("+", SUM),
    "subtract": ("-", SUM),
    "multiply": ("*", PRODUCT),
    "divide": ("/", PRODUCT),
    "matmul": ("@", PRODUCT),
    "less": ("<", SUM),
    "less_equal": ("<=", SUM),
    "greater": (">", SUM),
    "greater_equal": (">=", SUM),
    "equal": ("==", SUM),
}


def plain(formula: Formula) -> str:
    """The text of a formula. Raises TypeError for anything else.

    >>> plain(Op("matmul", (Op("transpose", (Name("W"),)), Gradient("J", "v"))))
    'W.T @ ∂J/∂v'
    """
    return _text(formula)[0]


def plain_in(context: Context) -> Callable[[Formula], str]:
    """How a problem's formulas are written as plain text: no index is a name, ``∂⁺`` marks what is direct."""
    letters = letters_beside({*context.naming.names})

    def change(node: Formula) -> Formula:
        match node:
            case Entry(base, indices):
                return Entry(base, tuple(i if isinstance(i, int) else _letter(i, letters) for i in indices))
            case Total(body, index):
                return Total(body, _letter(index, letters))
            case Delta(left, right):
                return Delta(_letter(left, letters), _letter(right, letters))
            case Cases(rows):
                return Cases(tuple((body, _condition_in(when, letters)) for body, when in rows))
            case Partial(of, wrt) if context.is_marked(node):
                return Name(f"∂⁺{of}/∂{wrt}")
        return node

    return lambda formula: plain(transform(formula, change))


def _letter(index: str, letters: Mapping[str, str]) -> str:
    letter, mark, number = index.partition("_")
    return letters.get(letter, letter) + mark + number


def _condition_in(condition: Condition, letters: Mapping[str, str]) -> Condition:
    sides = (_letter(s, letters) if isinstance(s, str) else s for s in (condition.left, condition.right))
    left, right = sides
    return Condition(left, condition.relation, right)


def _text(formula: Formula) -> tuple[str, int]:
    """The text, and how tightly its outermost operator binds."""
    match formula:
        case Number(value):
            return _number(value)
        case Name(id) | Size(id):
            return id, ATOM
        case Gradient(of, wrt) | Partial(of, wrt):
            return f"∂{of}/∂{wrt}", ATOM
        case Second(of, wrt, by):
            return f"∂²{of}/∂{wrt}∂{by}", ATOM
        case Op():
            return _operation(formula)
        case Value(array):
            return str(array.tolist()), ATOM
        case Entry(base, indices):
            return f"{_within(base, ATOM)}[{', '.join(map(str, indices))}]", ATOM
        case Total(body, index):
            return f"Σ_{index} {_within(body, PRODUCT)}", SUM
        case Delta(left, right):
            return f"δ_{left}{right}", ATOM
        case Prod(upstream, local):
            return f"prod({plain(upstream)}, {plain(local)})", ATOM
        case Cases(rows):
            return "; ".join(f"{plain(body)} {_condition(condition)}" for body, condition in rows), SUM
    raise TypeError(f"not a formula: {formula!r}")


def _within(formula: Formula, level: int) -> str:
    text, own = _text(formula)
    return text if own >= level else f"({text})"


def _number(value: Fraction) -> tuple[str, int]:
    """Whole, a short decimal number where that is exact, else a quotient."""
    text = str(value)
    if value.denominator != 1 and Fraction(repr(float(value))) == value:
        text = repr(float(value))
    return text, PRODUCT if "/" in text else SIGN if value < 0 else ATOM


def _operation(op: Op) -> tuple[str, int]:
    match op:
        case Op(name, (left, right)) if name in INFIX:
            sign, level = INFIX[name]
            return f"{_within(left, level)} {sign} {_within(right, level + 1)}", level
        case Op("power", (base, exponent)):
            return f"{_within(base, ATOM)}**{_within(exponent, ATOM)}", POWER
        case Op("negative", (arg,)):
            return f"-{_within(arg, SIGN)}", SIGN
        case Op("transpose", (arg,)):
            return f"{_within(arg, ATOM)}.T", ATOM
        case Op("gather", (base, labels)):
            return f"{_within(base, ATOM)}[{plain(labels)}]", ATOM
        case Op("pi"):
            return "pi", ATOM
        case Op("index", (arg,)):
            return f"{_within(arg, ATOM)}[{', '.join(map(_key, op.option('key')))}]", ATOM
    return f"{_called(op)}({', '.join([*map(plain, op.args), *_options(op)])})", ATOM


def _called(op: Op) -> str:
    """The function's name, with a prime for its derivative."""
    own = op.option("definition")
    if op.name == "prime":
        return f"{own.name if own else op.option('function')}'"
    name = "norm" if op.name in NORMS else op.name
    return str(own.name) if op.name == CALL.name else name


def _options(op: Op) -> list[str]:
    """The options a problem file would state, and the sizes of a constant array."""
    if op.name in ("ones", "zeros"):
        return [str(dim) for dim in op.option("shape")]
    if op.name in NORMS:
        return [f"ord={NORMS[op.name]}"]
    if op.name in ("eye", "onehot"):
        return [str(op.option("size"))]
    defaults = dict(FORMULA_SIGNATURES[op.name].options) if op.name in FORMULA_SIGNATURES else {}
    stated = ((name, value) for name, value in op.options if name in defaults and value != defaults[name])
    return [f"{name}={float(value) if isinstance(value, Fraction) else value}" for name, value in stated]


def _key(part: Any) -> str:
    if isinstance(part, int):
        return str(part)
    return ":".join("" if end is None else str(end) for end in part[1:])


def _condition(condition: Condition) -> str:
    sides = (side if isinstance(side, str) else plain(side) for side in (condition.left, condition.right))
    left, right = sides
    return f"if {left} {condition.relation} {right}" if condition.relation else "otherwise"
