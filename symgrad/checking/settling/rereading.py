"""Notations of a work as a whole, under which its symbols are other symbols: read so where that makes more
of its lines right, and none that was right false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import FOREIGN, Dictionary
from symgrad.checking.meaning.spelling import without
from symgrad.checking.settling import high, indexing, steps, unnamed
from symgrad.checking.settling.asking import MOST_LINES, Holds
from symgrad.checking.settling.columns import as_entries, as_vectors
from symgrad.checking.settling.labelled import by_label
from symgrad.checking.settling.last_step import last_in
from symgrad.checking.settling.lettered import by_letters, changing, negates, own_changes, own_signal
from symgrad.checking.settling.own_constants import own_pi
from symgrad.checking.settling.probabilities import as_entry
from symgrad.checking.settling.said_functions import said_in, shown_in
from symgrad.checking.settling.said_rows import said_rows
from symgrad.checking.settling.shifted_sums import plainly
from symgrad.checking.settling.written_calls import as_names
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import (
    Add,
    Derivative,
    Element,
    Matrix,
    Node,
    Norm,
    Product,
    Span,
    Subtract,
    Symbol,
    parts,
    transform,
    walk,
)

Settle = Callable[[Submission], Dictionary]


class Rereading(Struct, frozen=True):
    """Another way to read symbols. ``change`` is the other reading of one node, or the node itself."""

    name: str
    change: Callable[[Node, Dictionary], Node]
    frees: bool = False
    """Whether lines may be definitions under it that claim something otherwise."""
    claims: bool = False
    """Whether lines may be claims under it that are definitions otherwise, which prove nothing."""


def _bracketed(node: Node, known: Dictionary) -> Node:
    """w[0] as the entry of w; where w is a number, or i in w[i], their product."""
    if not isinstance(node, Element) or not node.square or not isinstance(node.body, Symbol):
        return node
    name = node.body
    graph = known.model.graph
    found = next(known.names.find(name), None)
    numbers = (next(known.names.find(p), None) for p in node.indices if isinstance(p, Symbol))
    if any(each is not None for each in numbers) or (found and not graph.shapes.get(found.name)):
        return Product(name, node.indices[0], "", node.span) if len(node.indices) == 1 else node
    sub = f"{name.sub},{node.sub}" if name.sub else node.sub
    return replace(name, sub=sub, indices=(*name.indices, *node.indices), span=node.span)


def _prefixed(node: Node, known: Dictionary) -> Node:
    """pc̃ as one name, where p is none: an activation's argument, as some write it."""
    match node:
        case Product(Symbol(base, "", (), accents) as left, Symbol() as right, "") if (
            len(base) == 1 and set(accents) <= {"d"} and "d" not in right.accents
        ):
            bare = without(left, "d")
            if known.is_known(bare) or next(known.defined(bare, (), 0), None) is not None:
                return node
            return replace(right, base=base + right.base, accents=(*right.accents, *accents), span=node.span)
    return node


def _worded(node: Node, known: Dictionary) -> Node:
    """dc, read as a word, as the d of c, beside da_next and dc_next of the problem; so d c, with a blank."""
    match node:
        case Product(Product(left, Symbol("d", "", (), ()) as d, ""), right, ""):  # q dx
            moved = _worded(Product(d, right, "", Span(d.span.start, right.span.end)), known)
            return node if isinstance(moved, Product) else Product(left, moved, "", node.span)
        case Product(Symbol("d", "", (), ()), Symbol() as right, "") if not right.accents:
            named = any(not found.marks for found in known.names.find(right))
            return replace(right, accents=("d",), span=node.span) if named and _is_free(known) else node
    if not isinstance(node, Symbol) or len(node.base) < 2 or node.base[0] != "d" or known.is_known(node):
        return node
    bare = replace(node, base=node.base[1:])
    named = any(not found.indices and not found.marks for found in known.names.find(bare))
    return replace(bare, accents=(*bare.accents, "d")) if named else node


def _is_free(known: Dictionary) -> bool:
    """Whether d is no name."""
    d = Symbol("d")
    return not known.is_known(d) and all(own.letters for own, _ in known.defined(d, (), 0))


def _lowered(node: Node, known: Dictionary) -> Node:
    """d_c as the d of c, where c is a name of the problem."""
    match node:
        case Symbol("d", indices=(Symbol() as low,), marks=(), accents=()) if "d" not in low.accents:
            named = any(not found.indices and found.exponent == 1 for found in known.names.find(low))
            return (
                replace(low, accents=(*low.accents, "d"), span=node.span)
                if named and _is_free(known)
                else node
            )
    return node


def _unbarred(node: Node, known: Dictionary) -> Node:
    """A matrix between bars as the matrix: there are those who set their brackets so."""
    return node.body if isinstance(node, Norm) and isinstance(node.body, Matrix) and not node.sub else node


def _of_updates(lines: Iterable[Line], known: Dictionary) -> Rereading:
    """s_W as a name of its own where W ← W − α s_W: no entry W of s, and no s that W parametrises."""
    found = frozenset(part for line in lines for part in _beside(line, known))

    def change(node: Node, known: Dictionary) -> Node:
        if isinstance(node, Symbol) and node in found:
            return replace(node, marks=(*node.marks, FOREIGN))
        return node

    return Rereading("names of an update", change)


def _beside(line: Line, known: Dictionary) -> Iterator[Symbol]:
    """The names in an update that bear what is updated as an index, and are not written so in the problem."""
    left = line.sides[0].node
    moved = next(known.names.find(left), None) if isinstance(left, Symbol) else None
    if moved is None or moved.indices or moved.samples or moved.name not in known.model.parameters:
        return
    for part in (part for side in line.sides[1:] if side.node is not None for part in walk(side.node)):
        if not isinstance(part, Symbol) or len(part.indices) != 1 or part.indices[0] != left:
            continue
        there, written = next(known.find(part), None), next(known.names.find(part), None)
        is_own = written is not None and not written.indices and not written.samples
        slope = there is not None and there.name == known.model.objective
        if there is not None and not is_own and not slope and known.moments.of(part) is None:
            yield part


def _over_sum(node: Node, known: Dictionary) -> Node:
    """d/dw w x + b as the derivative of the whole sum, where no other derivative stands in it."""
    head = node.left if isinstance(node, Add | Subtract) else None
    if not isinstance(node, Add | Subtract) or not isinstance(head, Derivative):
        return node
    of, wrt = head.of, head.wrt
    if of is None or wrt is None or any(isinstance(part, Derivative) for part in walk(node.right)):
        return node
    if wrt.span.end <= of.span.start == _first(of).span.start:
        body = replace(node, left=of, span=Span(of.span.start, node.right.span.end))
        return replace(head, of=body, span=node.span)
    return node


def _first(node: Node) -> Node:
    """What a node begins with, but for brackets."""
    inner = parts(node)
    return _first(inner[0]) if inner else node


REREADINGS = (
    Rereading("times in angles", steps.angled),
    Rereading("times in brackets", steps.bracketed),
    Rereading("times low", steps.lowered),
    Rereading("times high", steps.high),
    Rereading("entries high", high.entries),
    Rereading("numbers high", high.numbers),
    Rereading("pairs high", high.pairs),
    Rereading("differentials", _worded),
    Rereading("differentials by what stands low", _lowered, claims=True),
    Rereading("prefixes", _prefixed),
    Rereading("matrices between bars", _unbarred),
    Rereading("derivatives of sums", _over_sum),
    Rereading("signals of one's own", own_signal, frees=True),
)
ALWAYS = (
    Rereading("names with brackets", as_names),
    Rereading("columns of entries", as_vectors),
    Rereading("entries with arguments", as_entries),
    Rereading("probabilities of classes", as_entry),
    Rereading("entries in square brackets", _bracketed),
    Rereading("sums counted otherwise", plainly),
    Rereading("letters side by side", indexing.letters),
    Rereading("indices of indices", indexing.nested),
    Rereading("labels before numbers", by_label),
    Rereading("primed indices", indexing.primes),
    Rereading("gradients by what is not said", unnamed.by_name),
    Rereading("counters high", high.times),
    Rereading("steps in parentheses", steps.called),
    Rereading("rows high", high.rows),
)
"""``times``: c^{<t>} and c^{<t-1>}, in whatever way the time is written, in a problem of one step;
``prefixes``: pc̃; ``differentials``: dc typed as a word; ``matrices between bars``: vmatrix for bmatrix.
"""


def reread(submission: Submission, settle: Settle, holds: Holds) -> Submission:
    """The submission with the notations that its lines show. ``settle`` makes a dictionary of it."""
    known = settle(submission)
    text = submission.text
    said = (
        own_pi(submission, known),
        said_in(text, known),
        shown_in(submission, known),
        said_rows(text, known),
        last_in(submission, known),
        own_changes(submission, known),
    )
    for reading in (*ALWAYS, *(Rereading("in words", change) for change in said if change)):
        submission, known = _read(submission, reading, known, settle)
    submission, known = _read(submission, _of_updates(submission.lines, known), known, settle)
    layers = by_letters(submission, known)
    for reading in (*([Rereading("layers by letters", changing(layers))] if layers else ()), *REREADINGS):
        tried = tuple(_changed(line, reading, known) for line in submission.lines)
        pairs = [pair for pair in zip(submission.lines, tried, strict=True) if pair[0] is not pair[1]]
        if not pairs:
            continue
        other = replace(submission, lines=tried)
        named = settle(other)
        if reading.frees:
            pairs = [pair for pair in pairs if not _defines(pair[1], named)]
            if not any(negates(after) for _, after in pairs):
                continue
        more = [
            holds(after, named) - (0 if reading.claims and _defines(before, known) else holds(before, known))
            for before, after in pairs[:MOST_LINES]
        ]
        if sum(more) > 0 <= min(more, default=0):
            submission, known = other, named
    return submission


def _defines(line: Line, named: Dictionary) -> bool:
    return any(own.line == line.id for owned in named.own.values() for own in owned)


def _read(
    submission: Submission, reading: Rereading, known: Dictionary, settle: Settle
) -> tuple[Submission, Dictionary]:
    """The submission in another reading, with its dictionary."""
    lines = tuple(_changed(line, reading, known) for line in submission.lines)
    if all(a is b for a, b in zip(lines, submission.lines, strict=True)):
        return submission, known
    submission = replace(submission, lines=lines)
    return submission, settle(submission)


def _changed(line: Line, reading: Rereading, known: Dictionary) -> Line:
    def change(node: Node) -> Node:
        return reading.change(node, known)

    if all(change(node) is node for node in line.nodes):
        return line
    nodes = tuple(side.node and transform(side.node, change) for side in line.sides)
    sides = tuple(replace(side, node=node) for side, node in zip(line.sides, nodes, strict=True))
    return replace(line, sides=sides)
