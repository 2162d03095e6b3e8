"""What a student wrote, mended at one place: the other way to find which mistake made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from symgrad.checking.functions import plain
from symgrad.checking.lexicon import Place
from symgrad.checking.messages import named
from symgrad.checking.mistakes.right import Case, same_shaped
from symgrad.checking.mistakes.substitutions import activations
from symgrad.checking.mistakes.terms import is_penalised
from symgrad.checking.scope import Scope
from symgrad.checking.world import rate_name
from symgrad.submission.written import (
    NODES,
    Add,
    Brace,
    Call,
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
    Symbol,
    Transpose,
    walk,
)
from symgrad.tree import Gradient, Name
from symgrad.tree import walk as formulas

TWO = Literal(Fraction(2))
INDICES = frozenset("ijklmnpq")


@dataclass(frozen=True, slots=True)
class Repair:
    """A mended side, the mistake that it undoes, and on what."""

    mistake: str
    node: Node
    part: str = ""


Found = Iterator[tuple[Node, str]]
Change = Callable[[Node], Found]


def changed(node: Node, change: Change) -> Found:
    """The side with ``change`` made at one place, for every place and every form."""
    yield from change(node)
    for name in () if isinstance(node, Derivative) else _changeable(node):
        for value, words in _within(getattr(node, name), change):
            yield replace(node, **{name: value}), words


def _changeable(node: Node) -> list[str]:
    """The fields of a node that may be mended: the head of a call is no name of a value."""
    return [item.name for item in fields(node) if item.name != "head"]


def _within(value: Any, change: Change) -> Iterator[tuple[Any, str]]:
    if isinstance(value, NODES):
        yield from changed(value, change)
    elif isinstance(value, tuple):
        for n, part in enumerate(value):
            for other, words in _within(part, change):
                yield (*value[:n], other, *value[n + 1 :]), words


def everywhere(node: Node, change: Callable[[Node], Node]) -> Node:
    """The side with ``change`` made at every node, parts first."""
    new = {name: _all(getattr(node, name), change) for name in _changeable(node)}
    return change(replace(node, **new))


def _all(value: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, NODES):
        return everywhere(value, change)
    return tuple(_all(part, change) for part in value) if isinstance(value, tuple) else value


def repairs(node: Node, scope: Scope, case: Case | None) -> Iterator[Repair]:
    """Every mend of a side that undoes a mistake."""
    node = everywhere(node, lambda part: _as_product(part, scope))
    for mistake, change in (*SIMPLE, ("outer_product_order", _exchanged(scope))):
        yield from (Repair(mistake, other, words) for other, words in changed(node, change))
    yield from _scaled(node)
    yield from _swapped_names(node, scope, case)
    if case is not None:
        yield from _surplus(node, scope, case)
        yield from _lost(node, case)


def _as_product(node: Node, scope: Scope) -> Node:
    """W(x + y), where W is no function."""
    match node:
        case Call(head, (argument,), certain=False) if scope.lexicon.find(head):
            return Product(head, argument)
    return node


def _transposed(node: Node) -> Found:
    match node:
        case Symbol() | Derivative():
            yield Transpose(node), f"{named(node)} has to be transposed"
    if isinstance(node, Symbol) and len(node.sub) == 2 and set(node.sub) <= INDICES:
        yield replace(node, sub=node.sub[::-1]), f"the indices of {named(node)} are exchanged"


def _untransposed(node: Node) -> Found:
    if isinstance(node, Transpose):
        yield node.body, f"{named(node.body)} stands here as it is"


def _exchanged(scope: Scope) -> Change:
    """The factors of a product of vectors the other way round."""

    def change(node: Node) -> Found:
        if not isinstance(node, Product) or any(_is_matrix(part, scope) for part in walk(node)):
            return
        words = "the factors stand the other way round"
        yield replace(node, left=node.right, right=node.left), words
        match node.left, node.right:
            case Transpose(left), right:
                yield Product(right, Transpose(left)), words
            case left, Transpose(right):
                yield Product(right, Transpose(left)), words
        if node.sign == "odot":
            yield replace(node, sign="otimes"), "the outer product is meant, not entry by entry"

    return change


def _is_matrix(node: Node, scope: Scope) -> bool:
    return (
        isinstance(node, Symbol)
        and len(scope.world.model.graph.shapes.get(_name_of(node, scope)[0], ())) == 2
    )


def _signed(node: Node) -> Found:
    match node:
        case Subtract(left, right):
            yield Subtract(right, left), "the difference is the wrong way round"
            yield Add(left, right), "a plus belongs here"
        case Add(left, right):
            yield Subtract(left, right), "a minus belongs here"
            yield Subtract(right, left), "a minus belongs here"
        case Negative(body):
            yield body, "the minus is one too many"
        case Product() | Quotient() | Symbol() | Derivative() | Call() | Brace():
            yield Negative(node), "a minus is missing"


def _jacobian(node: Node) -> Found:
    match node:
        case Product(left, right, "odot"):
            for factor, other in ((left, right), (right, left)):
                if isinstance(factor, Call) and plain(factor.head.base) == "softmax" and factor.head.marks:
                    yield Product(factor, other), ""


def _squared(node: Node) -> Found:
    if isinstance(node, Norm):
        yield Power(node, TWO), "the square is missing"


def _to_square(node: Node) -> Found:
    match node:
        case Subtract(Literal(one), right) if one == 1 and not isinstance(right, Power):
            yield replace(node, right=Power(right, TWO)), "the derivative of tanh is 1 − h², not 1 − h"


SIMPLE: tuple[tuple[str, Change], ...] = (
    ("softmax_jacobian_diagonal_only", _jacobian),
    ("missing_transpose", _transposed),
    ("extra_transpose", _untransposed),
    ("sign_t_minus_y", _signed),
    ("norm_vs_squared_norm", _squared),
    ("bptt_no_carry", _to_square),
)


def _scaled(node: Node) -> Iterator[Repair]:
    """One term of a sum halved or doubled."""

    def change(part: Node) -> Found:
        match part:
            case Add(left, right) | Subtract(left, right):
                for other, words in ((Product(TWO, left), "halved"), (Quotient(left, TWO), "doubled")):
                    yield replace(part, left=other), f"one term is {words}"
                for other, words in ((Product(TWO, right), "halved"), (Quotient(right, TWO), "doubled")):
                    yield replace(part, right=other), f"one term is {words}"

    yield Repair("factor_two_or_half", Product(TWO, node), "the whole is halved")
    yield Repair("factor_two_or_half", Quotient(node, TWO), "the whole is doubled")
    yield from (Repair("factor_two_or_half", other, words) for other, words in changed(node, change))


def _swapped_names(node: Node, scope: Scope, case: Case | None) -> Iterator[Repair]:
    """The neighbour of a name in its place: everywhere, and at one place."""
    graph = scope.world.model.graph
    pairs = set(activations(Case(scope.world.model, ("", None), False, ())))
    symbols = dict.fromkeys(part for part in walk(node) if isinstance(part, Symbol))
    for symbol in symbols:
        name, places = _name_of(symbol, scope)
        for other in same_shaped(graph, name):
            if case is not None and case.target == (other, None):
                continue
            new = _spelled(other, places)
            words = f"{other} belongs here, not {name}"
            paired = (name, other) in pairs or (other, name) in pairs
            mistake = "wrong_bias_or_wrong_index_substituted"
            if paired and _is_derivative(node, symbol):
                mistake = "jacobian_at_preactivation_value"
            yield Repair(mistake, everywhere(node, _replacing(symbol, new)), words)
            yield from (Repair(mistake, one, words) for one, _ in changed(node, _at(symbol, new)))


def _name_of(symbol: Symbol, scope: Scope) -> tuple[str, tuple[Place, ...] | None]:
    known = scope.lexicon.find(symbol)
    if known is not None:
        return known.name, None
    return next(((entry.name, places) for entry, places in scope.lexicon.entries(symbol)), ("", None))


def _spelled(name: str, places: tuple[Place, ...] | None) -> Node:
    if places is None:
        return _symbol(name)
    texts = (f"{place.base}{place.offset:+d}" if place.offset else f"{place.base}" for place in places)
    return Element(_symbol(name), ",".join(texts))


def _symbol(name: str) -> Symbol:
    base, _, sub = name.partition("_")
    return Symbol(base, sub)


def _replacing(old: Node, new: Node) -> Callable[[Node], Node]:
    return lambda node: new if node == old else node


def _at(old: Node, new: Node) -> Change:
    return lambda node: iter([(new, "")] if node == old else [])


def _is_derivative(node: Node, symbol: Symbol) -> bool:
    """Whether a name stands in f′(z), or in 1 − a, or multiplies such a thing."""
    for part in walk(node):
        match part:
            case Call(head, args) if {"'", "prime"} & set(head.marks):
                inside: tuple[Node, ...] = args
            case Subtract(Literal(), right):
                inside = (right,)
            case _:
                continue
        if any(symbol == found for arg in inside for found in walk(arg)):
            return True
    return False


def _surplus(node: Node, scope: Scope, case: Case) -> Iterator[Repair]:
    """A factor or a summand that does not belong there."""

    def factors(part: Node) -> Found:
        match part:
            case Product(left, right):
                yield left, _too_many(right, scope, case)
                yield right, _too_many(left, scope, case)

    def summands(part: Node) -> Found:
        match part:
            case Add(left, right):
                yield left, "regularising_the_bias" if _holds(right, case.wrt, scope) else ""
                yield right, "regularising_the_bias" if _holds(left, case.wrt, scope) else ""

    for change in (factors,) if is_penalised(case) else (factors, summands):
        for other, mistake in changed(node, change):
            if mistake:
                part = case.wrt if mistake != "seed_with_loss_value" else case.model.objective
                yield Repair(mistake, other, part)


def _lost(node: Node, case: Case) -> Iterator[Repair]:
    """A factor left out of one term."""
    found = dict.fromkeys(part for form in case.forms for part in formulas(form))
    factors: list[Node] = [_symbol(part.id) for part in found if isinstance(part, Name)]
    factors += [
        Derivative(_symbol(part.of), _symbol(part.wrt)) for part in found if isinstance(part, Gradient)
    ]

    def change(part: Node) -> Found:
        if isinstance(part, Add | Subtract):
            for factor in factors:
                yield replace(part, left=Product(part.left, factor)), named(factor)
                yield replace(part, right=Product(part.right, factor)), named(factor)

    return (Repair("dropped_chain_factor", other, words) for other, words in changed(node, change))


def _too_many(lost: Node, scope: Scope, case: Case) -> str:
    """Which mistake put this factor in; '' where none does."""
    name = _name_of(lost, scope)[0] if isinstance(lost, Symbol) else ""
    if name == case.model.objective:
        return "seed_with_loss_value"
    if name and name == rate_name(case.model.problem):
        return "learning_rate"
    if name and name == case.wrt and name in case.model.graph.quantities:
        return "extra_factor_output"
    return ""


def _holds(node: Node, name: str, scope: Scope) -> bool:
    return bool(name) and any(isinstance(p, Symbol) and _name_of(p, scope)[0] == name for p in walk(node))
