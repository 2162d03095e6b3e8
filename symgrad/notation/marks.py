"""Symbols as students write them, with all that hangs on them, as maths: ŵ₍ₕ₁₎, W⁽²⁾, ΔW, w′."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from typing import Literal, TypeAlias

from symgrad.maths import nodes
from symgrad.maths.foreign import foreign
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import CURLY, GREEK, SIGNS, is_word
from symgrad.submission import written

Over: TypeAlias = Literal["hat", "tilde", "bar", "check", "dot"]

_OVER: dict[str, Over] = {"hat": "hat", "tilde": "tilde", "bar": "bar", "check": "check", "dot": "dot"}
_BEFORE: dict[str, Maths] = {"Delta": nodes.Symbol("Δ"), "d": nodes.Symbol("d")}
_SIGNED = {"-": "−", "*": "∗", "'": "′", ":": ":"}
_NAMED = {
    **GREEK,
    **CURLY,
    "infty": "∞", "ell": "ℓ", "dagger": "†", "top": "⊤", "ast": "∗",
    "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱",
}  # fmt: skip
_FENCES = {"(": ")", "[": "]"}
_TOKEN = re.compile(r"\d+|[^\W\d_]{3,}(?:-[^\W\d_]{3,})+|[^\W\d_]+(?: [^\W\d_]+)+|[^\W\d_]+|.", re.DOTALL)


def symbol(node: written.Symbol) -> Maths:
    """A name with its accents, its subscript, and its marks raised."""
    over = [kind for kind in node.accents if kind in _OVER]
    letter = reduce(lambda body, kind: nodes.Accent(_OVER[kind], body), over, word(node.base))
    scripted = _scripted(letter, node)
    before = tuple(_BEFORE[kind] for kind in node.accents if kind in _BEFORE)
    return nodes.Row((*before, scripted)) if before else scripted


def word(text: str) -> Maths:
    """A letter in italics, a word upright; a name that is 1 stands for ones."""
    if text in _NAMED:
        return nodes.Symbol(_NAMED[text])
    if text == "1":
        return nodes.Symbol(text, "bold")
    if text in SIGNS:
        return nodes.Symbol(text)
    return nodes.Symbol(text, "upright") if is_word(text) else foreign(text)


def script(text: str) -> Maths:
    """A subscript or a raised mark: numbers, indices side by side, words, signs."""
    parts = tuple(_parts(text))
    return parts[0] if len(parts) == 1 else nodes.Row(parts)


def _scripted(letter: Maths, node: written.Symbol) -> Maths:
    marks = tuple(map(_mark, node.marks))
    sub = _subscript(node) if node.sub else None
    sup = marks[0] if len(marks) == 1 else nodes.Row(marks) if marks else None
    return letter if sub is None and sup is None else nodes.Script(letter, sub, sup)


def _subscript(node: written.Symbol) -> Maths:
    """The subscript; an index with an index of its own is set below it: x_{i_k}."""
    letters = [index for index in node.indices if isinstance(index, written.Symbol)]
    if len(letters) == len(node.indices) and any(index.sub for index in letters):
        parts = tuple(map(symbol, letters))
        return parts[0] if len(parts) == 1 else nodes.Row(parts)
    return script(node.sub)


def _mark(text: str) -> Maths:
    close = _FENCES.get(text[:1])
    if close and text[1:].endswith(close):
        return nodes.Fenced(text[0], script(text[1:-1]), close)
    return script(text)


def _parts(text: str) -> Iterator[Maths]:
    """``i+1,j`` and ``h1`` in pieces; two letters are two indices, more of them a word."""
    for token in _TOKEN.findall(text):
        char = _SIGNED.get(token, token)
        if token.isascii() and token.isdigit():
            yield nodes.Numeral(token)
        elif len(token) == 2 and token.isascii() and token.isalpha() and token != "in":
            yield from map(nodes.Symbol, token)
        elif char in SIGNS and SIGNS[char].kind != "ordinary":
            yield nodes.Operator(char)
        else:
            yield word(char)
