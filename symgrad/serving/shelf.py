"""The problems in a folder, by their names in it; what is not on the shelf cannot be asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from symgrad.errors import SymgradError
from symgrad.opening import open_problem
from symgrad.serving.task import Source

MOST_FILES, DEEPEST, MOST_BYTES = 500, 4, 1_000_000
ENDINGS = (".yaml", ".yml")
_FORWARD = re.compile(rb"^[\"']?forward[\"']?\s*:", re.MULTILINE)


class Offered(Struct, frozen=True):
    """A problem as it is offered: its name in the folder, its title, and where it is."""

    name: str
    title: str
    source: Source


def shelf(folder: Path) -> Mapping[str, Offered]:
    """The problems in a folder and below; links, and what is hidden, are passed over."""
    found: dict[str, Offered] = {}
    for path in _files(folder):
        try:
            about = path.stat()
        except OSError:
            continue
        title = _title(path, about.st_mtime_ns) if about.st_size <= MOST_BYTES else None
        if title is not None:
            name = path.relative_to(folder).as_posix()
            found[name] = Offered(name, title or name, Source(path, about.st_mtime_ns))
            if len(found) == MOST_FILES:
                break
    return found


def _files(folder: Path) -> Iterator[Path]:
    for place, inner, files in os.walk(folder):
        here = Path(place)
        depth = len(here.relative_to(folder).parts)
        inner[:] = sorted(name for name in inner if not name.startswith(".") and depth < DEEPEST)
        for name in sorted(files):
            path = here / name
            if path.suffix.lower() in ENDINGS and not name.startswith(".") and not path.is_symlink():
                yield path


@lru_cache(2 * MOST_FILES)
def _title(path: Path, stamp: int) -> str | None:
    """The title of a problem, nothing where it has none or cannot be used; None where it is no problem."""
    try:
        if not _FORWARD.search(path.read_bytes()):
            return None
        return open_problem(path).title
    except OSError:
        return None
    except SymgradError:
        return ""
