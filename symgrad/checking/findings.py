"""The ways in which a line may hold, asked for in order of strength."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from symgrad.checking import messages
from symgrad.checking.chain import Chain, Outcome, compare
from symgrad.checking.effort import TooLong
from symgrad.checking.givens import contradicted_given
from symgrad.checking.printed import is_numeric, printed
from symgrad.checking.prove import proves
from symgrad.checking.scope import Scope, Unknown
from symgrad.checking.sides import Ranges, SideValues, side_values
from symgrad.checking.state import State, first, key_of
from symgrad.checking.student import Target
from symgrad.checking.targets import Subject
from symgrad.checking.verdict import Proof
from symgrad.checking.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import Product, Symbol, walk

APART = ("\\neq", "\\ne ", "≠", "!=", "different", "otherwise", "off-diagonal", "not equal")
"""What announces that an equation is meant for different indices."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An outcome, and where it was found: the world, the slip it rests on, and how it is known."""

    outcome: Outcome
    world: World
    proof: Proof | None = None
    root: int | None = None
    carried: bool = False
    note: str = ""


def findings(line: Line, chain: Chain, subject: Subject | None, state: State) -> Iterator[Finding]:
    """The ways in which a line holds, the strongest first."""
    updates = is_update(line, chain, subject, state)
    symbolic = not any(map(is_numeric, chain.nodes))
    if _constant(chain) or (symbolic and any(printed(node) is None for node in chain.nodes[1:])):
        yield from _everywhere(line, chain, updates, state)
    if _in_general(chain, updates, state):
        yield from _here(chain, subject, updates, state)
        yield from _carried(chain, subject, updates, symbolic, state)
    else:
        yield from (f for f in _carried(chain, subject, updates, symbolic, state) if f.carried)


def _in_general(chain: Chain, updates: bool, state: State) -> bool:
    """Whether the sides without numbers agree not at the givens alone: (p − t)² is p − t where that is 1."""
    spoken = [n for n, node in enumerate(chain.nodes) if printed(node) is None and not is_numeric(node)]
    if len(spoken) < 2 or spoken[0] != 0:
        return True
    words = Chain(tuple(chain.nodes[n] for n in spoken), tuple(chain.positions[n] for n in spoken))
    return any(
        bool(worlds) and all(holds(words, state.truth(world), updates).holds for world in worlds)
        for worlds in (state.random, state.near)
    )


def _constant(chain: Chain) -> bool:
    """A derivative that is claimed to be a whole number: ∂J/∂L = 1."""
    shown = [printed(node) for node in chain.nodes[1:]]
    return all(p is not None and p.array.ndim == 0 and float(p.unit) == 0 for p in shown)


def is_update(line: Line, chain: Chain, subject: Subject | None, state: State) -> bool:
    """W ← W − α ΔW, or the same with an equals sign."""
    if subject is None or subject.target[1] is not None or subject.later:
        return False
    update = state.model.problem.update
    if update is None or subject.target[0] not in update.parameters:
        return False
    again = any(chain.nodes[0] == part for node in chain.nodes[1:] for part in walk(node))
    return again or line.relations[0] == "←"


def holds(chain: Chain, scope: Scope, updates: bool, apart: bool = False) -> Outcome:
    """Whether a line holds in a scope; the left side of an update is meant after it."""
    if not updates:
        return compare(chain, scope, apart=apart)
    try:
        later = scope.at(scope.world.after)
    except KeyError:
        return Outcome(False, side=0, fault=Unknown(chain.nodes[0]))

    def lead(ranges: Ranges) -> SideValues:
        return side_values(chain.nodes[0], later, ranges)

    return compare(chain, scope, lead)


def _everywhere(line: Line, chain: Chain, updates: bool, state: State) -> Iterator[Finding]:
    """At random points of the problem."""
    apart = state.apart or any(word in line.prose or word in line.latex for word in APART)
    outcomes = [holds(chain, state.truth(world), updates, apart) for world in state.random]
    if outcomes and all(outcome.holds for outcome in outcomes):
        proved = proves(chain, outcomes[0], state, updates)
        yield Finding(outcomes[0], state.here, Proof.IDENTITY if proved else Proof.NUMERIC)
    elif _delta_rule(chain):
        single = [holds(chain, state.truth(world), updates) for world in state.samples]
        if single and all(outcome.holds for outcome in single):
            yield Finding(single[0], state.here, Proof.NUMERIC, note=messages.PER_SAMPLE)


def _delta_rule(chain: Chain) -> bool:
    """Whether a line says "error times input", which people write for one sample and mean for a batch."""
    products = (part for node in chain.nodes for part in walk(node) if isinstance(part, Product))
    return any(
        part.sign == "dot" and isinstance(part.left, Symbol) and part.left.base == "delta"
        for part in products
    )


def _places(
    subject: Subject | None, updates: bool, state: State, start: World | None = None
) -> Iterator[World]:
    """The worlds that an unmarked name may be meant in: here, and after the update."""
    here = state.here if start is None else state.step(start, state.here.step)
    yield here
    if state.model.problem.update is not None and not updates and (subject is None or not subject.later):
        try:
            yield here.after
        except KeyError:
            return


def _here(chain: Chain, subject: Subject | None, updates: bool, state: State) -> Iterator[Finding]:
    """At the problem's numbers."""
    for world in _places(subject, updates, state):
        outcome = holds(chain, state.truth(world), updates)
        if outcome.holds:
            yield Finding(outcome, world, Proof.PRINTED if outcome.printed else Proof.NUMERIC)


def _carried(
    chain: Chain, subject: Subject | None, updates: bool, symbolic: bool, state: State
) -> Iterator[Finding]:
    """From what the student wrote before, or from the givens that the work really uses."""
    if symbolic:
        found = [_by_student(chain, subject, updates, world, state) for world in state.random]
        agreed = [item for item in found if item is not None and item.root is not None]
        if agreed and len(agreed) == len(found):
            yield replace(agreed[0], world=state.here)
    starts = (None, state.assumed) if state.assumed is not None else (None,)
    for start in starts:
        for world in _places(subject, updates, state, start):
            found_here = _by_student(chain, subject, updates, world, state)
            if found_here is not None:
                yield found_here


def _by_student(
    chain: Chain, subject: Subject | None, updates: bool, world: World, state: State
) -> Finding | None:
    """Whether a line follows from the student's own values; the fewest slips that explain it are named.

    First with those values as they are printed, then as far as their last digits allow.
    """
    but = subject.target if subject is not None else None
    for tight, derived, roots in _trials(world, but, state):
        scope = replace(state.student(world, but, roots, derived), tight=tight)
        outcome = holds(chain, scope, updates)
        if outcome.holds:
            used = sorted({item.root for item in state.used(scope) if item.root is not None})
            root = used[0] if used else _stated_root(world, state)
            return Finding(outcome, world, None, root, root is not None)
    return None


def _trials(
    world: World, but: Target | None, state: State
) -> Iterator[tuple[bool, bool, Collection[int] | None]]:
    """Whether values are as printed, whether gradients are derived, and the slips they may rest on.

    Only what makes a difference: with nothing written, a student believes what the problem has.
    """
    moment = key_of(world)
    found = [
        item
        for there, items in state.written.items()
        for target, item in items.items()
        if there[0] == world.exact and (there, target) != (moment, but)
    ]
    rough = any(np.any(item.unit) for item in found) or any(d.numeric for d in state.definitions.values())
    if not (found or rough or state.assumed is not None):
        return
    slips = {item.root for item in found if item.root is not None}
    here = {item.root for item in state.written.get(moment, {}).values() if item.root is not None}
    roots: list[set[int] | None] = [set(), *({slip} for slip in sorted(slips & here))]
    if roots[-1] != slips:
        roots.append(None)
    yield from product((True, False) if rough else (True,), (False, True) if found else (False,), roots)


def _stated_root(world: World, state: State) -> int | None:
    """The line of the misstated given that a world stands for."""
    if state.assumed is None or first(world) is not state.assumed:
        return None
    changed = [
        name
        for name, array in state.assumed.leaves.items()
        if not np.array_equal(array, state.start.leaves.get(name, array))
    ]
    lines = [state.stated[name] for name in changed if name in state.stated]
    return min(lines) if lines else None


def other_given(line: Line, chain: Chain, subject: Subject | None, state: State) -> Finding | None:
    """A given that is not the stated one, and with which the line holds to its last digit.

    From then on lines are judged with it too.
    """
    state.effort.renew()
    try:
        hypothesis = contradicted_given(line, chain, subject, state)
    except TooLong:
        hypothesis = None
    state.effort.renew()
    if hypothesis is None:
        return None
    state.assumed = hypothesis.start
    state.contradicted[hypothesis.name] = line.id
    world = state.step(hypothesis.start, state.here.step + hypothesis.later)
    root = state.stated.get(hypothesis.name)
    return Finding(Outcome(True), world, None, root, True, messages.used_given(hypothesis))
