"""Passing files and folders, named after their process: the next run removes those of one that was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

ENDING = ".symgrad"
PREFIX = "symgrad-"
_FILE = re.compile(rf"\..+\.(\d+){re.escape(ENDING)}")
_FOLDER = re.compile(rf"{PREFIX}(\d+)-.+")


def passing(path: Path) -> Path:
    """The name that a file has until it is whole."""
    sweep(path.parent)
    return path.with_name(f".{path.name}.{os.getpid()}{ENDING}")


@contextmanager
def passing_folder() -> Iterator[Path]:
    """An empty folder for a while."""
    place = Path(tempfile.gettempdir())
    for folder in _left_behind(place, _FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", dir=place) as made:
        yield Path(made)


@cache
def sweep(folder: Path) -> None:
    """Remove the passing files of processes that are no more, once in the life of this one."""
    for file in _left_behind(folder, _FILE):
        with suppress(OSError):
            file.unlink()


def _left_behind(folder: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    with suppress(OSError):
        for name in os.listdir(folder):
            found = pattern.fullmatch(name)
            if found and not _is_alive(int(found[1])):
                yield folder / name


def _is_alive(process: int) -> bool:
    """Whether a process runs; where that cannot be asked without harm, it may."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
