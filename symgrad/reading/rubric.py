"""A rubric: how many points each quantity of a problem is worth, and what a line in error still earns."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, Strict, ValidationError
from pydantic_core import ErrorDetails

from symgrad.errors import InputError
from symgrad.reading.nearest import mend
from symgrad.reading.source import Located
from symgrad.reading.yaml import load_yaml

_Number = Annotated[FiniteFloat, Strict()]
_Points = Annotated[_Number, Field(ge=0)]
_Share = Annotated[_Number, Field(ge=0, le=1)]

EXAMPLE = "points: {u: 1, dJ/dW2: 2}"


class Rubric(BaseModel):
    """Points by quantity, and the share of them that carried and rounded lines earn."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    points: dict[str, _Points] = Field(min_length=1, description="a list of quantities with their points")
    carried: _Share = Field(1.0, description="a number from 0 to 1")
    rounded: _Share = Field(1.0, description="a number from 0 to 1")


_HINTS: Mapping[str, str] = {
    "points": f"write it as in {EXAMPLE}",
    "carried": "the share of the points that a line earns which follows from an earlier slip: carried: 0.5",
    "rounded": "the share of the points that a line earns which is rounded too early: rounded: 0.5",
}


def load_rubric(path: pathlib.Path) -> Rubric:
    """The rubric in a YAML file. Raises `InputError` with the place and the mend."""
    located = load_yaml(path)
    if not isinstance(located.data, dict):
        message = "the file is empty" if located.data is None else "a rubric is a mapping of keys"
        raise InputError(message, place=located.place(()), hint=f"it begins with '{EXAMPLE}'")
    try:
        return Rubric.model_validate(located.data)
    except ValidationError as error:
        details = min(error.errors(), key=lambda details: details["type"] == "missing")
        raise _explain(details, located) from None


def _explain(details: ErrorDetails, located: Located) -> InputError:
    key, *inner = details["loc"]
    known = Rubric.model_fields
    if key not in known:
        hint = mend(str(key), known, f"the keys are {', '.join(known)}")
        return InputError(f"unknown key '{key}'", place=located.key_place((key,)), hint=hint)
    hint = _HINTS[str(key)]
    if details["type"] == "missing":
        return InputError(f"'{key}' is missing", place=located.place(()), hint=hint)
    if inner:
        place = located.place((key, inner[0]))
        return InputError(f"the points of '{inner[0]}' must be a number from 0", place=place, hint=hint)
    return InputError(
        f"'{key}' must be {known[str(key)].description}", place=located.place((key,)), hint=hint
    )
