"""A bound on what is tried: writing everything out can grow without end, and then it shows nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import TypeVar

from symgrad.limits import look

T = TypeVar("T")


class TooLong(Exception):
    """More terms were made than the budget allows."""


BETWEEN = 64
"""Terms between two looks at the user's own limits."""
_left: ContextVar[int] = ContextVar("left", default=sys.maxsize)


@contextmanager
def within(terms: int) -> Iterator[None]:
    """Let no more terms be made inside than this. Raises `TooLong`."""
    token = _left.set(terms)
    try:
        yield
    finally:
        _left.reset(token)


def within_budget(terms: int, work: Callable[[], T]) -> T | None:
    """What some work finds; None where it would make more terms than this."""
    try:
        with within(terms):
            return work()
    except TooLong:
        return None


def spend(terms: int) -> None:
    """Take note of terms that are made; without a budget there is no bound but the user's own limits."""
    left = _left.get()
    if terms > left:
        raise TooLong
    after = left - terms
    _left.set(after)
    if after // BETWEEN != left // BETWEEN:
        look()


def spending(items: Iterable[T]) -> Iterator[T]:
    """The items, each paid for as a term."""
    for item in items:
        spend(1)
        yield item


def remembered(most: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """What some work found at arguments it had before, for as many terms as it made then.

    So what fits into a budget does not depend on what was worked out earlier.
    """

    def remembering(work: Callable[..., T]) -> Callable[..., T]:
        @lru_cache(maxsize=most)
        def priced(*args: Hashable) -> tuple[T, int]:
            left = _left.get()
            return work(*args), left - _left.get()

        @wraps(work)
        def paid(*args: Hashable) -> T:
            left = _left.get()
            found, price = priced(*args)
            if _left.get() == left:
                spend(price)
            return found

        return paid

    return remembering
