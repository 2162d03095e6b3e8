"""What the lines of a sheet say: definitions, numbers for names, derivatives asked for, updates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from symgrad.submission.lines import Line, Side, Submission
from symgrad.submission.sheet import functions
from symgrad.submission.sheet.names import before_update, is_gradient, is_updated
from symgrad.submission.sheet.values import number, rows
from symgrad.submission.written import (
    Call,
    Derivative,
    Element,
    Literal,
    Matrix,
    Node,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    parts,
    walk,
)

EQUALS = frozenset(("=", ":=", "≈"))
TURN = re.compile(r"\b(?:iteration|step|epoch)\s*#?\s*(\d{1,3})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Definition:
    """``target`` (σ_j² with its power and indices) is ``body``; ``side`` is where that stands.

    ``also`` are names that the same chain calls it by; ``copy`` marks a mere second name, ``called`` a
    left side like J(w), which may turn out to be a function.
    """

    target: Symbol
    power: int
    body: Node
    side: Side
    line: Line
    also: tuple[Symbol, ...] = ()
    copy: bool = False
    called: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A name with a number or a matrix of numbers."""

    target: Symbol
    value: Node
    side: Side
    line: Line


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """f(t) = body."""

    head: Symbol
    arguments: tuple[Symbol, ...]
    body: Node
    side: Side


@dataclass(frozen=True, slots=True)
class Upstream:
    """D = ∂L/∂Y: the name of a gradient that comes from what follows the sheet's part."""

    name: Symbol
    of: Symbol
    wrt: Symbol
    side: Side
    line: Line


@dataclass(frozen=True, slots=True)
class Step:
    """A parameter's update, with its rate where the line shows it."""

    parameter: Symbol
    rate: Symbol | Literal | None
    line: Line


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a sheet states, each list in reading order."""

    definitions: tuple[Definition, ...]
    shown: tuple[Shown, ...]
    functions: tuple[FunctionRule, ...]
    derivatives: tuple[Derivative, ...]
    upstream: tuple[Upstream, ...]
    steps: tuple[Step, ...]
    turns: int


def statements(submission: Submission) -> Statements:
    """The statements of a submission's lines; struck lines state nothing."""
    lines = [line for line in submission.lines if not line.struck]
    found = [item for line in lines for item in _stated(line)]
    sides = [side for line in lines for side in line.sides if side.node is not None]
    derivatives = [node for side in sides for node in walk(side.node) if isinstance(node, Derivative)]  # type: ignore[arg-type]
    return Statements(
        tuple(item for item in found if isinstance(item, Definition)),
        tuple(item for item in found if isinstance(item, Shown)),
        tuple(item for item in found if isinstance(item, FunctionRule)),
        tuple(derivatives),
        tuple(item for line in lines for item in _upstream(line)),
        tuple(item for item in found if isinstance(item, Step)),
        _turns(submission),
    )


def _turns(submission: Submission) -> int:
    found = [int(match[1]) for line in submission.lines for match in TURN.finditer(line.heading)]
    return max((turn for turn in found if turn > 0), default=1)


def _stated(line: Line) -> Iterator[Definition | Shown | FunctionRule | Step]:
    step = _step(line)
    if step is not None:
        yield step
        return
    if not EQUALS.issuperset(line.relations):
        return
    yield from _function(line)
    heads: list[tuple[Symbol, int]] = []
    bodies: list[Side] = []
    for side in line.sides:
        target = None if side.node is None else _target(side.node)
        if target is not None and bodies:
            yield from _defined(heads, bodies, line)
            heads, bodies = [], []
        if target is not None:
            heads.append(target)
        elif heads:
            bodies.append(side)
    yield from _defined(heads, bodies, line)
    if len(heads) > 1 and not bodies:
        side = line.sides[-1]
        assert side.node is not None
        yield Definition(*heads[0], side.node, side, line, copy=True)


def _target(node: Node) -> tuple[Symbol, int] | None:
    """A name to be defined, and its power: σ_j², z_i, (z̄)_i."""
    match node:
        case Symbol():
            return node, 1
        case Power(Symbol() as body, Literal(value)) if value.denominator == 1 and 2 <= value <= 9:
            return body, int(value)
        case Power(Symbol(sub="") as body, Symbol(base, "", (), ())) if base in ("i", "j"):
            return Symbol(body.base, base, body.marks, body.accents, node.span), 1
        case Call(head, args) if all(isinstance(arg, Symbol) for arg in args) and not functions.is_function(
            head
        ):
            return head, 1
        case Element(Symbol(sub="") as body, sub):
            return Symbol(body.base, sub, body.marks, body.accents, node.span), 1
    return None


def _defined(heads: list[tuple[Symbol, int]], bodies: list[Side], line: Line) -> Iterator[Definition | Shown]:
    if not heads or not bodies:
        return
    (target, power), *others = heads
    also = tuple(symbol for symbol, high in others if high == 1)
    for side in bodies:
        if side.node is None:
            continue
        if number(side.node) is not None or rows(side.node) is not None:
            if power == 1:
                yield from (Shown(symbol, side.node, side, line) for symbol in (target, *also))
        elif names(side.node) and not isinstance(side.node, Matrix) and not is_gradient(target):
            called = isinstance(line.sides[0].node, Call)
            yield Definition(target, power, side.node, side, line, also, called=called)


def names(node: Node) -> list[Symbol]:
    """The names that a formula uses, without the heads of functions everybody knows and without indices."""
    found: list[Symbol] = []
    match node:
        case Symbol():
            return [node]
        case Sum(body):
            return names(body)
        case Call(head):
            found = [] if functions.is_function(head) or head.base.startswith("#") else [head]
            return found + [name for arg in node.args for name in names(arg)]
    return found + [name for part in parts(node) for name in names(part)]


def _function(line: Line) -> Iterator[FunctionRule]:
    match line.sides[0].node:
        case Call(head, args) if all(isinstance(arg, Symbol) for arg in args):
            for side in line.sides[1:]:
                if side.node is not None:
                    yield FunctionRule(
                        head, tuple(arg for arg in args if isinstance(arg, Symbol)), side.node, side
                    )
                    return


def _upstream(line: Line) -> Iterator[Upstream]:
    match [side.node for side in line.sides[:2]]:
        case [Symbol() as name, Derivative(Symbol() as of, Symbol() as wrt)]:
            yield Upstream(name, of, wrt, line.sides[1], line)


def _step(line: Line) -> Step | None:
    """w ← w − α ∂L/∂w, w = w − α Δw, w⁺ = w − η g, and an updated value alone: w⁺ = 0.36."""
    left = line.sides[0].node
    if not isinstance(left, Symbol):
        return None
    old = before_update(left)
    for side in line.sides[1:]:
        match side.node:
            case Subtract(Symbol() as kept, change) if kept == old and _moves(change):
                return Step(old, _rate(change), line)
    if is_updated(left):
        return Step(old, None, line)
    return None


def _moves(change: Node) -> bool:
    """Whether what is taken off holds a gradient."""
    return any(
        isinstance(node, Derivative) or (isinstance(node, Symbol) and is_gradient(node))
        for node in walk(change)
    )


def _rate(change: Node) -> Symbol | Literal | None:
    match change:
        case Product(left, _):
            return _rate(left)
        case Quotient(left, _):
            return _rate(left)
        case Symbol() if not is_gradient(change):
            return change
        case Literal():
            return change
    return None
