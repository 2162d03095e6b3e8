"""The questions alone: what is given, the forward pass, and the tasks as numbered sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import TypeAlias

from msgspec import Struct

from symgrad.calculus.hessian_products import moved
from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Display, Sentence, Task, Words
from symgrad.document.points import told
from symgrad.languages import Said
from symgrad.open_rounds import own_quantities
from symgrad.styles.answers import answer
from symgrad.styles.backward import constant_chains, meaning
from symgrad.styles.descent import parameters, rules, turns
from symgrad.styles.examples import givens
from symgrad.styles.forward import formula_chains, positions, size_chains, spaces
from symgrad.styles.functions import definitions_of_functions
from symgrad.styles.general import number_range
from symgrad.styles.jacobian_answers import as_whole
from symgrad.styles.objectives import further
from symgrad.styles.parts import Part, paragraph, section, words
from symgrad.styles.setting import Setting, is_constant
from symgrad.styles.worked import value
from symgrad.tree import Gradient, Name, Partial, Second

MOST_DATA = 10
"""Steps up to which the data of each are listed."""
Points: TypeAlias = Mapping[str, float]
JACOBIANS = {
    (False, False): "Derive the Jacobian {jacobian}.",
    (False, True): "Derive the Jacobian {jacobian}, and evaluate it at the given numbers.",
    ("numerator", False): "Derive the Jacobian {jacobian} in numerator layout.",
    (
        "numerator",
        True,
    ): "Derive the Jacobian {jacobian} in numerator layout, and evaluate it at the given numbers.",
    ("denominator", False): "Derive the Jacobian {jacobian} in denominator layout.",
    (
        "denominator",
        True,
    ): "Derive the Jacobian {jacobian} in denominator layout, and evaluate it at the given numbers.",
}
"""By the layout, of a matrix, and whether there are numbers."""
UPDATES = {
    (False, False): "Write down one step of {method} for {names}.",
    (False, True): "Write down {steps} steps of {method} for {names}.",
    (True, False): "Take one step of {method} for {names}. What is {of} after it?",
    (True, True): "Take {steps} steps of {method} for {names}. What is {of} after each of them?",
}
"""By whether there are numbers, and whether there are several steps."""


class Asked(Struct, frozen=True):
    """A task: its sentence, the answers that it asks for, and what has to be known for it."""

    sentence: Sentence
    answers: Collection[str] = ()
    more: tuple[Block, ...] = ()


def questions(setting: Setting, points: Points) -> Iterator[Block]:
    """What is given, then the tasks, each with its points."""
    yield from section(words(setting, "Given"), _given(setting), "given")
    yield from section(words(setting, "Tasks"), _tasks(setting, points), "tasks")


def _given(setting: Setting) -> Iterator[Block]:
    """The forward pass as a statement, the spaces that its names live in, and the numbers."""
    solution = setting.solution
    yield paragraph(setting, "The forward pass computes, in this order:")
    yield Display(tuple(formula_chains(setting, defined=False)))
    yield from definitions_of_functions(setting)
    if solution.problem.assume:
        yield paragraph(setting, "It is known that")
        yield Display(
            tuple(setting.chain(left, right) for left, right in solution.problem.assume), beside=True
        )
    yield paragraph(setting, "with these shapes:")
    yield from spaces(setting)
    sizes = tuple(size_chains(setting))
    numbers = tuple(givens(setting, solution.graph.leaves))
    if sizes:
        yield paragraph(setting, "where, in the numbers below,")
        yield Display(sizes, beside=True)
    yield from positions(setting)
    if numbers:
        yield paragraph(setting, "The numbers are:")
        yield from numbers
    yield from meaning(setting)
    if solution.graph.seed:
        yield Display(tuple(chain for chain in constant_chains(setting) if not chain.of), beside=True)


def _tasks(setting: Setting, points: Points) -> Iterator[Block]:
    numbers = map(str, count(1))
    for asked in _asked(setting, points):
        worth = sum(points.get(name, 0.0) for name in asked.answers)
        yield Task(next(numbers), asked.sentence, told(worth, setting.language) if worth else "")
        yield from asked.more


def _asked(setting: Setting, points: Points) -> Iterator[Asked]:
    yield from _forward(setting)
    yield from _gradients(setting, points)
    for other in further(setting):
        yield from _gradients(other, points)
    yield from _jacobians(setting)
    yield from _hessians(setting)
    yield from _product(setting)
    yield from _update(setting)


def _forward(setting: Setting) -> Iterator[Asked]:
    run = setting.solution.run
    own = [name for name in own_quantities(setting.solution) if name in run.quantities]
    if own:
        text = "Compute the forward pass: {quantities} at the given numbers."
        yield Asked(words(setting, text, quantities=[*map(Name, own)]), own)


def _gradients(setting: Setting, points: Points) -> Iterator[Asked]:
    """Every gradient that is asked for; each is a task of its own where points are given for some."""
    solution = setting.solution
    found = [gradient for gradient in solution.derivation.gradients.values() if not is_constant(gradient)]
    names = {gradient.target: answer(setting.gradient(gradient.target)) for gradient in found}
    asked = [g for g in found if g.target in solution.graph.wrt or names[g.target] in points]
    if points.keys() & names.values():
        for gradient in asked:
            known = gradient.target in solution.run.gradients
            text = "Derive {target}, and evaluate it at the given numbers." if known else "Derive {target}."
            sentence = words(setting, text, target=setting.gradient(gradient.target))
            yield Asked(sentence, (names[gradient.target],))
    elif asked:
        targets: list[Part] = [setting.gradient(gradient.target) for gradient in asked]
        between = _on_the_way(setting, found, asked)
        text = "Derive {targets} by the chain rule; on the way, give {between}."
        if not between:
            text = "Derive {targets} by the chain rule."
        yield Asked(words(setting, text, targets=targets, between=between))
        if any(gradient.target in solution.run.gradients for gradient in asked):
            one, more = (
                "Evaluate this gradient at the given numbers.",
                "Evaluate these gradients at the given numbers.",
            )
            yield Asked(words(setting, more if len(asked) > 1 else one))


def _on_the_way(setting: Setting, found: list[GradientOf], asked: list[GradientOf]) -> list[Part]:
    """Which gradients are found first: those of quantities; of a repeated block for every number."""
    quantities = setting.solution.graph.quantities
    between = [g for g in found if g.target in quantities and g not in asked]
    inner: list[Part] = [setting.gradient(g.target) for g in between if not setting.is_covered(g.target)]
    recursion = "those of every quantity of the repeated formulas as a recursion, for every {range}"
    repeated = [
        words(setting, recursion, range=number_range(block, block.counter.last))
        for block in setting.solution.rounds
    ]
    return [*inner, *repeated]


def _jacobians(setting: Setting) -> Iterator[Asked]:
    layout = setting.solution.problem.report.layout or "numerator"
    for one in setting.solution.jacobians:
        partial = Partial(one.of, one.wrt)
        whole = as_whole(setting, partial).maths
        text = JACOBIANS[one.is_matrix and layout, one.value is not None]
        yield Asked(words(setting, text, jacobian=whole), (answer(partial),))


def _hessians(setting: Setting) -> Iterator[Asked]:
    for one in setting.solution.hessians:
        second = Second(one.of, one.wrt, one.by)
        text = "Derive the second derivative {second}, and evaluate it at the given numbers."
        if one.whole.value is None:
            text = "Derive the second derivative {second}."
        sentence = words(setting, text, second=second)
        if one.definite is not None:
            asked = words(setting, "Is it positive or negative (semi)definite? Why?")
            sentence = (*sentence, Words(" "), *asked)
        yield Asked(sentence, (answer(second),))


def _product(setting: Setting) -> Iterator[Asked]:
    """What the Hessian makes of a direction."""
    product = setting.solution.product
    if product is None:
        return
    ways: list[Part] = [
        words(setting, "{way} for {name}", way=Name(v), name=Name(w)) for w, v in product.along
    ]
    results = tuple(answer(moved(Gradient(product.of, wrt))) for wrt, _ in product.along)
    text = "Multiply the Hessian of {of} by the direction {ways}, without making it."
    if all(each.value is not None for each in product.tangents):
        text = "Multiply the Hessian of {of} by the direction {ways}, without making it, also in numbers."
    yield Asked(words(setting, text, of=Name(product.of), ways=ways), results)


def _update(setting: Setting) -> Iterator[Asked]:
    solution, moved = setting.solution, parameters(setting)
    if not moved:
        return
    problem = solution.problem
    assert problem.rule is not None
    assert problem.update is not None
    steps = problem.update.steps
    sentence = words(
        setting,
        UPDATES[solution.training is not None, steps > 1],
        steps=str(steps),
        method=Said(problem.rule.title),
        names=[*map(Name, moved)],
        of=Name(solution.graph.of),
    )
    yield Asked(sentence, moved, (*rules(setting), *_data(setting)))


def _data(setting: Setting) -> Iterator[Block]:
    """The data of each step, where they change."""
    each = setting.solution.problem.each
    if setting.solution.training is None or not each:
        return
    yield from turns(setting)
    for step, data in enumerate(each[:MOST_DATA], 1):
        chains = tuple(value(setting, Name(name), array) for name, array in data.items())
        yield paragraph(setting, "Step {step}:", step=str(step))
        yield Display(chains, beside=True)
