r"""Times on names, in a problem of one step: h^{\langle t\rangle}, h^{\langle t-1\rangle} are h and h_prev.

``angled(node, known)`` is a node in which a name with a time on it is the name of the problem that it can
only be; any other node is returned as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import Spellings, lettered, text_of, without
from symgrad.submission.written import Add, Call, Node, Power, Subtract, Symbol

NOW, BEFORE = ("", "t", "next", "new"), ("prev", "t-1", "old", "last", "0")
"""What the problem may call what is made in this step, and in the one before."""
LETTERS = ("t",)
COUNTS = ("t", "k", "n")
"""Letters that count updates."""


def angled(node: Node, known: Dictionary) -> Node:
    r"""c^{\langle t\rangle}."""
    return _named(node, known, _angled)


def lowered(node: Node, known: Dictionary) -> Node:
    """c_t, and c_{t-1}."""
    return _named(node, known, _lowered)


def bracketed(node: Node, known: Dictionary) -> Node:
    """c^{(t)}, and c^{[t]}."""
    return _named(node, known, _bracketed)


def high(node: Node, known: Dictionary) -> Node:
    """c^t, and c^{t-1}."""
    if isinstance(node, Power) and isinstance(node.body, Symbol) and not node.body.marks:
        if not isinstance(node.exponent, Symbol | Add | Subtract) or not is_of_one_step(known):
            return node
        letter, offset = lettered(node.exponent)
        if letter not in LETTERS:
            return node
        found = _found(node.body, offset, known.names) if offset in (0, -1) else None
        if found is None and offset and _is_known(node.body, known.names):
            return _elsewhere(node.body, node.exponent, offset)
        return node if found is None else found
    return node


def called(node: Node, known: Dictionary) -> Node:
    """w(t+1) as w^{(t+1)}, the value of a parameter after so many updates."""
    match node:
        case Call(Symbol(marks=(), accents=()) as name, (place,), False) if known.model.rate:
            letter = lettered(place)[0]
            counts = letter in COUNTS and next(known.names.find(Symbol(letter)), None) is None
            found = next(known.names.find(name), None) if counts else None
            if found is not None and found.name in known.model.parameters and not found.indices:
                mark = f"({text_of(place)})"
                return replace(name, marks=(mark,), raised=(place,), span=node.span)
    return node


def _elsewhere(body: Symbol, place: Node, offset: int) -> Symbol:
    """a^{t-1} where the problem has no a of that step: no power of a, whatever size t may be read as."""
    return replace(body, marks=(f"<t{offset:+d}>",), raised=(place,))


_Timed = Callable[[Symbol], "tuple[Symbol, int] | None"]


def is_of_one_step(known: Dictionary) -> bool:
    """Whether the problem counts no steps itself: else a time says which of them, and E_t is none of E's."""
    return not set(LETTERS).intersection(known.model.problem.repeat.counters)


def _named(node: Node, known: Dictionary, timed: _Timed) -> Node:
    names = known.names
    if not isinstance(node, Symbol) or not is_of_one_step(known):
        return node
    plain = without(node, "d", "Delta")
    if _is_name(plain, names):
        return node
    parted = timed(plain)
    if parted is None:
        return node
    bare, offset = parted
    found = _found(bare, offset, names)
    if found is None and offset == 0 and timed is _angled and not _is_known(bare, names):
        found = bare  # a name of the student's own, at the only time that there is
    if found is None:
        return node
    return replace(found, accents=(*found.accents, *(a for a in node.accents if a in ("d", "Delta"))))


def _angled(symbol: Symbol) -> tuple[Symbol, int] | None:
    return _marked(symbol, "<")


def _bracketed(symbol: Symbol) -> tuple[Symbol, int] | None:
    return _marked(symbol, "([")


def _marked(symbol: Symbol, brackets: str) -> tuple[Symbol, int] | None:
    for n, mark in enumerate(symbol.marks):
        offset = _offset(symbol.raised[n]) if mark[0] in brackets and n < len(symbol.raised) else None
        if offset is not None:
            marks, raised = list(symbol.marks), list(symbol.raised)
            del marks[n], raised[n]
            return replace(symbol, marks=tuple(marks), raised=tuple(raised)), offset
    return None


def _lowered(symbol: Symbol) -> tuple[Symbol, int] | None:
    offset = _offset(symbol.indices[-1]) if symbol.indices else None
    if offset is None:
        return None
    low = symbol.indices[:-1]
    return replace(symbol, indices=low, sub=",".join(map(text_of, low))), offset


def _offset(place: Node) -> int | None:
    """0 of t, −1 of t − 1; None of anything else."""
    if not isinstance(place, Symbol | Add | Subtract):
        return None
    letter, offset = lettered(place)
    return offset if letter in LETTERS and offset in (0, -1) else None


def _found(symbol: Symbol, offset: int, names: Spellings) -> Symbol | None:
    return next(filter(lambda named: _is_name(named, names), _candidates(symbol, offset)), None)


def _candidates(symbol: Symbol, offset: int) -> Iterator[Symbol]:
    for label in NOW if offset == 0 else BEFORE:
        if not label:
            yield symbol
            continue
        low = Symbol(label, span=symbol.span)
        sub = f"{symbol.sub},{label}" if symbol.sub else label
        yield replace(symbol, sub=sub, indices=(*symbol.indices, low))


def _is_name(symbol: Symbol, names: Spellings) -> bool:
    """Whether a symbol is a name of the problem and nothing more."""
    return any(
        not (found.indices or found.samples or found.marks) and found.exponent == 1
        for found in names.find(symbol)
    )


def _is_known(symbol: Symbol, names: Spellings) -> bool:
    return next(names.find(symbol), None) is not None
