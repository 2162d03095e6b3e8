"""A name before brackets: a function of the trade, the problem's own activation, or a product."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from symgrad.checking import functions
from symgrad.checking.letters import Evaluate, Letters
from symgrad.checking.products import Reading, multiply
from symgrad.checking.scope import Scope, Unknown
from symgrad.submission.written import Call, Node, Product, Symbol
from symgrad.tree import Array

LONGEST_BASE = 9
"""Digits that a number under a logarithm may have."""


def call_readings(node: Call, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """The values of a name before brackets: of the function, or of the product.

    Raises `Unknown` where it is neither.
    """
    found = list(_named_call(node, scope, letters, evaluate))
    if not found and not node.certain and len(node.args) == 1:
        found = evaluate(Product(node.head, node.args[0], span=node.span), scope, letters)
    if not found:
        raise Unknown(node.head)
    yield from found


def _named_call(node: Call, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    head = node.head
    name, primes = functions.plain(head.base), sum(mark in ("'", "prime") for mark in head.marks)
    if scope.lexicon.find(head) or scope.definition(head):
        if not node.certain and len(node.args) == 1:
            yield from evaluate(Product(head, node.args[0], span=node.span), scope, letters)
        return
    if name == "prod":
        yield from _chained(node.args, scope, letters, evaluate)
        return
    args = [evaluate(arg, scope, letters) for arg in node.args]
    for chosen in product(*args):
        loose = sum(reading.loose for reading in chosen)
        arrays = [reading.array for reading in chosen]
        for value in _applied(head, name, primes, arrays, scope, evaluate):
            yield Reading(value, None, loose)


def _applied(
    head: Symbol, name: str, primes: int, args: list[Array], scope: Scope, evaluate: Evaluate
) -> Iterator[Array]:
    if primes == 0 and name in ("log", "ln") and len(args) == 1 and head.sub not in ("", "e"):
        yield from functions.logarithm(args[0], _base(head, scope, evaluate))
    elif name in functions.ELEMENTWISE and len(args) == 1 and primes <= 1:
        yield _elementwise(functions.ELEMENTWISE[name], primes, args[0])
    elif name == "softmax" and primes == 1:
        yield from functions.jacobian_of_softmax(args[0])
    elif name in functions.STRUCTURED and primes == 0 and len(args) in functions.COUNTS.get(name, (1,)):
        yield from functions.STRUCTURED[name](*args)
    if (name in functions.GENERIC or name not in functions.STRUCTURED) and len(args) == 1:
        yield from _activation(primes, args[0], scope)


def _base(head: Symbol, scope: Scope, evaluate: Evaluate) -> Array:
    """What is written under a logarithm: a number, or something that has a value."""
    if head.sub.isdecimal() and len(head.sub) <= LONGEST_BASE:
        return np.asarray(float(head.sub))
    return evaluate(Symbol(head.sub), scope, {})[0].array


def _elementwise(function: str, primes: int, x: Array) -> Array:
    return functions.derivative(function, x) if primes else functions.value(function, x)


def _activation(primes: int, x: Array, scope: Scope) -> Iterator[Array]:
    """f(s) for a letter f: what the problem makes of the quantity whose value is s."""
    for function in scope.world.activations(x):
        yield _elementwise(function, primes, x)


def _chained(args: tuple[Node, ...], scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """prod(∂J/∂c, ∂c/∂w): the factors multiplied as the chain rule wants, whatever their order."""
    if not args:
        return
    first, *rest = [evaluate(arg, scope, letters) for arg in args]
    for right in rest:
        first = [found for a, b in product(first, right) for found in multiply(a, b, "dot")]
    yield from first
