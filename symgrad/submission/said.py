"""Conditions said in the words around the maths: "If $i = j$: $$…$$", "$$…$$ for $i ≠ j$"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct, field

from symgrad.submission.chains import Chain
from symgrad.submission.conditions import (
    Condition,
    comparisons,
    counts,
    is_counted,
    is_plain,
    is_time,
    opposite,
    sets_apart,
)
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Item
from symgrad.submission.operators import relation
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.tokens import tokenize

_IF = r"if|when|whenever|case|cases|unless|suppose|assume|assuming|provided|iff|falls|wenn|fall"
_FOR = r"for|where|with|let|consider|für|all|every|any|each|means"
_NOT_AHEAD = re.compile(r"(?i:\b(?:unless|(?:if|when) not|except (?:if|when|for|where)))\b[^.!?;$]{0,30}$")
_IF_AHEAD = re.compile(rf"(?i:\b(?:{_IF})\b)[^.!?;$]{{0,40}}$")
_CASE_AHEAD = re.compile(r"(?i:\b(?:case|fall)\b)[^!?;$]{0,12}$|\\item\[\s*$")
SINCE = re.compile(r"\b(?:since|because)\s{0,3}$", re.IGNORECASE)
"""What stands before a bound that is met at the given numbers."""
_FOR_AHEAD = re.compile(rf"(?i:\b(?:{_FOR})\b)[^.!?;$]{{0,30}}$")
_AT_AHEAD = re.compile(r"(?:^|[.:;,(]|\n)\s*[Aa]t\s+$")
_IN_WORDS = re.compile(rf"(?:\$|\\\))[\s,]*(?:exactly |only )?(?:{_IF})\s+[a-z]{{2,}}")
"""What makes of the equation before it the definition of a number: $z_i = 1$ if the word is known."""
_BEHIND = re.compile(rf"[\s,(]*(?:(?:only |and |but )?(?:{_IF}|{_FOR})[\s,]*)*")
"""What stands between an equation and the condition behind it; a capital letter begins a sentence."""
_BARE = re.compile(r"[\s,;(]+")
_BRACKET = re.compile(r"(?:\$\$?|\\\))\s*\)")
_THEN = re.compile(r"(?:\$|\\\))[\s,]*(?:then|we|it|the|this|dann)\b")
_AND = re.compile(r"[\s,]*(?:and|or|und)?[\s,]*")
_COLON = re.compile(r"(?:\$\$?|\\\)|\\\]|`)?[\s)*_\]]{0,4}:")
_DISPLAY = re.compile(
    r"(?:\$|\\\))[ \t,:.)*_]*(?:here)?[ \t,:]*(?:then|we (?:have|get))?[ \t,:]*(?:\n[ \t]*){0,2}"
    r"(?:\$\$|\\\[|\\begin\{)"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[.!?;](?:\s|$)")
_GENERAL = re.compile(
    r"\b(?:in general|generally|in (?:all|both) cases|in (?:any|either) case|always|regardless)\b",
    re.IGNORECASE,
)
_TYPED = re.compile(
    rf"(?i:\b(?:{_IF}|for)\b)[ \t]+(?P<said>[a-z][ \t]*(?:=|≠|!=|<|>)[ \t]*[a-z0-9])[ \t]*"
    r"(?:,|:|then|we have|we get|\s)*$"
)
_IN_HEADING = re.compile(r"\$([^$\n]{3,60})\$|\\\((.{3,60}?)\\\)|(?<![\w$])([a-z] ?(?:=|≠|!=) ?[a-z])(?!\w)")


class Said(Struct):
    """The conditions that hold until something ends them."""

    conditions: list[Condition] = field(default_factory=list)
    passage: int = 0
    colon: bool = False
    used: str = ""
    """The kind of the last piece that they were applied to."""

    def announce(self, found: Sequence[Condition], passage: int, colon: bool, joined: bool) -> None:
        """From here on these hold; ``joined``: besides those that were just said."""
        kept = self.conditions if joined and not self.used else []
        self.conditions = [*kept, *found]
        self.passage, self.colon, self.used = passage, colon, ""

    def end(self) -> None:
        """Nothing holds any more."""
        self.conditions = []

    def hear(self, text: str, passage: int) -> None:
        """Words end what was said before, once it has been used or another paragraph begins."""
        if not self.conditions or not _WORD.search(text):
            return
        elsewhere = passage != self.passage
        displayed = bool(self.used) and self.used != "inline"
        finished = bool(self.used) and bool(_SENTENCE.search(text))
        if (
            displayed
            or finished
            or _GENERAL.search(text)
            or (elsewhere and (bool(self.used) or not self.colon))
        ):
            self.end()

    def apply(self, chain: Chain, kind: str) -> None:
        """Let a chain that follows stand under what was said, unless it brings conditions of its own."""
        if not self.conditions:
            return
        if chain.conditions:
            self.end()
        else:
            chain.conditions = [*self.conditions]
            self.used = kind


def as_condition(chain: Chain, before: str, after: str, joined: bool) -> bool:
    """Whether a chain that stands alone is a condition, by the words before it or the colon behind it.

    ``joined``: only "and" stands between it and another one.
    """
    if chain.is_condition or not chain.relations:
        return chain.is_condition
    if is_counted(chain.written) or sets_apart(chain.written):
        return True
    equal = any(sign == "=" for sign in chain.relations)
    if _IF_AHEAD.search(before) or _CASE_AHEAD.search(before):
        return counts(chain.written) or is_plain(chain.written) or (not equal and _compares(chain))
    if SINCE.search(before):
        return not equal and _compares(chain)
    if _FOR_AHEAD.search(before):
        return counts(chain.written) or is_time(chain.written)
    if _AT_AHEAD.search(before) or (joined and has_colon(after)):
        return is_plain(chain.written)
    if _IN_WORDS.match(after):
        return is_plain(chain.written) and is_token(chain.written[-1], "number")
    remark = before.rstrip().endswith("(") and _BRACKET.match(after) is not None
    bare = _BARE.fullmatch(before) is not None
    return counts(chain.written) and (joined or bare or remark or has_colon(after))


def _compares(chain: Chain) -> bool:
    return bool(comparisons(chain.written))


def as_said(found: list[Condition], before: str) -> list[Condition]:
    """A condition, or its contrary where the words before it say so: unless, if not."""
    if _NOT_AHEAD.search(before) is None:
        return found
    return [opposite(found[0])] if len(found) == 1 else []


def stands_behind(before: str, after: str) -> bool:
    """Whether a condition belongs to the equation before it: nothing but "for" or "if" stands between."""
    return _BEHIND.fullmatch(before) is not None and _THEN.match(after) is None


def leads_on(after: str) -> bool:
    """Whether a condition belongs to what follows: a colon or a display does."""
    return _COLON.match(after) is not None or _DISPLAY.match(after) is not None


def has_colon(after: str) -> bool:
    """Whether a colon follows the maths."""
    return _COLON.match(after) is not None


def is_joined(before: str) -> bool:
    """Whether nothing but "and" stands between two conditions."""
    return _AND.fullmatch(before) is not None


def typed(text: str) -> list[Condition]:
    """The condition that a stretch of words ends in, typed without dollar signs: "For j = k:"."""
    found = _TYPED.search(text[-200:])
    return [] if found is None else _read(found["said"])


def in_heading(text: str) -> list[Condition]:
    """The condition that a heading names: "### Case 1: $i = j$"."""
    found = [group for match in _IN_HEADING.finditer(text) for group in match.groups() if group]
    return _read(found[0]) if len(found) == 1 else []


def _read(text: str) -> list[Condition]:
    try:
        items: list[Item] = [*tokenize(text, 0, len(text))]
    except Unreadable:
        return []
    return comparisons(items) if all(map(_is_simple, items)) and counts(items) else []


def _is_simple(item: Item) -> bool:
    return relation(item) is not None or (isinstance(item, Token) and item.kind in ("letter", "number"))
