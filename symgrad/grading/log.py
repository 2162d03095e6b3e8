"""What was judged, one record a line, added to and never changed: a run that was ended loses nothing of it.

Only the process that runs it all writes here, each line at once. A last line that was torn is passed over
and judged again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from symgrad.grading.record import Record

NAME = "log.jsonl"


def read_log(folder: Path) -> dict[str, Record]:
    """The records in a folder by their keys, of each the last."""
    try:
        with (folder / NAME).open("rb") as stream:
            return {record.key: record for record in _records(stream)}
    except FileNotFoundError:
        return {}


def _records(stream: IO[bytes]) -> Iterator[Record]:
    decoder = msgspec.json.Decoder(Record)
    for line in stream:
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):  # torn, or of another time
            continue


class Log:
    """The log, open for adding to it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.stream = (folder / NAME).open("ab+")

    def __enter__(self) -> Log:
        end = self.stream.seek(0, os.SEEK_END)
        if end:
            self.stream.seek(end - 1)
            if self.stream.read(1) != b"\n":  # what follows a torn line begins a line of its own
                self.stream.write(b"\n")
        return self

    def add(self, record: Record) -> None:
        """Keep a record: once this is over, no end of the program takes it away."""
        self.stream.write(msgspec.json.encode(record) + b"\n")
        self.stream.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()
