"""Givens as a submission states them: the problem's, another example's, or misread ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from symgrad.checking import messages
from symgrad.checking.chain import Chain, compare
from symgrad.checking.effort import TooLong
from symgrad.checking.lexicon import is_short, keys
from symgrad.checking.printed import Agreement, Printed, agree, is_numeric, printed, same_shape
from symgrad.checking.scope import Definition
from symgrad.checking.state import State
from symgrad.checking.student import Written
from symgrad.checking.targets import subject_of
from symgrad.checking.verdict import Judged, Proof, Verdict
from symgrad.checking.world import RATE, World
from symgrad.submission.lines import Line
from symgrad.submission.written import Node, Symbol

AHEAD = 12
"""How many lines further on are asked which value of a given they use."""


def state_given(line: Line, chain: Chain, state: State) -> Judged | None:
    """The verdict of a line that gives a leaf its numbers; None for any other line."""
    head, *rest = chain.nodes
    if not isinstance(head, Symbol):
        return None
    known = state.lexicon.find(head) or (None if head.accents else state.lexicon.loosely(head))
    if known is None or known.name in state.model.graph.quantities or known.exponent != 1:
        return None
    shown = [found for found in map(printed, rest) if found is not None]
    if not shown or any(printed(node) is None and is_numeric(node) for node in rest):
        return None
    if known.name not in state.here.leaves:
        state.definitions[keys(head)[0]] = Definition(rest[-1], numeric=True)
        return Judged(line, Verdict.UNCHECKED, messages.DEFINITION, known.name)
    state.stated.setdefault(known.name, line.id)
    if known.name == RATE:
        state.called.setdefault(RATE, messages.named(head))
    if agree(shown[-1], state.here.leaves[known.name]) == Agreement.EXACT:
        return Judged(line, Verdict.CORRECT, messages.GIVEN, known.name, Proof.PRINTED)
    return _other_value(line, known.name, shown[-1], state)


def _other_value(line: Line, name: str, shown: Printed, state: State) -> Judged | None:
    """A given with another value: a new example, a slip in copying, or the value after an update."""
    pair = same_shape(shown.array, state.here.leaves[name])
    update = state.model.problem.update
    if update is not None and name in update.parameters and state.worked:
        return None
    if pair is None:
        return Judged(line, Verdict.WRONG, messages.misstated(name, state.here.leaves[name]), name)
    array = np.asarray(pair[0], dtype=float).reshape(state.here.leaves[name].shape)
    there = state.here.with_leaves({name: array})
    ahead = [_used(chain, there, state) for chain in _numeric_lines(state)]
    uses, keeps = sum(new and not old for new, old in ahead), sum(old and not new for new, old in ahead)
    if state.worked and (uses > keeps or (uses == keeps and state.example == line.id - 1)):
        state.here, state.example = there, line.id
        state.written.clear()
        if messages.EXAMPLE not in state.notes:
            state.notes.append(messages.EXAMPLE)
        return Judged(line, Verdict.UNCHECKED, messages.EXAMPLE, name)
    message = messages.misstated(name, state.here.leaves[name])
    if uses >= keeps:
        state.write(state.here, (name, None), Written(array, np.zeros(array.shape), line.id, line.id))
    else:
        state.misread[name] = (line.id, array)
    return Judged(line, Verdict.WRONG, message, name)


def _numeric_lines(state: State) -> Iterator[Chain]:
    """The chains with printed numbers among the next lines, up to where givens are stated again."""
    found = 0
    for line in state.ahead:
        nodes: tuple[Node, ...] = tuple(side.node for side in line.sides if side.node is not None)
        if (
            len(nodes) == len(line.sides)
            and any(map(is_numeric, nodes))
            and not line.struck
            and all(map(is_short, nodes))
        ):
            found += 1
            yield Chain(nodes, tuple(range(len(nodes))))
        if found == AHEAD:
            return


def _used(chain: Chain, there: World, state: State) -> tuple[bool, bool]:
    """Whether a line holds with the new value, and whether with the old one."""
    state.effort.renew()
    try:
        if subject_of(chain.nodes[0], state.truth(state.here), {}) is None:
            return False, False
        return _at_some_step(chain, there, state), _at_some_step(chain, state.here, state)
    except TooLong:
        return False, False


def _at_some_step(chain: Chain, world: World, state: State) -> bool:
    """Whether a line holds, or would after an update."""
    updates = state.model.problem.update is not None
    return any(compare(chain, state.truth(w)).holds for w in ((world, world.after) if updates else (world,)))
