"""The context of one problem: its names, a notation and the digits, from which everything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symgrad.graph import Graph
from symgrad.graph.seeds import is_unstated
from symgrad.languages import ENGLISH, Language
from symgrad.maths.naming import distinct_names, name
from symgrad.maths.nodes import Accent, Maths, Numeral, Script
from symgrad.notation.apart import check_apart, check_written
from symgrad.notation.context import Context
from symgrad.notation.derivatives import Notation, Roles, Scripts
from symgrad.notation.direct import direct_partials
from symgrad.notation.letters import free_letters
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.numerals import Digits
from symgrad.notation.symbols import Naming
from symgrad.operations import OPERATIONS
from symgrad.operations.model import Operation
from symgrad.operations.own import CALL
from symgrad.operations.reductions import along_shape
from symgrad.reading.problem import Problem
from symgrad.tree import Formula, Name, Op, walk

OBJECTIVES = ("L", "J", "E", "C")
_NO_ACTIVATIONS = frozenset(("exp", "log", "sqrt", "cos", "abs"))


def context_of(
    graph: Graph, problem: Problem, notation: str, digits: Digits, language: Language = ENGLISH
) -> Context:
    """How the formulas of a problem are written, in a notation of `NOTATIONS`.

    Raises `InputError`, at its place in the file, for a name under ``write`` that cannot be read, or that
    looks like another one.
    """
    check_written(problem)
    return context_in(graph, problem, NOTATIONS[notation], digits, language)


def context_in(
    graph: Graph, problem: Problem, chosen: Notation, digits: Digits, language: Language
) -> Context:
    """How the formulas of a graph are written, in a notation."""
    naming = _naming(graph, problem)
    parameters = tuple(name for name in graph.wrt if name in graph.leaves)
    roles = Roles(graph.of, parameters, _signals(graph, naming))
    marks = {of: mark for of, mark in chosen.marks(roles, naming).items() if not naming.looks_taken(mark)}
    direct = dict(direct_partials(graph))
    letters, objectives = free_letters(naming), _objectives(graph, problem, naming)
    return Context(naming, chosen, digits, marks, letters, direct, objectives, language)


def _objectives(graph: Graph, problem: Problem, naming: Naming) -> Mapping[str, Maths]:
    """The letter of an objective that no formula states: the first that is free."""
    letters = (name(letter, 0) for letter in (*OBJECTIVES, "ell") if letter not in naming.names)
    free = next((letter for letter in letters if not naming.is_taken(letter)), None)
    unstated = is_unstated(problem, graph.of, graph.shapes[graph.of])
    return {graph.of: free} if unstated and free is not None else {}


def _naming(graph: Graph, problem: Problem) -> Naming:
    # In Python 3.12.0 and 3.12.1 a loop variable `name` hides the function `name` from the loops after it.
    ranks = {id: len(shape) for id, shape in graph.shapes.items()} | dict.fromkeys(_of_steps(problem), 0)
    sizes = {dim for dim in _dims(graph) if isinstance(dim, str)}
    ranks |= dict.fromkeys(problem.repeat.counters, 0)
    ranks |= {id: problem.given[id].ndim for id in problem.looked_up}
    ids = {**ranks, **dict.fromkeys(sorted(sizes - set(ranks)), 0), **dict.fromkeys(problem.functions, 0)}
    columns = frozenset(id for id, shape in graph.shapes.items() if len(shape) == 2 and shape[1] == 1)
    label = problem.repeat.label
    check_apart(
        problem, {id: name(label(id), rank, problem.write.get(id)) for id, rank in ids.items()}, ranks
    )
    written = distinct_names((label(id), rank, problem.write.get(id)) for id, rank in ids.items())
    return Naming({id: written[label(id)] for id in ids}, ranks, columns)


def _dims(graph: Graph) -> Iterator[Any]:
    """All dimensions, also those of what formulas hide."""
    formulas = (node for formula in graph.quantities.values() for node in walk(formula))
    for shape in (*graph.shapes.values(), *map(graph.shape, formulas)):
        yield from shape


def _of_steps(problem: Problem) -> Iterator[str]:
    """The givens that only the steps of an update use, all of them scalars."""
    if problem.update is not None and isinstance(problem.update.rate, str):
        yield problem.update.rate
    if problem.rule is not None:
        yield from sorted(problem.rule.givens)


def _signals(graph: Graph, naming: Naming) -> Mapping[str, Scripts]:
    """The scripts of δ for each pre-activation: its own where they differ, else 1, 2, …

    Of families they are the same in every round: the names, where their scripts are alike.
    """
    inputs = [id for formula in graph.quantities.values() for id in _activated(formula)]
    signals = [name for name in graph.quantities if name in inputs]
    scripts = [_scripts(name, naming.written(name)) for name in signals]
    if len({*scripts} - {(None, None)}) < len(signals):
        if any("[" in name for name in signals):
            scripts = [(_bare(naming.written(name)), None) for name in signals]
        else:
            scripts = [(Numeral(str(count)), None) for count in range(1, len(signals) + 1)]
    return dict(zip(signals, scripts, strict=True))


def _bare(maths: Maths) -> Maths:
    """A name without its arrow, in a script."""
    match maths:
        case Accent("vec", body):
            return body
        case Script(base, sub, sup):
            return Script(_bare(base), sub, sup)
    return maths


def _activated(formula: Formula) -> Iterator[str]:
    match formula:
        case Op(name, (Name(id), *_)) if name == CALL.name or _is_activation(OPERATIONS.get(name)):
            yield id


def _is_activation(record: Operation | None) -> bool:
    """Whether it is a function of each entry, or along an axis, as layers have them."""
    if record is None or record.name in _NO_ACTIVATIONS:
        return False
    return record.is_unary or record.shape is along_shape


def _scripts(name: str, maths: Maths) -> Scripts:
    """The subscript of a name; of a family also what stands above, as in z^{[2]}."""
    if not isinstance(maths, Script):
        return None, None
    return maths.sub, maths.sup if "[" in name else None
