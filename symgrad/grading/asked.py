"""What a class was marked by, kept beside what came of it: marks can be made again from the folder alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.grading.grading import Grading, Request, decisions_in
from symgrad.limits import Limits
from symgrad.running import Outcome
from symgrad.writing.files import write_files

NAME = "asked.json"
PLACES = ("place", "problem", "rubric")
"""Kept as the way from the folder: it may be moved together with them."""
AS_IT_IS = ("names", "pattern", "share")
HINT = "name the folder that symgrad grade has written, and let it write once more"


def keep(asked: Request) -> None:
    """Keep what was asked for, as far as marks depend on it."""
    kept: dict[str, Any] = {name: getattr(asked, name) for name in AS_IT_IS}
    kept |= {name: _way(getattr(asked, name), asked.folder) for name in PLACES}
    kept["limits"] = msgspec.to_builtins(asked.limits)
    write_files({asked.folder / NAME: msgspec.json.format(msgspec.json.encode(kept)) + b"\n"})


def kept(folder: Path) -> Request:
    """What was asked for in a folder. Raises `InputError` where that is not known."""
    try:
        found = msgspec.json.decode((folder / NAME).read_bytes(), type=dict[str, Any])
        request: dict[str, Any] = {name: found[name] for name in AS_IT_IS}
        request |= {name: None if found[name] is None else folder / found[name] for name in PLACES}
        limits = msgspec.convert(found["limits"], Limits)
        return Request(folder=folder, limits=limits, jobs=1, **request)
    except (OSError, msgspec.MsgspecError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise InputError(f"'{folder}' holds no marked class", hint=HINT) from error


def decide(folder: Path, sets: tuple[str, ...], why: str, everywhere: bool) -> Outcome:
    """Keep decisions on the class in a folder, as ``symgrad grade --set`` does, and mark it again.

    Raises `InputError` for what decides nothing, where there is work that is not judged yet, and where other
    marks would change as well: by another rubric, say.
    """
    grading = Grading(replace(kept(folder), sets=sets, why=why, everywhere=everywhere))
    grading.ready()
    if grading.tasks:
        raise InputError("there is work that is not judged yet", hint="run symgrad grade again first")
    changes = grading.changes()
    if changes is not None:
        message = f"{changes.said} would change as well"
        raise InputError(message, hint="run symgrad grade again first, and look at what it tells")
    decisions = decisions_in(grading)
    return grading.written(grading.results(decisions), decisions)


def _way(path: Path | None, folder: Path) -> str | None:
    if path is None:
        return None
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(path.resolve())
