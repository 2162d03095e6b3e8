"""A clock that interrupts: what bounds work is looked at while Python works, also by what never asks."""

from __future__ import annotations

import _weakrefset
import signal
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

IMPORTING = "<frozen importlib"
WEAK = (weakref.__file__, _weakrefset.__file__)  # they take out what is gone


@contextmanager
def ticking(look: Callable[[], None], first: float, every: float) -> Iterator[None]:
    """Call ``look`` after ``first`` processor seconds, then ``every`` so many; what it raises ends the work.

    It goes on after the first time, for Python drops an exception that meets it in the midst of freeing
    memory, and some work is let finish: an import, for SymPy imports as it works, and what it had in part it
    would lack ever after; and a finalizer, for what is raised there only reaches the standard error stream.
    Nothing is called where the system has no such timer (Windows), nor in a thread.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, lambda number, frame: None if _must_finish(frame) else look())
    left, again = signal.setitimer(signal.ITIMER_PROF, first, every)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if left:  # of the one around it
            signal.setitimer(signal.ITIMER_PROF, left, again)


def _must_finish(frame: FrameType | None) -> bool:
    """Whether a module is being imported, or something that nothing refers to any more is put away."""
    while frame is not None:
        code = frame.f_code
        if code.co_name == "__del__" or code.co_filename in WEAK or code.co_filename.startswith(IMPORTING):
            return True
        frame = frame.f_back
    return False
