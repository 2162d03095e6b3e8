"""What the lines of a sheet say: definitions, numbers for names, derivatives asked for, updates, facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from msgspec import Struct

from symgrad.submission.lines import Line, Side
from symgrad.submission.sheet import functions
from symgrad.submission.sheet.names import anew, before_update, is_gradient, is_updated
from symgrad.submission.sheet.normal import is_called, nodes
from symgrad.submission.sheet.values import number, rows
from symgrad.submission.written import (
    Add,
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
    Transpose,
    parts,
    walk,
)

EQUALS = frozenset(("=", ":=", "≈"))


class Definition(Struct, frozen=True):
    """``target`` (σ_j² with its power and indices) is ``body``, None where that could not be read.

    ``side`` is where it stands, ``also`` are names that the same chain calls it by, ``copy`` marks a mere
    second name, ``parameters`` are those of f(t) = ….
    """

    target: Symbol
    power: int
    body: Node | None
    side: Side
    line: Line
    also: tuple[Symbol, ...] = ()
    copy: bool = False
    parameters: tuple[Symbol, ...] = ()


class Shown(Struct, frozen=True):
    """A name with a number or a matrix of numbers."""

    target: Symbol
    value: Node
    side: Side
    line: Line


class Upstream(Struct, frozen=True):
    """D = ∂L/∂Y: the name of a gradient that comes from what follows the sheet's part."""

    name: Symbol
    of: Symbol
    wrt: Symbol
    side: Side
    line: Line


class Step(Struct, frozen=True):
    """A parameter's update, with its rate where the line shows it."""

    parameter: Symbol
    rate: Symbol | Literal | None
    line: Line


class Fact(Struct, frozen=True):
    """Σ_i y_i = 1."""

    total: Sum
    value: Literal
    line: Line


class Statements(Struct, frozen=True):
    """All that a sheet states, each list in reading order.

    ``families`` are the bases of names that a recurrence has for every t: their arrays are alike.
    """

    definitions: tuple[Definition, ...]
    shown: tuple[Shown, ...]
    derivatives: tuple[Derivative, ...]
    upstream: tuple[Upstream, ...]
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    turns: int
    families: frozenset[str] = frozenset()


def statements(lines: tuple[Line, ...]) -> Statements:
    """The statements of some lines; struck lines and conditions state nothing."""
    lines = tuple(line for line in lines if not line.struck and not _restricts(line))
    found = [*_stepped(item for line in lines for item in _stated(line))]
    derivatives = (
        n for line in lines for node in nodes(line) for n in walk(node) if isinstance(n, Derivative)
    )
    return Statements(
        tuple(item for item in found if isinstance(item, Definition)),
        tuple(item for item in found if isinstance(item, Shown)),
        tuple(derivatives),
        tuple(item for line in lines for item in _upstream(line)),
        tuple(item for item in found if isinstance(item, Step)),
        tuple(item for line in lines for item in _fact(line)),
        _turns(lines),
    )


def _restricts(line: Line) -> bool:
    """Whether a line is a condition, and read as one."""
    return line.is_condition and all(side.node is not None for side in line.sides)


def _turns(lines: tuple[Line, ...]) -> int:
    return max((turn for line in lines if (turn := line.turn) > 0), default=1)


def _stated(line: Line) -> Iterator[Definition | Shown | Step]:
    step = _step(line)
    if step is not None:
        yield step
        return
    if not EQUALS.issuperset(line.relations):
        return
    heads: list[tuple[Symbol, int]] = []
    bodies: list[Side] = []
    for n, side in enumerate(line.sides):
        target = None if side.node is None else _target(side.node, n == 0)
        if n and isinstance(side.node, Call) and not _defines(side.node, line.sides[n + 1 :]):
            target = None  # L = g(w) = 4 uses g
        if target is not None and bodies:
            yield from _defined(heads, bodies, line)
            heads, bodies = [], []
        if target is not None:
            heads.append(target)
        elif heads:
            bodies.append(side)
    yield from _defined(heads, bodies, line)
    if len(heads) > 1 and not any(map(_says, bodies)):
        side = line.sides[len(heads) - 1]
        yield Definition(*heads[0], side.node, side, line, copy=True)


def _defines(call: Call, after: tuple[Side, ...]) -> bool:
    """Whether what stands behind f(x) in a chain is a formula for it."""
    nodes = [side.node for side in after if side.node is not None]
    return any(map(_says, after)) and not any(call.head in names(node) for node in nodes)


def _says(side: Side) -> bool:
    """Whether a side is more than numbers."""
    return side.node is None or bool(names(side.node))


def _target(node: Node, first: bool) -> tuple[Symbol, int] | None:
    """A name to be defined, and its power: z_i, (z̄)_i, and, ``first`` in a chain, σ_j², f(t)."""
    match node:
        case Symbol():
            return node, 1
        case Power(Symbol() as body, Literal(value)) if first and value.denominator == 1 and 2 <= value <= 9:
            return body, int(value)
        case Power(Symbol(sub="") as body, Symbol("i" | "j", "", (), ()) as high):
            return Symbol(body.base, high.base, body.marks, body.accents, node.span, (high,), body.raised), 1
        case Call(head) if is_called(node) or (first and _explains(node)):
            return head, 1
        case Element(Symbol(sub="") as body, sub):
            return Symbol(body.base, sub, body.marks, body.accents, node.span, node.indices, body.raised), 1
    return None


def _explains(call: Call) -> bool:
    """σ(z) = … says what a function of everybody's is."""
    plain = functions.plain(call.head.base)
    return (
        plain in functions.ELEMENTWISE and plain not in functions.FIXED and isinstance(call.args[0], Symbol)
    )


def _defined(heads: list[tuple[Symbol, int]], bodies: list[Side], line: Line) -> Iterator[Definition | Shown]:
    if not heads or not bodies:
        return
    (target, power), *others = heads
    also = tuple(symbol for symbol, high in others if high == 1)
    left = line.sides[0].node
    parameters = left.args if isinstance(left, Call) else ()
    called = tuple(arg for arg in parameters if isinstance(arg, Symbol))
    for side in bodies:
        node = side.node
        if node is not None and (rows(node) is not None or not names(node)):
            plain = number(node) is not None or rows(node) is not None or not is_list(node)
            if power == 1 and not called and plain:
                yield from (Shown(symbol, node, side, line) for symbol in (target, *also))
        elif not is_gradient(target):
            yield Definition(target, power, node, side, line, also, parameters=called)


def names(node: Node) -> list[Symbol]:
    """The names that a formula uses, without the heads of functions everybody knows and without indices."""
    found: list[Symbol] = []
    match node:
        case Symbol():
            return [node]
        case Sum(body):
            return names(body)
        case Call(head):
            hidden = functions.is_function(head) or head.base.startswith("#") or head.base == "indicator"
            args = node.args[:1] if head.base == "#softmax" else node.args
            return ([] if hidden else [head]) + [name for arg in args for name in names(arg)]
    return found + [name for part in parts(node) for name in names(part)]


def is_list(node: Node | None) -> bool:
    """(x_1, x_2)ᵀ: a matrix of names, which says what its entries are called."""
    match node:
        case Transpose(Matrix()) | Matrix():
            return True
    return False


def _upstream(line: Line) -> Iterator[Upstream]:
    match [side.node for side in line.sides[:2]]:
        case [Symbol() as name, Derivative(Symbol() as of, Symbol() as wrt)]:
            yield Upstream(name, of, wrt, line.sides[1], line)


def _fact(line: Line) -> Iterator[Fact]:
    match [side.node for side in line.sides]:
        case [Sum(Symbol(), index, product=False, condition=None) as total, Literal() as value] if index:
            yield Fact(total, value, line)


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
    if is_updated(left) and not any(_says_anew(side.node, old) for side in line.sides[1:]):
        return Step(old, None, line)
    return None


def _stepped(found: Iterable[Definition | Shown | Step]) -> Iterator[Definition | Shown | Step]:
    """The same where numbers that go on from a name's own are its update: w = 2, and then w = 2 − 0.1 · 3.

    So are those of w_new.
    """
    first: dict[Symbol, Fraction] = {}
    for item in found:
        value = number(item.value) if isinstance(item, Shown) else None
        if isinstance(item, Shown) and value is not None:
            name = anew(item.target) or item.target
            known = first.get(name) if name != item.target else first.setdefault(name, value)
            match item.value:
                case Add(kept, _) | Subtract(kept, _) if number(kept) == known != value:
                    yield Step(name, None, item.line)
                    continue
        yield item


def _says_anew(node: Node | None, old: Symbol) -> bool:
    """Whether a side is a formula of its own, and no step away from the old value."""
    match node:
        case Add(left, _) | Subtract(left, _) if left == old:
            return False
    return node is not None and bool(names(node)) and not _moves(node)


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
