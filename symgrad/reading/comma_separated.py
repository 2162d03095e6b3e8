"""The array in a file of comma-separated numbers (.csv): a line a row, and nothing but numbers.

A number is written as in YAML. One line, or one number a line, is a vector, and a single number a scalar,
as `np.loadtxt` reads them. Empty lines at the end are none.
"""

from __future__ import annotations

import math
import re
from typing import BinaryIO

import numpy as np

from symgrad.errors import InputError
from symgrad.reading.npy import MAX_NUMBERS
from symgrad.reading.text import line_feeds
from symgrad.reading.yaml import FLOAT
from symgrad.tree import Array

MAX_BYTES = 32 * MAX_NUMBERS
SHOWN = 30
"""Characters of an entry in a message."""
_LINES = "a line is a row of numbers, as in 0.5, -1e-3, 2"
_LIMIT = f"the limit is {MAX_NUMBERS:,} numbers a file"
_MENDS = (
    (re.compile(r"(?i)^[-+]?(nan|inf)"), "a given is finite"),
    (re.compile(r"[;\t\d] *[;\t ]"), "part the numbers by commas, and write them with a point: 0.5, 2"),
    (re.compile(r"[\"'#A-Za-z_]"), "without headings and quotes: every line is a row of numbers"),
    (re.compile(""), _LINES),
)


def read_csv(stream: BinaryIO, size: int) -> Array:
    """The array in a file of ``size`` bytes, as float64. Raises `InputError` that names the file's line."""
    if size > MAX_BYTES:
        raise InputError(f"it takes {size:,} bytes", hint=f"the limit is {MAX_BYTES:,} bytes")
    numbers: list[float] = []
    width = 0
    for row, line in enumerate(_lines(stream.read(size)), 1):
        found = line.count(",") + 1
        if row > 1 and found != width:
            message = f"line {row} has {_counted(found)}, line 1 has {_counted(width)}"
            raise InputError(message, hint="all rows of a matrix have the same length")
        width = found
        if len(numbers) + width > MAX_NUMBERS:
            raise InputError(f"line {row} is beyond the limit", hint=_LIMIT)
        numbers += (_number(entry.strip(" "), row) for entry in line.split(","))
    shape = tuple(length for length in (len(numbers) // width, width) if length > 1)
    return np.array(numbers, dtype=np.float64).reshape(shape)


def _lines(raw: bytes) -> list[str]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        message = f"line {row}: byte 0x{raw[error.start]:02x} is not UTF-8"
        raise InputError(message, hint="save the file as UTF-8") from error
    text = line_feeds(text).rstrip(" \n")
    if not text:
        raise InputError("it is empty", hint=_LINES)
    if (lines := text.count("\n") + 1) > MAX_NUMBERS:
        raise InputError(f"it has {lines:,} lines", hint=_LIMIT)
    return text.split("\n")


def _number(entry: str, row: int) -> float:
    if not FLOAT.fullmatch(entry):
        message = f"line {row}: '{entry[:SHOWN]}' is no number"
        message = message if entry else f"line {row}: a number is missing"
        raise InputError(message, hint=next(hint for sign, hint in _MENDS if sign.search(entry)))
    if not math.isfinite(number := float(entry)):
        raise InputError(f"line {row}: a number that is not finite", hint="floats reach to 1.7e308")
    return number


def _counted(number: int) -> str:
    return f"{number:,} entr{'y' if number == 1 else 'ies'}"
