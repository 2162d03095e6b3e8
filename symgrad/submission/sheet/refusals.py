"""What a sheet may write and the problem language cannot say: an error each, never another problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.forward import Forward
from symgrad.submission.sheet.names import GREEK
from symgrad.submission.sheet.own import is_applied
from symgrad.submission.sheet.reduce import INFINITE, range_of
from symgrad.submission.sheet.terms import Misfit
from symgrad.submission.written import Add, Call, Node, Norm, Product, Subtract, Sum, Symbol, walk

SAY = "say in a formula what it is, as in f(t) = max(0, t), or add --problem FILE"
LIMITS = "write it as a sum from 1 to a size or a number, over a whole array or a part of one"


def refused(body: Node, found: Forward, counts: Mapping[str, int]) -> Iterator[tuple[Node, str, str]]:
    """The parts of a formula that cannot be said, each with a message and a hint."""
    for node in walk(body):
        refuse = _REFUSED.get(type(node))
        message, hint = refuse(node, found, counts) if refuse is not None else ("", "")
        if message:
            yield node, message, hint


def _call(node: Call, found: Forward, counts: Mapping[str, int]) -> tuple[str, str]:
    head = node.head
    written = head.base + (f"_{head.sub}" if head.sub else "")
    if head.base.startswith("#") or head.base == "indicator" or functions.is_function(head):
        return "", ""
    if head in found.functions:
        rule = found.functions[head]
        fits = rule is None or len(rule.parameters) == len(node.args)
        return ("", "") if fits else (f"'{written}' has another number of arguments here", SAY)
    word = len(head.base) > 1 and head.base not in GREEK and is_applied(node, found.wholes)
    if node.certain or word:
        return f"'{written}' is no function that is known here", SAY
    return "", ""


def _sum(node: Sum, found: Forward, counts: Mapping[str, int]) -> tuple[str, str]:
    if node.product:
        return "a product over an index cannot be said in a problem", "write its factors out"
    if node.condition is not None:
        return "a sum under a condition cannot be said in a problem", LIMITS
    if node.chosen is not None or (node.over and node.lower is None):
        return "a sum over a set cannot be said in a problem", LIMITS
    try:
        range_of(node, counts)
    except Misfit as misfit:
        return f"the limits of this sum are not read: {misfit}", LIMITS
    return "", ""


def _norm(node: Norm, found: Forward, counts: Mapping[str, int]) -> tuple[str, str]:
    known = node.sub in ("", "F", "Fro", "fro", *INFINITE) or (node.sub.isdigit() and node.sub != "0")
    return ("", "") if known else (f"the norm with the subscript {node.sub} is not known here", SAY)


def _symbol(node: Symbol, found: Forward, counts: Mapping[str, int]) -> tuple[str, str]:
    if node.base == "dots":
        return "dots leave something out", "write it out, or as a sum"
    return "", ""


def _added(node: Add | Subtract, found: Forward, counts: Mapping[str, int]) -> tuple[str, str]:
    """A + λI, where I is nothing else in the sheet."""
    for part in (node.left, node.right):
        last = part.right if isinstance(part, Product) else part
        if last == Symbol("I") and last not in found.wholes:
            return (
                "the identity cannot be said in a problem",
                "give its numbers, or its size, as for any matrix",
            )
    return "", ""


_REFUSED: Mapping[type, Callable[[Any, Forward, Mapping[str, int]], tuple[str, str]]] = {
    Call: _call,
    Sum: _sum,
    Norm: _norm,
    Symbol: _symbol,
    Add: _added,
    Subtract: _added,
}
