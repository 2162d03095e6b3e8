"""Sums that are not written: over each index that a term has twice, where no term of the line has it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, reduce

from msgspec.structs import replace

from symgrad.submission.written import (
    Add,
    Call,
    Derivative,
    Element,
    Literal,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    Transpose,
    parts,
)


@lru_cache(maxsize=1024)
def with_sums(sides: tuple[Node, ...], line: Sequence[Node]) -> tuple[Node, ...]:
    """The sides of a line with their sums written: z_i = W_ij x_j as z_i = Σ_j W_ij x_j."""
    left = _left_over(line)
    free = frozenset[str]().union(*map(_single, line)) - left
    every = (_summed(side, free, left) for side in sides)
    return tuple(side if side == full else full for side, full in zip(sides, every, strict=True))


def _single(node: Node) -> frozenset[str]:
    """The letters that some term has once: they are free."""
    match node:
        case Add(left, right) | Subtract(left, right):
            return _single(left) | _single(right)
        case Negative(body):
            return _single(body)
    return frozenset(letter for letter, count in _counts(node).items() if count == 1)


def _left_over(line: Sequence[Node]) -> frozenset[str]:
    """The letters that a bracket left in only one of its terms when it was multiplied out.

    −y_a (δ_ab − p_b) is −y_a δ_ab + y_a p_b: a cannot be free where another side of the line has none.
    """
    lacking = frozenset[str]().union(*map(_mentioned, line)) - frozenset.intersection(*map(_mentioned, line))
    return frozenset(letter for side in line for letter in _single(side) & _doubled(side) & lacking)


def _doubled(node: Node) -> frozenset[str]:
    """The letters that some term has twice."""
    match node:
        case Add(left, right) | Subtract(left, right):
            return _doubled(left) | _doubled(right)
        case Negative(body):
            return _doubled(body)
    return frozenset(letter for letter, count in _counts(node).items() if count > 1)


def _counts(node: Node) -> Counter[str]:
    """How often each letter stands in a term; letters that are summed over inside do not."""
    match node:
        case Symbol(indices=indices) | Element(indices=indices):
            inside = _counts(node.body) if isinstance(node, Element) else Counter[str]()
            return inside + Counter(i.base for i in indices if isinstance(i, Symbol) and _is_letter(i))
        case Product(left, right) | Quotient(left, right):
            shared = _mentioned(left) & _mentioned(right)  # the a of g_a (y_a δ_ab − y_a y_b)
            return _counts(left) + _counts(right) | Counter(dict.fromkeys(shared, 2))
        case Power(body, Literal(value)) if value >= 2:
            return _counts(body) + _counts(body)
        case Derivative(of, wrt):
            return sum((_counts(part) for part in (of, wrt) if part is not None), Counter())
        case Call(Symbol(indices=(_, *_)) as head, (body,), certain=False):  # B_jk (o_k − t_k)
            return _counts(Product(head, body))
        case Call(args=args):
            return Counter(frozenset[str]().union(*map(_single, args)))
        case Sum(body, index):
            counts = _counts(body)
            del counts[index]
            return counts
        case Power(body) | Negative(body) | Transpose(body):
            return _counts(body)
        case Add() | Subtract():
            return Counter(_single(node))
    return Counter()


def _mentioned(node: Node) -> frozenset[str]:
    """The letters that stand on something in a node, but for those that a written sum binds."""
    if isinstance(node, Sum):
        return _mentioned(node.body) - {node.index}
    own = (i.base for i in getattr(node, "indices", ()) if isinstance(i, Symbol) and _is_letter(i))
    return frozenset(own).union(*map(_mentioned, parts(node)))


def _is_letter(index: Symbol) -> bool:
    return len(index.base) == 1 and index.base.isalpha() and not index.sub


def _summed(node: Node, free: frozenset[str], left: frozenset[str] = frozenset()) -> Node:
    """An expression with the sums of its terms written; those over ``left`` wherever one of it stands."""
    match node:
        case Add(a, b) | Subtract(a, b):
            return replace(node, left=_summed(a, free, left), right=_summed(b, free, left))
        case Negative(body):
            return replace(node, body=_summed(body, free, left))
    counts = _counts(node)
    letters = [letter for letter in counts if (counts[letter] > 1 or letter in left) and letter not in free]
    return reduce(Sum, letters, _factor(node, free.union(letters)))


def _factor(node: Node, free: frozenset[str]) -> Node:
    """A part of a term: what stands in brackets in it is an expression of its own."""
    match node:
        case Product(left, right) | Quotient(left, right):
            return replace(node, left=_factor(left, free), right=_factor(right, free))
        case Add() | Subtract() | Negative():
            return _summed(node, free)
        case Call(args=args):
            return replace(node, args=tuple(_summed(arg, free) for arg in args))
        case Power(body) | Sum(body):
            return replace(node, body=_factor(body, free))
        case Derivative(of) if of is not None:
            return replace(node, of=_factor(of, free))
    return node
