"""How many axes a formula has: 0 a scalar, 1 a vector, 2 a matrix. Decides ⊙, ‖·‖_F and transposes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

from symgrad.notation.symbols import Naming
from symgrad.operations import OPERATIONS
from symgrad.operations.record import ShapeMismatch
from symgrad.tree import (
    Cases,
    Delta,
    Entry,
    Formula,
    Gradient,
    Name,
    Number,
    Op,
    Partial,
    Prod,
    Second,
    Size,
    Total,
    Value,
)


class _Any:
    """Dimensions of which only the number counts."""

    def same(self, left: Any, right: Any) -> Any:
        return left

    broadcast = same

    def derive(self, kind: str, parts: tuple[Any, ...], *sources: Any) -> Any:
        return kind

    def reshaped(self, old: Any, new: tuple[Any, ...]) -> tuple[Any, ...]:
        return new

    def position(self, dim: Any, position: int) -> int:
        return position


ANY = _Any()

Rule: TypeAlias = Callable[[Op, Naming], int]


def rank(formula: Formula, naming: Naming) -> int:
    """The number of axes of a formula whose names are all in ``naming``."""
    match formula:
        case Number() | Size() | Delta():
            return 0
        case Name(id=id):
            return naming.rank(id)
        case Gradient(wrt=wrt):
            return naming.rank(wrt)
        case Partial(of=of, wrt=wrt):
            return naming.rank(of) + naming.rank(wrt)
        case Second(wrt=wrt, by=by):
            return naming.rank(wrt) + naming.rank(by)
        case Value(array=array):
            return array.ndim
        case Entry(base=base, indices=indices):
            return rank(base, naming) - len(indices)
        case Total(body=body):
            return rank(body, naming)
        case Cases(rows=rows):
            return max(rank(body, naming) for body, _ in rows)
        case Prod(upstream=upstream, local=local):
            return rank(local, naming) - rank(upstream, naming)
        case Op(name=name):
            return RULES.get(name, _by_shape)(formula, naming)
    raise TypeError(f"not a formula: {formula!r}")


def is_row(formula: Formula, naming: Naming) -> bool:
    """Whether this is a transposed vector, which stands as a row and not as a column."""
    return isinstance(formula, Op) and formula.name == "transpose" and rank(formula.args[0], naming) == 1


def is_column(formula: Formula, naming: Naming) -> bool:
    """Whether this is a matrix of one column, which beside a wider one stands for each column of that."""
    match formula:
        case Name(id=id) | Gradient(wrt=id):
            return id in naming.columns
        case Value(array=array):
            return array.ndim == 2 and array.shape[1] == 1
        case Op(name=name, args=(arg, *_)) if RULES.get(name) is _reduced:
            kept = formula.option("keepdims") and formula.option("axis") in (1, -1)
            return bool(kept) and rank(arg, naming) == 2
        case Op(name="matmul", args=(_, right)):
            return is_column(right, naming)
        case Op(name=name, args=args) if name not in RULES:
            matrices = [arg for arg in args if rank(arg, naming) == 2]
            return bool(matrices) and all(is_column(arg, naming) for arg in matrices)
    return False


def _by_shape(op: Op, naming: Naming) -> int:
    """By the shape rule of an operation; what broadcasts, and rows, of which no rule knows: the widest."""
    axes = [rank(arg, naming) for arg in op.args]
    record = OPERATIONS.get(op.name)
    if record is not None and record.scalar is None:
        with suppress(ShapeMismatch):
            return len(record.shape(ANY, tuple(("n",) * count for count in axes), dict(op.options)))
    return max(axes, default=0)


def _always(axes: int) -> Rule:
    return lambda op, naming: axes


def _reduced(op: Op, naming: Naming) -> int:
    axes = rank(op.args[0], naming)
    if op.option("keepdims"):
        return axes
    axis = op.option("axis")
    return 0 if axis is None else axes - (len(axis) if isinstance(axis, tuple) else 1)


def _contracted(op: Op, naming: Naming) -> int:
    """Of A @ B. A transposed vector counts as a row: column @ row is a matrix, row @ column a scalar."""
    left, right = op.args
    ranks = rank(left, naming), rank(right, naming)
    if max(ranks) > 2:
        return max(ranks) - (min(ranks) == 1)
    axes = sum(ranks) - 2
    return axes + is_row(right, naming) - is_row(left, naming)


def _indexed(op: Op, naming: Naming) -> int:
    return rank(op.args[0], naming) - sum(isinstance(part, int) for part in op.option("key"))


# Every other operation broadcasts its arguments, or keeps the shape of its only one.
RULES: dict[str, Rule] = {
    **dict.fromkeys(("sum", "mean", "var", "std", "max", "min", "logsumexp"), _reduced),
    **dict.fromkeys(("dot", "norm", "norm_one", "norm_largest", "trace", "det", "logdet", "pi"), _always(0)),
    **dict.fromkeys(("flatten", "unit"), _always(1)),
    **dict.fromkeys(("placement", "triangle", "kernel_conv2d", "full_conv2d"), _always(2)),
    **dict.fromkeys(("window", "flattening", "cover", "reshape"), lambda op, naming: len(op.option("shape"))),
    "pooling": lambda op, naming: len(op.option("shape")) + 2,
    "unflatten": lambda op, naming: len(op.option("shape")),
    "unpool": lambda op, naming: rank(op.args[1], naming),
    **dict.fromkeys(("outer", "kron", "inv", "transpose", "eye", "selection"), _always(2)),
    "matmul": _contracted,
    "diag": lambda op, naming: 3 - rank(op.args[0], naming),
    "squeeze": lambda op, naming: rank(op.args[0], naming) - 1,
    "unsqueeze": lambda op, naming: rank(op.args[0], naming) + 1,
    "index": _indexed,
    **dict.fromkeys(("ones", "zeros"), lambda op, naming: len(op.option("shape"))),
}
