r"""Dots between terms: a_1^2 + a_2^2 + … + a_n^2 is \sum_{ι=1}^n a_ι^2, where one pattern runs through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from symgrad.submission.commands import DOTS
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.operators import relation
from symgrad.submission.scanner import Token

INDEX = "ι"
"""The letter that such a sum runs over: of a text, it would be the command \\iota."""
MAX_RUN = 8
"""Terms before the dots that are looked at."""


class _General(Struct):
    """A term with the index in the place of all that differs, and what stands there in the two terms."""

    items: list[Item]
    low: Token | None = None
    high: Sequence[Item] = ()


def summed(items: list[Item]) -> list[Item]:
    """The items with a sum wherever dots stand between terms of one pattern."""
    at = 2
    while at < len(items) - 1:
        if is_token(items[at], "command", *DOTS) and (found := _one(items, at)) is not None:
            start, put, end = found
            items = [*items[:start], *put, *items[end:]]
            at = start + len(put)
        at += 1
    return items


def _one(items: list[Item], at: int) -> tuple[int, list[Item], int] | None:
    """Where the terms around dots begin, their sum, and where they end; None where it is no such sum."""
    sign = items[at - 1]
    if not isinstance(sign, Token) or sign.text not in ("+", "-"):
        return None
    if not (behind := _behind(items, at, sign.text)):
        return None
    end = _end(items, behind)
    last = items[behind:end]
    if further := _behind(items, end + 1, sign.text):  # … + a_k + … + a_n
        if _general(next(iter(_before(items, at, sign.text)), (0, last))[1], last) is None:
            return None
        end = _end(items, further)
        last = items[further:end]
    run: list[tuple[int, _General]] = []
    for start, term in _before(items, at, sign.text):
        found = _general(term, last)
        if found is None or (run and not _follows(found, run[-1][1])):
            break
        run.append((start, found))
    if not run:
        return None
    start, general = run[-1]
    assert general.low is not None
    begin, stop = items[start].start, last[-1].end
    index = Token("letter", INDEX, begin, begin + 1)
    below = Group("brace", (index, Token("sign", "=", begin, begin + 1), general.low), begin, stop)
    above = Group("brace", tuple(general.high), begin, stop)
    put: list[Item] = [
        Token("command", "sum", begin, begin + 1, items[start].spaced),
        Token("sign", "_", begin, begin + 1),
        below,
        Token("sign", "^", begin, begin + 1),
        above,
        *general.items,
    ]
    return start, put, end


def _behind(items: list[Item], at: int, sign: str) -> int:
    """Where the term behind dots at a place begins; 0 where no dots stand there, with this sign before them.

    The sign behind them may be left out.
    """
    if at + 1 >= len(items) or not is_token(items[at], "command", *DOTS):
        return 0
    return at + 1 + is_token(items[at + 1], "sign", sign) if is_token(items[at - 1], "sign", sign) else 0


def _end(items: list[Item], begin: int) -> int:
    """Where the term ends that begins at a place."""
    return next((n for n in range(begin, len(items)) if _parts(items[n])), len(items))


def _parts(item: Item) -> bool:
    """Whether an item ends a term."""
    if not isinstance(item, Token) or item.kind in ("row", "prose"):
        return isinstance(item, Token)
    listing = is_token(item, "sign", "+", "-", "&", ",", ";", ":") or is_token(
        item, "command", "quad", "qquad"
    )
    return listing or relation(item) is not None


def _before(items: list[Item], at: int, sign: str) -> Iterator[tuple[int, list[Item]]]:
    """Where the terms before the dots begin, and what they are, from the last to the first."""
    end = at - 1
    for _ in range(MAX_RUN):
        start = next((n + 1 for n in range(end - 1, -1, -1) if _parts(items[n])), 0)
        if start == end or (sign == "-" and not (start and is_token(items[start - 1], "sign", "-"))):
            return
        yield start, items[start:end]
        if not start or not is_token(items[start - 1], "sign", sign):
            return
        end = start - 1


def _follows(before: _General, behind: _General) -> bool:
    low, next_ = before.low, behind.low
    return low is not None and next_ is not None and int(low.text) + 1 == int(next_.text)


def _general(first: Sequence[Item], last: Sequence[Item]) -> _General | None:
    """What two terms have in common; None where they differ in more than one index."""
    found = _General([])
    return found if _fill(found, found.items, first, last, False) and found.low is not None else None


def _fill(found: _General, put: list[Item], first: Sequence[Item], last: Sequence[Item], low: bool) -> bool:
    """Put the common items of two rows where they belong; ``low``: they stand in a subscript."""
    if low and len(first) == 1 and _differ(found, first[0], last):
        put.append(Token("letter", INDEX, last[0].start, last[0].end))
        return True
    if len(first) != len(last):
        return False
    for n, (one, other) in enumerate(zip(first, last, strict=True)):
        script = low or (n > 0 and is_token(first[n - 1], "sign", "_"))
        if isinstance(one, Group) and isinstance(other, Group) and one.kind == other.kind:
            inner: list[Item] = []
            if one.name != other.name or not _fill(found, inner, one.items, other.items, script):
                return False
            put.append(replace(other, items=tuple(inner)))
        elif script and _differ(found, *(_bare(one), _whole(other))):
            put.append(Token("letter", INDEX, other.start, other.end))
        elif (
            isinstance(one, Token)
            and isinstance(other, Token)
            and (one.kind, one.text) == (other.kind, other.text)
        ):
            put.append(other)
        else:
            return False
    return True


def _differ(found: _General, one: Item, other: Sequence[Item]) -> bool:
    """Whether a number stands in the one term where the end of the range stands in the other."""
    if not isinstance(one, Token) or one.kind != "number" or not one.text.isdigit() or not other:
        return False
    if len(other) == 1 and is_token(other[0], "number", one.text):
        return False
    if found.low is None:
        found.low, found.high = one, other
    return found.low.text == one.text and _texts(found.high) == _texts(other)


def _bare(item: Item) -> Item:
    """What stands alone in braces."""
    alone = isinstance(item, Group) and item.kind == "brace" and len(item.items) == 1
    return item.items[0] if alone and isinstance(item, Group) else item


def _whole(item: Item) -> Sequence[Item]:
    return item.items if isinstance(item, Group) and item.kind == "brace" else (item,)


def _texts(items: Sequence[Item]) -> list[object]:
    return [_texts(item.items) if isinstance(item, Group) else item.text for item in items]
