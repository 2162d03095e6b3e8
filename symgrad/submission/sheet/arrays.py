"""Formulas about whole arrays, W x + b, as text of the problem language, in every reading that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.combine import ODD, SLOPPY, elementwise, products
from symgrad.submission.sheet.indexed import reduced
from symgrad.submission.sheet.kinds import ATOM, POWER, PRODUCT, SCALAR, SUM, Kind, Misfit, Term, call
from symgrad.submission.sheet.patterns import MEAN, exponent
from symgrad.submission.sheet.scope import Scope, bears
from symgrad.submission.sheet.values import written
from symgrad.submission.written import (
    Add,
    Call,
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


def terms(node: Node, scope: Scope, summed: bool = False) -> list[Term]:
    """The readings of a formula, those nearest to habit first; ``summed`` under a Σ without an index.

    Raises `Misfit` where there is none.
    """
    known = scope.read.get((node, summed))
    if known is None:
        known = scope.read[node, summed] = _read(node, scope, summed)
    if not known:
        raise Misfit
    return known


def _read(node: Node, scope: Scope, summed: bool) -> list[Term]:
    reader = _READERS.get(type(node))
    found: dict[str, Term] = {}
    try:
        for term in sorted(reader(node, scope, summed) if reader else (), key=lambda term: term.cost):
            found.setdefault(term.text, term)
    except Misfit:
        return []
    return list(found.values())[:MOST]


def _literal(node: Literal, scope: Scope, summed: bool) -> Iterator[Term]:
    text = written(node.value)
    if text is not None:
        yield Term(text, ATOM if node.value >= 0 else SUM, SCALAR)
    else:
        yield Term(f"{node.value.numerator} / {node.value.denominator}", PRODUCT, SCALAR)


def _symbol(node: Symbol, scope: Scope, summed: bool) -> Iterator[Term]:
    name = scope.named(node)
    if name is not None and name in scope.kinds:
        yield Term(name, ATOM, scope.kinds[name])
    elif node in scope.roots:
        power, exponent = scope.roots[node]
        yield _root(Term(power, ATOM, scope.kinds[power]), exponent)
    elif node.base == "pi" and not node.sub:
        yield Term("pi", ATOM, SCALAR)
    elif node == Symbol("e"):
        yield Term("exp(1)", ATOM, SCALAR)


def _root(term: Term, exponent: int) -> Term:
    if exponent == 2:
        return call("sqrt", term, kind=term.kind)
    return Term(f"{term.at(ATOM)}**(1 / {exponent})", POWER, term.kind)


def _pairs(left: Node, right: Node, scope: Scope, summed: bool) -> Iterable[tuple[Term, Term]]:
    return product(terms(left, scope, summed), terms(right, scope, summed))


def _joined(sign: str) -> Callable[[Any, Scope, bool], Iterator[Term]]:
    def read(node: Add | Subtract, scope: Scope, summed: bool) -> Iterator[Term]:
        for left, right in _pairs(node.left, node.right, scope, summed):
            try:
                yield elementwise(left, right, sign)
            except Misfit:
                continue

    return read


def _negative(node: Negative, scope: Scope, summed: bool) -> Iterator[Term]:
    for body in terms(node.body, scope, summed):
        yield Term(f"-{body.at(PRODUCT)}", SUM, body.kind, body.cost)


def _product(node: Product, scope: Scope, summed: bool) -> Iterator[Term]:
    match node.left:
        case Quotient(Literal(one), below) if one == 1:
            yield from _quotient(Quotient(node.right, below), scope, summed)
            return
    for left, right in _pairs(node.left, node.right, scope, summed):
        yield from products(left, right, node.sign, summed)
    # W^T x y is read from the left; where that does not fit, from the right.
    if isinstance(node.left, Product):
        turned = Product(node.left.left, Product(node.left.right, node.right, node.sign), node.left.sign)
        for left, right in _pairs(turned.left, turned.right, scope, summed):
            for found in products(left, right, turned.sign, summed):
                yield Term(found.text, found.level, found.kind, found.cost + 1)


def _quotient(node: Quotient, scope: Scope, summed: bool) -> Iterator[Term]:
    for left, right in _pairs(node.left, node.right, scope, summed):
        try:
            yield elementwise(left, right, "/", 0 if right.kind.rank == 0 else 1)
        except Misfit:
            continue


def _power(node: Power, scope: Scope, summed: bool) -> Iterator[Term]:
    raised = exponent(node)
    if raised is not None and scope.named(Symbol("e")) is None:
        yield from _exponential(raised, scope, summed)
        return
    match node:
        case Power(Symbol() as body, Literal(value)) if scope.roots.get(body, ("", 0))[1] == value:
            name = scope.roots[body][0]
            yield Term(name, ATOM, scope.kinds[name])
            return
    for base, high in _pairs(node.body, node.exponent, scope, summed):
        yield from _raised(base, high)


def _exponential(raised: Node, scope: Scope, summed: bool) -> Iterator[Term]:
    for term in terms(raised, scope, summed):
        yield call("exp", term, kind=term.kind)


def _raised(body: Term, high: Term) -> Iterator[Term]:
    """x²: entry by entry, or, of a vector, its sum of squares; M⁻¹: the inverse."""
    if high.kind.rank:
        return
    cost = body.cost + high.cost
    if high.text == "-1" and body.kind.rank == 2:
        yield call("inv", body, kind=body.kind.turned())
        return
    raised = Term(f"{body.at(ATOM)}**{high.at(ATOM)}", POWER, body.kind, cost)
    yield raised
    if body.kind.rank and high.text == "2":
        yield call("sum", raised, kind=SCALAR, cost=SLOPPY)


def _transpose(node: Transpose, scope: Scope, summed: bool) -> Iterator[Term]:
    for body in terms(node.body, scope, summed):
        if body.kind.rank < 2:
            yield Term(body.text, body.level, body.kind.turned(), body.cost)
        else:
            yield Term(f"{body.at(ATOM)}.T", ATOM, body.kind.turned(), body.cost)


def _sum(node: Sum, scope: Scope, summed: bool) -> Iterator[Term]:
    if node.index and bears(node.body, node.index):
        yield reduced(node, "sum", scope, terms)
        return
    for body in terms(node.body, scope, True):
        if node.product:
            continue
        if body.kind.rank == 0 and body.text.startswith("sum("):
            yield body  # Σ_i Σ_j over the same entries
        else:
            yield call("sum", body, kind=SCALAR, cost=0 if body.kind.rank else ODD)


def _norm(node: Norm, scope: Scope, summed: bool) -> Iterator[Term]:
    for body in terms(node.body, scope, summed):
        if node.single and body.kind.rank == 0:
            yield call("abs", body, kind=SCALAR)
        elif node.single and body.kind.rank == 2:
            yield call("det", body, kind=SCALAR)
        elif node.sub == "1":
            yield Term(f"sum(abs({body.text}))", ATOM, SCALAR, body.cost)
        else:
            yield call(
                "norm" if body.kind.rank else "abs", body, kind=SCALAR, cost=0 if body.kind.rank else 1
            )


def _call(node: Call, scope: Scope, summed: bool) -> Iterator[Term]:
    head = node.head
    own = scope.functions.get(head)
    if head == MEAN:
        yield from _mean(node.args[0], scope)
    elif functions.plain(head.base) in ("log", "ln") and isinstance(node.args[0], Norm):
        yield from _log_of_norm(node, node.args[0], scope)
    elif scope.named(head) is not None and own is None:
        if len(node.args) == 1:
            yield from _product(Product(head, node.args[0]), scope, summed)
    else:
        for args in product(*(terms(arg, scope) for arg in node.args)):
            if own is not None:
                yield call(own, *args, kind=_widest(args))
            else:
                yield from functions.applied(head, args)


def _log_of_norm(node: Call, inner: Norm, scope: Scope) -> Iterator[Term]:
    """log |A| of a matrix is one function; of anything else it is read as it stands."""
    for body in terms(inner.body, scope):
        if inner.single and body.kind.rank == 2:
            yield call("logdet", body, kind=SCALAR)
    for term in terms(inner, scope):
        yield from functions.applied(node.head, (term,))


def _mean(total: Node, scope: Scope) -> Iterator[Term]:
    assert isinstance(total, Sum)
    if total.index and bears(total.body, total.index):
        yield reduced(total, "mean", scope, terms)
        return
    for body in terms(total.body, scope, True):
        yield call("mean", body, kind=SCALAR, cost=0 if body.kind.rank else ODD)


def _widest(args: tuple[Term, ...]) -> Kind:
    return max((arg.kind for arg in args), key=lambda kind: kind.rank)


_READERS: Mapping[type, Callable[[Any, Scope, bool], Iterator[Term]]] = {
    Literal: _literal,
    Symbol: _symbol,
    Add: _joined("+"),
    Subtract: _joined("-"),
    Negative: _negative,
    Product: _product,
    Quotient: _quotient,
    Power: _power,
    Transpose: _transpose,
    Sum: _sum,
    Norm: _norm,
    Call: _call,
}
