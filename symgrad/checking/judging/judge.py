"""One line against the problem: judge(line, memory) → (judged, memory)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, combinations, islice, pairwise
from typing import Any

import numpy as np

from symgrad.checking.judging import messages
from symgrad.checking.judging.conventions import PLAIN, Convention
from symgrad.checking.judging.memory import Memory, Slip, believing, slips_of, target_of
from symgrad.checking.judging.printed import Margins, known_values
from symgrad.checking.judging.readings import AGREE, DIFFER, UNKNOWN, Outcome, Question, ask, dummy_of
from symgrad.checking.meaning.dictionary import ARGUMENT, KNOWN, Dictionary, _target
from symgrad.checking.meaning.spelling import flat_sub, labels, spell
from symgrad.checking.meaning.tensor import Tensor
from symgrad.checking.verdict import Judged, Proof, Verdict, Witness
from symgrad.checking.worlds.points import Points
from symgrad.checking.worlds.world import NoValue, World
from symgrad.submission.lines import Line
from symgrad.submission.written import Add, Call, Cases, Comparison, Derivative, Literal, Node, Subtract, Symbol, walk

EXACT_UNITS, LOOSE_UNITS = 0.5, 2.0
DUMMIES = (np.array([-1.7, -0.6, 0.4, 1.3, 2.2]), np.array([0.3, 0.8, 1.4, 2.3]))
MOST_DUMMIES = 3
MOST_OTHERS = 8
CONSTANTS = frozenset(("e", "pi"))
UNEQUAL = frozenset("≠<≤>≥∝≪≫≺≻↔→")


@dataclass(frozen=True)
class Bench:
    """What every line is held against: the points, the dictionary, the conventions kept throughout."""

    points: Points
    dictionary: Dictionary
    convention: Convention = PLAIN
    step: int = 0
    """How many updates the work has made."""
    stepped: dict[Any, Any] = field(default_factory=dict)
    example: World | None = None
    """Other numbers for the data, where the work has gone on to another example."""

    @property
    def given(self) -> World | None:
        """The problem's own numbers, after the updates that have been made."""
        start = self.points.given if self.example is None else self.example
        return None if start is None else self.advanced(start)

    def advanced(self, world: World) -> World:
        """A point after the updates that have been made."""
        for _ in range(self.step):
            world = world.after
        return world

    @property
    def known(self) -> Any:
        """The values that printed numbers may be roundings of."""
        key = (self.step, id(self.example))
        if key not in self.stepped:
            given = self.given
            self.stepped[key] = np.zeros(0) if given is None else known_values(given)
        return self.stepped[key]

    def seen(self, world: World, slips: tuple[Slip, ...]) -> World:
        """A point as it is in this convention, for who made these slips."""
        if self.convention.scale is not None:
            world = world.believing(world.values, world.slopes, None, self.convention.scale)
        return believing(world, slips)


@dataclass(frozen=True)
class Step:
    """What was found of two neighbouring sides; ``where`` the kind of point at which it was seen."""

    outcome: Outcome
    sides: tuple[int, int]
    proof: Proof | None = None
    rounded: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Prepared:
    """A line ready to be judged: the sides that can be compared, in order, with their places."""

    line: Line
    sides: tuple[tuple[int, Node], ...]
    defines: bool
    unread: tuple[int, ...]
    nodes: tuple[Node, ...] = field(default=())


def judge(line: Line, memory: Memory, bench: Bench) -> tuple[Judged, Memory]:
    """The verdict on a line, and what is remembered of it."""
    memory = _minded(line, memory)
    quiet = _says_nothing(line)
    if quiet is not None:
        return quiet, memory
    bench = replace(bench, step=memory.step, example=memory.example)
    ready = prepare(line, bench)
    if ready.unread and len(ready.sides) < 2:
        fault = line.sides[ready.unread[0]].fault
        return Judged(line, Verdict.UNREADABLE, fault.message if fault else ""), memory
    if len(ready.sides) < 2:
        return Judged(line, Verdict.UNCHECKED, messages.DEFINITION, claims=False), memory
    steps = tuple(_steps(ready, bench, ()))
    if _fails(steps) and memory.condition and not _speaks_of_both(ready, memory):
        under = replace(ready, line=replace(line, conditions=(*line.conditions, *memory.condition)))
        again = tuple(_steps(under, bench, ()))
        if not _fails(again) and all(step.outcome.kind == AGREE for step in again):
            ready, steps = under, again
    if _fails(steps) and bench.dictionary.model.rate and bench.given is not None:
        later = replace(bench, step=memory.step + 1)
        again = _stepped(ready, later)
        if again and all(step.outcome.kind == AGREE for step in again):
            bench, steps, memory = later, again, replace(memory, step=memory.step + 1)
    return _verdict(ready, steps, memory, bench)


def _speaks_of_both(ready: Prepared, memory: Memory) -> bool:
    """Whether a line holds for all indices by itself: it has δ_ij, or cases of its own."""
    return any(
        isinstance(part, Cases) or (isinstance(part, Symbol) and part.base == "delta" and len(part.indices) == 2)
        for _, node in ready.sides
        for part in walk(node)
    )


def _fails(steps: tuple[Step, ...]) -> bool:
    return any(step.outcome.kind == DIFFER for step in steps)


def _stepped(ready: Prepared, bench: Bench) -> tuple[Step, ...]:
    try:
        return tuple(_steps(ready, bench, ()))
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
    if line.is_condition:
        return Judged(line, Verdict.UNCHECKED, messages.CONDITION, claims=False)
    return None


def prepare(line: Line, bench: Bench) -> Prepared:
    """The sides that can be read and that define nothing."""
    kept: list[tuple[int, Node]] = []
    unread: list[int] = []
    defines = False
    stop = next((n for n, relation in enumerate(line.relations) if relation in UNEQUAL), len(line.sides))
    for place, side in enumerate(line.sides[: stop + 1]):
        if side.node is None:
            unread.append(place)
        elif _defines(side.node, line, bench.dictionary):
            defines = True
        elif place == 0 and (moved := _updates(line, bench)) is not None:
            kept.append((place, moved))
        else:
            kept.append((place, side.node))
    nodes = tuple(side.node for side in line.sides if side.node is not None)
    return Prepared(line, tuple(kept), defines, tuple(unread), nodes)


def _updates(line: Line, bench: Bench) -> Node | None:
    """The name on the left of w ← w − …, or of w := w − …, as it is after the update."""
    node = line.sides[0].node
    if not bench.dictionary.model.rate or not isinstance(node, Symbol) or node.marks or not line.relations:
        return None
    found = next(bench.dictionary.find(node), None)
    if found is None or found.name not in bench.dictionary.model.parameters:
        return None
    again = any(isinstance(p, Symbol) and p == node for s in line.sides[1:2] if s.node is not None for p in walk(s.node))
    if line.relations[0] == "←" or (line.relations[0] == ":=" and again):
        return replace(node, marks=("new",), raised=(Symbol("new"),))
    return None


def _defines(node: Node, line: Line, dictionary: Dictionary) -> bool:
    """Whether a side is a name of the student's own that begins to have a meaning in this line."""
    target = _target(node, dictionary)
    if target is None:
        return False
    symbol, raised, parameters = target
    high = (*symbol.raised, *raised)
    for cut in range(len(symbol.indices), -1, -1):
        found = dictionary.own.get(spell(symbol, labels(symbol.indices[:cut]), labels(high)))
        if found:
            return found[0].line == line.id or (bool(parameters) and parameters != (ARGUMENT,))
    found = dictionary.own.get(spell(symbol, flat_sub(symbol), labels(high)))
    return bool(found) and found[0].line == line.id


def _steps(ready: Prepared, bench: Bench, slips: tuple[Slip, ...]) -> Iterator[Step]:
    script: Mapping[Any, str] = {}
    for (a, left), (b, right) in pairwise(ready.sides):
        step = compare(ready, (a, b), left, right, bench, slips, script)
        if step.outcome.kind == AGREE:
            script = step.outcome.script
        yield step


def compare(
    ready: Prepared,
    sides: tuple[int, int],
    left: Node,
    right: Node,
    bench: Bench,
    slips: tuple[Slip, ...],
    script: Mapping[Any, str],
) -> Step:
    """Two neighbouring sides, at whatever points their kind allows."""
    line = ready.line
    question = Question(
        left, right, bench.dictionary, line.id - 1, ready.nodes, line.conditions, transposed=bench.convention.transposed
    )
    symbolic = has_names(left) and has_names(right)
    bare = not has_names(left) and not has_names(right)
    first: Step | None = None
    if symbolic or bench.given is None or (not _printed(left) and not _printed(right) and not bare):
        first = _at_random(question, sides, bench, slips)
        if first.outcome.kind == AGREE or bench.given is None:
            return first
    second = _at_given(question, sides, bench, slips, symbolic)
    if first is None or second.outcome.kind == AGREE:
        return second
    if first.outcome.kind == UNKNOWN and second.outcome.kind == DIFFER and not symbolic:
        return second
    return first


def _at_random(question: Question, sides: tuple[int, int], bench: Bench, slips: tuple[Slip, ...]) -> Step:
    points = bench.points
    own = [bench.seen(world, slips) for world in points.own]
    outcome = ask(question, own)
    if outcome.kind == UNKNOWN and (letter := dummy_of(outcome)) is not None:
        outcome = _for_any(question, own, letter, 1) or outcome
    if outcome.kind == AGREE and _sized(question, bench):
        other = ask(question, [bench.seen(world, slips) for world in points.other]) if points.other else outcome
        if other.kind == DIFFER:
            outcome = other
    if outcome.kind == DIFFER and points.data:
        data = ask(question, [bench.seen(world, slips) for world in points.data])
        if data.kind == AGREE:
            return Step(data, sides, Proof.NUMERIC, remark=messages.THESE_DATA)
    return Step(outcome, sides, Proof.NUMERIC)


def _sized(question: Question, bench: Bench) -> bool:
    """Whether a size in letters stands in the line, so that it must hold for other sizes too."""
    return any(
        isinstance(node, Symbol) and (node.base in bench.dictionary.sizes or node.base in bench.dictionary.model.dimensions)
        for side in (question.left, question.right)
        for node in walk(side)
    )


def _for_any(question: Question, worlds: Sequence[World], letter: str, depth: int) -> Outcome | None:
    """The outcome with any numbers for a letter that has no meaning: the t of σ′(t) = σ(t)(1 − σ(t))."""
    if not _is_argument(question, letter):
        return None
    last: Outcome | None = None
    indexed = any(
        isinstance(node, Symbol) and node.base == letter and node.indices for side in question.around for node in walk(side)
    )
    for values in DUMMIES:
        dummy = Tensor(values + 0.01 * depth, () if indexed else (f"•{letter}",))
        asked = replace(question, dummies={**question.dummies, letter: dummy})
        outcome = ask(asked, worlds)
        if outcome.kind == UNKNOWN and (other := dummy_of(outcome)) is not None and depth < MOST_DUMMIES:
            outcome = _for_any(asked, worlds, other, depth + 1) or outcome
        if outcome.kind == AGREE:
            return outcome
        last = last if last is not None and last.kind == DIFFER else outcome
    return last


def _is_argument(question: Question, letter: str) -> bool:
    """Whether a letter stands as an argument of a function, or a derivative is taken by it."""
    for side in question.around or (question.left, question.right):
        for node in walk(side):
            match node:
                case Call(args=args) if any(isinstance(p, Symbol) and p.base == letter for a in args for p in walk(a)):
                    return True
                case Derivative(wrt=Symbol(base)) if base == letter:
                    return True
    return False


def _at_given(
    question: Question, sides: tuple[int, int], bench: Bench, slips: tuple[Slip, ...], symbolic: bool
) -> Step:
    given = bench.given
    assert given is not None
    if symbolic and not _has_literals(question):
        return Step(Outcome(UNKNOWN), sides)
    start = bench.points.given if bench.example is None else bench.example
    assert start is not None
    world = [bench.advanced(bench.seen(start, slips))] if slips else [bench.seen(given, slips)]
    exact = ask(replace(question, slack=Margins(EXACT_UNITS)), world)
    if exact.kind == AGREE:
        return Step(exact, sides, Proof.PRINTED)
    if exact.kind == DIFFER and exact.pair is not None:
        loose = ask(replace(question, slack=Margins(LOOSE_UNITS, bench.known)), world)
        if loose.kind == AGREE:
            return Step(loose, sides, Proof.PRINTED, rounded=True)
        margins = Margins(EXACT_UNITS, bench.known)
        for span, value in islice(chain(margins.others(question.left), margins.others(question.right)), MOST_OTHERS):
            other = ask(replace(question, slack=margins, instead={span: value}), world)
            if other.kind == AGREE:
                return Step(other, sides, Proof.PRINTED, rounded=True)
    return Step(exact, sides, Proof.PRINTED)


def _has_literals(question: Question) -> bool:
    return any(isinstance(n, Literal) for side in (question.left, question.right) for n in walk(side))


def has_names(node: Node) -> bool:
    """Whether a side names anything but functions and constants."""
    heads = {id(part.head) for part in walk(node) if isinstance(part, Call) and part.head.base in KNOWN}
    for part in walk(node):
        if isinstance(part, Derivative):
            return True
        if isinstance(part, Symbol) and id(part) not in heads and part.base not in CONSTANTS and part.base not in KNOWN:
            return True
    return False


def _printed(node: Node) -> bool:
    """Whether a side holds a number with a decimal point."""
    return any(isinstance(part, Literal) and part.place < 0 for part in walk(node))


# --- verdicts ---------------------------------------------------------------------------------------


def _verdict(ready: Prepared, steps: tuple[Step, ...], memory: Memory, bench: Bench) -> tuple[Judged, Memory]:
    line = ready.line
    quantity = messages.quantity_of(ready, bench.dictionary)
    differing = [step for step in steps if step.outcome.kind == DIFFER]
    unknown = [step for step in steps if step.outcome.kind == UNKNOWN]
    differing = [step for step in differing if not _runs_on(ready, step, bench)]
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
        if rounded:
            return Judged(line, Verdict.ROUNDED, remark or messages.ROUNDED, quantity), memory
        return Judged(line, Verdict.CORRECT, remark, quantity, proof), _stated(ready, memory, bench)
    if (said := _stationary(ready, differing, memory, bench)) is not None:
        return Judged(line, Verdict.UNCHECKED, said, quantity, claims=False), replace(memory, stationary=True)
    if (said := _assumed(ready, bench)) is not None:
        return Judged(line, Verdict.UNCHECKED, said, quantity, claims=False), memory
    if (example := other_example(ready, memory, bench)) is not None:
        judged = Judged(line, Verdict.CORRECT, messages.EXAMPLE, quantity, Proof.PRINTED, claims=False)
        return judged, replace(memory, example=example, step=0)
    root = _carried(ready, differing, memory, bench)
    nodes = [node for _, node in ready.sides]
    claims = slips_of(nodes, line.id, bench.dictionary, {})
    if root is not None:
        return Judged(line, Verdict.CARRIED, messages.carried(root), quantity, root=root, side=differing[0].sides[1]), memory.slipped(*claims)
    worst = differing[0]
    witness = witness_of(worst, bench)
    if witness is None or unknown and not _certain(worst):
        return Judged(line, Verdict.UNCHECKED, messages.NO_WITNESS, quantity), memory
    message = messages.wrong(worst, ready, witness)
    judged = Judged(line, Verdict.WRONG, message, quantity, side=worst.sides[1], witness=witness)
    return judged, memory.slipped(*claims)


def _given_target(ready: Prepared, bench: Bench) -> str | None:
    """The given that a line states as a number, if it does just that."""
    if len(ready.sides) != 2 or has_names(ready.sides[1][1]):
        return None
    target = target_of(ready.sides[0][1], bench.dictionary, ready.line.id)
    if target is None or target.kind != "value" or target.name not in bench.points.model.problem.given:
        return None
    return str(target.name)


def _stated(ready: Prepared, memory: Memory, bench: Bench) -> Memory:
    """The memory with a given that is stated as it is, or with values that were worked out from the givens."""
    if any(not has_names(node) for _, node in ready.sides):
        name = _given_target(ready, bench)
        return replace(memory, stated=memory.stated | {name or "numbers"})
    return memory


def other_example(ready: Prepared, memory: Memory, bench: Bench) -> World | None:
    """The point of another example, where data that were stated before, or used, are stated anew."""
    name = _given_target(ready, bench)
    given = bench.given
    if name is None or given is None or name not in bench.dictionary.model.data:
        return None
    if name not in memory.stated and not (memory.example is not None or "numbers" in memory.stated and ready.line.passage > memory.passage):
        return None
    node = ready.sides[1][1]
    outcome = ask(Question(ready.sides[0][1], node, bench.dictionary, ready.line.id - 1), [given])
    if outcome.pair is None or outcome.pair.right.shape != np.shape(given.value(name)):
        return None
    start = bench.points.given if memory.example is None else memory.example
    assert start is not None
    return start.with_leaves({name: np.asarray(outcome.pair.right, dtype=float)})


def _stationary(ready: Prepared, differing: list[Step], memory: Memory, bench: Bench) -> str | None:
    """A gradient set to zero, and what follows from that, claims nothing about the gradient."""
    _, last = ready.sides[-1]
    first = ready.sides[0][1]
    zero = isinstance(last, Literal) and last.value == 0
    target = target_of(first, bench.dictionary, ready.line.id)
    if zero and len(ready.sides) == 2:
        if target is None and _is_gradient(first, ready, bench):
            return messages.STATIONARY
        if target is not None and (target.name in bench.dictionary.model.parameters and bench.points.given is None):
            return messages.STATIONARY
        if target.name in bench.dictionary.model.parameters and not target.places and _speaks_of_zero(ready.line):
            return messages.STATIONARY
    if memory.stationary and target is None and not any(isinstance(p, Derivative) for p in walk(first)):
        return messages.STATIONARY
    if memory.stationary and target is not None and target.kind == "value" and target.name in bench.dictionary.model.parameters:
        return messages.STATIONARY
    return None


def _is_gradient(node: Node, ready: Prepared, bench: Bench) -> bool:
    """Whether an expression is a multiple of the objective's gradient by a parameter."""
    for name in bench.dictionary.model.parameters:
        for world in bench.points.own[:1]:
            values = _values(node, ready, bench, world)
            gradient = world.gradient(name)
            for value in values:
                if value.shape == gradient.shape and np.abs(gradient).max() > 0:
                    ratio = float(np.vdot(value, gradient) / np.vdot(gradient, gradient))
                    if ratio and np.allclose(value, ratio * gradient, rtol=1e-7, atol=1e-9):
                        return True
    return False


def _values(node: Node, ready: Prepared, bench: Bench, world: World) -> Iterator[Any]:
    """The values of an expression in its first reading, its letters laid out."""
    zero = Literal(Fraction(0))
    question = Question(node, zero, bench.dictionary, ready.line.id - 1, ready.nodes)
    outcome = ask(question, [world])
    if outcome.pair is not None:
        yield np.asarray(outcome.pair.left)


def _speaks_of_zero(line: Line) -> bool:
    return any(word in line.prose.lower() for word in ("zero", "stationar", "optim", "minimi", "maximi", "set ", "solv", "null"))


def _assumed(ready: Prepared, bench: Bench) -> str | None:
    """A line about data alone, which nothing is given for, assumes what it says."""
    model = bench.dictionary.model
    names = set()
    for _, node in ready.sides:
        for part in walk(node):
            if isinstance(part, Derivative | Call):
                return None
            if isinstance(part, Symbol):
                found = next(bench.dictionary.find(part), None)
                names.add(None if found is None else found.name)
    names.discard(None)
    if names and all(name in model.data and name not in model.problem.given for name in names):
        return messages.ASSUMPTION
    return None


def _certain(step: Step) -> bool:
    return step.outcome.pair is not None


def _runs_on(ready: Prepared, step: Step, bench: Bench) -> bool:
    """Whether "=" reads "and then": a = b + c where a is b only, each next step right in itself."""
    nodes = dict(ready.sides)
    right = nodes[step.sides[1]]
    left = nodes[step.sides[0]]
    while isinstance(right, Add | Subtract):
        right = right.left
        question = Question(left, right, bench.dictionary, ready.line.id - 1, ready.nodes, transposed=bench.convention.transposed)
        if has_names(left) and has_names(right):
            outcome = ask(question, bench.points.own)
        elif bench.given is not None:
            outcome = ask(replace(question, slack=Margins(EXACT_UNITS)), [bench.given])
        else:
            continue
        if outcome.kind == AGREE and len(ready.sides) > 2:
            return True
    return False


def _carried(ready: Prepared, differing: list[Step], memory: Memory, bench: Bench) -> int | None:
    """The line whose slip this one follows: believing it, every side agrees with the next."""
    if not memory.slips:
        return None
    target = target_of(ready.sides[0][1], bench.dictionary, ready.line.id)
    recent = memory.slips[::-1]
    if target is not None and all(has_names(node) for _, node in ready.sides[:2]):
        recent = tuple(s for s in recent if (s.kind, s.name) != (target.kind, target.name))  # said again, it follows from nothing
    sets: list[tuple[Slip, ...]] = [(slip,) for slip in recent[:8]]
    if len(recent) > 1:
        sets.append(recent)
        sets += [pair for pair in combinations(recent[:4], 2) if len(recent) > 2]
    for slips in sets:
        steps = tuple(_steps(ready, bench, slips))
        if all(step.outcome.kind == AGREE for step in steps):
            return slips[0].line
    return None


def witness_of(step: Step, bench: Bench) -> Witness | None:
    """The numbers at which two sides differ, or the shapes that cannot fit."""
    outcome = step.outcome
    world = outcome.world
    if world is None:
        return None
    at: str | dict[str, Any] = "given" if world.kind == "given" else {n: np.asarray(a).tolist() for n, a in world.leaves.items()}
    names = set(bench.dictionary.model.dimensions)
    sizes = {str(dim): int(size) for dim, size in world.sizes.items() if dim in names}
    functions = messages.stand_ins(bench.dictionary.model)
    if outcome.pair is None:
        return Witness(at, sizes, step.sides, shapes=outcome.shapes, reason=outcome.message, functions=functions)
    left, right = (_plain(value) for value in (outcome.pair.left, outcome.pair.right))
    return Witness(at, sizes, step.sides, left, right, functions=functions)


def _plain(array: Any) -> Any:
    real = np.real(np.asarray(array)).astype(float)
    return np.where(np.isfinite(real), real, np.nan).tolist()
