"""Sums, means and norms: over a letter with its limits, over what has no index, over the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import TypeAlias

from msgspec.structs import replace

from symgrad.submission.sheet.combine import ODD, contracted, products
from symgrad.submission.sheet.indices import Range, bears, loose
from symgrad.submission.sheet.scope import Scope
from symgrad.submission.sheet.terms import (
    ALONG,
    ATOM,
    DOWN,
    PAPER,
    POWER,
    SCALAR,
    Misfit,
    Term,
    call,
)
from symgrad.submission.written import (
    Add,
    Call,
    Literal,
    Node,
    Norm,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    walk,
)

Terms: TypeAlias = "Callable[[Node, Scope], list[Term]]"
"""How a part is read: `translate.terms`."""
INFINITE = frozenset(("infty", "inf", "\\infty", "∞", "max"))


def range_of(node: Sum, counts: Mapping[str, int] | None = None) -> Range:
    """The range of a sum. Raises `Misfit` where its limits are no numbers and sizes."""
    low, high = node.lower, node.upper
    if low is None and high is None:
        return Range()
    if low is not None and not (isinstance(low, Literal) and low.value.denominator == 1):
        raise Misfit("a sum begins at a number")
    lower = int(low.value) if isinstance(low, Literal) else 1
    return Range(lower, None if high is None else _last(high, counts or {}))


def _last(high: Node, counts: Mapping[str, int]) -> int | tuple[str, int]:
    match high:
        case Literal(value) if value.denominator == 1:
            return int(value)
        case Symbol() if (name := size_name(high)) in counts:
            return counts[name]
        case Symbol():
            return size_name(high), 0
        case Subtract(Symbol() as size, Literal(value)) if value.denominator == 1:
            name = size_name(size)
            return counts[name] - int(value) if name in counts else (name, int(value))
        case Add(Symbol() as size, Literal(value)) if value.denominator == 1 and size_name(size) in counts:
            return counts[size_name(size)] + int(value)
    raise Misfit("a sum ends at a number, or at a size")


def size_name(symbol: Symbol) -> str:
    """A size as a name of the problem language."""
    name = "_".join(part for part in (symbol.base, symbol.sub, *map(_bare, symbol.marks)) if part)
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _bare(mark: str) -> str:
    return mark.strip("()[]<>")


def summed(node: Node, how: str, scope: Scope, terms: Terms) -> Iterator[Term]:
    """Σ, the mean or the largest: over a letter, or over all that a sum without an index has."""
    assert isinstance(node, Sum)
    if not node.index:
        yield from _everything(node, how, scope, terms)
    elif bears(node.body, node.index):
        yield from _over_letters(node, how, scope, terms)
    else:
        yield from _over_all(node, how, scope, terms)


def _everything(node: Sum, how: str, scope: Scope, terms: Terms) -> Iterator[Term]:
    letters = loose(node.body, scope.names.labels.union(scope.ranges))
    inner = scope.binding(dict.fromkeys(letters, Range())).within(True)
    for body in terms(node.body, inner):
        kept = tuple(axis for axis in body.axes if axis.label in scope.ranges)
        if kept and len(body.axes) > 1:
            options = f", axis={next(n for n, a in enumerate(body.axes) if a.label not in scope.ranges)}"
            yield call(how, body, axes=kept, options=options)
        elif not kept:
            yield call(how, body, axes=SCALAR, cost=0 if body.axes else ODD)


def _over_all(node: Sum, how: str, scope: Scope, terms: Terms) -> Iterator[Term]:
    """Σ_{i,j} Y ⊙ log P: the index stands nowhere behind the sum, so it runs over all there is."""
    inner: Node = node
    while isinstance(inner, Sum) and not bears(inner.body, inner.index):
        if range_of(inner, scope.names.counts) != Range() and not isinstance(inner.upper, Symbol):
            raise Misfit(f"{inner.index} stands nowhere behind the sum")
        inner = inner.body
    for body in terms(inner, scope.within(True)):
        if body.axes and all(label in PAPER for label in body.labels):
            yield call(how, body, axes=SCALAR)
    scope.reasons.append(f"{node.index} stands nowhere behind the sum")


def _over_letters(node: Sum, how: str, scope: Scope, terms: Terms) -> Iterator[Term]:
    counts = scope.names.counts
    ranges = {node.index: range_of(node, counts)}
    body = node.body
    if how == "sum" and (found := _contracted(node, scope.binding(ranges), terms)) is not None:
        yield from found
        return
    while isinstance(body, Sum) and how != "mean" and body.index and bears(body.body, body.index):
        inner = {**ranges, body.index: range_of(body, counts)}
        if _contracted(body, scope.binding(inner), terms) is not None:
            break
        ranges, body = inner, body.body
    for term in terms(body, scope.binding(ranges)):
        yield _reduced(term, tuple(ranges), how)


def _reduced(term: Term, letters: tuple[str, ...], how: str) -> Term:
    """An array summed over letters, all of them at once where nothing else is left."""
    for letter in letters:
        term.place(letter)
    if len(letters) == len(term.axes):
        return call(how, term, axes=SCALAR)
    for letter in reversed(letters):
        rest = tuple(axis for axis in term.axes if axis.label != letter)
        term = call(how, term, axes=rest, options=f", axis={term.place(letter)}")
    return term


def _contracted(node: Sum, scope: Scope, terms: Terms) -> list[Term] | None:
    """Σ of two factors as a product of matrices and vectors; None where it is no such."""
    factors = list(_factors(node.body))
    inside = [factor for factor in factors if bears(factor, node.index)]
    outside = [factor for factor in factors if not bears(factor, node.index)]
    plain = all(_is_linear(factor) for factor in inside)
    if len(inside) != 2 or any(isinstance(factor, Sum) for factor in inside) or not _is_product(node.body):
        return None
    found: list[Term] = []
    try:
        for left in terms(inside[0], scope)[:2]:
            for right in terms(inside[1], scope)[:2]:
                found += _pair(left, right, node.index, plain, scope)
        for factor in reversed(outside):
            others = terms(factor, scope)
            found = [t for other in others for made in found for t in products(other, made, "", False)]
    except Misfit:
        return None
    return found or None


def _pair(left: Term, right: Term, letter: str, plain: bool, scope: Scope) -> Iterator[Term]:
    """Two factors that both bear the letter: W_ij x_j, or δ^{(n)} x^{(n)ᵀ}."""
    if letter not in left.labels or letter not in right.labels:
        return
    pairs = (left.paper, right.paper) == ((DOWN,), (ALONG,))
    if (plain and not (left.rank and right.rank)) or pairs:
        try:
            yield contracted(left, right, letter, letter, tuple(scope.ranges))
        except Misfit:
            return


def _is_product(node: Node) -> bool:
    return isinstance(node, Product) and not isinstance(node.left, Quotient)


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Product) and node.sign in ("", "dot", "times", "star"):
        yield from (*_factors(node.left), *_factors(node.right))
    else:
        yield node


def _is_linear(node: Node) -> bool:
    """Σ_i y_i log o_i stays a sum of entries: only what is written plainly is a product of arrays."""
    return not any(isinstance(part, Call | Power | Quotient) for part in walk(node))


def norm(node: Norm, body: Term, each: bool = False) -> Iterator[Term]:
    """‖x‖ with its subscript; |x|, and |A| of a matrix; ``each``: Σ |x| is a sum over entries.

    Raises `Misfit` where the subscript fits no array.
    """
    if node.single and (body.rank != 2 or each):
        if body.rank and not each:
            yield call("norm", body, axes=SCALAR, cost=ODD)
        else:
            yield call("abs", body, axes=body.axes)
    elif node.single:
        yield call("det", body.ordered(PAPER), axes=SCALAR)
    elif any(label not in PAPER for label in body.labels):
        yield from _of_samples(node, body)
    elif not body.axes:
        yield call("abs", body, axes=SCALAR, cost=1)
    else:
        yield _of_all(node.sub, body, "")


def _of_samples(node: Norm, body: Term) -> Iterator[Term]:
    """‖x^{(i)}‖, one a sample, as a root of a sum."""
    if body.rank != 1:
        if not body.rank:
            yield call("abs", body, axes=body.axes, cost=ODD)
        return
    letters = tuple(axis for axis in body.axes if axis.label not in PAPER)
    term = _of_all(node.sub, body, f", axis={body.place(body.paper[0])}")
    yield replace(term, axes=letters)


def squared(node: Norm, body: Term) -> Iterator[Term]:
    """‖x‖²: of samples a sum of squares each, else the square of the norm."""
    for term in norm(node, body):
        if term.text.startswith("sqrt(sum(") and term.level == ATOM:
            yield replace(term, text=term.text.removeprefix("sqrt(").removesuffix(")"))
        else:
            yield replace(term, text=f"{term.at(ATOM)}**2", level=POWER)


def _of_all(sub: str, body: Term, options: str) -> Term:
    if sub == "1" and body.rank == 1:
        return Term(f"sum(abs({body.text}){options})", ATOM, SCALAR, body.cost)
    if sub in INFINITE and body.rank == 1:
        return Term(f"max(abs({body.text}){options})", ATOM, SCALAR, body.cost)
    if sub in ("", "2", "F", "Fro", "fro"):
        if not options:
            return call("norm", body, axes=SCALAR)
        return Term(f"sqrt(sum({body.at(ATOM)}**2{options}))", ATOM, SCALAR, body.cost)
    if sub.isdigit() and body.rank == 1:
        return Term(f"sum(abs({body.text})**{sub}{options})**(1 / {sub})", POWER, SCALAR, body.cost)
    raise Misfit(
        f"the norm with the subscript {sub} is not known of {'a matrix' if body.rank == 2 else 'this'}"
    )


def sum_of(nodes: list[Node]) -> Node:
    """Terms added up."""
    return reduce(lambda left, right: Add(left, right), nodes)
