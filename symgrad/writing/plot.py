"""A curve ready to draw: its frame, ticks and points in em, worked out once for every format."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Plot
from symgrad.languages import ENGLISH, Language
from symgrad.maths.nodes import Maths
from symgrad.notation.numerals import Digits, numeral
from symgrad.writing.layout import Point

WIDTH = 24.0
HEIGHT = 11.0
MOST_TICKS = 6
MOST_MARKS = 20
# Rows of a table of points.
MOST_POINTS = 20
# What is left free above the highest and below the lowest point, as a share of their distance.
MARGIN = 0.06
LABELS = Digits(6, "significant")


class Tick(Struct, frozen=True):
    """A mark at an axis, ``place`` em along it, and the number at it."""

    place: float
    label: Maths


class Frame(Struct, frozen=True):
    """A plot in em; the origin is the frame's upper left corner, y runs downwards.

    ``marks`` are the points that get a dot: all of a few, none of many.
    """

    width: float
    height: float
    points: tuple[Point, ...]
    marks: tuple[Point, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def plotted(plot: Plot, say: Language = ENGLISH) -> Frame:
    """The places of a plot's points, and ticks at round numbers inside its frame."""
    xs, ys = zip(*plot.points, strict=True)
    left, right = _range(xs, 0.0)
    low, high = _range(ys, MARGIN)

    def x_of(x: float) -> float:
        return WIDTH * (x - left) / (right - left)

    def y_of(y: float) -> float:
        return HEIGHT * (high - y) / (high - low)

    points = tuple(Point(x_of(x), y_of(y)) for x, y in plot.points)
    whole = all(float(x).is_integer() for x in xs)
    return Frame(
        WIDTH,
        HEIGHT,
        points,
        points if len(points) <= MOST_MARKS else (),
        tuple(Tick(x_of(x), label) for x, label in ticks(left, right, 1.0 if whole else 0.0, say)),
        tuple(Tick(y_of(y), label) for y, label in ticks(low, high, say=say)),
    )


def some_points(plot: Plot) -> list[tuple[float, float]]:
    """All points of a few; of many, evenly spread ones and the last."""
    step = max(1, -(-len(plot.points) // MOST_POINTS))
    return [*dict.fromkeys((*plot.points[::step], plot.points[-1]))]


def ticks(low: float, high: float, least: float = 0.0, say: Language = ENGLISH) -> list[tuple[float, Maths]]:
    """Round numbers from ``low`` to ``high``: 1, 2 or 5 times a power of ten, at least ``least``, apart."""
    rough = max((high - low) / MOST_TICKS, least)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = replace(LABELS, point=say.decimal)
    return [(n * step, numeral(n * step, digits)) for n in range(first, last + 1)]


def _range(values: Sequence[float], margin: float) -> tuple[float, float]:
    """The stretch an axis covers; of a single value one about it that is not empty."""
    low, high = min(values), max(values)
    free = margin * (high - low) or (0.0 if high > low else 0.5 * abs(low) or 1.0)
    return low - free, high + free
