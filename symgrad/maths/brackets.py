"""Brackets, braces and bars in pieces of text, as high as what they stand about."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from symgrad.maths.layout import delimiter
from symgrad.maths.pane import Pane


class Pieces(Struct, frozen=True):
    """A bracket on one line, and its pieces: the ends, what fills, and a middle where it has one."""

    small: str
    top: str
    fill: str
    bottom: str
    middle: str = ""


def _bar(char: str, tall: str) -> Pieces:
    return Pieces(char, tall, tall, tall)


OPEN: Mapping[str, Pieces] = {
    "(": Pieces("(", "⎛", "⎜", "⎝"),
    "[": Pieces("[", "⎡", "⎢", "⎣"),
    "{": Pieces("{", "⎧", "⎪", "⎩", "⎨"),
    "|": _bar("|", "│"),
    "‖": _bar("‖", "║"),
    "⟨": Pieces("⟨", "╱", "│", "╲", "⟨"),
    "⌊": Pieces("⌊", "⎢", "⎢", "⎣"),
    "⌈": Pieces("⌈", "⎡", "⎢", "⎢"),
}
CLOSE: Mapping[str, Pieces] = {
    ")": Pieces(")", "⎞", "⎟", "⎠"),
    "]": Pieces("]", "⎤", "⎥", "⎦"),
    "}": Pieces("}", "⎫", "⎪", "⎭", "⎬"),
    "|": _bar("|", "│"),
    "‖": _bar("‖", "║"),
    "⟩": Pieces("⟩", "╲", "│", "╱", "⟩"),
    "⌋": Pieces("⌋", "⎥", "⎥", "⎦"),
    "⌉": Pieces("⌉", "⎤", "⎥", "⎥"),
}


def opening(char: str, body: Pane) -> Pane:
    """The opening bracket that goes with a body."""
    return _grown(delimiter(OPEN, char), body)


def closing(char: str, body: Pane) -> Pane:
    """The closing bracket that goes with a body."""
    return _grown(delimiter(CLOSE, char), body)


def _grown(pieces: Pieces, body: Pane) -> Pane:
    high = body.height
    if high == 1:
        return Pane((pieces.small,))
    lines = [pieces.top, *(pieces.fill,) * (high - 2), pieces.bottom]
    if pieces.middle and high > 2:
        lines[high // 2] = pieces.middle
    return Pane(tuple(lines), body.base)
