"""From the bytes of a file to a clean text: bounded, UTF-8, line feeds, no control characters."""

from __future__ import annotations

import pathlib
import re
import sys
from collections.abc import Callable

from symgrad.errors import InputError, Place
from symgrad.reading.source import Source

MAX_BYTES = 1_000_000
STANDARD = pathlib.Path("-")
"""Standard input, or output."""

_UNPRINTABLE = "[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_HIDDEN = "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
"""Signs without a look of their own that part a word or turn what follows around; they say nothing here.

Both patterns are compiled where a text has other signs than ASCII's: that takes as long as reading a file.
"""
_BLANKS = str.maketrans("", "", "\t\n")


def load_source(path: pathlib.Path) -> Source:
    """The text of a file. Raises `InputError` where it cannot be read, is too large, or is not UTF-8."""
    try:
        raw = file_bytes(path, MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read '{path}': {reason.lower()}", hint="look at the file's name") from error
    if len(raw) > MAX_BYTES:
        raise _too_large(str(path))
    return make_source(_decode(raw, str(path)), str(path))


def file_bytes(path: pathlib.Path, most: int = -1) -> bytes:
    """The first bytes of a file, or all of them; of standard input where it is called ``-``.

    Raises `OSError` where it cannot be read.
    """
    if path == STANDARD:
        return sys.stdin.buffer.read(most)
    with path.open("rb") as stream:
        return stream.read(most)


def make_source(text: str, file: str) -> Source:
    """A text in lines that end alike, without signs that nobody sees, such as a mark at its beginning."""
    if len(text) > MAX_BYTES:
        raise _too_large(file)
    lines = line_feeds(text)
    source = Source(file, lines if lines.isascii() else re.sub(_HIDDEN, "", lines))
    check_printable(source.text, source.place)
    return source


def check_printable(text: str, place: Callable[[int, int], Place]) -> None:
    """Raises `InputError` at the first control character; ``place`` tells where a span of the text stands."""
    if text.isascii() and text.translate(_BLANKS).isprintable():
        return
    if found := re.search(_UNPRINTABLE, text) or re.search(_HIDDEN, text):
        message = f"control character U+{ord(found[0]):04X}"
        raise InputError(message, place=place(*found.span()), hint="delete it; the file must be plain text")


def line_feeds(text: str) -> str:
    """A text in which every line ends in a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _too_large(file: str) -> InputError:
    return InputError(f"'{file}' is larger than {MAX_BYTES:,} bytes", hint="a problem file holds one problem")


def _decode(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = line_feeds(raw[: error.start].decode("utf-8").removeprefix("\ufeff"))
        place = Source(file, before).place(len(before), len(before) + 1)
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise InputError(message, place=place, hint="save the file as UTF-8") from error
