"""What one input may take: processor time, memory and output, each of which its user can raise.

Two things look after it. Work that goes on says at every step what it is about (`working_on`) and looks at
the clock; where the system has signals, a timer looks too, in the midst of a step. Neither changes what is
found: what is over a limit ends, with `OverLimit`, and what is not never notices.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from symgrad.clock import ticking
from symgrad.errors import InputError, Place

KB, MB, GB, TB = 10**3, 10**6, 10**9, 10**12
MOST_AXES = 5
"""Axes that an array may have."""
LOOK = 0.02
"""Seconds of work between two looks of the timer."""
ROOM = 1.2
"""What is proposed, against what is known to be needed."""
BEYOND = TB
"""Bytes that nobody has."""
MORE = 10
"""How many times the limit is proposed where nobody knows what would be enough."""
STATM = Path("/proc/self/statm")
RESOURCE: Any = import_module("resource") if os.name == "posix" else None
PAGESIZE = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096


class OverLimit(InputError):
    """The input is legal, and takes more than its user allows."""


class Spent(BaseException):
    """A limit is reached. Nothing on the way takes it for an ordinary fault: `told` makes it `OverLimit`."""

    def __init__(self, limit: str, reason: str = "", *about: str, need: float = 0) -> None:
        super().__init__(limit)
        self.limit, self.reason, self.about, self.need = limit, reason, about, need


class Limits(Struct, frozen=True):
    """How much one input may take: ``memory`` beside what was in use before it, ``output`` for each file."""

    time: float = 7
    memory: int = 350 * MB
    output: int = 30 * MB

    @property
    def shown(self) -> str:
        """All of them, as they may be written."""
        return f"{written('time', self.time)},{written('memory', self.memory)},output={amount(self.output)}"


class Work(Struct, frozen=True):
    """What is being done, in words, and the quantity, or the path in the file, that it is about."""

    doing: str = "the file is read"
    about: tuple[str, ...] = ()


class _Watch(Struct):
    """The limits of the input at hand, and the processor time and the memory in use at which its own end."""

    limits: Limits
    end: float
    most: int
    asleep: bool = False


UNITS: Mapping[str, tuple[str, float]] = {
    "s": ("time", 1),
    "min": ("time", 60),
    "h": ("time", 3600),
    "kb": ("memory", KB),
    "mb": ("memory", MB),
    "gb": ("memory", GB),
    "tb": ("memory", TB),
}
_LIMIT = re.compile(r"(?:(\w+)=)?([0-9]+(?:\.[0-9]+)?) ?([a-z]+)", re.IGNORECASE)
_HINT = "write it as in 60s, 2GB or output=50MB"

_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)
_work: ContextVar[Work] = ContextVar("work", default=Work())  # noqa: B039  it is frozen


def read_limits(texts: Iterable[str]) -> Limits:
    """The limits that are written, over the usual ones: ``60s``, ``2GB``, ``output=50MB``, or with commas.

    >>> read_limits(["60s,2GB"])
    Limits(time=60.0, memory=2000000000, output=30000000)
    """
    limits = Limits()
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        limits = replace(limits, **_read(text))
    return limits


def _read(text: str) -> dict[str, Any]:
    found = _LIMIT.fullmatch(text)
    if not found or found[3].lower() not in UNITS:
        raise InputError(f"'{text}' is no limit", hint=_HINT)
    kind, unit = UNITS[found[3].lower()]
    name = (found[1] or kind).lower()
    known = Limits.__struct_fields__
    if name not in known or (name == "time") != (kind == "time"):
        raise InputError(f"'{text}' is no limit of {', '.join(known[:-1])} or {known[-1]}", hint=_HINT)
    value = float(found[2]) * unit
    return {name: value if name == "time" else int(value)}


def amount(size: float) -> str:
    """A number of bytes, as a limit is written: ``18.6GB``."""
    name, unit = next(
        ((name, unit) for name, unit in (("TB", TB), ("GB", GB), ("MB", MB)) if size >= unit), ("kB", KB)
    )
    return f"{size / unit:.4g}{name}"


def written(limit: str, value: float) -> str:
    """A limit as its user writes it: ``8s``, ``350MB``."""
    return f"{value:g}s" if limit == "time" else amount(value)


def limits() -> Limits | None:
    """The limits of the input at hand; None where nobody set any."""
    watch = _watch.get()
    return watch.limits if watch else None


@contextmanager
def within(limits: Limits) -> Iterator[None]:
    """Let what is done inside take no more than this. Raises `OverLimit`."""
    watch = _Watch(limits, process_time() + limits.time, resident() + limits.memory)
    watching, working = _watch.set(watch), _work.set(Work())
    try:
        with told(), ticking(_look_around, LOOK, LOOK):
            try:
                yield
            finally:
                watch.asleep = True
    finally:
        _watch.reset(watching)
        _work.reset(working)


@contextmanager
def told(place: Callable[..., Place | None] = lambda *about: None) -> Iterator[None]:
    """What is over a limit inside as a sentence; ``place`` is where the file has what it is about."""
    try:
        yield
    except (Spent, MemoryError) as over:
        watch = _watch.get()
        if watch is None:
            raise
        watch.asleep = True
        spent = over if isinstance(over, Spent) else Spent("memory")
        work, allowed = _work.get(), getattr(watch.limits, spent.limit)
        reason = spent.reason or f"stopped where {work.doing}"
        message = f"too large for {written(spent.limit, allowed)} of {WORDS[spent.limit]}: {reason}"
        need = spent.need or MORE * allowed
        about = place(*(spent.about or work.about))
        raise OverLimit(message, place=about, hint=_mend(spent.limit, need)) from over


def _mend(limit: str, need: float) -> str:
    if limit != "time" and need > BEYOND:
        return "make it smaller"
    more = written(limit, need)
    option = f"output={more}" if limit == "output" else more
    return f"make it smaller, or raise the limit, as in --limit {option}"


WORDS = {"time": "processor time", "memory": "memory", "output": "output"}


@contextmanager
def undisturbed() -> Iterator[None]:
    """What is done inside is not ended in the middle."""
    watch = _watch.get()
    if watch is None:
        yield
        return
    watch.asleep = True
    try:
        yield
    finally:
        watch.asleep = False


def working_on(doing: str, *about: str) -> None:
    """Say what is done from here on, for the sentence that ends it, and look whether it may go on."""
    _work.set(Work(doing, about))
    look()


def look() -> None:
    """Whether the work may go on. Raises `Spent`."""
    watch = _watch.get()
    if watch is not None and not watch.asleep and process_time() > watch.end:
        raise Spent("time")


def check_memory() -> None:
    """Whether the memory in use is within the limit. Raises `Spent`."""
    watch = _watch.get()
    if watch is not None and not watch.asleep and resident() > watch.most:
        raise Spent("memory")


def _look_around() -> None:
    look()
    check_memory()


def check_output(size: int) -> None:
    """Whether a file of so many bytes may be written. Raises `Spent`."""
    watch = _watch.get()
    if watch is not None and size > watch.limits.output:
        raise Spent("output", f"{_work.get().doing}, and takes {amount(size)}", need=size * ROOM)


def resident() -> int:
    """The bytes of memory in use; the most so far where the system says no more (macOS), else 0 (Windows)."""
    try:
        return int(STATM.read_bytes().split()[1]) * PAGESIZE
    except (OSError, ValueError, IndexError):
        if RESOURCE is None:
            return 0
        most: int = RESOURCE.getrusage(RESOURCE.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
