"""Parts of arrays, and the constant arrays that pick them: x_1, W_{2,:}, e_1, I, 1."""

from __future__ import annotations

from symgrad.maths.nodes import Fenced, Maths, Numeral, Operator, Row, Script, Symbol
from symgrad.maths.symbols import calligraphic
from symgrad.notation.around import blocks
from symgrad.notation.binding import Level, Written
from symgrad.notation.context import Context, write
from symgrad.notation.functions import applied, axes_told
from symgrad.notation.operands import ONE, Layout
from symgrad.notation.symbols import stretch, subscript
from symgrad.operations.record import axes
from symgrad.tree import Op

_ZERO = Symbol("0", "bold")
_EYE = Symbol("I", "bold")
_MOVED = Symbol(calligraphic("R"))
_MATCH = Symbol("S", "bold")


def indexed(op: Op, context: Context) -> Written:
    """x_1 for x[0]: positions count from 1, and a range names its first and its last entry."""
    base = op.args[0]
    key = op.option("key")
    whole = (("slice", None, None),) * (context.rank(base) - len(key))
    places = subscript(tuple(_part(part, context) for part in (*key, *whole)))
    return Written(context.naming.entry(write(base, context).fit(Level.ATOM).maths, places))


def _part(part: int | tuple[str, int | None, int | None], context: Context) -> Maths:
    if isinstance(part, int):
        return context.index(part)
    return stretch(part[1], part[2], context.language("end"))


def ones(op: Op, context: Context) -> Written:
    """1, a vector of ones; 1_{m×n}, a matrix."""
    return _filled(ONE, op, context)


def zeros(op: Op, context: Context) -> Written:
    """0, where it multiplies ``op``, an array of ones: 0_{m×n} for a matrix."""
    return _filled(_ZERO, op, context)


def _filled(number: Symbol, op: Op, context: Context) -> Written:
    sizes = [context.naming.size(str(size)) for size in op.option("shape")]
    return Written(number if len(sizes) < 2 else Script(number, sub=_times(sizes)))


def _times(sizes: list[Maths]) -> Maths:
    """m×n×k."""
    first, *others = sizes
    return Row((first, *(part for size in others for part in (Operator("×"), size))))


def eye(op: Op, context: Context) -> Written:
    """I, the identity."""
    return Written(_EYE)


def unit(op: Op, context: Context) -> Written:
    """e_k, the k-th column of the identity."""
    return Written(Script(Symbol("e", "bold"), sub=context.index(op.option("position"))))


def selection(op: Op, context: Context) -> Written:
    """I_{2:3,:}, the rows of the identity that pick entries 2 to 3."""
    rows = subscript((stretch(op.option("start"), op.option("stop"), context.language("end")), Operator(":")))
    return Written(Script(_EYE, sub=rows))


def placement(op: Op, context: Context) -> Written:
    """I_{:,n+1:n+m}, the columns of the identity that put a block of m entries behind n others."""
    columns = subscript((Operator(":"), _block(op, context)))
    return Written(Script(_EYE, sub=columns))


def part(op: Op, context: Context) -> Written:
    """a_{n+1:n+m}, a block of m entries behind n others; of a matrix its rows or its columns."""
    base, axis = op.args[0], op.option("axis")
    key: list[Maths] = [Operator(":")] * context.rank(base)
    key[axis] = _block(op, context)
    closed = write(base, context).fit(Level.ATOM).maths
    return Written(context.naming.entry(closed, subscript(tuple(key))))


def _block(op: Op, context: Context) -> Maths:
    """n+1:n+m."""
    before = [context.naming.size(str(dim)) for dim in op.option("before")]
    length = context.naming.size(str(op.option("length")))
    return Row((_sum([*before, Numeral("1")]), Operator(":"), _sum([*before, length])))


def _sum(terms: list[Maths]) -> Maths:
    first, *others = terms
    return Row((first, *(part for term in others for part in (Operator("+"), term))))


def unflatten(op: Op, context: Context) -> Written:
    """reshape_{m×n}(a): the entries put back into rows."""
    sizes = [context.naming.size(str(dim)) for dim in op.option("shape")]
    return Written(applied(Script(Symbol("reshape", "upright"), sub=_times(sizes)), op, context))


def stacked(op: Op, context: Context) -> Written:
    """stack(a, b), with the new axis where it is not the first, counted from 1; scalars as a column."""
    if not context.rank(op.args[0]):
        return blocks(op, context)
    name, rank = Symbol("stack", "upright"), context.rank(op)
    found = axes(rank, op.option("axis", 0))
    return Written(
        applied(name if found == (0,) else Script(name, sub=axes_told(found, context)), op, context)
    )


def places(op: Op, context: Context) -> Written:
    """S with an index for every axis: 1 where the places match, 0 elsewhere."""
    return Written(_MATCH)


def moved(op: Op, context: Context) -> Written:
    """ℛ{q}, how q moves along the direction."""
    return Written(Row((_MOVED, Fenced("{", write(op.args[0], context).maths, "}"))))


def met(op: Op, indices: tuple[str | int, ...], context: Context) -> Written:
    """1[p = 2i + a − 2]: 1 where place p of the input is place a of window i, else 0; for every axis."""
    step, around = op.option("stride"), op.option("padding")
    axes = len(indices) // 3
    shown: list[Maths] = []
    for out, kernel, place in zip(indices[:axes], indices[axes:-axes], indices[-axes:], strict=True):
        many = f"{step}{out}" if step > 1 else f"{out}"
        sides = (context.index(place), Operator("="), context.index(f"{many}+{kernel}-{step + around}"))
        shown += (ONE, Fenced("[", Row(sides), "]"))
    return Written(Row(tuple(shown)), Level.PRODUCT if axes > 1 else Level.ATOM)


def covered(op: Op, indices: tuple[str | int, ...], context: Context) -> Written:
    """1[2i−1 ≤ p ≤ 2i], of windows of two places: 1 where window i covers place p, else 0."""
    window, place = indices
    size, step = op.option("size"), op.option("stride")
    many = f"{step}{window}" if step > 1 else f"{window}"
    ends = (many + (f"{offset:+d}" if offset else "") for offset in (1 - step, size - step))
    low, high = map(context.index, ends)
    inside = Row((low, Operator("≤"), context.index(place), Operator("≤"), high))
    return Written(Row((ONE, Fenced("[", inside, "]"))))


def matched(op: Op, indices: tuple[str | int, ...], context: Context) -> Written:
    """1[s = (i−1)n + j]: 1 where an entry stands at the same place in both shapes, by rows, else 0."""
    split, shape = op.option("split", 1), op.option("shape")
    sides = (slice(None, split), slice(split, None))
    left, right = (_number(shape[side], indices[side], context) for side in sides)
    return Written(Row((ONE, Fenced("[", Row((*left, Operator("="), *right)), "]"))))


def _number(
    shape: tuple[str | int, ...], indices: tuple[str | int, ...], context: Context
) -> tuple[Maths, ...]:
    """The number of a place when those of all rows are counted through: (i−1)n + j."""
    shown: tuple[Maths, ...] = (context.index(indices[0]),)
    for dim, index in zip(shape[1:], indices[1:], strict=True):
        size = context.naming.size(str(dim))
        before = Fenced("(", Row((*shown, Operator("−"), Numeral("1"))), ")")
        product = (size, before) if isinstance(size, Numeral) else (before, size)
        shown = (*product, Operator("+"), context.index(index))
    return shown


def looked_up(name: str) -> Layout:
    """pick(A, y), lookup(E, y): no vector of labels is turned to stand as a row."""

    def layout(op: Op, context: Context) -> Written:
        base, labels = (write(arg, context).maths for arg in op.args)
        inside = Row((base, Operator(","), labels))
        return Written(Row((Symbol(name, "upright"), Fenced("(", inside, ")"))))

    return layout


def one_hot(op: Op, context: Context) -> Written:
    """onehot_K(y), rows of K entries."""
    name = Script(Symbol("onehot", "upright"), sub=context.naming.size(str(op.option("size"))))
    return Written(applied(name, op, context))


def triangle(op: Op, context: Context) -> Written:
    """tril(1), with ones on and below the diagonal."""
    size = context.naming.size(str(op.option("size")))
    whole = Script(ONE, sub=Row((size, Operator("×"), size)))
    return Written(Row((Symbol("tril", "upright"), Fenced("(", whole, ")"))))


def pi(op: Op, context: Context) -> Written:
    """π."""
    return Written(Symbol("π"))
