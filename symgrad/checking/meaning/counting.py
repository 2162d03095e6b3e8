"""Places on a name, and letters that are numbers, as the work counts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import lettered
from symgrad.submission.written import Add, Literal, Node, Subtract, Symbol


def is_number(letter: str, rest: Iterable[Node], ranges: Mapping[str, int], dictionary: Dictionary) -> bool:
    """Whether a letter on numbered names is their number: a counter is, though entries are counted by it too.

    The r of z_{r,t} is none where t is the counter: it is a label.
    """
    counters = (*dictionary.model.problem.repeat.counters, "t")
    if letter in counters:
        return True
    return letter not in ranges and not (
        dictionary.counts_times and any(lettered(place)[0] in counters for place in rest)
    )


def counted(
    name: str, places: Iterable[Node | None], dictionary: Dictionary, labels: Mapping[str, int]
) -> tuple[Node | None, ...]:
    """Places on a name as they are counted in this work, its numbers and those put in for ``labels``."""
    starts = dictionary.starts.get(name, ())
    usual = 0 if dictionary.from_zero else 1
    places = tuple(places)
    timely = name in dictionary.timely
    ahead = (*(usual - start for start in starts), *(0,) * len(places))
    return tuple(
        place if timely and isinstance(place, Literal) else _moved(place, by, labels)
        for place, by in zip(places, ahead, strict=False)
    )


def _moved(place: Node | None, by: int, labels: Mapping[str, int]) -> Node | None:
    if not by or place is None:
        return place
    if isinstance(place, Literal):
        return Literal(place.value + by, place.place, place.span)
    if isinstance(place, Symbol | Add | Subtract) and lettered(place)[0] in labels:
        kind = Add if by > 0 else Subtract
        return kind(place, Literal(Fraction(abs(by))), place.span)
    return place
