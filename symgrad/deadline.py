"""A bound on the time of a stretch of work, whatever it is doing when the time is used up.

Seconds are the processor's, so that a busy machine gives the same answers. What loops over much asks
with `spend`. Where the system has a clock that interrupts (not in a thread, not on Windows), so is all
that does not ask.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import process_time
from types import FrameType

AGAIN = 0.25
"""Seconds between interruptions: Python drops an exception that meets it in the midst of freeing memory."""
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
        with _interrupted():
            yield
    finally:
        _ends.reset(token)


def spend() -> None:
    """Raises `OutOfTime` where nothing is left."""
    if process_time() > _ends.get():
        raise OutOfTime


@contextmanager
def _interrupted() -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    left, _ = signal.setitimer(signal.ITIMER_PROF, max(_ends.get() - process_time(), 1e-3), AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if left:  # of the one around it
            signal.setitimer(signal.ITIMER_PROF, left, AGAIN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    spend()
