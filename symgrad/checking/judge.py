"""One line at a time: true, rounded, following from an earlier slip, wrong, or not to be judged.

The order of the questions: does it hold at random points (then it is true for all numbers); does it
hold at the problem's own numbers; does it follow from what the student wrote before; does it follow
from a given other than the stated one. A line for which all answers are no is wrong.
"""

from __future__ import annotations

from symgrad.checking import messages
from symgrad.checking.chain import Chain
from symgrad.checking.definitions import define
from symgrad.checking.effort import TooLong
from symgrad.checking.explain import explain
from symgrad.checking.findings import Finding, findings, holds, is_update, other_given
from symgrad.checking.lexicon import is_short
from symgrad.checking.memory import remember
from symgrad.checking.mistakes.record import Explanation
from symgrad.checking.normal import normal
from symgrad.checking.printed import is_numeric
from symgrad.checking.scope import Unknown
from symgrad.checking.sides import side_values
from symgrad.checking.state import State
from symgrad.checking.stated import state_given
from symgrad.checking.targets import Subject, subject_of
from symgrad.checking.verdict import Judged, Verdict
from symgrad.submission.lines import Line
from symgrad.submission.written import Node, Symbol, walk

RATE_MISTAKE = "learning_rate"
"""The one slip that may also be a given misstated for the whole of the work."""
UNEXPLAINED = Explanation(None, "", None)
CLAIMS = frozenset(("=", ":=", "≈", "←", "→", "⇒"))


def judge(line: Line, state: State) -> Judged:
    """The verdict of a line; what it states is remembered for the lines after it."""
    refused = _not_judged(line)
    if refused is not None:
        state.apart = "≠" in line.relations
        return refused
    chain = chain_of(line, state)
    stated = state_given(line, chain, state) or define(line, chain, state)
    if stated is not None:
        return stated
    subject = subject_of(chain.nodes[0], state.truth(state.here), _entry_letters(chain, state))
    finding = next(findings(line, chain, subject, state), None)
    if finding is None:
        return _wrong(line, chain, subject, state)
    return _settled(line, chain, subject, finding, state)


def _settled(line: Line, chain: Chain, subject: Subject | None, finding: Finding, state: State) -> Judged:
    judged = _verdict(line, subject, finding)
    if subject is not None:
        remember(chain, subject, finding.world, judged, state)
    return judged


def _not_judged(line: Line) -> Judged | None:
    if line.struck:
        return Judged(line, Verdict.UNCHECKED, messages.STRUCK)
    faults = [side.fault for side in line.sides if side.fault is not None]
    if faults:
        return Judged(line, Verdict.UNREADABLE, faults[0].message)
    if not CLAIMS.issuperset(line.relations):
        return Judged(line, Verdict.UNCHECKED, messages.CONDITION)
    nodes = [side.node for side in line.sides if side.node is not None]
    if all(_is_index(node) for node in nodes):
        return Judged(line, Verdict.UNCHECKED, messages.CONDITION)
    return None


def _is_index(node: Node) -> bool:
    return isinstance(node, Symbol) and len(node.base) == 1 and node.base in "ijklmnpqrst" and not node.sub


def chain_of(line: Line, state: State) -> Chain:
    """The sides of a line, with the problem's names recognised; `TooLong` where a name is no name."""
    scope = state.truth(state.here)
    written = [side.node for side in line.sides if side.node is not None]
    if not all(map(is_short, written)):
        raise TooLong
    nodes = tuple(normal(node, scope) for node in written)
    return Chain(nodes, tuple(range(len(nodes))))


def _entry_letters(chain: Chain, state: State) -> dict[str, int]:
    """Some position for every index letter of the left side: its name does not depend on which."""
    symbols = (node for node in walk(chain.nodes[0]) if isinstance(node, Symbol))
    return {letter: 0 for symbol in symbols for letter in symbol.sub if letter.islower()}


def _verdict(line: Line, subject: Subject | None, finding: Finding) -> Judged:
    outcome = finding.outcome
    label = subject.label if subject is not None else None
    if finding.carried:
        message = finding.note or messages.carried(finding.root)
        return Judged(line, Verdict.CARRIED, message, label, root=finding.root)
    if outcome.rounded or finding.proof is None:
        return Judged(line, Verdict.ROUNDED, messages.ROUNDED, label)
    return Judged(line, Verdict.CORRECT, finding.note or messages.correct(outcome), label, finding.proof)


def _wrong(line: Line, chain: Chain, subject: Subject | None, state: State) -> Judged:
    """No way was found in which the line holds: why not, at the problem's numbers or at a random point."""
    symbolic = not any(map(is_numeric, chain.nodes))
    world = state.random[0] if symbolic and state.random else state.here
    updates = is_update(line, chain, subject, state)
    outcome = holds(chain, state.truth(world), updates)
    label = subject.label if subject is not None else None
    if isinstance(outcome.fault, Unknown):
        return _partly(line, chain, subject, outcome.fault, state)
    why = explain(line, chain, subject, outcome, world, state, updates) if state.explaining else UNEXPLAINED
    if why.mistake in (None, RATE_MISTAKE) and not symbolic:
        finding = other_given(line, chain, subject, state)
        if finding is not None and why.mistake is None:
            return _settled(line, chain, subject, finding, state)
    judged = Judged(
        line, Verdict.WRONG, why.message, label, mistake=why.mistake, right=why.right, side=outcome.side
    )
    if subject is not None:
        remember(chain, subject, state.here, judged, state)
    return judged


def _partly(line: Line, chain: Chain, subject: Subject | None, fault: Unknown, state: State) -> Judged:
    """A line with a side that nobody can judge: the others may still be wrong."""
    scope = state.truth(state.here)
    nodes = [node for node in chain.nodes if side_values(node, scope, {}).fault is None]
    label = subject.label if subject is not None else None
    message = messages.unknown(fault)
    if 2 <= len(nodes) < len(chain.nodes):
        rest = Chain(tuple(nodes), tuple(chain.nodes.index(node) for node in nodes))
        if next(findings(line, rest, subject, state), None) is None:
            return _wrong(line, rest, subject, state)
    return Judged(line, Verdict.UNCHECKED, message, label)
