"""A rubric: how many points each quantity of a problem is worth, and what a line in error still earns."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from symgrad.reading.sections import LARGEST, Section, described, read_section
from symgrad.reading.yaml import load_yaml

EXAMPLE = "points: {u: 1, dJ/dW2: 2}"
_Points = Annotated[float, Meta(ge=0, le=LARGEST), described("a number from 0")]
_Share = Annotated[float, Meta(ge=0, le=1), described("a number from 0 to 1")]


class Rubric(Section, frozen=True, kw_only=True):
    """Points by quantity, and the share of them that carried and rounded lines earn."""

    called: ClassVar[str] = "a rubric"
    begins: ClassVar[str] = EXAMPLE

    points: Annotated[
        dict[str, _Points], Meta(min_length=1), described("a list of quantities with their points")
    ]
    carried: _Share = 1.0
    rounded: _Share = 1.0


_HINTS: Mapping[str, str] = {
    "points": f"write it as in {EXAMPLE}",
    "carried": "the share of the points that a line earns which follows from an earlier slip: carried: 0.5",
    "rounded": "the share of the points that a line earns which is rounded too early: rounded: 0.5",
}


def load_rubric(path: pathlib.Path) -> Rubric:
    """The rubric in a YAML file. Raises `InputError` with the place and the mend."""
    return read_section(Rubric, load_yaml(path), lambda name, key: _HINTS[name])
