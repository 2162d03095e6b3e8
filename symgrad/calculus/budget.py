"""A bound on what is tried: writing everything out can grow without end, and then it shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")


class TooLong(Exception):
    """More terms were made than the budget allows."""


_left: ContextVar[int | None] = ContextVar("left", default=None)


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
    """Take note of terms that are made; without a budget there is no bound."""
    left = _left.get()
    if left is not None:
        if terms > left:
            raise TooLong
        _left.set(left - terms)


def spending(items: Iterable[T]) -> Iterator[T]:
    """The items, each paid for as a term."""
    for item in items:
        spend(1)
        yield item
