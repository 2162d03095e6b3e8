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
MAX_RUN, MAX_FACTORS = 8, 24
"""Terms before the dots that are looked at, and factors that are written out."""


class _General(Struct):
    """A term with the index in the place of all that differs, and what stands there in the two terms."""

    items: list[Item]
    low: Token | None = None
    high: Sequence[Item] = ()


def summed(items: list[Item]) -> list[Item]:
    """The items with a sum wherever dots stand between terms of one pattern."""
    at = 2
    while at < len(items) - 1:
        if is_token(items[at], "command", *DOTS) and (found := _one(items, at) or multiplied(items, at)):
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
    run = max((_run(items, at, sign.text, last, by_digits) for by_digits in (False, True)), key=len)
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


def _run(
    items: list[Item], at: int, sign: str, last: list[Item], by_digits: bool
) -> list[tuple[int, _General]]:
    """The terms before dots that have one pattern with the last one, from the last to the first."""
    run: list[tuple[int, _General]] = []
    for start, term in _before(items, at, sign):
        found = _general(*(map(_digits, (term, last)) if by_digits else (term, last)))
        if found is None:
            break
        if run and not _follows(found, run[-1][1]):
            return []  # x_1 + x_3 + … + x_9
        run.append((start, found))
    return run


def _digits(items: Sequence[Item]) -> list[Item]:
    """The items with the two numbers of x_{12} apart, wherever they stand in braces below."""
    found: list[Item] = []
    for n, item in enumerate(items):
        below = n > 0 and is_token(items[n - 1], "sign", "_")
        only = item.items[0] if isinstance(item, Group) and len(item.items) == 1 else None
        if below and isinstance(item, Group) and isinstance(only, Token) and _is_pair(only):
            start = only.start
            both = (Token("number", digit, start + k, start + k + 1) for k, digit in enumerate(only.text))
            item = replace(item, items=tuple(both))
        elif isinstance(item, Group):
            item = replace(item, items=tuple(_digits(item.items)))
        found.append(item)
    return found


def _is_pair(token: Token) -> bool:
    return token.kind == "number" and len(token.text) == 2 and token.text.isdigit()


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


def multiplied(items: list[Item], at: int) -> tuple[int, list[Item], int] | None:
    """The factors that dots stand for, and where these begin and end: a_0 a_1 ⋯ a_4, and back."""
    begin = at + 1 + _is_times(items, at + 1)
    last = items[begin : _factor_end(items, begin)]
    run: list[tuple[int, _General]] = []
    stop = at - _is_times(items, at - 1)
    while last and len(run) < MAX_RUN and (start := _factor_start(items, stop)) < stop:
        found = _general(items[start:stop], last)
        if found is None or found.low is None or not _is_number(found.high):
            break
        run.append((start, found))
        stop = start - _is_times(items, start - 1)
    if not run:
        return None
    general = run[0][1]
    final = int(str(_texts(general.high)[0]))
    way = 1 if final > _low(general) else -1
    written = [_low(each) for _, each in run]
    missing = range(written[0] + way, final, way)
    if len(missing) > MAX_FACTORS or written != [*range(written[0], written[0] - way * len(run), -way)]:
        return None
    put = [item for n in missing for item in _put_in(general.items, str(n))]
    return at - _is_times(items, at - 1), put, begin


def _is_times(items: list[Item], at: int) -> bool:
    return 0 <= at < len(items) and is_token(items[at], "command", "cdot", "times")


def _factor_end(items: list[Item], begin: int) -> int:
    """Where a letter with its scripts ends that begins at a place; the place, where there is none."""
    if begin >= len(items) or not is_token(items[begin], "letter"):
        return begin
    end = begin + 1
    while end + 1 < len(items) and is_token(items[end], "sign", "_", "^"):
        end += 2
    return end


def _factor_start(items: list[Item], end: int) -> int:
    """Where the letter with its scripts begins that ends at a place; the place, where there is none."""
    start = end
    while start - 2 > 0 and is_token(items[start - 2], "sign", "_", "^"):
        start -= 2
    start -= 1
    return start if start >= 0 and _factor_end(items, start) == end > start + 1 else end


def _is_number(items: Sequence[Item]) -> bool:
    return len(items) == 1 and is_token(items[0], "number") and str(_texts(items)[0]).isdigit()


def _low(general: _General) -> int:
    assert general.low is not None
    return int(general.low.text)


def _put_in(items: Sequence[Item], number: str) -> list[Item]:
    """The items with a number for the index."""
    return [
        replace(item, items=tuple(_put_in(item.items, number)))
        if isinstance(item, Group)
        else replace(item, kind="number", text=number)
        if is_token(item, "letter", INDEX)
        else item
        for item in items
    ]


def _texts(items: Sequence[Item]) -> list[object]:
    return [_texts(item.items) if isinstance(item, Group) else item.text for item in items]
