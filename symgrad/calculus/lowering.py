"""Formulas as polynomials in the entries of names: all operations written out by their definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import sympy

from symgrad.calculus.entries import Argument, Reader, define
from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Count,
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
    kron,
    map_atoms,
    multiply,
    power,
    rename,
    scale,
    total,
)
from symgrad.operations import operation
from symgrad.operations.derivative import scalar_formula
from symgrad.operations.record import Scope
from symgrad.shapes import Shape
from symgrad.tree import Formula, Gradient, Name, Number, Op, Size

ShapeOf = Callable[[Formula], Shape]


def argument(formula: Formula, shape_of: ShapeOf) -> Argument:
    """How a formula counts as an argument of an operation."""
    match formula:
        case Number(value):
            return ("number", value)
        case Size(id):
            return ("size", id)
    return ("array", shape_of(formula))


def lower(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """The entry of ``formula`` at the indices ``at``, in entries of names and gradients."""
    match formula:
        case Number(value):
            return constant(value)
        case Size(id):
            return atom(Count(id))
        case Name() | Gradient():
            return cell(formula, *at)
        case Op(name) if name in MADE:
            return MADE[name](formula, at, shape_of)
        case Op(name) if operation(name).kind == "elementwise":
            return _elementwise(formula, at, shape_of)
        case Op():
            return _defined(formula, at, shape_of)
    raise TypeError(f"no entry for {formula!r}")


def expand(poly: Poly, shape_of: ShapeOf) -> Poly:
    """Every compound array in a polynomial written out."""

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, indices):
                return lower(base, indices, shape_of)
            case Group(inner):
                return expand(inner, shape_of)
        return atom(single)

    return map_atoms(poly, change)


def simplify_bases(poly: Poly, shape_of: ShapeOf) -> Poly:
    """Scalar products and quotients (2 · λ/2) multiplied out, transposes undone; sums stay together."""

    def change(single: Atom) -> Poly:
        match single:
            case Cell(Op(name) as base, ()) if name in ARITHMETIC or name == "power":
                lowered = lower(base, (), shape_of)
                return lowered if len(lowered.terms) == 1 and not lowered.terms[0].bound else atom(single)
            case Cell(Op("transpose", (inner,)), (i, j)):
                return cell(inner, j, i)
        return atom(single)

    return collect(map(_norm_times_direction, map_atoms(poly, change).terms))


def _norm_times_direction(term: Term) -> Term:
    """‖x‖ · (x/‖x‖) is x, also at 0."""
    present = dict(term.factors)
    for single, exponent in term.factors:
        match single:
            case Cell(Op("direction", args), indices) if exponent == 1:
                length = Cell(Op("norm", args))
                if present.get(length, 0) >= 1:
                    present[length] -= 1
                    del present[single]
                    present[Cell(args[0], indices)] = present.get(Cell(args[0], indices), Fraction(0)) + 1
    return Term(term.coefficient, tuple((s, e) for s, e in present.items() if e), term.bound)


def _elementwise(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    args = tuple(_spread(arg, at, shape_of) for arg in op.args)
    rule = ARITHMETIC.get(op.name)
    if rule is not None:
        return rule(*args)
    if op.name == "power" and isinstance(op.args[1], Number):
        return power(args[0], op.args[1].value)
    formula = scalar_formula(op.name, op.options, (None,) * len(args))
    if formula.has(sympy.Piecewise, sympy.erf) or op.name == "power":
        return apply(op.name, *args, options=op.options)
    return Reader(Scope(), {f"#{n}": arg for n, arg in enumerate(args)}).read(formula)


def _spread(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """A broadcast argument at the output's indices."""
    shape = shape_of(formula)
    indices, repeated = list(at[len(at) - len(shape) :]), []
    for axis, dim in enumerate(shape):
        if dim == 1 and indices[axis].dim != 1:
            indices[axis] = fresh(1)
            repeated.append(indices[axis])
    return total(lower(formula, tuple(indices), shape_of), *repeated)


def _defined(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    arguments = tuple(argument(arg, shape_of) for arg in op.args)
    definition = define(op.name, op.options, arguments, tuple(index.dim for index in at))
    placeholders: Mapping[Formula, Formula] = {Name(f"#{n}"): arg for n, arg in enumerate(op.args)}

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, indices) if base in placeholders:
                return lower(placeholders[base], indices, shape_of)
            case Cell(Op(name, (Name("#0"),), options), indices):
                return cell(Op(name, op.args, options), *indices)
            case Group(inner):
                return map_atoms(inner, change)
        return _changed_inside(single, change)

    return map_atoms(rename(definition.poly, dict(zip(definition.out, at, strict=True))), change)


def _changed_inside(single: Atom, change: Callable[[Atom], Poly]) -> Poly:
    if isinstance(single, Apply):
        return apply(single.function, *(map_atoms(a, change) for a in single.args), options=single.options)
    return atom(single)


ARITHMETIC: dict[str, Callable[..., Poly]] = {
    "add": lambda a, b: add(a, b),
    "subtract": lambda a, b: add(a, scale(b, -1)),
    "multiply": lambda a, b: multiply(a, b),
    "divide": lambda a, b: multiply(a, power(b, -1)),
    "negative": lambda a: scale(a, -1),
}


def _eye(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    return atom(kron(*at))


def _squeeze(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    axis, one = op.option("axis"), fresh(1)
    return total(lower(op.args[0], (*at[:axis], one, *at[axis:]), shape_of), one)


def _unsqueeze(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    axis = op.option("axis")
    return lower(op.args[0], at[:axis] + at[axis + 1 :], shape_of)


def _opaque(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    return cell(op, *at)


def _prime(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    return apply("prime", *(_spread(arg, at, shape_of) for arg in op.args), options=op.options)


MADE: dict[str, Callable[[Op, tuple[Index, ...], ShapeOf], Poly]] = {
    "ones": lambda op, at, shape_of: constant(1),
    "eye": _eye,
    "pi": _opaque,
    "unit": _opaque,
    "selection": _opaque,
    "attains": _opaque,
    "prime": _prime,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
}
