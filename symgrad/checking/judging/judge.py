"""One line against the problem: judge(line, memory) → (judged, memory)."""

from __future__ import annotations

import re

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging import messages
from symgrad.checking.judging.bench import Bench, Prepared, Step, as_set, prepare
from symgrad.checking.judging.carrying import carried, goes_on, printed
from symgrad.checking.judging.compare import compare, runs_on, steps_of, witness_of
from symgrad.checking.judging.memory import Memory, slips_of
from symgrad.checking.judging.ordering import inequality, with_tail
from symgrad.checking.judging.premises import premises_of, without_false
from symgrad.checking.judging.readings import AGREE, DIFFER, NOTHING, UNKNOWN
from symgrad.checking.judging.sides import has_names, is_printed, stands_alone
from symgrad.checking.judging.solved import is_solved
from symgrad.checking.judging.special import assumed, modelled, other_example, stated, stationary
from symgrad.checking.judging.target import target_of, updated
from symgrad.checking.judging.tracing import results_of, traced
from symgrad.checking.verdict import Judged, Proof, Verdict
from symgrad.checking.worlds.kinks import KINKS, kinks_of
from symgrad.checking.worlds.moved import NoValue
from symgrad.submission.lines import Line
from symgrad.submission.written import Call, Cases, Comparison, Literal, Norm, Sum, Symbol, walk

_STEPS = r"(?:time[ -]?)?step|iteration|epoch|(?:zeit)?schritt|paso|passo|pas|étape|etapa|krok"
STEP = re.compile(rf"(?:\b(?:{_STEPS})|步)\W{{0,5}}$", re.IGNORECASE)
"""Words right before the number of a step."""
FAR = 0.05
"""What part of a value is much rounding."""


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
    steps = tuple(steps_of(ready, bench, ()))
    if any(side.printed is not None for side in line.sides):
        set_so = as_set(ready)
        again = tuple(steps_of(set_so, bench, ()))
        if _holds(steps) and not _holds(again):
            return Judged(line, Verdict.UNCHECKED, messages.HIDDEN), memory
        if _holds(again):
            ready, steps = set_so, again
    if any(step.outcome.message == NOTHING for step in steps):
        free = _unbounded(ready)
        again = tuple(steps_of(free, bench, ()))
        if _holds(again) or _is_smooth(line, bench):
            ready, steps = free, again
    if _fails(steps) and memory.condition and not _speaks_of_both(ready, memory):
        under = replace(ready, line=replace(line, conditions=(*line.conditions, *memory.condition)))
        again = tuple(steps_of(under, bench, ()))
        if _holds(again):
            ready, steps = under, again
    if _fails(steps) and (meant := _as_summed(ready, bench)) is not None:
        again = tuple(steps_of(meant, bench, ()))
        if _holds(again):
            ready, steps = meant, tuple(replace(step, remark=messages.AS_SUMMED) for step in again)
    if _fails(steps) and (supposed := bench.supposed.get(line.id)):
        under = replace(ready, line=replace(line, conditions=(*line.conditions, *supposed)))
        again = tuple(steps_of(under, bench, ()))
        if _holds(again):
            ready, steps = under, tuple(replace(step, remark=messages.SUPPOSED) for step in again)
    if _fails(steps) and line.id in bench.active:
        again = tuple(steps_of(ready, replace(bench, points=bench.points.also(active=True)), ()))
        if _holds(again):
            steps = tuple(replace(step, remark=messages.ACTIVE) for step in again)
    if _fails(steps) and (said := bench.classes.get(line.id)) is not None:
        of_class = bench.of_class() if said.letter else None
        if of_class is None:
            return Judged(line, Verdict.UNCHECKED, messages.WHICH_CLASS), memory
        ready = replace(ready, line=replace(line, conditions=(*line.conditions, said.condition)))
        bench, steps = of_class, tuple(steps_of(ready, of_class, ()))
    nodes, model = [node for _, node in ready.sides], bench.dictionary.model
    target = target_of(nodes[0], bench.dictionary, line.id)
    if _fails(steps) and memory.may_move_on(target, model.parameters, line.prose):
        later = replace(bench, step=memory.step + 1)
        again = _stepped(ready, later)
        right = all(step.outcome.kind == AGREE and not _is_far(step) for step in again)
        if again and (right or memory.is_through(target, model)):
            bench, steps, memory = later, again, memory.moved_on(memory.step + 1, memory.example)
    memory = memory.updating(*updated(nodes, line.id, bench.dictionary))
    return _verdict(ready, steps, memory, bench)


def _as_summed(ready: Prepared, bench: Bench) -> Prepared | None:
    """A line under the conditions under which the work sums over its letters, j ≠ y_i; None without any."""
    nodes = [part for node in ready.nodes for part in walk(node)]
    summed = {part.index for part in nodes if isinstance(part, Sum)}
    letters = dict.fromkeys(
        letter.base
        for part in nodes
        if isinstance(part, Symbol)
        for letter in part.indices
        if isinstance(letter, Symbol) and letter.base in bench.apart and letter.base not in summed
    )
    if not letters or ready.line.id in bench.of_all:
        return None
    conditions = (*ready.line.conditions, *(bench.apart[letter] for letter in letters))
    return replace(ready, line=replace(ready.line, conditions=conditions))


def _unbounded(ready: Prepared) -> Prepared:
    """A line without the conditions that bound values, u > 1."""
    kept = tuple(said for said in ready.line.conditions if said.relation in "=≠")
    return replace(ready, line=replace(ready.line, conditions=kept))


def _is_smooth(line: Line, bench: Bench) -> bool:
    """Whether nothing here has a kink: what is so in a part of all numbers is so everywhere."""
    bends = any(
        isinstance(part, Cases | Comparison)
        or (isinstance(part, Norm) and part.single)
        or (isinstance(part, Call) and part.head.base in KINKS)
        for part in line.nodes
    )
    return "≈" not in line.relations and not bends and not any(kinks_of(bench.dictionary.model))


def _speaks_of_both(ready: Prepared, memory: Memory) -> bool:
    """Whether a line holds for all indices by itself: it has δ_ij, or cases of its own."""
    return any(
        isinstance(part, Cases)
        or (isinstance(part, Symbol) and part.base == "delta" and len(part.indices) == 2)
        for _, node in ready.sides
        for part in walk(node)
    )


def _fails(steps: tuple[Step, ...]) -> bool:
    return any(step.outcome.kind == DIFFER for step in steps)


def _holds(steps: tuple[Step, ...]) -> bool:
    return all(step.outcome.kind == AGREE for step in steps)


def _is_far(step: Step) -> bool:
    """Whether only much rounding makes two sides agree: then a line does not show which step it is of."""
    pair = step.outcome.pair
    if not step.rounded or pair is None:
        return False
    left, right = (np.real(np.asarray(side, dtype=complex)) for side in (pair.left, pair.right))
    return bool(np.any(np.abs(left - right) > FAR * np.maximum(np.abs(left), np.abs(right))))


def _stepped(ready: Prepared, bench: Bench) -> tuple[Step, ...]:
    if not bench.dictionary.model.rate or bench.points.given is None:
        return ()
    try:
        return tuple(steps_of(ready, bench, ()))
    except NoValue:
        return ()


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
    if is_solved(ready, bench):
        return Judged(line, Verdict.UNCHECKED, messages.STATIONARY, quantity, claims=False), memory
    if (example := other_example(ready, memory, bench)) is not None:
        judged = Judged(line, Verdict.CORRECT, messages.EXAMPLE, quantity, Proof.PRINTED, claims=False)
        return judged, memory.moved_on(0, example)
    if goes_on(ready, steps, memory, bench):
        judged = Judged(line, Verdict.ROUNDED, messages.GOES_ON, quantity)
        return judged, memory.read_off(*printed(ready, bench))
    root = carried(ready, steps, memory, bench) or traced(ready, steps, memory, bench)
    nodes = [node for _, node in ready.sides]
    claims = slips_of(nodes, line.id, bench.dictionary, {})
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
    step = compare(ready, (first, last), left, right, bench, (), {})
    return step.outcome.kind == AGREE and not step.rounded


def _certain(step: Step) -> bool:
    return step.outcome.pair is not None
