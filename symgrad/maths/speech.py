"""A formula in spoken English: the alternative text of an equation for those who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch

from symgrad.maths import layout, nodes
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import is_word, sign

# More cells than this are not read out one by one.
_READABLE = 12

_BEFORE_PAUSE = re.compile(r"\s+(?=[,;])")
_DOTS = frozenset("⋯…⋮⋱")
# Written before or between operands without a product being meant.
_MARKS = _DOTS | frozenset("∂∇Δ")

_PARTIAL = nodes.Symbol("∂")
_RAISED = {"2": "squared", "3": "cubed", "⊤": "transpose", "′": "prime", "″": "double prime"}
_ACCENTS = {
    "vec": "vector {}",
    **{kind: f"{{}} {kind}" for kind in ("bar", "hat", "tilde", "check", "dot")},
}
_PARTS = {("1", "2"): "one half", ("1", "3"): "one third", ("1", "4"): "one quarter"}
_OPEN = {
    "(": "open paren",
    "[": "open bracket",
    "{": "open brace",
    "|": "the absolute value of",
    "‖": "the norm of",
    "⟨": "open angle",
    "⌊": "the floor of",
    "⌈": "the ceiling of",
}
_CLOSE = {
    ")": "close paren",
    "]": "close bracket",
    "}": "close brace",
    "|": "end absolute value",
    "‖": "end norm",
    "⟩": "close angle",
    "⌋": "end floor",
    "⌉": "end ceiling",
}


def speech(node: Maths) -> str:
    """The formula in words, as plain text on one line."""
    words = " ".join(spoken(node).split())
    return _BEFORE_PAUSE.sub("", words).strip(",; ")


@singledispatch
def spoken(node: Maths) -> str:
    """The words of one node; `speech` tidies the blanks and commas between them."""
    raise layout.unknown_node(node)


@spoken.register
def _symbol(node: nodes.Symbol) -> str:
    if is_word(node.text):
        return node.text.replace("_", " ")
    name = " ".join(sign(char).spoken for char in node.text)
    return f"bold {name}" if node.variant == "bold" else name


@spoken.register
def _numeral(node: nodes.Numeral) -> str:
    minus, digits = layout.split_numeral(node)
    words = {"∞": "infinity", "NaN": "not a number"}.get(digits, digits)
    return f"minus {words}" if minus else words


@spoken.register
def _operator(node: nodes.Operator) -> str:
    return sign(node.text).spoken


@spoken.register
def _text(node: nodes.Text) -> str:
    return node.text


@spoken.register
def _space(node: nodes.Space) -> str:
    return "," if node.em >= 1 else ""


@spoken.register
def _row(node: nodes.Row) -> str:
    return " ".join(_part(before, item) for before, item, _ in layout.neighbours(layout.flat(node)))


def _part(before: Maths | None, node: Maths) -> str:
    if _is_application(before, node):
        return f"of {_argument(node)}"
    return ("times " if _is_product(before, node) else "") + spoken(node)


def _is_application(before: Maths | None, node: Maths) -> bool:
    derived = isinstance(before, nodes.Script) and before.sup == nodes.Symbol("′")
    if derived and isinstance(node, nodes.Fenced):
        return True
    return bool(layout.function_word(before)) and layout.is_operand(node)


def _argument(node: Maths) -> str:
    if isinstance(node, nodes.Fenced) and node.open == "(" and _is_simple(node.body):
        return spoken(node.body)
    return spoken(node)


def _is_product(before: Maths | None, node: Maths) -> bool:
    if not (layout.is_operand(before) and layout.is_operand(node)) or _is_mark(before) or _is_mark(node):
        return False
    # A letter before brackets may be a function: f(x) is not f times x.
    letter = isinstance(before, nodes.Symbol | nodes.Script | nodes.Accent)
    return not (letter and isinstance(node, nodes.Fenced))


def _is_mark(node: Maths | None) -> bool:
    return isinstance(node, nodes.Symbol) and node.text in _MARKS


def _is_simple(node: Maths) -> bool:
    """Whether the words of a node need no closing word to show where they end."""
    parts = layout.flat(node)
    return len(parts) == 1 and not isinstance(parts[0], nodes.Fraction | nodes.Big | nodes.Radical)


def _closed(node: Maths, end: str) -> str:
    return spoken(node) if _is_simple(node) else f"{spoken(node)} {end}"


@spoken.register
def _fraction(node: nodes.Fraction) -> str:
    top, bottom = layout.flat(node.numerator), layout.flat(node.denominator)
    if _is_differential(top) and _is_differential(bottom):
        kind = "derivative" if top[0] == _PARTIAL else "direct derivative"
        return f"the {kind} of {_joined(top[1:])} with respect to {_joined(bottom[1:])}"
    above, below = spoken(node.numerator), spoken(node.denominator)
    if _is_simple(node.numerator) and _is_simple(node.denominator):
        return _PARTS.get((above, below), f"{above} over {below}")
    return f"the fraction {above} over {below} end fraction"


def _is_differential(parts: tuple[Maths, ...]) -> bool:
    """Whether this begins with ∂, or with ∂⁺."""
    return len(parts) > 1 and parts[0] in (_PARTIAL, nodes.Script(_PARTIAL, sup=nodes.Operator("+")))


def _joined(parts: tuple[Maths, ...]) -> str:
    return spoken(nodes.Row(parts))


@spoken.register
def _script(node: nodes.Script) -> str:
    return f"{spoken(node.base)}{_lowered(node.sub)}{_raised(node.sup)}"


def _lowered(mark: Maths | None) -> str:
    if mark is None:
        return ""
    # Indices side by side are no product.
    parts = layout.flat(mark)
    end = " end sub" if any(isinstance(part, nodes.Operator) for part in parts) else ""
    return f" sub {' '.join(map(spoken, parts))}{end}"


def _raised(mark: Maths | None) -> str:
    match mark:
        case None:
            return ""
        case nodes.Symbol(text=text) | nodes.Numeral(text=text) if text in _RAISED:
            return f" {_RAISED[text]}"
        case nodes.Operator(text=text):
            return f" {sign(text).spoken}"
        case nodes.Fenced(body=body):
            return f" superscript {_closed(body, 'end superscript')}"
    return f" to the power {_closed(mark, 'end power')}"


@spoken.register
def _accent(node: nodes.Accent) -> str:
    return _ACCENTS[node.kind].format(spoken(node.body))


@spoken.register
def _fenced(node: nodes.Fenced) -> str:
    opening, closing = layout.delimiter(_OPEN, node.open), layout.delimiter(_CLOSE, node.close)
    return f"{opening} {spoken(node.body)} {closing}"


@spoken.register
def _radical(node: nodes.Radical) -> str:
    return f"the square root of {_closed(node.body, 'end root')}"


@spoken.register
def _big(node: nodes.Big) -> str:
    operator = node.sign if is_word(node.sign) else sign(node.sign).spoken
    below = "" if node.below is None else f" over {spoken(node.below)}"
    above = "" if node.above is None else f" up to {spoken(node.above)}"
    return f"{operator}{below}{above} of {spoken(node.body)}"


@spoken.register
def _matrix(node: nodes.Matrix) -> str:
    rows, columns = len(node.rows), len(node.rows[0])
    cells = [cell for row in node.rows for cell in row]
    if all(isinstance(cell, nodes.Gap) for cell in cells):
        return f"a blank {rows} by {columns} matrix"
    if any(isinstance(cell, nodes.Symbol) and cell.text in _DOTS for cell in cells):
        return "a matrix shown in part"
    if len(cells) > _READABLE:
        return f"a {rows} by {columns} matrix"
    if columns == 1:
        return f"the column vector {_listed(cells)}"
    if rows == 1:
        return f"the row vector {_listed(cells)}"
    return f"the {rows} by {columns} matrix with rows {'; '.join(map(_listed, node.rows))}"


def _listed(cells: Iterable[Maths]) -> str:
    return ", ".join(map(spoken, cells))


@spoken.register
def _cases(node: nodes.Cases) -> str:
    return f"the cases {'; '.join(f'{spoken(value)} {spoken(condition)}' for value, condition in node.rows)}"


@spoken.register
def _brace(node: nodes.Brace) -> str:
    return f"{spoken(node.body)}, labelled {spoken(node.label)},"


@spoken.register
def _boxed(node: nodes.Boxed) -> str:
    return spoken(node.body)


@spoken.register
def _gap(node: nodes.Gap) -> str:
    return "blank"
