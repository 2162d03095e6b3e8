"""The tokens of a formula: size, nesting and characters are checked before Python's parser sees it."""

from __future__ import annotations

import ast
import keyword
import re
import sys
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from symgrad.errors import InputError, Place
from symgrad.reading.mends import CHARACTERS, OUTSIDE, WORDS
from symgrad.reading.source import within

MAX_LENGTH = 4_000
MAX_NESTING = 50
MAX_DIGITS = 50
MAX_EXPONENT = 1_000
MAX_FLOAT = Fraction(sys.float_info.max)

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\n]+)
      | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<text>"[A-Za-z ,.>-]*"|'[A-Za-z ,.>-]*')
      | (?P<wrong>\.\.+|//|!=|:=|<<|>>|->|&&|\|\|)
      | (?P<operator>\*\*|<=|>=|==|[-+*/@()\[\],.:<>=])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]"}
_CONSTANTS = ("True", "False", "None")


class Token(Struct, frozen=True):
    """A number, name or operator, and where it stands in the formula."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the token ends."""
        return self.start + len(self.text)


Spanned: TypeAlias = "ast.expr | ast.keyword"


class FormulaText(Struct, frozen=True):
    """A formula as written, and where it stands in its file."""

    text: str
    place: Place

    def fault(self, message: str, start: int, end: int, hint: str = "") -> InputError:
        """An error with its caret under ``text[start:end]``."""
        return InputError(message, place=within(self.place, start, end), hint=hint)

    def node_fault(self, node: Spanned, message: str, hint: str = "") -> InputError:
        """An error with its caret under a node of the syntax tree."""
        return self.fault(message, *self.span(node), hint)

    def written(self, node: Spanned) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    @staticmethod
    def span(node: Spanned) -> tuple[int, int]:
        """Where a node stands in the text: Python saw it one column later, behind a bracket."""
        return node.col_offset - 1, (node.end_col_offset or node.col_offset + 1) - 1

    def at(self, token: Token, message: str, hint: str = "") -> InputError:
        """An error with its caret under a token."""
        return self.fault(message, token.start, token.end, hint)


def for_python(source: FormulaText) -> str:
    """The formula as Python's parser may see it: the same columns on one line, no keyword but constants.

    Raises `InputError` for characters, brackets and neighbours that no formula has.
    """
    if len(source.text) > MAX_LENGTH:
        message = f"a formula of {len(source.text):,} characters; the limit is {MAX_LENGTH:,}"
        raise source.fault(message, 0, 1, "write it as several quantities")
    tokens = list(_tokens(source))
    if not tokens:
        raise source.fault("an empty formula", 0, 1, "write one, as in u: W @ x + b")
    _check_brackets(source, tokens)
    _check_neighbours(source, tokens)
    masked = list(" " * len(source.text))
    for token in tokens:
        masked[token.start : token.end] = _mask(token)
    return "".join(masked)


def _mask(token: Token) -> str:
    """A name that is a Python keyword, made a name no formula can hold; its columns stay."""
    masked = keyword.iskeyword(token.text) and token.text not in _CONSTANTS
    return "_" + token.text[1:] if masked else token.text


def _tokens(source: FormulaText) -> Iterator[Token]:
    for found in _TOKEN.finditer(source.text):
        token = Token(str(found.lastgroup), found[0], found.start())
        if token.kind in ("wrong", "other"):
            hint = CHARACTERS.get(token.text, "a formula has names, numbers, + - * / ** @ and brackets")
            raise source.at(token, f"{_describe(token.text)} has no place in a formula", hint)
        if token.kind == "number":
            _check_number(source, token)
        if token.kind != "blank":
            yield token


def _describe(text: str) -> str:
    """Letters that look like others are told apart by their Unicode names."""
    return repr(text) if text.isascii() else f"{text!r} ({unicodedata.name(text, 'no character')})"


def _check_number(source: FormulaText, token: Token) -> None:
    digits, _, exponent = token.text.lower().partition("e")
    if len(digits) > MAX_DIGITS:
        raise source.at(token, f"a number of more than {MAX_DIGITS} digits", "round it")
    if len(exponent) > MAX_DIGITS or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise source.at(token, f"an exponent beyond {MAX_EXPONENT:,}", "no float is as large or as small")
    if Fraction(token.text) > MAX_FLOAT:
        raise source.at(token, "a number beyond the largest float", "write a smaller one")
    if re.fullmatch("0+[1-9][0-9]*", token.text):
        raise source.at(token, "a whole number with leading zeros", f"write {token.text.lstrip('0')}")


def _check_brackets(source: FormulaText, tokens: list[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.text in _CLOSING:
            opened.append(token)
        elif token.text in _CLOSING.values() and (not opened or _CLOSING[opened.pop().text] != token.text):
            raise source.at(token, f"'{token.text}' closes nothing", "count the brackets")
        elif token.text in OUTSIDE and not opened:
            raise source.at(token, f"'{token.text}' outside brackets", OUTSIDE[token.text])
        if len(opened) > MAX_NESTING:
            raise source.at(
                token, f"brackets nested more than {MAX_NESTING} deep", "write several quantities"
            )
    if opened:
        hint = "close it; and inside [ ] or { } YAML splits a text at commas unless it is in quotes"
        raise source.at(opened[-1], f"'{opened[-1].text}' is never closed", hint)


def _check_neighbours(source: FormulaText, tokens: list[Token]) -> None:
    """Two operands side by side: ``2x``, ``a b``, ``(a)(b)``; a name before a bracket is a call."""
    for left, right in pairwise(tokens):
        closed = left.kind in ("number", "text") or left.text in _CLOSING.values()
        opens = right.kind in ("number", "name", "text")
        if (opens and (closed or left.kind == "name")) or (closed and right.text == "("):
            hint = WORDS.get(right.text) or WORDS.get(left.text) or "a product is written with its *: 2 * x"
            raise source.at(right, f"an operator is missing before '{right.text}'", hint)
