"""Functions that a work says in words what they are: "where δ is the sigmoid"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.submission.commands import GREEK
from symgrad.submission.written import Call, Node, Symbol

FUNCTIONS: Mapping[str, str] = {
    "sigmoid": "sigmoid",
    "logistic function": "sigmoid",
    "softmax": "softmax",
    "hyperbolic tangent": "tanh",
    "tanh": "tanh",
    "relu": "relu",
    "rectifier": "relu",
    "softplus": "softplus",
}
_SAID = re.compile(
    r"(?<![\\\w])(?:\$|\\\()?\s*(\\?[A-Za-z]+)\s*(?:\(\s*(?:\\cdot|[a-z])\s*\))?\s*(?:\$|\\\))?"
    r"\s+(?:is|denotes|stands\s+for|being)\s+(?:the\s+|an?\s+)?(?:(?:usual|standard|logistic|element-?wise)\s+)*"
    rf"({'|'.join(FUNCTIONS)})\b(?:\s+(?:activation\s+)?function\b)?(?=\s*(?:$|[.,;:)(]|\n|and\b|with\b))",
    re.IGNORECASE,
)


def said_in(text: str, known: Dictionary) -> Callable[[Node, Dictionary], Node] | None:
    """What makes calls of the letters that are such functions in words calls of these; None where none is."""
    said: dict[str, set[str]] = {}
    for raw, word in _SAID.findall(text):
        letter = raw.lstrip("\\")
        own = not known.is_known(Symbol(letter)) and letter not in known.model.problem.functions
        if own and (len(letter) == 1 or letter in GREEK):
            said.setdefault(letter, set()).add(FUNCTIONS[word.lower()])
    heads = {letter: next(iter(which)) for letter, which in said.items() if len(which) == 1}
    if not heads:
        return None

    def change(node: Node, known: Dictionary) -> Node:
        match node:
            case Call(Symbol(base, "") as head) if base in heads:
                return replace(node, head=replace(head, base=heads[base]), certain=True)
        return node

    return change
