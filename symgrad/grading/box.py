"""A folder or a ZIP of submissions as names and bytes: bounded, read in memory, never unpacked to disk."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.limits import amount
from symgrad.submission.read import MAX_NOTEBOOK

MOST_FILES = 50_000
MOST_BYTES = 4_000_000_000
"""Of all files of a ZIP, unpacked: nothing is, but what says so much is no class's work."""
RATIO, FREE = 200, 1_000_000
"""How many times a packed file may grow; one with fewer bytes than this may grow more."""
ENCRYPTED = 0x1
_OUTSIDE = re.compile(r"^(?:/|[A-Za-z]:)|(?:^|/)\.\.(?:/|$)|\x00")
_HINT = "it is not what a course's page hands out: look where it comes from"


class Box(Struct, frozen=True):
    """The names of files, ``/`` between folders, and a way to their bytes.

    ``read`` raises `InputError` for a file that is too large or cannot be read.
    """

    place: Path
    names: tuple[str, ...]
    read: Callable[[str], bytes]


def open_box(place: Path, without: Path | None = None) -> Box:
    """A folder, ``without`` a folder in it, or a ZIP. Raises `InputError` for what is neither, or hostile."""
    if place.is_dir():
        return _folder(place, without)
    try:
        return _zip(place)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read '{place}': {reason}", hint="name a folder or a ZIP") from error


def one_file(place: Path) -> Box:
    """A file alone."""
    return Box(place.parent, (place.name,), lambda name: _bounded(place))


def _folder(place: Path, without: Path | None) -> Box:
    names = tuple(sorted(_files(place, without)))
    return Box(place, names, lambda name: _bounded(place / name))


def _files(place: Path, without: Path | None) -> Iterator[str]:
    count = 0
    for folder, inner, files in os.walk(place):
        for name in (*inner, *files):
            count += 1
            if count > MOST_FILES:
                raise _refused(place, f"it holds more than {MOST_FILES:,} files")
            if os.path.islink(os.path.join(folder, name)):
                raise _refused(place, f"'{name}' in it is a link", "put the file itself there")
        here = Path(folder)
        inner[:] = [name for name in inner if without is None or not _same(here / name, without)]
        yield from ((here / name).relative_to(place).as_posix() for name in files)


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _bounded(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return _whole(stream.read(MAX_NOTEBOOK + 1))
    except OSError as error:
        raise InputError(f"it cannot be read: {(error.strerror or str(error)).lower()}") from error


def _zip(place: Path) -> Box:
    packed = zipfile.ZipFile(place)
    inside: dict[str, zipfile.ZipInfo] = {}
    total = 0
    if len(packed.filelist) > MOST_FILES:
        raise _refused(place, f"it holds more than {MOST_FILES:,} files")
    for info in packed.filelist:
        name = info.filename.replace("\\", "/")
        total += info.file_size
        if fault := _fault(name, info, total):
            raise _refused(place, fault)
        if info.is_dir():
            continue
        if name in inside:
            raise _refused(place, f"'{name}' is in it twice")
        inside[name] = info

    def read(name: str) -> bytes:
        try:
            with packed.open(inside[name]) as stream:
                return _whole(stream.read(MAX_NOTEBOOK + 1))
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
            raise InputError(f"it cannot be unpacked: {error}") from error

    return Box(place, tuple(sorted(inside)), read)


def _fault(name: str, info: zipfile.ZipInfo, total: int) -> str:
    """What is hostile about a file of a ZIP."""
    if _OUTSIDE.search(name):
        return f"'{name}' leads out of it"
    if stat.S_ISLNK(info.external_attr >> 16):
        return f"'{name}' in it is a link"
    if info.flag_bits & ENCRYPTED:
        return f"'{name}' in it is encrypted"
    if info.file_size > max(FREE, RATIO * info.compress_size):
        return f"'{name}' in it would grow from {amount(info.compress_size)} to {amount(info.file_size)}"
    return f"it would grow to more than {amount(MOST_BYTES)}" if total > MOST_BYTES else ""


def _whole(data: bytes) -> bytes:
    if len(data) > MAX_NOTEBOOK:
        raise InputError(f"it has more than {MAX_NOTEBOOK:,} bytes, the limit")
    return data


def _refused(place: Path, fault: str, hint: str = _HINT) -> InputError:
    return InputError(f"'{place}' is refused: {fault}", hint=hint)
