r"""A name as the user writes it (``write: {b1: '\vec{b}_1'}``): a small part of TeX, read into maths nodes.

Only what is listed here is read, and what is printed is made anew from the nodes: no TeX of the
user's reaches a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import ascii_uppercase, digits
from typing import NoReturn
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError, Place
from symgrad.maths import nodes
from symgrad.maths.commands import (
    ACCENTS,
    CAPITALS,
    FENCES,
    FUNCTIONS,
    HINT,
    LETTERS,
    OPERATORS,
    SKIPPED,
    SYMBOLS,
    VARIANTS,
    Variant,
)
from symgrad.maths.nodes import Maths

_LONGEST = 120
_DEEPEST = 8

_MARKS = {"_": "sub", "^": "sup", "'": "sup"}
_PLACES = {"sub": "subscript", "sup": "superscript"}
_DIGITS = frozenset(digits)
_CAPITAL_LETTERS = frozenset(ascii_uppercase)
_PRIMES = {1: "′", 2: "″"}
_TWICE = nodes.Row((nodes.Symbol("′"),) * 2)
_CLOSING = {None, "}", *(closing for closing, *_ in FENCES.values())}

_TOKEN = re.compile(r"\\[A-Za-z]+|\\?\S")
_WORD = re.compile(r"[A-Za-z0-9 ]+")
_FOREIGN = re.compile(r"\{(?=[^{}]*[^\W\d_a-zA-Zα-ωΑ-Ω])([^\W_](?:[^\W_]| )*)\}")
"""Words with letters beyond those of English and Greek."""


def read_written(source: str) -> Maths:
    r"""The maths nodes of a name written in TeX, such as ``\mathbf{W}^{(1)}``.

    Raises:
        InputError: anything but letters, digits, scripts, primes, brackets and the listed commands.
    """
    source = normalize("NFC", source)
    if len(source) > _LONGEST:
        _fail(source, 0, len(source), f"a written name has more than {_LONGEST} characters")
    reader = _Reader(source, [token for token in _TOKEN.finditer(source) if token[0] not in SKIPPED])
    return reader.row(None)


def _fail(source: str, start: int, end: int, message: str, hint: str = "") -> NoReturn:
    place = Place("write", 1, start + 1, source, max(1, end - start))
    raise InputError(message, place=place, hint=hint)


class _Reader(Struct):
    """One pass over the tokens; every method reads from `position` on."""

    source: str
    tokens: list[re.Match[str]]
    position: int = 0
    depth: int = 0

    def peek(self) -> str | None:
        """The next token, not yet taken."""
        return self.tokens[self.position][0] if self.position < len(self.tokens) else None

    @property
    def here(self) -> int:
        """Where in the source the next token begins."""
        return self.tokens[self.position].start() if self.position < len(self.tokens) else len(self.source)

    def take(self) -> str:
        """The next token."""
        token = self.peek()
        if token is None:
            self.fail("the written name ends too early")
        self.position += 1
        return token

    def fail(self, message: str, hint: str = "", back: int = 0) -> NoReturn:
        """Raise an `InputError` at the next token, or at the one ``back`` before it."""
        at = self.position - back
        start, end = self.tokens[at].span() if at < len(self.tokens) else (len(self.source), len(self.source))
        _fail(self.source, start, end, message, hint)

    def row(self, closing: str | None) -> Maths:
        """Parts up to the closing bracket, which is taken too; up to the end where that is None."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"brackets nest more than {_DEEPEST} deep")
        parts: list[Maths] = []
        while self.peek() != closing:
            parts.append(self.sign(first=not parts) or self.scripted())
        if closing is not None:
            self.take()
        if not parts:
            self.fail("something to write is missing here", back=closing is not None)
        self.depth -= 1
        return parts[0] if len(parts) == 1 else nodes.Row(tuple(parts))

    def sign(self, first: bool) -> Maths | None:
        """A sign or comma, if one comes next."""
        char = OPERATORS.get(self.peek() or "")
        if char is None:
            return None
        self.take()
        alone = self.peek() in _CLOSING
        return nodes.Operator(char, prefix=first and char in "+−" and not alone)

    def scripted(self) -> Maths:
        """An atom or a number with its subscript, superscript and primes."""
        base = self.atom()
        while isinstance(base, nodes.Numeral) and (self.peek() or "") in _DIGITS:
            base = nodes.Numeral(base.text + self.take())
        marks: dict[str, Maths] = {}
        while (mark := self.peek() or "") in _MARKS:
            place = _MARKS[mark]
            if place in marks:
                self.fail(f"a second {_PLACES[place]}")
            marks[place] = self.primes() if mark == "'" else self.script()
        return nodes.Script(base, **marks) if marks else base

    def primes(self, first: str = "") -> Maths:
        """One or two primes, of which the first may have been taken."""
        count = len(first)
        while self.peek() == "'":
            self.take()
            count += 1
        if count not in _PRIMES:
            self.fail("more than two primes", back=1)
        return nodes.Symbol(_PRIMES[count])

    def script(self) -> Maths:
        """What stands behind ``_`` or ``^``: as in TeX one letter, one digit, one group."""
        self.take()
        mark = self.sign(first=True) or self.atom()
        return nodes.Symbol("″") if mark == _TWICE else mark

    def atom(self) -> Maths:
        """One group, bracket, letter, digit or command, without scripts."""
        token = self.take()
        return _READERS.get(token, _Reader.symbol)(self, token)

    def group(self, _: str) -> Maths:
        """The rest of ``{…}``."""
        return self.row("}")

    def brackets(self, token: str) -> Maths:
        """The rest of ``(…)``, ``[…]`` and the like."""
        closing, left, right = FENCES[token]
        return nodes.Fenced(left, self.row(closing), right)

    def word(self, command: str) -> Maths:
        r"""The name of a function, such as ``\\log``."""
        return nodes.Symbol(FUNCTIONS[command], "upright")

    def accent(self, command: str) -> Maths:
        """An accent's body."""
        return nodes.Accent(ACCENTS[command], self.atom())

    def font(self, command: str) -> Maths:
        """What an alphabet command is applied to; several plain letters are one word."""
        if (foreign := _FOREIGN.match(self.source, self.here)) and VARIANTS[command] == "upright":
            while self.here < foreign.end():
                self.take()
            return nodes.Text(foreign[1].strip())
        node, text = self.argument()
        if _WORD.fullmatch(text):
            return nodes.Text(text) if " " in text else nodes.Symbol(text, VARIANTS[command])
        return _styled(node, VARIANTS[command])

    def capital(self, command: str) -> Maths:
        r"""The capital of ``\mathcal`` or ``\mathbb``."""
        _, text = self.argument()
        if text not in _CAPITAL_LETTERS:
            self.fail(f"{command} is known of one capital letter only", back=1)
        return nodes.Symbol(CAPITALS[command](text))

    def argument(self) -> tuple[Maths, str]:
        """A command's argument, and the source text of it without its braces."""
        first = self.position
        node = self.atom()
        start, end = self.tokens[first].start(), self.tokens[self.position - 1].end()
        text = self.source[start:end]
        return node, text[1:-1].strip() if text.startswith("{") else text

    def symbol(self, token: str) -> Maths:
        """A letter, a digit or a command that stands for a symbol."""
        char = SYMBOLS.get(token, token)
        if char not in LETTERS:
            self.fail(f"{token} cannot be used in a written name", HINT, back=1)
        return nodes.Numeral(char) if char in _DIGITS else nodes.Symbol(char)


_READERS: Mapping[str, Callable[[_Reader, str], Maths]] = {
    "{": _Reader.group,
    "'": _Reader.primes,
    **dict.fromkeys(FENCES, _Reader.brackets),
    **dict.fromkeys(FUNCTIONS, _Reader.word),
    **dict.fromkeys(ACCENTS, _Reader.accent),
    **dict.fromkeys(VARIANTS, _Reader.font),
    **dict.fromkeys(CAPITALS, _Reader.capital),
}


def _styled(node: Maths, variant: Variant) -> Maths:
    match node:
        case nodes.Symbol():
            return replace(node, variant=variant)
        case nodes.Row(items=items):
            return nodes.Row(tuple(_styled(item, variant) for item in items))
        case nodes.Script(base=base):
            return replace(node, base=_styled(base, variant))
        case nodes.Accent(body=body):
            return replace(node, body=_styled(body, variant))
    return node
