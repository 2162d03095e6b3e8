"""How each operation is written: one row an operation."""

from __future__ import annotations

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
from symgrad.notation.functions import FUNCTIONS, attains, function, prime
from symgrad.notation.infix import infix, inner_product, matrix_product, outer_product, over, relation, times
from symgrad.notation.operands import Layout
from symgrad.notation.positions import eye, indexed, indicator, ones, pi, selection, unit

LAYOUTS: dict[str, Layout] = {
    **{name: function(written) for name, written in FUNCTIONS.items()},
    "add": infix("+", Level.SUM, Level.SUM),
    "subtract": infix("−", Level.SUM, Level.HADAMARD),
    "multiply": times,
    "divide": over,
    "direction": direction,
    "matmul": matrix_product,
    "dot": inner_product,
    "outer": outer_product,
    "negative": minus,
    "power": raised,
    "transpose": transpose,
    "squeeze": unchanged,
    "unsqueeze": unchanged,
    "inv": inverse,
    "exp": exponential,
    "sqrt": root,
    "abs": between("|"),
    "norm": norm,
    "logdet": log_determinant,
    "sum": big_sum,
    "concat": blocks,
    "where": choice,
    "less": relation("<"),
    "less_equal": relation("≤"),
    "greater": relation(">"),
    "greater_equal": relation("≥"),
    "equal": relation("="),
    "prime": prime,
    "attains": attains,
    "indicator": indicator,
    "index": indexed,
    "unit": unit,
    "selection": selection,
    "ones": ones,
    "eye": eye,
    "pi": pi,
}
