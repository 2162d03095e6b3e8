"""The givens of a problem: numbers and arrays of them, each fault shown at its own row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from symgrad.errors import InputError
from symgrad.limits import MOST_AXES
from symgrad.reading.constants import NoValueError, value_of
from symgrad.reading.files import read_file
from symgrad.reading.formula import parse_formula
from symgrad.reading.source import Located, Path
from symgrad.tree import Array, names

_WRITE = "write the number out, as in 0.5 or 1e-3, or a formula of numbers, as in 1/3 or sqrt(2)"
_KINDS: dict[type, tuple[str, str]] = {
    bool: ("true and false are not numbers", "write 1 or 0"),
    type(None): ("a number is missing", _WRITE),
    dict: ("a mapping where a number is expected", _WRITE),
    list: (f"more than {MOST_AXES} axes", "write a number, a list, a list of rows, or a list of matrices"),
}


def read_array(located: Located, path: Path) -> Array:
    """The given at ``path`` as a read-only float64 array of at most `MOST_AXES` axes; a mapping names a file.

    A text is a formula of numbers alone, such as ``1/3`` or ``0.76 + log(4)``. Raises `InputError` for
    anything but finite numbers in lists of one length.
    """
    value = located.at(path)
    is_file = isinstance(value, dict)
    array = (
        read_file(located, path) if is_file else np.array(_entries(located, path, value, MOST_AXES), float)
    )
    array.flags.writeable = False
    return array


def formulas_in(located: Located, path: Path) -> Any:
    """The given at ``path`` as it is stated, in lists of formulas; None where it holds numbers alone."""
    value = located.at(path)
    return _stated(located, path, value) if _holds_text(value) else None


def _holds_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(map(_holds_text, value)))


def _stated(located: Located, path: Path, value: Any) -> Any:
    if isinstance(value, list):
        return [_stated(located, (*path, position), entry) for position, entry in enumerate(value)]
    text = value if isinstance(value, str) else repr(value)
    return parse_formula(text, located.place(path)).formula


def _entries(located: Located, path: Path, value: Any, rank: int) -> Any:
    if not isinstance(value, list) or rank == 0:
        return _number(located, path, value)
    if not value:
        raise _fault(located, path, "an empty array", "write its entries, or leave the given out")
    if _are_numbers(value):
        return value
    _check_rows(located, path, value)
    found = [_entries(located, (*path, position), entry, rank - 1) for position, entry in enumerate(value)]
    _check_matrices(located, path, found)
    return found


def _are_numbers(entries: list[Any]) -> bool:
    """Whether all are finite numbers: then none needs to be looked at for its fault."""
    try:
        return {*map(type, entries)} <= {int, float} and all(map(math.isfinite, entries))
    except OverflowError:
        return False


def _check_rows(located: Located, path: Path, rows: list[Any]) -> None:
    """All entries of a list are numbers, or all are rows of one length."""
    lengths = [len(row) if isinstance(row, list) else None for row in rows]
    for position, length in enumerate(lengths):
        if length != lengths[0]:
            message = f"{_row(position, length)}, {_row(0, lengths[0])}"
            raise _fault(located, (*path, position), message, "all rows of a matrix have the same length")


def _check_matrices(located: Located, path: Path, parts: list[Any]) -> None:
    """The parts, each a whole array by now, have one shape."""
    shapes = [np.shape(part) for part in parts]
    for position, shape in enumerate(shapes):
        if shape != shapes[0]:
            message = f"part {position + 1} has the shape {list(shape)}, part 1 the shape {list(shapes[0])}"
            raise _fault(located, (*path, position), message, "all parts of an array have the same shape")


def _row(position: int, length: int | None) -> str:
    what = "is no list" if length is None else f"has {length} entr{'y' if length == 1 else 'ies'}"
    return f"row {position + 1} {what}"


def _number(located: Located, path: Path, value: Any) -> float:
    if isinstance(value, str):
        return _worked_out(located, path, value)
    if type(value) not in (int, float):
        raise _fault(located, path, *_KINDS[type(value)])
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _fault(located, path, "a number that is not finite", "floats reach to 1.7e308")
    return number


def _worked_out(located: Located, path: Path, text: str) -> float:
    """The number that a formula without names has."""
    parsed = parse_formula(text, located.place(path))
    if any(names(parsed.formula)):
        raise _fault(located, path, "a text where a number is expected", _WRITE)
    try:
        return float(value_of(parsed.formula))
    except NoValueError as error:
        raise _fault(located, path, f"this has no value: {error}", _WRITE) from None


def _fault(located: Located, path: Path, message: str, hint: str) -> InputError:
    name = next(step for step in reversed(path) if isinstance(step, str))
    return InputError(f"{message} (in '{name}')", place=located.place(path), hint=hint)
