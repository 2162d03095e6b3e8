"""Σ and Π over an index, within its limits and under its condition; over layers term by term."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.conditions import compared, holds
from symgrad.checking.meaning.constants import size
from symgrad.checking.meaning.entries import integer, labels_of, shown
from symgrad.checking.meaning.ranges import under
from symgrad.checking.meaning.scope import Labelled, Scope, Unknown, handles
from symgrad.checking.meaning.spelling import IDENTITY, text_of
from symgrad.checking.worlds.jets import power
from symgrad.checking.worlds.products import hadamard
from symgrad.checking.worlds.tensor import ROW, Misfit, Tensor, combine, elementwise, pick, scalar, total
from symgrad.submission.written import Literal, Node, Sum, Symbol

MOST_TERMS = 200


@handles(Sum)
def summed(node: Sum, scope: Scope) -> Tensor:
    """Σ and Π over an index, within its limits; over times and layers term by term."""
    if node.over and node.chosen is None and node.index in scope.dictionary.parted:
        raise Unknown(f"nothing says what is in {node.over}", node)
    if isinstance(node.upper, Symbol) and scope.dictionary.moments.is_step(node.upper):
        raise Unknown("sums over the steps are not read", node)
    if not node.index:
        return _without_index(node, scope)
    if node.index in EACH:
        return _each(node, scope)
    letter = node.index
    scope = under(node, scope)
    inside = replace(scope, ranges={k: v for k, v in scope.ranges.items() if k != letter})
    try:
        return _over_axis(node, scope)
    except Labelled as label:
        if label.letter != letter:
            raise
        return _over_labels(node, label, inside)
    except Unknown as fault:
        if not isinstance(fault.node, Symbol) or text_of(fault.node) != letter:
            raise
        numbers = labels_of(letter, node.body, scope)
        if numbers is None:
            raise
        return _over_labels(node, numbers, inside)


EACH = {"eachrow": -1, "eachcolumn": -2, "row": -1, "column": -2, "rows": -2, "columns": -1}
"""In the words of our own reports: what is summed for each row, each column."""


def _each(node: Sum, scope: Scope) -> Tensor:
    body = scope.evaluate(node.body)
    if body.rank != 2:
        raise Misfit("rows of what is no matrix")
    axis = EACH[node.index]
    if axis == -1:
        return Tensor(body.data.sum(-1, keepdims=True), body.axes)
    return Tensor(body.data.sum(-2), body.axes, ROW)


def _over_axis(node: Sum, scope: Scope) -> Tensor:
    """Σ over a named axis; a bare array of samples under it is taken at the sample that is summed."""
    letter = node.index
    body = scope.evaluate(node.body)
    if body.rank == 1 and letter in body.axes and body.sizes[letter] == body.core[0]:
        return scope.choices.among(
            ("implied", node.span),
            {
                "whole": lambda: _reduced(node, body, scope),
                "implied": lambda: _reduced(node, pick(body, 0, letter), scope),
            },
        )
    return _reduced(node, body, scope)


def _reduced(node: Sum, body: Tensor, scope: Scope) -> Tensor:
    letter = node.index
    condition = node.condition
    if condition is not None and condition.relation in "<>≤≥≠" and isinstance(condition.right, Symbol):
        other = condition.right.base
        if other != letter and other in body.axes:
            return scope.choices.among(
                ("pairs", node.span),
                {
                    "one": lambda: _under(node, body, scope),
                    "both": lambda: total(_under(node, body, scope), other, None, node.product),
                },
            )
    return _under(node, body, scope)


def _under(node: Sum, body: Tensor, scope: Scope) -> Tensor:
    """Σ over a named axis within its limits and under its condition."""
    letter, condition = node.index, node.condition
    if letter not in body.axes:
        return _constant_sum(node, body, scope)
    length = body.sizes[letter]
    inside = replace(scope, ranges={**scope.ranges, letter: length})
    mask: Tensor | None = None
    start = 0.0 if scope.dictionary.from_zero else 1.0
    places = Tensor(np.arange(length) + start, (letter,))
    for limit, relation in ((node.lower, np.greater_equal), (node.upper, np.less_equal)):
        if limit is None or (limit is node.upper and _is_count(limit, length, scope)):
            continue
        value = _limit(limit, scope, relation is np.greater_equal)
        if value is None:
            continue
        ones = isinstance(limit, Literal) and limit.value == 1 and start == 0
        first = ones and relation is np.greater_equal and isinstance(node.upper, Symbol)
        if first and node.upper is not None and _reaches(node.upper, length, scope):
            continue  # of the n samples all, though other entries are counted from 0
        if start == 0 and relation is np.less_equal and isinstance(limit, Symbol) and not value.axes:
            value = scalar(min(float(np.real(value.data)), length - 1.0))
        _check_limit(value, relation is np.less_equal, length, start)
        part = elementwise(lambda a, b, r=relation: r(np.real(a), np.real(b)).astype(float), places, value)
        mask = part if mask is None else elementwise(np.multiply, mask, part)
    if condition is not None:
        part = holds(condition, inside)
        mask = part if mask is None else elementwise(np.multiply, mask, part)
    chosen = node.chosen
    if chosen:
        among = [scope.evaluate(item).data for item in chosen]
        part = Tensor(np.isin(np.real(places.data), np.real(among)).astype(float), (letter,))
        mask = part if mask is None else elementwise(np.multiply, mask, part)
    return total(body, letter, mask, node.product)


def _is_count(limit: Node, length: int, scope: Scope) -> bool:
    """Whether a limit is a given number that is how many there are, as N: 3 of three samples."""
    found = next(scope.dictionary.find(limit), None) if isinstance(limit, Symbol) else None
    dims = scope.dictionary.model.counted(found.name) if found is not None else ()
    return any(scope.world.sizes.get(dim) == length for dim in dims)


def _reaches(limit: Node, length: int, scope: Scope) -> bool:
    """Whether a limit is no less than how many there are."""
    found = None if _is_count(limit, length, scope) else _limit(limit, scope)
    return found is None or found.axes != () or float(np.real(found.data)) >= length


def _limit(limit: Node, scope: Scope, lower: bool = False) -> Tensor | None:
    """A limit of a sum as a number; None where it is a letter that stands for all there are."""
    number = integer(limit, scope)
    if number is not None:
        return scalar(float(number))
    if (length := _size_at(limit, scope)) is not None:
        return length
    try:
        found = compared(limit, scope)
    except Unknown:
        if isinstance(limit, Symbol):
            if lower and len(limit.base) == 1:
                return scalar(2.0)  # any number there is: the line must hold for this one too
            raise Unknown(f"nothing says what the limit {shown(limit)} is", limit) from None
        raise
    if found.rank or found.kind or (isinstance(limit, Symbol) and not _is_whole(found)):
        raise Unknown(f"nothing says what the limit {shown(limit)} is", limit)
    return found


def _size_at(limit: Node, scope: Scope) -> Tensor | None:
    """The size that a letter is at the end of a sum: there I is no identity, and L no loss."""
    sizes = scope.dictionary.sizes
    if not isinstance(limit, Symbol) or not (limit.base in IDENTITY or text_of(limit) in sizes):
        return None
    return size(limit, (), scope)


def _is_whole(value: Tensor) -> bool:
    return bool(np.allclose(np.real(value.data), np.round(np.real(value.data))))


def _check_limit(value: Tensor, upper: bool, size: int, start: float) -> None:
    top = size + start - 1
    if upper and not value.axes and np.real(value.data) > top:
        raise Misfit(f"the sum runs to {float(np.real(value.data)):g}, and there are {size} entries")
    if not upper and not value.axes and np.real(value.data) < start:
        raise Misfit(f"the sum begins at {float(np.real(value.data)):g}")
    if not _is_whole(value):
        raise Misfit("a limit of the sum is no whole number")


def _constant_sum(node: Sum, body: Tensor, scope: Scope) -> Tensor:
    """The sum of what does not hold its index: so many times, or over the entries themselves."""
    letter = node.index
    count = scope.ranges.get(letter)
    if count is None and node.upper is not None and node.lower is not None:
        low, high = (_limit(limit, scope) for limit in (node.lower, node.upper))
        if low is not None and high is not None and low.data.ndim == high.data.ndim == 0:
            span = float(np.real(high.data) - np.real(low.data))
            if not 0 <= span < MOST_TERMS:
                raise Unknown("a sum of too many terms, or of none", node)
            count = int(span) + 1

    def times() -> Tensor:
        if count is None:
            raise Unknown(f"nothing shows how far the index {letter} runs", node)
        if node.product:
            return elementwise(power, body, scalar(float(count)))
        return elementwise(np.multiply, body, scalar(float(count)))

    def entries() -> Tensor:
        if body.rank == 0:
            raise Misfit("a number has no entries to be summed")
        if count is not None and node.lower is not None and count != body.core[0]:
            raise Misfit("the limits are not those of the samples")
        reduce = np.prod if node.product else np.sum
        return Tensor(reduce(body.data, axis=len(body.axes)), body.axes, scope.stands)

    if body.rank:
        return scope.choices.among(("sum", node.span), {"entries": entries, "times": times})
    return times()


def _over_labels(node: Sum, label: Labelled, scope: Scope) -> Tensor:
    """Σ_t over the numbers of layers or times, term by term."""
    low = integer(node.lower, scope) if node.lower is not None else None
    high = integer(node.upper, scope) if node.upper is not None else None
    if node.upper is not None and high is None:
        if isinstance(node.upper, Symbol) and text_of(node.upper) in ("T", "L", "N", "n"):
            high = max(label.numbers)
        else:
            raise Unknown("nothing says how far this sum runs", node)
    first = low if low is not None else max(1, min(label.numbers))
    last = high if high is not None else max(label.numbers)
    if last - first > MOST_TERMS:
        raise Unknown("a sum of too many terms", node)
    found: Tensor | None = None
    for number in range(first, last + 1):
        term = scope.labelled(node.index, number).evaluate(node.body)
        if found is None:
            found = term
        else:
            found = hadamard(found, term) if node.product else combine(np.add, found, term)
    return found if found is not None else scalar(1.0 if node.product else 0.0)


def _without_index(node: Sum, scope: Scope) -> Tensor:
    """Σ without an index: over all entries of what follows, or over the one index that is left free."""
    body = scope.evaluate(node.body)
    reduce = np.prod if node.product else np.sum
    if body.rank:
        named = len(body.axes)
        flat = body.data.reshape((*body.data.shape[:named], -1))
        ways = {"entries": lambda: Tensor(reduce(flat, axis=-1), body.axes)}
        if body.rank == 2:  # over the samples, which only the shape of what comes out shows
            ways["rows"] = lambda: Tensor(reduce(body.data, axis=named), body.axes, scope.stands)
            ways["columns"] = lambda: Tensor(reduce(body.data, axis=named + 1), body.axes, scope.stands)
        return scope.choices.among(("sum", node.span), ways)
    letters = [axis for axis in body.axes if axis.isalpha()]
    if len(letters) == 1:
        return total(body, letters[0], None, node.product)
    raise Unknown("nothing says over what this sums", node)
