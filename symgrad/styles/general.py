"""Repeated blocks as they are written: names with t in the place of a number, and what t runs over."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from symgrad.calculus.recurrence import Rounds
from symgrad.calculus.steps import Derivation
from symgrad.maths.naming import name
from symgrad.maths.nodes import Maths, Numeral, Operator, Row, Symbol
from symgrad.notation.letters import free_letters
from symgrad.notation.setting import context_in
from symgrad.reading.problem import Problem
from symgrad.results.run import Run
from symgrad.styles.parts import Part
from symgrad.styles.setting import Setting
from symgrad.tree import Partial

MOST_NUMBERS = 4
"""Numbers of a counter that are all written."""


def counter_of(found: Rounds) -> Maths:
    """The letter of a counter."""
    one = len(found.counter.name) == 1
    return Symbol(found.counter.name) if one else Symbol(found.counter.name, "upright")


def number_range(found: Rounds, last: int) -> tuple[Part, ...]:
    """t = 1, 2, 3, and t = 1, 2, …, 9: in words, for it is no equation about t."""
    counter = found.counter
    if counter.open:
        return counter_of(found), f" = {counter.first}, …, ", last_number(found, last)
    numbers = [str(number) for number in range(counter.first, last + 1)]
    if len(numbers) > MOST_NUMBERS:
        numbers = [*numbers[:2], "…", numbers[-1]]
    return counter_of(found), f" = {', '.join(numbers)}"


def last_number(found: Rounds, last: int) -> Maths:
    """The last number, or T − 1 where it has only a name."""
    counter = found.counter
    if not counter.open:
        return Numeral(str(last))
    end, back = name(counter.end, 0), counter.last - last
    return Row((end, Operator("−"), Numeral(str(back)))) if back else end


def general_setting(setting: Setting, found: Rounds) -> Setting:
    """The setting in which names have t in the place of a number, written as those are."""
    solution, graph = setting.solution, found.graph
    problem = _general_problem(solution.problem, found)
    own = setting.context
    context = context_in(graph, problem, own.notation, own.digits, own.language)
    marked = (p for p in _partials(found.derivation) if _is_marked(setting, found, p))
    naming = replace(
        setting.context.naming,
        names={**context.naming.names, **setting.context.naming.names},
        ranks={**context.naming.ranks, **setting.context.naming.ranks},
    )
    direct_ = {**context.direct, **dict.fromkeys(marked)}
    context = replace(context, naming=naming, letters=free_letters(naming), direct=direct_)
    general = replace(
        solution, problem=problem, graph=graph, derivation=found.derivation, run=Run({}, {}, ())
    )
    return Setting(replace(general, training=None, also=(), jacobians=(), rounds=()), context, setting.detail)


def _general_problem(problem: Problem, found: Rounds) -> Problem:
    """The problem, with W^{[l]} for W^{[1]} under ``write``."""
    first = found.counter.first
    write_ = {id: text for id, text in problem.write.items() if id in found.graph.shapes}
    for id in found.graph.shapes:
        if read := found.step(id):
            stem, step = read
            number, index = first + step, id.partition("[")[2].removesuffix("]")
            one = f"{stem}[{number}]"
            text, shown = problem.write.get(one), problem.repeat.label(one)[len(stem) + 1 : -1]
            if text and (general := _lettered(text, shown, index)) != text:
                write_[id] = general
    return replace(problem, write=write_, update=None, rule=None)


def _lettered(text: str, number: str, index: str) -> str:
    """A written name with the index in the place of its last number."""
    head, found, tail = text.rpartition(number)
    return head + index + tail if found else text


def _partials(derivation: Derivation) -> Iterable[Partial]:
    return (Partial(p.consumer, p.target) for g in derivation.gradients.values() for p in g.paths)


def _is_marked(setting: Setting, found: Rounds, partial: Partial) -> bool:
    """Whether a local derivative is less than the whole one in some round."""
    rounds_ = found.counter.numbers
    return any(
        setting.context.is_marked(Partial(found.named(partial.of, n), found.named(partial.wrt, n)))
        for n in rounds_
    )


def open_blocks(setting: Setting) -> tuple[Rounds, ...]:
    """The repeated blocks of which nobody knows how often."""
    return tuple(block for block in setting.solution.rounds if block.counter.open)
