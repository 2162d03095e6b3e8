"""How much a line and a sheet may take; what takes more is not judged, and says so.

It is counted in nodes that are worked out, so that a slow or a busy machine finds what a quick one finds.
Seconds are a far bound, for what makes few nodes and takes long.
"""

from __future__ import annotations

from time import process_time

from msgspec import Struct, field

from symgrad.checking.worlds.tensor import TooLong

LINE_NODES = 8_000
SHEET_NODES = 40_000
"""For what the letters mean, and the verdicts; the causes come after."""
SHEET_SECONDS = 7.0
"""The same in seconds of the processor, with reading."""


class Meter(Struct):
    """What a sheet has taken so far: nodes worked out, since some time of the processor."""

    nodes: int = 0
    started: float = field(default_factory=process_time)


class Effort(Struct):
    """What is left for a line, and for the sheet that it stands in: nodes, and for the sheet seconds too."""

    line: int = LINE_NODES
    sheet: int = SHEET_NODES
    seconds: float = SHEET_SECONDS
    meter: Meter = field(default_factory=Meter)
    ends: float = float("inf")

    def shared(self, line: int, sheet: int = SHEET_NODES, seconds: float = SHEET_SECONDS) -> Effort:
        """Of the same sheet, whose meter runs on: nodes for a line, and for the sheet so far."""
        return Effort(line, sheet, seconds, self.meter)

    def renew(self) -> None:
        """A new line begins; there is nothing for it where the sheet has had its seconds."""
        self.ends = min(self.meter.nodes + self.line, self.sheet) if self.left > 0 else -1

    def spend(self, nodes: int = 1) -> None:
        """So many more nodes are worked out. Raises `TooLong` where nothing is left."""
        self.meter.nodes += nodes
        if self.meter.nodes > self.ends:
            raise TooLong

    @property
    def left(self) -> float:
        """Seconds that are left for the sheet; below zero where it took longer, or more nodes."""
        if self.meter.nodes > self.sheet:
            return -1.0
        return self.meter.started + self.seconds - process_time()

    @property
    def half(self) -> bool:
        """Whether half of what a line may take is spent."""
        return self.meter.nodes > self.ends - self.line / 2
