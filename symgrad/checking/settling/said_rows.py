"""Rows and columns that a work gives a letter of their own in words: "the keys k_0, …, k_n, rows of M"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.settling.contrary import contrary, sentence_before
from symgrad.submission.written import Node, Symbol

_OF = re.compile(
    r"\b([Rr]ow|[Cc]olumn)s?(?:\s+vectors?)?(?:\s+(?:\$|\\\()?(?P<at>[a-z])(?:\$|\\\))?)?\s+of\s+(?:the\s+)?(?:(?:data|weight|embedding)\s+)?(?:matrix\s+)?"
    r"(?:\}\s*)?(?:\$|\\\()?\s*(?P<whole>\\?[A-Za-z]+)(?![\w^])(?P<more>(?:[\s$]*(?:,|and\b)[\s$]*\\?[A-Za-z](?![\w^]))*)"
)
_LETTER = re.compile(r"\\?[A-Za-z](?!\w)")
"""The other matrices of "the rows of X, E"."""
_NAME = re.compile(r"(?<![\w\\])\\?([A-Za-z]+)_(?:\{[^{}]{1,8}\}|\w)")
_NAMING = re.compile(
    r"(?:\W|_|\d|\\[a-z]+|\b(?:is|are|be|being|denotes?|stands|for|as|the|an|all|its|[a-zA-Z]|[a-z]?(?:th|st|nd|rd))\b)*"
)
"""What may stand between the letter and these words, so that it is they that say what it is."""
_IS = re.compile(
    r"\s*(?:\$|\\\))?\s*(?:(?:is|are|be|as|we|call|called|written|denoted|by|the|samples?|examples?|vectors?|points?)\s+)+(?:\$|\\\()\s*"
    r"\\?(?P<name>[A-Za-z]+)_(?:\{(?P<braced>\w)\}|(?P<place>\w))(?:\^(?:T|\\top|\{T\}|\{\\top\}))?\s*(?:\$|\\\))"
)
"""What names them after these words: "row k of M is $m_k$"."""
_CONTRARY = contrary("unlike", "instead", "besides")
NEAR = 70
"""Characters before these words in which the letter stands."""


def said_rows(text: str, known: Dictionary) -> Callable[[Node, Dictionary], Node] | None:
    """What makes k_j the row j of M, and k_ji an entry, where words say so; None where none do."""
    rows = dict(_found(text, known))
    if not rows:
        return None
    whole = Symbol(":")

    def change(node: Node, known: Dictionary) -> Node:
        match node:
            case Symbol(base, indices=(place,), marks=()) if base in rows:
                name, axis = rows[base]
                indices = (place, whole) if axis == "row" else (whole, place)
            case Symbol(base, indices=(_, _) as indices, marks=()) if base in rows:
                name, _ = rows[base]
            case _:
                return node
        return replace(node, base=name, sub=",".join(map(text_of, indices)), indices=indices)

    return change


def _found(text: str, known: Dictionary) -> Iterator[tuple[str, tuple[str, str]]]:
    """Letters that mean nothing else, with the matrix and what of it they are."""
    for match in _OF.finditer(text):
        matrices = [match["whole"], *_LETTER.findall(match["more"])]
        for letter, matrix in zip(_named(match, text, len(matrices)), matrices, strict=False):
            found = next(known.names.find(Symbol(matrix.lstrip("\\"))), None)
            shape = () if found is None or found.indices else known.model.graph.shapes.get(found.name, ())
            entry = Symbol(letter, sub="i", indices=(Symbol("i"),))
            own = any(base == letter for base, *_ in known.own)
            if len(shape) == 2 and not own and not known.is_known(entry):
                yield letter, (matrix.lstrip("\\"), match[1].lower())


def _named(match: re.Match[str], text: str, count: int) -> list[str]:
    """The letters before words about rows, as many as matrices; else the one after, with the same index."""
    before = sentence_before(text, match.start(), NEAR)
    if _CONTRARY.search(before):
        return []
    found = [*_NAME.finditer(before)][-count:]
    ends = [*(name.start() for name in found[1:]), len(before)]
    between = [before[name.end() : end] for name, end in zip(found, ends, strict=False)]
    if found and all(map(_NAMING.fullmatch, between)):
        return [name[1] for name in found]
    after = _IS.match(text, match.end())
    place = after and (after["braced"] or after["place"])
    return [after["name"]] if after and match["at"] in (None, place) else []
