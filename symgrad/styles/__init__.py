"""Styles: which sections a report has, in which order. Each is one row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from symgrad.document.blocks import Block, Document
from symgrad.languages import Language, language_of
from symgrad.notation.numerals import Digits
from symgrad.solution import Solution
from symgrad.styles.assignment import entries, update_rules
from symgrad.styles.backward import backward
from symgrad.styles.closing import closing
from symgrad.styles.descent import descent, descent_numbers
from symgrad.styles.examples import backward_examples, forward_examples
from symgrad.styles.exercise import backward_numbered, forward_numbered, given
from symgrad.styles.forward import forward, problem, warnings
from symgrad.styles.halves import backward_halves, forward_halves, halved
from symgrad.styles.hessian_answers import hessians
from symgrad.styles.hessian_products import hessian_products
from symgrad.styles.jacobian_answers import jacobians
from symgrad.styles.manner import Manner
from symgrad.styles.objectives import anchored, further, headed
from symgrad.styles.parts import words
from symgrad.styles.practical import derivatives, network
from symgrad.styles.rounds import rounds
from symgrad.styles.setting import Setting, setting_of

UNTITLED = "Worked solution"
"""What a report is; its title, where the problem has none."""
Part: TypeAlias = Callable[[Setting], Iterator[Block]]


class Style(Struct, frozen=True):
    """The sections of a report, and the notation and digits it is written in unless told otherwise.

    ``also`` are the sections about each further objective; they stand at the end. With ``columns`` numbers
    stand right of the symbols that they are put into, where both fit.
    """

    sections: tuple[Part, ...]
    also: tuple[Part, ...]
    notation: str
    digits: Digits
    columns: bool = False


STYLES: Mapping[str, Style] = {
    "lab": Style(
        (
            warnings,
            problem,
            forward,
            rounds,
            backward,
            jacobians,
            hessians,
            hessian_products,
            forward_examples,
            backward_examples,
            descent,
            closing,
        ),
        (backward, backward_examples, closing),
        "prod",
        Digits(3, "decimals"),
    ),
    "exercise": Style(
        (
            warnings,
            given,
            forward_numbered,
            rounds,
            backward_numbered,
            jacobians,
            hessians,
            hessian_products,
            descent,
            closing,
        ),
        (backward_numbered, closing),
        "partial",
        Digits(3, "decimals"),
    ),
    "assignment": Style(
        (
            warnings,
            problem,
            forward,
            rounds,
            entries,
            update_rules,
            jacobians,
            hessians,
            hessian_products,
            forward_examples,
            backward_examples,
            descent_numbers,
            closing,
        ),
        (entries, update_rules, backward_examples, closing),
        "bar",
        Digits(3, "decimals"),
    ),
    "practical": Style(
        (
            warnings,
            problem,
            forward,
            rounds,
            derivatives,
            jacobians,
            hessians,
            hessian_products,
            network,
            closing,
        ),
        (backward, backward_examples, closing),
        "delta",
        Digits(6, "significant"),
    ),
    "columns": Style(
        (
            warnings,
            problem,
            forward_halves,
            rounds,
            backward_halves,
            jacobians,
            hessians,
            descent,
            closing,
        ),
        (backward_halves, closing),
        "prod",
        Digits(3, "decimals"),
        columns=True,
    ),
}


def document(solution: Solution, manner: Manner) -> Document:
    """The worked solution as a document.

    Raises `InputError` for a level of detail that is not known.
    """
    chosen, setting = STYLES[manner.style], setting_in(solution, manner)
    first = (block for part in chosen.sections for block in _first(setting, part, chosen))
    others = (block for other in further(setting) for block in _other(other, chosen))
    blocks = (*first, *others)
    own, kind = solution.problem.title, words(setting, UNTITLED)
    return Document(
        own or setting.language(UNTITLED),
        tuple(halved(blocks)) if chosen.columns else blocks,
        kind if own else (),  # said once
        setting.language.tag,
        keywords(setting.language),
    )


def keywords(language: Language) -> tuple[str, ...]:
    """What a report is about, for those who search."""
    return tuple(map(language, ("gradient", "backpropagation")))


def notation_of(manner: Manner) -> str:
    """The notation, the style's own where none is chosen."""
    return manner.notation or STYLES[manner.style].notation


def setting_in(solution: Solution, manner: Manner) -> Setting:
    """The setting of a solution that is written in a manner."""
    chosen = STYLES[manner.style]
    precision = chosen.digits if manner.digits is None else Digits(manner.digits, chosen.digits.kind)
    language = language_of(manner.language)
    return setting_of(solution, notation_of(manner), precision, manner.detail, language)


def _first(setting: Setting, part: Part, style: Style) -> Iterator[Block]:
    """A section about the first objective; it says so where another objective has one like it."""
    shared = setting.solution.also and part in style.also
    return headed(setting, part(setting)) if shared else part(setting)


def _other(setting: Setting, style: Style) -> Iterator[Block]:
    """The sections about a further objective."""
    blocks = (block for part in style.also for block in part(setting))
    return anchored(setting, headed(setting, blocks))
