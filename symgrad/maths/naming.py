"""How the names of a problem are written: ``W1`` as W₁, ``yhat`` as ŷ, ``lam`` as λ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from symgrad.maths import nodes
from symgrad.maths.latex import latex
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import CURLY, GREEK, SIGNS, is_word
from symgrad.maths.written import read_written

_GREEK = {**GREEK, **CURLY, "lam": "λ", "eps": "ε"}
_ACCENTS: Mapping[str, Literal["bar", "hat", "tilde"]] = {"hat": "hat", "bar": "bar", "tilde": "tilde"}

_NUMBERED = re.compile(r"(?P<stem>[A-Za-z]+)(?P<sub>\d+)")
# h[2], h[t-1]: one of a family.
_MEMBER = re.compile(r"(?P<stem>\w+)\[(?P<index>\w+)(?:(?P<sign>[+-])(?P<step>\d+))?\]")
_ACCENTED = re.compile(r"(?P<stem>[A-Za-z]+)(?P<accent>hat|bar|tilde)")
# sout, hprev: one letter and the place in a network or in time that it belongs to.
_PLACED = re.compile(r"(?P<stem>[A-Za-z])(?P<sub>in|out|hidden|prev|next|new|pred|true|max|min)")
# Wxh, Why, bh: a weight or a bias, and the layers it stands between.
_WEIGHT = re.compile(r"(?P<stem>[WUVb])(?P<sub>[xhyzocifgqkvr]{1,2})")
# Indices side by side, as in W_ih; the one word of two letters is not a pair of them.
_PAIR = re.compile(r"(?!in)[A-Za-z]{2}")


def name(id: str, rank: int, written: str | None = None) -> Maths:
    """A name of a problem as maths: as the user writes it, else after the habits of textbooks.

    A vector (rank 1) of one letter gets an arrow, unless it has another accent; a word stays a word.

    Raises:
        InputError: ``written`` holds TeX that is not read (see `read_written`).
    """
    return _by_habit(id, rank) if written is None else read_written(written)


def plain_name(id: str) -> Maths:
    """A name as it stands in the problem file, upright; one in letters without a sign of ours is text."""
    return nodes.Symbol(id, "upright") if is_word(id) or id in SIGNS else nodes.Text(id)


def distinct_names(names: Iterable[tuple[str, int, str | None]]) -> dict[str, Maths]:
    """`name` of every (id, rank, written), no two alike: the later one of a pair is written plainly.

    What the user has chosen to write comes before what is written by habit, and a family before others:
    h_0 is the first of h_1, h_2, ….
    """
    given = list(names)
    result: dict[str, Maths] = {id: nodes.Row(()) for id, _, _ in given}
    taken: set[str] = set()
    for id, rank, written in sorted(given, key=lambda entry: (entry[2] is None, "[" not in entry[0])):
        node = name(id, rank, written)
        result[id] = plain_name(id) if latex(node) in taken else node
        taken.add(latex(result[id]))
    return result


def _by_habit(id: str, rank: int) -> Maths:
    if member := _MEMBER.fullmatch(id):
        return _scripted(_by_habit(member["stem"], rank), [_position(member)])
    first, *rest = id.split("_")
    if not all((first, *rest)):
        return plain_name(id)
    return _scripted(_stem(first, rank), [_subscript(part) for part in rest])


def _scripted(stem: Maths, subs: list[Maths]) -> Maths:
    """A stem with subscripts behind those it has."""
    if isinstance(stem, nodes.Script) and stem.sub is not None:
        return _indexed(stem.base, [stem.sub, *subs])
    return _indexed(stem, subs)


def _position(member: re.Match[str]) -> Maths:
    """What stands in the brackets of a family's name: t − 1."""
    index = _subscript(member["index"])
    if member["sign"] is None:
        return index
    sign = nodes.Operator("−" if member["sign"] == "-" else "+")
    return nodes.Row((index, sign, nodes.Numeral(member["step"])))


def _indexed(base: Maths, subs: list[Maths]) -> Maths:
    if not subs:
        return base
    parts = [part for sub in subs for part in (nodes.Operator(","), sub)][1:]
    return nodes.Script(base, nodes.Row(tuple(parts)) if len(parts) > 1 else subs[0])


def _stem(text: str, rank: int) -> Maths:
    if text in SIGNS or text in _GREEK:
        letter = nodes.Symbol(_GREEK.get(text, text))
        return nodes.Accent("vec", letter) if rank == 1 else letter
    if match := _NUMBERED.fullmatch(text):
        return nodes.Script(_stem(match["stem"], rank), nodes.Numeral(match["sub"]))
    if match := _ACCENTED.fullmatch(text):
        return _accented(match["stem"], _ACCENTS[match["accent"]])
    if match := _PLACED.fullmatch(text) or _WEIGHT.fullmatch(text):
        return nodes.Script(_stem(match["stem"], rank), _subscript(match["sub"]))
    return plain_name(text)


def _accented(text: str, kind: Literal["bar", "hat", "tilde"]) -> Maths:
    body = _stem(text, rank=0)
    if isinstance(body, nodes.Script):
        return nodes.Script(nodes.Accent(kind, body.base), body.sub)
    return nodes.Accent(kind, body)


def _subscript(text: str) -> Maths:
    """Digits as a number, one or two letters as indices, more as a word."""
    if text.isdigit():
        return nodes.Numeral(text)
    if text in _GREEK or _NUMBERED.fullmatch(text):
        return _stem(text, rank=0)
    if text in SIGNS:
        return nodes.Symbol(text)
    if _PAIR.fullmatch(text):
        return nodes.Row(tuple(map(nodes.Symbol, text)))
    return plain_name(text)
