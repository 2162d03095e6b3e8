"""Maths without dollar signs: a line of text, or a span of code, that is an equation as a whole.

A line of English is never taken for maths: every word of it must be a known name, it must hold a relation
between sides that all can be read, and something else that only maths has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.submission.chains import Chain, chains
from symgrad.submission.commands import FUNCTIONS
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.parser import parse_list
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.tokens import tokenize
from symgrad.submission.written import Span

MAX_LINE = 1_000
_RELATION = re.compile(r"[=≈≔←→⇒≜]|\\(?:approx|leftarrow|gets|to)\b")
_BEFORE = re.compile(
    r"""(?:[\s>]|[-*+]\s|\(?[0-9a-zA-Z]{1,2}[.)]\s
      |(?:so|hence|thus|then|therefore|and|now|next|also|finally|here|where|with|since|because|let)\b[,:]?\s
      |(?:we\ (?:have|get|obtain|find)|it\ follows\ that|this\ gives|for\ this\ step)\b[,:]?\s
      |[A-Z][A-Za-z ]{2,40}:\s)*""",
    re.VERBOSE | re.IGNORECASE,
)
_BLANKS = " \t\r.,;*"


def plain_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of a stretch of text that might be maths: without bullets, and full stops at the end."""
    position = start
    while position < end:
        stop = text.find("\n", position, end)
        stop = end if stop < 0 else stop
        if stop - position <= MAX_LINE and _RELATION.search(text, position, stop):
            begins = _BEFORE.match(text, position, stop)
            begin = position if begins is None else begins.end()
            finish = begin + len(text[begin:stop].rstrip(_BLANKS))
            if finish > begin and text[begin] != "|":
                yield begin, finish
        position = stop + 1


def plain_chains(text: str, start: int, end: int, words: frozenset[str], code: bool) -> list[Chain]:
    """The chains of a line if it is maths as a whole; none otherwise."""
    try:
        tokens = tokenize(text, start, end, plain=True, words=words)
        if any(token.kind in ("prose", "unknown", "set") for token in tokens):
            return []
        found = chains(tokens)
        if not all(chain.relations for chain in found) or not all(map(_is_readable, found)):
            return []
    except Unreadable:
        return []
    names = [token.text for token in tokens if token.kind == "letter"]
    product = len(names) > 2 and not {"a", "I"} & {*names}  # p = X w
    return found if code or product or any(map(_is_telling, tokens)) else []


def _is_readable(chain: Chain) -> bool:
    for side in chain.sides:
        if side:
            parse_list(side, Span(side[0].start, side[-1].end))
    return True


def _is_telling(item: Item) -> bool:
    """What English does not have: numbers, operators, brackets, scripts, signs, functions."""
    if isinstance(item, Group):
        return True
    if item.kind == "word":
        return item.text in FUNCTIONS
    return item.kind in ("number", "raised", "lowered", "command") or (
        is_token(item, "sign") and isinstance(item, Token) and item.text in "+*/^_()|@"
    )
