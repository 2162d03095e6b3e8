"""The formats of a solution, and the choices of how it looks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from symgrad.document.blocks import Document
from symgrad.document.tones import coloured
from symgrad.errors import InputError
from symgrad.languages import ENGLISH, known
from symgrad.late import Late
from symgrad.limits import check_output, working_on
from symgrad.maths.latex import latex
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.numerals import Digits
from symgrad.notation.setting import context_of
from symgrad.reading.nearest import check_name, mend, there_is
from symgrad.reading.problem import Problem
from symgrad.solution import Solution
from symgrad.styles import STYLES, notation_of, setting_in
from symgrad.styles.general import general_setting
from symgrad.styles.manner import Manner
from symgrad.styles.setting import DETAILS, Setting
from symgrad.styles.sheets import KEY, SHEETS, sheet
from symgrad.styles.single import one_gradient
from symgrad.styles.tones import tones_of
from symgrad.tree import Formula
from symgrad.writing.faults import template_faults

if TYPE_CHECKING:
    from symgrad.writing import engines, html, json, markdown, tex, typst
else:  # a run writes one or two formats
    engines, html, json, markdown, tex, typst = (
        Late(f"symgrad.writing.{name}") for name in ("engines", "html", "json", "markdown", "tex", "typst")
    )

ENGINES: Mapping[str, Callable[..., bytes]] = {
    "typst": lambda report, *own: engines.typst_pdf(typst.to_typst(report, *own)),
    "pdflatex": lambda report, *own: engines.pdflatex_pdf(tex.to_tex(report, *own)),
}
"""What makes the PDF of a document, by templates of one's own where their folder is given too."""


TEMPLATES = ("tex", "typst", "html", "md")
"""The folders of templates, by format; of the PDF it is that of its engine."""


class Choices(Struct, frozen=True):
    """How a report looks; None leaves it to the problem file, and where that is silent to the default."""

    style: str | None = None
    notation: str | None = None
    digits: int | None = None
    engine: str | None = None
    detail: str | None = None
    sheet: str | None = None
    fragment: bool = False
    template: Path | None = None
    language: str | None = None
    colour: bool | None = None


class Look(Struct, frozen=True):
    """The choices once made, each of a known name."""

    manner: Manner
    engine: str
    sheet: str = KEY
    fragment: bool = False
    template: Path | None = None

    @property
    def own(self) -> tuple[Path, ...]:
        """The folder of the user's templates, where there is one."""
        return () if self.template is None else (self.template,)

    @property
    def reads(self) -> tuple[Path, ...]:
        """The user's templates that a report is made from."""
        places = (place for folder in self.own for name in TEMPLATES for place in (folder / name).glob("*"))
        return tuple(place for place in places if place.is_file())

    def ending(self, name: str) -> str:
        """What a file of a format ends in: other sheets and fragments do not take the place of the key."""
        sheet = "" if self.sheet == KEY else f"{self.sheet}."
        return f"{sheet}{'fragment.' if self.fragment and name == 'tex' else ''}{name}"


def look_of(problem: Problem, choices: Choices) -> Look:
    """What the command line says before what the file says. Raises `InputError` for an unknown name."""
    style = _named("style", STYLES, problem, choices) or "lab"
    notation = _named("notation", NOTATIONS, problem, choices)
    engine = _named("engine", ENGINES, problem, choices) or "typst"
    digits = problem.report.digits if choices.digits is None else choices.digits
    detail = _named("detail", DETAILS, problem, choices)
    sheet = _named("sheet", SHEETS, problem, choices) or KEY
    language = _named("language", known(), problem, choices) or ENGLISH.tag
    colour = problem.report.colour if choices.colour is None else choices.colour
    manner = Manner(style, notation, digits, detail, language, colour)
    return Look(manner, engine, sheet, choices.fragment, _templates(choices.template))


def _templates(folder: Path | None) -> Path | None:
    """Raises `InputError` for a folder that has no templates."""
    if folder is not None and not any((folder / name).is_dir() for name in TEMPLATES):
        hint = f"its templates are in folders of it: {', '.join(TEMPLATES)}"
        raise InputError(f"'{folder}' is no folder with templates", hint=hint)
    return folder


def _named(key: str, there: Collection[str], problem: Problem, choices: Choices) -> str | None:
    asked: str | None = getattr(choices, key)
    stated: str | None = getattr(problem.report, key)
    name = stated if asked is None else asked
    if name is None or name in there:
        return name
    place = problem.place("report", key) if asked is None else None
    raise InputError(f"unknown {key} '{name}'", place=place, hint=mend(name, there, there_is(there)))


def compose(solution: Solution, look: Look, only: str | None = None) -> Document:
    """The report on a solution, or ``only`` on one gradient. Raises `InputError` where it has none."""
    manner = look.manner
    made = sheet(solution, look.sheet, manner) if only is None else one_gradient(solution, only, manner)
    if not manner.colour or look.sheet != KEY:  # a sheet to be filled in is printed
        return made
    return coloured(made, tones_of(setting_in(solution, manner)))


class Rendering(Struct, frozen=True, dict=True):
    """A solution on its way to files; the document is made once, and only where a format needs it."""

    solution: Solution
    look: Look

    @cached_property
    def report(self) -> Document:
        """The document that is typeset."""
        return compose(self.solution, self.look)

    def tex(self) -> bytes:
        """The LaTeX source."""
        write = tex.to_tex_fragment if self.look.fragment else tex.to_tex
        return write(self.report, *self.look.own).encode()

    def html(self) -> bytes:
        """The page for a browser."""
        return html.to_html(self.report, *self.look.own).encode()

    def md(self) -> bytes:
        """The Markdown source."""
        return markdown.to_markdown(self.report, *self.look.own).encode()

    def pdf(self) -> bytes:
        """The PDF, by the chosen engine."""
        return ENGINES[self.look.engine](self.report, *self.look.own)

    def json(self) -> bytes:
        """The JSON; its LaTeX holds exact constants only, so digits do not matter. No answers for a sheet."""
        context = context_of(
            self.solution.graph, self.solution.problem, notation_of(self.look.manner), Digits()
        )
        setting = Setting(self.solution, context)
        general = [_latex_in(general_setting(setting, found)) for found in self.solution.rounds]
        write = json.to_json if self.look.sheet == KEY else json.to_sheet_json
        return write(self.solution, _latex_in(setting), general).encode()


def _latex_in(setting: Setting) -> Callable[[Formula], str]:
    return lambda formula: latex(setting.maths(formula))


FORMATS: Mapping[str, Callable[[Rendering], bytes]] = {
    "tex": Rendering.tex,
    "pdf": Rendering.pdf,
    "html": Rendering.html,
    "md": Rendering.md,
    "json": Rendering.json,
}


def check_formats(formats: Iterable[str], known: Collection[str] = tuple(FORMATS)) -> None:
    """Raises `InputError` for an unknown format."""
    for name in formats:
        check_name("format", name, known)


def render(solution: Solution, formats: Iterable[str], look: Look) -> dict[str, bytes]:
    """The contents of the files of a solution, by format."""
    rendering = Rendering(solution, look)
    return {name: _made(name, rendering) for name in formats}


def _made(name: str, rendering: Rendering) -> bytes:
    """The content of one file, no longer than its user allows."""
    working_on(f"the {name} file is made")
    with template_faults(rendering.look.template):
        content = FORMATS[name](rendering)
    check_output(len(content))
    return content
