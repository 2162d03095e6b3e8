"""What a student wrote, as maths for our own printers: no text of a submission is printed as markup.

The tree of a submission holds no brackets, so they are put where the strength of the signs asks for
them. Unlike formulas of ours, nothing is tidied: what stands on the paper stands here.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction
from functools import singledispatch

from msgspec.structs import replace

from symgrad.maths import nodes
from symgrad.maths.foreign import foreign
from symgrad.maths.nodes import Maths
from symgrad.notation.marks import script, symbol, word
from symgrad.notation.strength import ADDED, ATOM, DIVIDED, RAISED, SUMMED, orders, stands_before, strength
from symgrad.submission import written
from symgrad.submission.written import Node

MOST_DIGITS = 24
MOST_BITS = 80
MOST_CELLS = 144
RELATIONS = {":=": "≔", **{char: char for char in "=≈←→⇒≠<≤>≥∝≪≫"}}

_SIGNS = {"dot": "·", "times": "×", "star": "∗", "odot": "⊙", "otimes": "⊗", "oslash": "⊘", "colon": ":"}
# In a matrix whose rows are not of one length.
_MISSING = nodes.Symbol("?")

_JOINED = written.Add | written.Subtract | written.Product


@singledispatch
def handwriting(node: Node) -> Maths:
    """The maths of a tree of a submission.

    Raises:
        TypeError: something in the tree is no node of `symgrad.submission.written`.
    """
    raise TypeError(f"not a node of a submission: {node!r}")


def _within(node: Node, least: int) -> Maths:
    """A part in brackets, unless it holds together at least so strongly."""
    body = handwriting(node)
    return body if strength(node) >= least else nodes.Fenced("(", body, ")")


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
    match node.head.base, args:
        case "sqrt", (body,):
            return nodes.Radical(body)
        case "range", (first, last):
            return _listed((first, nodes.Symbol("…"), last))
        case "indicator", (condition,):
            return _indicator(condition, node)
    return nodes.Row((symbol(node.head), nodes.Fenced("(", _listed(args), ")")))


def _indicator(condition: Maths, node: written.Call) -> Maths:
    """A condition as 1 or 0; one that stood in brackets by itself does so here."""
    if node.args[0].span.start == node.span.start + 1:
        return nodes.Fenced("(", condition, ")")
    return nodes.Row((nodes.Symbol("1", "bold"), nodes.Fenced("[", condition, "]")))


def _listed(items: tuple[Maths, ...]) -> Maths:
    parts = [part for item in items for part in (nodes.Operator(","), item)][1:]
    return parts[0] if len(parts) == 1 else nodes.Row(tuple(parts))


@handwriting.register(_JOINED)
def _joined(node: _JOINED) -> Maths:
    """Terms or factors in a row. A long sum leans far to the left, so that side is walked, not entered."""
    held, backwards = strength(node), list[Maths]()
    left: Node = node
    while isinstance(left, _JOINED) and strength(left) == held:
        # Σ and ∂/∂w reach as far as they can, so at the end they need no brackets.
        last = strength(left.right) == SUMMED and left is node
        backwards += [_within(left.right, SUMMED if last else held + 1), *_sign(left)]
        left = left.left
    return nodes.Row((_within(left, held), *reversed(backwards)))


def _sign(node: _JOINED) -> tuple[Maths, ...]:
    """The sign between two operands; numbers side by side need one to be two numbers."""
    match node:
        case written.Add():
            return (nodes.Operator("+"),)
        case written.Subtract():
            return (nodes.Operator("−"),)
    sign = _SIGNS.get(node.sign) or ("·" if _is_number(node.right) else "")
    return (nodes.Operator(sign),) if sign else ()


def _is_number(node: Node) -> bool:
    while isinstance(node, written.Product | written.Power | written.Transpose):
        node = node.left if isinstance(node, written.Product) else node.body
    return isinstance(node, written.Literal)


@handwriting.register(written.Negative)
def _negative(node: written.Negative) -> Maths:
    return nodes.Row((nodes.Operator("−", prefix=True), _within(node.body, SUMMED)))


@handwriting.register(written.Quotient)
def _quotient(node: written.Quotient) -> Maths:
    return nodes.Fraction(handwriting(node.left), handwriting(node.right))


@handwriting.register(written.Power)
def _power(node: written.Power) -> Maths:
    return nodes.Script(_within(node.body, ATOM), sup=handwriting(node.exponent))


@handwriting.register(written.Transpose)
def _transpose(node: written.Transpose) -> Maths:
    sign = nodes.Symbol("′" if node.sign == "'" else "⊤")
    return nodes.Script(_within(node.body, ATOM), sup=sign)


@handwriting.register(written.Element)
def _element(node: written.Element) -> Maths:
    return nodes.Script(_within(node.body, ATOM), sub=script(node.sub))


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
    """Indices that run alike stand below one sign, as they were written."""
    names, inner = [node.index], node
    while isinstance(inner.body, written.Sum) and _runs_alike(inner, inner.body):
        inner = inner.body
        names.append(inner.index)
    above = None if node.upper is None else handwriting(node.upper)
    return nodes.Big("∏" if node.product else "∑", _within(inner.body, SUMMED), _below(names, inner), above)


def _runs_alike(outer: written.Sum, inner: written.Sum) -> bool:
    """Whether two sums are one sign with two indices."""
    alike = replace(outer, body=inner.body, index=inner.index, condition=inner.condition) == inner
    return alike and outer.condition is None and outer.span == inner.span != written.NOWHERE


def _below(names: list[str], node: written.Sum) -> Maths | None:
    """i = 1, or i, j ∈ S, or k ≠ i: what stands below a large sign."""
    ranges = _listed(tuple(map(script, names))) if all(names) else None
    if node.lower is not None:
        first = handwriting(node.lower)
        ranges = nodes.Row((ranges, nodes.Operator("="), first)) if ranges else first
    elif node.over and ranges:
        ranges = nodes.Row((ranges, nodes.Operator("∈"), _members(node)))
    if node.condition is None:
        return ranges
    condition = handwriting(node.condition)
    says_index = len(names) == 1 and node.condition.left == written.Symbol(node.index)
    if ranges is None or (says_index and node.lower is None and not node.over):
        return condition
    return _listed((ranges, condition))


def _members(node: written.Sum) -> Maths:
    """The set over which a sum runs: its members, or its name."""
    if node.chosen is None or not node.over.startswith("{"):
        letter, rest = node.over[:1], node.over[1:]
        is_indexed = letter.isupper() and len(rest) == 1
        return nodes.Script(word(letter), script(rest)) if is_indexed else script(node.over)
    return nodes.Fenced("{", _listed(tuple(map(handwriting, node.chosen))), "}")


@handwriting.register(written.Derivative)
def _derivative(node: written.Derivative) -> Maths:
    if node.sign == "nabla":
        return _nabla(node)
    times, by, of = orders(node)
    sign: Maths = nodes.Symbol("d" if node.sign == "d" else "∂")
    signs = nodes.Script(sign, sup=nodes.Operator("+")) if node.sign == "direct" else _raised(sign, times)
    below = nodes.Row(
        tuple(part for wrt, count in by for part in (sign, _raised(_within(wrt, RAISED), count)))
    )
    if of is None:
        return nodes.Fraction(signs, below)
    if stands_before(node):
        return nodes.Row((nodes.Fraction(signs, below), _within(of, DIVIDED)))
    return nodes.Fraction(nodes.Row((signs, _within(of, RAISED))), below)


def _raised(body: Maths, count: int) -> Maths:
    return body if count == 1 else nodes.Script(body, sup=nodes.Numeral(str(count)))


def _nabla(node: written.Derivative) -> Maths:
    """∇J, ∇_W J, and ∇²J."""
    inner, times = node.of, 1
    while isinstance(inner, written.Derivative) and inner.sign == "nabla" and inner.wrt == node.wrt:
        inner, times = inner.of, times + 1
    sub = None if node.wrt is None else _within(node.wrt, RAISED)
    sup = None if times == 1 else nodes.Numeral(str(times))
    nabla = nodes.Symbol("∇")
    sign = nabla if sub is None and sup is None else nodes.Script(nabla, sub, sup)
    return sign if inner is None else nodes.Row((sign, _within(inner, RAISED)))


@handwriting.register(written.Norm)
def _norm(node: written.Norm) -> Maths:
    fence = "|" if node.single else "‖"
    body = nodes.Fenced(fence, handwriting(node.body), fence)
    return nodes.Script(body, sub=script(node.sub)) if node.sub else body


@handwriting.register(written.Comparison)
def _comparison(node: written.Comparison) -> Maths:
    sign = nodes.Operator(node.relation)
    return nodes.Row((_within(node.left, ADDED), sign, _within(node.right, ADDED)))


@handwriting.register(written.Cases)
def _cases(node: written.Cases) -> Maths:
    return nodes.Cases(tuple((handwriting(value), _condition(when)) for value, when in node.rows))


def _condition(when: written.Comparison | None) -> Maths:
    return nodes.Text("otherwise") if when is None else nodes.Row((nodes.Text("if"), handwriting(when)))


@handwriting.register(written.Brace)
def _brace(node: written.Brace) -> Maths:
    body = handwriting(node.body)
    return body if node.label is None else nodes.Brace(body, handwriting(node.label))
