"""Red marks that say more of the reading than of the work: a notation that no right line confirms.

Where several lines are wrong, no cause is found for any of them, and all are written in a way in which no
right line of the work is written, that way of writing has rather been misread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from symgrad.checking.judging import messages
from symgrad.checking.judging.sides import has_names
from symgrad.checking.meaning.dictionary import PLAIN_RATES, Dictionary
from symgrad.checking.meaning.functions import ELEMENTWISE
from symgrad.checking.meaning.spelling import lettered, text_of
from symgrad.checking.verdict import Judged, Verdict
from symgrad.submission.lines import Side
from symgrad.submission.written import (
    Add,
    Call,
    Literal,
    Matrix,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    walk,
)

FEWEST, FEWEST_ARITHMETIC = 2, 3
"""Wrong lines that share a notation, before it is doubted; and mere numbers, +, − and fractions."""
ARITHMETIC = (Literal, Matrix, Negative, Add, Subtract, Quotient)
CONFIRMING = (Verdict.CORRECT, Verdict.ROUNDED, Verdict.CARRIED)
PLAIN = ELEMENTWISE.keys() - {"sigma"}
Trait = tuple[str, ...]
"""What is seen of how a line is written: a kind of sign or name, with as many indices."""


def doubted(lines: tuple[Judged, ...], dictionary: Dictionary) -> tuple[Judged, ...]:
    """The lines, those not confirmed whose notation several wrong lines share and no right one."""
    unexplained = [judged for judged in lines if judged.verdict is Verdict.WRONG and not judged.explained]
    if len(unexplained) < FEWEST:
        return lines
    traits = {judged.line.id: frozenset(_traits(judged, dictionary)) for judged in lines}
    sure = (judged.line.id for judged in lines if judged.verdict in CONFIRMING or judged.explained)
    confirmed = frozenset().union(*(traits[line] for line in sure))
    shared = Counter(trait for judged in unexplained for trait in traits[judged.line.id] - confirmed)
    strange = {trait for trait, count in shared.items() if count >= _fewest(trait)}
    odd = {
        judged.line.id: sorted(strange & traits[judged.line.id], key=_telling)[0]
        for judged in unexplained
        if strange & traits[judged.line.id]
    }
    return tuple(_unsure(judged, odd) for judged in lines)


def _fewest(trait: Trait) -> int:
    return FEWEST_ARITHMETIC if trait[2] in {kind.__name__ for kind in ARITHMETIC} else FEWEST


def _unsure(judged: Judged, odd: dict[int, Trait]) -> Judged:
    """A line without its red mark, or without the reason of one that follows from it."""
    if judged.line.id in odd:
        notation = odd[judged.line.id][1]
        message, reason = messages.unconfirmed(notation, judged.message), messages.unconfirmed(notation)
    elif judged.root in odd:
        message = reason = messages.follows_from_doubt(judged.root)
    else:
        return judged
    return Judged(
        judged.line, Verdict.UNCHECKED, message, judged.quantity, claims=judged.claims, reason=reason
    )


def _telling(trait: Trait) -> tuple[int, Trait]:
    """Names before signs: what tells most comes first."""
    return ("symbol", "call", "name", "sum", "product", "sign").index(trait[0]), trait


def _traits(judged: Judged, dictionary: Dictionary) -> Iterator[Trait]:
    """How a line is written; where mere numbers differ, how they are."""
    sides: tuple[Side, ...] = judged.line.sides
    if judged.verdict is Verdict.WRONG and judged.witness is not None:
        differing = tuple(sides[place] for place in judged.witness.sides)
        if not any(side.node is not None and has_names(side.node) for side in differing):
            sides = differing
    for side in sides:
        for part in walk(side.node) if side.node is not None else ():
            if not _is_plain(part, dictionary):
                yield _trait(part, dictionary)


def _is_plain(part: Node, dictionary: Dictionary) -> bool:
    """Whether a name is the problem's as it stands, or a function with which everybody means the same.

    So are tanh and log; σ is a softmax for some. A name with a letter for each of its axes is an entry.
    """
    head = part.head if isinstance(part, Call) else part
    if not isinstance(head, Symbol):
        return isinstance(part, Power) and not has_names(part)  # (−0.3)², 10⁻⁸
    found = next(dictionary.find(head), None) if head is part else None
    if head.base in PLAIN or found is None:
        if head.base == "e":
            return next(dictionary.defined(head, (), 10**9), None) is None
        return head.base in PLAIN or (head.base in PLAIN_RATES and not head.sub and not head.marks)
    axes = len(dictionary.model.graph.shapes.get(found.name, ()))
    lettered = all(isinstance(index, Symbol) and not index.sub for index in found.indices)
    entry = len(found.indices) == axes and lettered and not found.loosely
    return not found.samples and not found.marks and (not found.indices or entry)


def _trait(part: Node, dictionary: Dictionary) -> Trait:
    match part:
        case Symbol():
            found = next(dictionary.find(part), None)
            if found is not None:
                return "name", text_of(part), found.name, str(len(found.indices) + len(found.samples))
            counters = dictionary.model.problem.repeat.counters
            return "symbol", _of_any_time(part, counters), *part.accents, *part.marks, str(len(part.indices))
        case Call(head=head, certain=certain):
            return "call", text_of(head), str(certain)
        case Product(sign=sign):
            return "product", "", sign
        case Sum(index=index, over=over):
            return "sum", "Σ", str(bool(index)), over
    return "sign", "", type(part).__name__


def _of_any_time(name: Symbol, counters: Collection[str]) -> str:
    """A name without its time, where the problem counts times: δ_h of δ_{h_{t-1}} and δ_{h_2}."""
    if not counters:
        return text_of(name)
    labels = [
        _of_any_time(index, counters) if isinstance(index, Symbol) else text_of(index)
        for index in name.indices
        if not isinstance(index, Literal) and lettered(index)[0] not in counters
    ]
    return text_of(replace(name, indices=(), sub="")) + "".join(labels)
