"""How wide the columns of a table are."""

from __future__ import annotations

from symgrad.document.blocks import Table
from symgrad.document.breaking import sentence_width

COLUMN_GAP = 1.6
# Widths of text are estimates, and headers are bold.
SURE = 0.85
SLACK = 0.8


def table_columns(table: Table, room: float) -> tuple[float | None, ...]:
    """For each column None, where the table fits in ``room`` em at its natural width, else a width in em.

    Narrow columns then keep what they need; the wide ones share the rest equally.
    """
    rows = (table.header, *table.rows)
    natural = [SLACK + max(map(sentence_width, column)) / SURE for column in zip(*rows, strict=True)]
    left = room - COLUMN_GAP * len(natural)
    if sum(natural) <= left:
        return (None,) * len(natural)
    widths = dict.fromkeys(range(len(natural)), 0.0)
    for count, index in enumerate(sorted(widths, key=natural.__getitem__)):
        widths[index] = min(natural[index], left / (len(natural) - count))
        left -= widths[index]
    return tuple(widths.values())
