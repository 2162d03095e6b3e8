"""The mistakes that are known: every file of `symgrad.checking.mistakes` holds one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from symgrad.checking import mistakes
from symgrad.checking.explaining.record import Mistake


@cache
def catalogue() -> tuple[Mistake, ...]:
    """All mistakes, those first that say most where they fit."""
    files = (info.name for info in iter_modules(mistakes.__path__))
    found = (import_module(f"{mistakes.__name__}.{name}").MISTAKE for name in files)
    return tuple(sorted(found, key=lambda mistake: (mistake.rank, mistake.id)))


def by_id() -> Mapping[str, Mistake]:
    """The mistakes by their ids."""
    return {mistake.id: mistake for mistake in catalogue()}
