"""Formulas read only as deep as they are wanted: down to their products, or down to their sums.

What lies deeper counts as one symbol: in (x − m)/s, read as a product, x − m is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from symgrad.calculus.entries import spread
from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Group,
    Index,
    Poly,
    Term,
    add,
    atom,
    cell,
    collect,
    constant,
    fresh,
    map_atoms,
    multiply,
    power,
    scale,
    total,
)
from symgrad.calculus.lowering import ARITHMETIC, ShapeOf, lower, moved
from symgrad.tree import ONE, ZERO, Formula, Name, Number, Op, Size

PRODUCTS = frozenset({"multiply", "divide", "negative"})
SUMS = frozenset({"add", "subtract"})


def as_product(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """The entry of a formula as a product; its sums and functions count as symbols."""
    match formula:
        case Number() | Size() | Name() | Op("eye" | "ones" | "zeros"):
            return lower(formula, at, shape_of)
        case Op(name, args) if name in PRODUCTS:
            return ARITHMETIC[name](*(_part(arg, at, shape_of) for arg in args))
        case Op("power", (base, Number(exponent))):
            return power(_part(base, at, shape_of), exponent)
        case Op("sqrt", (base,)) if not isinstance(base, Op) or base.name in PRODUCTS:
            return power(_part(base, at, shape_of), Fraction(1, 2))
        case Op("transpose", (inner,)):
            return as_product(inner, at[::-1], shape_of)
    return cell(formula, *at)


def as_sum(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """The entry of a formula as a sum of products."""
    match formula:
        case Op(name, args) if name in SUMS:
            return ARITHMETIC[name](
                *(spread(shape_of(a), at, lambda *places, a=a: as_sum(a, places, shape_of)) for a in args)
            )
        case Op("negative", (inner,)):
            return scale(as_sum(inner, at, shape_of), -1)
    return as_product(formula, at, shape_of)


def as_contraction(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """The entry of a product of two arrays as a sum over what they share; sums in them count as symbols."""
    match formula:
        case Op("matmul" | "dot", (left, right)):
            k = fresh(shape_of(right)[0])
            rows = len(shape_of(left)) - 1
            one = as_product(left, (*at[:rows], k), shape_of)
            return total(multiply(one, as_product(right, (k, *at[rows:]), shape_of)), k)
    return as_product(formula, at, shape_of)


def _part(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    return spread(shape_of(formula), at, lambda *places: as_product(formula, places, shape_of))


def products_apart(poly: Poly, shape_of: ShapeOf) -> Poly:
    """A polynomial whose symbols are no products: (p/q)_i is p_i / q_i; what absorbs one another does."""

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, indices):
                return as_product(base, indices, shape_of)
            case Group(inner):
                return products_apart(inner, shape_of)
            case Apply("exp", (argument,)):  # e^(−(x/√2)²) is e^(−x²/2)
                return map_atoms(apply("exp", products_apart(argument, shape_of)), _one_packed)
            case Apply():
                return _one_packed(single)
        return atom(single)

    apart = map_atoms(poly, change)
    return collect(absorbed(_powers_met(term, shape_of)) for term in apart.terms)


def _powers_met(term: Term, shape_of: ShapeOf) -> Term:
    """b^(e − 1) · b is b^e, where b may be a product whose factors stand apart."""
    for single, exponent in term.factors:
        raised = _one_more(single, shape_of) if exponent == 1 else None
        if raised is not None:
            needed, whole = raised
            present = dict(term.factors)
            if all(_reaches(present.get(s, Fraction(0)), n) for s, n in needed.factors):
                del present[single]
                for s, n in needed.factors:
                    present[s] -= n
                present[whole] = present.get(whole, Fraction(0)) + 1
                return Term(term.coefficient, tuple((s, n) for s, n in present.items() if n), term.bound)
    return term


def _one_more(single: Atom, shape_of: ShapeOf) -> tuple[Term, Atom] | None:
    """The base of b^(e − 1) as a product, and b^e."""
    match single:
        case Cell(Op("power", (base, Op("subtract", (e, one)))), indices) if one == ONE:
            return _whole(as_product(base, indices, shape_of), Cell(Op("power", (base, e)), indices))
        case Apply("power", (b, e)) if Term(Fraction(-1), ()) in e.terms:
            product, more = products_apart(b, shape_of), Apply("power", (b, add(e, constant(1))))
            return _whole(product, _packed(more))
    return None


def _whole(product: Poly, whole: Atom) -> tuple[Term, Atom] | None:
    match product.terms:
        case (Term(coefficient, _, ()) as needed,) if coefficient == 1:
            return needed, whole
    return None


def _reaches(exponent: Fraction, wanted: Fraction) -> bool:
    return exponent >= wanted > 0 or exponent <= wanted < 0


def _one_packed(single: Atom) -> Poly:
    return atom(_packed(single) if isinstance(single, Apply) else single)


def _packed(single: Apply) -> Atom:
    """A function of entries at the same indices as the entry of an array: exp(z_i) is exp(z)_i."""
    bases: list[Formula] = []
    places: set[tuple[Index, ...]] = set()
    for arg in single.args:
        match arg.terms:
            case (Term(coefficient, ((Cell(base, indices), exponent),), ()),) if exponent == coefficient == 1:
                bases.append(base)
                places |= {indices} if indices else set()
            case ():
                bases.append(ZERO)
            case (Term(coefficient, (), ()),):
                bases.append(Number(coefficient))
            case _:
                return single
    if len(places) > 1:
        return single
    return Cell(Op(single.function, tuple(bases), single.options), next(iter(places), ()))


def simplify_bases(poly: Poly, shape_of: ShapeOf) -> Poly:
    """Scalar products and quotients (2 · λ/2) multiplied out, axes put back; sums stay together."""

    def change(single: Atom) -> Poly:
        match single:
            case Cell(Op(name) as base, ()) if name in PRODUCTS or name == "power":
                return as_product(base, (), shape_of)
            case Cell(Op("transpose", (inner,)), (i, j)):
                return cell(inner, j, i)
            case Cell(Op("eye" | "ones" | "zeros") as base, indices):
                return lower(base, indices, shape_of)
            case Cell(Op("permute" | "swapaxes" | "reshape", (inner,)) as base, indices):
                places = moved(base, indices, shape_of)
                return atom(single) if places is None else total(cell(inner, *places[0]), *places[1])
        return atom(single)

    return collect(map(absorbed, map_atoms(poly, change).terms))


def sums_in(poly: Poly) -> Iterator[Op]:
    """The sums that stand as symbols in a polynomial."""
    found: dict[Op, None] = {}
    for single in atoms_of(poly):
        match single:
            case Cell(Op(name) as base) if name in SUMS:
                found[base] = None
    yield from found


def atoms_of(poly: Poly) -> Iterator[Atom]:
    """All atoms, also those in sums and in arguments of functions."""
    for term in poly.terms:
        for single, _ in term.factors:
            yield single
            match single:
                case Group(inner):
                    yield from atoms_of(inner)
                case Apply(_, args):
                    for arg in args:
                        yield from atoms_of(arg)


# --- products that are one of their factors, or another symbol ------------------------------------------


def absorbed(term: Term, called: Mapping[Formula, Formula] = MappingProxyType({})) -> Term:
    """‖x‖ · (x/‖x‖) is x, and |x|′ x is |x|: true at 0 as well; |x|′/|x| is 1/x, sinh x / cosh x is tanh x.

    ``called`` are names of functions: h relu′(z) is h where h is relu(z).
    """
    present = dict(term.factors)
    for single, exponent in term.factors:
        if exponent < 1:
            continue
        for other, sign, made, times in _partners(single, called):
            if present.get(other, 0) * sign >= 1 and present.get(single, 0) >= 1:
                present[single] -= 1
                present[other] -= sign
                present[made] = present.get(made, Fraction(0)) + times
    return Term(term.coefficient, tuple((s, e) for s, e in present.items() if e), term.bound)


Partner: TypeAlias = "tuple[Cell, int, Cell, int]"
"""What a symbol is multiplied with (1) or divided by (−1), and the power of what both are together."""


def _partners(single: Atom, called: Mapping[Formula, Formula]) -> Iterator[Partner]:
    """What makes another symbol of a symbol."""
    packed = _packed(single) if isinstance(single, Apply) else single
    if not isinstance(packed, Cell):
        return
    at = packed.indices
    match packed.base:
        case Op("direction", (x,)):
            yield Cell(Op("norm", (x,))), 1, Cell(x, at), 1
        case Op("sinh", args):
            formula = Op("cosh", args)
            tanh = Cell(Op("tanh", args), at)
            for form in dict.fromkeys((formula, called.get(formula, formula))):
                yield Cell(form, at), -1, tanh, 1
        case Op("prime", args) as base:
            function = base.option("function")
            formula, x = Op(function, args), args[base.option("position")]
            whole, inner = (Cell(part, at) for part in (formula, x))
            if function == "abs":
                for sign in (1, -1):
                    yield from ((inner, sign, whole, sign), (whole, sign, inner, sign))
            elif function == "relu" or (function == "maximum" and ZERO in args):
                named = Cell(called.get(formula, formula), at)
                yield from ((inner, 1, whole, 1), (whole, 1, whole, 1), (named, 1, named, 1))
