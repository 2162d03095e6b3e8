"""Matrix formulas said shorter: one rewriting rule a row, applied until none fits.

Each rule is an identity for all shapes at which its left side is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from symgrad.calculus.parts import lifted
from symgrad.tree import ONE, TWO, Formula, Number, Op, transform

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


def _transposed_product(op: Op) -> Formula | None:
    """(A Bᵀ)ᵀ = B Aᵀ, and the same with the transpose on the other side."""
    match op.args:
        case (Op("matmul", (a, b)),) if _is(a, "transpose") or _is(b, "transpose"):
            return Op("matmul", (_node(Op("transpose", (b,))), _node(Op("transpose", (a,)))))
    return None


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
    """(1/c) X = X / c, and X (1/c)."""
    for one, other in (op.args, op.args[::-1]):
        if isinstance(one, Op) and one.name == "divide" and one.args[0] == ONE:
            return _node(Op("divide", (other, one.args[1])))
    return None


def _minus_outside(op: Op) -> Formula | None:
    """(−a) b = −(a b), a (−b) = −(a b), (−a) / b = −(a / b)."""
    negatives = [_is(arg, "negative") for arg in op.args]
    if not any(negatives):
        return None
    args = tuple(arg.args[0] if isinstance(arg, Op) and arg.name == "negative" else arg for arg in op.args)
    inner = _node(Op(op.name, args, op.options))
    return inner if all(negatives) and len(args) == 2 else Op("negative", (inner,))


def _root_twice(op: Op) -> Formula | None:
    """x / √u / √u = x / u."""
    match op.args:
        case Op("divide", (x, Op("sqrt", (u,)) as root)), other if root == other:
            return _node(Op("divide", (x, u)))
    return None


def _squared_root(op: Op) -> Formula | None:
    """(√u)² = u."""
    match op.args:
        case Op("sqrt", (u,)), exponent if exponent == TWO:
            return u
    return None


def _one_over_exp(op: Op) -> Formula | None:
    """1 / e^z = e^−z."""
    match op.args:
        case above, Op("exp", (z,)) if above == ONE:
            return Op("exp", (_node(Op("negative", (z,))),))
    return None


def _one_times(op: Op) -> Formula | None:
    """1 · X = X."""
    left, right = op.args
    return right if left == ONE else left if right == ONE else None


def _minus_minus(op: Op) -> Formula | None:
    """−(−X) = X."""
    (inner,) = op.args
    return inner.args[0] if isinstance(inner, Op) and inner.name == "negative" else None


def _turned(op: Op) -> Formula | None:
    """−(a − b) = b − a."""
    (inner,) = op.args
    if isinstance(inner, Op) and inner.name == "subtract":
        return _node(Op("subtract", inner.args[::-1]))
    return None


def _odd(op: Op) -> Formula | None:
    """tanh(−a) = −tanh a."""
    (inner,) = op.args
    if isinstance(inner, Op) and inner.name == "negative":
        return Op("negative", (_node(Op(op.name, inner.args)),))
    return None


def _add_minus(op: Op) -> Formula | None:
    """a + (−b) = a − b, and (x + 1) + 1 = x + 2."""
    match op.args:
        case left, Op("negative", (right,)):
            return Op("subtract", (left, right))
        case Op("add", (x, Number(a))), Number(b):
            return Op("add", (x, Number(a + b)))
    return None


def _common_factor(op: Op) -> Formula | None:
    """A x + B x = (A + B) x, also divided by a number, and behind another term."""
    left, right = op.args
    joined = _both(op.name, left, right)
    match left:
        case Op("add" | "subtract" as sign, (rest, behind)) if joined is None:
            joined = _both("add" if sign == op.name else "subtract", behind, right)
            return None if joined is None else Op(sign, (rest, joined))
    return joined


def _both(name: str, left: Formula, right: Formula) -> Formula | None:
    match left, right:
        case (Op("matmul", (a, x)), Op("matmul", (b, y))) if x == y and a != b:
            return Op("matmul", (_node(Op(name, _plain_first(name, a, b))), x))
        case (Op("matmul", (x, a)), Op("matmul", (y, b))) if x == y and a != b:
            return Op("matmul", (x, _node(Op(name, _plain_first(name, a, b)))))
        case (Op("divide", (a, x)), Op("divide", (b, y))) if x == y:
            both = _both(name, a, b)
            return None if both is None else Op("divide", (both, x))
    return None


def _plain_first(name: str, a: Formula, b: Formula) -> tuple[Formula, Formula]:
    """A + Aᵀ, and not Aᵀ + A."""
    return (b, a) if name == "add" and Op("transpose", (b,)) == a else (a, b)


def _either(op: Op) -> Formula | None:
    """1[c] A + 1[not c] B is A where c holds and B elsewhere."""
    left, right = (_masked(arg) for arg in op.args)
    if left is None or right is None or left[0].args != right[0].args or left[0].options == right[0].options:
        return None
    (_, holds), (_, fails) = (left, right) if not left[0].option("negated") else (right, left)
    return Op("where", (*left[0].args, holds, fails))


def _clipped(op: Op) -> Formula | None:
    """x where |x| ≤ c, and c with the sign of x elsewhere, is clip(x, −c, c)."""
    match op.args:
        case Op("less" | "less_equal", (Op("abs", (x,)), Number(c) as high)), inside, outside if (
            x == inside and 0 < c == _times_sign(outside, x)
        ):
            return Op("clip", (x, Op("negative", (high,)), high))
    return None


def _times_sign(formula: Formula, x: Formula) -> Fraction | None:
    """The number that the sign of x is multiplied with; None where it is something else."""
    match formula:
        case Op("prime", (inner,)) if inner == x and formula.option("function") == "abs":
            return Fraction(1)
        case Op("multiply", (Number(a), inner)) if (times := _times_sign(inner, x)) is not None:
            return a * times
        case Op("divide", (inner, Number(a))) if (times := _times_sign(inner, x)) is not None:
            return times / a
    return None


def _masked(formula: Formula) -> tuple[Op, Formula] | None:
    """The indicator that something is multiplied by, and what it is."""
    match formula:
        case Op("indicator"):
            return formula, ONE
        case Op("masked", (Op("indicator") as mask, value)):
            return mask, value
        case Op("multiply", (factor, inner)) if (found := _masked(inner)) is not None:
            return found[0], _node(Op("multiply", (factor, found[1])))
        case Op("divide", (inner, divisor)) if (found := _masked(inner)) is not None:
            return found[0], _node(Op("divide", (found[1], divisor)))
        case Op("negative", (inner,)) if (found := _masked(inner)) is not None:
            return found[0], _node(Op("negative", (found[1],)))
    return None


def _either_less(op: Op) -> Formula | None:
    """The same with a minus between."""
    return _either(Op("add", (op.args[0], Op("negative", (op.args[1],)))))


def _double_angle(op: Op) -> Formula | None:
    """cos² u − sin² u = cos 2u."""
    match op.args:
        case (Op("power", (Op("cos", (u,)), n)), Op("power", (Op("sin", (v,)), m))) if (
            u == v and n == m == TWO
        ):
            return Op("cos", (_node(Op("multiply", (TWO, u))),))
    return None


def _double_sine(op: Op) -> Formula | None:
    """2 cos u sin u = sin 2u."""
    match op.args:
        case number, Op("multiply", (Op("cos" | "sin" as one, (u,)), Op("cos" | "sin" as other, (v,)))) if (
            number == TWO and u == v and one != other
        ):
            return Op("sin", (_node(Op("multiply", (TWO, u))),))
    return None


def _kept_axis(op: Op) -> Formula | None:
    """A sum whose axis is put back keeps it; an axis taken away and put back changes nothing."""
    return lifted(op.args[0], op.option("axis"), sums=True)


def _minus_both(op: Op) -> Formula | None:
    """(−a − b) / c = −(a + b) / c."""
    match op.args:
        case Op("subtract", (Op("negative", (a,)), b)), below:
            return Op("negative", (_node(Op("divide", (_node(Op("add", (a, b))), below))),))
    return None


def _sum_of_sums(op: Op) -> Formula | None:
    """The sum of all row sums is the sum of all entries."""
    (inner,) = op.args
    if isinstance(inner, Op) and inner.name == "sum" and not op.options:
        return _node(Op("sum", inner.args))
    return None


def _stretched(op: Op) -> Formula | None:
    """In a sum, 1 vᵀ is the row v, u 1ᵀ the column u and c 1 the number c: NumPy repeats them."""
    for position, other in ((0, op.args[1]), (1, op.args[0])):
        short = _not_repeated(op.args[position])
        if short is not None and _is_whole(other):
            return Op(op.name, (short, other) if position == 0 else (other, short))
    return None


def _is_whole(formula: Formula) -> bool:
    """Whether an array has all its entries of its own: beside I a repeated row is to be seen as one."""
    return not isinstance(formula, Number) and _not_repeated(formula) is None and not _is(formula, "eye")


def _not_repeated(formula: Formula) -> Formula | None:
    match formula:
        case Op("outer", (Op("ones"), row)):
            return row
        case Op("outer", (vector, Op("ones"))):
            return lifted(vector, 1, sums=True)
        case Op("multiply", (scalar, Op("ones"))):
            return scalar
        case Op("negative", (inner,)) if (short := _not_repeated(inner)) is not None:
            return Op("negative", (short,))
    return None


def _identity(op: Op) -> Formula | None:
    """X I = X."""
    left, right = op.args
    return left if _is(right, "eye") else right if _is(left, "eye") else None


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


def _sum_of_selected(op: Op) -> Formula | None:
    """Entries put in their places among zeros sum to what they sum to."""
    match op.args[0]:
        case Op("matmul", (Op("transpose", (Op("selection" | "placement"),)), inner)) if not op.options:
            return _node(Op("sum", (inner,)))
    return None


def _sum_of_block(op: Op) -> Formula | None:
    """Every column of the identity has one 1."""
    (inner,) = op.args
    if not (isinstance(inner, Op) and inner.name == "placement") or op.option("axis") != 0:
        return None
    return Op("ones", (), (("shape", (inner.option("length"),)),))


RULES: dict[str, tuple[Rewrite, ...]] = {
    "transpose": (_transpose_twice, _transposed_product),
    "multiply": (_one_times, _double_sine, _minus_outside, _reciprocal_factor, _transposes_outside),
    "power": (_squared_root,),
    "divide": (_one_over_exp, _root_twice, _minus_outside, _minus_both, _transposes_outside),
    "subtract": (_transposes_outside, _stretched, _common_factor, _either_less, _double_angle),
    "add": (_add_minus, _transposes_outside, _stretched, _common_factor, _either),
    "matmul": (_identity, _block, _minus_outside),
    "outer": (_minus_outside,),
    "sum": (_sum_of_sums, _sum_of_transpose, _sum_of_block, _sum_of_selected, _minus_outside),
    "tanh": (_odd,),
    "sin": (_odd,),
    "where": (_clipped,),
    "negative": (_minus_minus, _turned),
    "unsqueeze": (_kept_axis, _minus_outside),
}
