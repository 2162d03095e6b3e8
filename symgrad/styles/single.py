"""A report on one gradient: its passage, the Jacobians it needs, and its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.document.blocks import Block, Display, Document
from symgrad.errors import InputError
from symgrad.reading.nearest import mend
from symgrad.solution import Solution
from symgrad.styles import UNTITLED, setting_in
from symgrad.styles.backward import direct, jacobian_sections
from symgrad.styles.examples import gradient_worked
from symgrad.styles.manner import Manner
from symgrad.styles.parts import paragraph, section, words
from symgrad.styles.passages import passage
from symgrad.styles.setting import Setting, is_constant
from symgrad.tree import Name


def one_gradient(solution: Solution, target: str, manner: Manner) -> Document:
    """The gradient of every objective with respect to ``target``.

    Raises `InputError` where nothing is differentiated by it.
    """
    solutions = [one for one in (solution, *solution.also) if target in one.derivation.gradients]
    if not solutions:
        known = [name for name in solution.derivation.gradients if name not in solution.graph.auxiliary]
        hint = mend(target, known, f"there is one with respect to {', '.join(known)}")
        raise InputError(f"there is no gradient with respect to '{target}'", hint=hint)
    settings = [setting_in(one, manner) for one in solutions]
    blocks = (block for setting in settings for block in _gradient(setting, target))
    say = settings[0].language
    return Document(solution.problem.title or say(UNTITLED), tuple(blocks), language=say.tag)


def _gradient(setting: Setting, target: str) -> Iterator[Block]:
    gradient = setting.solution.derivation.gradients[target]
    if is_constant(gradient):
        yield Display((setting.chain(setting.gradient(target), gradient.result),))
        return
    yield from jacobian_sections(setting, target)
    title = words(setting, "Gradient with respect to {target}", target=Name(target))
    yield from section(title, _worked(setting, target), f"gradient-{target}")


def _worked(setting: Setting, target: str) -> Iterator[Block]:
    gradient = setting.solution.derivation.gradients[target]
    yield from direct(setting, [gradient])
    yield from passage(setting, gradient, set())
    if target in setting.solution.run.gradients:
        yield paragraph(setting, "In numbers:")
        yield Display((gradient_worked(setting, target),))
