r"""Indices that stand high: A^{ij} is an entry of a matrix, δ^i_m Kronecker's, x^t and h^{t-1} of a time.

A time of the problem's own counters is never an exponent of what it counts; that pairs of letters are no
exponents, and numbers neither, the work must show.
"""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.entries import is_pair
from symgrad.checking.meaning.spelling import lettered, text_of
from symgrad.checking.settling.indexing import PRIME, primed
from symgrad.checking.settling.steps import is_of_one_step
from symgrad.submission.lines import Submission
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
    Subtract,
    Symbol,
    Transpose,
)

Timed = tuple[str, tuple[str, ...]]
"""The base of a name with its accents."""
NO_POWERS = (0, 1)
"""Numbers that nobody writes as an exponent of an array."""


def writes_times_high(submission: Submission, known: Dictionary) -> bool:
    """Whether a counter of the problem stands high on something that it counts."""
    return any(_is_timed(part, known) for part in submission.nodes)


def names_timed(submission: Submission, known: Dictionary) -> frozenset[Timed]:
    """Names of the student's own that bear a counter of the problem high: δ of δ^{(t)}, T of T^t and T^{t-1}
    where it stands nowhere without.
    """
    counters = known.model.problem.repeat.counters
    found: set[Timed] = set()
    bare: set[Timed] = set()
    inside = {id(part.body) for part in submission.nodes if isinstance(part, Power)}
    for part in submission.nodes:
        symbol, place = _time_on(part)
        if symbol is None or next(known.names.find(replace(symbol, marks=(), raised=())), None) is not None:
            continue
        if place is not None and lettered(place)[0] in counters:
            found.add((symbol.base, symbol.accents))
        elif place is None and id(symbol) not in inside:
            bare.add((symbol.base, symbol.accents))
    return frozenset(found - bare)


def _time_on(node: Node) -> tuple[Symbol | None, Node | None]:
    """A name with what stands high on it, in brackets or not."""
    match node:
        case Symbol():
            single = len(node.marks) == len(node.raised) == 1 and node.marks[0][:1] in "(["
            return node, node.raised[0] if single else None
        case Power(Symbol() as symbol, exponent) if not symbol.marks:
            return symbol, exponent
    return None, None


def times(node: Node, known: Dictionary) -> Node:
    """h^t and h^{t-1} as h_t and h_{t-1}; in a work that writes so x^0, too; δ^{(t)} of the student's own."""
    symbol, place = _time_on(node)
    counters = known.model.problem.repeat.counters
    timely = isinstance(node, Symbol) or (place is not None and lettered(place)[0] in counters)
    if symbol is not None and place is not None and timely and (symbol.base, symbol.accents) in known.timed:
        low = (place, *symbol.indices)
        sub = ",".join(map(text_of, low))
        return replace(symbol, sub=sub, indices=low, marks=(), raised=(), span=node.span)
    if not isinstance(node, Power):
        return node
    numbered = known.high and _number(node) in NO_POWERS and _is_counted(node.body, known)
    return _lowered(node, (node.exponent,)) if numbered or _is_timed(node, known) else node


def numbers(node: Node, known: Dictionary) -> Node:
    """h^2 as h_2, where the problem counts times."""
    if isinstance(node, Power) and _number(node) is not None and _is_counted(node.body, known):
        return _lowered(node, (node.exponent,))
    return node


def entries(node: Node, known: Dictionary) -> Node:
    """x^0 as the entry of x at a step that the problem counts, as a^0 is its a of that step."""
    if not isinstance(node, Power) or not isinstance(node.body, Symbol) or is_of_one_step(known):
        return node
    name, place = node.body, node.exponent
    found = next(known.names.find(name), None)
    shape = known.model.graph.shapes.get(found.name, ()) if found is not None else ()
    bare = not (name.sub or name.marks) and isinstance(place, Literal | Symbol | Add | Subtract)
    if found is None or found.name not in known.model.graph.leaves or not shape or not bare:
        return node
    return replace(name, sub=text_of(place), indices=(place,), span=node.span)


def pairs(node: Node, known: Dictionary) -> Node:
    """A^{ij}, δ^i_m, W^i_j and (QKᵀ)^{ij} as entries; those that stand high come first."""
    if not isinstance(node, Power) or not (high := _letters(node.exponent, known)):
        return node
    body = node.body
    if isinstance(body, Symbol):
        count = len(high) + len(body.indices)
        return _lowered(node, high) if _has_axes(body, count, len(high) > 1, known) else node
    if len(high) > 1 and isinstance(body, Product | Transpose | Call | Derivative | Add | Subtract):
        return Element(body, "".join(map(text_of, high)), node.span, high)
    return node


def rows(node: Node, known: Dictionary) -> Node:
    """x^i as a row of data that are no square, of which there are no powers."""
    if (
        not isinstance(node, Power)
        or not isinstance(node.body, Symbol)
        or node.body.indices
        or node.body.marks
    ):
        return node
    high, found = _letters(node.exponent, known), next(known.names.find(node.body), None)
    if len(high) != 1 or found is None or found.marks or found.name not in known.model.data:
        return node
    shape = known.model.graph.shapes.get(found.name, ())
    return _lowered(node, high) if len(shape) == len(set(shape)) == 2 else node


def _is_timed(node: Node, known: Dictionary) -> bool:
    counters = known.model.problem.repeat.counters
    return (
        isinstance(node, Power)
        and isinstance(node.exponent, Symbol | Add | Subtract)
        and lettered(node.exponent)[0] in counters
        and _is_counted(node.body, known)
    )


def _number(node: Power) -> int | None:
    exponent = node.exponent
    whole = isinstance(exponent, Literal) and exponent.value.denominator == 1 and exponent.value >= 0
    return int(exponent.value) if whole else None  # type: ignore[union-attr]


def _is_counted(body: Node, known: Dictionary) -> bool:
    """Whether the problem has one of a name for each time, or takes it at its own time."""
    if not isinstance(body, Symbol) or body.marks:
        return False
    accents = tuple(accent for accent in body.accents if accent not in ("vec", "d", "Delta"))
    family = known.families.get((body.base, accents), {})
    if any(known.model.problem.repeat.rounds.get(name) for name in family.values()):
        return True
    found = next(known.names.find(replace(body, indices=(), sub="")), None)
    return found is not None and found.name in known.starts and known.counts_times


def _letters(exponent: Node, known: Dictionary) -> tuple[Node, ...]:
    """The index letters that an exponent is; none where one of them has a value of its own."""
    match exponent:
        case Product(left, right, ""):
            both = _letters(left, known), _letters(right, known)
            return (*both[0], *both[1]) if all(both) else ()
        case Matrix(rows=(row,), flat=True):
            return row
        case Symbol(base, "", (), ()) if is_pair(base):
            return tuple(Symbol(letter, span=exponent.span) for letter in base)
        case Symbol(base, "") if len(base.rstrip(PRIME)) == 1 and base.isalpha() and base not in ("T", "t"):
            plain = replace(exponent, marks=(), raised=())
            marked = [mark for mark in exponent.marks if mark != "'"]
            valued = next(known.names.find(plain), None) is not None
            return () if marked or exponent.accents or valued else (primed(exponent),)
    return ()


def _has_axes(body: Symbol, count: int, several: bool, known: Dictionary) -> bool:
    """Whether a name has so many axes; a name of the student's own may have as many as stand high."""
    if body.marks:
        return False
    if body.base == "delta":
        return count == 2
    bare = replace(body, indices=(), sub="")
    found = next(known.names.find(bare), None)
    if found is None:
        return several and not known.is_known(bare)
    return not found.marks and len(known.model.graph.shapes.get(found.name, ())) == count


def _lowered(node: Power, high: tuple[Node, ...]) -> Symbol:
    assert isinstance(node.body, Symbol)
    low = (*high, *node.body.indices)
    return replace(node.body, sub=",".join(map(text_of, low)), indices=low, span=node.span)
