"""∇f and ∂_j f, where it is not said by what: by the argument in ∇f(x), as in ∇f = (∂f/∂x_1, …) elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import text_of
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Call, Derivative, Matrix, Node, Symbol, Transpose

INDEX_LETTERS = frozenset("ijklmnpqr")


def by_name(node: Node, known: Dictionary) -> Node:
    """A gradient with what it is taken by; any other node as it is."""
    match node:
        case Derivative(of=Transpose(Call() | Symbol() as of), sign="nabla") if _is_number(of, known):
            return Transpose(by_name(replace(node, of=of), known), True, node.span)
        case Derivative(of=Call(args=(Symbol() as argument,), certain=False), wrt=None) if _is_whole(
            argument, known
        ):
            return replace(node, wrt=argument)
        case Derivative(of=Symbol() as of, wrt=None) if text_of(of) in known.gradients:
            return replace(node, wrt=known.gradients[text_of(of)])
        case Derivative(wrt=Symbol(base, "", (), ()) as letter, sign="partial") if _is_place(letter, known):
            (name,) = known.model.parameters
            return replace(node, wrt=Symbol(name, base, span=letter.span, indices=(letter,)))
    return node


def _is_place(letter: Symbol, known: Dictionary) -> bool:
    """Whether ∂_j is by the entry j of the one vector that everything rests on."""
    vectors = [len(known.model.graph.shapes.get(name, ())) == 1 for name in known.model.parameters]
    free = not known.is_known(letter) and next(known.defined(letter, (), 10**9), None) is None
    return vectors == [True] and letter.base in INDEX_LETTERS and free


def gradients_in(submission: Submission, known: Dictionary) -> Mapping[str, Symbol]:
    """What a work takes ∇f by where it does not say so, for each f of which it shows it once and for all."""
    found: dict[str, set[Symbol]] = {}
    for line in submission.lines:
        for of, by in chain(_by_entries(line), _by_arguments(line)):
            if _is_whole(by, known):
                found.setdefault(of, set()).add(by)
    return {of: names.pop() for of, names in found.items() if len(names) == 1}


def _by_entries(line: Line) -> Iterator[tuple[str, Symbol]]:
    """∇f = (∂f/∂x_1, ∂f/∂x_2)."""
    nodes = [side.node for side in line.sides]
    for of in (node.of for node in nodes if isinstance(node, Derivative) and node.wrt is None):
        for other in nodes:
            matrix = other.body if isinstance(other, Transpose) else other
            if isinstance(matrix, Matrix) and isinstance(of, Symbol):
                cells = [cell for row in matrix.rows for cell in row]
                by = [c.wrt for c in cells if isinstance(c, Derivative) and c.of == of]
                names = {replace(w, sub="", indices=()) for w in by if isinstance(w, Symbol) and w.indices}
                if len(by) == len(cells) and len(names) == 1:
                    yield text_of(of), names.pop()


def _by_arguments(line: Line) -> Iterator[tuple[str, Symbol]]:
    """∇f(x), beside which ∇f is the same."""
    for side in line.sides:
        match side.node:
            case Derivative(of=Call(head=Symbol() as head, args=(Symbol() as by,)), wrt=None):
                yield text_of(head), by


def _is_number(of: Call | Symbol, known: Dictionary) -> bool:
    """Whether something is a number: the ᵀ of ∇L(x)ᵀ is on its gradient."""
    found = next(known.names.find(of.head if isinstance(of, Call) else of), None)
    return found is not None and known.model.graph.shapes.get(found.name) == ()


def _is_whole(symbol: Symbol, known: Dictionary) -> bool:
    """Whether a symbol is a name of the problem as it stands."""
    found = next(known.names.find(symbol), None)
    return found is not None and not (found.indices or found.samples or found.marks) and found.exponent == 1
