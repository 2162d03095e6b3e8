"""The known name nearest to a mistyped one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher, get_close_matches

from symgrad.errors import InputError

ALIKE = 0.6
"""The share of letters in common from which two names are alike: x and xx, lam and lambda."""


def nearest(name: str, known: Iterable[str], cutoff: float = 0.7) -> str | None:
    """The known name most like ``name``; one that differs in case alone counts as alike."""
    known = list(known)
    same = [other for other in known if len(name) > 1 and other != name and other.lower() == name.lower()]
    return next(iter(same or get_close_matches(name, known, n=1, cutoff=cutoff)), None)


def alike(left: str, right: str) -> bool:
    """Whether two names may be meant as one: W and w, x and xx, y_hat and yhat, W1 and W2, X and X_train.

    >>> alike("lam", "lambda"), alike("x", "y")
    (True, False)
    """
    a, b = (name.lower().replace("_", "") for name in (left, right))
    numbered = re.sub("[0-9]", "0", a) == re.sub("[0-9]", "0", b)
    stem = left.split("_")[0].lower() == right.split("_")[0].lower()
    return numbered or stem or sorted(a) == sorted(b) or SequenceMatcher(None, a, b).ratio() >= ALIKE


def mend(name: str, known: Iterable[str], otherwise: str) -> str:
    """The hint for an unknown name: the nearest known one, else what stands in ``otherwise``."""
    found = nearest(name, known, cutoff=0.6)
    return f"did you mean '{found}'?" if found else otherwise


def check_name(key: str, name: str, known: Collection[str]) -> None:
    """Raises `InputError` for a name that is not known, with the nearest one that is."""
    if name not in known:
        raise InputError(f"unknown {key} '{name}'", hint=mend(name, known, there_is(known)))


def there_is(known: Iterable[str]) -> str:
    """The names that are known, for a hint."""
    return f"there is {', '.join(known)}"
