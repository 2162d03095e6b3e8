"""The MathML of a maths tree: elements of MathML Core, which browsers draw without help.

What Core leaves out is a class for the page's style sheet: a box (``boxed``), an empty one (``gap``), words
in a type of their own (``italic``, ``bold``, ``mono``), columns flush right (``right``) or left (``cases``),
a short arrow (``arrow``), a long bar above (``barred``), a brace below (``braced``), a colour of letters
(``tone1``) or of a frame (``rim1``).
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from functools import cache, singledispatch

from symgrad.maths import layout, nodes
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import GREEK, is_word, sign

_APPLY = "<mo>\u2061</mo>"
_THIN = '<mspace width=".17em"></mspace>'

_WORDS = {
    "upright": "<mi>{}</mi>",
    "italic": '<mtext class="italic">{}</mtext>',
    "bold": '<mtext class="bold">{}</mtext>',
}
# A letter on its own is slanted by the browser; TeX slants Latin and small Greek ones only.
_SLANTED = frozenset({*GREEK.values(), *"ϵϕϑϱςϖ∂"} - {*"ΓΔΘΛΞΠΣΥΦΨΩ"})

# Signs that have another form in print, and those that browsers set no space about.
_FORMS = {"-": "−", "*": "∗"}
_ABOUT = {**dict.fromkeys("∗⋆∘∧∨", ".22em"), **dict.fromkeys("|:", ".28em")}
# At the beginning of a line these would be taken for the sign of a number.
_SIGNS = frozenset("+−±∓")

_ACCENTS = {"vec": "→", "bar": "¯", "hat": "^", "tilde": "~", "check": "ˇ", "dot": "˙"}
_DELIMITERS = {char: char for char in "()[]{}|‖⟨⟩⌊⌋⌈⌉"}


@singledispatch
def mathml(node: Maths) -> str:
    """The MathML of a maths tree, for use inside ``<math>``.

    Raises:
        UnknownSymbolError: a symbol, sign or number of the tree that cannot be written.
        TypeError: something in the tree is no maths node.
    """
    raise layout.unknown_node(node)


def escaped(text: str) -> str:
    """User text as the content of an element, its blanks kept: MathML drops those at the ends."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return html.escape(clean).replace(" ", "\u00a0")


@mathml.register
def _symbol(node: nodes.Symbol) -> str:
    if is_word(node.text):
        return _WORDS[node.variant].format(node.text)
    letters = [_letter(char, node.variant) for char in node.text]
    return letters[0] if len(letters) == 1 else _grouped(letters)


def _letter(char: str, variant: str) -> str:
    sign(char)  # a character without a row is an error here too
    if variant == "italic" and (char in _SLANTED or (char.isascii() and char.isalpha())):
        return f"<mi>{char}</mi>"
    return f'<mi mathvariant="normal">{_bold(char) if variant == "bold" else html.escape(char)}</mi>'


@cache
def _bold(char: str) -> str:
    """Unicode's bold letter: upright of a Latin one or a digit, slanted of a small Greek one, as in TeX."""
    name = unicodedata.name(char)
    slant = "ITALIC " if name.startswith("GREEK SMALL") else ""
    for word in ("LATIN ", "GREEK ", "LETTER "):
        name = name.replace(word, "")
    try:
        return unicodedata.lookup(f"MATHEMATICAL BOLD {slant}{name}")
    except KeyError:
        return html.escape(char)


@mathml.register
def _numeral(node: nodes.Numeral) -> str:
    minus, digits = layout.split_numeral(node)
    number = f"<mn>{digits}</mn>"
    return _grouped((_sign("−", ' form="prefix"'), number)) if minus else number


@mathml.register
def _operator(node: nodes.Operator) -> str:
    char = _form(node.text)
    if node.prefix:
        return _sign(char, ' form="prefix"')
    about = _ABOUT.get(char)
    spaced = f' stretchy="false" lspace="{about}" rspace="{about}"' if about else ""
    return _sign(char, ' form="infix"' if char in _SIGNS else spaced)


def _form(char: str) -> str:
    sign(char)
    return _FORMS.get(char, char)


def _sign(char: str, attributes: str = "") -> str:
    return f"<mo{attributes}>{html.escape(char)}</mo>"


@mathml.register
def _text(node: nodes.Text) -> str:
    return f"<mtext{_class('mono') if node.mono else ''}>{escaped(node.text)}</mtext>"


def _class(name: str) -> str:
    return f' class="{name}"'


@mathml.register
def _space(node: nodes.Space) -> str:
    return f'<mspace width="{node.em:.4g}em"></mspace>'


@mathml.register
def _row(node: nodes.Row) -> str:
    parts = [_part(*trio) for trio in layout.neighbours(layout.flat(node))]
    return parts[0] if len(parts) == 1 else _grouped(parts)


def _grouped(parts: Iterable[str]) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _part(before: Maths | None, node: Maths, after: Maths | None) -> str:
    if isinstance(node, nodes.Text):
        return mathml(layout.padded(before, node, after))
    if layout.function_word(node) and layout.is_operand(after):
        gap = _THIN if layout.is_operand(before) else ""
        return gap + mathml(node) + _APPLY + ("" if isinstance(after, nodes.Fenced) else _THIN)
    return (_THIN if layout.thin_gap(before, node, after) else "") + mathml(node)


@mathml.register
def _fraction(node: nodes.Fraction) -> str:
    opened = '<mfrac displaystyle="false">' if node.small else "<mfrac>"
    return f"{opened}{mathml(node.numerator)}{mathml(node.denominator)}</mfrac>"


@mathml.register
def _script(node: nodes.Script) -> str:
    node = layout.merged(node)
    return _marked("sub", "sup", mathml(node.base), node.sub, node.sup)


def _marked(low: str, high: str, base: str, below: Maths | None, above: Maths | None) -> str:
    """A base with what stands below and above it, at its side (sub, sup) or in its middle (under, over)."""
    marks = [(low, below), (high, above)]
    name = "".join(place for place, mark in marks if mark is not None)
    scripts = "".join(_tight(mark) for _, mark in marks if mark is not None)
    return f"<m{name}>{base}{scripts}</m{name}>" if name else base


def _tight(node: Maths) -> str:
    """A script, with no space about its signs."""
    parts = layout.flat(node)
    if not any(isinstance(part, nodes.Operator) for part in parts):
        return mathml(node)
    return _grouped(
        _sign(_form(part.text), ' lspace="0" rspace="0"')
        if isinstance(part, nodes.Operator)
        else mathml(part)
        for part in parts
    )


@mathml.register
def _accent(node: nodes.Accent) -> str:
    body, short = mathml(node.body), layout.is_letter(node.body)
    if node.kind == "bar" and not short:
        return f"<mrow{_class('barred')}>{body}</mrow>"
    # As wide as it comes an arrow is wider than a letter, and would push its neighbours away.
    look = _class("arrow") if node.kind == "vec" and short else ""
    mark = _sign(_ACCENTS[node.kind], f'{look} stretchy="{str(not short).lower()}"')
    return f'<mover accent="true">{body}{mark}</mover>'


@mathml.register
def _fenced(node: nodes.Fenced) -> str:
    left, right = layout.delimiter(_DELIMITERS, node.open), layout.delimiter(_DELIMITERS, node.close)
    size = "" if layout.is_tall(node.body) else ' stretchy="false"'
    return _grouped((_sign(left, size), mathml(node.body), _sign(right, size)))


@mathml.register
def _radical(node: nodes.Radical) -> str:
    return f"<msqrt>{mathml(node.body)}</msqrt>"


@mathml.register
def _big(node: nodes.Big) -> str:
    word = is_word(node.sign)
    operator = _sign(node.sign, ' movablelimits="true" lspace="0"') if word else _sign(_form(node.sign))
    body = (_THIN if word else "") + mathml(node.body)
    return _grouped((_marked("under", "over", operator, node.below, node.above), body))


@mathml.register
def _matrix(node: nodes.Matrix) -> str:
    flush = any(map(layout.right_aligned, zip(*node.rows, strict=True)))
    return _grouped((_sign("["), _table(node.rows, _class("right") if flush else ""), _sign("]")))


@mathml.register
def _cases(node: nodes.Cases) -> str:
    return _grouped((_sign("{", ' form="prefix"'), _table(node.rows, _class("cases"))))


def _table(rows: Iterable[Iterable[Maths]], attributes: str) -> str:
    lines = ("".join(f"<mtd>{mathml(cell)}</mtd>" for cell in row) for row in rows)
    return f"<mtable{attributes}>{''.join(f'<mtr>{line}</mtr>' for line in lines)}</mtable>"


@mathml.register
def _brace(node: nodes.Brace) -> str:
    body = f"<mrow{_class('braced')}>{mathml(node.body)}</mrow>"
    return f"<munder>{body}{mathml(node.label)}</munder>"


@mathml.register
def _boxed(node: nodes.Boxed) -> str:
    look = f"boxed rim{node.tone}" if node.tone else "boxed"
    return f"<mrow{_class(look)}>{mathml(node.body)}</mrow>"


@mathml.register
def _toned(node: nodes.Toned) -> str:
    return f"<mrow{_class(f'tone{node.tone}')}>{mathml(node.body)}</mrow>"


@mathml.register
def _gap(node: nodes.Gap) -> str:
    below = layout.GAP_BELOW * node.height
    size = f'width="{node.width:.4g}em" height="{node.height - below:.4g}em" depth="{below:.4g}em"'
    return f"<mrow{_class('gap')}><mspace {size}></mspace></mrow>"
