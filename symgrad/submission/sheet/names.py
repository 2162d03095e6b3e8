"""What a written name is called in a problem, and how it is written there: anew, in safe LaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from symgrad.operations import FORMULA_SIGNATURES
from symgrad.submission.written import Symbol

_SMALL = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho"
    " varrho sigma varsigma tau upsilon phi varphi chi psi omega"
)
_CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
GREEK = frozenset((*_SMALL.split(), *_CAPITAL.split()))
ACCENTS = ("hat", "tilde", "bar")
JOINED = re.compile(r"\d+|in|out|hidden|prev|next|new|pred|true|max|min")
"""Subscripts that stand beside a letter without a dash between: W1, yout."""
UPDATED = frozenset(("'", "+", "new", "(t+1)", "(k+1)", "[t+1]", "t+1"))
"""Marks of a parameter after its update."""
RATES = frozenset(("alpha", "eta", "lr"))
"""Names of a number that says how far a step goes."""
_MARKS: Mapping[str, str] = {"'": "prime", "+": "plus", "*": "star", "new": "new"}
_LATEX_MARKS: Mapping[str, str] = {"'": r"\prime", "+": "+", "*": "*"}
_RESERVED = ("pi", "True", "False", "None")
_PIECE = re.compile(r"[A-Za-z]+|\d+|[,+-]")


def identifier(symbol: Symbol) -> str:
    """A name of the problem language for a symbol; different symbols may share one."""
    base = _plain(symbol.base) or "q"
    if not base[0].isalpha():
        base = f"q{base}"
    accents = "".join(_plain(accent) for accent in symbol.accents)
    marks = [_MARKS.get(mark, _plain(mark)) for mark in symbol.marks]
    name = base + accents
    for part in (_plain(symbol.sub), *marks):
        joined = JOINED.fullmatch(part) and (len(base) == 1 or base in GREEK or part.isdigit())
        name += part if joined or not part else f"_{part}"
    return f"{name}_" if name in _RESERVED or name in FORMULA_SIGNATURES else name


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")


def latex(symbol: Symbol, arrow: bool = False) -> str:
    r"""A symbol in LaTeX made from its parts: letters, digits, Greek names; ``\vec`` if asked."""
    head = _word(symbol.base)
    for accent in symbol.accents:
        head = rf"\{accent}{{{head}}}" if accent in ACCENTS else head
    if arrow and not symbol.accents:
        head = rf"\vec{{{head}}}"
    sub = _script(symbol.sub)
    marks = "".join(_mark(mark) for mark in symbol.marks)
    return head + (f"_{{{sub}}}" if sub else "") + (f"^{{{marks}}}" if marks else "")


def _word(text: str) -> str:
    if text in GREEK or text == "ell":
        return f"\\{text}"
    letters = re.sub(r"[^A-Za-z0-9 ]+", " ", text).strip() or "q"
    return letters if len(letters) == 1 else rf"\text{{{letters}}}"


def _script(text: str) -> str:
    """``h1`` and ``i+1,j`` piece by piece; three letters and more are a word."""
    pieces = _PIECE.findall(text)
    return "".join(_word(p) if (len(p) > 2 and p.isalpha()) or p in GREEK else p for p in pieces)


def _mark(mark: str) -> str:
    if mark in _LATEX_MARKS:
        return _LATEX_MARKS[mark]
    inner = _script(mark)
    if mark[:1] == "<" and inner:
        return rf"\langle {inner} \rangle"
    return f"({inner})" if mark[:1] in "([" and inner else inner


def before_update(symbol: Symbol) -> Symbol:
    """The parameter of which a symbol is the updated value: w of w⁺."""
    return replace(symbol, marks=tuple(mark for mark in symbol.marks if mark not in UPDATED))


def anew(symbol: Symbol) -> Symbol | None:
    """The name w of w_new; None of another."""
    if not symbol.indices or symbol.indices[-1] != Symbol("new"):
        return None
    return replace(symbol, sub=symbol.sub[:-3].rstrip(","), indices=symbol.indices[:-1])


def is_updated(symbol: Symbol) -> bool:
    """Whether a symbol bears the mark of an update."""
    return not UPDATED.isdisjoint(symbol.marks)


def is_gradient(symbol: Symbol) -> bool:
    """Whether a symbol is a gradient by its dress: ΔW, dW, δ_1."""
    return not {"Delta", "d"}.isdisjoint(symbol.accents) or symbol.base in ("delta", "nabla")
