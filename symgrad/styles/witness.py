"""A witness in a line or two: the numbers at which two sides were compared, and what they are worth there."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from symgrad.checking.verdict import Judged
from symgrad.maths import naming
from symgrad.maths.latex import latex

_PLAIN = re.compile(r"−?\d+(\.\d+)?")
MOST_NAMES = 6
MOST_NUMBERS = 6


def told(judged: Judged) -> str:
    """Where two sides differ and what they are worth there, as far as the message leaves it out.

    Maths stands between dollars.
    """
    witness, found = judged.witness, values(judged)
    if witness is None or witness.left is None:
        return ""
    if isinstance(witness.at, str):
        return f"at the given numbers {found}" if found else ""
    numbers = ", ".join(_set(name, witness.at[name]) for name in [*witness.at][:MOST_NAMES])
    more = len(witness.at) - MOST_NAMES
    rest = f" (and {more} more)" if more > 0 else ""
    functions = "".join(f", {name} taken as {formula}" for name, formula in (witness.functions or {}).items())
    where = f"with {numbers}{rest}{functions}" if numbers else "whatever the numbers"
    return f"{where}: {found}" if found else where


def joined(judged: Judged) -> str:
    """The message, and behind it where the line fails."""
    message, where = judged.message, told(judged)
    if not message or not where:
        whole = message or where
    elif message[-1] in ".!?":
        whole = f"{message} {where[0].upper()}{where[1:]}"
    else:
        whole = f"{message}; {where}"
    return f"{whole}." if whole and whole[-1] not in ".!?" else whole


def _set(name: str, value: Any) -> str:
    """x = 0.7, a plain number and its name in one piece of maths; the learning rate in words."""
    shown = array(value)
    if not (name.isascii() and name.isidentifier()):
        return f"the {name} = {shown}"
    written = latex(naming.name(name, 0))
    is_plain = _PLAIN.fullmatch(shown) is not None
    return f"${written} = {shown.replace('−', '-')}$" if is_plain else f"${written}$ = {shown}"


def values(judged: Judged) -> str:
    """What the two sides are worth where they part, unless the message says it already."""
    witness = judged.witness
    if witness is None or witness.left is None or witness.right is None:
        return ""
    left, right = _laid(witness.left, witness.right)
    where = _largest(left, right)
    shown = number(left[where]), number(right[where])
    if all(text in judged.message.replace("-", "−") for text in shown):
        return ""
    if not where:
        return f"the left side is {shown[0]}, the right side {shown[1]}"
    place = ", ".join(str(index + 1) for index in where)
    return f"entry {place} is {shown[0]} on the left and {shown[1]} on the right"


def array(value: Any) -> str:
    """A number, or the first ones of an array: 0.7, (1, 2), (1, 2; 3, 4), (1, 2, 3, 4, 5, 6, …)."""
    numbers = np.asarray(value, dtype=float)
    if numbers.ndim == 0:
        return number(numbers)
    if numbers.size > MOST_NUMBERS or numbers.ndim > 2:
        shape = f", {' × '.join(map(str, numbers.shape))}" if numbers.ndim > 1 else ""
        return f"({', '.join(map(number, numbers.ravel()[:MOST_NUMBERS]))}, …{shape})"
    rows = numbers.reshape(-1, numbers.shape[-1]) if numbers.size else numbers[None]
    return f"({'; '.join(', '.join(map(number, row)) for row in rows)})"


def number(value: Any) -> str:
    """A number in four digits."""
    if not np.isfinite(value):
        return "undefined" if np.isnan(value) else "−∞" if value < 0 else "∞"
    return f"{float(value) + 0.0:.4g}".replace("-", "−")


def _laid(left: Any, right: Any) -> tuple[Any, Any]:
    """Both values in one shape; a single entry is a number."""
    a, b = np.broadcast_arrays(np.asarray(left, dtype=float), np.asarray(right, dtype=float))
    return (a.reshape(()), b.reshape(())) if a.size == 1 else (a, b)


def _largest(left: Any, right: Any) -> tuple[int, ...]:
    """Where two arrays differ most; where one is no number, that counts most."""
    off = np.abs(left - right)
    place = np.unravel_index(int(np.argmax(np.where(np.isnan(off), np.inf, off))), off.shape)
    return tuple(map(int, place))
