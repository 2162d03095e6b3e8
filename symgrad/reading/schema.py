"""The keys of a problem file and the types of their values; a field's description is its error message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    Strict,
    StrictInt,
    StrictStr,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails

from symgrad.errors import InputError
from symgrad.limits import MOST_AXES
from symgrad.reading.nearest import mend
from symgrad.reading.source import Located, Path

MAX_STEPS = 1_000_000
MAX_DIGITS = 17

Number: TypeAlias = Annotated[FiniteFloat, Strict()]
Names: TypeAlias = tuple[StrictStr, ...]
Steps: TypeAlias = Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)]
Digits: TypeAlias = Annotated[StrictInt, Field(ge=0, le=MAX_DIGITS)]


class _Section(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


def _names(default: Any = (), **limits: Any) -> Any:
    return Field(default, **{"description": "a list of names", "examples": ["[W, b]"], **limits})


def _listed(value: Any) -> Any:
    """One name is a list of one."""
    return (value,) if isinstance(value, str) else value


_NAME_OR_NAMES = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
)


def _nested(axes: int) -> dict[str, Any]:
    """An array of numbers with this many axes."""
    inner: dict[str, Any] = {"type": "number"}
    for _ in range(axes):
        inner = {"type": "array", "minItems": 1, "items": inner}
    return inner


_FILE: dict[str, Any] = {
    "type": "object",
    "description": "a file in the folder of the problem, or below it",
    "properties": {"file": {"type": "string", "pattern": r"\.([nN][pP][yY]|[cC][sS][vV])$"}},
    "required": ["file"],
    "additionalProperties": False,
}
_Given: TypeAlias = Annotated[
    Any,
    WithJsonSchema({"anyOf": [*map(_nested, range(MOST_AXES + 1)), _FILE]}),
]


def _paired(value: Any) -> Any:
    """A name alone stands for the pair of it and itself."""
    return (
        [(item, item) if isinstance(item, str) else item for item in value]
        if isinstance(value, list)
        else value
    )


_NAMES_OR_PAIRS = WithJsonSchema(
    {
        "type": "array",
        "description": "a list of names and of pairs of names: ∂²of/∂w∂w for w, ∂²of/∂w∂b for [w, b]",
        "items": {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
            ]
        },
    }
)


class Backward(_Section):
    """What is differentiated, and by what."""

    of: Annotated[Names, BeforeValidator(_listed), _NAME_OR_NAMES] | None = _names(
        None, min_length=1, description="the name of a forward quantity, or a list of them", examples=["L"]
    )
    wrt: Names | None = _names(None)
    seed: StrictStr | None = Field(
        None, description="the name of a given or of a symbol: the gradient of 'of'", examples=["g"]
    )
    jacobians: tuple[tuple[StrictStr, StrictStr], ...] = Field(
        (), description="a list of pairs of names: ∂y/∂x for [y, x]", examples=["[[y, x], [s, x]]"]
    )
    hessians: Annotated[
        tuple[tuple[StrictStr, StrictStr], ...], BeforeValidator(_paired), _NAMES_OR_PAIRS
    ] = Field(
        (),
        description="a list of names and of pairs of names: ∂²of/∂w∂w for w, ∂²of/∂w∂b for [w, b]",
        examples=["[w, [w, b]]"],
    )


CONSTANTS = ("momentum", "rho", "beta1", "beta2", "eps", "weight_decay")
"""The constants of methods."""


def _constant(least: float = 0, below: float = float("inf"), **shown: str) -> Any:
    limits: dict[str, Any] = {"ge": least} if below == float("inf") else {"ge": least, "lt": below}
    return Field(None, description=shown["told"], examples=[shown["example"]], **limits)


_SHARE: dict[str, Any] = {"below": 1, "told": "a number from 0, less than 1", "example": "0.9"}
_SMALL: dict[str, Any] = {"told": "a number from 0", "example": "0.01"}


class Update(_Section):
    """Descent, by which method, and its constants."""

    method: StrictStr | None = Field(None, description="the name of a method", examples=["adam"])
    rule: dict[str, StrictStr] | None = Field(
        None,
        min_length=1,
        description="formulas for w by its gradient g",
        examples=["{v: 0.9*v + g, w: w - rate*v}"],
    )
    rate: Number | StrictStr = Field(description="a number or the name of a given", examples=["0.1"])
    schedule: StrictStr | None = Field(
        None, description="a formula in rate and step", examples=["rate / (1 + 0.1*step)"]
    )
    clip: Number | None = Field(None, gt=0, description="a number above 0", examples=["1.0"])
    momentum: Number | None = _constant(**_SHARE)
    rho: Number | None = _constant(**_SHARE)
    beta1: Number | None = _constant(**_SHARE)
    beta2: Number | None = _constant(**_SHARE)
    eps: Number | None = _constant(**{**_SMALL, "example": "1e-8"})
    weight_decay: Number | None = _constant(**_SMALL)
    parameters: Names = _names(..., min_length=1)
    steps: Steps = Field(1, description=f"a whole number from 1 to {MAX_STEPS:,}", examples=["3"])
    show: tuple[Steps, ...] | None = Field(None, description="a list of steps", examples=["[1, 2, 3]"])
    each: tuple[dict[str, _Given], ...] | None = Field(
        None, min_length=1, description="a list of data, a step each", examples=["[{x: 1}, {x: 2}]"]
    )


class Report(_Section):
    """How the solution is written; None leaves it to the command line."""

    style: StrictStr | None = Field(None, description="the name of a style", examples=["lab"])
    notation: StrictStr | None = Field(None, description="the name of a notation", examples=["prod"])
    digits: Digits | None = Field(None, description=f"a whole number from 0 to {MAX_DIGITS}", examples=["3"])
    engine: Literal["typst", "pdflatex"] | None = Field(
        None, description="typst or pdflatex", examples=["pdflatex"]
    )
    layout: Literal["numerator", "denominator"] | None = Field(
        None, description="numerator or denominator", examples=["denominator"]
    )
    detail: StrictStr | None = Field(None, description="the name of a level of detail", examples=["full"])


_Bounds: TypeAlias = Annotated[tuple[StrictInt | StrictStr, ...], Field(min_length=2, max_length=2)]


class ProblemFile(_Section):
    """A problem file as it stands, formulas and arrays still unread."""

    title: StrictStr = Field("", description="text", examples=["'Lab 6'"])
    forward: dict[str, StrictStr | Number] = Field(
        description="formulas under their names", examples=["{u: W @ x + b}"]
    )
    repeat: dict[str, _Bounds] = Field(
        {}, description="the first and the last number under each counter", examples=["{t: [1, 3]}"]
    )
    backward: Backward = Field(Backward(), description="a section of keys", examples=["{of: L, wrt: [W, b]}"])
    data: Names = _names()
    given: dict[str, _Given] = Field({}, description="numbers under their names", examples=["{x: [6, 3]}"])
    shapes: dict[str, tuple[StrictInt | StrictStr, ...]] = Field(
        {}, description="lists of sizes under their names", examples=["{W: [m, 3]}"]
    )
    functions: dict[str, StrictStr | Number | None] = Field(
        {}, description="formulas under heads", examples=["{swish(t): t * sigmoid(t)}"]
    )
    update: Update | None = Field(
        None, description="a section of keys", examples=["{rate: 0.1, parameters: [W, b], steps: 3}"]
    )
    assume: Names = Field((), description="a list of equations", examples=["['sum(y) == 1']"])
    write: dict[str, StrictStr] = Field({}, description="LaTeX under names", examples=["{W1: W_1}"])
    report: Report = Field(Report(), description="a section of keys", examples=["{digits: 3}"])


_SECTIONS: dict[str, type[BaseModel]] = {"backward": Backward, "update": Update, "report": Report}


def validate(located: Located) -> ProblemFile:
    """The problem file behind plain data. Raises `InputError` at the first value that does not fit."""
    if not isinstance(located.data, dict):
        message = "the file is empty" if located.data is None else "a problem file is a mapping of keys"
        raise InputError(message, place=located.place(()), hint="it begins with 'forward:'")
    try:
        return ProblemFile.model_validate(located.data)
    except ValidationError as error:
        # A key that is missing may be one that is mistyped: that one says more.
        details = min(error.errors(), key=lambda details: details["type"] == "missing")
        raise _explain(details, located) from None


def _explain(details: ErrorDetails, located: Located) -> InputError:
    path = tuple(_inside(located, details["loc"]))
    model, key = _field(details["loc"])
    known = model.model_fields
    if key not in known:
        hint = mend(key, known, f"the keys here are {', '.join(known)}")
        return InputError(f"unknown key '{key}'", place=located.key_place(path), hint=hint)
    hint = f"write it as in {key}: {(known[key].examples or [''])[0]}"
    if details["type"] == "missing":
        return InputError(f"'{key}' is missing", place=located.key_place(path), hint=hint)
    return InputError(f"'{key}' must be {known[key].description}", place=located.place(path), hint=hint)


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
