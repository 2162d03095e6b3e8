"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from symgrad.errors import InputError

_HINT = "choose another folder with -o"


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write all files, each first under a passing name beside its own, so that none is ever half written.

    Folders are made. Raises `InputError` where a file cannot be written.
    """
    passing = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    try:
        for path, content in contents.items():
            _check_free(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            passing[path].write_bytes(content)
        for path, temporary in passing.items():
            temporary.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot write '{path}': {reason}", hint=_HINT) from error
    finally:
        for temporary in passing.values():
            with suppress(OSError):
                temporary.unlink()


def _check_free(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"cannot write '{path}': there is a folder of this name", hint=_HINT)
