"""Functions applied to arguments: those that everybody knows, the problem's, the student's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.applied import Apply, function_of
from symgrad.checking.meaning.arithmetic import element, multiplied, transposed
from symgrad.checking.meaning.counting import counted
from symgrad.checking.meaning.directions import moved
from symgrad.checking.meaning.entries import entry, shown
from symgrad.checking.meaning.functions import ALONG
from symgrad.checking.meaning.heads import is_name, moved_leaf, owned_quantity, quantity_of, sample_of
from symgrad.checking.meaning.jacobians import jacobian_of
from symgrad.checking.meaning.matrix_heads import SPECIAL, special
from symgrad.checking.meaning.points import elsewhere, slope_at
from symgrad.checking.meaning.powers import powered
from symgrad.checking.meaning.scope import Scope, Unknown, handles
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.meaning.taken_at import counted_of, point_of
from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.moved import MOVED, at
from symgrad.checking.worlds.tensor import Misfit, Tensor, elementwise, pick
from symgrad.checking.worlds.world import STEP, World
from symgrad.operations import operation
from symgrad.submission.commands import GREEK
from symgrad.submission.written import (
    R_OPERATOR,
    Call,
    Element,
    Literal,
    Negative,
    Node,
    Power,
    Product,
    Symbol,
    Transpose,
    walk,
)
from symgrad.tree import Formula, Name, Op

INVERSES: Mapping[str, Callable[..., Any]] = {
    "tanh": np.arctanh,
    "sin": np.arcsin,
    "cos": np.arccos,
    "tan": np.arctan,
}


@handles(Call)
def call(node: Call, scope: Scope) -> Tensor:
    """A function's value, its derivative where it has a prime; or a product with what is in the brackets."""
    if node.head.base == R_OPERATOR:
        return moved(node, scope)
    if "d" in node.head.accents:
        if node.certain or len(node.args) != 1:
            raise Unknown("a differential with arguments", node)
        return multiplied("", scope.evaluate(node.head), scope.evaluate(node.args[0]), scope, node.span)
    if node.head.base in SPECIAL and not node.head.marks and not is_name(node.head, scope):
        return special(node.head.base, node, scope)
    if len(node.args) == 1 and (jacobian := jacobian_of(node.head, node.args[0], scope)) is not None:
        return jacobian
    head = _without_primes(node).head
    options = _ways(head, node, scope)
    if not options:
        raise Unknown(f"{shown(node.head)} is no function known here", node)
    if len(options) == 1:
        return next(iter(options.values()))()
    return scope.choices.among(("call", head.base, tuple(options)), options)


def _without_primes(node: Call) -> Call:
    head = replace(node.head, marks=tuple(m for m in node.head.marks if m != "'"))
    return replace(node, head=replace(head, raised=head.raised[: len(head.marks)]))


def _ways(head: Symbol, node: Call, scope: Scope) -> dict[str, Callable[[], Tensor]]:
    """What ``head (…)`` may be, the likeliest first; ``head`` is without its primes."""
    options: dict[str, Callable[[], Tensor]] = {}
    primes = len(node.head.marks) - len(head.marks)
    function = function_of(head, scope)
    quantity = quantity_of(replace(node, head=head), scope)
    there = point_of(replace(node, head=head), scope)
    if there is not None:
        function = None  # E(w_1) is no mean
    if function is not None:
        options["function"] = lambda: _applied(function, node, primes, scope)
    if primes and function is None and (quantity is not None or there is not None):
        return {"slope": lambda: slope_at(head, primes, node, there, scope)}
    if there is not None:
        ways = {"there": there, "step": counted_of(node, scope)}
        return {way: partial(one.evaluate, head) for way, one in ways.items() if one is not None}
    if not primes and quantity is not None and not (node.certain and function is not None):
        options["quantity"] = lambda: _quantity(quantity, node, scope)
    if node.certain:
        return options
    if not primes and quantity is None and owned_quantity(node, scope):
        options["quantity"] = lambda: scope.evaluate(node.head)
    leaf = None if primes else moved_leaf(node, scope)
    if leaf is not None:
        options["elsewhere"] = lambda: elsewhere(leaf, node, scope)
    if _may_be_factor(function, node, scope):
        (factor,) = node.args
        options["product"] = lambda: multiplied(
            "", scope.evaluate(node.head), scope.evaluate(factor), scope, node.span
        )
    if not primes and function is None and (formula := _law(head, node, scope)) is not None:
        options["law"] = lambda: _by_law(formula, scope.evaluate(node.args[0]), scope)
    if not primes and function is None and quantity is None and (made := _spelled_out(head, node, scope)):
        options["spelled out"] = lambda: _of_its_argument(made, scope.evaluate(node.args[0]), scope)
    return options


def _may_be_factor(function: Apply | None, node: Call, scope: Scope) -> bool:
    """Whether the brackets may be a factor: behind a letter, or a name of the problem."""
    named = is_name(node.head, scope)
    word = len(node.head.base) > 1 and node.head.base not in GREEK
    return len(node.args) == 1 and (named or not (word or function is not None))


@handles(Transpose, Power, Element)
def scripted(node: Transpose | Power | Element, scope: Scope) -> Tensor:
    """A script behind ``name (…)``: on the value of a function, or, of a product, on the bracket alone."""
    whole = SCRIPTED[type(node)]
    body, inside = _innermost(node)
    if isinstance(node, Power) and (inverse := _inverse(node, scope)) is not None:
        ways = {"inverse": lambda: inverse, "whole": lambda: whole(node, scope)}
        return scope.choices.among(("scripted", node.span), ways)
    if not isinstance(body, Call) or body.certain or len(body.args) != 1 or body.head.base in SPECIAL:
        return whole(node, scope)
    if body.enclosed or ("'" in body.head.marks and quantity_of(_without_primes(body), scope) is not None):
        return whole(node, scope)
    alone = Product(body.head, inside, "", node.span)
    if "d" in body.head.accents:
        return scope.evaluate(alone)
    if function_of(body.head, scope) is not None and not is_name(body.head, scope):
        return whole(node, scope)
    if (
        quantity_of(body, scope) is None
        and not owned_quantity(body, scope)
        and function_of(body.head, scope) is None
    ):
        return scope.evaluate(alone)
    return scope.choices.among(
        ("scripted", node.span),
        {"whole": lambda: whole(node, scope), "bracket": lambda: scope.evaluate(alone)},
    )


def _inverse(node: Power, scope: Scope) -> Tensor | None:
    """The inverse function of tanh⁻¹(a), where the exponent stands before the argument."""
    body, exponent = node.body, node.exponent
    if not isinstance(body, Call) or body.head.base not in INVERSES or len(body.args) != 1:
        return None
    if (
        not isinstance(exponent, Negative)
        or not isinstance(exponent.body, Literal)
        or exponent.body.value != 1
    ):
        return None
    if exponent.span.start > body.args[0].span.start:
        return None
    return elementwise(INVERSES[body.head.base], scope.evaluate(body.args[0]))


def _innermost(node: Transpose | Power | Element) -> tuple[Node, Node]:
    """What stands under all scripts, and the scripts on its first argument alone."""
    body = node.body
    if isinstance(body, Transpose | Power | Element):
        core, inside = _innermost(body)
        return core, replace(node, body=inside)
    if not isinstance(body, Call) or not body.args:
        return body, node
    first = body.args[0]
    bracketed = replace(first, enclosed=True) if isinstance(first, Call) else first
    return body, replace(node, body=bracketed)


SCRIPTED: Mapping[type, Callable[[Any, Scope], Tensor]] = {
    Transpose: transposed,
    Power: powered,
    Element: element,
}


def _applied(function: Apply, node: Call, primes: int, scope: Scope) -> Tensor:
    args = tuple(scope.evaluate(arg) for arg in node.args)
    if not primes and (part := _part_of(function, node, args, scope)) is not None:
        return part
    if not primes:
        return function(args)
    (x,) = args if len(args) == 1 else (None,)
    moves = x is not None and bool(np.any(np.imag(x.data)))
    if x is None or primes > 2 or (primes == 2 and moves):
        raise Unknown("derivatives of functions of higher order are not read", node)
    at_rest = np.real(x.data)
    found = function((replace(x, data=at_rest + 1j * H),))
    if found.rank != x.rank or node.head.base in ALONG:
        raise Unknown("a prime on a function that is not taken entry by entry", node)
    slopes = np.imag(found.data) / H if primes == 1 else _curvature(function, x, at_rest)
    if moves:
        slopes = slopes + 1j * np.imag(x.data) * _curvature(function, x, at_rest)
    return replace(found, data=slopes)


def _part_of(function: Apply, node: Call, args: tuple[Tensor, ...], scope: Scope) -> Tensor | None:
    """softmax(z_2) as an entry of softmax(z): of the number z_2 alone there is none."""
    (of,) = node.args if len(node.args) == 1 else (None,)
    if of is None or node.head.base not in ALONG or args[0].rank or args[0].axes:
        return None
    if isinstance(of, Literal | Negative):
        raise Unknown(f"the {node.head.base} of one number, with nothing beside it", node)
    if not isinstance(of, Symbol):
        return None
    found = next(scope.dictionary.find(of), None)
    if found is None or found.samples or found.marks or len(found.indices) != 1:
        return None
    places = counted(found.name, found.indices, scope.dictionary, scope.labels)
    return entry(function((scope.world.tensor(found.name, scope.stands),)), places, scope)


def _curvature(function: Apply, x: Tensor, at_rest: Any) -> Any:
    """f″, by central differences of f′ over five points: right to STEP⁴."""
    behind, before, after, ahead = (
        np.imag(function((replace(x, data=at_rest + n * STEP + 1j * H),)).data) / H for n in (-2, -1, 1, 2)
    )
    return (8 * (after - before) - (ahead - behind)) / (12 * STEP)


def _quantity(name: str, node: Call, scope: Scope) -> Tensor:
    """A quantity with its arguments; at an entry of its one argument its own entry there: g(z^{(k)})."""
    model = scope.dictionary.model
    uses = model.uses(name)
    if len(node.args) == 1 and (known := scripts(node.args[0])) is not None:
        arg = scope.evaluate(node.args[0])
        letters = [axis for axis in arg.axes if axis != MOVED]
        about = next((f.name for f in scope.dictionary.find(*known)), None)
        if (sample := sample_of(name, node, scope)) is not None:
            return pick(scope.world.tensor(name, scope.stands), 0, sample)
        if letters and about in uses and len(uses) == 1:
            formula = model.graph.quantities[name]
            try:
                return _by_law(formula, arg, scope)
            except (ValueError, IndexError, TypeError):
                raise Misfit("an entry of what is no function of entries") from None
    return scope.world.tensor(name, scope.stands)


def _law(head: Symbol, node: Call, scope: Scope) -> Formula | None:
    """The formula by which a quantity comes entry by entry from another: s of s(wᵀx), where s = σ(z)."""
    found = next(scope.dictionary.find(head), None)
    model = scope.dictionary.model
    formula = model.graph.quantities.get(found.name) if found is not None and not found.indices else None
    if not isinstance(formula, Op) or len(formula.args) != 1 or len(node.args) != 1:
        return None
    again = any(
        isinstance(part, Symbol) and (known := next(scope.dictionary.find(part), None)) and known == found
        for part in walk(node.args[0])
    )
    entrywise = operation(formula.name).kind == "elementwise" and isinstance(formula.args[0], Name)
    return formula if entrywise and not again else None  # a(1 − a) is a product


def _spelled_out(head: Symbol, node: Call, scope: Scope) -> str:
    """A quantity that is one function of an expression, with some expression behind it: s(Xw)."""
    found = next(scope.dictionary.find(head), None)
    formula = scope.dictionary.model.graph.quantities.get(found.name) if found is not None else None
    if found is None or found.indices or not isinstance(formula, Op) or len(formula.args) != 1:
        return ""
    plain = isinstance(formula.args[0], Name) or isinstance(node.args[0], Symbol) or len(node.args) != 1
    return found.name if not plain and operation(formula.name).kind == "elementwise" else ""


def _of_its_argument(name: str, arg: Tensor, scope: Scope) -> Tensor:
    """A quantity behind which its own argument stands. `Misfit` where it is another one."""
    formula = scope.dictionary.model.graph.quantities[name]
    assert isinstance(formula, Op)
    value = scope.world.value if isinstance(scope.world, World) else scope.world.base.value
    own = np.asarray(at(formula.args[0], value, scope.world.sizes))
    if {*arg.axes} - {MOVED} or arg.core != own.shape or not np.allclose(np.real(arg.data), own, rtol=1e-9):
        raise Misfit("brackets that do not hold what it is a function of")
    return scope.world.tensor(name, scope.stands)


def _by_law(formula: Formula, arg: Tensor, scope: Scope) -> Tensor:
    """The formula of one name, with another array in its place."""
    return replace(arg, data=np.asarray(at(formula, lambda name: arg.data, scope.world.sizes)))
