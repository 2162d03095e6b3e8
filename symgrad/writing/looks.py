"""What everything on a terminal has in common: signs of verdicts, styles, the characters that may pass."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "bold"
HEADING = "bold underline"
NOTE = "dim"
WARNING = "yellow"

VERDICTS: Mapping[str, tuple[str, str]] = {
    "correct": ("✓", "green"),
    "rounded": ("≈", "green"),
    "carried": ("↪", "yellow"),
    "wrong": ("✗", "bold red"),
    "unreadable": ("?", "magenta"),
    "unchecked": ("–", "dim"),
}
"""The sign and the style of each verdict: the sign says what the colour says."""


def printable(text: str) -> str:
    """Terminals obey control characters, so none is passed on."""
    return "".join(char if char.isprintable() else " " for char in text)
