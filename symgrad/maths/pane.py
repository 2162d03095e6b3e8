"""Boxes of text with a baseline, and how they are put together: what a formula is laid out with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Literal

from msgspec import Struct
from rich.cells import cell_len

Side = Literal["left", "centre", "right"]


class Pane(Struct, frozen=True):
    """Lines of the same width, in cells of a terminal; ``base`` is the number of the line of writing."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """Its width in cells."""
        return cell_len(self.lines[0])

    @property
    def height(self) -> int:
        """Its height in lines."""
        return len(self.lines)

    @property
    def below(self) -> int:
        """How many lines it has below the line of writing."""
        return self.height - 1 - self.base


EMPTY = Pane(("",))


def text(line: str) -> Pane:
    """One line of text."""
    return Pane((line,))


def blank(width: int, height: int = 1, base: int = 0) -> Pane:
    """Nothing but blanks."""
    return Pane((" " * width,) * height, base)


def beside(panes: Iterable[Pane]) -> Pane:
    """Side by side on one line of writing."""
    parts = [pane for pane in panes if pane.width]
    if not parts:
        return EMPTY
    above, below = max(pane.base for pane in parts), max(pane.below for pane in parts)
    rows = zip(*(grown(pane, above, below).lines for pane in parts), strict=True)
    return Pane(tuple(map("".join, rows)), above)


def above(panes: Sequence[Pane], base: int, side: Side = "centre") -> Pane:
    """One above the other; the line of writing is that of the pane number ``base``."""
    width = max(pane.width for pane in panes)
    lines = tuple(line for pane in panes for line in padded(pane, width, side).lines)
    return Pane(lines, sum(pane.height for pane in panes[:base]) + panes[base].base)


def padded(pane: Pane, width: int, side: Side = "centre") -> Pane:
    """Blanks added up to a width; ``side`` says where the pane stands among them."""
    free = max(0, width - pane.width)
    left = {"left": 0, "centre": free // 2, "right": free}[side]
    return Pane(tuple(" " * left + line + " " * (free - left) for line in pane.lines), pane.base)


def grown(pane: Pane, above: int, below: int) -> Pane:
    """Blank lines added until there are so many above and below the line of writing."""
    line = (" " * pane.width,)
    return Pane(line * (above - pane.base) + pane.lines + line * (below - pane.below), above)


def raised(pane: Pane, up: int) -> Pane:
    """The pane with its last line ``up`` lines above the line of writing."""
    return Pane(pane.lines + (" " * pane.width,) * up, pane.height - 1 + up)


def lowered(pane: Pane, down: int) -> Pane:
    """The pane with its first line ``down`` lines below the line of writing."""
    return Pane((" " * pane.width,) * down + pane.lines, 0)


def apart(high: Pane, up: int, low: Pane, down: int) -> Pane:
    """Two panes in one column, ``high`` raised and ``low`` lowered; not both stand on the line of writing."""
    width = max(high.width, low.width)
    top, bottom = padded(high, width, "left"), padded(low, width, "left")
    return Pane((*top.lines, *(" " * width,) * (up + down - 1), *bottom.lines), high.height - 1 + up)


def grid(rows: Sequence[Sequence[Pane]], sides: Sequence[Side], gap: int) -> Pane:
    """Rows of cells in columns, ``gap`` blanks apart; the line of writing is that of the middle."""
    widths = [max(cell.width for cell in column) for column in zip(*rows, strict=True)]
    lines: list[Pane] = []
    for row in rows:
        cells = [padded(*trio) for trio in zip(row, widths, sides, strict=True)]
        joined = reduce(lambda left, right: beside((left, blank(gap), right)), cells)
        lines.append(joined)
    whole = above(lines, 0)
    if len(lines) % 2:
        return above(lines, len(lines) // 2)
    return Pane(whole.lines, (whole.height - 1) // 2)


def sliced(pane: Pane, start: int, end: int) -> Pane:
    """The cells from ``start`` up to ``end`` of every line; marks stay on the letter before them."""
    return Pane(tuple(_cut(line, start, end) for line in pane.lines), pane.base)


def _cut(line: str, start: int, end: int) -> str:
    place, kept = 0, ""
    for char in line:
        wide = cell_len(char)
        at = place if wide else place - 1
        kept += char if start <= at < end else ""
        place += wide
    return kept
