"""Numbers from a file beside the problem: ``W1: {file: W1.npy}``.

Only what lies in the folder of the problem file, or below it, is opened; where a link leads counts, not how
a name is written. What is opened is an ordinary file, and is held against its limit before it is read.
"""

from __future__ import annotations

import os
import pathlib
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from symgrad.errors import InputError
from symgrad.reading.comma_separated import read_csv
from symgrad.reading.npy import read_npy
from symgrad.reading.source import Located, Path
from symgrad.tree import Array

FILE = "file"
FORMATS: Mapping[str, Callable[[BinaryIO, int], Array]] = {".npy": read_npy, ".csv": read_csv}
_WRITE = "write it as in {file: W.npy} or {file: W.csv}"
# A pipe is not waited for, and a link is not followed that was put there after it was looked at.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_NOCTTY"))


def read_file(located: Located, path: Path) -> Array:
    """The numbers of the file that is named at a path of the problem, as float64.

    Raises `InputError` at the name for a file that is not there, not allowed, or not as its ending says.
    """
    name = _name(located, path)
    try:
        return _read(_inside(located.folder, name), name)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        fault = InputError(f"cannot read '{name}': {reason}", hint="look at the file's name")
    except InputError as error:
        fault = error
    raise InputError(fault.message, place=located.place((*path, FILE)), hint=fault.hint)


def files_named(located: Located) -> Iterator[pathlib.Path]:
    """The files whose numbers a problem reads, whether they are there and right or not."""
    data = located.data if isinstance(located.data, dict) else {}
    update = data.get("update")
    each = update.get("each") if isinstance(update, dict) else ()
    for givens in (data.get("given"), *(each if isinstance(each, list) else ())):
        for value in givens.values() if isinstance(givens, dict) else ():
            if isinstance(value, dict) and isinstance(name := value.get(FILE), str):
                try:
                    yield _inside(located.folder, name)
                except (InputError, OSError, ValueError):
                    continue


def _name(located: Located, path: Path) -> str:
    found: Mapping[str, Any] = located.at(path)
    if FILE not in found:
        message = f"a mapping where a number is expected (in '{path[-1]}')"
        hint = "write the numbers out, as in [0.5, 1e-3], or name a file, as in {file: W.npy}"
        raise InputError(message, place=located.place(path), hint=hint)
    for key in found:
        if key != FILE:
            message = f"unknown key '{key}' (in '{path[-1]}')"
            raise InputError(message, place=located.key_place((*path, key)), hint=_WRITE)
    name = found[FILE]
    if not isinstance(name, str):
        message = f"'{FILE}' must be the name of a file"
        raise InputError(message, place=located.place((*path, FILE)), hint=_WRITE)
    return name


def _inside(folder: pathlib.Path | None, name: str) -> pathlib.Path:
    """Where a file really is. Raises `InputError` for another kind of file, and for one that is outside."""
    if pathlib.Path(name).suffix.lower() not in FORMATS:
        raise InputError(f"'{name}' is no {' or '.join(FORMATS)} file", hint=_WRITE)
    if folder is None:
        message = f"'{name}' stands beside no problem file"
        hint = "save the problem in a file beside it; in Python give the array itself, as in np.load('W.npy')"
        raise InputError(message, hint=hint)
    real = pathlib.Path(os.path.realpath(folder / name))
    if not real.is_relative_to(os.path.realpath(folder)):
        message = f"'{name}' is outside the folder of the problem file"
        raise InputError(message, hint="put a copy of it into that folder, or into one below")
    return real


def _read(path: pathlib.Path, name: str) -> Array:
    with open(path, "rb", opener=lambda file, flags: os.open(file, flags | _FLAGS)) as stream:
        about = os.fstat(stream.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise InputError(f"'{name}' is no ordinary file", hint="look at the file's name")
        try:
            return FORMATS[pathlib.Path(name).suffix.lower()](stream, about.st_size)
        except InputError as error:
            raise InputError(f"'{name}': {error.message}", hint=error.hint) from error
