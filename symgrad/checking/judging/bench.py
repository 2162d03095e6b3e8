"""What every line is held against, and a line made ready for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.judging.conventions import PLAIN, Convention, Scale
from symgrad.checking.judging.memory import Slip, believing
from symgrad.checking.judging.printed import known_values
from symgrad.checking.judging.readings import Outcome
from symgrad.checking.judging.sides import stands_alone
from symgrad.checking.meaning.dictionary import CLASS, Dictionary, Own
from symgrad.checking.meaning.effort import Effort
from symgrad.checking.meaning.spelling import UPDATED, Found, flat_sub, labels, spell
from symgrad.checking.settling.classes import Said, class_data
from symgrad.checking.settling.definitions import ARGUMENT, names_of
from symgrad.checking.verdict import Proof
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.points import Points
from symgrad.checking.worlds.world import World
from symgrad.reading.methods import SLOPE
from symgrad.submission.lines import Line
from symgrad.submission.sheet.values import number
from symgrad.submission.written import (
    Add,
    Call,
    Comparison,
    Element,
    Matrix,
    Node,
    Subtract,
    Symbol,
    walk,
)

MOST_WORLDS = 200
UNEQUAL = frozenset("≠<≤>≥∝≪≫≺≻↔→")


class Bench(Struct, frozen=True):
    """What every line is held against: the points, the dictionary, the conventions kept throughout."""

    points: Points
    dictionary: Dictionary
    convention: Convention = PLAIN
    step: int = 0
    """How many updates the work has made."""
    stepped: dict[Any, Any] = field(default_factory=dict)
    worlds: dict[Any, tuple[World, World, tuple[Slip, ...]]] = field(default_factory=dict)
    """The points of who made slips, or keeps to a convention."""
    effort: Effort = field(default_factory=Effort)
    classes: Mapping[int, Said] = field(default_factory=dict)
    """What words say of the letters of lines: that c is the true class."""
    apart: Mapping[str, Comparison] = field(default_factory=dict)
    """Letters over which the work only sums under one and the same condition j ≠ y_i."""
    active: frozenset[int] = frozenset()
    """The lines of which words say that what is cut off at 0 is above it there."""
    of_all: frozenset[int] = frozenset()
    """The lines of which words say that they hold for all indices."""
    supposed: Mapping[int, tuple[Comparison, ...]] = field(default_factory=dict)
    """What words suppose of data for lines, y = 0."""
    told: frozenset[str] = frozenset()
    """The matrices that the work tells from their transposes."""
    alone: Mapping[int, bool] = field(default_factory=dict)
    """The lines that claim an inequality, if they hold one; whether given numbers may refute it."""
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

    def of_class(self) -> Bench | None:
        """The same where the class of the data has a letter of its own; None where no data tell it."""
        data = class_data(self.dictionary.model)
        hot = {**self.dictionary.hot, CLASS: data}
        return (
            replace(self, dictionary=replace(self.dictionary, hot=hot), points=self.points.hot)
            if data
            else None
        )

    def followed(self, start: World, slips: tuple[Slip, ...]) -> World:
        """The same for who made these slips, each at its step."""
        world = self.seen(start, tuple(slip for slip in slips if slip.step == 0))
        for step in range(1, self.step + 1):
            world = self._believing(world.after, tuple(slip for slip in slips if slip.step == step))
        return world

    def stepping(self, world: World, nodes: Sequence[Node]) -> World:
        """A random point for a line about a step of a method: at the step it says, else at any.

        A constant that is next to nothing is something there: what stands beside ε must show.
        """
        moments = self.dictionary.moments
        if not moments.there:
            return world
        world = world.with_constants(moments.constants_in(nodes))
        found = moments.within(nodes)
        if any(moment.number is not None for moment in found):
            return self.advanced(world)
        return world.amidst if found else world

    def is_general(self, nodes: Sequence[Node]) -> bool:
        """Whether a line is about any step of a method: m_t, v_{t-1}."""
        moments = self.dictionary.moments
        return moments.there and any(moment.offset is not None for moment in moments.within(nodes))

    def begun(self, worlds: Sequence[World], nodes: Sequence[Node]) -> list[World]:
        """The same points in the first step, where a line that does not count its steps may be meant so."""
        counted = self.is_general(nodes)
        return [world.begun for world in worlds if world.passed and not counted]

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
        return self._believing(world, slips, self.convention.scale)

    def _believing(self, world: World, slips: tuple[Slip, ...], scale: Scale | None = None) -> World:
        """One point for each set of slips, so that what is worked out at it is worked out once."""
        if not slips and scale is None:
            return world
        key = (id(world), scale, *map(id, slips))
        if key not in self.worlds:
            if len(self.worlds) >= MOST_WORLDS:
                self.worlds.clear()
            found = believing(world if scale is None else world.scaled(scale), slips)
            self.worlds[key] = (found, world, slips)  # what is kept alive keeps its id
        return self.worlds[key][0]


class Step(Struct, frozen=True):
    """What was found of two neighbouring sides; ``where`` the kind of point at which it was seen."""

    outcome: Outcome
    sides: tuple[int, int]
    proof: Proof | None = None
    rounded: bool = False
    remark: str = ""


class Prepared(Struct, frozen=True):
    """A line ready to be judged: the sides that can be compared, in order, with their places."""

    line: Line
    sides: tuple[tuple[int, Node], ...]
    defines: bool
    unread: tuple[int, ...]
    nodes: tuple[Node, ...] = field(default=())


def prepare(line: Line, bench: Bench) -> Prepared:
    """The sides that can be read and that define nothing."""
    kept: list[tuple[int, Node]] = []
    unread: list[int] = []
    defines = False
    stop = next((n for n, relation in enumerate(line.relations) if relation in UNEQUAL), len(line.sides))
    for place, side in enumerate(line.sides[: stop + 1]):
        if side.node is None:
            unread.append(place)
        elif (
            _names_policy(side.node, bench.dictionary)
            or _defines(side.node, line, bench.dictionary)
            or (not place and _renews(line, bench))
        ):
            defines = True
        elif place == 0 and (moved := _updates(line, bench)) is not None:
            kept.append((place, moved))
        else:
            kept.append((place, side.node))
    nodes = tuple(side.node for side in line.sides if side.node is not None)
    return Prepared(line, tuple(kept), defines, tuple(unread), nodes)


def _names_policy(node: Node, dictionary: Dictionary) -> bool:
    """Whether a side is log π alone: of a distribution, for nobody keeps that number as a logarithm."""
    match node:
        case Call(Symbol("log" | "ln"), (Symbol("pi", "", ()) as policy,)):
            return next(dictionary.find(policy), None) is None
    return False


def as_set(ready: Prepared) -> Prepared:
    """The same line as it is set, without the braces that are not seen on paper."""
    printed = {place: side.printed for place, side in enumerate(ready.line.sides)}
    sides = tuple((place, printed[place] or node) for place, node in ready.sides)
    return replace(ready, sides=sides, nodes=tuple(node for _, node in sides))


def _updates(line: Line, bench: Bench) -> Node | None:
    """The name on the left of w ← w − …, w := w − … or w = w − …, as it is after the update."""
    node = line.sides[0].node
    if isinstance(node, Matrix) and line.relations[:1] == ("←",):
        return _all_updated(node, bench)
    symbol = node.body if isinstance(node, Element) else node
    if not isinstance(symbol, Symbol) or not line.relations:
        return None
    model, behind = bench.dictionary.model, line.sides[1].node
    if not model.rate or not _is_moved(symbol, bench.dictionary):
        return None
    updates = {
        "←": True,
        ":=": behind is not None and any(part == symbol for part in walk(behind)),
        "=": isinstance(behind, Add | Subtract) and _first_term(behind) == node,
    }
    if not updates.get(line.relations[0]):
        return None
    later = _later(symbol)
    return replace(node, body=later) if isinstance(node, Element) else later


def _renews(line: Line, bench: Bench) -> bool:
    """Whether w′ = w − …, or w′ = 0.5 − … of w = 0.5, says what w′ is, where the problem has no step.

    How far it goes nobody knows then, but it goes down: what moves along the gradient is not so defined.
    """
    node = line.sides[0].node
    if not isinstance(node, Symbol) or bench.dictionary.model.rate or len(line.sides) < 2:
        return False
    behind = line.sides[1].node
    bare = replace(node, marks=(), raised=())
    if node.marks not in (*((mark,) for mark in UPDATED), ("'",)) or not isinstance(behind, Add | Subtract):
        return False
    first, found = _first_term(behind), next(bench.dictionary.find(bare), None)
    begins = first == bare or (stands_alone(first) and found is not None and _is_given(found, first, bench))
    return begins and _goes_down(found, line, bench)


def _goes_down(found: Found | None, line: Line, bench: Bench) -> bool:
    """Whether a number at the end lies where the objective falls; or else a term is subtracted."""
    last, given = line.sides[-1].node, bench.given
    end = None if last is None else number(last)
    if found is None or end is None or given is None:
        return isinstance(line.sides[1].node, Subtract)
    try:
        start, slope = given.value(found.name), given.gradient(found.name)
    except NoValue:
        return False
    return not np.shape(start) and bool((float(end) - start) * slope <= 0)


def _is_given(found: Found, node: Node, bench: Bench) -> bool:
    """Whether a number is what is given for a parameter that is a number."""
    model, value = bench.dictionary.model, number(node)
    if found.marks or found.indices or found.name not in model.parameters or value is None:
        return False
    given = model.problem.given.get(found.name)
    return given is not None and not np.shape(given) and float(value) == float(given)


def _is_moved(symbol: Symbol, dictionary: Dictionary) -> bool:
    """Whether a step changes what a symbol stands for: a parameter, or a state of the method."""
    found = next(dictionary.find(symbol), None)
    if found is not None:
        return found.name in dictionary.model.parameters and not found.marks
    moment = None if symbol.marks else dictionary.moments.of(symbol)
    return moment is not None and moment.name != SLOPE and moment.number is moment.offset is None


def _all_updated(matrix: Matrix, bench: Bench) -> Matrix | None:
    """A column of parameters, each as it is after the update; None where an entry is something else."""
    rows: list[tuple[Node, ...]] = []
    for row in matrix.rows:
        for entry in row:
            found = next(bench.dictionary.find(entry), None) if isinstance(entry, Symbol) else None
            if found is None or found.name not in bench.dictionary.model.parameters or found.indices:
                return None
            if found.marks:
                return None
        rows.append(tuple(_later(entry) for entry in row if isinstance(entry, Symbol)))
    return replace(matrix, rows=tuple(rows)) if bench.dictionary.model.rate else None


def _later(symbol: Symbol) -> Symbol:
    return replace(symbol, marks=(*symbol.marks, "new"), raised=(*symbol.raised, Symbol("new")))


def _first_term(node: Node) -> Node:
    while isinstance(node, Add | Subtract):
        node = node.left
    return node


def _defines(node: Node, line: Line, dictionary: Dictionary) -> bool:
    """Whether a side is a name of the student's own that begins to have a meaning in this line.

    With an arrow it is another one: m ← … is the next m.
    """
    target = names_of(node, dictionary)
    if target is None:
        return False
    symbol, raised, parameters = target
    high = (*symbol.raised, *raised)
    for cut in range(len(symbol.indices), -1, -1):
        found = dictionary.own.get(spell(symbol, labels(symbol.indices[:cut]), labels(high)))
        if found:
            return (
                _begins(found, line)
                or line.relations[:1] == ("←",)
                or (bool(parameters) and parameters != (ARGUMENT,))
            )
    found = dictionary.own.get(spell(symbol, flat_sub(symbol), labels(high)))
    return bool(found and (_begins(found, line) or line.relations[:1] == ("←",)))


def _begins(found: Sequence[Own], line: Line) -> bool:
    """Whether a name is first defined in a line, or, of mere numbers, first under the heading of a step."""
    before = [own for own in found if own.line < line.id]
    renewed = line.turn and not any(own.formula for own in found)
    return found[0].line == line.id or bool(renewed and all(own.turn < line.turn for own in before))
