"""How much work a line may take, counted in evaluations: no verdict depends on how fast a machine is."""

from __future__ import annotations

ALLOWED = 20_000
"""Evaluations and readings for each question asked of a line; lines of real sheets take up to a third."""
CELLS = 500
"""Entries of an array that count as one evaluation."""
LARGEST = 1 << 20
"""Entries that a value may have."""


class TooLong(Exception):
    """A piece of writing whose evaluation takes more than a line may take."""


class Effort:
    """What has been spent on the question at hand."""

    def __init__(self) -> None:
        self.spent = 0

    def renew(self) -> None:
        """Another question begins."""
        self.spent = 0

    def spend(self, cost: int) -> None:
        """Count some evaluations; raises `TooLong` where they are too many."""
        self.spent += cost
        if self.spent > ALLOWED:
            raise TooLong
