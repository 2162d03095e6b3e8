"""An array that is said entry by entry, A[i, j] = Σ_k …, differentiated as it stands.

A gradient without array form (through channels, a Kronecker product) is one: a polynomial in the entries of
the arrays that stand in it, which are the arguments of the operation. Sum rule, product rule, and the chain
rule through functions of entries.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from symgrad.calculus.entries import OUT, Local, differentiate
from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Group,
    Index,
    Poly,
    add,
    atom,
    constant,
    fresh,
    kron,
    map_atoms,
    multiply,
    power,
    rename,
    scale,
    total,
)
from symgrad.calculus.lowering import ShapeOf, filled, lower
from symgrad.calculus.spelling import Letters, spell
from symgrad.graph.shapes import Shape
from symgrad.numbers.entries import BY_ENTRIES
from symgrad.operations.slopes import slope
from symgrad.tree import Formula, Gradient, Name, Op, walk


def by_entries(poly: Poly, free: tuple[Index, ...], prepared: Callable[[Formula], Formula]) -> Op:
    """The array over ``free`` with these entries; ``prepared`` makes an array in them an argument."""
    arrays: dict[Formula, Name] = {}

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, places) if any(isinstance(node, Name | Gradient) for node in walk(base)):
                return atom(Cell(arrays.setdefault(base, _argument(len(arrays))), places))
            case Group(inner):
                return map_atoms(inner, change)
            case Apply(function, args, options):
                return apply(function, *(map_atoms(arg, change) for arg in args), options=options)
        return atom(single)

    entry = map_atoms(poly, change)
    letters = Letters(*free)
    options = (
        ("entry", entry),
        ("formula", spell(entry, letters)),
        ("free", free),
        ("letters", tuple(map(letters, free))),
        ("shape", tuple(index.dim for index in free)),
    )
    return Op(BY_ENTRIES, tuple(map(prepared, arrays)), options)


def _argument(position: int) -> Name:
    return Name(f"#{position}")


def derivative_of(op: Op, position: int, shape_of: ShapeOf) -> Local:
    """∂op[out]/∂argument[by]."""
    array = _argument(position)
    out, by = (tuple(map(fresh, shape_of(formula))) for formula in (op, op.args[position]))
    found = _slope(rename(op.option("entry"), dict(zip(op.option("free"), out, strict=True))), array, by)
    arrays: dict[Formula, Formula] = {_argument(n): arg for n, arg in enumerate(op.args)}
    return Local(out, by, filled(found, lambda base, places: atom(Cell(arrays.get(base, base), places))))


def _slope(poly: Poly, array: Formula, by: tuple[Index, ...]) -> Poly:
    """∂poly/∂array[by]: of each factor in turn, times the others."""
    found: list[Poly] = []
    for term in poly.terms:
        for n, (single, exponent) in enumerate(term.factors):
            inner = _atom_slope(single, array, by)
            if inner.terms:
                others = (atom(s, e) for m, (s, e) in enumerate(term.factors) if m != n)
                once = multiply(
                    scale(inner, term.coefficient * exponent), _lowered(single, exponent), *others
                )
                found.append(total(once, *term.bound))
    return add(*found)


def _lowered(single: Atom, exponent: Fraction) -> Poly:
    return constant(1) if exponent == 1 else power(atom(single), exponent - 1)


def _atom_slope(single: Atom, array: Formula, by: tuple[Index, ...]) -> Poly:
    match single:
        case Cell(base, places) if base == array:
            return multiply(constant(1), *(atom(kron(a, b)) for a, b in zip(places, by, strict=True)))
        case Group(inner):
            return _slope(inner, array, by)
        case Apply(function, args, options):
            inner_slopes = [_slope(arg, array, by) for arg in args]
            found = (
                multiply(_function_slope(function, args, options, n), inner)
                for n, inner in enumerate(inner_slopes)
                if inner.terms
            )
            return add(*found)
    return constant(0)


def _function_slope(
    function: str, args: tuple[Poly, ...], options: tuple[tuple[str, object], ...], n: int
) -> Poly:
    """f′ at polynomials."""
    values: dict[Formula, Poly] = {_argument(m): arg for m, arg in enumerate(args)}
    found = _scalar_slope(function, options, len(args), n)
    return filled(found, lambda base, places: values[base])


@lru_cache(maxsize=512)
def _scalar_slope(function: str, options: tuple[tuple[str, object], ...], count: int, n: int) -> Poly:
    """∂f/∂#n of a function of scalars; 0 for one that only changes where it jumps, as relu′ does."""
    arguments = tuple(map(_argument, range(count)))
    whole = Op(function, arguments, options)
    if function == "prime":
        meaning = slope(whole)
        scalars = lower(meaning, (), _scalar) if meaning is not None else constant(0)
        return _slope(scalars, arguments[n], ())
    kinds = tuple(("array", ()) for _ in arguments)
    local = differentiate(function, options, kinds, (), n)
    value = apply(function, *(atom(Cell(each)) for each in arguments), options=options)
    return filled(local.poly, lambda base, places: value if base == OUT else lower(base, (), _scalar))


def _scalar(formula: Formula) -> Shape:
    return ()
