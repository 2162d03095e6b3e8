"""Gradient descent: the rule of every parameter, the shown steps in numbers, and how the objective falls."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from symgrad.document.blocks import Block, Chain, Display, Inline, Link, Plot, Sentence, Table, Words
from symgrad.maths.nodes import Numeral
from symgrad.maths.speech import speech
from symgrad.numbers.evaluate import Values
from symgrad.results.run import Arrays
from symgrad.results.worked import put_in
from symgrad.styles.parts import listed, note, paragraph, section
from symgrad.styles.setting import Setting
from symgrad.styles.worked import stage_links, stated, value
from symgrad.tree import Array, Formula, Name, Op, Value

FEW_STEPS = 3
"""Steps that the table alone shows well; of more there is a curve."""
CURVE_POINTS = 60
"""About how many points a curve of many steps goes through."""


class Iteration(Struct, frozen=True):
    """A shown step: all its numbers, the data among them that change, and the parameters after it."""

    step: int
    values: Values
    data: Arrays
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
    training, changing = setting.solution.training, _changing(setting)
    for entry in training.steps if training else ():
        if entry.updated:
            values = setting.values_of(entry.leaves, entry.quantities, entry.gradients)
            data = {name: entry.leaves[name] for name in changing}
            yield Iteration(entry.step, values, data, entry.quantities, entry.gradients, entry.updated)


def progress(setting: Setting) -> Iterator[Block]:
    """The objective after every shown number of updates, as a table, and as a curve where they are many."""
    yield from section("The objective, step by step", _progress(setting), "progress")


def _progress(setting: Setting) -> Iterator[Block]:
    training = setting.solution.training
    if training is None or not training.losses.size:
        return
    objective = setting.maths(_objective(setting))
    counts = [entry.step - 1 for entry in training.steps]
    rows = tuple((_number(str(n)), _number_of(setting, training.losses[n])) for n in counts)
    yield Table(((Words("updates"),), (Inline(objective),)), rows)
    if setting.solution.problem.each:
        yield note(setting, "Each value is at the data of the step that comes next.")
    course = [(n, loss) for n, loss in _sampled(training.losses) if np.isfinite(loss)]
    if len(training.losses) > FEW_STEPS + 1 and len(course) > 1:
        (first, before), *_, (last, after) = course
        fall = f"from {before:.4g} after {first} updates to {after:.4g} after {last}"
        yield Plot(tuple(course), (Words("updates"),), (Inline(objective),), f"{speech(objective)}, {fall}")


def _sampled(losses: Array) -> list[tuple[int, float]]:
    """Numbers of updates and the objective after them: enough for a curve, the last among them."""
    last = len(losses) - 1
    spaced = (*range(0, last, math.ceil(last / CURVE_POINTS)), last)
    return [(n, float(losses[n])) for n in spaced]


def _steps(setting: Setting) -> Iterator[Block]:
    yield from turns(setting)
    for iteration in iterations(setting):
        data = tuple(data_chains(setting, iteration))
        chains = Display(tuple(update_worked(setting, iteration)))
        blocks = (Display(data, beside=True), chains) if data else (chains,)
        yield from section(f"Step {iteration.step}", blocks, f"step-{iteration.step}")


def turns(setting: Setting) -> Iterator[Block]:
    """Which data change from step to step, where some do."""
    each = setting.solution.problem.each
    data = listed(Name(name) for name in _changing(setting))
    if data and setting.solution.training is not None:
        again = f", {len(each)} in turn, then the first again." if len(each) > 1 else "."
        yield note(setting, "Every step takes its own ", *data, again)


def data_chains(setting: Setting, iteration: Iteration) -> Iterator[Chain]:
    """The data of a step that change from step to step, each with its numbers."""
    return (value(setting, Name(name), array) for name, array in iteration.data.items())


def _changing(setting: Setting) -> tuple[str, ...]:
    """The names of the data that change from step to step."""
    return tuple(dict.fromkeys(name for data in setting.solution.problem.each for name in data))


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


def _objective(setting: Setting) -> Formula:
    graph = setting.solution.graph
    of = Name(graph.of)
    return Op("sum", (of,)) if graph.shapes[graph.of] else of


def _number(text: str) -> Sentence:
    return (Inline(Numeral(text)),)


def _number_of(setting: Setting, number: float) -> Sentence:
    return (Inline(setting.maths(Value(np.asarray(number)))),)
