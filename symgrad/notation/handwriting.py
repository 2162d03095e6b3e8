"""What a student wrote, as maths for our own printers: no text of a submission is printed as markup.

The tree of a submission holds no brackets, so they are put where the strength of the signs asks for
them. Unlike formulas of ours, nothing is tidied: what stands on the paper stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction
from functools import singledispatch
from typing import Any

from symgrad.maths import nodes
from symgrad.maths.foreign import foreign
from symgrad.maths.nodes import Maths
from symgrad.notation.marks import script, symbol
from symgrad.submission import written
from symgrad.submission.written import Node

MOST_DIGITS = 24
MOST_BITS = 80
MOST_CELLS = 144
RELATIONS = {":=": "≔", **{char: char for char in "=≈←→⇒≠<≤>≥"}}

_SIGNS = {"": "", "at": "", "dot": "·", "times": "×", "star": "∗", "odot": "⊙"}
# In a matrix whose rows are not of one length.
_MISSING = nodes.Symbol("?")

# How strongly a node holds together, from weak to strong; what is not here is an atom.
_COMPARED, _ADDED, _SUMMED, _MULTIPLIED, _DIVIDED, _RAISED, _ATOM = range(7)
_STRENGTH: Mapping[type[Any], int] = {
    written.Comparison: _COMPARED,
    written.Add: _ADDED,
    written.Subtract: _ADDED,
    written.Negative: _ADDED,
    written.Sum: _SUMMED,
    written.Product: _MULTIPLIED,
    written.Quotient: _DIVIDED,
    written.Derivative: _DIVIDED,
    written.Power: _RAISED,
    written.Transpose: _RAISED,
    written.Element: _RAISED,
}
_JOINED = written.Add | written.Subtract | written.Product


@singledispatch
def handwriting(node: Node) -> Maths:
    """The maths of a tree of a submission.

    Raises:
        TypeError: something in the tree is no node of `symgrad.submission.written`.
    """
    raise TypeError(f"not a node of a submission: {node!r}")


def _within(node: Node, strength: int) -> Maths:
    """A part in brackets, unless it holds together at least so strongly."""
    body = handwriting(node)
    return body if _strength(node) >= strength else nodes.Fenced("(", body, ")")


def _strength(node: Node) -> int:
    match node:
        case written.Symbol(marks=marks, accents=accents) if marks or {"Delta", "d"} & {*accents}:
            return _RAISED
        case written.Literal(value=value) if value < 0:
            return _ADDED
    return _STRENGTH.get(type(node), _ATOM)


@handwriting.register(written.Literal)
def _literal(node: written.Literal) -> Maths:
    """A number with the digits that were printed; one like ½ as a fraction."""
    places = max(-node.place, 0)
    scaled = node.value * 10 ** min(places, MOST_DIGITS)
    if places > MOST_DIGITS or max(map(int.bit_length, scaled.as_integer_ratio())) > MOST_BITS:
        return _scientific(node.value)
    if scaled.denominator == 1:
        return _digits(scaled.numerator, places)
    return nodes.Fraction(_digits(node.value.numerator), _digits(node.value.denominator), small=True)


def _digits(scaled: int, places: int = 0) -> nodes.Numeral:
    text = str(abs(scaled)).rjust(places + 1, "0")
    point = f"{text[:-places]}.{text[-places:]}" if places else text
    return nodes.Numeral(f"-{point}" if scaled < 0 else point)


def _scientific(value: Fraction) -> Maths:
    """A number with too many digits: 1.25 · 10⁻³⁰."""
    with localcontext(prec=6) as context:
        context.Emax, context.Emin = MAX_EMAX, MIN_EMIN
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        mantissa, exponent = f"{quotient.normalize():e}".split("e")
    power = nodes.Script(nodes.Numeral("10"), sup=nodes.Numeral(exponent.removeprefix("+")))
    return nodes.Row((nodes.Numeral(mantissa), nodes.Operator("·"), power))


handwriting.register(written.Symbol)(symbol)


@handwriting.register(written.Call)
def _call(node: written.Call) -> Maths:
    args = tuple(map(handwriting, node.args))
    if node.head == written.Symbol("sqrt") and len(args) == 1:
        return nodes.Radical(args[0])
    return nodes.Row((symbol(node.head), nodes.Fenced("(", _listed(args), ")")))


def _listed(items: tuple[Maths, ...]) -> Maths:
    parts = [part for item in items for part in (nodes.Operator(","), item)][1:]
    return parts[0] if len(parts) == 1 else nodes.Row(tuple(parts))


@handwriting.register(_JOINED)
def _joined(node: _JOINED) -> Maths:
    """Terms or factors in a row. A long sum leans far to the left, so that side is walked, not entered."""
    strength, backwards = _strength(node), list[Maths]()
    left: Node = node
    while isinstance(left, _JOINED) and _strength(left) == strength:
        # Σ reaches as far as it can, so at the end it needs no brackets.
        last = isinstance(left.right, written.Sum) and left is node
        backwards += [_within(left.right, _SUMMED if last else strength + 1), *_sign(left)]
        left = left.left
    return nodes.Row((_within(left, strength), *reversed(backwards)))


def _sign(node: _JOINED) -> tuple[Maths, ...]:
    """The sign between two operands; numbers side by side need one to be two numbers."""
    match node:
        case written.Add():
            return (nodes.Operator("+"),)
        case written.Subtract():
            return (nodes.Operator("−"),)
    sign = _SIGNS[node.sign] or ("·" if _is_number(node.right) else "")
    return (nodes.Operator(sign),) if sign else ()


def _is_number(node: Node) -> bool:
    while isinstance(node, written.Product | written.Power | written.Transpose):
        node = node.left if isinstance(node, written.Product) else node.body
    return isinstance(node, written.Literal)


@handwriting.register(written.Negative)
def _negative(node: written.Negative) -> Maths:
    return nodes.Row((nodes.Operator("−", prefix=True), _within(node.body, _SUMMED)))


@handwriting.register(written.Quotient)
def _quotient(node: written.Quotient) -> Maths:
    return nodes.Fraction(handwriting(node.left), handwriting(node.right))


@handwriting.register(written.Power)
def _power(node: written.Power) -> Maths:
    return nodes.Script(_within(node.body, _ATOM), sup=handwriting(node.exponent))


@handwriting.register(written.Transpose)
def _transpose(node: written.Transpose) -> Maths:
    return nodes.Script(_within(node.body, _ATOM), sup=nodes.Symbol("⊤"))


@handwriting.register(written.Element)
def _element(node: written.Element) -> Maths:
    return nodes.Script(_within(node.body, _ATOM), sub=script(node.sub))


@handwriting.register(written.Matrix)
def _matrix(node: written.Matrix) -> Maths:
    height, width = len(node.rows), max(map(len, node.rows), default=0)
    if not 0 < height * width <= MOST_CELLS:
        return foreign(f"[{height} × {width}]", mono=True)
    if node.flat:
        return nodes.Fenced("(", _listed(tuple(map(handwriting, node.rows[0]))), ")")
    rows = ((*map(handwriting, row), *[_MISSING] * (width - len(row))) for row in node.rows)
    return nodes.Matrix(tuple(rows))


@handwriting.register(written.Sum)
def _sum(node: written.Sum) -> Maths:
    index = script(node.index) if node.index else None
    lower = None if node.lower is None else handwriting(node.lower)
    below = nodes.Row((index, nodes.Operator("="), lower)) if index and lower else index or lower
    above = None if node.upper is None else handwriting(node.upper)
    return nodes.Big("∏" if node.product else "∑", _within(node.body, _SUMMED), below, above)


@handwriting.register(written.Derivative)
def _derivative(node: written.Derivative) -> Maths:
    of = None if node.of is None else _within(node.of, _RAISED)
    wrt = _within(node.wrt, _RAISED)
    if node.sign == "nabla":
        nabla = nodes.Script(nodes.Symbol("∇"), sub=wrt)
        return nodes.Row((nabla, of)) if of else nabla
    sign = nodes.Symbol("d" if node.sign == "d" else "∂")
    above = nodes.Row((sign, of)) if of else sign
    return nodes.Fraction(above, nodes.Row((sign, wrt)))


@handwriting.register(written.Norm)
def _norm(node: written.Norm) -> Maths:
    fence = "|" if node.single else "‖"
    body = nodes.Fenced(fence, handwriting(node.body), fence)
    return nodes.Script(body, sub=script(node.sub)) if node.sub else body


@handwriting.register(written.Comparison)
def _comparison(node: written.Comparison) -> Maths:
    sign = nodes.Operator(node.relation)
    return nodes.Row((_within(node.left, _ADDED), sign, _within(node.right, _ADDED)))


@handwriting.register(written.Cases)
def _cases(node: written.Cases) -> Maths:
    return nodes.Cases(tuple((handwriting(value), _condition(when)) for value, when in node.rows))


def _condition(when: written.Comparison | None) -> Maths:
    return nodes.Text("otherwise") if when is None else nodes.Row((nodes.Text("if"), handwriting(when)))


@handwriting.register(written.Brace)
def _brace(node: written.Brace) -> Maths:
    body = handwriting(node.body)
    return body if node.label is None else nodes.Brace(body, handwriting(node.label))
