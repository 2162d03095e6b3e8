"""Products of derivatives that make a chain: they are contracted before shapes are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.applied import with_defaults
from symgrad.checking.meaning.arithmetic import multiplied, product
from symgrad.checking.meaning.derivatives import form, left_axes, slope
from symgrad.checking.meaning.jacobians import jacobian_of
from symgrad.checking.meaning.scope import Scope, handles
from symgrad.checking.worlds.jets import JETS
from symgrad.checking.worlds.tensor import Misfit, Tensor, elementwise, filled, spread, union
from symgrad.numbers.own import slope as slope_of
from symgrad.submission.written import Brace, Call, Derivative, Matrix, Node, Product, Symbol


class Factor(Struct, frozen=True):
    """A factor of a product, and the sign before it."""

    sign: str
    node: Node


@handles(Product)
def factors(node: Product, scope: Scope) -> Tensor:
    """A product; derivatives in a row that make a chain may be one derivative."""
    if (slope_there := _at_arguments(node, scope)) is not None:
        return slope_there
    if not node.sign and (jacobian := jacobian_of(node.left, node.right, scope)) is not None:
        return jacobian
    row = list(_flat(node))
    runs, chain = _runs(row), _ended(row)
    plain = partial(product, node, scope)
    ended = {"through": partial(through, *chain, scope, written=not _is_dotted(row))} if chain else {}
    if not runs and ended:
        return scope.choices.among(("through", node.span), {"plain": plain, **ended})
    if not runs and not _mixes(node):
        return plain()
    if not runs:
        flat = (*_flat(node.left), *_flat(node.right, node.sign))
        ways = {"tight": lambda: _tight(node, scope), "left": lambda: _from_the_left(flat, scope, node.span)}
        return scope.choices.among(("order", node.span), ways)

    ways = {"chain": partial(_chained, row, runs, scope, node.span), "plain": plain, **ended}
    return scope.choices.among(("chain", node.span), ways)


def _chained(row: Sequence[Factor], runs: Sequence[tuple[int, int]], scope: Scope, key: Any) -> Tensor:
    """A product from the left, each run of derivatives as one."""
    found: Tensor | None = None
    position = 0
    while position < len(row):
        end = next((end for start, end in runs if start == position), position + 1)
        nodes = [factor.node for factor in row[position:end]]
        value = contracted(nodes, scope) if len(nodes) > 1 else scope.evaluate(nodes[0])  # type: ignore[arg-type]
        sign = row[position].sign
        found = value if found is None else multiplied(sign, found, value, scope, (key, position))
        position = end
    assert found is not None
    return found


def _at_arguments(node: Product, scope: Scope) -> Tensor | None:
    """∂f/∂b (v, c): the derivative of a function of the problem by an argument, at these."""
    if not (isinstance(node.right, Matrix) and node.right.flat and not node.sign):
        return None
    match node.left:
        case Derivative(Symbol(base), Symbol(name)) if base in scope.dictionary.model.problem.functions:
            function = scope.dictionary.model.problem.functions[base]
        case Product(left, Derivative() as last, sign):
            return scope.evaluate(replace(node, left=left, right=replace(node, left=last), sign=sign))
        case Derivative(Symbol(), Symbol() as wrt) if _holds_alone(wrt, node.right.rows[0]):
            return scope.evaluate(node.left)
        case _:
            return None
    if name not in function.parameters:
        return None
    position = function.parameters.index(name)
    args = with_defaults(function, tuple(scope.evaluate(arg) for arg in node.right.rows[0]))
    return elementwise(lambda *a: slope_of(JETS, function, position, a), *args)


def _holds_alone(name: Symbol, point: Sequence[Node]) -> bool:
    """Whether a point is told by names alone, of which this is one: the (w, b) of ∂loss/∂w (w, b)."""
    return all(isinstance(part, Symbol) for part in point) and name in point


def _is_dotted(row: Sequence[Factor]) -> bool:
    """Whether a dot stands before every derivative, as the chain rule is written: δ · ∂z/∂x."""
    return all(factor.sign == "dot" for factor in row if isinstance(factor.node, Derivative))


def _mixes(node: Product) -> bool:
    """Whether a sign binds less than what stands side by side behind it: a ∘ b C."""
    return (
        node.sign in ("odot", "star", "dot", "times")
        and isinstance(node.right, Product)
        and not node.right.sign
    )


def _tight(node: Product, scope: Scope) -> Tensor:
    """a ∘ (b C d); where that does not fit, (a ∘ b C) d."""
    try:
        return product(node, scope)
    except Misfit:
        match node.right:
            case Product(Product(sign="") as inner, last, ""):
                return scope.evaluate(replace(node, left=replace(node, right=inner), right=last, sign=""))
        raise


def _from_the_left(row: Sequence[Factor], scope: Scope, key: Any) -> Tensor:
    found: Tensor | None = None
    for n, factor in enumerate(row):
        value = scope.evaluate(factor.node)
        if found is not None and factor.sign == "odot" and {found.rank, value.rank} == {1, 2}:
            raise Misfit("a vector and a matrix entry by entry, where the product behind them is meant")
        found = value if found is None else multiplied(factor.sign, found, value, scope, (key, "left", n))
    assert found is not None
    return found


def _flat(node: Node, sign: str = "") -> Sequence[Factor]:
    if isinstance(node, Product) and node.sign in ("", "dot", "times", "star", "odot"):
        return (*_flat(node.left, sign), *_flat_brace(node.right, node.sign))
    return tuple(_flat_brace(node, sign))


def _flat_brace(node: Node, sign: str) -> Sequence[Factor]:
    """A factor; of a brace over a chain of derivatives each of them."""
    if isinstance(node, Brace) and isinstance(node.body, Product | Derivative):
        inner = _flat(node.body, sign)
        if all(isinstance(factor.node, Derivative) and factor.sign in ("", "dot", sign) for factor in inner):
            return inner
    return (Factor(sign, node),)


def _runs(row: list[Factor]) -> list[tuple[int, int]]:
    """Where chains of derivatives begin and end: ∂a/∂b ∂b/∂c, or backwards."""
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(row):
        end = start + 1
        way = 0
        while end < len(row) and (step := _linked(row[end - 1].node, row[end].node)) and way in (0, step):
            way = step
            end += 1
        if end - start > 1:
            found.append((start, end))
        start = end
    return found


def _linked(left: Node, right: Node) -> int:
    """1 where ∂a/∂b stands before ∂b/∂c, −1 where it stands behind, 0 where they do not meet."""
    if not (isinstance(left, Derivative) and isinstance(right, Derivative)):
        return 0
    if left.wrt == _bare(right.of):
        return 1
    return -1 if right.wrt == _bare(left.of) else 0


def _bare(node: Node | None) -> Node | None:
    return node.head if isinstance(node, Call) and not node.certain else node


def _ended(row: Sequence[Factor]) -> tuple[Sequence[Factor], list[Derivative]] | None:
    """Factors that make up a gradient beside derivatives of what it is by, on either side: δ ∂z/∂W."""
    for factors, turned_round in ((list(row), False), (list(row)[::-1], True)):
        kinds = [isinstance(factor.node, Derivative) for factor in factors]
        first = kinds.index(True) if True in kinds else 0
        if first and all(kinds[first:]) and all(factor.sign in ("", "dot") for factor in row):
            head = factors[:first][::-1] if turned_round else factors[:first]
            return head, [factor.node for factor in factors[first:]]  # type: ignore[misc]
    return None


def through(
    head: Sequence[Factor], chain: Sequence[Derivative], scope: Scope, written: bool = False
) -> Tensor:
    """A gradient, and derivatives of what it is by: Σ over the entries of what stands between.

    ``written`` as a product, only derivatives that are no matrices are read so.
    """
    value = _from_the_left(head, scope, chain[-1].span)
    for node in chain:
        raw, wrt = slope(node, scope, factor=True)
        if written and raw.rank < 3:
            raise Misfit("a matrix is multiplied as one")
        middle = raw.rank - left_axes(wrt, scope)
        core = raw.core[:middle]
        value = filled(value, core) if value.kind else value
        if value.rank != middle and value.data.size == int(np.prod(core)) and not value.axes:
            value = replace(value, data=value.data.reshape(core))
        value = _contract(value, raw, middle)
    return form(value, 0, wrt.turned, chain[-1], scope)


def steps_of(nodes: Sequence[Node]) -> list[Node]:
    """The factors of a chain, with braces, and chains in it, opened."""
    found: list[Node] = []
    for node in nodes:
        body = node.body if isinstance(node, Brace) else node
        match body:
            case Call(Symbol("prod"), args) if len(args) > 1:
                found += steps_of(args)
            case Product(sign="dot" | "") if isinstance(node, Brace):
                found += [factor.node for factor in _flat(body)]
            case _:
                found.append(body)
    return found


def contracted(nodes: list[Derivative], scope: Scope) -> Tensor:
    """A chain of derivatives as one: Σ over the entries of what stands between."""
    if _linked(nodes[0], nodes[1]) < 0:
        nodes = nodes[::-1]
    raw, wrt = slope(nodes[0], scope)
    rank = raw.rank - left_axes(wrt, scope)
    for node in nodes[1:]:
        middle = raw.rank - rank
        other, wrt = slope(node, scope, factor=True)
        inner = other.rank - left_axes(wrt, scope)
        if inner != middle:
            raise Misfit("the derivatives of a chain do not fit")
        raw = _contract(raw, other, middle)
    return form(raw, rank, wrt.turned, nodes[0], scope)


def _contract(left: Tensor, right: Tensor, middle: int) -> Tensor:
    axes = union(left, right)
    a, b = spread(left, axes), spread(right, axes)
    named = len(axes)
    outer, inner = a.shape[named : a.ndim - middle], b.shape[named + middle :]
    if min(a.ndim, b.ndim) < named + middle or a.shape[a.ndim - middle :] != b.shape[named : named + middle]:
        raise Misfit("the derivatives of a chain do not fit")
    size = int(np.prod(b.shape[named : named + middle]))
    x = a.reshape((*a.shape[:named], int(np.prod(outer)), size))
    y = b.reshape((*b.shape[:named], size, int(np.prod(inner))))
    data = np.matmul(x, y)
    return Tensor(data.reshape((*data.shape[:named], *outer, *inner)), axes)
