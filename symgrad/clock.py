"""A clock that interrupts: what bounds work is looked at while Python works, also by what never asks."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ticking(look: Callable[[], None], first: float, every: float) -> Iterator[None]:
    """Call ``look`` after ``first`` processor seconds, then ``every`` so many; what it raises ends the work.

    It goes on after the first time, for Python drops an exception that meets it in the midst of freeing
    memory, and an import is not interrupted: SymPy imports as it works, and what it had in part it would lack
    ever after. Nothing is called where the system has no such timer (Windows), nor in a thread.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, lambda number, frame: None if _imports(frame) else look())
    left, again = signal.setitimer(signal.ITIMER_PROF, first, every)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if left:  # of the one around it
            signal.setitimer(signal.ITIMER_PROF, left, again)


def _imports(frame: FrameType | None) -> bool:
    """Whether a module is being imported."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
