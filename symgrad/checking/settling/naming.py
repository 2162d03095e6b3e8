"""The dictionary of a submission: its names settled once for all its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import OBJECTIVES, PLAIN_RATES, RATES, Dictionary
from symgrad.checking.meaning.spelling import flat_sub, labels, spell, text_of, unbarred
from symgrad.checking.meaning.written_names import spellings
from symgrad.checking.settling.counting import begins, has_zeroth, starts_of
from symgrad.checking.settling.definitions import definitions_in, numbered_in
from symgrad.checking.settling.high import names_timed, writes_times_high
from symgrad.checking.settling.labelled import families
from symgrad.checking.settling.said_names import names_said
from symgrad.checking.settling.unnamed import gradients_in
from symgrad.checking.worlds.model import Model
from symgrad.operations import operation
from symgrad.submission.lines import Submission
from symgrad.submission.written import (
    Add,
    Call,
    Derivative,
    Node,
    Power,
    Product,
    Subtract,
    Sum,
    Symbol,
    walk,
)
from symgrad.tree import Name, Op


def dictionary_of(model: Model, submission: Submission) -> Dictionary:
    """The names of a submission about a problem."""
    problem = model.problem
    names = (*model.graph.quantities, *model.graph.leaves, *problem.given)
    ranked = [name for name, shape in model.graph.shapes.items() if shape]
    found = spellings(dict.fromkeys(names), problem.write, ranked, problem.repeat.label)
    dictionary = Dictionary(model, found, families(found))
    dictionary.signals = _counted_on(_signals(dictionary), submission)
    dictionary.dressed = _is_dressed(submission)
    dictionary.barred = not dictionary.dressed and _is_barred(dictionary, submission)
    dictionary.iterated = _is_iterated(dictionary, submission)
    _alias_rate(dictionary)
    for line in submission.lines:
        for own in definitions_in(line, dictionary):
            dictionary.own.setdefault(own.spelling, []).append(own)
            for number, numbered in numbered_in(own, dictionary):
                dictionary.own.setdefault(numbered.spelling, []).append(numbered)
                known = dictionary.numbered.get(own.spelling, ())
                dictionary.numbered[own.spelling] = (*known, number)
    for own in tuple(names_said(submission, dictionary)):
        dictionary.own.setdefault(own.spelling, []).append(own)
    _alias_objective(dictionary, submission)
    dictionary.applied = _applied(model)
    dictionary.einstein = bool(EINSTEIN.search(submission.text))
    dictionary.outrun = frozenset(_outrun(dictionary, submission))
    dictionary.parted = frozenset(_parted(submission))
    dictionary.from_zero = 0 in begins(submission.nodes) or has_zeroth(submission, dictionary)
    dictionary.starts, dictionary.timely = starts_of(submission, dictionary)
    dictionary.gradients = gradients_in(submission, dictionary)
    dictionary.timed = names_timed(submission, dictionary)
    dictionary.high = dictionary.counts_times and writes_times_high(submission, dictionary)
    return dictionary


def _is_barred(dictionary: Dictionary, submission: Submission) -> bool:
    """Whether the objective bears a bar somewhere, or a barred name stands beside a derivative with it."""
    for line in submission.lines:
        nodes = line.read
        wrt = {node.wrt for node in nodes if isinstance(node, Derivative) and node.wrt is not None}
        by = {text_of(node) for node in wrt}
        for part in (part for node in nodes for part in walk(node)):
            bare = unbarred(part) if isinstance(part, Symbol) else None
            if bare is None:
                continue
            found = next(dictionary.names.find(bare), None)
            if found is not None and found.name == dictionary.model.objective and not found.indices:
                return True
            if text_of(bare) in by or text_of(replace(bare, accents=("vec",))) in by:
                return True
        if any(map(_is_chained, (part for node in nodes for part in walk(node)))):
            return True
    return False


def _is_chained(node: Node) -> bool:
    """Whether a node is ū ∂u/∂x: the chain rule with a bar for the gradient."""
    match node:
        case Product(left, Derivative(of=Symbol() as of)):
            first = left.right if isinstance(left, Product) else left
            bare = unbarred(first) if isinstance(first, Symbol) else None
            return bare is not None and text_of(bare) in (text_of(of), text_of(replace(of, accents=())))
    return False


def _is_iterated(dictionary: Dictionary, submission: Submission) -> bool:
    """Whether a parameter bears the number of an iteration, W^{(0)}: it has no samples."""
    model = dictionary.model
    return bool(model.rate) and any(
        found.name in model.parameters and len(found.samples) == 1 and not found.indices
        for part in submission.nodes
        if isinstance(part, Symbol) and part.raised
        for found in islice(dictionary.find(part), 1)
    )


def _is_dressed(submission: Submission) -> bool:
    """Whether bars stand where others write arrows: derivatives are taken by names that bear one."""
    return any(
        isinstance(part, Derivative) and isinstance(part.wrt, Symbol) and unbarred(part.wrt) is not None
        for part in submission.nodes
    )


EINSTEIN = re.compile(
    r"repeated ind|summ[^.]{0,60}\b(?:where|when|if) repeated|summation convention|einstein"
    r"|ind(?:ex|ices)\b[^.]{0,60}\btwice\b[^.]{0,40}\bsum",
    re.IGNORECASE,
)


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


def _counted_on(signals: Mapping[str, str], submission: Submission) -> Mapping[str, str]:
    """The same where the work gives every δ the number after that of its quantity: δ_3 for ∂L/∂z_2."""
    errors = [part for part in submission.nodes if isinstance(part, Symbol) and part.base == "delta"]
    labels_on = {text_of(label) for part in errors for label in (*part.raised, *part.indices)}
    later = {str(int(label) + 1): name for label, name in signals.items() if label.isdigit()}
    if len(later) < 2 or {label for label in labels_on if label.isdigit()} != set(later):
        return signals
    return {label: name for label, name in signals.items() if not label.isdigit()} | later


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
    rule = dictionary.model.problem.rule
    if dictionary.model.rate:
        for base in RATES if rule is None or rule.is_plain else PLAIN_RATES:
            symbol = Symbol(base)
            if not dictionary.is_known(symbol):
                dictionary.aliases.setdefault(spell(symbol, "", ""), dictionary.model.rate)


def _outrun(dictionary: Dictionary, submission: Submission) -> Iterator[str]:
    for part in submission.nodes:
        if isinstance(part, Symbol) and any(map(_is_shifted, part.indices)):
            found = next(dictionary.find(part), None)
            if found is not None and any(map(_is_shifted, found.indices)):
                yield found.name


def _is_shifted(index: Node) -> bool:
    """Whether a letter stands in an index with something added: i + 1, i + j − 1."""
    return isinstance(index, Add | Subtract) and any(isinstance(part, Symbol) for part in walk(index))


def _parted(submission: Submission) -> Iterator[str]:
    sets: dict[str, set[str]] = {}
    for node in submission.nodes:
        if isinstance(node, Sum) and node.over and node.chosen is None:
            sets.setdefault(node.index, set()).add(node.over)
    return (letter for letter, known in sets.items() if len(known) > 1)


def is_numeric(nodes: Iterable[Node]) -> bool:
    """Whether nodes hold numbers only."""
    return all(not isinstance(part, Symbol | Derivative) for node in nodes for part in walk(node))
