"""A token of maths, and the stretch of text that is being cut into tokens."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.submission.commands import WORDS
from symgrad.submission.written import Span


class Unreadable(Exception):
    """Something cannot be read: a sentence, and where it stands."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class Token(Struct, frozen=True):
    """One token. ``kind`` is one of

    ``letter`` and ``word`` (a name), ``number``, ``command`` (``text`` without its backslash), ``sign``
    (one character, or a relation of several), ``raised`` and ``lowered`` (Unicode scripts, as plain
    text), ``prose`` (words between the maths), ``row`` (the end of a row), ``begin`` and ``end`` (of an
    environment), ``set`` (ℝ), ``stray`` (a bracket without its other half) and ``unknown``.
    ``spaced``: blank stands before it. ``upright``: set upright on purpose, or typed as a character.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    accents: tuple[str, ...] = ()
    upright: bool = False

    @property
    def span(self) -> Span:
        """The place."""
        return Span(self.start, self.end)


class Scanner(Struct):
    """A stretch of a text. ``plain``: not between dollar signs, so that names may have several letters.

    ``words`` are the names of several letters. ``lead`` is where a command of type began that belongs
    to the next token.
    """

    text: str
    position: int
    end: int
    plain: bool = False
    words: frozenset[str] = WORDS
    spaced: bool = False
    lead: int | None = None
    found: list[Token] = field(default_factory=list)

    @property
    def is_script(self) -> bool:
        """Whether what comes next is raised or lowered, without braces."""
        return bool(self.found) and self.found[-1].kind == "sign" and self.found[-1].text in ("_", "^")

    def put(self, kind: str, text: str, start: int, end: int, upright: bool = False) -> None:
        """Add a token."""
        begin = start if self.lead is None else self.lead
        self.found.append(Token(kind, text, begin, end, self.spaced, (), upright))
        self.spaced, self.lead = False, None

    def leading(self, start: int) -> None:
        """A command of type begins here."""
        self.lead = start if self.lead is None else self.lead

    def accent(self, kind: str, end: int) -> None:
        """An accent that stands behind its letter as a character of its own; an arrow says nothing."""
        if self.found:
            last = self.found[-1]
            self.found[-1] = replace(last, accents=(*last.accents, kind) if kind else last.accents, end=end)
