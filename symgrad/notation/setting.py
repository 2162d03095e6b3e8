"""The context of one problem: its names, a notation and the digits, from which everything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.calculus.spelling import LETTERS
from symgrad.errors import InputError
from symgrad.graph import Graph
from symgrad.maths.naming import distinct_names
from symgrad.maths.nodes import Accent, Maths, Numeral, Script, Symbol
from symgrad.maths.written import read_written
from symgrad.notation.context import Context
from symgrad.notation.derivatives import NOTATIONS, Roles
from symgrad.notation.numerals import Digits
from symgrad.notation.symbols import Naming
from symgrad.reading.problem import Problem
from symgrad.reading.source import within
from symgrad.tree import Formula, Name, Number, Op, Partial, added, names

INDICES = f"{LETTERS}nuvghxyz"
"""Letters for indices, in the order in which they are taken."""
_ACTIVATIONS = {
    *("sigmoid", "tanh", "sin", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu"),
    *("softmax", "log_softmax", "call"),
}


def context_of(graph: Graph, problem: Problem, notation: str, digits: Digits) -> Context:
    """How the formulas of a problem are written, in a notation of `NOTATIONS`.

    Raises `InputError`, at its place in the file, for a name under ``write`` that cannot be read.
    """
    _check_written(problem)
    naming = _naming(graph, problem)
    chosen = NOTATIONS[notation]
    parameters = tuple(name for name in graph.wrt if name in graph.leaves)
    roles = Roles(graph.of, parameters, _signals(graph, naming))
    marks, terms = chosen.marks(roles, naming), dict(_direct(graph))
    return Context(naming, chosen, digits, marks, _letters(naming), terms)


def _direct(graph: Graph) -> Iterator[tuple[Partial, Formula]]:
    """λ‖w‖² for ∂J/∂w as a part of the whole one, where J = L + λ‖w‖² and L rests on w too."""
    terms = list(_summands(graph.quantities[graph.of]))
    for name in names(graph.quantities[graph.of]) if len(terms) > 1 else ():
        following = _following(graph, name)
        own = [term for term in terms if name in names(term)]
        longer = [term for term in terms if not following.isdisjoint(names(term))]
        if longer and not any(term in longer for term in own):
            yield Partial(graph.of, name), added(own)


def _summands(formula: Formula) -> Iterator[Formula]:
    """The terms of a sum, also of one with a sign, a number before it or a number below it."""
    match formula:
        case Op("add", (left, right)):
            yield from (*_summands(left), *_summands(right))
        case Op("subtract", (left, right)):
            yield from (*_summands(left), *map(_negative, _summands(right)))
        case Op("negative", (inner,)):
            yield from map(_negative, _summands(inner))
        case Op("divide", (inner, Number() as below)):
            yield from (Op("divide", (term, below)) for term in _summands(inner))
        case Op("multiply", (Number() as factor, inner)):
            yield from (Op("multiply", (factor, term)) for term in _summands(inner))
        case _:
            yield formula


def _negative(formula: Formula) -> Formula:
    match formula:
        case Op("negative", (inner,)):
            return inner
    return Op("negative", (formula,))


def _following(graph: Graph, name: str) -> set[str]:
    """The quantities that rest on a name."""
    found: set[str] = set()
    for quantity, formula in graph.quantities.items():
        used = names(formula)
        if name in used or not found.isdisjoint(used):
            found.add(quantity)
    return found


def _letters(naming: Naming) -> Mapping[str, str]:
    """Letters for indices that name nothing else, in place of the usual ones."""
    taken = {_letter(maths) for maths in naming.names.values()}
    free = [letter for letter in INDICES if letter not in taken]
    return dict(zip(LETTERS, free, strict=False)) if not taken.isdisjoint(LETTERS) else {}


def _letter(maths: Maths) -> str | None:
    """The letter that a name is, with or without an arrow."""
    bare = maths.body if isinstance(maths, Accent) and maths.kind == "vec" else maths
    return bare.text if isinstance(bare, Symbol) else None


def _check_written(problem: Problem) -> None:
    for name, text in problem.write.items():
        try:
            read_written(text)
        except InputError as error:
            place, inside = problem.place("write", name), error.place
            start = inside.column - 1 if inside else 0
            end = start + inside.width if inside else len(text)
            raise InputError(error.message, place=within(place, start, end), hint=error.hint) from None


def _naming(graph: Graph, problem: Problem) -> Naming:
    ranks = {name: len(shape) for name, shape in graph.shapes.items()} | dict.fromkeys(_rate(problem), 0)
    sizes = {dim for shape in graph.shapes.values() for dim in shape if isinstance(dim, str)}
    ids = {**ranks, **dict.fromkeys(sorted(sizes - set(ranks)), 0), **dict.fromkeys(problem.functions, 0)}
    columns = frozenset(name for name, shape in graph.shapes.items() if len(shape) == 2 and shape[1] == 1)
    written = distinct_names((id, rank, problem.write.get(id)) for id, rank in ids.items())
    return Naming(written, ranks, columns)


def _rate(problem: Problem) -> Iterator[str]:
    if problem.update is not None and isinstance(problem.update.rate, str):
        yield problem.update.rate


def _signals(graph: Graph, naming: Naming) -> Mapping[str, Maths]:
    """The label k of δ_k for each pre-activation: its own subscripts where they differ, else 1, 2, …"""
    inputs = [id for formula in graph.quantities.values() for id in _activated(formula)]
    signals = [name for name in graph.quantities if name in inputs]
    subscripts = [_subscript(naming.written(name)) for name in signals]
    labels = [label for label in subscripts if label is not None]
    if len(set(labels)) < len(signals):
        labels = [Numeral(str(count)) for count in range(1, len(signals) + 1)]
    return dict(zip(signals, labels, strict=True))


def _activated(formula: Formula) -> Iterator[str]:
    match formula:
        case Op(name, (Name(id), *_)) if name in _ACTIVATIONS:
            yield id


def _subscript(maths: Maths) -> Maths | None:
    return maths.sub if isinstance(maths, Script) else None
