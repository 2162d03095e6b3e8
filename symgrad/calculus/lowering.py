"""Formulas as polynomials in the entries of names: all operations written out by their definitions."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.calculus.entries import Argument, Reader, define, spread
from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Count,
    Dim,
    Group,
    Index,
    Poly,
    Term,
    add,
    atom,
    cell,
    constant,
    fresh,
    map_atoms,
    multiply,
    power,
    rename,
    scale,
    total,
)
from symgrad.graph.shapes import Shape
from symgrad.late import sympy
from symgrad.operations import operation
from symgrad.operations.derivative import scalar_formula
from symgrad.operations.own import CALL, as_slope
from symgrad.operations.record import Scope
from symgrad.tree import Formula, Gradient, Name, Number, Op, Size, substitute

ShapeOf = Callable[[Formula], Shape]
Made = Callable[[Op, tuple[Index, ...], ShapeOf], Poly]


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


def expand(poly: Poly, shape_of: ShapeOf, *, inside: bool = False) -> Poly:
    """Every compound array in a polynomial written out, with ``inside`` also those in a function's arguments.

    That is for proofs: a person leaves log(1 + e^a) in tanh(log(1 + e^a)) as it is.
    """

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, indices):
                return lower(base, indices, shape_of)
            case Group(inner):
                return expand(inner, shape_of, inside=inside)
            case Apply(function, args, options) if inside:
                opened = (expand(arg, shape_of, inside=True) for arg in args)
                return apply(function, *opened, options=options)
        return atom(single)

    return map_atoms(poly, change)


def _elementwise(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    if op.name == "divide":
        above, below = op.args
        return multiply(_spread(above, at, shape_of), _inverse(below, at, shape_of))
    args = tuple(_spread(arg, at, shape_of) for arg in op.args)
    rule = ARITHMETIC.get(op.name)
    if rule is not None:
        return rule(*args)
    if op.name == "power" and isinstance(op.args[1], Number):
        return power(args[0], op.args[1].value)
    if op.name == CALL.name:
        named = as_slope(op)  # f' has one form, whether it was called or came of f
        return apply(named.name, *args, options=named.options)
    formula = scalar_formula(op.name, op.options, (None,) * len(args))
    if formula.has(sympy.Piecewise, sympy.erf) or op.name == "power":
        return apply(op.name, *args, options=op.options)
    return Reader(Scope(), {f"#{n}": arg for n, arg in enumerate(args)}).read(formula)


def _inverse(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """1 over a broadcast argument, factor by factor: a (a + b)² in a denominator is not multiplied out."""
    match formula:
        case Op("multiply", (left, right)):
            return multiply(_inverse(left, at, shape_of), _inverse(right, at, shape_of))
        case Op("power", (base, Number(exponent))):
            return power(_spread(base, at, shape_of), -exponent)
    return power(_spread(formula, at, shape_of), -1)


def _spread(formula: Formula, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """A broadcast argument at the output's indices."""
    return spread(shape_of(formula), at, lambda *indices: lower(formula, indices, shape_of))


def _defined(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    arguments = tuple(argument(arg, shape_of) for arg in op.args)
    definition = define(op.name, op.options, arguments, tuple(index.dim for index in at))
    return _at_arguments(op, rename(definition.poly, dict(zip(definition.out, at, strict=True))), shape_of)


def _at_arguments(op: Op, poly: Poly, shape_of: ShapeOf) -> Poly:
    """A polynomial over #0, #1, … with an operation's arguments in their places."""
    placeholders: dict[Formula, Formula] = {Name(f"#{n}"): arg for n, arg in enumerate(op.args)}

    def put(base: Formula, indices: tuple[Index, ...]) -> Poly:
        if base in placeholders:
            return lower(placeholders[base], indices, shape_of)
        return cell(substitute(base, placeholders), *indices)

    return filled(poly, put)


def filled(poly: Poly, put: Callable[[Formula, tuple[Index, ...]], Poly]) -> Poly:
    """A polynomial with other polynomials for its entries, also in the arguments of functions."""

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, indices):
                return put(base, indices)
            case Group(inner):
                return map_atoms(inner, change)
            case Apply(function, args, options):
                return apply(function, *(map_atoms(arg, change) for arg in args), options=options)
        return atom(single)

    return map_atoms(poly, change)


def moved(
    op: Op, at: tuple[Index, ...], shape_of: ShapeOf
) -> tuple[tuple[Index, ...], tuple[Index, ...]] | None:
    """Where an entry of what only moves entries comes from, and the indices of size 1 among those places.

    None where axes are taken apart or joined.
    """
    arguments, dims = (argument(op.args[0], shape_of),), tuple(index.dim for index in at)
    definition = define(op.name, op.options, arguments, dims)
    match rename(definition.poly, dict(zip(definition.out, at, strict=True))).terms:
        case (Term(_, ((Cell(Name(), places), _),), bound),):
            return places, bound
    return None


ARITHMETIC: dict[str, Callable[..., Poly]] = {
    "add": lambda a, b: add(a, b),
    "subtract": lambda a, b: add(a, scale(b, -1)),
    "multiply": lambda a, b: multiply(a, b),
    "divide": lambda a, b: multiply(a, power(b, -1)),
    "negative": lambda a: scale(a, -1),
}


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


def _meeting(*groups: int | None) -> Made:
    """Σ tensor · arrays, over the axes of the arrays; ``groups`` says which argument is over which group.

    None is the group of axes that is left.
    """

    def entry(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
        places = [at if n is None else tuple(map(fresh, shape_of(op.args[n]))) for n in groups]
        axes = tuple(index for place in places for index in place)
        tensor = TENSORS[op.name](op, tuple(index.dim for index in axes))
        arrays = (lower(op.args[n], places[g], shape_of) for g, n in enumerate(groups) if n is not None)
        summed = (index for g, n in enumerate(groups) if n is not None for index in places[g])
        return total(multiply(cell(tensor, *axes), *arrays), *summed)

    return entry


def _window(op: Op, dims: tuple[Dim, ...]) -> Op:
    padding = op.option("padding", op.option("crop", 0))
    return Op("window", (), (("padding", padding), ("shape", dims), ("stride", op.option("dilation", 1))))


TENSORS: dict[str, Callable[[Op, tuple[Dim, ...]], Op]] = {
    "kernel_conv2d": _window,
    "full_conv2d": _window,
    "unflatten": lambda op, dims: Op("flattening", (), (("shape", dims),)),
}
"""What says which entries meet in the operations that are named for a sum over several axes."""


def _unpool(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """Σ_ij P_..ijpq g_..ij: the weights P of each window, for every sample and channel."""
    gradient, pooled = op.args
    lead, places = at[:-2], tuple(map(fresh, shape_of(gradient)[-2:]))
    shape = tuple(index.dim for index in (*lead, *places))
    weights = Op("pooling", (pooled,), (("shape", shape), *op.options))
    found = lower(gradient, (*lead, *places), shape_of)
    return total(multiply(cell(weights, *lead, *places, *at[-2:]), found), *places)


def _full(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    """Turned by 180° and back, the kernel stands as it was."""
    gradient, rotated = op.args
    if not isinstance(rotated, Op) or rotated.name != "rotate":
        raise TypeError(f"no entry for a full convolution with {rotated!r}")
    return _meeting(0, 1, None)(Op(op.name, (gradient, *rotated.args), op.options), at, shape_of)


def _by_entries(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    poly = rename(op.option("entry"), dict(zip(op.option("free"), at, strict=True)))
    return _at_arguments(op, poly, shape_of)


def _part(op: Op, at: tuple[Index, ...], shape_of: ShapeOf) -> Poly:
    axis, (whole,) = op.option("axis"), op.args
    k = fresh(shape_of(whole)[axis])
    chosen = (("before", op.option("before")), ("length", op.option("length")), ("size", k.dim))
    place = cell(Op("placement", (), chosen), k, at[axis])
    return total(multiply(place, lower(whole, (*at[:axis], k, *at[axis + 1 :]), shape_of)), k)


MADE: dict[str, Made] = {
    "pi": _opaque,
    "unit": _opaque,
    "selection": _opaque,
    "attains": _opaque,
    "indicator": _opaque,
    "window": _opaque,
    "flattening": _opaque,
    "cover": _opaque,
    "placement": _opaque,
    "pooling": _opaque,
    "onehot": _opaque,
    "triangle": _opaque,
    "others": _opaque,
    "other_pairs": _opaque,
    "by_entries": _by_entries,
    "rotate": _opaque,
    "moved": _opaque,
    "part": _part,
    "kernel_conv2d": _meeting(1, None, 0),
    "full_conv2d": _full,
    "unflatten": _meeting(0, None),
    "unpool": _unpool,
    "masked": lambda op, at, shape_of: multiply(*(_spread(arg, at, shape_of) for arg in op.args)),
    "prime": _prime,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
}
