"""The characters a `Symbol` or an `Operator` may hold, each with its LaTeX, its spoken words and its kind.

One row a character, for all printers: what has no row here cannot be printed, and is an error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from string import ascii_letters, ascii_uppercase, digits
from typing import Literal

from msgspec import Struct

Kind = Literal["ordinary", "binary", "relation", "punctuation", "large"]


class UnknownSymbolError(ValueError):
    """A character (or a number) that no printer can write."""

    def __init__(self, text: str) -> None:
        points = " ".join(f"U+{ord(char):04X}" for char in text)
        super().__init__(f"maths cannot be printed with {text!r} ({points})")


class Sign(Struct, frozen=True):
    """How one character is set in LaTeX, how it is read out, and what space stands around it."""

    latex: str
    spoken: str
    kind: Kind


def sign(char: str) -> Sign:
    """The row of a character; `UnknownSymbolError` where there is none."""
    try:
        return SIGNS[char]
    except KeyError:
        raise UnknownSymbolError(char) from None


def is_word(text: str) -> bool:
    """Whether a symbol's text is a name of several plain characters, set as one word: ``ReLU``, ``w_1``."""
    return len(text) > 1 and text.isascii() and text.replace("_", "a").isalnum()


def calligraphic(letter: str) -> str:
    """The script capital of an ASCII capital: ℒ of L."""
    return _capital("SCRIPT", letter)


def blackboard(letter: str) -> str:
    """The double-struck capital of an ASCII capital: ℝ of R."""
    return _capital("DOUBLE-STRUCK", letter)


def _capital(style: str, letter: str) -> str:
    # Some of them (ℒ, ℝ) had a place of their own before there was an alphabet; ℘ is none of them.
    try:
        return unicodedata.lookup(f"MATHEMATICAL {style} CAPITAL {letter}")
    except KeyError:
        return unicodedata.lookup(f"{style} CAPITAL {letter}")


_LOWER = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
    "nu xi omicron pi rho sigma tau upsilon phi chi psi omega"
)
_UPPER = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
GREEK: Mapping[str, str] = {
    **dict(zip(_LOWER.split(), "αβγδεζηθικλμνξοπρστυφχψω", strict=True)),
    **dict(zip(_UPPER.split(), "ΓΔΘΛΞΠΣΥΦΨΩ", strict=True)),
}
CURLY: Mapping[str, str] = {
    "varepsilon": "ε",
    "varphi": "φ",
    "vartheta": "ϑ",
    "varrho": "ϱ",
    "varsigma": "ς",
    "varpi": "ϖ",
}
"""Letters in another form, by what LaTeX calls them."""

# ε and φ are the curly forms, which LaTeX calls variants; it has no omicron at all.
_GREEK_LATEX = {"ε": r"\varepsilon", "φ": r"\varphi", "ο": "o"}

_LIKE_LATIN = tuple(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))

_ROWS: Mapping[Kind, Mapping[str, tuple[str, str]]] = {
    "ordinary": {
        **{char: (_GREEK_LATEX.get(char, "\\" + name), name) for name, char in GREEK.items()},
        **{char: (rf"\mathrm{{{like}}}", like) for char, like in _LIKE_LATIN},
        **{calligraphic(char): (rf"\mathcal{{{char}}}", f"script {char}") for char in ascii_uppercase},
        **{blackboard(char): (rf"\mathbb{{{char}}}", f"blackboard {char}") for char in ascii_uppercase},
        "ϵ": (r"\epsilon", "epsilon"),
        "ϕ": (r"\phi", "phi"),
        "ϑ": (r"\vartheta", "theta"),
        "ϱ": (r"\varrho", "rho"),
        "ς": (r"\varsigma", "sigma"),
        "ϖ": (r"\varpi", "pi"),
        "∂": (r"\partial", "partial"),
        "∇": (r"\nabla", "nabla"),
        "∞": (r"\infty", "infinity"),
        "ℓ": (r"\ell", "ell"),
        "⊤": (r"\top", "transpose"),
        "⊥": (r"\bot", "bottom"),
        "′": (r"\prime", "prime"),
        "″": (r"\prime\prime", "double prime"),
        "†": (r"\dagger", "dagger"),
        "⋯": (r"\cdots", "and so on"),
        "…": (r"\ldots", "and so on"),
        "⋮": (r"\vdots", "and so on"),
        "⋱": (r"\ddots", "and so on"),
        "∅": (r"\varnothing", "the empty set"),
        "∀": (r"\forall", "for all"),
        "∃": (r"\exists", "there is"),
        "!": ("!", "factorial"),
        "?": (r"\mathord{?}", "question mark"),
        "/": ("/", "divided by"),
        ".": (".", "point"),
    },
    "binary": {
        "+": ("+", "plus"),
        "-": ("-", "minus"),
        "−": ("-", "minus"),
        "±": (r"\pm", "plus or minus"),
        "∓": (r"\mp", "minus or plus"),
        "·": (r"\cdot", "times"),
        "⋅": (r"\cdot", "times"),
        "×": (r"\times", "times"),
        "∗": (r"\ast", "star"),
        "*": (r"\ast", "star"),
        "⋆": (r"\star", "star"),
        "∘": (r"\circ", "of"),
        "⊙": (r"\odot", "elementwise times"),
        "⊘": (r"\oslash", "elementwise divided by"),
        "⊗": (r"\otimes", "tensor"),
        "⊕": (r"\oplus", "direct sum"),
        "∧": (r"\land", "and"),
        "∨": (r"\lor", "or"),
    },
    "relation": {
        "=": ("=", "equals"),
        "≠": (r"\ne", "is not equal to"),
        "≈": (r"\approx", "is approximately"),
        "≡": (r"\equiv", "is identical to"),
        "≔": (r"\mathrel{:=}", "is defined as"),
        "∼": (r"\sim", "is distributed as"),
        "∝": (r"\propto", "is proportional to"),
        "<": ("<", "is less than"),
        "≤": (r"\le", "is at most"),
        ">": (">", "is greater than"),
        "≥": (r"\ge", "is at least"),
        "≪": (r"\ll", "is much less than"),
        "≫": (r"\gg", "is much greater than"),
        "∈": (r"\in", "in"),
        "∉": (r"\notin", "not in"),
        "←": (r"\leftarrow", "becomes"),
        "→": (r"\to", "to"),
        "↦": (r"\mapsto", "maps to"),
        "⇐": (r"\Leftarrow", "follows from"),
        "⇒": (r"\Rightarrow", "implies"),
        "⇔": (r"\Leftrightarrow", "if and only if"),
        ":": (":", "colon"),
        "|": (r"\mid", "given"),
    },
    "punctuation": {",": (",", ","), ";": (";", ";")},
    "large": {
        "∑": (r"\sum", "the sum"),
        "∏": (r"\prod", "the product"),
        "∫": (r"\int", "the integral"),
    },
}

SIGNS: Mapping[str, Sign] = {
    **{char: Sign(char, char, "ordinary") for char in ascii_letters + digits},
    **{char: Sign(*row, kind) for kind, rows in _ROWS.items() for char, row in rows.items()},
}
