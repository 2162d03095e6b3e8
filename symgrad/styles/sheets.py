"""The sheets of one problem: its key, the questions alone, and the key with boxes to fill in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from symgrad.document.blocks import Document, Inline, Paragraph, Sentence, Words
from symgrad.document.gaps import with_gaps
from symgrad.document.points import with_points
from symgrad.document.reasons import with_numbers
from symgrad.languages import language_of
from symgrad.maths.nodes import Gap
from symgrad.solution import Solution
from symgrad.styles import document, keywords, notation_of, setting_in
from symgrad.styles.answers import chosen_gaps, points_of
from symgrad.styles.manner import Manner
from symgrad.styles.questions import questions

KEY = "key"
Sheet: TypeAlias = Callable[[Solution, Manner], Document]
STATED = {"bar": "prod", "delta": "prod"}
"""Notations in which a gradient has a symbol of its own: a question says what it is the derivative of."""
NAME_LENGTH = 16.0
"""How long the field for a name is, in em."""


def _key(solution: Solution, manner: Manner) -> Document:
    made = document(solution, manner)
    points = points_of(solution)
    return with_points(made, points) if points else made


def _gaps(solution: Solution, manner: Manner) -> Document:
    made = with_gaps(document(solution, manner), chosen_gaps(solution))
    return _handed_out(solution, with_points(made, points_of(solution)), "To be filled in")


def _questions(solution: Solution, manner: Manner) -> Document:
    notation = notation_of(manner)
    stated = replace(manner, notation=STATED.get(notation, notation))
    asked = questions(setting_in(solution, stated), points_of(solution))
    say, title = language_of(manner.language), solution.problem.title
    made = Document(title, tuple(asked), language=say.tag, keywords=keywords(say))
    return _handed_out(solution, made, "Exercise")


SHEETS: Mapping[str, Sheet] = {KEY: _key, "questions": _questions, "gaps": _gaps}


def sheet(solution: Solution, kind: str, manner: Manner) -> Document:
    """A sheet of `SHEETS`, with what ``report`` says of its header, author and date.

    Raises `InputError` for points or gaps of an answer that there is not.
    """
    chosen_gaps(solution)  # a name that is mistyped is an error whatever is built
    asked = solution.problem.report
    made = with_numbers(SHEETS[kind](solution, manner), again=(manner.detail or asked.detail) == "full")
    said = [(Words(text),) for text in (asked.author, asked.date) if text]
    subtitle = _dotted([*([made.subtitle] if made.subtitle else []), *said])
    return replace(made, subtitle=subtitle, header=asked.header, paper=asked.paper)


def _handed_out(solution: Solution, made: Document, kind: str) -> Document:
    """With a field for a name, and all points together."""
    say, own = language_of(made.language), solution.problem.title
    title, subtitle = (own, (Words(say(kind)),)) if own else (say(kind), ())
    worth = sum(points_of(solution).values())
    field: Sentence = (Words(f"{say('Name:')} "), Inline(Gap(NAME_LENGTH)))
    points: Sentence = ()
    if worth:
        whole = say("of 1 point" if worth == 1 else "of {count} points", count=say.number(f"{worth:g}"))
        points = (Words(f"  {say('Points:')} "), Inline(Gap()), Words(f" {whole}"))
    blocks = (Paragraph((*field, *points)), *made.blocks)
    return replace(made, title=title, subtitle=subtitle, blocks=blocks, sheet=True)


def _dotted(parts: list[Sentence]) -> Sentence:
    """The parts with dots between them."""
    return tuple(word for part in parts for word in (Words(" · "), *part))[1:]
