r"""Names that a work defines in words.

"Write $S$ for $\operatorname{diag}(s)$", "$D$ the diagonal matrix of the $m_i$", "$t$ is 3".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice

from symgrad.checking.meaning.dictionary import Dictionary, Own
from symgrad.checking.meaning.spelling import spell
from symgrad.checking.settling.contrary import contrary, sentence_before
from symgrad.checking.settling.definitions import definitions_in
from symgrad.errors import InputError
from symgrad.submission.lines import Line, Side, Submission
from symgrad.submission.read import read_maths
from symgrad.submission.written import NOWHERE, Call, Comparison, Literal, Node, Sum, Symbol

MOST_SAID = 20
RUNNING = "ijklmn"
"""Letters that run, whatever number they are said to be in one place."""
_MATHS = r"(?:\$([^$\n]{1,80})\$|\\\(([^\n$]{1,80}?)\\\))"
_IS = r"(?:is|be|denotes?|being|stands?\s+for|for)"
_END = r"(?=\s*(?:[.,;:)]|\n|\Z|(?:and|where|with|in)\b))"
_FORMS = (
    rf"\b(?:writ(?:e|ing)|abbreviat(?:e|ing))\s+{_MATHS}\s+for\s+{_MATHS}{_END}",
    rf"{_MATHS}\s+(?:stands?\s+for|denotes?|is\s+short(?:hand)?\s+for|abbreviates)\s+{_MATHS}{_END}",
    rf"(?P<diagonal>){_MATHS},?\s+(?:{_IS}\s+)?(?:the|a)\s+diagonal\s+matrix\s+(?:of|with)\s+(?:the\s+)?"
    rf"(?:(?:entries|elements|values)\s+)?{_MATHS}(?:\s+(?:on|along|as)\s+(?:its|the)\s+diagonal)?{_END}",
    rf"{_MATHS}\s+(?:is|equals)\s+(?:\$(?=\d))?(?P<number>\d+)\$?(?=\s*(?:[.,;:)]\D|\n|\Z))",
)
_CODE = re.compile(
    rf"{_MATHS}\s+(?:is|denotes|stands\s+for)\s+(?:the\s+)?(?:(?:quantity|name|array)\s+)?"
    rf"(?:\\texttt\{{((?:\w|\\_)+)\}}|`(\w+)`){_END}"
)
"""How a name of the problem is written: "$\\hat u$ is `uh`"."""
_SAID = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
_CONTRARY = contrary("if", "when", "whether", "instead", "unlike", "cannot", "suppose", "were", "would")
BEFORE = 80
"""Characters before these words in which there may be the contrary."""


def names_said(submission: Submission, dictionary: Dictionary) -> Iterator[Own]:
    """The letters that mean nothing else, each with what the first words about it say that it is."""
    done = {part.index for part in submission.nodes if isinstance(part, Sum)}
    for name, worth in _pairs(submission.text):
        free = not name.indices and not name.marks and not name.accents and name.base not in done
        if not free or dictionary.is_known(name) or spell(name, "", "") in dictionary.own:
            continue
        done.add(name.base)
        sides = tuple(Side("", node, None, NOWHERE) for node in (name, worth))
        yield from definitions_in(Line(0, "", sides, ("=",), NOWHERE, 1, 1), dictionary)


def names_written(text: str, names: Collection[str]) -> Iterator[tuple[Symbol, str]]:
    """Names of the problem, as a work says that it writes them."""
    for match in islice(_CODE.finditer(text), MOST_SAID):
        raw, name = (part for part in match.groups() if part)
        name = name.replace("\\_", "_")
        if name in names and not _CONTRARY.search(sentence_before(text, match.start(), BEFORE)):
            with suppress(InputError):
                node = read_maths(raw)
                if isinstance(node, Symbol):
                    yield node, name


def _pairs(text: str) -> Iterator[tuple[Symbol, Node]]:
    """Names, and what is said that they are."""
    found = sorted((m for form in _SAID for m in form.finditer(text)), key=lambda match: match.start())
    for match in found[:MOST_SAID]:
        if _CONTRARY.search(sentence_before(text, match.start(), BEFORE)):
            continue
        raw = [part for part in match.groups() if part]
        with suppress(InputError):
            name, worth = read_maths(raw[0]), read_maths(raw[1])
            if not isinstance(name, Symbol) or isinstance(worth, Comparison):
                continue
            if not isinstance(worth, Literal) or _is_one_number(name.base, text):
                yield name, _diagonal(worth) if "diagonal" in match.re.groupindex else worth


def _is_one_number(letter: str, text: str) -> bool:
    """Whether a letter is not said to be something else too, as an index is: "where $i$ is 3, else"."""
    said = rf"(?<![\\A-Za-z]){re.escape(letter)}\s*(?:\$|\\\))?\s*(?:is\b|=|≠|!=|\\neq?\b)"
    return letter not in RUNNING and len(re.findall(said, text)) == 1


def _diagonal(node: Node) -> Node:
    return Call(Symbol("diag"), (node,), certain=True)
