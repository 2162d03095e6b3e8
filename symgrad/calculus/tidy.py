"""Matrix formulas said shorter: one rewriting rule a row, applied until none fits.

Each rule is an identity for all shapes at which its left side is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from symgrad.tree import ONE, Formula, Op, transform

Rewrite: TypeAlias = Callable[[Op], "Formula | None"]


def tidy(formula: Formula) -> Formula:
    """The formula with every rule applied, from the inside out."""
    return transform(formula, _node)


def _node(node: Formula) -> Formula:
    while isinstance(node, Op):
        changed = next((new for rule in RULES.get(node.name, ()) if (new := rule(node)) is not None), None)
        if changed is None:
            return node
        node = changed
    return node


def _is(formula: Formula, name: str) -> bool:
    return isinstance(formula, Op) and formula.name == name


def _transpose_twice(op: Op) -> Formula | None:
    """(Xᵀ)ᵀ = X."""
    (inner,) = op.args
    return inner.args[0] if isinstance(inner, Op) and inner.name == "transpose" else None


def _transposes_outside(op: Op) -> Formula | None:
    """Xᵀ ⊙ Yᵀ = (X ⊙ Y)ᵀ."""
    args = [arg for arg in op.args if isinstance(arg, Op) and arg.name == "transpose"]
    if len(args) != len(op.args):
        return None
    return _node(Op("transpose", (_node(Op(op.name, tuple(arg.args[0] for arg in args))),)))


def _sum_of_transpose(op: Op) -> Formula | None:
    """Row sums of Xᵀ are column sums of X."""
    (inner,) = op.args
    axis = op.option("axis")
    if not (isinstance(inner, Op) and inner.name == "transpose") or axis is None or op.option("keepdims"):
        return None
    return Op("sum", inner.args, (("axis", 1 - axis),))


def _reciprocal_factor(op: Op) -> Formula | None:
    """(1/c) X = X / c."""
    left, right = op.args
    if isinstance(left, Op) and left.name == "divide" and left.args[0] == ONE:
        return _node(Op("divide", (right, left.args[1])))
    return None


def _minus_outside(op: Op) -> Formula | None:
    """(−a) b = −(a b), a (−b) = −(a b), (−a) / b = −(a / b)."""
    negatives = [_is(arg, "negative") for arg in op.args]
    if not any(negatives):
        return None
    args = tuple(arg.args[0] if isinstance(arg, Op) and arg.name == "negative" else arg for arg in op.args)
    inner = _node(Op(op.name, args, op.options))
    return inner if all(negatives) and len(args) == 2 else Op("negative", (inner,))


def _one_times(op: Op) -> Formula | None:
    """1 · X = X."""
    left, right = op.args
    return right if left == ONE else left if right == ONE else None


def _minus_minus(op: Op) -> Formula | None:
    """−(−X) = X."""
    (inner,) = op.args
    return inner.args[0] if isinstance(inner, Op) and inner.name == "negative" else None


def _add_minus(op: Op) -> Formula | None:
    """a + (−b) = a − b."""
    left, right = op.args
    return (
        Op("subtract", (left, right.args[0])) if isinstance(right, Op) and right.name == "negative" else None
    )


def _kept_axis(op: Op) -> Formula | None:
    """A sum whose axis is put back keeps it; an axis taken away and put back changes nothing."""
    (inner,) = op.args
    if not isinstance(inner, Op) or inner.option("axis") != op.option("axis"):
        return None
    if inner.name == "squeeze":
        return inner.args[0]
    if inner.name == "sum":
        return Op("sum", inner.args, (*inner.options, ("keepdims", True)))
    return None


def _block(op: Op) -> Formula | None:
    """The transposed columns of the identity before G pick a stretch of its rows, after it of its columns."""
    left, right = op.args
    if isinstance(left, Op) and left.name == "transpose" and _is(left.args[0], "placement"):
        return _stretch(left.args[0], right, 0)
    return _stretch(right, left, 1) if _is(right, "placement") else None


def _stretch(placement: Formula, whole: Formula, axis: int) -> Formula:
    assert isinstance(placement, Op)
    kept = tuple((key, value) for key, value in placement.options if key != "size")
    return Op("part", (whole,), (("axis", axis), *kept))


def _sum_of_block(op: Op) -> Formula | None:
    """Every column of the identity has one 1."""
    (inner,) = op.args
    if not (isinstance(inner, Op) and inner.name == "placement") or op.option("axis") != 0:
        return None
    return Op("ones", (), (("shape", (inner.option("length"),)),))


RULES: dict[str, tuple[Rewrite, ...]] = {
    "transpose": (_transpose_twice,),
    "multiply": (_one_times, _minus_outside, _reciprocal_factor, _transposes_outside),
    "divide": (_minus_outside, _transposes_outside),
    "subtract": (_transposes_outside,),
    "add": (_add_minus, _transposes_outside),
    "matmul": (_block, _minus_outside),
    "outer": (_minus_outside,),
    "sum": (_sum_of_transpose, _sum_of_block, _minus_outside),
    "negative": (_minus_minus,),
    "unsqueeze": (_kept_axis, _minus_outside),
}
