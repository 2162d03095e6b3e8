"""What is done in the limited process: a work checked, a problem shown, a report made.

Nothing of a work comes back but finished parts of a page, in which everything of the user's is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from symgrad.checking.check import check_text
from symgrad.document.blocks import Paragraph
from symgrad.errors import InputError
from symgrad.late import Late
from symgrad.limits import Limits, within
from symgrad.opening import open_problem
from symgrad.reading.problem import Problem, read_problem
from symgrad.running import told
from symgrad.serving.preview import preview
from symgrad.serving.tries import Released, Tries, released
from symgrad.serving.verdicts import verdicts
from symgrad.styles.manner import Manner
from symgrad.styles.sentences import sentence
from symgrad.writing.html import to_fragment

reports: Any = Late("symgrad.reports")
solving: Any = Late("symgrad.solving")
sheets: Any = Late("symgrad.styles.sheets")

KEPT = 16
"""Problems that a process keeps in memory."""
OWN = "your problem"
"""What a problem that was pasted is called in messages."""


class Source(Struct, frozen=True):
    """A problem: a file as it was when it was looked at, or a text; neither for what the work states."""

    path: Path | None = None
    stamp: int = 0
    text: str = ""


class Asked(Struct, frozen=True):
    """What is to be done: ``kind`` is a name of `KINDS`.

    ``name`` tells how the text is read, ``tries`` are those so far, ``at`` is the time, ``most`` how much may
    be said of what is wrong; ``to`` is the format of a report, ``texts`` are sentences to be typeset.
    """

    kind: str
    source: Source
    text: str = ""
    name: str = "work.md"
    tries: Mapping[str, Tries] = {}
    at: float = 0.0
    most: str = "answer"
    to: str = "html"
    texts: tuple[str, ...] = ()


class Answer(Struct, frozen=True):
    """Parts of a page, or the content of a file; ``fault`` says why there is none."""

    fault: str = ""
    problem: str = ""
    preview: str = ""
    verdicts: str = ""
    said: str = ""
    rows: Mapping[int, str] = {}
    tries: Mapping[str, Tries] = {}
    content: bytes = b""
    texts: tuple[str, ...] = ()


class Working(Struct, frozen=True):
    """The work on each, within limits."""

    limits: Limits

    def __call__(self, asked: Asked) -> Answer:
        """What is sent back; a fault of the input in its own words."""
        try:
            with within(self.limits):
                return KINDS[asked.kind](asked)
        except InputError as error:
            return Answer(fault=str(error).removeprefix("error: "))
        except Exception as error:
            return Answer(fault=told(error))


@lru_cache(KEPT)
def _opened(source: Source) -> Problem | None:
    if source.path is not None:
        return open_problem(source.path)
    return read_problem(source.text, OWN) if source.text.strip() else None


def _checked(asked: Asked) -> Released:
    found = check_text(asked.text, _opened(asked.source), asked.name)
    return released(found, asked.tries, asked.at, asked.most)


def lost(asked: Asked, how: str) -> Answer:
    """What is sent back where the process ended."""
    return Answer(fault=f"this could not be worked out: the process that worked on it {how}")


def _check(asked: Asked) -> Answer:
    if not asked.text.strip():
        return Answer(tries=asked.tries)
    found = _checked(asked)
    check, tries = found.check, found.tries
    shown = verdicts(check, found.more)
    rows: dict[int, str] = {}
    for judged in check.lines:
        rows.setdefault(judged.line.line, judged.verdict.value)
    return Answer(
        preview=to_fragment(preview(check), depth=2),
        verdicts=shown.html,
        said=shown.said,
        rows=rows,
        tries=tries,
    )


def _problem(asked: Asked) -> Answer:
    """The questions of a problem: what is given, and what is asked for."""
    problem = _opened(asked.source)
    if problem is None:
        return Answer()
    solution = solving.solve(problem)
    made = sheets.sheet(solution, "questions", Manner("lab"))
    return Answer(problem=to_fragment(made.blocks[1:], depth=2, language=made.language), said=problem.title)


def _report(asked: Asked) -> Answer:
    found = _checked(asked)
    made = reports.contents(found.check, None, (asked.to,), "typst")
    return Answer(content=made[asked.to], tries=found.tries)


def _typeset(asked: Asked) -> Answer:
    """Sentences of a check, the maths in them typeset."""
    blocks = (Paragraph(sentence(text)) for text in asked.texts)
    return Answer(texts=tuple(to_fragment((block,)) for block in blocks))


KINDS: Mapping[str, Callable[[Asked], Answer]] = {
    "check": _check,
    "problem": _problem,
    "report": _report,
    "typeset": _typeset,
}
