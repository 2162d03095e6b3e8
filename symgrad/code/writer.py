"""A formula as NumPy source text, with brackets by precedence; what an operation looks like is in `rules`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct, field

from symgrad.code.identifiers import Identifiers
from symgrad.graph.shapes import Shape
from symgrad.numbers.spaces import FLOATS
from symgrad.tree import Entry, Formula, Gradient, Name, Number, Op, Size, Value, walk

COMPARE, ADD, MULTIPLY, SIGN, POWER, ATOM = range(6)
LONGEST_DECIMAL = 8
"""Characters of a fraction that is written as a decimal number; 1/3 stays a quotient."""


class Text(NamedTuple):
    """A piece of source text, and how tightly its outermost operator binds."""

    text: str
    level: int = ATOM

    def within(self, level: int) -> str:
        """The text as an operand where everything looser than ``level`` needs brackets."""
        return self.text if self.level >= level else f"({self.text})"

    def __format__(self, kind: str) -> str:
        """In a template: as an operand, {0}, or as an argument, which needs no brackets, {0:arg}."""
        return self.text if kind == "arg" else self.within(ATOM)


class Writer(Struct):
    """Writes formulas by ``rules``, one an operation.

    ``names`` are the identifiers of names and gradients, ``dims`` those of dimensions. ``sized``
    collects the dimensions used, ``library`` the library functions called, ``made`` the functions
    written for this code: their identifier and parameters, and the text they return.
    """

    rules: Mapping[str, Rule]
    shape: Callable[[Formula], Shape]
    names: Mapping[Formula, str]
    dims: Mapping[Any, str]
    identifiers: Identifiers
    sized: set[Any] = field(default_factory=set)
    library: set[str] = field(default_factory=set)
    made: dict[Any, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)

    def write(self, formula: Formula) -> Text:
        """The text of a formula. Raises TypeError for a node that has none."""
        match formula:
            case Number(value):
                return literal(value)
            case Size(id):
                return Text(self.dim(1 if id == "1" else id))
            case Name() | Gradient():
                return Text(self.names[formula])
            case Op(name):
                if name in self.rules:
                    return self.rules[name](self, formula)
        raise TypeError(f"no source text for {formula!r}")

    def array(self, formula: Formula) -> Text:
        """The text of a formula whose value is NumPy's even where it is a plain number."""
        text = self.write(formula)
        plain = isinstance(formula, Number | Size) or (isinstance(formula, Op) and formula.name == "pi")
        return Text(f"np.float64({text.text})") if plain else text

    def args(self, op: Op) -> tuple[Text, ...]:
        """The texts of the arguments; beside nothing but numbers, a number is one of NumPy's.

        So 1 / (n - 3) at n = 3 is infinite, as everywhere else, and no error of Python's.
        """
        write = self.write if any(map(_is_array, op.args)) else self.array
        return tuple(map(write, op.args))

    def dim(self, dim: Any) -> str:
        """A dimension: its identifier, or 1 where it is broadcast."""
        if dim == 1:
            return "1"
        self.sized.add(dim)
        return self.dims[dim]

    def dimensions(self, shape: Shape) -> str:
        """A shape as a tuple: ``()``, ``(n,)``, ``(n, m)``."""
        inner = ", ".join(map(self.dim, shape))
        return f"({inner},)" if len(shape) == 1 else f"({inner})"

    def call(self, function: str, *args: str) -> Text:
        """A call of a library function."""
        self.library.add(function)
        return Text(f"{function}({', '.join(args)})")


Rule: TypeAlias = Callable[[Writer, Op], Text]


def literal(value: Fraction) -> Text:
    """A number: whole, decimal where that is short, else a quotient or the nearest float."""
    nearest = FLOATS.array(value).item()
    if abs(nearest) == float("inf"):
        return Text("np.inf") if nearest > 0 else Text("-np.inf", SIGN)
    whole = value.denominator == 1
    if max(abs(value.numerator), value.denominator) < 2**53 and not whole:
        short = len(repr(nearest)) <= LONGEST_DECIMAL
        quotient = Text(f"{value.numerator} / {value.denominator}", MULTIPLY)
        return _signed(repr(nearest)) if short else quotient
    return _signed(str(value.numerator) if whole and abs(value) < 2**53 else repr(nearest))


def _signed(text: str) -> Text:
    return Text(text, SIGN if text.startswith("-") else ATOM)


def _is_array(formula: Formula) -> bool:
    """Whether a formula has an array in it, so that Python's own numbers beside it do no harm."""
    return any(isinstance(node, Name | Gradient | Entry | Value) for node in walk(formula))
