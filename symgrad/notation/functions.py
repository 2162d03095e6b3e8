"""Operations written as functions, name(a, b); their options become a subscript of the name."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as Rational
from typing import Any, TypeAlias

from msgspec.structs import replace

from symgrad.errors import NotSupported
from symgrad.maths.naming import name as habitual
from symgrad.maths.nodes import Fenced, Fraction, Maths, Numeral, Operator, Row, Script, Symbol, Text
from symgrad.notation.binding import Written
from symgrad.notation.context import Context
from symgrad.notation.numerals import constant
from symgrad.notation.operands import Layout, operands
from symgrad.notation.symbols import subscript
from symgrad.operations import OPERATIONS
from symgrad.operations.own import MARK
from symgrad.operations.record import axes
from symgrad.operations.signature import TEXT
from symgrad.tree import Formula, Number, Op, Value, walk

Hint: TypeAlias = Callable[[Any, Op, Context], "Maths | None"]
PRIMES = {1: "′", 2: "″"}
"""Of a first and of a second derivative."""


def word(text: str) -> Maths:
    """The name of a function."""
    return Symbol(text, "upright" if len(text) > 1 else "italic")


def named(function: str, context: Context) -> Maths:
    """The name of a function of the table: σ, or sigmoid where σ is a name of the problem."""
    return _apart(OPERATIONS[function].word, function, context)


def _apart(text: str, function: str, context: Context) -> Maths:
    return word(function) if context.naming.is_taken(word(text)) else word(text)


def function(text: str) -> Layout:
    """name(a, b), with what its options say as a subscript."""

    def layout(op: Op, context: Context) -> Written:
        below, name = hints(op, context), _apart(text, op.name, context)
        return Written(applied(name if below is None else Script(name, sub=below), op, context))

    return layout


def applied(name: Maths, op: Op, context: Context) -> Maths:
    """name(arguments of op)."""
    first, *others = (part.maths for part in operands(op, context))
    sign = Operator(context.language.separator if any(map(_has_decimals, op.args)) else ",")
    listed = (part for other in others for part in (sign, other))
    return Row((name, Fenced("(", Row((first, *listed)) if others else first, ")")))


def _has_decimals(argument: Formula) -> bool:
    """Whether a number with digits behind its point, which may be a comma, may stand in an argument."""
    return any(
        isinstance(node, Value) or (isinstance(node, Number) and node.value.denominator > 1)
        for node in walk(argument)
    )


def full_convolution(op: Op, context: Context) -> Written:
    """conv_full(a, k): the kernel also at places where only a part of it meets a."""
    said = hints(op, context)
    full = Text(context.language("full"))
    below = subscript((full, said) if said is not None else (full,))
    return Written(applied(Script(word("conv"), sub=below), op, context))


def attains(op: Op, context: Context) -> Written:
    """argmax(a): the weights, 1 in all, on the largest entries."""
    return function(f"arg{op.option('extreme')}")(op, context)


def prime(op: Op, context: Context) -> Written:
    """f′(t), the derivative of an elementwise function; f′_2(a, b) by its second argument."""
    if op.option("definition") is not None:
        short = shown(op)
        return Written(own(short if op.option("position") < len(short.args) else op, context))
    name = named(op.option("function"), context)
    return Written(applied(Script(name, sub=hints(op, context), sup=Symbol("′")), op, context))


def call(op: Op, context: Context) -> Written:
    """f(a, b) of a function of the problem's own; arguments at their defaults are left out."""
    return Written(own(shown(op), context))


def own(op: Op, context: Context) -> Maths:
    """f(a, b) or f′(t) with all arguments that are there; of a function of several ∂f/∂a (a, b)."""
    function, position = op.option("definition"), op.option("position")
    plain = function.name.rstrip(MARK)
    name, primes = context.naming.written(plain), len(function.name) - len(plain)
    if len(op.args) == 1 and position == 0:
        primes += 1
    if position is None or primes:
        return applied(_primed(name, primes) if primes else name, op, context)
    by = habitual(function.parameters[position], 0)
    return applied(Fraction(Row((Symbol("∂"), name)), Row((Symbol("∂"), by))), op, context)


def _primed(name: Maths, primes: int) -> Maths:
    """f₁′, f₁″, with the primes above the subscript."""
    marks = Symbol(PRIMES[primes])
    match name:
        case Script(base=base, sub=sub, sup=None):
            return Script(base, sub, marks)
        case Script():
            return Script(Fenced("(", name, ")"), sup=marks)
    return Script(name, sup=marks)


def shown(op: Op) -> Op:
    """The call without the last arguments that have their default values."""
    function, args = op.option("definition"), list(op.args)
    defaults = dict(zip(reversed(function.parameters), reversed(function.defaults), strict=False))
    for parameter in reversed(function.parameters[1:]):
        if parameter not in defaults or args[-1] != Number(defaults[parameter]):
            break
        args.pop()
    return replace(op, args=tuple(args))


def hints(op: Op, context: Context) -> Maths | None:
    """What the options of an operation say, for a subscript; None where there is nothing to say.

    Options that were left at their defaults are not in the tree.
    """
    found = (_hint(key, op)(value, op, context) for key, value in op.options)
    said = tuple(hint for hint in found if hint is not None)
    return subscript(said) if said else None


def _hint(option: str, op: Op) -> Hint:
    if option not in HINTS:
        raise NotSupported(f"the option '{option}' of '{op.name}' cannot be written yet")
    return HINTS[option]


def _silent(value: Any, op: Op, context: Context) -> None:
    return None


def _axis(value: int | tuple[int, ...] | None, op: Op, context: Context) -> Maths | None:
    """Within what the operation works: axis 1 runs along each row. Of more axes they are counted from 1."""
    rank = context.rank(op.args[0])
    if value is None or (rank < 2 and isinstance(value, int)):
        return None
    if rank > 2:
        return axes_told(axes(rank, value), context)
    if isinstance(value, tuple):
        return Text(context.language("all entries"))
    return Text(context.language("each row" if value in (1, -1) else "each column"))


def axes_told(found: tuple[int, ...], context: Context) -> Maths:
    """axis 2, axes 1, 3, counted from 1."""
    pattern = "axis {places}" if len(found) == 1 else "axes {places}"
    return Text(context.language(pattern, places=", ".join(str(axis + 1) for axis in found)))


def _exchanged(value: int, op: Op, context: Context) -> Maths:
    """Both axes that change places."""
    rank = context.rank(op.args[0])
    return _places(tuple(op.option(name) % rank for name in ("axis1", "axis2")))


def _order(value: tuple[int, ...], op: Op, context: Context) -> Maths:
    """The axes in their new order."""
    return _places(tuple(axis % len(value) for axis in value))


def _places(found: tuple[int, ...]) -> Maths:
    """2, 1, 3, counted from 1."""
    listed = (part for axis in found for part in (Operator(","), Numeral(str(axis + 1))))
    return Row(tuple(listed)[1:])


def _letters(value: str, op: Op, context: Context) -> Maths:
    """ij,jk→ik."""
    before, _, output = value.partition("->")
    signs = (Operator(",") if char == "," else Symbol(char) for char in before)
    return Row((*signs, Operator("→"), *map(Symbol, output)))


def _argument(value: int, op: Op, context: Context) -> Maths | None:
    """Which argument a derivative is by, counted from 1."""
    return Numeral(str(value + 1)) if len(op.args) > 1 else None


def _number(value: Any, op: Op, context: Context) -> Maths:
    return constant(Rational(str(value)), context.digits.point)


def _labelled(label: str) -> Hint:
    return lambda value, op, context: Text(context.language(label, value=str(value)))


HINTS: dict[str, Hint] = {
    "axis": _axis,
    "axes": _order,
    "axis1": _exchanged,
    "axis2": _silent,
    TEXT: _letters,
    "keepdims": _silent,
    "split": _silent,
    "extreme": _silent,
    "function": _silent,
    "position": _argument,
    "slope": _number,
    "size": _labelled("size {value}"),
    "stride": _labelled("stride {value}"),
    "padding": _labelled("padding {value}"),
    "dilation": _labelled("dilation {value}"),
    "crop": _labelled("crop {value}"),
    "shape": _silent,
}
