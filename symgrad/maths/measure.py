"""How wide and high a formula comes out, in em, without setting it: enough to choose where a line breaks.

The tables hold the widths of Computer Modern at 10 pt, in display style, as TeX reports them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, singledispatch

from msgspec import Struct

from symgrad.maths import layout, nodes
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import Kind, is_word, sign

MOST = 4096
"""Widths that are kept: a formula is measured where it stands, where it is broken, and in its chain."""


class Extent(Struct, frozen=True):
    """Width, and height with depth, in em."""

    width: float
    height: float


@lru_cache(maxsize=MOST)
def width(node: Maths) -> float:
    """The width of a formula in em, within some 15 % of TeX's."""
    return extent(node).width


def height(node: Maths) -> float:
    """The height and depth together of a formula in em, within some 15 % of TeX's."""
    return extent(node).height


@singledispatch
def extent(node: Maths) -> Extent:
    """Width and height of a formula in em, in display style."""
    raise layout.unknown_node(node)


def _by_char(groups: dict[float, str]) -> dict[str, float]:
    return {char: em for em, chars in groups.items() for char in chars}


_SIGNS = _by_char(
    {
        0.30: "l′!.·⋅:|,;⋮",
        0.35: "itιΙ",
        0.45: "bcejsϵℓες†?",
        0.50: "dgopqrvzI0123456789δζθξορϱ/∗*⋆∘",
        0.65: "JSαφχωΓΞ∧∨∈∉",
        0.70: "LTψΛΣΦΩΒΕΡΤ",
        0.75: "wARZΠΑΗΝΧ",
        0.80: "BCEFGOPQUVYΘΥΨΚΟ⊤⊥∅DΔ∇",
        0.90: "mHKNXΜ",
        1.00: "MW∞≪≫←→↦⇐⇒⇔∫≔",
        1.15: "⋯…⋱",
        1.35: "∏",
        1.45: "∑",
    }
)
_KINDS: dict[Kind, float] = {
    "ordinary": 0.57,
    "binary": 0.78,
    "relation": 0.78,
    "punctuation": 0.28,
    "large": 1.4,
}
_AROUND: dict[Kind, float] = {
    "ordinary": 0.0,
    "binary": 0.44,
    "relation": 0.56,
    "punctuation": 0.17,
    "large": 0.17,
}
_UPRIGHT = _by_char(
    {0.3: "ijl .,:;'!", 0.4: "frstI-()[]", 0.75: "wABCDEGHKNOPQRTUVXYZ_", 0.85: "m", 1.0: "MW%@"}
)
_FENCES = {"{": 0.5, "}": 0.5, "‖": 0.5, "|": 0.28, "[": 0.28, "]": 0.28}

_MONO = 0.53
_LINE = 0.7
_BASELINE = 1.2
_THIN = 0.17
# Type of 7 pt is broader for its height than type of 10 pt.
_SCRIPT = 0.8


def _char(char: str) -> float:
    return _SIGNS.get(char) or _KINDS[sign(char).kind]


def _word(text: str) -> float:
    return sum(_UPRIGHT.get(char, 0.52) for char in text)


@extent.register
def _symbol(node: nodes.Symbol) -> Extent:
    return Extent(_word(node.text) if is_word(node.text) else sum(map(_char, node.text)), _LINE)


@extent.register
def _numeral(node: nodes.Numeral) -> Extent:
    minus, digits = layout.split_numeral(node)
    if digits == "NaN":
        return Extent(_word(digits), _LINE)
    return Extent(sum(map(_char, minus + digits)), _LINE)


@extent.register
def _operator(node: nodes.Operator) -> Extent:
    around = 0.0 if node.prefix else _AROUND[sign(node.text).kind]
    return Extent(_char(node.text) + around, _LINE)


@extent.register
def _text(node: nodes.Text) -> Extent:
    return Extent(_MONO * len(node.text) if node.mono else _word(node.text), _LINE)


@extent.register
def _space(node: nodes.Space) -> Extent:
    return Extent(node.em, 0.0)


@extent.register
def _row(node: nodes.Row) -> Extent:
    parts = layout.flat(node)
    extents = [extent(part) for part in parts]
    joints = sum(_joint(*trio) for trio in layout.neighbours(parts))
    return Extent(
        joints + sum(part.width for part in extents),
        max((part.height for part in extents), default=0.0),
    )


def _joint(before: Maths | None, node: Maths, after: Maths | None) -> float:
    if isinstance(node, nodes.Text):
        return _word(layout.padded(before, node, after).text) - _word(node.text)
    applied = layout.function_word(before) and layout.is_operand(node) and not isinstance(node, nodes.Fenced)
    return _THIN if applied or layout.thin_gap(before, node, after) else 0.0


@extent.register
def _fraction(node: nodes.Fraction) -> Extent:
    top, bottom = extent(node.numerator), extent(node.denominator)
    scale, between = (_SCRIPT, 0.2) if node.small else (1.0, 0.6)
    wide = max(top.width, bottom.width) * scale + 0.24
    return Extent(wide, (top.height + bottom.height) * scale + between)


@extent.register
def _script(node: nodes.Script) -> Extent:
    base = extent(node.base)
    marks = [extent(mark).width for mark in (node.sub, node.sup) if mark is not None]
    raised = (0.15 if node.sub is not None else 0.0) + (0.2 if node.sup is not None else 0.0)
    return Extent(base.width + max(marks, default=0.0) * _SCRIPT + 0.05, base.height + raised)


@extent.register
def _accent(node: nodes.Accent) -> Extent:
    body = extent(node.body)
    return Extent(body.width, body.height + 0.2)


@extent.register
def _fenced(node: nodes.Fenced) -> Extent:
    body = extent(node.body)
    scale = 1.8 if layout.is_tall(node.body) else 1.0
    fences = sum(_FENCES.get(fence, 0.39) for fence in (node.open, node.close))
    return Extent(body.width + fences * scale, max(body.height, 1.0) + 0.2 * (scale > 1))


@extent.register
def _radical(node: nodes.Radical) -> Extent:
    body = extent(node.body)
    return Extent(body.width + (1.0 if layout.is_tall(node.body) else 0.83), body.height + 0.3)


@extent.register
def _big(node: nodes.Big) -> Extent:
    body = extent(node.body)
    operator = _word(node.sign) if is_word(node.sign) else _char(node.sign)
    limits = [extent(limit) for limit in (node.below, node.above) if limit is not None]
    wide = max([operator, *(limit.width * _SCRIPT for limit in limits)])
    high = (_LINE if is_word(node.sign) else 1.4) + sum(limit.height * _SCRIPT + 0.15 for limit in limits)
    return Extent(wide + _THIN + body.width, max(high, body.height))


@extent.register
def _matrix(node: nodes.Matrix) -> Extent:
    cells = [[extent(cell) for cell in row] for row in node.rows]
    columns = [max(cell.width for cell in column) for column in zip(*cells, strict=True)]
    brackets = 2 * min(0.32 + 0.1 * len(cells), 0.67)
    return Extent(sum(columns) + len(columns) - 1 + brackets, _stacked(cells, _BASELINE))


@extent.register
def _cases(node: nodes.Cases) -> Extent:
    cells = [[extent(cell) for cell in row] for row in node.rows]
    columns = [max(cell.width for cell in column) for column in zip(*cells, strict=True)]
    return Extent(sum(columns) + 1.0 + 0.9, _stacked(cells, 1.2 * _BASELINE))


def _stacked(rows: Iterable[Iterable[Extent]], baseline: float) -> float:
    return sum(max(baseline, *(cell.height + 0.1 for cell in row)) for row in rows)


@extent.register
def _brace(node: nodes.Brace) -> Extent:
    body, label = extent(node.body), extent(node.label)
    # TeX draws no brace narrower than its two hooks and its tip.
    return Extent(max(body.width, label.width * _SCRIPT, 1.8), body.height + label.height * _SCRIPT + 0.8)


@extent.register
def _boxed(node: nodes.Boxed) -> Extent:
    body = extent(node.body)
    return Extent(body.width + 0.68, body.height + 0.68)


@extent.register
def _toned(node: nodes.Toned) -> Extent:
    return extent(node.body)


@extent.register
def _gap(node: nodes.Gap) -> Extent:
    return Extent(node.width + 0.4, node.height + 0.4)
