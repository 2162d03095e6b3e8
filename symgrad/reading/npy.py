"""The array in a NumPy file (.npy), read without NumPy's own reader: no pickle, and no header is evaluated.

The header is held against the limits and the length of the file before a number is read.
"""

from __future__ import annotations

import math
import re
from typing import BinaryIO

import numpy as np

from symgrad.errors import InputError
from symgrad.limits import MOST_AXES
from symgrad.tree import Array

MAGIC = b"\x93NUMPY"
LENGTHS = {1: 2, 2: 4, 3: 4}
"""By the version of the format: how many bytes tell the length of the header."""
MAX_HEADER = 10_000
MAX_NUMBERS = 1_000_000

# https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: the keys in alphabetic order.
_HEADER = re.compile(
    r"\{\s*'descr':\s*(?P<type>.*?),\s*'fortran_order':\s*(?P<by_columns>True|False),"
    r"\s*'shape':\s*\((?P<shape>[\d, ]{0,100})\),?\s*\}\s*",
    re.DOTALL,
)
_REAL = re.compile(r"'([<>=|]?(?:[iu][1248]|f[248]))'")
_SAVE = "save it anew, as in np.save('W.npy', W.astype(float))"


def read_npy(stream: BinaryIO, size: int) -> Array:
    """The array in a file of ``size`` bytes, as float64; single and half precision by their decimals.

    Raises `InputError` for anything but a whole file of finite real numbers with at most `MOST_AXES` axes.
    """
    header = _header(stream)
    found = _HEADER.fullmatch(header)
    if not found:
        raise InputError("its header is not as NumPy writes it", hint=_SAVE)
    real = _REAL.fullmatch(found["type"])
    if not real:
        raise InputError(f"its entries are of the type {found['type'][:60]}, no real numbers", hint=_SAVE)
    kind = np.dtype(real[1])
    shape = _shape(found["shape"])
    held, told = size - stream.tell(), math.prod(shape) * kind.itemsize
    if held != told:
        raise InputError(f"it holds {held:,} bytes of numbers, and its header tells of {told:,}", hint=_SAVE)
    array = np.frombuffer(stream.read(told), kind).reshape(
        shape, order="F" if found["by_columns"] == "True" else "C"
    )
    return _doubles(array)


def _header(stream: BinaryIO) -> str:
    magic, version = stream.read(len(MAGIC)), stream.read(2)
    if magic != MAGIC or len(version) < 2 or version[0] not in LENGTHS:
        raise InputError("it is no NumPy file", hint=_SAVE)
    length = int.from_bytes(stream.read(LENGTHS[version[0]]), "little")
    if length > MAX_HEADER:
        raise InputError(f"its header takes {length:,} bytes; the limit is {MAX_HEADER:,}", hint=_SAVE)
    return stream.read(length).decode("latin-1")


def _shape(text: str) -> tuple[int, ...]:
    shape = tuple(int(size) for part in text.split(",") if (size := part.replace(" ", "")))
    written = f"({', '.join(map(str, shape))})"
    if len(shape) > MOST_AXES:
        raise InputError(f"its shape is {written}", hint=f"an array has at most {MOST_AXES} axes")
    if not (numbers := math.prod(shape)):
        raise InputError(f"its shape is {written}: it is empty", hint="leave the given out")
    if numbers > MAX_NUMBERS:
        message = f"its shape is {written}: {numbers:,} numbers"
        raise InputError(message, hint=f"the limit is {MAX_NUMBERS:,} numbers a file")
    return shape


def _doubles(array: Array) -> Array:
    """Float64 of the same decimals: the single 0.1 is 0.1, and not 0.10000000149."""
    short = array.dtype.kind == "f" and array.dtype.itemsize < 8
    found = (array.astype(str) if short else array).astype(np.float64)
    if not np.isfinite(found).all():
        where = np.argwhere(~np.isfinite(found))[0].tolist()
        message = f"its entry {where} is {found[tuple(where)]}" if where else f"it is {found}"
        raise InputError(message, hint="a given is finite; entries are counted from 0")
    return found
