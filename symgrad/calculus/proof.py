"""Whether two formulas are the same for all sizes: both written out, their difference in normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import ParamSpec

from symgrad.calculus.budget import within_budget
from symgrad.calculus.facts import Known, use_facts
from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Atom,
    Cell,
    Count,
    Index,
    Poly,
    add,
    atom,
    constant,
    fresh,
    kron,
    map_atoms,
    power,
    rename,
    scale,
    total,
)
from symgrad.calculus.lowering import ARITHMETIC, ShapeOf, expand, lower
from symgrad.calculus.rational import vanishes
from symgrad.calculus.steps import GradientOf
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.tree import Delta, Entry, Formula, Gradient, Number, Op, Size, Total, walk

P = ParamSpec("P")
MOST_TERMS = 3_000
"""Terms made on the way to a normal form, beyond which the proof is left to numbers."""


class Undecided(Exception):
    """A formula that has no polynomial: nothing is said about it."""


def _bounded(proof: Callable[P, bool]) -> Callable[P, bool]:
    """The proof, or none where it would be too long."""

    @wraps(proof)
    def tried(*args: P.args, **options: P.kwargs) -> bool:
        return bool(within_budget(MOST_TERMS, lambda: proof(*args, **options)))

    return tried


@_bounded
def is_identity(
    before: Formula,
    after: Formula,
    known: Mapping[str, GradientOf],
    facts: Iterable[Known],
    graph: Graph,
    target: str,
) -> bool:
    """Whether ``before``, with the gradients in ``known`` put in, and ``after`` have one normal form."""
    at = tuple(Index(f"in{n}", dim) for n, dim in enumerate(graph.shapes[target]))

    def put_in(single: Atom) -> Poly:
        match single:
            case Cell(Gradient(_, wrt), indices) if wrt in known:
                gradient = known[wrt]
                return rename(gradient.poly, dict(zip(gradient.free, indices, strict=True)))
        return atom(single)

    left = expand(map_atoms(lower(before, at, graph.shape), put_in), graph.shape, inside=True)
    return is_zero(add(left, scale(lower(after, at, graph.shape), -1)), facts)


def is_zero(poly: Poly, facts: Iterable[Known] = ()) -> bool:
    """Whether a polynomial is 0 under the facts, by its normal form over one denominator."""
    known, _ = use_facts(poly, facts)
    return vanishes(known)


@_bounded
def array_is(formula: Formula, poly: Poly, free: tuple[Index, ...], shape_of: ShapeOf) -> bool:
    """Whether the entries of an array formula are ``poly``, for all sizes."""
    if len(shape_of(formula)) < len(free):
        return False
    return is_zero(add(lower(formula, free, shape_of), scale(expand(poly, shape_of, inside=True), -1)))


@_bounded
def entry_is(formula: Formula, poly: Poly, letters: Mapping[str, Index], shape_of: ShapeOf) -> bool:
    """Whether an index formula with these free letters is ``poly``, for all sizes."""
    try:
        lowered = lower_entry(formula, _linked(formula, {**_dims(formula, shape_of), **letters}), shape_of)
    except Undecided:
        return False
    return is_zero(add(lowered, scale(expand(poly, shape_of, inside=True), -1)))


def _dims(formula: Formula, shape_of: ShapeOf) -> dict[str, Index]:
    """The summed letters of a formula and what they run over, as the entries they stand in show."""
    found: dict[str, Index] = {}
    for node in walk(formula):
        if isinstance(node, Entry):
            for letter, dim in zip(node.indices, _shape(node.base, shape_of), strict=True):
                if isinstance(letter, str):
                    found[letter] = Index(f"letter {letter}", dim)
    return found


def _linked(formula: Formula, letters: dict[str, Index]) -> dict[str, Index]:
    """The letters with those that stand in a δ alone: both run over the same dimension."""
    pairs = [(node.left, node.right) for node in walk(formula) if isinstance(node, Delta)]
    for _ in pairs:  # δ_ij δ_jk: one more letter each time
        for pair in pairs:
            for letter, other in (pair, pair[::-1]):
                if other in letters:
                    letters.setdefault(letter, Index(f"letter {letter}", letters[other].dim))
    return letters


def _shape(base: Formula, shape_of: ShapeOf) -> Shape:
    try:
        return shape_of(base)
    except TypeError:
        raise Undecided from None


def lower_entry(formula: Formula, letters: Mapping[str, Index], shape_of: ShapeOf) -> Poly:
    """An index formula in entries of names. Raises `Undecided` for a node that has no polynomial."""
    match formula:
        case Number(value):
            return constant(value)
        case Size(id):
            return atom(Count(id))
        case Delta(left, right):
            return atom(kron(letters[left], letters[right]))
        case Total(body, index):
            return total(lower_entry(body, letters, shape_of), letters[index])
        case Entry(base, indices):
            places = tuple(letters[i] if isinstance(i, str) else fresh(1) for i in indices)
            return total(
                lower(base, places, shape_of), *(p for p, i in zip(places, indices, strict=True) if i == 0)
            )
        case Op("power", (base, Number(exponent))):
            return power(lower_entry(base, letters, shape_of), exponent)
        case Op(name, args, options) if any(map(_is_entry, args)):
            parts = tuple(lower_entry(arg, letters, shape_of) for arg in args)
            return ARITHMETIC[name](*parts) if name in ARITHMETIC else apply(name, *parts, options=options)
    if _shape(formula, shape_of):
        raise Undecided
    return lower(formula, (), shape_of)


def _is_entry(formula: Formula) -> bool:
    """Whether a formula is about single entries, not about whole arrays."""
    return any(isinstance(node, Entry | Delta) for node in walk(formula))
