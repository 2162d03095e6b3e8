"""The LaTeX of a maths tree: plain amsmath and amssymb, as pdflatex takes it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from symgrad.maths import layout, nodes
from symgrad.maths.foreign import coded
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import SIGNS, is_word, sign

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedblright{}",
    "`": r"\textasciigrave{}",
    **{char: "\\" + char for char in "{}$&#_%"},
    **{char: rf"\ensuremath{{{row.latex}}}" for char, row in SIGNS.items() if not char.isascii()},
}

_WORDS = {"italic": "mathit", "upright": "mathrm", "bold": "mathbf"}
_LETTERS = {"italic": "", "upright": "mathrm", "bold": "mathbf"}
_OTHERS = {"italic": "", "upright": "", "bold": "boldsymbol"}
_FUNCTIONS = frozenset(
    {"arctan", "cos", "cosh", "det", "exp", "ln", "log", "max", "min", "sin", "sinh", "tan", "tanh"}
)
_PRIMES = {"′": "'", "″": "''"}
_SPACES = {1.0: r"\quad", 2.0: r"\qquad"}

# By the kind: over one letter, and over anything longer.
_ACCENTS = {
    "vec": ("vec", "overrightarrow"),
    "bar": ("bar", "overline"),
    "hat": ("hat", "widehat"),
    "tilde": ("tilde", "widetilde"),
    "check": ("check", "check"),
    "dot": ("dot", "dot"),
}

_OPEN = {
    "(": "(",
    "[": "[",
    "{": r"\{",
    "|": r"\lvert ",
    "‖": r"\lVert ",
    "⟨": r"\langle ",
    "⌊": r"\lfloor ",
    "⌈": r"\lceil ",
}
_CLOSE = {
    ")": ")",
    "]": "]",
    "}": r"\}",
    "|": r" \rvert",
    "‖": r" \rVert",
    "⟩": r" \rangle",
    "⌋": r" \rfloor",
    "⌉": r" \rceil",
}

# Bases that take a script as they are; any other is a group first.
_SCRIPTABLE = (nodes.Symbol, nodes.Numeral, nodes.Accent, nodes.Fenced, nodes.Matrix, nodes.Toned)


@singledispatch
def latex(node: Maths) -> str:
    """The LaTeX of a maths tree, for use inside maths mode.

    Raises:
        UnknownSymbolError: a symbol, sign or number of the tree that has no LaTeX.
        TypeError: something in the tree is no maths node.
    """
    raise layout.unknown_node(node)


def escape(text: str) -> str:
    """User text as LaTeX that prints it and does nothing else (in text mode)."""
    escaped = "".join(_ESCAPES.get(char, char) if char.isprintable() else " " for char in text)
    return escaped.replace("--", "-{}-")


@latex.register
def _symbol(node: nodes.Symbol) -> str:
    if is_word(node.text):
        return rf"\{_WORDS[node.variant]}{{{escape(node.text)}}}"
    signs = " ".join(sign(char).latex for char in node.text)
    # TeX's alphabets hold Latin letters and digits only.
    command = _LETTERS[node.variant] if node.text.isascii() else _OTHERS[node.variant]
    return rf"\{command}{{{signs}}}" if command else signs


@latex.register
def _numeral(node: nodes.Numeral) -> str:
    minus, digits = layout.split_numeral(node)
    return minus + {"∞": r"\infty", "NaN": r"\mathrm{NaN}"}.get(digits, digits.replace(",", "{,}"))


@latex.register
def _operator(node: nodes.Operator) -> str:
    return sign(node.text).latex


@latex.register
def _text(node: nodes.Text) -> str:
    return rf"\{'texttt' if node.mono else 'text'}{{{escape(coded(node.text))}}}"


@latex.register
def _space(node: nodes.Space) -> str:
    return _SPACES.get(node.em) or rf"\hspace{{{node.em:.4g}em}}"


@latex.register
def _row(node: nodes.Row) -> str:
    return "".join(_part(*trio) for trio in layout.neighbours(layout.flat(node)))


def _part(before: Maths | None, node: Maths, after: Maths | None) -> str:
    word = layout.function_word(node)
    body = _applied(word, node) if word and layout.is_operand(after) else _plain(before, node, after)
    return _joint(before, node, after) + body


def _plain(before: Maths | None, node: Maths, after: Maths | None) -> str:
    if isinstance(node, nodes.Text):
        return latex(layout.padded(before, node, after))
    if layout.is_signed(node) and not layout.stands_alone(before):
        return "{-}" + latex(node)[1:]
    return latex(node)


def _joint(before: Maths | None, node: Maths, after: Maths | None) -> str:
    if layout.thin_gap(before, node, after) and not (layout.is_inner(before) or layout.is_inner(node)):
        return r" \, "
    # TeX sets a thin space before \left, where a function takes its brackets close.
    if layout.function_word(before) and layout.is_inner(node):
        return r"\!"
    return "" if before is None or _close(before, node) else " "


def _close(before: Maths, node: Maths) -> bool:
    """Whether no blank is wanted in the source: before brackets and commas, and after a sign."""
    if isinstance(node, nodes.Operator):
        return sign(node.text).kind == "punctuation"
    if isinstance(before, nodes.Operator):
        return before.prefix and before.text in "+-−"
    return isinstance(node, nodes.Fenced) and layout.is_operand(before)


def _applied(word: str, node: Maths) -> str:
    command = "\\" + word if word in _FUNCTIONS else rf"\operatorname{{{escape(word)}}}"
    return command + (_scripts(layout.merged(node)) if isinstance(node, nodes.Script) else "")


@latex.register
def _fraction(node: nodes.Fraction) -> str:
    command = r"\tfrac" if node.small else r"\frac"
    return rf"{command}{{{latex(node.numerator)}}}{{{latex(node.denominator)}}}"


@latex.register
def _script(node: nodes.Script) -> str:
    node = layout.merged(node)
    return _based(node.base) + _scripts(node)


def _based(base: Maths) -> str:
    if isinstance(base, _SCRIPTABLE):
        return latex(base)
    # TeX opens a group that holds an accent alone, and then finds its scripts doubled.
    opened = isinstance(base, nodes.Script) and isinstance(base.base, nodes.Accent)
    return f"{{{'{}' if opened else ''}{latex(base)}}}"


def _scripts(node: nodes.Script) -> str:
    if isinstance(node.sup, nodes.Symbol) and node.sup.text in _PRIMES:
        return _limits(node.sub, None) + _PRIMES[node.sup.text]
    return _limits(node.sub, node.sup)


def _limits(sub: Maths | None, sup: Maths | None) -> str:
    marks = (("_", sub), ("^", sup))
    return "".join(mark + _argument(latex(node)) for mark, node in marks if node is not None)


def _argument(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


@latex.register
def _accent(node: nodes.Accent) -> str:
    short, long = _ACCENTS[node.kind]
    return rf"\{short if layout.is_letter(node.body) else long}{{{latex(node.body)}}}"


@latex.register
def _fenced(node: nodes.Fenced) -> str:
    left, right = layout.delimiter(_OPEN, node.open), layout.delimiter(_CLOSE, node.close)
    if layout.is_tall(node.body):
        return rf"\left{left}{latex(node.body)}\right{right}"
    return f"{left}{latex(node.body)}{right}"


@latex.register
def _radical(node: nodes.Radical) -> str:
    return rf"\sqrt{{{latex(node.body)}}}"


@latex.register
def _big(node: nodes.Big) -> str:
    operator = rf"\operatorname*{{{escape(node.sign)}}}" if is_word(node.sign) else sign(node.sign).latex
    return f"{operator}{_limits(node.below, node.above)} {latex(node.body)}"


@latex.register
def _matrix(node: nodes.Matrix) -> str:
    right = [layout.right_aligned(column) for column in zip(*node.rows, strict=True)]
    body = _lines(node.rows)
    # bmatrix centres, and ends at ten columns.
    if len(right) <= 10 and not any(right):
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
    columns = "".join("r" if flush else "c" for flush in right)
    return rf"\left[\begin{{array}}{{@{{}}{columns}@{{}}}} {body} \end{{array}}\right]"


@latex.register
def _cases(node: nodes.Cases) -> str:
    return rf"\begin{{cases}} {_lines(node.rows)} \end{{cases}}"


def _lines(rows: Iterable[Iterable[Maths]]) -> str:
    lines = (" & ".join(map(latex, row)) for row in rows)
    # After \\ a bracket or a star would be its option.
    return r" \\ ".join("{}" + line if line.startswith(("[", "*")) else line for line in lines)


@latex.register
def _brace(node: nodes.Brace) -> str:
    return rf"\underbrace{{{latex(node.body)}}}_{{{latex(node.label)}}}"


@latex.register
def _boxed(node: nodes.Boxed) -> str:
    if node.tone:
        return rf"\textcolor{{tone{node.tone}}}{{\boxed{{\textcolor{{black}}{{{latex(node.body)}}}}}}}"
    return rf"\boxed{{{latex(node.body)}}}"


@latex.register
def _toned(node: nodes.Toned) -> str:
    return rf"\textcolor{{tone{node.tone}}}{{{latex(node.body)}}}"


@latex.register
def _gap(node: nodes.Gap) -> str:
    below = layout.GAP_BELOW * node.height
    # A frame adds 0.3 em at each side of what is in it; the strut outside keeps frames in a column apart.
    strut = rf"\rule[-{below + 0.25:.4g}em]{{0pt}}{{{node.height + 0.5:.4g}em}}"
    room = rf"\rule[-{below - 0.3:.4g}em]{{0pt}}{{{node.height - 0.6:.4g}em}}"
    return rf"{strut}\,\boxed{{{room}\hspace{{{node.width - 0.6:.4g}em}}}}\,{{}}"
