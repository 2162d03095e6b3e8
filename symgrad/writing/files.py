"""Files that appear whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from symgrad.errors import InputError
from symgrad.writing.passing import passing

CASELESS = sys.platform in ("darwin", "win32")
"""Whether the disks of this system take ``Lab.pdf`` and ``lab.pdf`` for one file."""
_HINT = "choose another folder with -o"


def check_apart(paths: Sequence[Path], stem: Callable[[Path], Path], doing: str) -> None:
    """Raises `InputError` where two inputs would write the same files, which are ``stem`` and an ending."""
    seen: dict[str, Path] = {}
    for path in paths:
        target = stem(path)
        key = str(target).casefold() if CASELESS else str(target)
        if key in seen:
            message = f"'{seen[key]}' and '{path}' would write the same files, '{target}.*'"
            raise InputError(message, hint=f"rename one, or {doing} them into different folders")
        seen[key] = path


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write all files, each first under a passing name beside its own, so that none is ever half written.

    Folders are made. Raises `InputError` where a file cannot be written.
    """
    temporary = {path: passing(path) for path in contents}
    try:
        for path, content in contents.items():
            _check_free(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary[path].write_bytes(content)
        for path, whole in temporary.items():
            whole.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot write '{path}': {reason}", hint=_HINT) from error
    finally:
        for left in temporary.values():
            with suppress(OSError):
                left.unlink()


def _check_free(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"cannot write '{path}': there is a folder of this name", hint=_HINT)
