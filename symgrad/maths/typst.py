"""The Typst maths markup of a maths tree.

Everything is a call of a function of Typst's own, so that no text of a problem can be read as
markup: words stand in strings, and signs that are syntax are written by their names.
"""

from __future__ import annotations

from functools import singledispatch

from symgrad.maths import layout, nodes
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import is_word, sign

# A block in a box, because a formula in running text is only as high for its box as a line is.
PRELUDE = """\
#let boxed(body) = box(
  stroke: 0.5pt,
  inset: 0.35em,
  math.equation(block: true, numbering: none, body),
)
#let gap(width, height, below) = box(
  baseline: below,
  inset: (x: 0.2em, y: 0.2em),
  rect(width: width, height: height, stroke: 0.5pt),
)
"""

_STYLES = {"italic": "italic({})", "upright": "upright({})", "bold": "bold(upright({}))"}
_LETTERS = {**_STYLES, "italic": "{}"}
_OTHERS = {"italic": "{}", "upright": "upright({})", "bold": "bold({})"}

_NAMED = {
    ",": "comma",
    ";": "semi",
    ":": "colon",
    "/": "slash",
    "<": "lt",
    ">": "gt",
    "!": "excl",
    "?": "quest",
    ".": "dot.basic",
    "|": "divides",
    "′": "prime",
    "″": "prime.double",
    "*": "ast",
}

_SAME = {"|": "bar.v", "‖": "bar.v.double", **{char: char for char in "⟨⟩⌊⌋⌈⌉"}}
_OPEN = {"(": "paren.l", "[": "bracket.l", "{": "brace.l", **_SAME}
_CLOSE = {")": "paren.r", "]": "bracket.r", "}": "brace.r", **_SAME}

# By the kind: over one letter, and over anything longer.
_ACCENTS = {
    "vec": ("arrow", "arrow"),
    "bar": ("macron", "overline"),
    "hat": ("hat", "hat"),
    "tilde": ("tilde", "tilde"),
    "check": ("caron", "caron"),
    "dot": ("dot", "dot"),
}
_SPACES = {1.0: "quad", 2.0: "wide"}


@singledispatch
def typst(node: Maths) -> str:
    """The Typst markup of a maths tree, for use between dollars in a file that begins with `PRELUDE`.

    Where it has colours, the file defines ``tone`` and ``tonebox``.

    Raises:
        UnknownSymbolError: a symbol, sign or number of the tree that cannot be written.
        TypeError: something in the tree is no maths node.
    """
    raise layout.unknown_node(node)


def quoted(text: str) -> str:
    """User text as a Typst string."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _sign(char: str) -> str:
    sign(char)  # a character without a row is an error here too
    return _NAMED.get(char, char)


@typst.register
def _symbol(node: nodes.Symbol) -> str:
    if is_word(node.text):
        return _STYLES[node.variant].format(quoted(node.text))
    styles = _LETTERS if node.text.isascii() else _OTHERS
    return styles[node.variant].format(" ".join(map(_sign, node.text)))


@typst.register
def _numeral(node: nodes.Numeral) -> str:
    minus, digits = layout.split_numeral(node)
    if digits == "NaN":
        return minus + 'upright("NaN")'
    return minus + (quoted(digits) if "," in digits else digits)


@typst.register
def _operator(node: nodes.Operator) -> str:
    return _sign(node.text)


@typst.register
def _text(node: nodes.Text) -> str:
    return f"#raw({quoted(node.text)})" if node.mono else quoted(node.text.strip())


@typst.register
def _space(node: nodes.Space) -> str:
    return _SPACES.get(node.em) or f"#h({node.em:.4g}em)"


@typst.register
def _row(node: nodes.Row) -> str:
    return "".join(_part(*trio) for trio in layout.neighbours(layout.flat(node))) or quoted("")


def _part(before: Maths | None, node: Maths, after: Maths | None) -> str:
    word = layout.function_word(node)
    body = _applied(word, node) if word and layout.is_operand(after) else typst(node)
    gap = "thin " if layout.thin_gap(before, node, after) else ""
    return _blank(before, node) + gap + body


def _blank(before: Maths | None, node: Maths) -> str:
    # A blank shows on paper beside a string: wanted about words in maths, not behind a name.
    name = isinstance(before, nodes.Symbol) and is_word(before.text)
    return "" if before is None or (name and not isinstance(node, nodes.Text)) else " "


def _applied(word: str, node: Maths) -> str:
    base = f"op({quoted(word)})"
    if not isinstance(node, nodes.Script):
        return base
    node = layout.merged(node)
    return _attached(base, node.sub, node.sup)


@typst.register
def _fraction(node: nodes.Fraction) -> str:
    fraction = f"frac({typst(node.numerator)}, {typst(node.denominator)})"
    return f"inline({fraction})" if node.small else fraction


@typst.register
def _script(node: nodes.Script) -> str:
    node = layout.merged(node)
    return _attached(typst(node.base), node.sub, node.sup)


def _attached(base: str, below: Maths | None, above: Maths | None) -> str:
    marks = (("b", below), ("t", above))
    named = (f"{place}: {typst(mark)}" for place, mark in marks if mark is not None)
    return f"attach({', '.join((base, *named))})"


@typst.register
def _accent(node: nodes.Accent) -> str:
    short, long = _ACCENTS[node.kind]
    return f"{short if layout.is_letter(node.body) else long}({typst(node.body)})"


@typst.register
def _fenced(node: nodes.Fenced) -> str:
    left, right = layout.delimiter(_OPEN, node.open), layout.delimiter(_CLOSE, node.close)
    return f"lr({left} {typst(node.body)} {right})"


@typst.register
def _radical(node: nodes.Radical) -> str:
    return f"sqrt({typst(node.body)})"


@typst.register
def _big(node: nodes.Big) -> str:
    operator = f"op({quoted(node.sign)}, limits: #true)" if is_word(node.sign) else _sign(node.sign)
    return f"{_attached(operator, node.below, node.above)} {typst(node.body)}"


@typst.register
def _matrix(node: nodes.Matrix) -> str:
    align = "right" if any(map(layout.right_aligned, zip(*node.rows, strict=True))) else "center"
    rows = "; ".join(", ".join(map(typst, row)) for row in node.rows)
    return f'mat(delim: "[", column-gap: #0.8em, align: #{align}, {rows})'


@typst.register
def _cases(node: nodes.Cases) -> str:
    return (
        f"cases({', '.join(f'{typst(value)} & quad {typst(condition)}' for value, condition in node.rows)})"
    )


@typst.register
def _brace(node: nodes.Brace) -> str:
    return f"underbrace({typst(node.body)}, {typst(node.label)})"


@typst.register
def _boxed(node: nodes.Boxed) -> str:
    return f"tonebox(#{node.tone}, {typst(node.body)})" if node.tone else f"boxed({typst(node.body)})"


@typst.register
def _toned(node: nodes.Toned) -> str:
    return f"tone(#{node.tone}, {typst(node.body)})"


@typst.register
def _gap(node: nodes.Gap) -> str:
    below = layout.GAP_BELOW * node.height
    return f"gap(#{node.width:.4g}em, #{node.height:.4g}em, #{below + 0.2:.4g}em)"
