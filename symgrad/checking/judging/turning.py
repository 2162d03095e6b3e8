"""Matrices that a work tells from their transposes: where it writes A⁻ᵀ throughout, A⁻¹ is another one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from symgrad.checking.judging import messages
from symgrad.checking.judging.bench import Bench
from symgrad.checking.verdict import Judged, Verdict
from symgrad.checking.worlds.turned import INVERTED, inverted, may_be_symmetric
from symgrad.submission.written import Call, Node, Power, Symbol, Transpose
from symgrad.tree import Name, Op

_SPOKEN = re.compile(r"s[yi]mm?[eé]tr|hermit|covarian|kovarian", re.IGNORECASE)
FEWEST = 2
"""Right lines with the transpose, before what is right without it alone is held to that."""


def told_apart(lines: Sequence[Judged], text: str, bench: Bench) -> frozenset[str]:
    """The matrices of which more right lines hold the transpose than lines need that there is none.

    There are none where the work speaks of symmetry, or sets A⁻ᵀ equal to A⁻¹; a letter for covariances is
    none either, for Σ⁻ᵀ is often Σ⁻¹ a line later.
    """
    if _SPOKEN.search(text):
        return frozenset()
    open_ = inverted(bench.points.model) & may_be_symmetric(bench.points.model)
    doubted = {messages.symmetric(frozenset((name,))): name for name in open_ - bench.points.shown.symmetric}
    unchecked = [each for each in lines if each.verdict is Verdict.UNCHECKED and each.message in doubted]
    needing = Counter(doubted[judged.message] for judged in unchecked)
    equal = {name for judged in unchecked for name in _turned(judged, bench)}
    right = [judged for judged in lines if judged.verdict is Verdict.CORRECT]
    turned = Counter(name for judged in right for name in set(_turned(judged, bench)))
    return frozenset(
        name
        for name, count in needing.items()
        if turned[name] >= max(FEWEST, count + 1)
        and name not in equal
        and not name.lower().startswith(("sigma", "cov", "lambda"))
    )


def _turned(judged: Judged, bench: Bench) -> Iterator[str]:
    """The matrices of which a line holds the transpose, or that of the inverse."""
    quantities = bench.dictionary.model.graph.quantities
    for node in judged.line.nodes:
        if isinstance(node, Transpose) and isinstance(symbol := _bare(node.body), Symbol):
            found = next(bench.dictionary.find(symbol), None)
            match quantities.get(found.name) if found is not None else None:
                case Op(name, (Name(inner),)) if name in INVERTED:
                    yield inner
                case None if found is not None:
                    yield found.name


def _bare(node: Node) -> Node:
    match node:
        case Power(body) | Call(Symbol("inv"), (body,)):
            return body
    return node
