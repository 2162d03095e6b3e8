"""Files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from symgrad.errors import InputError
from symgrad.writing.passing import passing

_HINT = "choose another folder with -o"


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
