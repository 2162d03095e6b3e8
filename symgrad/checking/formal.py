"""Written maths as forms of the index calculus, which hold for all sizes.

The counterpart of `symgrad.checking.evaluate`, where the same nodes have numbers. Whatever is
ambiguous or not covered raises `NoForm`: then nothing is proved, and the numbers stand alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, product
from typing import Any

from symgrad.calculus.index import Poly, add, constant, power, scale, total
from symgrad.checking import functions
from symgrad.checking.formal_cases import case_forms, comparison_forms
from symgrad.checking.formal_derivatives import derivative_forms
from symgrad.checking.formal_functions import (
    PAIRS,
    applied,
    elementwise,
    jacobian_of_softmax,
    named,
    pairwise,
    scalar,
    source_of,
)
from symgrad.checking.formal_symbols import Letters, pick, symbol_forms
from symgrad.checking.forms import (
    MOST_BOUND,
    MOST_TERMS,
    Form,
    Forms,
    NoForm,
    minus,
    multiply,
    number_of,
    spread,
    summed,
    times,
    transposes,
)
from symgrad.checking.scope import Scope
from symgrad.operations import operation
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Cases,
    Comparison,
    Derivative,
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
    walk,
)
from symgrad.tree import Name, Op

MOST_FORMS = 6
"""Readings of one node that are followed."""


def forms_of(node: Node, scope: Scope, letters: Letters) -> list[Form]:
    """The forms a node may have; raises `NoForm` where there is none."""
    found = list(islice(_safely(FORMAL.get(type(node), _none)(node, scope, letters)), MOST_FORMS))
    if not found:
        raise NoForm
    return found


def _safely(found: Forms) -> Forms:
    """The forms before the first that is too long."""
    try:
        yield from found
    except NoForm:
        return


def _none(node: Node, scope: Scope, letters: Letters) -> Forms:
    raise NoForm


def _literal(node: Literal, scope: Scope, letters: Letters) -> Forms:
    yield Form(constant(node.value))


def _negative(node: Negative, scope: Scope, letters: Letters) -> Forms:
    for body in forms_of(node.body, scope, letters):
        yield Form(scale(body.poly, -1), body.axes, body.link)


def _sum_of(combine: Callable[[Poly, Poly], Poly]) -> Callable[..., Forms]:
    def evaluate(node: Add | Subtract, scope: Scope, letters: Letters) -> Forms:
        for left, right in _pairs(node, scope, letters):
            link = left.link if left.link == right.link else None
            for form in spread(left, right, combine):
                yield Form(form.poly, form.axes, link)

    return evaluate


def _pairs(node: Any, scope: Scope, letters: Letters) -> Any:
    return product(*(forms_of(part, scope, letters) for part in (node.left, node.right)))


def _product(node: Product, scope: Scope, letters: Letters) -> Forms:
    for left, right in _pairs(node, scope, letters):
        yield from _safely(multiply(left, right, node.sign))


def _divided(left: Poly, right: Poly) -> Poly:
    return times(left, power(right, -1))


def _quotient(node: Quotient, scope: Scope, letters: Letters) -> Forms:
    for left, right in _pairs(node, scope, letters):
        if not right.poly.terms or len(left.axes) > 2:
            raise NoForm
        link = left.link if not right.axes else None
        for form in spread(left, right, _divided):
            yield Form(form.poly, form.axes, link)


def _power(node: Power, scope: Scope, letters: Letters) -> Forms:
    if node.body == Symbol("e") and not scope.lexicon.find(node.body):
        for exponent in forms_of(node.exponent, scope, letters):
            yield elementwise("exp", exponent, 0)
        return
    bodies = forms_of(node.body, scope, letters)
    if isinstance(node.exponent, Symbol) and node.exponent.base in letters.bound and not node.exponent.sub:
        for body in bodies:
            if len(body.axes) == 1:
                yield Form(body.at(letters.at(node.exponent.base, body.axes[0].dim)))
        return
    for body, exponent in product(bodies, forms_of(node.exponent, scope, letters)):
        yield from _raised(body, exponent)


def _raised(body: Form, exponent: Form) -> Forms:
    number = number_of(exponent)
    if number is None or len(body.axes) > 2:
        raise NoForm
    if len(body.axes) == 2 and body.dims[0] == body.dims[1] and number == -1:
        yield applied("inv", body)
    if number.denominator == 1 and number > 1:
        bound = max((len(term.bound) for term in body.poly.terms), default=0)
        if len(body.poly.terms) ** int(number) > MOST_TERMS or bound * number > MOST_BOUND:
            raise NoForm
    if not body.poly.terms and number <= 0:
        raise NoForm
    yield Form(power(body.poly, number), body.axes)
    if number == 2 and len(body.axes) == 2:
        yield from multiply(body, body, "at")
    if number == 2 and body.axes:
        yield Form(total(times(body.poly, body.poly), *body.axes))


def _transpose(node: Transpose, scope: Scope, letters: Letters) -> Forms:
    for body in forms_of(node.body, scope, letters):
        yield from transposes(body)


def _element(node: Element, scope: Scope, letters: Letters) -> Forms:
    for body in forms_of(node.body, scope, letters):
        yield from _safely(pick(body, node.sub, letters))


def _total(node: Sum, scope: Scope, letters: Letters) -> Forms:
    if node.product or not _is_whole_range(node):
        raise NoForm
    inner = letters.inside(node.index)
    if any(isinstance(part, Symbol) and part.base == "delta" for part in walk(node.body)):
        _bind(node.body, scope, inner)
    bodies = forms_of(node.body, scope, inner)
    letters.learn(inner, node.index)
    for body in bodies:
        if node.index in inner.bound:
            yield Form(total(body.poly, inner.bound[node.index]), body.axes)
        else:
            yield from summed(body)


def _is_whole_range(node: Sum) -> bool:
    """Whether a sum says nothing else than that it runs over all; a number as its end is one size only."""
    starts = node.lower is None or (isinstance(node.lower, Literal) and node.lower.value == 1)
    return starts and (node.upper is None or isinstance(node.upper, Symbol))


def _bind(node: Node, scope: Scope, letters: Letters) -> None:
    """Every letter bound to the dimension at which it stands, for the δ that show none."""
    for part in walk(node):
        if isinstance(part, Symbol):
            list(_safely(symbol_forms(part, scope, letters, forms_of)))


def _norm(node: Norm, scope: Scope, letters: Letters) -> Forms:
    for body in forms_of(node.body, scope, letters):
        if node.single:
            yield elementwise("abs", body, 0)
        if node.sub == "1":
            yield Form(total(scalar("abs", body.poly), *body.axes))
        elif not node.single:
            yield applied("norm", body)


def _comparison(node: Comparison, scope: Scope, letters: Letters) -> Forms:
    yield from comparison_forms(node, scope, letters, forms_of)


def _cases(node: Cases, scope: Scope, letters: Letters) -> Forms:
    yield from case_forms(node, scope, letters, forms_of)


def _call(node: Call, scope: Scope, letters: Letters) -> Forms:
    """A function, or a name before a bracket: y(1 − y)."""
    is_name = scope.lexicon.find(node.head) or scope.definition(node.head)
    found = [] if is_name else list(_safely(_function(node, scope, letters)))
    if not found and not node.certain and len(node.args) == 1:
        yield from _product(Product(node.head, node.args[0]), scope, letters)
    yield from found


def _function(node: Call, scope: Scope, letters: Letters) -> Forms:
    head, arguments = node.head, [forms_of(arg, scope, letters) for arg in node.args]
    name, primes = functions.plain(head.base), sum(mark in ("'", "prime") for mark in head.marks)
    if name == "prod":
        yield from _chained(arguments)
    elif head.sub in ("", "e") and primes <= 1:
        for chosen in product(*arguments):
            yield from _safely(_applied(name, primes, chosen, scope))


def _applied(name: str, primes: int, args: tuple[Form, ...], scope: Scope) -> Forms:
    if len(args) == 2 and not primes:
        yield from _of_two(name, *args)
    if len(args) != 1:
        return
    (x,) = args
    if name in functions.ELEMENTWISE:
        yield elementwise(functions.ELEMENTWISE[name], x, primes)
    elif name == "softmax" and primes:
        yield jacobian_of_softmax(x)
    elif name == "sum" and not primes:
        yield from summed(x)
    elif not primes:
        yield from named(name, x)
    if name in functions.GENERIC or name not in functions.STRUCTURED:
        yield from (elementwise(function, x, primes) for function in _activations(x, scope))


def _of_two(name: str, a: Form, b: Form) -> Forms:
    if name in PAIRS:
        yield from pairwise(PAIRS[name], a, b)
    elif name in ("outer", "dot"):
        yield from multiply(a, b, {"outer": "otimes", "dot": "at"}[name])


def _activations(x: Form, scope: Scope) -> list[str]:
    """f(s) for a letter f: what the problem makes of s."""
    source = source_of(x)
    made = scope.world.model.graph.quantities.values()
    return [
        op.name
        for op in made
        if isinstance(op, Op) and op.args == (Name(str(source)),) and operation(op.name).kind == "elementwise"
    ]


def _chained(arguments: list[list[Form]]) -> Forms:
    """prod(∂J/∂c, ∂c/∂w): the factors multiplied as the chain rule wants."""
    first, *rest = arguments
    for right in rest:
        first = [form for a, b in product(first, right) for form in _safely(multiply(a, b, "dot"))]
    yield from first


def _brace(node: Brace, scope: Scope, letters: Letters) -> Forms:
    yield from forms_of(node.body, scope, letters)


def _symbol(node: Symbol, scope: Scope, letters: Letters) -> Forms:
    yield from symbol_forms(node, scope, letters, forms_of)


def _derivative(node: Derivative, scope: Scope, letters: Letters) -> Forms:
    yield from derivative_forms(node, scope, letters)


FORMAL: Mapping[type, Callable[..., Forms]] = {
    Literal: _literal,
    Symbol: _symbol,
    Call: _call,
    Add: _sum_of(add),
    Subtract: _sum_of(minus),
    Cases: _cases,
    Negative: _negative,
    Product: _product,
    Quotient: _quotient,
    Power: _power,
    Transpose: _transpose,
    Element: _element,
    Sum: _total,
    Derivative: _derivative,
    Norm: _norm,
    Comparison: _comparison,
    Brace: _brace,
}
