"""Numbers, sums, products, quotients, powers, matrices, norms, cases: what needs no name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np

from symgrad.checking.meaning.scope import Labelled, Scope, Unknown, handles
from symgrad.checking.meaning.spelling import UPDATED, text_of
from symgrad.checking.meaning.symbols import entry, family, integer, named, position, ranges_of, shown
from symgrad.checking.meaning.tensor import (
    COLUMN,
    ROW,
    Misfit,
    Tensor,
    combine,
    elementwise,
    filled,
    gather,
    hadamard,
    inner,
    matmul,
    outer,
    pick,
    scalar,
    spread,
    total,
    transpose,
    union,
)
from symgrad.checking.worlds.jets import JETS, H, absolute, power, sqrt
from symgrad.checking.worlds.world import NoValue
from symgrad.operations.windows import convolve
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Cases,
    Comparison,
    Element,
    Literal,
    Matrix,
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
    transform,
)

PRINTED = "§"
"""The axis along which printed numbers are moved, one after the other."""


@handles(Literal)
def literal(node: Literal, scope: Scope) -> Tensor:
    """A printed number."""
    value = scope.instead.get(node.span, float(node.value))
    place = scope.literals.get(node.span)
    if place is None:
        return scalar(value)
    step = np.zeros(len(scope.literals), dtype=complex)
    step[place] = 1j * H
    return Tensor(value + step, (PRINTED,))


@handles(Add, Subtract)
def added(node: Add | Subtract, scope: Scope) -> Tensor:
    """a + b, a − b."""
    sign = np.add if isinstance(node, Add) else np.subtract
    return combine(sign, scope.evaluate(node.left), scope.evaluate(node.right))


@handles(Negative)
def negative(node: Negative, scope: Scope) -> Tensor:
    """−a."""
    found = scope.evaluate(node.body)
    return replace(found, data=-found.data)


@handles(Brace)
def brace(node: Brace, scope: Scope) -> Tensor:
    """What stands over a brace."""
    return scope.evaluate(node.body)


@handles(Product)
def product(node: Product, scope: Scope) -> Tensor:
    """Two factors, by the sign between them and by what fits."""
    left, right = scope.evaluate(node.left), scope.evaluate(node.right)
    return multiplied(node.sign, left, right, scope, node.span)


def multiplied(sign: str, left: Tensor, right: Tensor, scope: Scope, key: Any) -> Tensor:
    """The product of two values under a sign."""
    if not (left.rank or left.kind) or not (right.rank or right.kind):
        if sign == "oslash":
            return elementwise(np.divide, left, right)
        return matmul(left, right)
    ways = WAYS[sign]
    if len(ways) == 1:
        return ways[0][1](left, right)
    if not sign and (found := _matrix_product(left, right)) is not None:
        return found
    return scope.choices.among(
        (sign, key), {name: (lambda way=way: way(left, right)) for name, way in ways}  # type: ignore[misc]
    )


def _matrix_product(left: Tensor, right: Tensor) -> Tensor | None:
    """The product of matrices side by side, if it fits; then no other way does."""
    try:
        return matmul(left, right)
    except Misfit:
        return None


def _alike(left: Tensor, right: Tensor) -> Tensor:
    """Two arrays side by side, entry by entry: only of one shape, and 1-D ones that stand alike."""
    if left.core != right.core or left.rank != 1:
        raise Misfit("the shapes of the factors do not fit")
    return hadamard(left, right)


def _same(left: Tensor, right: Tensor) -> Tensor:
    if left.core != right.core:
        raise Misfit("the shapes of the factors do not fit")
    return hadamard(left, right)


def _convolved(left: Tensor, right: Tensor) -> Tensor:
    """A star for the convolution of two matrices."""
    if left.rank != 2 or right.rank != 2 or left.axes or right.axes:
        raise Misfit("a convolution of what are no two matrices")
    if right.core[0] > left.core[0] or right.core[1] > left.core[1]:
        raise Misfit("a kernel larger than what it moves over")
    return Tensor(convolve(JETS, left.data, right.data))


Way = Callable[[Tensor, Tensor], Tensor]
MATRIX: tuple[str, Way] = ("matrix", matmul)
INNER: tuple[str, Way] = ("inner", inner)
ENTRIES: tuple[str, Way] = ("entries", _same)
WAYS: dict[str, tuple[tuple[str, Way], ...]] = {
    "": (MATRIX, ("entries", _alike), INNER),
    "dot": (MATRIX, INNER, ENTRIES),
    "times": (MATRIX, ENTRIES),
    "star": (ENTRIES, MATRIX, ("conv", _convolved)),
    "odot": (("entries", hadamard),),
    "otimes": (("entries", _same), ("outer", outer)),
    "at": (MATRIX,),
    "oslash": (("entries", lambda a, b: elementwise(np.divide, a, b)),),
    "colon": (INNER,),
}


@handles(Quotient)
def quotient(node: Quotient, scope: Scope) -> Tensor:
    """a / b, entry by entry where b is an array of a's shape."""
    left, right = scope.evaluate(node.left), scope.evaluate(node.right)
    if right.kind == "unit" or (right.rank == 2 and left.rank and left.core != right.core):
        raise Unknown("a quotient by a matrix is not read", node)
    found = elementwise(np.divide, left, right)
    return replace(found, kind=left.kind) if left.kind else found


@handles(Power)
def powered(node: Power, scope: Scope) -> Tensor:
    """A power, entry by entry of a vector; a name with a label or an index that stands high."""
    if isinstance(node.body, Symbol) and isinstance(node.exponent, Symbol | Add | Subtract | Literal):
        high = _high(node.body, node.exponent, scope)
        if high is not None:
            return high
    if isinstance(node.body, Symbol) and node.body.base == "e" and not node.body.sub and _is_euler(node, scope):
        return elementwise(np.exp, scope.evaluate(node.exponent))
    body, exponent = scope.evaluate(node.body), scope.evaluate(node.exponent)
    if exponent.rank:
        return elementwise(power, body, exponent)
    if body.kind:
        return replace(elementwise(power, body, exponent), kind=body.kind)
    if body.rank == 2 and not exponent.axes and body.core[0] == body.core[1]:
        number = float(np.real(exponent.data)) if exponent.data.ndim == 0 else 0.5
        if number == -1:
            return Tensor(JETS.of_matrix("inv", body.data), body.axes)
        if number == 2:
            return scope.choices.among(
                ("power", node.span),
                {"entries": lambda: elementwise(power, body, exponent), "matrix": lambda: matmul(body, body)},
            )
    return elementwise(power, body, exponent)


def _is_euler(node: Power, scope: Scope) -> bool:
    """Whether e with something high is the exponential, also where a name e has been defined."""
    assert isinstance(node.body, Symbol)
    known = next(scope.dictionary.find(node.body), None) or next(scope.dictionary.defined(node.body, (), scope.line), None)
    return known is None or not (isinstance(node.exponent, Literal) and node.exponent.value == 2)


def _high(body: Symbol, exponent: Node, scope: Scope) -> Tensor | None:
    """W^L, a^2 where that is how the problem writes a name, x^i: a label, a sample."""
    if scope.dictionary.names.is_exact(body, exponent):
        return named(body, (exponent,), scope)
    if isinstance(exponent, Symbol) and exponent.base in UPDATED:
        return named(replace(body, marks=(*body.marks, exponent.base), raised=(*body.raised, exponent)), (), scope)
    if body.base == "delta":
        return named(body, (exponent,), scope) if not isinstance(exponent, Literal) or not body.sub else None
    if body.base == "e" or isinstance(exponent, Literal):
        if isinstance(exponent, Literal) and not body.sub and next(scope.dictionary.find(body), None) is None:
            known = family(body, scope)
            if known is not None and integer(exponent, scope) in known:
                return named(body, (exponent,), scope)
        return None
    shapes = scope.dictionary.model.graph.shapes
    for found in scope.dictionary.find(body, (exponent,)):
        if not found.samples and len(found.indices) <= len(shapes.get(found.name, ())):
            return named(body, (exponent,), scope)
    own = next((o for o, left in scope.dictionary.defined(body, (exponent,), scope.line)), None)
    if own is not None and own.spelling[3]:
        return named(body, (exponent,), scope)
    known = family(body, scope)
    if known is not None and next(scope.dictionary.find(body), None) is None:
        return named(body, (exponent,), scope)
    return None


@handles(Transpose)
def transposed(node: Transpose, scope: Scope) -> Tensor:
    """aᵀ; of a number the number itself."""
    body = scope.evaluate(node.body)
    if not body.rank and not body.kind and not node.certain:
        power_of = Symbol("T", span=node.span)
        return elementwise(power, body, named(power_of, (), scope))
    if not body.rank and not body.kind:
        return body
    return transpose(body)


@handles(Element)
def element(node: Element, scope: Scope) -> Tensor:
    """An entry of an expression: (W x)_i, (W_2)_{jk}, softmax(z)_k."""
    body = scope.evaluate(node.body)
    indices = node.indices
    if isinstance(node.body, Call) and not body.rank:
        raise Misfit("an entry of a number")
    if len(indices) == 1 and body.rank == 2:
        options = {
            "row": lambda: entry(body, (indices[0], None), scope),
            "column": lambda: entry(body, (None, indices[0]), scope),
        }
        return scope.choices.among(("element", node.span), options)
    if not indices or len(indices) != body.rank:
        if len(indices) == 1 and isinstance(indices[0], Literal) and body.rank == 2:
            pass
        raise Unknown(f"the subscript {node.sub} is not read", node)
    return entry(body, list(indices), scope)


@handles(Matrix)
def matrix(node: Matrix, scope: Scope) -> Tensor:
    """Rows of entries; entries that are blocks are put together. A single row or column is 1-D."""
    if (found := _continued(node, scope)) is not None:
        return found
    rows = [[scope.evaluate(cell) for cell in row] for row in node.rows]
    if any(len(row) != len(rows[0]) for row in rows):
        raise Misfit("the rows of a matrix are not of one length")
    cells = [cell for row in rows for cell in row]
    axes = union(*cells)
    if any(cell.rank for cell in cells):
        return _blocks(rows, axes)
    shape = np.broadcast_shapes(*(spread(cell, axes).shape for cell in cells))
    data = np.stack([np.broadcast_to(spread(cell, axes), shape) for cell in cells], axis=-1)
    data = data.reshape((*shape, len(rows), len(rows[0])))
    if node.flat or len(rows) == 1:
        return Tensor(data[..., 0, :], axes, scope.stands if node.flat else ROW)
    if len(rows[0]) == 1:
        return Tensor(data[..., :, 0], axes, COLUMN)
    return Tensor(data, axes)


def _continued(node: Matrix, scope: Scope) -> Tensor | None:
    """(a_1, …, a_n): the array of all a_i."""
    cells = [cell for row in node.rows for cell in row]
    if len(node.rows) > 1 and len(node.rows[0]) > 1:
        return None
    whole = continued(cells, scope)
    if whole is None:
        return None
    stands = scope.stands if node.flat else ROW if len(node.rows) == 1 else COLUMN
    return replace(whole, stands=stands)


def continued(cells: Sequence[Node], scope: Scope) -> Tensor | None:
    """The array of which a first entry, dots and the last one are written; None where no dots stand."""
    dots = [n for n, cell in enumerate(cells) if isinstance(cell, Symbol) and cell.base in DOTS]
    if not dots or len(cells) < 3:
        return None
    first = cells[0]
    general = transform_indices(first, Symbol("…"))
    inside = replace(scope, ranges={**scope.ranges, **ranges_of((general,), scope)})
    found = inside.evaluate(general)
    if "…" not in found.axes or found.rank:
        raise Unknown("dots leave something out that is not read", first)
    return gather(found, ("…",))


def transform_indices(node: Node, letter: Symbol) -> Node:
    """The node with a letter for every index 1."""

    def change(part: Node) -> Node:
        if isinstance(part, Symbol) and part.indices:
            indices = tuple(letter if isinstance(i, Literal) and i.value == 1 else i for i in part.indices)
            return replace(part, indices=indices, sub=",".join(map(text_of, indices)))
        return part

    return transform(node, change)


DOTS = frozenset(("dots", "ldots", "cdots", "vdots", "ddots", "dotsc", "dotsb"))


def _blocks(rows: list[list[Tensor]], axes: tuple[str, ...]) -> Tensor:
    """Columns side by side, or rows one above another."""
    if axes or len(rows) > 1 and len(rows[0]) > 1:
        raise Unknown("a matrix of blocks")
    cells = [cell for row in rows for cell in row]
    if any(cell.rank != 1 for cell in cells) or len({cell.core for cell in cells}) > 1:
        raise Misfit("blocks of different shapes")
    return Tensor(np.stack([cell.data for cell in cells], axis=-1 if len(rows) == 1 else 0))


@handles(Norm)
def norm(node: Norm, scope: Scope) -> Tensor:
    """‖x‖ by its subscript: the Euclidean or Frobenius norm, or another; |x| of a number."""
    body = scope.evaluate(node.body)
    if node.single and not body.rank:
        return elementwise(absolute, body)
    if node.single and body.rank == 2 and body.core[0] == body.core[1]:
        return Tensor(JETS.of_matrix("det", body.data), body.axes)
    if node.single:
        return elementwise(absolute, body)
    if not body.rank:
        return elementwise(absolute, body)
    order = node.sub.strip("{}") or "2"
    flat = body.data.reshape((*body.data.shape[: len(body.axes)], -1))
    if order == "F" or (order in ("2", "ell2", "l2") and (body.rank == 1 or order == "2")):
        return Tensor(sqrt((flat * flat).sum(-1)), body.axes)
    if order in ("infty", "∞", "inf", "max"):
        return Tensor(JETS.apply("abs", flat).max(-1) if not np.iscomplexobj(flat) else _largest(flat), body.axes)
    if order in ("1", "ell1", "l1"):
        return Tensor(absolute(flat).sum(-1), body.axes)
    if order == "0":
        return Tensor((np.real(flat) != 0).sum(-1).astype(float), body.axes)
    if order.isdigit():
        return Tensor(power(power(absolute(flat), float(order)).sum(-1), 1 / float(order)), body.axes)
    raise Unknown(f"the norm ‖·‖_{node.sub} is not known", node)


def _largest(flat: Any) -> Any:
    sizes = absolute(flat)
    where = np.argmax(np.real(sizes), axis=-1)
    return np.take_along_axis(sizes, where[..., None], axis=-1)[..., 0]


RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "≠": np.not_equal,
    "<": np.less,
    "≤": np.less_equal,
    ">": np.greater,
    "≥": np.greater_equal,
}


@handles(Comparison)
def holds(node: Comparison, scope: Scope) -> Tensor:
    """1 where a condition holds, else 0: of indices, or of values."""
    relation = RELATIONS.get(node.relation)
    if relation is None:
        raise Unknown("a condition of this kind is not read", node)
    if (apart := _labels_apart(node, scope)) is not None:
        return apart
    left, right = (_compared(side, scope) for side in (node.left, node.right))
    for one, other in ((left, right), (right, left)):
        if one.rank == 1 and not other.rank and node.relation in "=≠" and _is_one_hot(one):
            return _class(one, other, node, scope)
    return elementwise(lambda a, b: relation(np.real(a), np.real(b)).astype(float), left, right)


def _labels_apart(node: Comparison, scope: Scope) -> Tensor | None:
    """k = o where o is no index but the label of a name of its own, u_o: they never meet."""
    if node.relation not in "=≠":
        return None
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, Symbol) and text_of(one) in scope.ranges and isinstance(other, Symbol):
            text = text_of(other)
            named_so = any(key[2] == text or key[3] == text for key in scope.dictionary.names.exact)
            if named_so and text not in scope.ranges and text not in scope.dictionary.hot and integer(other, scope) is None:
                return scalar(0.0 if node.relation == "=" else 1.0)
    return None


def _compared(node: Node, scope: Scope) -> Tensor:
    if isinstance(node, Symbol) and text_of(node) in scope.ranges and not node.sub and not node.marks:
        known = next(scope.dictionary.find(node), None)
        if known is None:
            return position(node, scope)
    return scope.evaluate(node)


def _is_one_hot(tensor: Tensor) -> bool:
    real = np.real(tensor.data)
    return bool(np.isin(real, (0.0, 1.0)).all() and (real.sum(-1) == 1).all())


def _class(hot: Tensor, index: Tensor, node: Comparison, scope: Scope) -> Tensor:
    """y_n = k of one-hot data: the entry k of y_n."""
    start = 0.0 if scope.dictionary.from_zero else 1.0
    number = Tensor(np.argmax(np.real(hot.data), axis=-1) + start, hot.axes)
    relation = RELATIONS[node.relation]
    return elementwise(lambda a, b: relation(np.real(a), np.real(b)).astype(float), number, index)


@handles(Cases)
def cases(node: Cases, scope: Scope) -> Tensor:
    """Values under conditions; entries that no condition reaches are NaN, which nothing agrees with."""
    rest: Tensor | None = None
    found = scalar(np.nan)
    for value, condition in reversed(node.rows):
        branch = scope.evaluate(value)
        if condition is None:
            found = branch
            continue
        mask = holds(condition, scope)
        rest = found
        found = elementwise(lambda m, a, b: np.where(np.real(m) > 0, a, b), mask, branch, rest)
    return found


@handles(Sum)
def summed(node: Sum, scope: Scope) -> Tensor:
    """Σ and Π over an index, within its limits; over times and layers term by term."""
    if not node.index:
        return _without_index(node, scope)
    if node.index in EACH:
        return _each(node, scope)
    letter = node.index
    if letter in scope.labels or letter not in scope.ranges:
        inside = replace(scope, ranges={k: v for k, v in scope.ranges.items() if k != letter})
        try:
            return _over_axis(node, scope)
        except Labelled as label:
            if label.letter != letter:
                raise
            return _over_labels(node, label, inside)
    try:
        return _over_axis(node, scope)
    except Labelled as label:
        if label.letter != letter:
            raise
        return _over_labels(node, label, replace(scope, ranges={k: v for k, v in scope.ranges.items() if k != letter}))


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
    if condition is not None and condition.relation in "<>≤≥" and isinstance(condition.right, Symbol):
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
    size = body.sizes[letter]
    inside = replace(scope, ranges={**scope.ranges, letter: size})
    mask: Tensor | None = None
    start = 0.0 if scope.dictionary.from_zero else 1.0
    places = Tensor(np.arange(size) + start, (letter,))
    for limit, relation in ((node.lower, np.greater_equal), (node.upper, np.less_equal)):
        if limit is None:
            continue
        value = _limit(limit, size, scope, relation is np.greater_equal)
        if value is None:
            continue
        if start == 0 and relation is np.less_equal and isinstance(limit, Symbol) and not value.axes:
            value = scalar(min(float(np.real(value.data)), size - 1.0))
        _check_limit(value, relation is np.less_equal, size, start)
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


def _limit(limit: Node, size: int, scope: Scope, lower: bool = False) -> Tensor | None:
    """A limit of a sum as a number; None where it is a letter that stands for all there are."""
    number = integer(limit, scope)
    if number is not None:
        return scalar(float(number))
    try:
        return _compared(limit, scope)
    except Unknown:
        if isinstance(limit, Symbol):
            if lower and len(limit.base) == 1:
                return scalar(2.0)  # any number there is: the line must hold for this one too
            raise Unknown(f"nothing says what the limit {shown(limit)} is", limit) from None
        raise


def _check_limit(value: Tensor, upper: bool, size: int, start: float) -> None:
    top = size + start - 1
    if upper and not value.axes and np.real(value.data) > top:
        raise Misfit(f"the sum runs to {float(np.real(value.data)):g}, and there are {size} entries")
    if not upper and not value.axes and np.real(value.data) < start:
        raise Misfit(f"the sum begins at {float(np.real(value.data)):g}")
    if not np.allclose(np.real(value.data), np.round(np.real(value.data))):
        raise Misfit("a limit of the sum is no whole number")


def _constant_sum(node: Sum, body: Tensor, scope: Scope) -> Tensor:
    """The sum of what does not hold its index: so many times, or over the entries themselves."""
    letter = node.index
    count = scope.ranges.get(letter)
    if count is None and node.upper is not None and node.lower is not None:
        low, high = (_limit(limit, 0, scope) for limit in (node.lower, node.upper))
        if low is not None and high is not None and not low.axes and not high.axes:
            count = int(np.real(high.data) - np.real(low.data)) + 1

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
    if last - first > 200:
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
    if body.rank:
        named_axes = len(body.axes)
        flat = body.data.reshape((*body.data.shape[:named_axes], -1))
        return Tensor((np.prod if node.product else np.sum)(flat, axis=-1), body.axes)
    letters = [axis for axis in body.axes if axis.isalpha()]
    if len(letters) == 1:
        return total(body, letters[0], None, node.product)
    raise Unknown("nothing says over what this sums", node)


__all__ = ["NoValue", "filled", "transpose"]
