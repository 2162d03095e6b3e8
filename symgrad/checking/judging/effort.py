"""How long a line and a sheet may take; what takes longer is not judged, and says so."""

from __future__ import annotations

from time import process_time

from msgspec import Struct, field

from symgrad.checking.meaning.scope import TooLong

LINE_SECONDS = 2.0
SHEET_SECONDS = 6.5
"""For reading, for what the letters mean, and the verdicts; the causes come after."""


class Effort(Struct):
    """Seconds of the processor that are left for a line and for the sheet that it stands in."""

    line: float = LINE_SECONDS
    sheet: float = SHEET_SECONDS
    started: float = field(default_factory=process_time)
    ends: float = float("inf")

    def shared(self, line: float, sheet: float = SHEET_SECONDS) -> Effort:
        """Of the same sheet, whose clock runs on: seconds for a line, and for the sheet so far."""
        return Effort(line, sheet, self.started)

    def renew(self) -> None:
        """A new line begins."""
        self.ends = min(process_time() + self.line, self.started + self.sheet)

    def spend(self) -> None:
        """Raises `TooLong` where nothing is left."""
        if process_time() > self.ends:
            raise TooLong

    @property
    def left(self) -> float:
        """Seconds that are left for the sheet; below zero where it took longer."""
        return self.started + self.sheet - process_time()

    @property
    def half(self) -> bool:
        """Whether half of what a line may take is spent."""
        return process_time() > self.ends - self.line / 2
