"""Lines of a submission as maths; and LaTeX that is no part of it, read as its lines are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec.structs import replace

from symgrad.document.blocks import Chain, Link
from symgrad.errors import InputError
from symgrad.maths import nodes
from symgrad.maths.foreign import foreign
from symgrad.maths.measure import width
from symgrad.maths.nodes import Maths
from symgrad.notation.handwriting import RELATIONS, handwriting
from symgrad.notation.phrases import respaced
from symgrad.submission.lines import Line, Side
from symgrad.submission.macros import macros_of
from symgrad.submission.read import read_maths, read_submission
from symgrad.submission.written import Comparison

LONGEST_BRACED = 18.0
"""In em; a wider side gets no brace, which cannot be broken over lines."""
_COMMAND = re.compile(r"\\([A-Za-z]+)")


def typeset(line: Line, doubted: int | None = None) -> Chain:
    """A line in our own type; what could not be read is shown as it stands in the source."""
    if not all(relation in RELATIONS for relation in line.relations) or not line.sides:
        return Chain(foreign(line.latex, mono=True), ())
    left, *others = (_side(side, n == doubted) for n, side in enumerate(line.sides))
    relations = (RELATIONS[relation] for relation in line.relations)
    links = tuple(map(Link, relations, others))
    if not links or not line.conditions or line.is_condition:
        return Chain(left, links)
    *before, last = links
    return Chain(left, (*before, replace(last, maths=_conditioned(last.maths, line.conditions))))


def _side(side: Side, doubted: bool) -> Maths:
    if side.node is None:
        maths: Maths = foreign(side.latex, mono=True)
    else:
        maths = handwriting(respaced(side.node, side.latex))
    if doubted and width(maths) <= LONGEST_BRACED:
        return nodes.Brace(maths, nodes.Text("does not hold"))
    return maths


def _conditioned(maths: Maths, conditions: tuple[Comparison, ...]) -> Maths:
    """The last side, and behind it the conditions under which the line is said."""
    behind = [part for condition in conditions for part in (nodes.Operator(","), handwriting(condition))]
    return nodes.Row((maths, nodes.Space(), nodes.Text("for"), *behind[1:]))


def read_aside(latex: str, text: str = "") -> tuple[Chain, ...]:
    """Lines in LaTeX that stand in no submission; ``text`` is the one whose commands they may use."""
    try:
        lines = read_submission(f"{_commands(text, latex)}\n\n$${latex}$$", "aside.md").lines
    except InputError:
        return ()
    return tuple(map(typeset, lines)) if all(side.node for line in lines for side in line.sides) else ()


def read_inline(latex: str, text: str = "") -> Maths | None:
    """An expression or one line as maths; None where it cannot be read."""
    try:
        return handwriting(respaced(read_maths(latex), latex))
    except InputError:
        chains = read_aside(latex, text)
    return whole(chains[0]) if len(chains) == 1 else None


def whole(chain: Chain) -> Maths:
    """A chain on one line."""
    links = (part for link in chain.links for part in (nodes.Operator(link.relation), link.maths))
    return nodes.Row((*(() if chain.left is None else (chain.left,)), *links))


def _commands(text: str, latex: str) -> str:
    """The commands that a text defines, where a piece of LaTeX uses one of them; else nothing."""
    known = _definitions(text)
    return "\n".join(known.values()) if known.keys() & set(_COMMAND.findall(latex)) else ""


@lru_cache(maxsize=1)
def _definitions(text: str) -> Mapping[str, str]:
    """By the name of a command, its definition."""
    found: dict[str, str] = {}
    for name, macro in macros_of(text).items():
        if macro.body:
            body = text[macro.body[0].start : macro.body[-1].end]
            meaning = rf"\operatorname{{{body}}}" if macro.body[0].kind == "word" else body
            count = f"[{macro.count}]" if macro.count else ""
            found[name] = rf"\newcommand{{\{name}}}{count}{{{meaning}}}"
    return found
