"""Lines that give a name of the student's own to something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symgrad.checking import messages
from symgrad.checking.chain import Chain, compare
from symgrad.checking.evaluate import readings
from symgrad.checking.letters import free_letters
from symgrad.checking.lexicon import RATES, indices, keys
from symgrad.checking.printed import Agreement, Printed, agree, close, is_numeric, printed
from symgrad.checking.scope import Definition, Misfit, Scope, Unknown
from symgrad.checking.state import State
from symgrad.checking.symbols import without_gradient_mark
from symgrad.checking.verdict import Judged, Verdict
from symgrad.submission.lines import Line
from symgrad.submission.written import Derivative, Element, Node, Symbol, walk
from symgrad.tree import Array


def define(line: Line, chain: Chain, state: State) -> Judged | None:
    """The verdict of a line that defines something; None for one that claims something."""
    head = chain.nodes[0]
    if not isinstance(head.body if isinstance(head, Element) else head, Symbol):
        return None
    assert isinstance(head, Symbol | Element)
    if isinstance(head, Symbol):
        _dressed(head, chain, state)
    if isinstance(head, Symbol) and _means_otherwise(head, chain.nodes[1], state):
        return _new_name(line, chain, state)
    if _has_meaning(head, state):
        _also_called(chain, state)
        return None
    return _new_name(line, chain, state)


def _dressed(head: Symbol, chain: Chain, state: State) -> None:
    """A barred name that is the quantity itself, a vector, and no gradient: z̄ = W x̄ + b̄ binds z̄ to z."""
    if "bar" not in head.accents or state.lexicon.find(head) is not None:
        return
    known = state.lexicon.loosely(head)
    bare = replace(head, accents=tuple(accent for accent in head.accents if accent != "bar"))
    if known is None or state.lexicon.find(bare) is None:
        return
    whole = Chain((bare, *chain.nodes[1:]), chain.positions)
    if compare(whole, state.truth(state.here)).holds and not _is_gradient(head, chain, state):
        state.lexicon.bind(head, known.name)


def _is_gradient(head: Symbol, chain: Chain, state: State) -> bool:
    """Whether a line holds with its barred name as the gradient of the objective."""
    bare = replace(head, accents=tuple(accent for accent in head.accents if accent != "bar"))
    whole = Chain((Derivative(None, bare), *chain.nodes[1:]), chain.positions)
    return compare(whole, state.truth(state.here)).holds


def _also_called(chain: Chain, state: State) -> None:
    """A new name beside one that is known: y = z = tanh(s) says that z is y."""
    head, *rest = chain.nodes
    for node in rest:
        if isinstance(node, Symbol) and not _has_meaning(node, state):
            state.definitions[keys(node)[0]] = Definition(head)
            state.bindings[messages.named(node)] = messages.named(head)


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
    """The name and the index letters of a definition: G_ij = … defines G, δ_{2,j} = … defines δ_2."""
    if isinstance(head, Element) and isinstance(head.body, Symbol):
        head = replace(head.body, sub=head.body.sub + head.sub)
    assert isinstance(head, Symbol)
    for cut in range(len(head.sub)):
        rest = head.sub[cut:].lstrip(",")
        letters = [place.base for places in indices(rest)[:1] for place in places if not place.offset]
        if letters and set(rest) <= set("ijklmnpq,") and head.sub[cut - 1 : cut] in ("", ",", *"0123456789"):
            return replace(head, sub=head.sub[:cut].rstrip(",")), tuple(map(str, letters))
    return head, ()


def _means_otherwise(head: Symbol, body: Node, state: State) -> bool:
    """Whether δ or Δ is defined here as something else than the gradient that it mostly stands for."""
    if state.truth(state.here).definition(head) or state.lexicon.find(head) or is_numeric(body):
        return False
    if not (_is_signal(head, body) or _is_difference(head, body, state)):
        return False
    pair = Chain((head, body), (0, 1))
    return not all(compare(pair, state.truth(world)).holds for world in state.random)


def _is_signal(head: Symbol, body: Node) -> bool:
    """δ_2 = ∂J/∂v, whatever its label lets one think."""
    return head.base == "delta" and isinstance(body, Derivative)


def _is_difference(head: Symbol, body: Node, state: State) -> bool:
    """Δy = y − p, of what is no parameter, or ΔW = −η ∂J/∂W, the step with its rate."""
    bare = without_gradient_mark(head) if "Delta" in head.accents else None
    if bare is None:
        return False
    known, update = state.lexicon.find(bare), state.model.problem.update
    parameters = {*state.model.graph.wrt, *(update.parameters if update is not None else ())}
    rated = any(isinstance(part, Symbol) and part.base in RATES for part in walk(body))
    return known is None or known.name not in parameters or rated


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
