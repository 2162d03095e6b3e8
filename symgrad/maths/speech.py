"""A formula in spoken words: the alternative text of an equation for those who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch

from symgrad.languages import ENGLISH, Language
from symgrad.maths import layout, nodes
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import GREEK, is_word, sign

# More cells than this are not read out one by one.
_READABLE = 12

_BEFORE_PAUSE = re.compile(r"\s+(?=[,;])")
_DOTS = frozenset("⋯…⋮⋱")
# Written before or between operands without a product being meant.
_MARKS = _DOTS | frozenset("∂∇Δ")

_STYLES = {"script": "script {letter}", "blackboard": "blackboard {letter}"}
_PARTIAL = nodes.Symbol("∂")
_DERIVATIVE = "the derivative of {of} with respect to {by}"
_DIRECT = "the direct derivative of {of} with respect to {by}"
_RAISED = {"2": "squared", "3": "cubed", "⊤": "transpose", "′": "prime", "″": "double prime"}
_ACCENTS = {
    "vec": "vector {name}",
    "bar": "{name} bar",
    "hat": "{name} hat",
    "tilde": "{name} tilde",
    "check": "{name} check",
    "dot": "{name} dot",
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


def speech(node: Maths, say: Language = ENGLISH) -> str:
    """The formula in words of a language, as plain text on one line."""
    words = " ".join(spoken(node, say).split())
    return _BEFORE_PAUSE.sub("", words).strip(",; ")


@singledispatch
def spoken(node: Maths, say: Language) -> str:
    """The words of one node; `speech` tidies the blanks and commas between them."""
    raise layout.unknown_node(node)


@spoken.register
def _symbol(node: nodes.Symbol, say: Language) -> str:
    if is_word(node.text):
        return node.text.replace("_", " ")
    name = " ".join(_sign(char, say) for char in node.text)
    return say("bold {name}", name=name) if node.variant == "bold" else name


def _sign(char: str, say: Language) -> str:
    """The name of a letter is the same in all languages; in what style it is written is said in words."""
    words = sign(char).spoken
    if words in GREEK or len(words) == 1:
        return words
    style, _, letter = words.partition(" ")
    return say(_STYLES[style], letter=letter) if style in _STYLES else say(words)


@spoken.register
def _numeral(node: nodes.Numeral, say: Language) -> str:
    minus, digits = layout.split_numeral(node)
    words = say({"∞": "infinity", "NaN": "not a number"}[digits]) if digits in ("∞", "NaN") else digits
    return f"{say('minus')} {words}" if minus else words


@spoken.register
def _operator(node: nodes.Operator, say: Language) -> str:
    return _sign(node.text, say)


@spoken.register
def _text(node: nodes.Text, say: Language) -> str:
    return node.text


@spoken.register
def _space(node: nodes.Space, say: Language) -> str:
    return "," if node.em >= 1 else ""


@spoken.register
def _row(node: nodes.Row, say: Language) -> str:
    return " ".join(_part(before, item, say) for before, item, _ in layout.neighbours(layout.flat(node)))


def _part(before: Maths | None, node: Maths, say: Language) -> str:
    if _is_application(before, node):
        return say("of {argument}", argument=_argument(node, say))
    return (say("times") + " " if _is_product(before, node) else "") + spoken(node, say)


def _is_application(before: Maths | None, node: Maths) -> bool:
    derived = isinstance(before, nodes.Script) and before.sup == nodes.Symbol("′")
    if derived and isinstance(node, nodes.Fenced):
        return True
    return bool(layout.function_word(before)) and layout.is_operand(node)


def _argument(node: Maths, say: Language) -> str:
    if isinstance(node, nodes.Fenced) and node.open == "(" and _is_simple(node.body):
        return spoken(node.body, say)
    return spoken(node, say)


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


def _closed(node: Maths, end: str, say: Language) -> str:
    return spoken(node, say) if _is_simple(node) else f"{spoken(node, say)} {say(end)}"


@spoken.register
def _fraction(node: nodes.Fraction, say: Language) -> str:
    top, bottom = layout.flat(node.numerator), layout.flat(node.denominator)
    if _is_differential(top) and _is_differential(bottom):
        text = _DERIVATIVE if top[0] == _PARTIAL else _DIRECT
        return say(text, of=_joined(top[1:], say), by=_joined(bottom[1:], say))
    above, below = spoken(node.numerator, say), spoken(node.denominator, say)
    if (above, below) in _PARTS:
        return say(_PARTS[above, below])
    if _is_simple(node.numerator) and _is_simple(node.denominator):
        return say("{above} over {below}", above=above, below=below)
    return say("the fraction {above} over {below} end fraction", above=above, below=below)


def _is_differential(parts: tuple[Maths, ...]) -> bool:
    """Whether this begins with ∂, or with ∂⁺."""
    return len(parts) > 1 and parts[0] in (_PARTIAL, nodes.Script(_PARTIAL, sup=nodes.Operator("+")))


def _joined(parts: tuple[Maths, ...], say: Language) -> str:
    return spoken(nodes.Row(parts), say)


@spoken.register
def _script(node: nodes.Script, say: Language) -> str:
    return f"{spoken(node.base, say)} {_lowered(node.sub, say)} {_raised(node.sup, say)}"


def _lowered(mark: Maths | None, say: Language) -> str:
    if mark is None:
        return ""
    # Indices side by side are no product.
    parts = layout.flat(mark)
    places = " ".join(spoken(part, say) for part in parts)
    is_long = any(isinstance(part, nodes.Operator) for part in parts)
    return say("sub {places} end sub" if is_long else "sub {places}", places=places)


def _raised(mark: Maths | None, say: Language) -> str:
    match mark:
        case None:
            return ""
        case nodes.Symbol(text=text) | nodes.Numeral(text=text) if text in _RAISED:
            return say(_RAISED[text])
        case nodes.Operator(text=text):
            return _sign(text, say)
        case nodes.Fenced(body=body):
            return say("superscript {mark}", mark=_closed(body, "end superscript", say))
    return say("to the power {mark}", mark=_closed(mark, "end power", say))


@spoken.register
def _accent(node: nodes.Accent, say: Language) -> str:
    return say(_ACCENTS[node.kind], name=spoken(node.body, say))


@spoken.register
def _fenced(node: nodes.Fenced, say: Language) -> str:
    opening, closing = layout.delimiter(_OPEN, node.open), layout.delimiter(_CLOSE, node.close)
    return f"{_bracket(opening, say)} {spoken(node.body, say)} {_bracket(closing, say)}"


def _bracket(words: str, say: Language) -> str:
    return say(words) if words else ""


@spoken.register
def _radical(node: nodes.Radical, say: Language) -> str:
    return say("the square root of {body}", body=_closed(node.body, "end root", say))


@spoken.register
def _big(node: nodes.Big, say: Language) -> str:
    operator = node.sign if is_word(node.sign) else _sign(node.sign, say)
    below = "" if node.below is None else say("over {below}", below=spoken(node.below, say))
    above = "" if node.above is None else say("up to {above}", above=spoken(node.above, say))
    return f"{operator} {below} {above} {say('of {argument}', argument=spoken(node.body, say))}"


@spoken.register
def _matrix(node: nodes.Matrix, say: Language) -> str:
    rows, columns = len(node.rows), len(node.rows[0])
    size = {"rows": str(rows), "columns": str(columns)}
    cells = [cell for row in node.rows for cell in row]
    if all(isinstance(cell, nodes.Gap) for cell in cells):
        return say("a blank {rows} by {columns} matrix", **size)
    if any(isinstance(cell, nodes.Symbol) and cell.text in _DOTS for cell in cells):
        return say("a matrix shown in part")
    if len(cells) > _READABLE:
        return say("a {rows} by {columns} matrix", **size)
    if columns == 1:
        return say("the column vector {cells}", cells=_listed(cells, say))
    if rows == 1:
        return say("the row vector {cells}", cells=_listed(cells, say))
    cells_ = "; ".join(_listed(row, say) for row in node.rows)
    return say("the {rows} by {columns} matrix with rows {cells}", **size, cells=cells_)


def _listed(cells: Iterable[Maths], say: Language) -> str:
    return ", ".join(spoken(cell, say) for cell in cells)


@spoken.register
def _cases(node: nodes.Cases, say: Language) -> str:
    rows = (f"{spoken(value, say)} {spoken(condition, say)}" for value, condition in node.rows)
    return say("the cases {rows}", rows="; ".join(rows))


@spoken.register
def _brace(node: nodes.Brace, say: Language) -> str:
    return say("{body}, labelled {label},", body=spoken(node.body, say), label=spoken(node.label, say))


@spoken.register
def _boxed(node: nodes.Boxed, say: Language) -> str:
    return spoken(node.body, say)


@spoken.register
def _toned(node: nodes.Toned, say: Language) -> str:
    return spoken(node.body, say)


@spoken.register
def _gap(node: nodes.Gap, say: Language) -> str:
    return say("blank")
