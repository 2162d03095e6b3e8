"""The keys of a problem file and the types of their values; a field's description is its error message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, Strict, StrictInt, StrictStr, ValidationError
from pydantic_core import ErrorDetails

from symgrad.errors import InputError, Place
from symgrad.reading.nearest import mend
from symgrad.reading.source import Located, Path

MAX_STEPS = 1_000_000
MAX_DIGITS = 17

Number: TypeAlias = Annotated[FiniteFloat, Strict()]
Names: TypeAlias = tuple[StrictStr, ...]
Steps: TypeAlias = Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)]

NAMES = "a list of names, as in [W, b]"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Backward(_Section):
    """What is differentiated, and by what."""

    of: StrictStr | None = Field(None, description="the name of a forward quantity")
    wrt: Names | None = Field(None, description=NAMES)


class Update(_Section):
    """Gradient descent."""

    rate: Number | StrictStr = Field(description="a number or the name of a given")
    parameters: Names = Field(description=NAMES, min_length=1)
    steps: Steps = Field(1, description=f"a whole number from 1 to {MAX_STEPS:,}")
    show: tuple[Steps, ...] | None = Field(None, description="a list of steps, as in [1, 2, 3]")


class Report(_Section):
    """How the solution is written; None leaves it to the command line."""

    style: StrictStr | None = Field(None, description="the name of a style")
    notation: StrictStr | None = Field(None, description="the name of a notation")
    digits: Annotated[StrictInt, Field(ge=0, le=MAX_DIGITS)] | None = Field(
        None, description=f"a whole number from 0 to {MAX_DIGITS}"
    )
    engine: Literal["typst", "pdflatex"] | None = Field(None, description="typst or pdflatex")
    detail: StrictStr | None = Field(None, description="the name of a level of detail")


class ProblemFile(_Section):
    """A problem file as it stands, formulas and arrays still unread."""

    title: StrictStr = Field("", description="text; a number needs quotes")
    forward: dict[str, StrictStr | Number] = Field(description="formulas under their names, as in u: W @ x")
    backward: Backward = Field(Backward(), description="a section with 'of' and 'wrt'")
    data: Names = Field((), description=NAMES)
    given: dict[str, Any] = Field({}, description="numbers or arrays under their names, as in x: [6, 3]")
    shapes: dict[str, tuple[StrictInt | StrictStr, ...]] = Field(
        {}, description="sizes under names, as in W: [m, 3]"
    )
    update: Update | None = Field(None, description="a section with 'rate', 'parameters' and 'steps'")
    assume: Names = Field((), description="a list of equations, as in ['sum(y) == 1']")
    write: dict[str, StrictStr] = Field({}, description="LaTeX under names, as in W1: W_1")
    report: Report = Field(Report(), description="a section with 'style', 'notation', 'digits'")


_SECTIONS: dict[str, type[BaseModel]] = {"backward": Backward, "update": Update, "report": Report}


def validate(located: Located) -> ProblemFile:
    """The problem file behind plain data. Raises `InputError` at the first value that does not fit."""
    if not isinstance(located.data, dict):
        message = "the file is empty" if located.data is None else "a problem file is a mapping of keys"
        raise InputError(message, place=located.place(()), hint="it begins with 'forward:'")
    try:
        return ProblemFile.model_validate(located.data)
    except ValidationError as error:
        faults = [_explain(details, located) for details in error.errors(include_url=False)]
        raise min(faults, key=_position) from None


def _position(fault: InputError) -> tuple[int, int]:
    place = fault.place or Place("", 0, 0)
    return place.line, place.column


def _explain(details: ErrorDetails, located: Located) -> InputError:
    path = tuple(_inside(located, details["loc"]))
    model, key = _field(details["loc"])
    known = model.model_fields
    if key not in known:
        hint = mend(key, known, f"the keys here are {', '.join(known)}")
        return InputError(f"unknown key '{key}'", place=located.key_place(path), hint=hint)
    expected = known[key].description
    if details["type"] == "missing":
        return InputError(f"'{key}' is missing", place=located.key_place(path), hint=f"write {expected}")
    hint = "put a text in quotes if YAML takes it for something else"
    return InputError(f"'{key}' must be {expected}", place=located.place(path), hint=hint)


def _field(loc: Path) -> tuple[type[BaseModel], str]:
    """The model and the key in it that a location is about."""
    section = _SECTIONS.get(str(loc[0])) if len(loc) > 1 else None
    return (section, str(loc[1])) if section else (ProblemFile, str(loc[0]))


def _inside(located: Located, loc: Path) -> Iterator[str | int]:
    """The part of a location that is a path of the file: pydantic ends it with the types it tried."""
    path: Path = ()
    for step in loc:
        path = (*path, step)
        if path not in located.values:
            return
        yield step
