"""What words say of matrices: that they are their own transposes. Where some are named, only these are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.worlds.turned import may_be_symmetric
from symgrad.errors import InputError
from symgrad.submission.lines import Submission
from symgrad.submission.read import read_maths
from symgrad.submission.written import Node, Product, Symbol, Transpose, walk

_SYMMETRIC = re.compile(r"\b(?:symmetri(?:c|sch)|symétrique|simétric|covarian[cz]|kovarian)", re.IGNORECASE)
"""What a work says of a matrix that is its own transpose."""
_OTHERWISE = re.compile(
    r"\b(?:not?|non|nor|if|unless|when|whether|general\w*|arbitrary|skew|anti|only|would|could|might|were"
    r"|needs?|requir\w+|presum\w+|presuppos\w+|assumes|must|should|ha(?:s|ve|d)\s+to|forg[eo]t\w*|your"
    r"|you\s+(?:assum|treat|use|took|take|pretend)\w*"
    r"|(?:true|holds?|valid|works?|correct|right|case)\s+(?:for|of|with|in)"
    r"|nicht|kein\w*|wenn|falls|allgemein\w*|muss|sollte|braucht|pas|si|doit)\b|\?\W*$"
    r"|n't|\bsymmetri\w*\s+(?:in|about|around|under|with\s+respect|w\.r\.t|(?!matri|weight|co|hess)\w*(?:tion|ing|ss|val|ty)\b)",
    re.IGNORECASE,
)
"""What makes of that a condition, a question, the contrary, or says it of something else: symmetric in p."""
_ITS = re.compile(r"matri|[ck]ovarian|\b(?:it|they|which|this|these|both|all|everything)\b", re.IGNORECASE)
"""What a sentence speaks of that names no matrix."""
_CLAUSE = re.compile(r",|\b(?:hence|so|then|thus|therefore|also|daher|donc)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;:])[*_)]*\s|\n\s*\n")
_PLAIN = re.compile(
    r"(?<![\w$\\^])(?:(?<=matrix )|(?<=symmetric )|(?=\w\s*(?:,|(?:is|be|being|are|and|ist|sei)\b)))"
    r"([A-Z])(?![\w$])"
)
"""A matrix named without signs of maths, and no article: "let A be symmetric"."""
_RELATION = re.compile(r"=|<|>|\\(?:in|succ|succeq|leq?|geq?|to|colon)\b")
_MATHS = re.compile(r"\$([^$]{1,60})\$|\\\((.{1,60}?)\\\)")
_LIST = r"\$[^$]{1,60}\$(?:\s*(?:,|and|und|or)\s*\$[^$]{1,60}\$)*"
_BESIDE = re.compile(
    rf"{_LIST}\s*(?:is|are|being|be|ist|sind|est)\s(?:\s*\w+){{0,2}}?\s*{_SYMMETRIC.pattern}"
    rf"|{_SYMMETRIC.pattern}\w*(?:\s+[\w-]+){{0,3}}?\s+{_LIST}",
    re.IGNORECASE,
)
"""The maths of which it is said, directly before the word or behind it."""


def symmetric_in(submission: Submission, dictionary: Dictionary) -> frozenset[str]:
    """The matrices of which a sentence says that they are symmetric, or covariances, without a condition.

    What matrices its clause names, or else the whole sentence, it is about; where there are none, about all.
    """
    possible = may_be_symmetric(dictionary.model)
    found: set[str] = set()
    for sentence in _SENTENCE.split(submission.text) if possible else ():
        clause = next(filter(_SYMMETRIC.search, _CLAUSE.split(sentence)), "")
        if not clause or _OTHERWISE.search(sentence[: sentence.index(clause) + len(clause)].rstrip()):
            continue
        beside = [match[0] for match in _BESIDE.finditer(sentence)]
        for spoken in (*beside[:1], clause, sentence):
            if named := {*_matrices(spoken, dictionary)}:
                found |= named & possible
                break
        else:
            found |= possible if _ITS.search(sentence) else set()
    return frozenset(found)


def _matrices(words: str, dictionary: Dictionary) -> Iterator[str]:
    """The matrices in the maths of some words: names of the problem, and whatever looks like one."""
    shapes = dictionary.model.graph.shapes
    for letter in _PLAIN.findall(words):
        found = next(dictionary.find(Symbol(letter)), None)
        if found is not None and len(shapes.get(found.name, ())) == 2:
            yield found.name
    for match in _MATHS.finditer(words):
        try:
            parts = [*walk(read_maths(_RELATION.split(match[1] or match[2])[0]))]
        except InputError:
            continue
        for part in parts:
            found = next(dictionary.find(part), None) if isinstance(part, Symbol) else None
            if found is not None and len(shapes.get(found.name, ())) == 2:
                yield found.name
            elif found is None and _looks_like_one(part):
                yield ""


def _looks_like_one(part: Node) -> bool:
    """Whether a part is x xᵀ, or a letter H that the problem does not have."""
    match part:
        case Product(_, Transpose()):
            return True
        case Symbol(base, accents=()):
            return base[:1].isupper()
    return False
