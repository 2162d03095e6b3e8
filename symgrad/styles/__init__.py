"""Styles: which sections a report has, in which order. Each is one row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from symgrad.document.blocks import Block, Document, Words
from symgrad.notation.numerals import Digits
from symgrad.solution import Solution
from symgrad.styles.assignment import entries, update_rules
from symgrad.styles.backward import backward
from symgrad.styles.closing import closing
from symgrad.styles.descent import descent, descent_numbers
from symgrad.styles.examples import backward_examples, forward_examples
from symgrad.styles.exercise import backward_numbered, forward_numbered, given
from symgrad.styles.forward import forward, problem, warnings
from symgrad.styles.hessian_answers import hessians
from symgrad.styles.hessian_products import hessian_products
from symgrad.styles.jacobian_answers import jacobians
from symgrad.styles.objectives import anchored, further, headed
from symgrad.styles.practical import derivatives, network
from symgrad.styles.rounds import rounds
from symgrad.styles.setting import Setting, setting_of

UNTITLED = "Worked solution"
"""What a report is; its title, where the problem has none."""
Part: TypeAlias = Callable[[Setting], Iterator[Block]]


class Style(Struct, frozen=True):
    """The sections of a report, and the notation and digits it is written in unless told otherwise.

    ``also`` are the sections about each further objective; they stand at the end.
    """

    sections: tuple[Part, ...]
    also: tuple[Part, ...]
    notation: str
    digits: Digits


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
}


def document(
    solution: Solution,
    style: str,
    notation: str | None = None,
    digits: int | None = None,
    detail: str | None = None,
) -> Document:
    """The worked solution as a document, in a style of `STYLES` and a notation of `NOTATIONS`.

    Raises `InputError` for a level of detail that is not known.
    """
    chosen, setting = STYLES[style], setting_in(solution, style, notation, digits, detail)
    blocks = (block for part in chosen.sections for block in _first(setting, part, chosen))
    others = (block for other in further(setting) for block in _other(other, chosen))
    own = solution.problem.title
    kind = (Words(UNTITLED),) if own else ()  # said once
    return Document(own or UNTITLED, (*blocks, *others), kind, keywords=("gradient", "backpropagation"))


def setting_in(
    solution: Solution,
    style: str,
    notation: str | None,
    digits: int | None,
    detail: str | None = None,
) -> Setting:
    """The setting of a solution in a style, whose own notation and digits stand in for what is None."""
    chosen = STYLES[style]
    precision = chosen.digits if digits is None else Digits(digits, chosen.digits.kind)
    return setting_of(solution, notation or chosen.notation, precision, detail)


def _first(setting: Setting, part: Part, style: Style) -> Iterator[Block]:
    """A section about the first objective; it says so where another objective has one like it."""
    shared = setting.solution.also and part in style.also
    return headed(setting, part(setting)) if shared else part(setting)


def _other(setting: Setting, style: Style) -> Iterator[Block]:
    """The sections about a further objective."""
    blocks = (block for part in style.also for block in part(setting))
    return anchored(setting, headed(setting, blocks))
