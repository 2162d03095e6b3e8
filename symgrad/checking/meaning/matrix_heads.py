"""Heads that do more than work on entries or sum them: diag, tr, vec, conv, prod and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.applied import reduced
from symgrad.checking.meaning.axes import OF_AXES
from symgrad.checking.meaning.chains import Factor, contracted, steps_of, through
from symgrad.checking.meaning.conditions import holds
from symgrad.checking.meaning.matrices import continued, square
from symgrad.checking.meaning.scope import Scope, TooLong, Unknown
from symgrad.checking.meaning.windows import WINDOWS, over_axes
from symgrad.checking.worlds.jets import FUNCTIONS, JETS, log
from symgrad.checking.worlds.moved import MOVED
from symgrad.checking.worlds.products import inner, matmul, outer
from symgrad.checking.worlds.tensor import COLUMN, Misfit, Tensor, elementwise, gather, spread, union
from symgrad.operations import OPERATIONS
from symgrad.operations.lookups import LABELLED, hot_value
from symgrad.submission.written import Call, Comparison, Derivative, Node, Product, Symbol, transform
from symgrad.tree import Op, walk

MOST_ON_DIAGONAL = 1000
MOST_LOOKED_UP = 4
"""Axes of what is looked up."""


def _indicator(node: Call, scope: Scope) -> Tensor:
    (condition,) = node.args
    if not isinstance(condition, Comparison):
        raise Unknown("an indicator of no condition", node)
    return holds(condition, scope)


def _dot(node: Call, scope: Scope) -> Tensor:
    return inner(*(scope.evaluate(arg) for arg in node.args))


def _outer(node: Call, scope: Scope) -> Tensor:
    return outer(*(scope.evaluate(arg) for arg in node.args))


def _diag(node: Call, scope: Scope) -> Tensor:
    whole = continued(node.args, scope)
    args = [whole] if whole is not None else [scope.evaluate(arg) for arg in node.args]
    if len(args) > 1:
        if any(arg.rank for arg in args):
            raise Misfit("a diagonal of numbers")
        axes = union(*args)
        row = np.stack(np.broadcast_arrays(*(spread(arg, axes) for arg in args)), axis=-1)
        return Tensor(row[..., None] * np.eye(len(args)), axes)
    (x,) = args
    if not x.rank and len([a for a in x.axes if a != MOVED]) == 1:
        x = gather(x, [a for a in x.axes if a != MOVED])
    if x.rank == 1:
        return Tensor(x.data[..., None] * np.eye(x.core[0]), x.axes)
    if x.rank == 2:
        return Tensor(np.einsum("...ii->...i", x.data), x.axes, scope.stands)
    raise Misfit("a diagonal of a number")


ENTRY = "ι"
"""The letter of an entry that nobody writes."""


def _by_entry(node: Node, scope: Scope) -> Node:
    """∂M/∂x_ι of a matrix for ∂M/∂x: tr(A ∂M/∂x) has an entry for each of x."""
    match node:
        case Derivative(of, Symbol(_, "", (), ()) as wrt) if of and not isinstance(of, Derivative):
            found, shapes = next(scope.dictionary.find(wrt), None), scope.dictionary.model.graph.shapes
            if found is not None and len(shapes.get(found.name, ())) == 1 and scope.evaluate(of).rank == 2:
                return replace(node, wrt=replace(wrt, sub=ENTRY, indices=(Symbol(ENTRY),)))
    return node


def _trace(node: Call, scope: Scope) -> Tensor:
    (arg,) = node.args
    by_entries = transform(arg, lambda part: _by_entry(part, scope))
    if by_entries != arg:
        found = _trace(replace(node, args=(by_entries,)), scope)
        return replace(gather(found, (ENTRY,)), stands=scope.stands)
    x = square(arg, scope)
    if not x.rank:
        return x
    if x.rank != 2 or x.core[0] != x.core[1]:
        raise Misfit("a trace of what is no square matrix")
    return Tensor(np.einsum("...ii->...", x.data), x.axes)


def _of_matrix(function: str) -> Callable[[Call, Scope], Tensor]:
    def apply(node: Call, scope: Scope) -> Tensor:
        (x,) = (scope.evaluate(arg) for arg in node.args)
        if not x.rank:
            return elementwise({"det": lambda t: t, "inv": lambda t: 1 / t, "logdet": log}[function], x)
        if x.rank != 2 or x.core[0] != x.core[1]:
            raise Misfit("a matrix that is not square")
        return Tensor(JETS.of_matrix(function, x.data), x.axes)

    return apply


def _vec(node: Call, scope: Scope) -> Tensor:
    """The columns one below another."""
    (x,) = (scope.evaluate(arg) for arg in node.args)
    if x.rank != 2:
        return x
    data = np.swapaxes(x.data, -1, -2)
    return Tensor(data.reshape((*data.shape[:-2], -1)), x.axes, COLUMN)


def _norm(node: Call, scope: Scope) -> Tensor:
    (x,) = (square(arg, scope) for arg in node.args)
    flat = x.data.reshape((*x.data.shape[: len(x.axes)], -1))
    return Tensor(FUNCTIONS["sqrt"]((flat * flat).sum(-1)), x.axes)


def _chain(node: Call, scope: Scope) -> Tensor:
    """prod(∂J/∂v, ∂v/∂h): the chain rule, before the shapes say how to multiply."""
    steps = steps_of(node.args)
    rest = steps[1:]
    if len(node.args) > 1 and all(isinstance(step, Derivative) for step in rest):
        if isinstance(steps[0], Derivative):
            return contracted(steps, scope)  # type: ignore[arg-type]
        return through((Factor("", steps[0]),), rest, scope)  # type: ignore[arg-type]
    if len(node.args) == 1:
        x = scope.evaluate(node.args[0])
        return reduced("prod", (x,))
    raise Unknown("a product of these", node)


def _rotate(node: Call, scope: Scope) -> Tensor:
    (x,) = (scope.evaluate(arg) for arg in node.args)
    if x.rank != 2:
        raise Misfit("a rotation of what is no matrix")
    return replace(x, data=x.data[..., ::-1, ::-1])


def _negative_part(node: Call, scope: Scope) -> Tensor:
    """[z]_-, which is max(−z, 0) for most, and min(z, 0) for some."""
    (x,) = (scope.evaluate(arg) for arg in node.args)
    signs = {"size": -1.0, "value": 1.0}
    ways = {
        name: partial(elementwise, lambda t, sign=sign: np.where(np.real(t) < 0, sign * t, 0.0), x)
        for name, sign in signs.items()
    }
    return scope.choices.among(("negative part",), ways)


def _unread(node: Call, scope: Scope) -> Tensor:
    raise Unknown("this is not read", node)


def _matmul(node: Call, scope: Scope) -> Tensor:
    return matmul(*(scope.evaluate(arg) for arg in node.args))


def _pick(node: Call, scope: Scope) -> Tensor:
    """The entry of each row at its label."""
    x, labels = (scope.evaluate(arg) for arg in node.args)
    if x.rank != labels.rank + 1 or x.core[:-1] != labels.core:
        raise Misfit("a pick of what is no matrix with a label for each row")
    return over_axes(lambda rows, at: OPERATIONS["pick"].value(JETS, rows, np.real(at)), x, labels)


def _lookup(node: Call, scope: Scope) -> Tensor:
    """Rows of a matrix, or entries of a vector, by labels."""
    x, labels = (scope.evaluate(arg) for arg in node.args)
    if not x.rank or labels.rank + x.rank > MOST_LOOKED_UP:
        raise Misfit("a look-up in what has no rows, or by what are no labels")
    return over_axes(lambda rows, at: OPERATIONS["gather"].value(JETS, rows, np.real(at)), x, labels)


def _tril(node: Call, scope: Scope) -> Tensor:
    """What stands on and below the diagonal, also of 1_{n×n}."""
    match node.args:
        case (Symbol("1", indices=(Product(left=Symbol() as dim),)),):
            size = scope.dictionary.sizes.get(dim.base, dim.base)
            if size not in scope.world.sizes:
                raise Unknown("a triangle of a size that is not said", node)
            return Tensor(np.tri(scope.world.sizes[size]))
    (x,) = (scope.evaluate(arg) for arg in node.args)
    if x.rank != 2:
        raise Misfit("a triangle of what is no matrix")
    return replace(x, data=np.tril(x.data))


def _onehot(node: Call, scope: Scope) -> Tensor:
    """Rows of zeros with a single one, as long as the subscript or the look-ups of the problem say."""
    (labels,) = (scope.evaluate(arg) for arg in node.args)
    graph, sizes = scope.dictionary.model.graph, scope.world.sizes
    said = node.head.sub.strip("{}") if isinstance(node.head, Symbol) else ""
    named = scope.dictionary.sizes.get(said, said)
    counts = {int(said)} if said.isdigit() else {sizes[named]} if named in sizes else set()
    for formula in () if said else graph.quantities.values():
        for part in (part for part in walk(formula) if isinstance(part, Op) and part.name in LABELLED):
            dim = part.option("size") or graph.shape(part.args[0])[-1 if part.name == "pick" else 0]
            counts.add(1 if dim == 1 else sizes[dim])
    if len(counts) != 1:
        raise Unknown("a one-hot row of a length that is not said", node)
    return Tensor(hot_value(JETS, labels.data, counts.pop()), labels.axes)


def _sums(axis: int) -> Callable[[Call, Scope], Tensor]:
    """The sums of the rows as a column, or of the columns as a row."""

    def apply(node: Call, scope: Scope) -> Tensor:
        (x,) = (scope.evaluate(arg) for arg in node.args)
        if x.rank != 2:
            raise Misfit("the sums of the rows or columns of what is no matrix")
        return Tensor(np.sum(x.data, axis=axis, keepdims=True), x.axes)

    return apply


SPECIAL: Mapping[str, Callable[[Call, Scope], Tensor]] = {
    "indicator": _indicator,
    "dot": _dot,
    "outer": _outer,
    **dict.fromkeys(("diag", "Diag"), _diag),
    **dict.fromkeys(("tr", "Tr", "trace"), _trace),
    "det": _of_matrix("det"),
    "inv": _of_matrix("inv"),
    "logdet": _of_matrix("logdet"),
    "vec": _vec,
    "rowsum": _sums(-1),
    "colsum": _sums(-2),
    "norm": _norm,
    "pick": _pick,
    "lookup": _lookup,
    "tril": _tril,
    **dict.fromkeys(("onehot", "one_hot"), _onehot),
    "prod": _chain,
    **dict.fromkeys(("rot", "rot180", "flip"), _rotate),
    "matmul": _matmul,
    "negpart": _negative_part,
    "range": _unread,
    **WINDOWS,
    **OF_AXES,
}
"""Heads that do more than work on entries or sum them."""
ARITY: Mapping[str, int] = {
    **dict.fromkeys(("onehot", "one_hot", "tril", "rowsum", "colsum"), 1),
    **dict.fromkeys(("dot", "outer", "pick", "lookup", "conv", "conv2d", "matmul", "unpool"), 2),
    **dict.fromkeys(("maxpool", "avgpool", "argmaxpool", "reshape"), 1),
    **dict.fromkeys(("indicator", "tr", "Tr", "trace", "det", "inv", "logdet", "vec", "flatten", "norm"), 1),
    "negpart": 1,
    **dict.fromkeys(("rot", "rot180", "flip", "swapaxes", "permute"), 1),
}
"""How many arguments they take."""


def special(head: str, node: Call, scope: Scope) -> Tensor:
    """The value of a call with such a head; `Unknown` for another number of arguments."""
    if not node.args or len(node.args) != ARITY.get(head, len(node.args)):
        raise Unknown(f"{head} takes another number of arguments", node)
    if head in ("diag", "Diag") and any(
        scope.evaluate(arg).data.size > MOST_ON_DIAGONAL for arg in node.args
    ):
        raise TooLong
    return SPECIAL[head](node, scope)
