"""Functions that a work says what they are, in words, "where δ is the sigmoid", or by a name: y = f(z)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import KNOWN, Dictionary
from symgrad.checking.meaning.spelling import text_of
from symgrad.operations import operation
from symgrad.submission.commands import GREEK
from symgrad.submission.lines import Submission
from symgrad.submission.written import Call, Node, Symbol, walk
from symgrad.tree import Name, Op

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
_BARE = frozenset(("sigma", *FUNCTIONS.values()))
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
    return _calling(heads) if heads else None


def shown_in(submission: Submission, known: Dictionary) -> Callable[[Node, Dictionary], Node] | None:
    """The same of the f of f = tanh, and of y = f(z) where the problem has y = σ(z) and none is written."""
    heads: dict[Symbol, set[str]] = {}
    for line in submission.lines:
        nodes = [side.node for side in line.sides]
        for one, other in (*pairwise(nodes), *pairwise(nodes[::-1])):
            made = _made_by(one, other, known) or _named(one, other, known)
            if made is not None and set(line.relations) <= {"=", "≈"}:
                heads.setdefault(made[0], set()).add(made[1])
    return _calling({head.base: ops.pop() for head, ops in heads.items() if len(ops) == 1}) if heads else None


def _named(name: Node | None, function: Node | None, known: Dictionary) -> tuple[Symbol, str] | None:
    """The f of f = tanh, and the function that it is."""
    match name, function:
        case Symbol(_, "", (), ()) as head, Symbol(base, "", (), ()) if base in _BARE:
            return None if known.is_known(head) else (head, base)
    return None


def _made_by(name: Node | None, call: Node | None, known: Dictionary) -> tuple[Symbol, str] | None:
    """The f of y = f(z), and the function by which y comes of z."""
    match name, call:
        case Symbol(), Call(Symbol(base, "", (), ()) as head, (Symbol() as argument,), certain=False):
            made, of = (next(known.names.find(symbol), None) for symbol in (name, argument))
        case _:
            return None
    if made is None or of is None or made.indices != of.indices:
        return None
    formula = known.model.graph.quantities.get(made.name)
    if not isinstance(formula, Op) or formula.args != (Name(of.name),):
        return None
    written = (own for own, left in known.defined(head, (), 10**9) if not left)
    taken = {*KNOWN, *known.model.problem.functions}  # σ is a sigmoid, whatever the problem applies
    free = not known.is_known(head) and base not in taken
    if not free or any(_bears(own.body, own.parameters) for own in written):
        return None
    return (head, formula.name) if operation(formula.name).kind == "elementwise" else None


def _bears(body: Node, parameters: tuple[str, ...]) -> bool:
    return any(isinstance(part, Symbol) and text_of(part) in parameters for part in walk(body))


def _calling(heads: Mapping[str, str]) -> Callable[[Node, Dictionary], Node]:
    """What makes calls of letters calls of functions."""

    def change(node: Node, known: Dictionary) -> Node:
        match node:
            case Call(Symbol(base, "") as head) if base in heads:
                return replace(node, head=replace(head, base=heads[base]), certain=True)
        return node

    return change
