"""Why a derivative is what it is: the reasons on the way back through a formula, in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from symgrad.calculus.between import bounded
from symgrad.calculus.made import REASONS
from symgrad.calculus.parts import is_elementwise
from symgrad.graph import Graph
from symgrad.languages import Said
from symgrad.operations import operation
from symgrad.tree import Formula, Op, names


def reasons(formula: Formula, target: str, graph: Graph) -> tuple[str, Said]:
    """The id of the rule at the operation nearest to ``target``, and the reasons on the way to it."""
    way = list(_way(formula, target))
    if not way:
        return "copy", Said("a copy passes the gradient on")
    op, position = way[-1]
    side = ("-left", "-right")[position] if len(op.args) == 2 else ""
    return f"{op.name.replace('_', '-')}{side}", reduce(_then, map(Said, _told(way, target, graph)))


THEN = "{first}; then {then}"


def _then(first: Said, then: Said) -> Said:
    return Said(THEN, first=first, then=then)


def reasons_of(why: str) -> tuple[Said, ...]:
    """Reasons that are told in one sentence, each by itself; where the way forks what follows is one.

    >>> reasons_of(_then(_then(Said("a"), Said("where it holds, b; then c")), Said("d")))
    ('a', 'where it holds, b; then c', 'd')
    """
    told = Said(why)
    if not told:
        return ()
    if told.text != THEN:
        return (told,)
    return (*reasons_of(told.values["first"]), *reasons_of(told.values["then"]))


def _told(way: list[tuple[Op, int]], target: str, graph: Graph) -> Iterator[str]:
    """The reasons on the way, each once; where it forks those of both branches end it."""
    fork = next((n for n, (op, _) in enumerate(way) if _forks(op, target)), len(way))
    straight, rest = way[:fork], way[fork:]
    told = [(op, n) for op, n in straight if op.name not in SILENT] or straight[-1:]
    yield from dict.fromkeys(_reason(op, n) for op, n in told)
    if rest:
        _, holds, fails = (reasons(arg, target, graph)[1] for arg in rest[0][0].args)
        forked = "where the condition holds, {holds}; elsewhere, {fails}"
        yield Said(forked, holds=holds, fails=fails)
    yield from filter(None, (_stretched(op, n, graph) for op, n in (*straight, *rest[:1])))


def _forks(op: Op, target: str) -> bool:
    """Whether both branches of a choice use ``target``."""
    return op.name == "where" and all(target in names(arg) for arg in op.args[1:])


SILENT = frozenset({"add", "subtract", "negative"})
"""Operations on the way that need no word where there are others."""


def _reason(op: Op, position: int) -> str:
    """Why the derivative by an argument is what it is; a constant beside it needs no product rule."""
    others = [arg for n, arg in enumerate(op.args) if n != position]
    scales = op.name == "multiply" or (op.name, position) == ("divide", 0)
    if scales and not any(map(names, others)):
        return "a constant factor stays"
    if op.name in REASONS:
        return REASONS[op.name]
    return operation(op.name).reason(position)


def _stretched(op: Op, position: int, graph: Graph) -> str:
    """Why the gradient of a broadcast argument is a sum; nothing where the argument is not repeated."""
    if not is_elementwise(op.name):
        return ""
    own, whole = graph.shape(op.args[position]), graph.shape(op)
    placed = (1,) * (len(whole) - len(own)) + own
    repeated = tuple(axis for axis, (a, b) in enumerate(zip(placed, whole, strict=True)) if a != b)
    return REPEATED.get((len(whole), repeated), "")


REPEATED = {
    (1, (0,)): "the same number stands in every entry, so the gradients of all entries add up",
    (2, (0, 1)): "the same number stands in every entry, so the gradients of all entries add up",
    (2, (0,)): "the same values stand in every row, so the gradients of all rows add up",
    (2, (1,)): "the same values stand in every column, so the gradients of all columns add up",
}
"""By the rank of the result and its axes along which an argument is repeated."""


def _way(formula: Formula, target: str) -> Iterator[tuple[Op, int]]:
    """The operations from the output to the first ``target``, each with the argument it leads through.

    A stop ends the way.
    """
    while isinstance(formula := bounded(formula), Op):
        if formula.name == "stop":
            yield formula, 0
            return
        position = _place(formula, target)
        yield formula, position
        formula = formula.args[position]


def _place(op: Op, target: str) -> int:
    """The first argument with ``target`` in it; nothing goes back through the condition of a choice."""
    found = [n for n, arg in enumerate(op.args) if target in names(arg)]
    return next((n for n in found if n or op.name != "where"), 0)
