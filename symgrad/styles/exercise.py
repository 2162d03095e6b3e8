"""Style 'exercise': the steps numbered, forward 1) 2) 3), back 3) 2) 1), symbols and numbers together."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Display
from symgrad.open_rounds import own_quantities
from symgrad.styles.backward import seed
from symgrad.styles.examples import givens, gradient_worked, quantity_worked
from symgrad.styles.figure import figure
from symgrad.styles.forward import definitions, formula_chain, positions, shapes
from symgrad.styles.functions import definitions_of_functions
from symgrad.styles.jacobians import jacobian
from symgrad.styles.parts import inline, section, words
from symgrad.styles.passages import passage
from symgrad.styles.setting import Setting, is_constant, is_unused
from symgrad.styles.worked_jacobian import jacobian_worked, product_worked
from symgrad.tree import Name


def given(setting: Setting) -> Iterator[Block]:
    """What is given, and in which spaces it lives."""
    leaves = givens(setting, setting.solution.graph.leaves)
    drawn = figure(setting) if setting.solution.problem.report.graph else ()
    yield from section(words(setting, "Given"), [*leaves, *drawn, *shapes(setting)], "given")


def forward_numbered(setting: Setting) -> Iterator[Block]:
    """I. Every quantity, numbered, with its numbers where there are any."""
    steps = (step for n, name in _numbered(setting) for step in _forward_step(setting, n, name))
    blocks = (*positions(setting), *definitions_of_functions(setting), *steps)
    yield from section(words(setting, "I. Forward"), blocks, "forward")


def backward_numbered(setting: Setting) -> Iterator[Block]:
    """II. Back through the same steps, last one first, to the gradients that each of them settles."""
    yield from section(words(setting, "II. Backward"), _backward(setting), "backward")


def _numbered(setting: Setting) -> list[tuple[int, str]]:
    return list(enumerate(own_quantities(setting.solution), 1))


def _forward_step(setting: Setting, n: int, name: str) -> Iterator[Block]:
    numeric = name in setting.solution.run.quantities
    first = quantity_worked(setting, name) if numeric else formula_chain(setting, name)
    title = inline(setting, f"{n}) ", Name(name))
    yield from section(title, (Display((*definitions(setting, name), first)),), f"forward-{n}")


def _backward(setting: Setting) -> Iterator[Block]:
    yield from seed(setting)
    shown: set[object] = set()
    own = own_quantities(setting.solution)
    for n, name in reversed(_numbered(setting)):
        settled = [gradient for gradient in _settled(setting, name) if not is_constant(gradient)]
        blocks = [
            block for gradient in settled for block in _titled(setting, gradient, shown, len(settled) > 1)
        ]
        title = words(setting, "{number}) Back through {quantity}", number=str(n), quantity=Name(name))
        yield from section(title, blocks, f"backward-{n}")
    for gradient in setting.solution.derivation.gradients.values():
        last = is_unused(gradient) or not any(path.consumer in own for path in gradient.paths)
        if last and not is_constant(gradient):
            yield from _titled(setting, gradient, shown, True)


def _settled(setting: Setting, consumer: str) -> Iterator[GradientOf]:
    """The gradients of what ``consumer`` is the first to use: its path is the last of theirs to be known."""
    own = own_quantities(setting.solution)
    for gradient in setting.solution.derivation.gradients.values():
        used = [path.consumer for path in gradient.paths if path.consumer in own]
        if used and consumer == min(used, key=own.index):
            yield gradient


def _titled(setting: Setting, gradient: GradientOf, shown: set[object], titled: bool) -> Iterator[Block]:
    """A gradient, under a heading of its own where a step has several."""
    if not titled:
        return _gradient(setting, gradient, shown)
    title = words(setting, "With respect to {target}", target=Name(gradient.target))
    return section(title, _gradient(setting, gradient, shown), f"gradient-{gradient.target}")


def _gradient(setting: Setting, gradient: GradientOf, shown: set[object]) -> Iterator[Block]:
    """A gradient in symbols and right after it in numbers; a Jacobian on the way in the same manner."""
    jacobians = setting.jacobians(gradient.target)
    for found in jacobians:
        yield from jacobian(setting, found)
        yield from jacobian_worked(setting, found)
    yield from passage(setting, gradient, shown)
    if gradient.target in setting.solution.run.gradients:
        products = tuple(chain for found in jacobians for chain in product_worked(setting, found, gradient))
        yield Display(products or (gradient_worked(setting, gradient.target),))
