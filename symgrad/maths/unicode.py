"""A maths tree as lines of Unicode text for a terminal: fractions stacked, matrices in brackets.

Scripts are small letters where Unicode has them, and else stand on a line above or below.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import singledispatch

from symgrad.maths import layout, nodes
from symgrad.maths.brackets import closing, opening
from symgrad.maths.nodes import Maths
from symgrad.maths.pane import EMPTY, Pane, Side, above, apart, beside, blank, grid, lowered, raised, text
from symgrad.maths.symbols import is_word, sign

_SUPERSCRIPTS: Mapping[str, str] = dict(
    zip(
        "0123456789+-−=()⊤′″∗†×" + "abcdefghijklmnoprstuvwxyz" + "ABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵀ′″*†ˣ" + "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ" + "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
_SUBSCRIPTS: Mapping[str, str] = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
# Over a letter a mark that joins it, over anything longer a line of its own: ends and filling.
_ACCENTS = {
    "vec": ("\u20d7", "─", "→"),
    "bar": ("\u0304", "─", "─"),
    "hat": ("\u0302", "", "^"),
    "tilde": ("\u0303", "", "~"),
    "check": ("\u030c", "", "ˇ"),
    "dot": ("\u0307", "", "˙"),
}
_SMALL_FRACTIONS = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "1/8": "⅛"}
_SPACED = frozenset({"binary", "relation"})
CELLS = 2
"""Cells of an em: a letter of a terminal is about half as wide as it is high."""
COLUMN_GAP = 2


@singledispatch
def pane(node: Maths) -> Pane:
    """The lines of a formula.

    Raises:
        UnknownSymbolError: a symbol, sign or number of the tree that cannot be written.
        TypeError: something in the tree is no maths node.
    """
    raise layout.unknown_node(node)


@pane.register
def _symbol(node: nodes.Symbol) -> Pane:
    if not is_word(node.text):
        for char in node.text:
            sign(char)  # a character without a row is an error here too
    return text("".join(map(_bold, node.text)) if node.variant == "bold" else node.text)


def _bold(char: str) -> str:
    """The bold letter or digit of the mathematical alphabets, where there is one."""
    case = "CAPITAL" if char.isupper() else "SMALL"
    kind = "DIGIT" if char.isdigit() else case
    name = unicodedata.name(char).rpartition(" ")[2]
    try:
        return unicodedata.lookup(f"MATHEMATICAL BOLD {kind} {name}")
    except KeyError:
        return char


@pane.register
def _numeral(node: nodes.Numeral) -> Pane:
    return text("".join(layout.split_numeral(node)))


@pane.register
def _operator(node: nodes.Operator) -> Pane:
    sign(node.text)
    return text(node.text)


@pane.register
def _text(node: nodes.Text) -> Pane:
    return text("".join(char if char.isprintable() else " " for char in node.text))


@pane.register
def _space(node: nodes.Space) -> Pane:
    return blank(max(1, round(CELLS * node.em)))


@pane.register
def _row(node: nodes.Row) -> Pane:
    return joined(layout.flat(node))


def joined(items: tuple[Maths, ...]) -> Pane:
    """The parts of a row, with the blanks between them."""
    return beside(part for trio in layout.neighbours(items) for part in _part(*trio))


def _part(before: Maths | None, node: Maths, after: Maths | None) -> tuple[Pane, ...]:
    if isinstance(node, nodes.Text):
        node = layout.padded(before, node, after)
    space = before is not None and _is_spaced(before, node, after)
    return (blank(1) if space else EMPTY, pane(node))


def _is_spaced(before: Maths, node: Maths, after: Maths | None) -> bool:
    """Whether a blank stands between two parts of a row."""
    for part in (before, node):
        if isinstance(part, nodes.Operator) and not part.prefix and sign(part.text).kind in _SPACED:
            return True
    if isinstance(before, nodes.Operator):
        return sign(before.text).kind == "punctuation"
    if layout.function_word(before) and layout.is_operand(node):
        return not isinstance(node, nodes.Fenced)
    if not (layout.is_operand(before) and layout.is_operand(node)):
        return False
    if layout.function_word(node) or isinstance(node, nodes.Big):
        return True
    return layout.thin_gap(before, node, after) or _runs_on(before, node)


def _runs_on(before: Maths, node: Maths) -> bool:
    """Whether two operands would be read as one: two numbers, or a name of several letters and a letter."""
    words = any(isinstance(part, nodes.Symbol) and is_word(part.text) for part in (before, node))
    if words and isinstance(node, nodes.Fenced):
        return False
    return words or (isinstance(before, nodes.Numeral) and isinstance(node, nodes.Numeral))


@pane.register
def _fraction(node: nodes.Fraction) -> Pane:
    top, bottom = pane(node.numerator), pane(node.denominator)
    small = _SMALL_FRACTIONS.get(f"{top.lines[0]}/{bottom.lines[0]}")
    if node.small and small:
        return text(small)
    bar = text("─" * (max(top.width, bottom.width)))
    return above((top, bar, bottom), 1)


@pane.register
def _script(node: nodes.Script) -> Pane:
    node = layout.merged(node)
    body = _based(node)
    low, is_low_small = _mark(node.sub, _SUBSCRIPTS)
    high, is_high_small = _mark(node.sup, _SUPERSCRIPTS)
    up, down = (body.base, body.below) if body.height > 1 else (not is_high_small, not is_low_small)
    if not high.width:
        return beside((body, lowered(low, down)))
    if not low.width:
        return beside((body, raised(high, up)))
    return beside((body, apart(high, up, low, down) if up or down else beside((low, high))))


def _based(node: nodes.Script) -> Pane:
    """The base; one with a superscript of its own stands in brackets, or two of them would be read as one."""
    body = pane(node.base)
    if node.sup is None or not isinstance(node.base, nodes.Script) or node.base.sup is None:
        return body
    return beside((opening("(", body), body, closing(")", body)))


def _mark(node: Maths | None, letters: Mapping[str, str]) -> tuple[Pane, bool]:
    """A script, and whether it is in small letters; nothing counts as small."""
    if node is None:
        return EMPTY, True
    whole = pane(_unary(node))
    line = whole.lines[0].replace(" ", "")
    if whole.height > 1 or not letters.keys() >= set(line):
        return whole, False
    return text("".join(map(letters.__getitem__, line))), True


def _unary(node: Maths) -> Maths:
    """A script that begins with a sign, such as ⊙2: the sign has nothing on its left to be set off from."""
    match node:
        case nodes.Row(items=(nodes.Operator(text=char), *others)):
            return nodes.Row((nodes.Operator(char, prefix=True), *others))
    return node


@pane.register
def _accent(node: nodes.Accent) -> Pane:
    body = pane(node.body)
    mark, fill, end = _ACCENTS[node.kind]
    if layout.is_letter(node.body):
        return text(body.lines[0] + mark)
    over = fill * (body.width - 1) + end
    return above((text(over), body), 1)


@pane.register
def _fenced(node: nodes.Fenced) -> Pane:
    body = pane(node.body)
    return beside((opening(node.open, body), body, closing(node.close, body)))


@pane.register
def _radical(node: nodes.Radical) -> Pane:
    body = pane(node.body)
    over = text("_" * body.width)
    bar = Pane((" ", *"│" * (body.height - 1), "√"), body.base + 1)
    return beside((bar, above((over, body), 1)))


@pane.register
def _big(node: nodes.Big) -> Pane:
    if not is_word(node.sign):
        sign(node.sign)
    parts = [None if limit is None else pane(limit) for limit in (node.above, node.below)]
    stack = [part for part in (parts[0], text(node.sign), parts[1]) if part is not None]
    return beside((above(stack, node.above is not None), blank(1), pane(node.body)))


@pane.register
def _matrix(node: nodes.Matrix) -> Pane:
    sides: list[Side] = [
        "right" if layout.right_aligned(column) else "centre" for column in zip(*node.rows, strict=True)
    ]
    body = grid([[pane(cell) for cell in row] for row in node.rows], sides, COLUMN_GAP)
    return beside((opening("[", body), body, closing("]", body)))


@pane.register
def _cases(node: nodes.Cases) -> Pane:
    rows = [[pane(cell) for cell in row] for row in node.rows]
    if len(rows) == 2:
        rows.insert(1, [blank(1), blank(1)])  # room for the point of the brace
    body = grid(rows, ["left", "left"], CELLS * 2)
    return beside((opening("{", body), blank(1), body, blank(CELLS)))


@pane.register
def _brace(node: nodes.Brace) -> Pane:
    body, label = pane(node.body), pane(node.label)
    half = max(1, body.width // 2 - 1)
    under = text("╰" + "─" * (half - 1) + "┬" + "─" * (body.width - half - 2) + "╯")
    return above((body, under, label), 0)


@pane.register
def _boxed(node: nodes.Boxed) -> Pane:
    return framed(pane(node.body))


@pane.register
def _toned(node: nodes.Toned) -> Pane:
    return pane(node.body)


@pane.register
def _gap(node: nodes.Gap) -> Pane:
    return text("_" * round(CELLS * node.width))


def framed(body: Pane) -> Pane:
    """A frame about a pane."""
    inner = beside((blank(1), body, blank(1)))
    edge = "─" * inner.width
    lines = (f"┌{edge}┐", *(f"│{line}│" for line in inner.lines), f"└{edge}┘")
    return Pane(lines, inner.base + 1)
