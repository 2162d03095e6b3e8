"""One line against the problem: judge(line, memory) → (judged, memory)."""

from __future__ import annotations

import re

from msgspec.structs import replace

from symgrad.checking.judging import messages
from symgrad.checking.judging.bench import Bench, Prepared, Step, prepare
from symgrad.checking.judging.carrying import carried, goes_on, printed
from symgrad.checking.judging.compare import compare, runs_on, witness_of
from symgrad.checking.judging.likeness import likened
from symgrad.checking.judging.meant import as_meant
from symgrad.checking.judging.memory import Memory, slips_of, slips_of_each
from symgrad.checking.judging.ordering import inequality, with_tail
from symgrad.checking.judging.premises import premises_of, without_false
from symgrad.checking.judging.readings import AGREE, DIFFER, UNKNOWN
from symgrad.checking.judging.sides import has_names, is_printed, stands_alone
from symgrad.checking.judging.solved import is_solved
from symgrad.checking.judging.special import assumed, modelled, other_example, stated, stationary
from symgrad.checking.judging.target import target_of, updated
from symgrad.checking.judging.tracing import results_of, traced
from symgrad.checking.verdict import Judged, Proof, Verdict
from symgrad.submission.lines import Line
from symgrad.submission.written import Comparison, Literal, Symbol

_STEPS = r"(?:time[ -]?)?step|iteration|epoch|(?:zeit)?schritt|paso|passo|pas|étape|etapa|krok"
STEP = re.compile(rf"(?:\b(?:{_STEPS})|步)\W{{0,5}}$", re.IGNORECASE)
"""Words right before the number of a step."""


def judge(line: Line, memory: Memory, bench: Bench) -> tuple[Judged, Memory]:
    """The verdict on a line, and what is remembered of it."""
    memory = _minded(line, memory)
    bench = replace(bench, step=memory.step, example=memory.example)
    if not line.struck and (claimed := inequality(line, bench)) is not None:
        return claimed, memory
    quiet = _says_nothing(line)
    if quiet is not None:
        return quiet, replace(memory, premises=(*memory.premises, *premises_of(line)))
    line = without_false(line, memory, bench)
    ready = prepare(line, bench)
    if ready.unread and len(ready.sides) < 2:
        fault = line.sides[ready.unread[0]].fault
        return Judged(line, Verdict.UNREADABLE, fault.message if fault else ""), memory
    if len(ready.sides) < 2:
        return Judged(line, Verdict.UNCHECKED, messages.DEFINITION, claims=False), memory
    taken = as_meant(ready, memory, bench)
    nodes = [node for _, node in taken.ready.sides]
    memory = taken.memory.updating(*updated(nodes, line.id, bench.dictionary))
    memory = memory.reaching(target_of(nodes[0], bench.dictionary, line.id))
    return _verdict(taken.ready, taken.steps, memory, taken.bench)


def _minded(line: Line, memory: Memory) -> Memory:
    """The memory with a condition said above, "for i = j", kept until another one or a heading."""
    if line.heading != memory.heading:
        memory = replace(memory, heading=line.heading, condition=(), stationary=False)
    if line.is_condition and line.conditions and all(c.relation in "=≠" for c in line.conditions):
        return replace(memory, condition=line.conditions)
    if line.is_condition and len(line.sides) == 2 and line.relations[0] in "=≠":
        left, right = line.sides[0].node, line.sides[1].node
        if isinstance(left, Symbol) and isinstance(right, Symbol):
            return replace(memory, condition=(Comparison(left, line.relations[0], right, line.span),))
    return memory


def _says_nothing(line: Line) -> Judged | None:
    if line.struck:
        return Judged(line, Verdict.UNCHECKED, messages.STRUCK, claims=False)
    if line.is_condition or _heads_step(line):
        return Judged(line, Verdict.UNCHECKED, messages.CONDITION, claims=False)
    return None


def _heads_step(line: Line) -> bool:
    """Whether a line only says which step comes next, "Time step t = 2", whatever else t is the name of."""
    match [side.node for side in line.sides]:
        case [Symbol("t" | "k" | "n" | "s", "", ()), Literal(place=0)]:
            return line.relations == ("=",) and STEP.search(line.prose) is not None
    return False


def _verdict(ready: Prepared, steps: tuple[Step, ...], memory: Memory, bench: Bench) -> tuple[Judged, Memory]:
    line = ready.line
    quantity = messages.quantity_of(ready, bench.dictionary)
    differing = [step for step in steps if step.outcome.kind == DIFFER]
    unknown = [step for step in steps if step.outcome.kind == UNKNOWN]
    differing = [step for step in differing if not runs_on(ready, step, bench)]
    if not differing:
        if ready.unread:
            fault = line.sides[ready.unread[0]].fault
            return Judged(line, Verdict.UNREADABLE, fault.message if fault else "", quantity), memory
        if unknown:
            return Judged(line, Verdict.UNCHECKED, unknown[0].outcome.message, quantity), memory
        rounded = any(step.rounded for step in steps)
        proof = Proof.NUMERIC if any(step.proof is Proof.NUMERIC for step in steps) else Proof.PRINTED
        ran_on = any(step.outcome.kind == DIFFER for step in steps)
        remark = messages.RUN_ON if ran_on else next((step.remark for step in steps if step.remark), "")
        target = target_of(ready.sides[0][1], bench.dictionary, line.id)
        memory = memory.being_right(line, target).read_off(*printed(ready, bench))
        if rounded and not _meets(ready, bench):
            judged = Judged(line, Verdict.ROUNDED, remark or messages.ROUNDED, quantity)
            return with_tail(judged, bench), memory
        judged = Judged(line, Verdict.CORRECT, remark, quantity, proof)
        return with_tail(judged, bench), stated(ready, memory, bench)
    if (said := stationary(ready, differing, memory, bench)) is not None:
        return Judged(line, Verdict.UNCHECKED, said, quantity, claims=False), replace(memory, stationary=True)
    if (said := assumed(ready, bench) or modelled(ready, bench)) is not None:
        return Judged(line, Verdict.UNCHECKED, said, quantity, claims=False), memory
    if is_solved(ready, memory, bench):
        return Judged(line, Verdict.UNCHECKED, messages.STATIONARY, quantity, claims=False), memory
    if (example := other_example(ready, memory, bench)) is not None:
        judged = Judged(line, Verdict.CORRECT, messages.EXAMPLE, quantity, Proof.PRINTED, claims=False)
        return judged, memory.moved_on(0, example)
    if goes_on(ready, steps, memory, bench):
        judged = Judged(line, Verdict.ROUNDED, messages.GOES_ON, quantity)
        return judged, memory.read_off(*printed(ready, bench))
    root = carried(ready, steps, memory, bench) or traced(ready, steps, memory, bench)
    nodes = [node for _, node in ready.sides]
    target = target_of(nodes[0], bench.dictionary, line.id) or likened(ready, bench)
    if root is None and memory.reached > memory.step and target is not None and target.is_reckoned:
        there = replace(bench, step=memory.reached)
        root = carried(ready, steps, memory, there)
        memory = memory if root is None else memory.moved_on(memory.reached, memory.example)
    claims = slips_of(nodes, line, target, bench.dictionary) or slips_of_each(nodes, line, bench.dictionary)
    if root is not None:
        return Judged(
            line, Verdict.CARRIED, messages.carried(root), quantity, root=root, side=differing[0].sides[1]
        ), memory.slipped(root, *claims).saying(*results_of(ready, root, bool(claims)))
    worst = differing[0]
    witness = witness_of(worst, bench)
    if witness is None or (unknown and not _certain(worst)):
        return Judged(line, Verdict.UNCHECKED, messages.NO_WITNESS, quantity), memory
    message = messages.wrong(worst, ready, witness)
    judged = Judged(line, Verdict.WRONG, message, quantity, side=worst.sides[1], witness=witness)
    believed = bool(claims) and witness.left is not None  # of shapes that cannot fit nothing is worked out
    return judged, memory.slipped(line.id, *claims).saying(*results_of(ready, line.id, believed))


def _meets(ready: Prepared, bench: Bench) -> bool:
    """Whether what a line begins with is what it ends with, to the last digit printed.

    f = g² = (−0.9866)² = 0.9734 is right, though the number put in is a rounding, and
    so is e + 1 = 2.718 + 1 = 3.718.
    """
    (first, left), (last, right) = ready.sides[0], ready.sides[-1]
    exact = has_names(left) or not is_printed(left)
    if len(ready.sides) < 3 or not exact or not stands_alone(right):
        return False
    step = compare(ready, (first, last), left, right, bench, ())
    return step.outcome.kind == AGREE and not step.rounded


def _certain(step: Step) -> bool:
    return step.outcome.pair is not None
