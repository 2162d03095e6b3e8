"""The problems in a folder, by their names in it; what is not on the shelf cannot be asked for."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import SymgradError
from symgrad.reading.yaml import read_yaml
from symgrad.serving.task import Source

MOST_FILES, DEEPEST, MOST_BYTES = 500, 4, 1_000_000
ENDINGS = (".yaml", ".yml")
_FORWARD = re.compile(r"^[\"']?forward[\"']?\s*:", re.MULTILINE)
_TITLE = re.compile(r"^[\"']?title[\"']?\s*:.*$", re.MULTILINE)


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
    titles = Counter(each.title for each in found.values())
    return {
        name: replace(each, title=f"{each.title} ({name})") if titles[each.title] > 1 else each
        for name, each in found.items()
    }


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
    """The title of a problem, nothing where it has none; None where a file is no problem.

    Of a file only this row is read: there may be a variant for every student of a class.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    if not _FORWARD.search(text):
        return None
    stated = _TITLE.search(text)
    try:
        data = read_yaml(stated[0], path.name).data if stated else {}
    except SymgradError:
        return ""
    title = data.get("title") if isinstance(data, dict) else None
    return title if isinstance(title, str) else ""
