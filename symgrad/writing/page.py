"""The page that LaTeX and Typst share: its measures in em, and what has to be fitted to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from symgrad.document.blocks import Display, Inline, Table
from symgrad.document.breaking import SURE, Line
from symgrad.document.columns import STEP_ROOM, column_parts
from symgrad.languages import Language
from symgrad.maths.measure import height, width
from symgrad.maths.nodes import Maths
from symgrad.writing.drawing import drawn
from symgrad.writing.plot import plotted
from symgrad.writing.tables import table_columns

LINE_WIDTH = 40.0
INDENT = 1.5
# How high a table may be that is kept on one page (a higher one would leave too much of a page empty, and
# goes on under its header), and what stands between its rows.
WHOLE_HEIGHT = 16.0
ROW_GAP = 1.2
# What a formula in a sentence may take: remarks are set in from the margin.
TEXT_ROOM = 38.0


def filters(marker: type[str], say: Language) -> dict[str, Callable[..., Any]]:
    """What templates of both formats call; numbers come as text of the format, by its marker type."""
    return {
        "columns": _columns,
        "drawing": lambda figure: drawn(figure, LINE_WIDTH, say),
        "parts": _parts,
        "plotted": lambda plot: plotted(plot, say),
        "said": say,
        "whole": is_whole,
        "wider": _wider,
        "number": lambda value: marker(f"{value:.4g}"),
        "step_room": lambda _: STEP_ROOM,
    }


def _wider(node: Maths, room: float | None) -> bool:
    """Whether a formula in a sentence might not fit, so that it has to be measured in type."""
    return width(node) > SURE * (room or TEXT_ROOM)


def _columns(table: Table) -> tuple[float | None, ...]:
    return table_columns(table, LINE_WIDTH - INDENT)


def is_whole(table: Table) -> bool:
    """Whether a table is low enough to be kept on one page."""
    rows = (
        max((height(part.maths) for cell in row for part in cell if isinstance(part, Inline)), default=1)
        for row in table.rows
    )
    return not any(_columns(table)) and sum(row + ROW_GAP for row in rows) <= WHOLE_HEIGHT


@lru_cache(maxsize=4096)
def _parts(display: Display, room: float = LINE_WIDTH - INDENT) -> tuple[tuple[Line, ...], ...]:
    return column_parts(display, room)
