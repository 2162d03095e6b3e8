"""The known name nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], cutoff: float = 0.7) -> str | None:
    """The known name most like ``name``; one that differs in case alone counts as alike."""
    known = list(known)
    same = [other for other in known if len(name) > 1 and other != name and other.lower() == name.lower()]
    return next(iter(same or get_close_matches(name, known, n=1, cutoff=cutoff)), None)


def mend(name: str, known: Iterable[str], otherwise: str) -> str:
    """The hint for an unknown name: the nearest known one, else what stands in ``otherwise``."""
    found = nearest(name, known, cutoff=0.6)
    return f"did you mean '{found}'?" if found else otherwise
