"""Functions written out in full, found by their form: 1/(1 + e⁻ᶻ) is σ(z), e^{z_i}/Σ_k e^{z_k} softmax."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symgrad.submission.sheet.indices import bears, index_of, scripts
from symgrad.submission.sheet.names import GREEK
from symgrad.submission.sheet.substitution import substituted
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Literal,
    Negative,
    Node,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    transform,
    walk,
)

MEAN = Symbol("#mean")
"""Heads no sheet can write: Σ over a whole range by its length; softmax along an index."""
SOFTMAX = Symbol("#softmax")
ONE = Literal(Fraction(1))


def recognised(node: Node, is_count: Callable[[Symbol, Sum], bool]) -> Node:
    """The node with sigmoid, softmax and means as calls; ``is_count`` tells how many terms a sum has."""

    def change(part: Node) -> Node:
        for form in (_brace, _grouped, _sigmoid, _softmax, lambda part: _mean(part, is_count)):
            found = form(part)
            if found is not None:
                return found
        return part

    return transform(node, change)


def exponent(node: Node) -> Node | None:
    """x of exp(x)."""
    match node:
        case Call(Symbol("exp", ""), (raised,)):
            return raised
    return None


def _brace(node: Node) -> Node | None:
    return node.body if isinstance(node, Brace) else None


def _grouped(node: Node) -> Node | None:
    """½ a b as ½ (a b), so that the number stands outside the product of arrays."""
    match node:
        case Product(Product(first, second, sign), third, other) if _is_factor(first):
            rest = Product(second, third, other, node.span)
            return Product(first, rest, sign, node.span)
    return None


def _is_factor(node: Node) -> bool:
    match node:
        case Literal():
            return True
        case Quotient(left, _):
            return _is_factor(left) or (isinstance(left, Symbol) and left.base in GREEK)
    return False


def _sigmoid(node: Node) -> Node | None:
    match node:
        case Quotient(Literal(one), Add(left, right)) if one == 1:
            for first, second in ((left, right), (right, left)):
                raised = exponent(second)
                if isinstance(first, Literal) and first.value == 1 and isinstance(raised, Negative):
                    return Call(Symbol("sigmoid"), (raised.body,), span=node.span)
    return None


def _softmax(node: Node) -> Node | None:
    """With or without an index, and with or without the maximum taken off first."""
    match node:
        case Quotient(above, Sum(body, index, product=False) as total):
            top, below = exponent(above), exponent(body)
            if top is None or below is None or total.condition is not None or total.chosen is not None:
                return None
            top, below = _unshifted(top), _unshifted(below)
            letter = _letter(top, below, index)
            if letter is not None:
                return Call(SOFTMAX, (top, Symbol(letter), total), span=node.span)
            if top == below and not (index and bears(top, index)):
                return Call(Symbol("softmax"), (top,), span=node.span)
    return None


def _unshifted(node: Node) -> Node:
    match node:
        case Subtract(body, Call(Symbol("max"))):
            return body
    return node


def _letter(top: Node, below: Node, index: str) -> str | None:
    """The letter of ``top`` in whose place ``below`` has ``index``, or none."""
    if index and top == below and bears(top, index):
        return index
    if top == below or not index:
        return None
    inside = [part for node in walk(top) for script in scripts(node) for part in walk(script)]
    single = {part.base for part in inside if isinstance(part, Symbol)}
    for letter in sorted(single):
        if index_of(Symbol(letter), single) and substituted(top, letter, Symbol(index)) == below:
            return letter
    return None


def _mean(node: Node, is_count: Callable[[Symbol, Sum], bool]) -> Node | None:
    """1/N Σ, Σ/N, 1/(2N) Σ, and −1/N Σ, whose sign stands outside already."""
    match node:
        case Product(Quotient(factor, below), Sum(product=False) as total):
            pass
        case Quotient(Sum(product=False) as total, below):
            factor = ONE
        case _:
            return None
    rest = _without_size(below, lambda symbol: is_count(symbol, total))
    if rest is None:
        return None
    mean: Node = Call(MEAN, (total,), span=node.span)
    scale = factor if rest == ONE else Quotient(factor, rest)
    return mean if scale == ONE else Product(scale, mean, span=node.span)


def _without_size(node: Node, is_size: Callable[[Symbol], bool]) -> Node | None:
    """The other factor of a divisor that has a number of samples in it."""
    match node:
        case Symbol() if is_size(node):
            return ONE
        case Product(left, Symbol() as size) if is_size(size):
            return left
        case Product(Symbol() as size, right) if is_size(size):
            return right
    return None
