"""Styles: which sections a report has, in which order. Each is one row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from symgrad.document.blocks import Block, Document, Words
from symgrad.notation.numerals import Digits
from symgrad.solution import Solution
from symgrad.styles.assignment import entries, update_rules
from symgrad.styles.backward import backward
from symgrad.styles.descent import descent, descent_numbers
from symgrad.styles.examples import backward_examples, forward_examples
from symgrad.styles.exercise import backward_numbered, forward_numbered, given
from symgrad.styles.forward import forward, problem, warnings
from symgrad.styles.practical import derivatives, network
from symgrad.styles.setting import Setting, setting_of


@dataclass(frozen=True, slots=True)
class Style:
    """The sections of a report, and the notation and digits it is written in unless told otherwise."""

    sections: tuple[Callable[[Setting], Iterator[Block]], ...]
    notation: str
    digits: Digits


STYLES: Mapping[str, Style] = {
    "lab": Style(
        (warnings, problem, forward, backward, forward_examples, backward_examples, descent),
        "prod",
        Digits(3, "decimals"),
    ),
    "exercise": Style(
        (warnings, given, forward_numbered, backward_numbered, descent),
        "partial",
        Digits(3, "decimals"),
    ),
    "assignment": Style(
        (
            warnings,
            problem,
            forward,
            entries,
            update_rules,
            forward_examples,
            backward_examples,
            descent_numbers,
        ),
        "bar",
        Digits(3, "decimals"),
    ),
    "practical": Style(
        (warnings, problem, forward, derivatives, network),
        "delta",
        Digits(6, "significant"),
    ),
}


def document(
    solution: Solution, style: str, notation: str | None = None, digits: int | None = None
) -> Document:
    """The worked solution as a document, in a style of `STYLES` and a notation of `NOTATIONS`.

    Raises `InputError` for a level of detail that is not known.
    """
    chosen = STYLES[style]
    precision = chosen.digits if digits is None else Digits(digits, chosen.digits.kind)
    setting = setting_of(solution, notation or chosen.notation, precision)
    blocks = tuple(block for section in chosen.sections for block in section(setting))
    title = solution.problem.title or "Worked solution"
    return Document(title, blocks, (Words("Worked solution"),), keywords=("gradient", "backpropagation"))
