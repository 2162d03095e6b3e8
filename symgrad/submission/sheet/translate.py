"""One translation: what is written as text of the problem language, in every reading that its arrays allow.

Whole arrays (W x + b), entries (z_i = Σ_j W_ij x_j + b_i) and samples (z^{(n)} = wᵀ x^{(n)}) are read by the
same table, a function for each type of node: they differ in the labels of their axes only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from msgspec.structs import replace

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.combine import SLOPPY, elementwise, products
from symgrad.submission.sheet.indices import Index, Range, entries, index_of
from symgrad.submission.sheet.patterns import MEAN, SOFTMAX
from symgrad.submission.sheet.reduce import norm, range_of, size_name, squared, summed
from symgrad.submission.sheet.scope import Names, Scope
from symgrad.submission.sheet.terms import (
    ATOM,
    ONES,
    PAPER,
    POWER,
    PRODUCT,
    SCALAR,
    SUM,
    Axes,
    Misfit,
    Term,
    call,
    column,
)
from symgrad.submission.sheet.values import written
from symgrad.submission.written import (
    Add,
    Call,
    Cases,
    Comparison,
    Element,
    Literal,
    Negative,
    Node,
    Norm,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    Transpose,
)

MOST = 6
"""Readings kept of one part."""


def terms(node: Node, scope: Scope) -> list[Term]:
    """The readings of a formula, those nearest to habit first. Raises `Misfit` where there is none."""
    key = (node, scope.key)
    known = scope.read.get(key)
    if known is None:
        known = scope.read[key] = _read(node, scope)
    if not known:
        raise Misfit
    return known


def _read(node: Node, scope: Scope) -> list[Term]:
    found: dict[str, Term] = {}
    try:
        reader = _READERS.get(type(node), _none)
        for term in sorted(reader(node, scope), key=lambda term: term.cost):
            found.setdefault(term.text, term)
    except Misfit as misfit:
        scope.reasons.extend(misfit.args)
        return []
    return list(found.values())[:MOST]


def readings(body: Node, letters: tuple[str, ...], scope: Scope, ranges: Mapping[str, Range]) -> list[Term]:
    """The arrays whose entries at ``letters`` a formula is. Raises `Misfit` where there is none."""
    inner = scope.binding({letter: ranges.get(letter, Range()) for letter in letters})
    found = list(_each(scope, lambda term: _laid(term, letters), product(terms(body, inner))))
    if not found:
        raise Misfit
    return found


def _laid(term: Term, letters: tuple[str, ...]) -> Term:
    """An array with its letters in front, in their order, whatever is left on paper behind them."""
    over = [label for label in term.labels if label not in PAPER and label not in letters]
    if over:
        raise Misfit(f"nothing sums over {over[0]}")
    paper = tuple(label for label in PAPER if label in term.labels)
    return term.ordered((*letters, *paper))


def _pairs(left: Node, right: Node, scope: Scope) -> Iterable[tuple[Term, Term]]:
    return product(terms(left, scope), terms(right, scope))


def _each(scope: Scope, make: Callable[..., Term], several: Iterable[tuple[Term, ...]]) -> Iterator[Term]:
    """What is made of each, where that fits."""
    for parts in several:
        try:
            yield make(*parts)
        except Misfit as misfit:
            scope.reasons.extend(misfit.args)


def _none(node: Node, scope: Scope) -> Iterator[Term]:
    yield from ()


def _literal(node: Literal, scope: Scope) -> Iterator[Term]:
    text = written(node.value)
    if text is not None:
        yield Term(text, ATOM if node.value >= 0 else SUM)
    else:
        yield Term(f"{node.value.numerator} / {node.value.denominator}", PRODUCT)


def _symbol(node: Symbol, scope: Scope) -> Iterator[Term]:
    found = scope.find(node)
    if found is not None:
        name, indices, power = found
        term = entries(scope.kinds[name], indices, scope.ranges, scope.names.from_zero)
        yield term if power == 1 else _root(term, power)
    elif size_name(node) in scope.names.sizes:
        yield Term(size_name(node), ATOM)
    elif node.base == "pi" and not node.sub:
        yield Term("pi", ATOM)
    elif node == Symbol("e"):
        yield Term("exp(1)", ATOM)
    elif node == Symbol("1"):
        yield Term("1", ATOM, column(), samples=ONES)


def _root(term: Term, power: int) -> Term:
    if power == 2:
        return call("sqrt", term, axes=term.axes)
    return replace(term, text=f"{term.at(ATOM)}**(1 / {power})", level=POWER)


def _joined(sign: str) -> Callable[[Any, Scope], Iterator[Term]]:
    def read(node: Add | Subtract, scope: Scope) -> Iterator[Term]:
        pairs = _pairs(node.left, node.right, scope)
        yield from _each(scope, lambda left, right: elementwise(left, right, sign), pairs)

    return read


def _negative(node: Negative, scope: Scope) -> Iterator[Term]:
    for body in terms(node.body, scope):
        yield replace(body, text=f"-{body.at(PRODUCT)}", level=SUM)


def _product(node: Product, scope: Scope) -> Iterator[Term]:
    match node.left:
        case Quotient(Literal(one), below) if one == 1:
            yield from _quotient(Quotient(node.right, below), scope)
            return
    for left, right in _pairs(node.left, node.right, scope):
        yield from products(left, right, node.sign, scope.summed)
    # W^T x y is read from the left; where that does not fit, from the right.
    if isinstance(node.left, Product):
        turned = Product(node.left.left, Product(node.left.right, node.right, node.sign), node.left.sign)
        try:
            for left, right in _pairs(turned.left, turned.right, scope):
                yield from (t.dearer(1) for t in products(left, right, turned.sign, scope.summed))
        except Misfit:
            return


def _quotient(node: Quotient, scope: Scope) -> Iterator[Term]:
    pairs = _pairs(node.left, node.right, scope)
    yield from _each(scope, lambda left, right: elementwise(left, right, "/", int(bool(right.rank))), pairs)


def _power(node: Power, scope: Scope) -> Iterator[Term]:
    if isinstance(node.body, Symbol):
        index, found = index_of(node.exponent, scope.ranges), scope.find(node.body)
        if found is not None and index is not None and len(scope.kinds[found[0]].axes) > len(found[1]):
            yield entries(scope.kinds[found[0]], (index, *found[1]), scope.ranges, scope.names.from_zero)
            return
        if found is not None and isinstance(node.exponent, Literal) and found[2] == node.exponent.value != 1:
            yield entries(scope.kinds[found[0]], found[1], scope.ranges, scope.names.from_zero)
            return
    match node:
        case Power(Norm() as size, Literal(value)) if value == 2:
            yield from (t for body in terms(size.body, scope) for t in squared(size, body))
            return
    for base, high in _pairs(node.body, node.exponent, scope):
        yield from _raised(base, high, scope)


def _raised(body: Term, high: Term, scope: Scope) -> Iterator[Term]:
    """x²: entry by entry, or, of a vector, its sum of squares; M⁻¹: the inverse."""
    cost = body.cost + high.cost
    if high.text == "-1" and body.rank == 2:
        yield from functions.OTHERS["inv"](body)
        return
    axes = body.axes if not high.axes or high.axes == body.axes else high.axes if not body.axes else None
    if axes is None or (high.rank and not body.axes):
        return
    raised = Term(f"{body.at(ATOM)}**{high.at(ATOM)}", POWER, axes, cost, body.samples)
    yield raised
    if body.rank and high.text == "2":
        yield from (term.dearer(SLOPPY + 1) for term in functions.reduced("sum", raised))


def _transpose(node: Transpose, scope: Scope) -> Iterator[Term]:
    yield from (body.turned() for body in terms(node.body, scope))


def _element(node: Element, scope: Scope) -> Iterator[Term]:
    indices = [index_of(script, scope.ranges) or _position(script) for script in node.indices]
    if not indices or None in indices:
        raise Misfit(f"what the subscript {node.sub} says is not known")
    known = [index for index in indices if index is not None]
    bodies = product(terms(node.body, scope))
    yield from _each(scope, lambda body: entries(body, known, scope.ranges, scope.names.from_zero), bodies)


def _position(node: Node) -> Index | None:
    match node:
        case Literal(value) if value.denominator == 1:
            return Index("", int(value))
    return None


def _sum(node: Sum, scope: Scope) -> Iterator[Term]:
    yield from summed(node, "sum", scope, terms)


def _norm(node: Norm, scope: Scope) -> Iterator[Term]:
    for body in terms(node.body, scope):
        yield from norm(node, body, scope.summed)


def _call(node: Call, scope: Scope) -> Iterator[Term]:
    head = node.head
    own = scope.names.functions.get(head)
    if head == MEAN:
        yield from summed(node.args[0], "mean", scope, terms)
    elif head == SOFTMAX:
        yield from _softmax(node, scope)
    elif head.base == "indicator":
        yield from _cases(Cases(((Literal(1), node.args[0]), (Literal(0), None))), scope)  # type: ignore[arg-type]
    elif own is None and scope.find(head) is not None:
        if len(node.args) == 1:
            yield from _product(Product(head, node.args[0]), scope)
    elif own is not None:
        for args in product(*(terms(arg, scope.within(False)) for arg in node.args)):
            yield call(own, *args, axes=_widest(args))
    else:
        yield from _known(node, scope.within(False))


def _softmax(node: Call, scope: Scope) -> Iterator[Term]:
    """e^{z_i} / Σ_k e^{z_k}, if the sum is a whole one."""
    body, letter, total = node.args
    assert isinstance(letter, Symbol)
    assert isinstance(total, Sum)
    over = range_of(total, scope.names.counts)
    for term in terms(body, scope):
        size = term.size(letter.base)
        if over.cut(size) == (0, None) or (size is None and over.lower in (0, 1)):
            yield from functions.along("softmax", term, letter.base)


def _known(node: Call, scope: Scope) -> Iterator[Term]:
    """A function everybody knows; below max_i stands what it runs over, below softmax_i which entry it is."""
    below = functions.letters_below(node.head)
    plain = functions.plain(node.head.base)
    if below and plain in functions.REDUCTIONS:
        total: Node = node.args[0]
        for letter in reversed(below):
            total = Sum(total, letter)
        yield from summed(total, functions.REDUCTIONS[plain], scope, terms)
        return
    inner = node.args[0] if len(node.args) == 1 else None
    if plain in ("log", "ln") and isinstance(inner, Norm) and inner.single:
        for body in terms(inner.body, scope):
            if body.rank == 2 == len(body.axes):
                yield call("logdet", body.ordered(PAPER), axes=SCALAR)
    for args in product(*(terms(arg, scope) for arg in node.args)):
        head = replace(node.head, sub="", indices=()) if below else node.head
        for term in functions.Applied(head, args, node.args).readings():
            yield entries(term, map(Index, below), scope.ranges, False) if below else term


def _widest(args: tuple[Term, ...]) -> Axes:
    return max((arg.axes for arg in args), key=len)


def _cases(node: Cases, scope: Scope) -> Iterator[Term]:
    """Values under conditions, the last one otherwise."""
    (body, condition), *rest = node.rows
    if not rest or condition is None:
        yield from terms(body, scope)
        return
    pairs = _pairs(body, Cases(tuple(rest)), scope)
    yield from _each(scope, lambda value, other: _where(condition, value, other, scope), pairs)


_OPPOSITE: Mapping[str, str] = {"=": "==", "<": "<", "≤": "<=", ">": ">", "≥": ">="}


def _where(condition: Comparison, value: Term, other: Term, scope: Scope) -> Term:
    if isinstance(between := condition.left, Comparison):
        value, condition = _where(replace(condition, left=between.right), value, other, scope), between
    if condition.relation not in _OPPOSITE:
        raise Misfit(f"a condition with {condition.relation} is not read")
    left, right = terms(condition.left, scope)[0], terms(condition.right, scope)[0]
    parts = (left, right, value, other)
    axes = _widest(parts)
    if any(part.axes and part.labels != tuple(axis.label for axis in axes) for part in parts):
        raise Misfit
    test = f"{left.text} {_OPPOSITE[condition.relation]} {right.text}"
    return Term(f"where({test}, {value.text}, {other.text})", ATOM, axes, sum(part.cost for part in parts))


def function_body(node: Node, arguments: Mapping[Symbol, str], called: Mapping[Symbol, str]) -> str | None:
    """The formula of a function of single numbers; None where it cannot be made out."""
    scope = Scope(Names(arguments.get, functions=called), {id: Term(id, ATOM) for id in arguments.values()})
    try:
        return terms(node, scope)[0].text
    except Misfit:
        return None


_READERS: Mapping[type, Callable[[Any, Scope], Iterator[Term]]] = {
    Literal: _literal,
    Symbol: _symbol,
    Add: _joined("+"),
    Subtract: _joined("-"),
    Negative: _negative,
    Product: _product,
    Quotient: _quotient,
    Power: _power,
    Transpose: _transpose,
    Element: _element,
    Sum: _sum,
    Norm: _norm,
    Call: _call,
    Cases: _cases,
}
