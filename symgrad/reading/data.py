"""A problem written in Python (dicts, lists, arrays), as the same plain data that a file gives.

There is no line to point at, so a place is the path of keys: ``forward.u``, ``given.W[1]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symgrad.errors import InputError, Place
from symgrad.limits import MOST_AXES
from symgrad.reading.source import Located, Path, Source
from symgrad.reading.text import MAX_BYTES, check_printable
from symgrad.reading.yaml import MAX_DEPTH

WHOLE = "problem"
"""The place of a problem as a whole."""


class KeyPlace(Place, frozen=True):
    """A place in Python data: ``file`` is the path of keys, ``text`` the text that stands there."""

    @property
    def where(self) -> str:
        """The path, as a message begins."""
        return self.file

    @property
    def row(self) -> str:
        """The path, within a sentence."""
        return f"under '{self.file}'"


class DataLocated(Located, frozen=True):
    """Plain data whose places are paths of keys."""

    def written(self, path: Path) -> str:
        """A number as Python writes it."""
        return repr(self.at(path))

    def place(self, path: Path) -> Place:
        """The place of the value at ``path``, or of the nearest value around it."""
        while path not in self.values:
            path = path[:-1]
        value = self.at(path)
        return _place(path, value if isinstance(value, str) else "")

    def key_place(self, path: Path) -> Place:
        """The place of the key that ends ``path``, or of the value where there is no such key."""
        return _place(path, str(path[-1])) if path in self.keys else self.place(path)


def located_data(data: Mapping[str, Any]) -> Located:
    """Python data with the place of every value.

    NumPy arrays and numbers, data frames and tensors become lists and numbers, tuples lists. Raises
    `InputError` for any other type, for keys that are no text, and for control characters in a text.
    """
    values: dict[Path, tuple[int, int]] = {}
    keys: dict[Path, tuple[int, int]] = {}
    plain = _plain(data, (), values, keys)
    return DataLocated(plain, Source(WHOLE, ""), values, keys)


def _plain(value: Any, path: Path, values: dict[Path, Any], keys: dict[Path, Any]) -> Any:
    values[path] = (0, 0)
    if len(path) > MAX_DEPTH:
        message = f"nested more than {MAX_DEPTH} deep"
        raise InputError(message, place=_place(path), hint=f"an array has at most {MOST_AXES} axes")
    if hasattr(value, "__array__"):
        value = _numbers(value, path)
    match value:
        case Mapping():
            return {_key(key, path, keys): _plain(v, (*path, key), values, keys) for key, v in value.items()}
        case list() | tuple():
            return [_plain(part, (*path, n), values, keys) for n, part in enumerate(value)]
        case str():
            return _text(str(value), path)
        case bool() | int() | float() | None:
            return value
    raise InputError(
        f"a value of type {type(value).__name__} cannot be read",
        place=_place(path),
        hint="a problem is made of text, numbers, lists, mappings and arrays",
    )


def _numbers(value: Any, path: Path) -> Any:
    """What an array of NumPy, pandas, PyTorch or another library holds, by the protocol they share."""
    try:
        return np.asarray(value).tolist()
    except (RuntimeError, TypeError, ValueError) as error:
        kind = f"{type(value).__module__.partition('.')[0]}.{type(value).__name__}"
        hint = "give it as a NumPy array"
        raise InputError(f"this {kind} gives no numbers: {error}", place=_place(path), hint=hint) from None


def _key(key: Any, path: Path, keys: dict[Path, Any]) -> str:
    if not isinstance(key, str):
        raise InputError(f"the key {key!r} is no text", place=_place(path), hint="a key is a name")
    _text(key, (*path, key))
    keys[(*path, key)] = (0, 0)
    return key


def _text(text: str, path: Path) -> str:
    if len(text) > MAX_BYTES:
        raise InputError(f"a text of more than {MAX_BYTES:,} characters", place=_place(path))
    check_printable(text, lambda start, end: _place(path))
    return text


def _place(path: Path, text: str = "") -> KeyPlace:
    where = ""
    for step in path:
        where += f"[{step}]" if isinstance(step, int) else f".{step}"
    line = "".join(" " if char.isspace() else char for char in text)
    return KeyPlace(where.removeprefix(".") or WHOLE, 1, 1, line, max(1, len(line)))
