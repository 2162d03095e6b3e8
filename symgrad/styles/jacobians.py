"""The Jacobian of a structured operation: by the quotient rule, case by case, and as a matrix."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.steps import Jacobian, Step
from symgrad.document.blocks import Block, Chain, Display, Folded
from symgrad.maths.nodes import Operator, Row
from symgrad.styles.answers import leading
from symgrad.styles.parts import paragraph, words
from symgrad.styles.setting import Setting
from symgrad.tree import Cases, Formula, Name, Partial

CASES = (("case-equal", "="), ("case-different", "≠"))


def jacobian(setting: Setting, found: Jacobian) -> Iterator[Block]:
    """From the definition to the matrix; at brief detail without the way there."""
    output, input = Name(found.output), Name(found.input)
    every = "Every entry of {output} depends on every entry of {input}:"
    yield paragraph(setting, every, output=output, input=input)
    yield Display((definition(setting, found),))
    if setting.detail == "brief":
        yield paragraph(setting, "By the quotient rule:")
    else:
        yield Folded(words(setting, "Derivation"), tuple(_quotient_rule(setting, found)))
        yield paragraph(setting, "Both cases in one formula:")
    yield Display((by_cases(setting, found),))
    for matrix in _steps(found, "jacobian"):
        yield paragraph(setting, "As a matrix:")
        yield Display((_leading(setting.chain(matrix.before, matrix.after), found),))


def definition(setting: Setting, found: Jacobian) -> Chain:
    """An entry of the output, by the definition of the operation."""
    (entry,) = _steps(found, "entry")
    return setting.chain(entry.before, entry.after)


def by_cases(setting: Setting, found: Jacobian) -> Chain:
    """∂o_i/∂v_j as a case distinction, and as one formula."""
    (cases,), (both,) = _steps(found, "cases"), _steps(found, "both-cases")
    return _leading(setting.chain(cases.before, cases.after, both.after), found)


def _leading(chain: Chain, found: Jacobian) -> Chain:
    return leading(chain, Partial(found.output, found.input))


def rows(found: Jacobian) -> tuple[Formula, Formula, str, str]:
    """The entry where the two indices are equal, the one where they differ, and the letters of both."""
    (cases,) = _steps(found, "cases")
    assert isinstance(cases.after, Cases)
    (equal, condition), (different, _) = cases.after.rows
    return equal, different, str(condition.left), str(condition.right)


def _quotient_rule(setting: Setting, found: Jacobian) -> Iterator[Block]:
    (quotient,) = _steps(found, "quotient")
    yield paragraph(setting, "By the quotient rule:")
    yield Display((_leading(setting.chain(quotient.before, quotient.after), found),))
    *_, left, right = rows(found)
    for rule, relation in CASES:
        steps = _steps(found, rule)
        first, second = map(setting.context.index, (left, right))
        yield paragraph(setting, "In the case {case}:", case=Row((first, Operator(relation), second)))
        chain = setting.chain(steps[0].before, *(step.after for step in steps))
        yield Display((_leading(chain, found),))


def _steps(found: Jacobian, rule: str) -> list[Step]:
    return [step for step in found.steps if step.rule == rule]
