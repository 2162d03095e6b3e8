"""Operations that stand before, above or around their operand: signs, scripts, bars, big sums, braces."""

from __future__ import annotations

from symgrad.maths import nodes
from symgrad.maths.nodes import (
    Big,
    Fenced,
    Maths,
    Matrix,
    Numeral,
    Operator,
    Radical,
    Row,
    Script,
    Space,
    Symbol,
    Text,
)
from symgrad.notation.binding import Level, Written, beside, negated
from symgrad.notation.context import Context, write
from symgrad.notation.functions import applied, function, word
from symgrad.notation.operands import ONE, Layout, operands, transposed
from symgrad.tree import Formula, Op, Value, walk

_E = Symbol("e", "upright")
_SHORT_EXPONENT = 6


def minus(op: Op, context: Context) -> Written:
    """−a."""
    return negated(write(op.args[0], context))


def raised(op: Op, context: Context) -> Written:
    """aᵇ; of a matrix a^⊙b, since A² is A A."""
    base, exponent = op.args
    if max(context.rank(base), context.rank(exponent)) < 2:
        return write(base, context).script(write(exponent, context).maths)
    sup = write(exponent, context).fit(Level.ATOM, first=True).maths
    return write(base, context).script(Row((Operator("⊙"), sup)))


def inverse(op: Op, context: Context) -> Written:
    """A⁻¹."""
    return write(op.args[0], context).script(Numeral("-1"))


def unchanged(op: Op, context: Context) -> Written:
    """The argument itself: an axis of size 1 taken away or put back is not written."""
    return write(op.args[0], context)


def direction(op: Op, context: Context) -> Written:
    """x/‖x‖."""
    return write(Op("divide", (op.args[0], Op("norm", op.args))), context)


def transpose(op: Op, context: Context) -> Written:
    """Aᵀ."""
    return transposed(op.args[0], context)


def exponential(op: Op, context: Context) -> Written:
    """e^a of a short scalar or vector, else exp(a): e^A is the exponential of a matrix."""
    (exponent,) = op.args
    short = context.rank(exponent) < 2 and _fits_a_script(exponent)
    if short and not context.naming.is_taken(Symbol("e")):
        return Written(Script(_E, sup=write(exponent, context).maths), Level.SCRIPT)
    return function("exp")(op, context)


def _fits_a_script(formula: Formula) -> bool:
    parts = tuple(walk(formula))
    return len(parts) <= _SHORT_EXPONENT and not any(
        isinstance(part, Value) and part.array.ndim for part in parts
    )


def root(op: Op, context: Context) -> Written:
    """√a."""
    return Written(Radical(write(op.args[0], context).maths), Level.SCRIPT)


def between(left: str, right: str) -> Layout:
    """|a|, ⌊a⌋."""
    return lambda op, context: Written(Fenced(left, write(op.args[0], context).maths, right))


def norm(order: Maths | None = None) -> Layout:
    """‖x‖₁, ‖x‖∞; where nothing else is said ‖A‖_F of a matrix, ‖x‖₂ of a vector."""

    def layout(op: Op, context: Context) -> Written:
        (arg,) = op.args
        kind = order or (Symbol("F") if context.rank(arg) > 1 else Numeral("2"))
        return Written(Script(Fenced("‖", write(arg, context).maths, "‖"), sub=kind))

    return layout


def log_determinant(op: Op, context: Context) -> Written:
    """log |det A|."""
    size = Fenced("|", applied(word("det"), op, context), "|")
    return Written(Row((word("log"), size)), Level.SCRIPT)


def big_sum(op: Op, context: Context) -> Written:
    """Σ a, over all entries; A 1 for the sums of the rows of a matrix, Aᵀ 1 for those of its columns."""
    (arg,), axis = op.args, op.option("axis")
    if axis is not None and context.rank(arg) > 2:
        return function("sum")(op, context)
    if axis is None or context.rank(arg) < 2:
        body = write(arg, context).fit(Level.CHAIN, last=True).maths
        return Written(Big("∑", body), Level.PRODUCT, open=Level.HADAMARD)
    if axis in (1, -1):
        return beside(write(arg, context), Written(ONE))
    if op.option("keepdims"):
        return beside(Written(ONE).script(Symbol("⊤")), write(arg, context))
    return beside(transposed(arg, context), Written(ONE))


def blocks(op: Op, context: Context) -> Written:
    """The arguments as blocks of a matrix, one below the other or (axis 1) side by side."""
    if context.rank(op.args[0]) > 2:
        return function("concat")(op, context)
    parts = tuple(write(arg, context).maths for arg in op.args)
    side_by_side = op.option("axis") in (1, -1) and context.rank(op.args[0]) == 2
    return Written(Matrix((parts,) if side_by_side else tuple((part,) for part in parts)))


def choice(op: Op, context: Context) -> Written:
    """p if a > b, q otherwise."""
    condition, yes, no = (part.maths for part in operands(op, context))
    when, otherwise = (Text(context.language(word)) for word in ("if", "otherwise"))
    rows = ((yes, Row((when, Space(0.3), condition))), (no, otherwise))
    return Written(nodes.Cases(rows), Level.ANY)
