"""The dictionary of a submission: its names settled once for all its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from symgrad.checking.meaning.definitions import definitions_in
from symgrad.checking.meaning.dictionary import OBJECTIVES, RATES, Dictionary
from symgrad.checking.meaning.spelling import Spellings, flat_sub, labels, spell, spellings
from symgrad.checking.worlds.model import Model
from symgrad.operations import operation
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Call, Derivative, Literal, Node, Power, Sum, Symbol, walk
from symgrad.tree import Name, Op


def dictionary_of(model: Model, submission: Submission) -> Dictionary:
    """The names of a submission about a problem."""
    problem = model.problem
    names = (*model.graph.quantities, *model.graph.leaves, *problem.given)
    ranked = [name for name, shape in model.graph.shapes.items() if shape]
    found = spellings(dict.fromkeys(names), problem.write, ranked)
    dictionary = Dictionary(model, found, _families(found))
    dictionary.signals = _signals(dictionary)
    _alias_rate(dictionary)
    for line in submission.lines:
        for own in definitions_in(line, dictionary):
            dictionary.own.setdefault(own.spelling, []).append(own)
    _alias_objective(dictionary, submission)
    dictionary.applied = _applied(model)
    dictionary.einstein = bool(EINSTEIN.search(submission.text))
    dictionary.from_zero = any(_is_zero_index(line) for line in submission.lines)
    return dictionary


EINSTEIN = re.compile(r"repeated ind|summation convention|einstein", re.IGNORECASE)


def _signals(dictionary: Dictionary) -> Mapping[str, str]:
    """The quantities that activations are applied to, and the last one before the objective, by label
    and name.
    """
    graph = dictionary.model.graph
    found: dict[str, str] = {}
    for name in graph.quantities:
        if name == graph.of or not _feeds_activation(name, dictionary.model):
            continue
        for key, (known, exponent) in dictionary.names.joined.items():
            if known == name and exponent == 1:
                if key[2]:
                    found.setdefault(key[2], name)
                found.setdefault(key[0] + key[2], name)
    return found


def _feeds_activation(name: str, model: Model) -> bool:
    """Whether a function of this one quantity, of its shape, is applied to it; or nothing but the loss is."""
    graph = model.graph
    uses = graph.consumers(name)
    if uses == (graph.of,) and graph.shapes[name]:
        return True
    for made in uses:
        formula = graph.quantities[made]
        if (
            isinstance(formula, Op)
            and formula.args == (Name(name),)
            and operation(formula.name).kind in ("elementwise", "structured")
            and graph.shapes[made] == graph.shapes[name]
        ):
            return True
    return False


def _applied(model: Model) -> Mapping[str, str]:
    found: dict[str, list[str]] = {}
    for name, formula in model.graph.quantities.items():
        if isinstance(formula, Op) and formula.name in ("sigmoid", "tanh", "softmax"):
            found.setdefault(formula.name, []).append(name)
    once = {op: names[0] for op, names in found.items() if len(names) == 1}
    return {**once, **({"sigma": once["sigmoid"]} if "sigmoid" in once else {})}


def _families(names: Spellings) -> Mapping[tuple[str, tuple[str, ...]], Mapping[int, str]]:
    """Names that differ in a number only: h0, h1, h2."""
    found: dict[tuple[str, tuple[str, ...]], dict[int, str]] = {}
    for (base, accents, label, _), (name, exponent) in names.joined.items():
        if label.isdigit() and len(label) < 4 and exponent == 1:
            found.setdefault((base, accents), {}).setdefault(int(label), name)
    return found


def _alias_objective(dictionary: Dictionary, submission: Submission) -> None:
    """The objective under another of its usual names, where the problem has no such name."""
    for line in submission.lines:
        for side in line.sides:
            for node in walk(side.node) if side.node is not None else ():
                for symbol in _objective_places(node):
                    key = spell(symbol, flat_sub(symbol), labels(symbol.raised))
                    if (
                        symbol.base in OBJECTIVES
                        and not symbol.marks
                        and not symbol.sub
                        and not dictionary.is_known(symbol)
                        and key not in dictionary.own
                    ):
                        dictionary.aliases.setdefault(key, dictionary.model.objective)


def _objective_places(node: Node) -> Iterator[Symbol]:
    match node:
        case Derivative(of=Symbol() as symbol):
            yield symbol
        case Derivative(of=Call(head=Symbol() as symbol)):
            yield symbol
        case Derivative(of=Power(Symbol() as symbol)):
            yield symbol


def _alias_rate(dictionary: Dictionary) -> None:
    if dictionary.model.rate:
        for base in RATES:
            symbol = Symbol(base)
            if not dictionary.is_known(symbol):
                dictionary.aliases.setdefault(spell(symbol, "", ""), dictionary.model.rate)


def _is_zero_index(line: Line) -> bool:
    """Whether a line counts entries from 0: A_0, or a sum from 0."""
    for side in line.sides:
        for node in walk(side.node) if side.node is not None else ():
            match node:
                case Sum(lower=Literal(value)) if value == 0:
                    return True
    return False


def is_numeric(nodes: Iterable[Node]) -> bool:
    """Whether nodes hold numbers only."""
    return all(not isinstance(part, Symbol | Derivative) for node in nodes for part in walk(node))
