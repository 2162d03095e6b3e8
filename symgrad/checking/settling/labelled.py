"""Names that differ in a number only, with a label or none: h_1, h_2; z_{r1}, z_{r2}; a^u_1, a^u_2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import digits

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import DRESS, Spellings, labels, text_of
from symgrad.submission.written import Literal, Node, Power, Symbol

Family = tuple[str, tuple[str, ...]]
MOST_DIGITS = 3


def families(names: Spellings) -> Mapping[Family, Mapping[int, str]]:
    """The names of each number, by their base and accents."""
    found: dict[Family, dict[int, str]] = {}
    for (base, accents, low, high), (name, exponent) in {**names.joined, **names.exact}.items():
        label, number = (high, low) if high and not high.isdigit() else _apart(low + high)
        if number.isdigit() and len(number) <= MOST_DIGITS and exponent == 1:
            found.setdefault((_with_label(base, label), accents), {}).setdefault(int(number), name)
    return found


def _apart(label: str) -> tuple[str, str]:
    """A label and the number behind it."""
    plain = label.rstrip(digits)
    return plain, label[len(plain) :]


def by_label(node: Node, known: Dictionary) -> Node:
    """z_{r,t}, z_r^{(t)} and a^u_t as z_r and a^u of the time t, each under one name; z_{r,1} has its own."""
    for symbol, label, places in _labels(node):
        base = _with_label(symbol.base, label)
        accents = tuple(accent for accent in symbol.accents if accent not in DRESS)
        if (base, accents) in known.families and not isinstance((*symbol.raised, *places)[0], Literal):
            sub = ",".join(map(text_of, places))
            return replace(symbol, base=base, sub=sub, indices=tuple(places), span=node.span)
    return node


def _labels(node: Node) -> Iterator[tuple[Symbol, str, Sequence[Node]]]:
    """A name with the label that it may have, and the indices that are none; there is a place beside it."""
    match node:
        case Symbol(indices=indices):
            for cut in range(1, len(indices) + bool(node.raised)):
                yield node, labels(indices[:cut]), indices[cut:]
        case Power(Symbol(indices=(_, *_) as indices, raised=()) as name, exponent):
            yield name, text_of(exponent), indices


def _with_label(base: str, label: str) -> str:
    """One base for a base with a label."""
    return f"{base}·{label}" if label else base
