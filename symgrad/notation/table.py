"""How each operation is written: the form that its record names."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.errors import NotSupported
from symgrad.maths.nodes import Numeral, Symbol
from symgrad.notation.around import (
    between,
    big_sum,
    blocks,
    choice,
    direction,
    exponential,
    inverse,
    log_determinant,
    minus,
    norm,
    raised,
    root,
    transpose,
    unchanged,
)
from symgrad.notation.binding import Level
from symgrad.notation.functions import attains, call, full_convolution, function
from symgrad.notation.indicators import indicator, prime
from symgrad.notation.infix import (
    infix,
    inner_product,
    masked,
    matrix_product,
    outer_product,
    over,
    relation,
    times,
)
from symgrad.notation.operands import Layout
from symgrad.notation.positions import (
    eye,
    indexed,
    looked_up,
    moved,
    one_hot,
    ones,
    part,
    pi,
    placement,
    places,
    selection,
    stacked,
    triangle,
    unflatten,
    unit,
    zeros,
)
from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.model import Operation

FORMS: Mapping[str, Layout] = {
    "a + b": infix("+", Level.SUM, Level.SUM),
    "a − b": infix("−", Level.SUM, Level.HADAMARD),
    "a ⊙ b": times,
    "a ⊘ b": over,
    "a/‖a‖": direction,
    "A B": matrix_product,
    "a^T b": inner_product,
    "a b^T": outer_product,
    "−a": minus,
    "a^b": raised,
    "A^T": transpose,
    "A^-1": inverse,
    "e^a": exponential,
    "√a": root,
    "‖a‖": norm(),
    "‖a‖₁": norm(Numeral("1")),
    "‖a‖∞": norm(Symbol("∞")),
    "log |det A|": log_determinant,
    "∑ a": big_sum,
    "a ⊗ b": infix("⊗", Level.HADAMARD, Level.ATOM),
    "(a; b)": blocks,
    "(a, b)": stacked,
    "reshape(a)": unflatten,
    "a_k": indexed,
    "lookup(A, y)": looked_up("lookup"),
    "1[a = k]": one_hot,
    "pick(A, y)": looked_up("pick"),
    "a if c, b otherwise": choice,
    "the identity I": eye,
    "all entries 1": ones,
    "all entries 0": zeros,
}
"""How an operation is written that is no function name(a, b), no condition a < b and no |a|."""

MADE: Mapping[str, Layout] = {
    "squeeze": unchanged,
    "unsqueeze": unchanged,
    "not_equal": relation("≠"),
    "call": call,
    "prime": prime,
    "attains": attains,
    "indicator": indicator,
    "masked": masked,
    "window": places,
    "flattening": places,
    "cover": places,
    "placement": placement,
    "triangle": triangle,
    "moved": moved,
    "others": function("prodothers"),
    "other_pairs": function("prodotherpairs"),
    "part": part,
    "unflatten": unflatten,
    "full_conv2d": full_convolution,
    "kernel_conv2d": function("conv"),
    "rotate": function("rot"),
    "pooling": function("argmaxpool"),
    "unpool": function("unpool"),
    "unit": unit,
    "selection": selection,
    "pi": pi,
}
"""What the calculus makes, and the problem's own functions."""


def layout(record: Operation) -> Layout:
    """The form that a record names. Raises `NotSupported` for one that nobody can write."""
    match record.layout.split(" "):
        case _ if record.layout in FORMS:
            return FORMS[record.layout]
        case ["a", sign, "b"]:
            return relation(sign)
        case [word] if not word or word.isidentifier():
            return function(record.word)
        case [fenced] if fenced[1:-1] == "a":
            return between(fenced[0], fenced[-1])
    raise NotSupported(f"the form '{record.layout}' of '{record.name}' cannot be written yet")


LAYOUTS: Mapping[str, Layout] = Derived(OPERATIONS, lambda record: {record.name: layout(record)}, MADE)
