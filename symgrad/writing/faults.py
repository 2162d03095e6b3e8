"""What is wrong with a template of the user's own, told with its place."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symgrad.errors import InputError, SymgradError

_HINT = "the documents of symgrad's own templates are there to extend: symgrad/document.tex.j2"


@contextmanager
def template_faults(own: Path | None) -> Iterator[None]:
    """Whatever fails where templates of ``own`` are written is an `InputError`; without any nothing is."""
    try:
        yield
    except Exception as error:
        # A template that is not found is an error of files to Jinja, and of look-ups too.
        others = isinstance(error, SymgradError | OSError) and not isinstance(error, LookupError)
        if own is None or others:
            raise
        raise InputError(f"{_place(error, own)}: {error}", hint=_HINT) from error


def _place(error: Exception, own: Path) -> str:
    """The template and the line of it that failed; the folder where that is not known."""
    name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    frames = [(each.filename, each.lineno) for each in traceback.extract_tb(error.__traceback__)]
    inside = [frame for frame in frames if frame[0].startswith(str(own))]
    if name is None and inside:
        name, line = inside[-1]
    return f"{name or own}{f':{line}' if line else ''}"
