"""A bound on the time of a stretch of work, whatever it is doing when the time is used up.

Seconds are the processor's, so that a busy machine gives the same answers. What loops over much asks
with `spend`. Where the system has a clock that interrupts (not in a thread, not on Windows), so is all
that does not ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import process_time

from symgrad.clock import ticking

AGAIN = 0.25
"""Seconds between interruptions."""
_NEVER = float("inf")
_ends: ContextVar[float] = ContextVar("ends", default=_NEVER)


class OutOfTime(BaseException):
    """The time is used up. No `Exception`: what takes any fault for an answer must not take this for one."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises `OutOfTime` inside where it takes longer. One within another shares the sooner end."""
    outer = _ends.get()
    token = _ends.set(min(outer, process_time() + seconds))
    try:
        with ticking(spend, max(_ends.get() - process_time(), 1e-3), AGAIN):
            yield
    finally:
        _ends.reset(token)


def spend() -> None:
    """Raises `OutOfTime` where nothing is left."""
    if process_time() > _ends.get():
        raise OutOfTime
