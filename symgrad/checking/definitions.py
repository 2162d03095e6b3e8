"""Lines that state a given, give a name of the student's own to something, or begin another example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symgrad.checking import messages
from symgrad.checking.chain import Chain, compare
from symgrad.checking.evaluate import readings
from symgrad.checking.letters import free_letters
from symgrad.checking.lexicon import indices, keys
from symgrad.checking.printed import Agreement, Printed, agree, close, is_numeric, printed
from symgrad.checking.scope import Definition, Misfit, Scope, Unknown
from symgrad.checking.state import State, key_of
from symgrad.checking.student import Written
from symgrad.checking.verdict import Judged, Proof, Verdict
from symgrad.submission.lines import Line
from symgrad.submission.written import Element, Node, Symbol
from symgrad.tree import Array

DIGITS = 100
"""A printed vector is only taken for a quantity by its value if it has that many different digits' worth."""


def define(line: Line, chain: Chain, state: State) -> Judged | None:
    """The verdict of a line that defines or gives something; None for one that claims something."""
    head, *rest = chain.nodes
    if not isinstance(head, Symbol | Element):
        return None
    if isinstance(head, Symbol):
        given = _given(line, head, rest, state)
        if given is not None:
            return given
    if _has_meaning(head, state):
        _also_called(chain, state)
        return None
    return _new_name(line, chain, state)


def _also_called(chain: Chain, state: State) -> None:
    """A new name beside one that is known: y = z = tanh(s) says that z is y."""
    head, *rest = chain.nodes
    for node in rest:
        if isinstance(node, Symbol) and not _has_meaning(node, state):
            state.definitions[keys(node)[0]] = Definition(head)
            state.bindings[messages.named(node)] = messages.named(head)


def _given(line: Line, head: Symbol, rest: list[Node], state: State) -> Judged | None:
    """A leaf of the problem with numbers."""
    known = state.lexicon.find(head) or state.lexicon.loosely(head)
    if known is None or known.name in state.model.graph.quantities or known.exponent != 1:
        return None
    shown = [found for found in map(printed, rest) if found is not None]
    if not shown or any(printed(node) is None and not _names_entries(node) for node in rest):
        return None
    if known.name not in state.here.leaves:
        return _measured(line, head, known.name, shown[-1], state)
    true = state.here.leaves[known.name]
    state.stated.setdefault(known.name, line.id)
    if agree(shown[-1], true) == Agreement.EXACT:
        return Judged(line, Verdict.CORRECT, messages.GIVEN, known.name, Proof.PRINTED)
    return None


def _names_entries(node: Node) -> bool:
    """A matrix of symbols, x = [x_1, x_2] = [6, 3]: it says how entries are called."""
    return not is_numeric(node)


def _measured(line: Line, head: Symbol, name: str, shown: Printed, state: State) -> Judged:
    """A number for a leaf that the problem leaves open."""
    state.definitions[keys(head)[0]] = Definition(line.sides[-1].node or head, numeric=True)
    return Judged(line, Verdict.UNCHECKED, messages.DEFINITION, name)


def _has_meaning(head: Symbol | Element, state: State) -> bool:
    """Whether the left side stands for something already."""
    for world in (*state.random[:1], state.here):
        scope = state.truth(world)
        try:
            letters = dict.fromkeys(free_letters(head, scope, {}, readings), 0)
            readings(head, scope, letters)
        except (Unknown, Misfit, KeyError):
            continue
        return True
    return False


def _new_name(line: Line, chain: Chain, state: State) -> Judged | None:
    """A name that stands for nothing yet: the rest of the line says what it is, or what it equals."""
    head, *rest = chain.nodes
    alias = _alias(head, rest, state)
    if alias is not None and isinstance(head, Symbol):
        state.lexicon.bind(head, alias)
        state.bindings[messages.named(head)] = alias
        return None
    body = rest[0]
    known = _readable(body, state)
    if not known:
        return Judged(line, Verdict.UNCHECKED, _why_not(body, state))
    symbol, letters = _stated_for(head)
    numeric = is_numeric(body)
    state.definitions[keys(symbol)[0]] = Definition(body, letters, numeric)
    if len(rest) < 2:
        return Judged(line, Verdict.UNCHECKED, messages.DEFINITION)
    return None


def _stated_for(head: Node) -> tuple[Symbol, tuple[str, ...]]:
    """The name and the index letters of a definition: G_ij = … defines G."""
    if isinstance(head, Element) and isinstance(head.body, Symbol):
        head = replace(head.body, sub=head.body.sub + head.sub)
    assert isinstance(head, Symbol)
    for places in indices(head.sub):
        letters = [place.base for place in places]
        if all(isinstance(base, str) for base in letters) and set(head.sub) <= set("ijklmnpq,"):
            return replace(head, sub=""), tuple(map(str, letters))
    return head, ()


def _readable(node: Node, state: State) -> bool:
    """Whether a formula has a value somewhere."""
    for world in (*state.random[:1], state.here):
        scope = state.truth(world)
        try:
            ranges = free_letters(node, scope, {}, readings)
            readings(node, scope, dict.fromkeys(ranges, 0))
            return True
        except (Unknown, Misfit, KeyError):
            continue
    return False


def _why_not(node: Node, state: State) -> str:
    scope = state.truth(state.here)
    try:
        readings(node, scope, dict.fromkeys(free_letters(node, scope, {}, readings), 0))
    except Unknown as fault:
        return messages.unknown(fault)
    except (Misfit, KeyError):
        pass
    return messages.DEFINITION


def _alias(head: Node, rest: list[Node], state: State) -> str | None:
    """The quantity that a new name can only be: equal to it at every point, or in all its printed digits."""
    for node in rest:
        shown = printed(node)
        if shown is not None:
            found = [name for name in state.model.graph.quantities if _shows(shown, name, state)]
        elif not is_numeric(node) and state.random:
            found = [name for name in state.model.graph.quantities if _equals(node, name, state)]
        else:
            continue
        named = [name for name in found if name not in state.model.graph.auxiliary]
        if len(named) == 1 or (named and shown is None):
            return named[0]
    return None


def _shows(shown: Printed, name: str, state: State) -> bool:
    value = state.here.values.get(name)
    if value is None or not np.isfinite(value).all():
        return False
    significant = np.sum(np.log10(np.maximum(np.abs(shown.array) / np.maximum(shown.unit, 1e-300), 1)))
    return bool((shown.unit > 0).any()) and significant >= 2.5 and agree(shown, value) == Agreement.EXACT


def _equals(node: Node, name: str, state: State) -> bool:
    return all(
        any(close(found, world.values[name]) for found in _arrays(node, state.truth(world)))
        for world in state.random
        if name in world.values
    ) and all(name in world.values for world in state.random)


def _arrays(node: Node, scope: Scope) -> list[Array]:
    try:
        return [r.array for r in readings(node, scope, {}) if r.loose == 0]
    except (Unknown, Misfit, KeyError):
        return []


__all__ = ["Written", "compare", "define", "key_of"]
