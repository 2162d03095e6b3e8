"""The functions that students write, of forms: by the definitions of the operations, for all sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symgrad.calculus.entries import OUT, differentiate
from symgrad.calculus.functions import apply
from symgrad.calculus.index import Apply, Atom, Cell, Group, Poly, Term, atom, map_atoms, multiply
from symgrad.calculus.lowering import expand, lower
from symgrad.checking.forms import MOST_TERMS, Form, Forms, NoForm, spread, whole
from symgrad.graph import Graph
from symgrad.shapes import Shape
from symgrad.tree import Formula, Name, Op, names, substitute

X, Y = Name("#0"), Name("#1")

ALONG_ROWS: Mapping[str, str] = {
    "softmax": "softmax",
    "logsoftmax": "log_softmax",
    "logsumexp": "logsumexp",
    "lse": "logsumexp",
}
"""Written names of what runs along the rows, or the columns, of a matrix."""
REDUCTIONS: Mapping[str, str] = {
    "mean": "mean",
    "avg": "mean",
    "average": "mean",
    "var": "var",
    "std": "std",
    "max": "max",
    "min": "min",
}
"""Written names of what may be of all entries, or along an axis."""
WHOLE: Mapping[str, str] = {
    "norm": "norm",
    "tr": "trace",
    "trace": "trace",
    "det": "det",
    "logdet": "logdet",
    "inv": "inv",
    "diag": "diag",
}
"""Written names of operations of one array."""
PAIRS: Mapping[str, str] = {"max": "maximum", "maximum": "maximum", "min": "minimum", "minimum": "minimum"}
STEPS = frozenset(("step", "heaviside"))
"""Written names of 1[x > 0]."""


def put_in(poly: Poly, value: Callable[[Cell], Poly]) -> Poly:
    """Every entry replaced, also inside functions and under powers."""

    def change(single: Atom) -> Poly:
        match single:
            case Cell():
                return value(single)
            case Group(inner):
                return put_in(inner, value)
            case Apply(function, args, options):
                return _function(function, tuple(put_in(a, value) for a in args), options)
        return atom(single)

    return map_atoms(poly, change)


def _function(name: str, args: tuple[Poly, ...], options: tuple[tuple[str, Any], ...]) -> Poly:
    """A function of scalars; max(0, x) is relu(x)."""
    varying = tuple(arg for arg in args if arg.terms)
    if name == "maximum" and len(varying) == 1:
        return atom(Apply("relu", varying))
    return apply(name, *args, options=options)


def _over(shapes: Mapping[Name, Shape]) -> Graph:
    """A graph of placeholders alone, for the shapes of formulas over them."""
    return Graph({}, {name.id: shape for name, shape in shapes.items()}, {}, X.id, (), ())


_SCALARS = _over({X: (), Y: (), OUT: ()})


def scalar(name: str, *args: Poly) -> Poly:
    """An elementwise operation of single entries."""
    placeholders: tuple[Formula, ...] = (X, Y)[: len(args)]
    lowered = lower(Op(name, placeholders), (), _SCALARS.shape)
    values: dict[Formula, Poly] = dict(zip(placeholders, args, strict=True))
    return _filled(lowered, values)


def slope(name: str, argument: Poly) -> Poly:
    """The derivative of an elementwise operation of one entry."""
    local = differentiate(name, (), (("array", ()),), (), 0)
    values: dict[Formula, Poly] = {X: argument, OUT: scalar(name, argument)}
    return _filled(expand(local.poly, _SCALARS.shape), values)


def ramps(poly: Poly) -> Poly:
    """relu(x) as x · relu′(x), beside what is said case by case."""

    def change(single: Atom) -> Poly:
        match single:
            case Apply("relu", (argument,)):
                return multiply(argument, slope("relu", argument))
        return atom(single)

    found = {
        single.function for term in poly.terms for single, _ in term.factors if isinstance(single, Apply)
    }
    return map_atoms(poly, change) if found >= {"relu", "prime"} else poly


def _filled(poly: Poly, values: Mapping[Formula, Poly]) -> Poly:
    if sum(len(value.terms) for value in values.values()) > MOST_TERMS:
        raise NoForm

    def value(single: Cell) -> Poly:
        if single.base in values:
            return values[single.base]
        if names(single.base):
            raise NoForm
        return atom(single)

    return put_in(poly, value)


def elementwise(name: str, form: Form, primes: int) -> Form:
    """f or f′ of every entry."""
    return Form(slope(name, form.poly) if primes else scalar(name, form.poly), form.axes)


def pairwise(name: str, a: Form, b: Form) -> Forms:
    """An elementwise operation of two arrays."""
    yield from spread(a, b, lambda left, right: scalar(name, left, right))


def applied(name: str, form: Form, **options: Any) -> Form:
    """An operation of a whole array, by its definition."""
    graph = _over({X: form.dims})
    op = Op(name, (X,), tuple(options.items()))
    axes = whole(graph.shape(op))
    return Form(_of_array(lower(op, axes, graph.shape), form), axes)


def _of_array(poly: Poly, form: Form) -> Poly:
    """A polynomial over the placeholder with the entries of a form."""
    plain = _name_of(form)

    def value(single: Cell) -> Poly:
        if single.base == X:
            return form.at(*single.indices)
        if not names(single.base):
            return atom(single)
        if plain is None:
            raise NoForm
        return atom(Cell(substitute(single.base, {X: plain}), single.indices))

    return put_in(poly, value)


def _name_of(form: Form) -> Formula | None:
    """The name whose entries a form holds as they stand."""
    match form.poly.terms:
        case (term,) if term.coefficient == 1 and not term.bound and len(term.factors) == 1:
            single, exponent = term.factors[0]
            if isinstance(single, Cell) and single.indices == form.axes and exponent == 1:
                return single.base
    return None


def source_of(form: Form) -> str | None:
    """The quantity or leaf that a form is, or is an entry of."""
    match form.poly.terms:
        case (
            Term(
                Fraction(numerator=1, denominator=1),
                ((Cell(Name(name), _), Fraction(numerator=1, denominator=1)),),
                (),
            ),
        ):
            return name
    return None


def jacobian_of_softmax(form: Form) -> Form:
    """diag(s) − s sᵀ of a vector: what softmax′ can only mean."""
    if len(form.axes) != 1:
        raise NoForm
    shape = form.dims
    local = differentiate("softmax", (), (("array", shape),), shape, 0)
    output = applied("softmax", form)

    def value(single: Cell) -> Poly:
        if single.base == OUT:
            return output.at(*single.indices)
        return form.at(*single.indices) if single.base == X else atom(single)

    return Form(put_in(local.poly, value), local.out + local.by)


def named(name: str, form: Form) -> Forms:
    """A written function of one array."""
    if name in ALONG_ROWS:
        axes = {1: (0,), 2: (1, 0)}.get(len(form.axes), ())
        yield from (applied(ALONG_ROWS[name], form, axis=axis) for axis in axes)
    if name in REDUCTIONS:
        yield applied(REDUCTIONS[name], form)
        if len(form.axes) == 2:
            yield from (applied(REDUCTIONS[name], form, axis=axis) for axis in (0, 1))
    if name in STEPS:
        yield elementwise("relu", form, 1)
    if name == "indicator":
        yield form
    if name in WHOLE:
        yield applied(WHOLE[name], form)
