"""Index expressions as formulas to read: Σ_k W_kj g_k spelled with letters for the indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce

from symgrad.calculus.index import Apply, Atom, Cell, Count, Group, Index, Kron, Poly, Term
from symgrad.graph.shapes import Shape
from symgrad.operations import OPERATIONS
from symgrad.operations.own import CALL
from symgrad.tree import ONE, ZERO, Delta, Entry, Formula, Number, Op, Size, Total, added, transform

LETTERS = "ijklmpqrstabcd"


class Letters:
    """Hands out index letters: free indices first, then the dummies, none twice."""

    def __init__(self, *free: Index) -> None:
        self.names: dict[Index, str] = {}
        self.only: frozenset[Index] = frozenset()
        for index in free:
            self(index)

    def __call__(self, index: Index) -> str:
        """The letter of an index, the same each time it is asked for."""
        if index not in self.names:
            self.names[index] = next(letter for letter in _letters() if letter not in self.names.values())
        return self.names[index]

    def place(self, index: Index) -> str | int:
        """What stands for an index in an entry: its letter, or 0 where a sum runs over a single place."""
        return 0 if index in self.only else self(index)

    def inner(self, bound: tuple[Index, ...]) -> Letters:
        """The letters inside a sum, whose dummies must not clash with the free ones.

        They are handed out at once: the parts of the sum are spelled with copies of their own.
        """
        inside = Letters()
        inside.only = self.only | {index for index in bound if index.dim == 1}
        inside.names = {index: name for index, name in self.names.items() if index not in bound}
        for index in bound:
            inside.place(index)
        return inside


def _letters() -> Iterator[str]:
    yield from LETTERS
    yield from (f"{letter}_{n}" for n in range(1, 100) for letter in LETTERS)


def spell(poly: Poly, letters: Letters) -> Formula:
    """The polynomial as a formula of entries, sums and deltas."""
    terms = sorted(poly.terms, key=lambda term: term.coefficient < 0)
    return added(_term(term, letters) for term in terms) if terms else ZERO


def _term(term: Term, letters: Letters) -> Formula:
    inside = letters.inner(term.bound)
    over: list[Formula] = []
    under: list[Formula] = []
    for single, exponent in term.factors:
        (under if exponent < 0 else over).append(_raised(_atom(single, inside), abs(exponent)))
    size = abs(term.coefficient)
    if size.numerator != 1 or not over:
        over.insert(0, Number(Fraction(size.numerator)))
    if size.denominator != 1:
        under.insert(0, Number(Fraction(size.denominator)))
    body = _product(over)
    if under:
        body = Op("divide", (body, _product(under)))
    for index in reversed(term.bound):
        if index.dim != 1:
            body = Total(body, inside(index))
    return Op("negative", (body,)) if term.coefficient < 0 else body


def _product(factors: list[Formula]) -> Formula:
    kept = [f for f in factors if f != ONE] or [ONE]
    return reduce(lambda a, b: Op("multiply", (a, b)), kept)


def _raised(base: Formula, exponent: Fraction) -> Formula:
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return Op("sqrt", (base,))
    return Op("power", (base, Number(exponent)))


def _atom(single: Atom, letters: Letters) -> Formula:
    match single:
        case Cell(base, indices):
            return Entry(base, tuple(letters.place(i) for i in indices)) if indices else base
        case Kron(left, right):
            return Delta(*sorted((letters(left), letters(right))))
        case Count(dim):
            return Size(str(dim))
        case Apply(function, args, options):
            return Op(function, tuple(spell(a, letters) for a in args), options)
        case Group(poly):
            return spell(poly, letters)


def entrywise(formula: Formula, shape_of: Callable[[Formula], Shape]) -> Formula:
    """An entry of an elementwise result as the function of the entries: log(o)_i is log(o_i)."""

    def change(node: Formula) -> Formula:
        match node:
            case Entry(Op("transpose", (inner,)), (i, j)):
                return change(Entry(inner, (j, i)))
            case Entry(Op(name, args, options) as base, indices) if _is_elementwise(name):
                out = shape_of(base)
                return Op(name, tuple(change(_at(arg, indices, out, shape_of(arg))) for arg in args), options)
        return node

    return transform(formula, change)


def _is_elementwise(name: str) -> bool:
    return name in ("prime", CALL.name) or (name in OPERATIONS and OPERATIONS[name].kind == "elementwise")


def _at(arg: Formula, indices: tuple[str | int, ...], out: Shape, shape: Shape) -> Formula:
    """The entry of a broadcast argument: trailing axes aligned, the one place of a stretched axis."""
    if not shape:
        return arg
    lead = len(indices) - len(shape)
    pairs = zip(indices[lead:], out[lead:], shape, strict=True)
    return Entry(arg, tuple(0 if dim == 1 and whole != 1 else i for i, whole, dim in pairs))


def rename_letters(formula: Formula, mapping: Mapping[str, str]) -> Formula:
    """Index letters of entries and deltas replaced (to set i = j in a case)."""
    match formula:
        case Entry(base, indices):
            return Entry(rename_letters(base, mapping), tuple(mapping.get(str(i), i) for i in indices))
        case Delta(left, right):
            return Delta(mapping.get(left, left), mapping.get(right, right))
        case Total(body, index):
            kept = {old: new for old, new in mapping.items() if old != index}
            return Total(rename_letters(body, kept), index)
        case Op(name, args, options):
            return Op(name, tuple(rename_letters(a, mapping) for a in args), options)
    return formula
