"""Gradient descent: the rule of every parameter, the shown steps in numbers, and how the objective falls."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from symgrad.document.blocks import Block, Chain, Display, Inline, Link, Plot, Sentence, Table, Words
from symgrad.maths.nodes import Numeral
from symgrad.maths.speech import speech
from symgrad.numbers.evaluate import Values
from symgrad.results.run import Arrays
from symgrad.results.training import Training, TrainingStep, train
from symgrad.results.worked import put_in
from symgrad.styles.parts import paragraph, section, words
from symgrad.styles.setting import Setting
from symgrad.styles.worked import stage_links, stated, value
from symgrad.tree import Array, Formula, Name, Op, Value

FEW_STEPS = 3
"""Steps that the table alone shows well; of more there is a curve."""
CURVE_POINTS = 60
"""About how many points a curve of many steps goes through."""


@dataclass(frozen=True)
class Iteration:
    """A shown step: all its numbers, and the parameters after it."""

    step: int
    values: Values
    quantities: Arrays
    gradients: Arrays
    updated: Arrays


def descent(setting: Setting) -> Iterator[Block]:
    """The rules in symbols, every shown step in numbers, the objective step by step."""
    blocks = [*rules(setting), *_steps(setting), *progress(setting)]
    yield from section("Gradient descent", blocks, "gradient-descent")


def descent_numbers(setting: Setting) -> Iterator[Block]:
    """The same without the rules, for a style that has stated them before."""
    yield from section("Gradient descent", [*_steps(setting), *progress(setting)], "gradient-descent")


def rules(setting: Setting) -> Iterator[Block]:
    """W ← W − α ∂J/∂W for every parameter, all at once."""
    chains = tuple(rule_chains(setting))
    if chains:
        yield paragraph(setting, "Every parameter takes a step against its gradient, all at the same time:")
        yield Display(chains)
        yield from rate(setting)


def rate(setting: Setting) -> Iterator[Display]:
    """α = 0.1, where the rate is a number."""
    training = setting.solution.training
    if setting.rate is not None and training is not None:
        yield Display((value(setting, setting.rate, np.asarray(training.rate)),))


def rule_chains(setting: Setting) -> Iterator[Chain]:
    """W ← W − α ∂J/∂W for every parameter."""
    for name in parameters(setting):
        yield update(setting, Name(name), setting.gradient(name))


def update(setting: Setting, parameter: Formula, gradient: Formula) -> Chain:
    """parameter ← parameter − α gradient, as arrays or entry by entry."""
    return Chain(setting.maths(parameter), (Link("←", setting.maths(_step(setting, parameter, gradient))),))


def parameters(setting: Setting) -> tuple[str, ...]:
    """The parameters that gradient descent updates."""
    asked = setting.solution.problem.update
    return asked.parameters if asked is not None else ()


def iterations(setting: Setting) -> Iterator[Iteration]:
    """The shown steps of gradient descent with the parameters that each began with."""
    training, leaves = setting.solution.training, dict(setting.solution.problem.given)
    if training is None:
        return
    last = 0
    for entry in (entry for entry in training.steps if entry.updated):
        if entry.step != last + 1:
            leaves |= _before(entry, training)
        values = setting.values_of(leaves, entry.quantities, entry.gradients)
        yield Iteration(entry.step, values, entry.quantities, entry.gradients, entry.updated)
        leaves |= entry.updated
        last = entry.step


def progress(setting: Setting) -> Iterator[Block]:
    """The objective after every shown number of updates, as a table, and as a curve where they are many."""
    yield from section("The objective, step by step", _progress(setting), "progress")


def _progress(setting: Setting) -> Iterator[Block]:
    training = setting.solution.training
    if training is None:
        return
    objective = setting.maths(_objective(setting))
    rows = tuple((_number(str(n)), _number_of(setting, loss)) for n, loss in _losses(setting, training))
    yield Table(((Words("updates"),), (Inline(objective),)), rows)
    course = [(n, loss) for n, loss in _losses(setting, _sampled(setting, training)) if np.isfinite(loss)]
    if training.steps[-1].step > FEW_STEPS + 1 and len(course) > 1:
        (first, before), *_, (last, after) = course
        fall = f"from {before:.4g} after {first} updates to {after:.4g} after {last}"
        yield Plot(tuple(course), (Words("updates"),), (Inline(objective),), f"{speech(objective)}, {fall}")


def _losses(setting: Setting, training: Training) -> list[tuple[int, float]]:
    """The number of updates made, and the objective (the sum of its entries) after them."""
    of = setting.solution.graph.of
    return [(entry.step - 1, np.sum(entry.quantities[of]).item()) for entry in training.steps]


def _sampled(setting: Setting, training: Training) -> Training:
    """The same descent with enough steps for a curve, where only a few of many are shown."""
    solution = setting.solution
    last, asked = training.steps[-1].step, solution.problem.update
    if len(training.steps) == last or asked is None:
        return training
    spaced = tuple(range(1, last, math.ceil(last / CURVE_POINTS)))
    resampled = asked.model_copy(update={"show": spaced})
    return train(solution.graph, solution.derivation, solution.problem.given, resampled) or training


def _steps(setting: Setting) -> Iterator[Block]:
    for iteration in iterations(setting):
        chains = tuple(update_worked(setting, iteration))
        title = words(f"Step {iteration.step}", setting=setting)
        yield from section(title, (Display(chains),), f"step-{iteration.step}")


def update_worked(setting: Setting, iteration: Iteration) -> Iterator[Chain]:
    """W ← W − α ∂J/∂W = numbers put in = result, for every parameter."""
    for name, after in iteration.updated.items():
        formula = _step(setting, Name(name), setting.gradient(name))
        first = Link("←", setting.maths(formula))
        numbers = stage_links(setting, (put_in(formula, iteration.values),))
        result = stated(setting, Name(name), Value(after))
        yield Chain(result.left, (first, *numbers, *result.links))


def _step(setting: Setting, parameter: Formula, gradient: Formula) -> Formula:
    assert setting.rate is not None
    return Op("subtract", (parameter, Op("multiply", (setting.rate, gradient))))


def _before(entry: TrainingStep, training: Training) -> dict[str, Array]:
    """The parameters before a step that follows one that is not shown."""
    return {name: after + training.rate * entry.gradients[name] for name, after in entry.updated.items()}


def _objective(setting: Setting) -> Formula:
    graph = setting.solution.graph
    of = Name(graph.of)
    return Op("sum", (of,)) if graph.shapes[graph.of] else of


def _number(text: str) -> Sentence:
    return (Inline(Numeral(text)),)


def _number_of(setting: Setting, number: float) -> Sentence:
    return (Inline(setting.maths(Value(np.asarray(number)))),)
