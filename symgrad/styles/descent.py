"""Descent: the rule of every parameter, the shown steps in numbers, and how the objective falls."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import (
    Block,
    Chain,
    Display,
    Inline,
    Link,
    Paragraph,
    Plot,
    Sentence,
    Table,
    Words,
)
from symgrad.languages import Said
from symgrad.maths.nodes import Numeral
from symgrad.maths.speech import speech
from symgrad.numbers.evaluate import Values
from symgrad.reading.methods import RATE, STEP
from symgrad.results.run import Arrays
from symgrad.results.updating import Assignment, assignments, own
from symgrad.results.worked import put_in
from symgrad.styles.answers import answer, needed
from symgrad.styles.newton import is_newton, newton_chains, newton_worked
from symgrad.styles.parts import Part, inline, note, section, words
from symgrad.styles.setting import Setting
from symgrad.styles.worked import stage_links, stated, value
from symgrad.tree import Array, Formula, Name, Number, Op, Value, names, substitute, walk

FEW_STEPS = 3
"""Steps that the table alone shows well; of more there is a curve."""
CURVE_POINTS = 60
"""About how many points a curve of many steps goes through."""


class Iteration(Struct, frozen=True):
    """A shown step: all its numbers, the data among them that change, and what its update makes, in order."""

    step: int
    values: Values
    data: Arrays
    quantities: Arrays
    gradients: Arrays
    moves: tuple[tuple[Assignment, Array], ...]


def descent(setting: Setting) -> Iterator[Block]:
    """The rules in symbols, every shown step in numbers, the objective step by step."""
    blocks = [*rules(setting), *_steps(setting), *progress(setting)]
    yield from section(_title(setting), blocks, "gradient-descent")


def descent_numbers(setting: Setting) -> Iterator[Block]:
    """The same without the rules, for a style that has stated them before."""
    yield from section(_title(setting), [*_steps(setting), *progress(setting)], "gradient-descent")


def _title(setting: Setting) -> Sentence:
    rule = setting.solution.problem.rule
    title = setting.language(rule.title) if rule is not None else ""
    return (Words(f"{title[:1].upper()}{title[1:]}"),)


def rules(setting: Setting) -> Iterator[Block]:
    """W ← W − α ∂J/∂W for every parameter, all at once."""
    chains = tuple(rule_chains(setting))
    if chains:
        yield Paragraph(_told(setting))
        yield Display(chains)
        yield from rate(setting)


def _told(setting: Setting) -> Sentence:
    """How the parameters move, where the states begin, and what counts the steps."""
    rule = setting.solution.problem.rule
    assert rule is not None
    if rule.is_plain:
        told = words(setting, "Every parameter takes a step against its gradient, all at the same time")
    else:
        by = "Every parameter takes a step by {method}, all at the same time"
        told = words(setting, by, method=Said(rule.title))
    states: list[Part] = [Name(own(state, name)) for state in rule.states for name in parameters(setting)]
    if states:
        are = (
            "{states} is 0 before the first step"
            if len(states) == 1
            else "{states} are 0 before the first step"
        )
        told = (*told, Words("; "), *words(setting, are, states=states))
    if any(own(STEP) in names(line.formula) for line in moves(setting)):
        counts = words(setting, "{step} counts the steps from 1", step=Name(own(STEP)))
        told = (*told, Words("; "), *counts)
    return inline(setting, *told, ":")


def rate(setting: Setting) -> Iterator[Display]:
    """α = 0.1, where the rate is a number, and the constants of the method."""
    training = setting.solution.training
    if setting.rate is None:
        return
    rates = [value(setting, setting.rate, np.asarray(training.rate))] if training is not None else []
    exactly = _exactly(setting)
    chains = (*rates, *(value(exactly, name, number) for name, number in _constants(setting).items()))
    if chains:
        yield Display(chains, beside=len(chains) > 1)


def _constants(setting: Setting) -> dict[Formula, Array]:
    """The constants of the method, and the givens that only its lines use."""
    problem, shapes = setting.solution.problem, setting.solution.graph.shapes
    if problem.rule is None:
        return {}
    givens = (id for id in sorted(problem.rule.givens) if id not in shapes)
    return {
        **{Name(own(id)): number for id, number in problem.rule.constants.items()},
        **{Name(id): problem.given[id] for id in givens},
    }


def _exactly(setting: Setting) -> Setting:
    """Constants as they were written: 0.999 is not 1."""
    digits = replace(setting.context.digits, count=15, kind="significant")
    return replace(setting, context=replace(setting.context, digits=digits))


def moves(setting: Setting) -> Iterator[Assignment]:
    """What one step makes, line by line, with the symbol of the rate in it."""
    assert setting.rate is not None
    symbol: dict[Formula, Formula] = {Name(own(RATE)): setting.rate}
    for line in assignments(setting.solution.problem, setting.solution.graph):
        yield replace(line, formula=substitute(line.formula, symbol))


def rule_chains(setting: Setting) -> Iterator[Chain]:
    """W ← W − α ∂J/∂W for every parameter, after the lines of the states."""
    if is_newton(setting):
        shared = (line for line in moves(setting) if not line.parameter)
        scheduled = (becomes(setting, line.target, line.formula) for line in shared)
        return chain(scheduled, newton_chains(setting))
    lines = moves(setting) if parameters(setting) else ()
    return (becomes(setting, line.target, line.formula) for line in lines)


def becomes(setting: Setting, target: Formula, formula: Formula) -> Chain:
    """target ← formula, as arrays or entry by entry."""
    return Chain(setting.maths(target), (Link("←", setting.maths(formula)),))


def parameters(setting: Setting) -> tuple[str, ...]:
    """The parameters that gradient descent updates."""
    asked = setting.solution.problem.update
    return asked.parameters if asked is not None else ()


def iterations(setting: Setting) -> Iterator[Iteration]:
    """The shown steps of gradient descent with the parameters that each began with."""
    training, changing = setting.solution.training, _changing(setting)
    for entry in training.steps if training else ():
        if entry.updated:
            values = setting.values_of({**entry.leaves, **entry.before}, entry.quantities, entry.gradients)
            data = {name: entry.leaves[name] for name in changing}
            done = tuple(zip(moves(setting), entry.moves, strict=True))
            yield Iteration(entry.step, values, data, entry.quantities, entry.gradients, done)


def progress(setting: Setting) -> Iterator[Block]:
    """The objective after every shown number of updates, as a table, and as a curve where they are many."""
    yield from section(words(setting, "The objective, step by step"), _progress(setting), "progress")


def _progress(setting: Setting) -> Iterator[Block]:
    training = setting.solution.training
    if training is None or not training.losses.size:
        return
    objective = setting.maths(_objective(setting))
    counts = [entry.step - 1 for entry in training.steps]
    rows = tuple((_number(str(n)), _number_of(setting, training.losses[n])) for n in counts)
    of = setting.solution.graph.of
    across, up = words(setting, "updates"), (Inline(objective),)
    yield Table((across, up), rows, of)
    if setting.solution.problem.each:
        yield note(setting, "Each value is at the data of the step that comes next.")
    course = [(n, loss) for n, loss in _sampled(training.losses) if np.isfinite(loss)]
    if len(training.losses) > FEW_STEPS + 1 and len(course) > 1:
        (first, before), *_, (last, after) = course
        say = setting.language
        low, high = (say.number(f"{value:.4g}") for value in (before, after))
        alt = say(
            "{objective}, from {before} after {first} updates to {after} after {last}",
            objective=speech(objective, say),
            before=low,
            first=str(first),
            after=high,
            last=str(last),
        )
        yield Plot(tuple(course), across, up, alt, of)


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
        title = words(setting, "Step {step}", step=str(iteration.step))
        yield from section(title, blocks, f"step-{iteration.step}")


def turns(setting: Setting) -> Iterator[Block]:
    """Which data change from step to step, where some do."""
    each = setting.solution.problem.each
    data: list[Part] = [Name(name) for name in _changing(setting)]
    if data and setting.solution.training is not None:
        own_data = "Every step takes its own {data}."
        if len(each) > 1:
            own_data = "Every step takes its own {data}, {count} in turn, then the first again."
        yield note(setting, own_data, data=data, count=str(len(each)))


def data_chains(setting: Setting, iteration: Iteration) -> Iterator[Chain]:
    """The data of a step that change from step to step, each with its numbers."""
    return (value(setting, Name(name), array) for name, array in iteration.data.items())


def _changing(setting: Setting) -> tuple[str, ...]:
    """The names of the data that change from step to step."""
    return tuple(dict.fromkeys(name for data in setting.solution.problem.each for name in data))


def update_worked(setting: Setting, iteration: Iteration) -> Iterator[Chain]:
    """W ← W − α ∂J/∂W = numbers put in = result, for every parameter and what it needs."""
    setting = _to_be_divided(setting)
    values, exact = iteration.values, {name: _decimal(number) for name, number in _constants(setting).items()}
    own_lines = [
        (line, after) for line, after in iteration.moves if not (is_newton(setting) and line.parameter)
    ]
    for line, after in own_lines:
        first = Link("←", setting.maths(line.formula), kind="way")
        numbers = stage_links(setting, (put_in(substitute(line.formula, exact), values),))
        result = stated(setting, line.target, Value(after))
        links = (first, *numbers, *result.links)
        yield replace(result, links=links, needs=needed(setting, line.formula) | _made(iteration, line))
        values = replace(values, names={**values.names, line.target: after})
    if is_newton(setting):
        moved = [(line.parameter, after) for line, after in iteration.moves if line.parameter]
        yield from newton_worked(setting, values, moved)


def _made(iteration: Iteration, line: Assignment) -> frozenset[str]:
    """What of a line's formula other lines have made, in this step or the one before it."""
    targets = {other.target for other, _ in iteration.moves}
    return frozenset(answer(node) for node in walk(line.formula) if node in targets)


def _to_be_divided(setting: Setting) -> Setting:
    """States may be small, and roots of them are divided by: significant digits, not decimals."""
    digits, rule = setting.context.digits, setting.solution.problem.rule
    if rule is None or not rule.states or digits.kind == "significant":
        return setting
    digits = replace(digits, count=digits.count + 1, kind="significant")
    return replace(setting, context=replace(setting.context, digits=digits))


def _decimal(number: Array) -> Formula:
    """A constant in a line, which is printed as it was written: 1 − 0.999 is not 1 − 1.00."""
    return Number(Fraction(repr(float(number))))


def _objective(setting: Setting) -> Formula:
    graph = setting.solution.graph
    of = Name(graph.of)
    return Op("sum", (of,)) if graph.shapes[graph.of] else of


def _number(text: str) -> Sentence:
    return (Inline(Numeral(text)),)


def _number_of(setting: Setting, number: float) -> Sentence:
    return (Inline(setting.maths(Value(np.asarray(number)))),)
