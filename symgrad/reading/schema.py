"""The keys of a problem file and the types of their values."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from msgspec import Meta, field

from symgrad.limits import MOST_AXES
from symgrad.reading.sections import LARGEST, Number, Section, described, read_section
from symgrad.reading.source import Located

MAX_STEPS = 1_000_000
MAX_DIGITS = 17
NONEMPTY = Meta(min_length=1)

Names: TypeAlias = tuple[str, ...]
Pair: TypeAlias = tuple[str, str]
Steps: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_STEPS)]
Positive: TypeAlias = Annotated[float, Meta(gt=0, le=LARGEST)]
Constant: TypeAlias = Annotated[float, Meta(ge=0, le=LARGEST)]
Share: TypeAlias = Annotated[float, Meta(ge=0, lt=1)]


def _nested(axes: int) -> dict[str, Any]:
    """An array of numbers with this many axes."""
    inner: dict[str, Any] = {"type": ["number", "string"], "pattern": "[0-9]|pi"}  # as in 1/3
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
Given: TypeAlias = Annotated[
    Any, Meta(extra_json_schema={"anyOf": [*map(_nested, range(MOST_AXES + 1)), _FILE]})
]
_NAMES = described("a list of names", "[W, b]")
_SHARE = described("a number from 0, less than 1", "0.9")


class Backward(Section, frozen=True, kw_only=True):
    """What is differentiated, and by what."""

    of: Annotated[
        Annotated[Names, NONEMPTY] | str | None,
        described("the name of a forward quantity, or a list of them", "L"),
    ] = None
    wrt: Annotated[Names | None, _NAMES] = None
    seed: Annotated[
        str | None, described("the name of a given or of a symbol: the gradient of 'of'", "g")
    ] = None
    jacobians: Annotated[
        tuple[Pair, ...], described("a list of pairs of names: ∂y/∂x for [y, x]", "[[y, x], [s, x]]")
    ] = ()
    hessians: Annotated[
        tuple[Pair | str, ...],
        described(
            "a list of names and of pairs of names: ∂²of/∂w∂w for w, ∂²of/∂w∂b for [w, b]", "[w, [w, b]]"
        ),
    ] = ()

    hessian_products: Annotated[
        dict[str, str],
        described("directions under parameters: the Hessian times v for {w: v}", "{w: v, b: c}"),
    ] = field(default_factory=dict)

    @property
    def objectives(self) -> Names:
        """The quantities that are differentiated; none where the file does not say."""
        return (self.of,) if isinstance(self.of, str) else self.of or ()

    @property
    def second(self) -> tuple[Pair, ...]:
        """By what the objective is differentiated twice: a name alone is the pair of it and itself."""
        return tuple((wrt, wrt) if isinstance(wrt, str) else wrt for wrt in self.hessians)


CONSTANTS = ("momentum", "rho", "beta1", "beta2", "eps", "weight_decay")
"""The constants of methods."""


class Update(Section, frozen=True, kw_only=True):
    """Descent, by which method, and its constants."""

    method: Annotated[str | None, described("the name of a method", "adam")] = None
    rule: Annotated[
        Annotated[dict[str, str], NONEMPTY] | None,
        described("formulas for w by its gradient g", "{v: 0.9*v + g, w: w - rate*v}"),
    ] = None
    rate: Annotated[Number | str, described("a number or the name of a given", "0.1")]
    schedule: Annotated[str | None, described("a formula in rate and step", "rate / (1 + 0.1*step)")] = None
    clip: Annotated[Positive | None, described("a number above 0", "1.0")] = None
    momentum: Annotated[Share | None, _SHARE] = None
    rho: Annotated[Share | None, _SHARE] = None
    beta1: Annotated[Share | None, _SHARE] = None
    beta2: Annotated[Share | None, _SHARE] = None
    eps: Annotated[Constant | None, described("a number from 0", "1e-8")] = None
    weight_decay: Annotated[
        Constant | str | None, described("a number from 0, or the name of a given", "0.01")
    ] = None
    through: Annotated[str | None, described("the name of a quantity", "r")] = None
    parameters: Annotated[Names, NONEMPTY, _NAMES]
    steps: Annotated[Steps, described(f"a whole number from 1 to {MAX_STEPS:,}", "3")] = 1
    show: Annotated[tuple[Steps, ...] | None, described("a list of steps", "[1, 2, 3]")] = None
    each: Annotated[
        Annotated[tuple[dict[str, Given], ...], NONEMPTY] | None,
        described("a list of data, a step each", "[{x: 1}, {x: 2}]"),
    ] = None


class Report(Section, frozen=True, kw_only=True):
    """How the solution is written; None leaves it to the command line."""

    style: Annotated[str | None, described("the name of a style", "lab")] = None
    notation: Annotated[str | None, described("the name of a notation", "prod")] = None
    digits: Annotated[
        Annotated[int, Meta(ge=0, le=MAX_DIGITS)] | None,
        described(f"a whole number from 0 to {MAX_DIGITS}", "3"),
    ] = None
    engine: Annotated[Literal["typst", "pdflatex"] | None, described("typst or pdflatex", "pdflatex")] = None
    layout: Annotated[
        Literal["numerator", "denominator"] | None, described("numerator or denominator", "denominator")
    ] = None
    detail: Annotated[str | None, described("the name of a level of detail", "full")] = None
    sheet: Annotated[
        Literal["key", "questions", "gaps"] | None, described("key, questions or gaps", "questions")
    ] = field(default=None, name="as")
    gaps: Annotated[
        Literal["auto"] | Annotated[Names, NONEMPTY],
        described("auto, or a list of quantities, parameters and gradients", "[h, W2, dJ/dv]"),
    ] = "auto"
    points: Annotated[
        dict[str, Annotated[Constant, described("a number from 0")]],
        described("points under quantities and gradients", "{u: 1, dJ/dW2: 3}"),
    ] = field(default_factory=dict)
    header: Annotated[str, described("text at the head of every page", "'ML 101, winter term'")] = ""
    author: Annotated[str, described("text", "'A. Author'")] = ""
    date: Annotated[str, described("text, as it is to be printed", "'4 May 2026'")] = ""
    paper: Annotated[Literal["a4", "letter"], described("a4 or letter", "letter")] = "a4"
    language: Annotated[str | None, described("the name of a language", "de")] = None
    graph: Annotated[Literal["names", "values"] | None, described("names or values", "values")] = None
    colour: Annotated[bool, described("true or false", "false")] = True


class Variants(Section, frozen=True, kw_only=True):
    """How variants are drawn: which givens stay as they are, from which numbers others come."""

    keep: Annotated[Names, _NAMES] = ()
    draw: Annotated[
        dict[str, tuple[Number, Number, Positive]],
        described("[lowest, highest, step] under names of givens", "{W: [-0.9, 0.9, 0.1]}"),
    ] = field(default_factory=dict)


class ProblemFile(Section, frozen=True, kw_only=True):
    """A problem file as it stands, formulas and arrays still unread."""

    called: ClassVar[str] = "a problem file"
    begins: ClassVar[str] = "forward:"

    title: Annotated[str, described("text", "'Lab 6'")] = ""
    forward: Annotated[dict[str, str | Number], described("formulas under their names", "{u: W @ x + b}")]
    repeat: Annotated[
        dict[str, tuple[int | str, int | str]],
        described("the first and the last number under each counter", "{t: [1, 3]}"),
    ] = field(default_factory=dict)
    backward: Annotated[Backward, described("a section of keys", "{of: L, wrt: [W, b]}")] = Backward()
    data: Annotated[Names, _NAMES] = ()
    given: Annotated[dict[str, Given], described("numbers under their names", "{x: [6, 3]}")] = field(
        default_factory=dict
    )
    shapes: Annotated[
        dict[str, tuple[int | str, ...]], described("lists of sizes under their names", "{W: [m, 3]}")
    ] = field(default_factory=dict)
    functions: Annotated[
        dict[str, str | Number | None], described("formulas under heads", "{swish(t): t * sigmoid(t)}")
    ] = field(default_factory=dict)
    update: Annotated[
        Update | None, described("a section of keys", "{rate: 0.1, parameters: [W, b], steps: 3}")
    ] = None
    assume: Annotated[Names, described("a list of equations", "['sum(y) == 1']")] = ()
    write: Annotated[dict[str, str], described("LaTeX under names", "{W1: W_1}")] = field(
        default_factory=dict
    )
    report: Annotated[Report, described("a section of keys", "{digits: 3}")] = Report()
    variants: Annotated[Variants, described("a section of keys", "{keep: [y]}")] = Variants()


def validate(located: Located) -> ProblemFile:
    """The problem file behind plain data. Raises `InputError` at the first value that does not fit."""
    return read_section(ProblemFile, located, lambda name, key: f"write it as in {name}: {key.example}")
