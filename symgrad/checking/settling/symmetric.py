"""What words say of matrices: that they are their own transposes. Where some are named, only these are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.worlds.turned import may_be_symmetric
from symgrad.errors import InputError
from symgrad.submission.lines import Submission
from symgrad.submission.read import read_maths
from symgrad.submission.written import Symbol, walk

_SYMMETRIC = re.compile(r"\b(?:symmetri(?:c|sch)|symétrique|simétric|covarian[cz]|kovarian)", re.IGNORECASE)
"""What a work says of a matrix that is its own transpose."""
_OTHERWISE = re.compile(
    r"\b(?:not?|non|nor|if|unless|when|general\w*|arbitrary|skew|anti|nicht|kein\w*|wenn|falls|allgemein\w*|pas|si)\b"
    r"|n't",
    re.IGNORECASE,
)
"""What makes of that a condition, or the contrary."""
_SENTENCE = re.compile(r"[.!?;:]\s|\n\s*\n")
_MATHS = re.compile(r"\$([^$]{1,60})\$|\\\((.{1,60}?)\\\)")


def symmetric_in(submission: Submission, dictionary: Dictionary) -> frozenset[str]:
    """The matrices of which a sentence says that they are symmetric, or covariances, without a condition.

    A sentence that names none of them is about all.
    """
    possible = may_be_symmetric(dictionary.model)
    found: set[str] = set()
    for sentence in _SENTENCE.split(submission.text) if possible else ():
        if _SYMMETRIC.search(sentence) and not _OTHERWISE.search(sentence):
            named = possible.intersection(_names(sentence, dictionary))
            found |= named or possible
    return frozenset(found)


def _names(sentence: str, dictionary: Dictionary) -> Iterator[str]:
    """The names of the problem in the maths of a sentence."""
    for match in _MATHS.finditer(sentence):
        try:
            parts = walk(read_maths(match[1] or match[2]))
        except InputError:
            continue
        for part in parts:
            found = next(dictionary.find(part), None) if isinstance(part, Symbol) else None
            if found is not None:
                yield found.name
