"""From a formula to its look: `to_maths`, and the visitor's method for each kind of node."""

from __future__ import annotations

from fractions import Fraction

from symgrad.errors import NotSupported
from symgrad.maths import nodes
from symgrad.maths.nodes import Big, Fenced, Maths, Operator, Row, Script, Space, Symbol, Text
from symgrad.notation.binding import Level, Written, beside, given
from symgrad.notation.context import Context, write
from symgrad.notation.derivatives import Derivative, second_fraction
from symgrad.notation.numerals import array, constant
from symgrad.notation.operands import ONE
from symgrad.notation.positions import covered, matched, met
from symgrad.notation.shifted import shifted
from symgrad.notation.symbols import subscript
from symgrad.notation.table import LAYOUTS
from symgrad.tree import (
    Cases,
    Condition,
    Delta,
    Entry,
    Formula,
    Gradient,
    Name,
    Number,
    Op,
    Partial,
    Prod,
    Second,
    Size,
    Total,
    Value,
)

_DELTA = Symbol("δ")


def to_maths(formula: Formula, context: Context) -> Maths:
    """The display tree of a formula, with every bracket it needs and no other.

    Raises:
        TypeError: something in the tree is no formula.
        NotSupported: an operation or an option has no written form.
        KeyError: a name has no written form or rank.
    """
    return write(formula, context).maths


@write.register
def _number(node: Number, context: Context) -> Written:
    return given(constant(node.value, context.digits.point))


@write.register
def _value(node: Value, context: Context) -> Written:
    return given(array(node.array, context.digits))


@write.register
def _name(node: Name, context: Context) -> Written:
    return given(context.naming.written(node.id))


@write.register
def _size(node: Size, context: Context) -> Written:
    return given(context.naming.size(node.id))


@write.register
def _gradient(node: Gradient, context: Context) -> Written:
    if node in context.marks:
        return given(context.marks[node])
    return context.notation.gradient(_objective(node, context), _closed(Name(node.wrt), context))


def _objective(node: Gradient | Second, context: Context) -> Maths:
    return context.objectives.get(node.of) or _closed(Name(node.of), context)


@write.register
def _partial(node: Partial, context: Context) -> Written:
    return _local(node, context)(_derived(node, context), _closed(Name(node.wrt), context))


@write.register
def _second(node: Second, context: Context) -> Written:
    """∂²L/∂w∂bᵀ: the rows belong to w, the columns to b; ∂²L/∂x² of a scalar."""
    wrt, by = (write(Name(name), context).fit(Level.SCRIPT) for name in (node.wrt, node.by))
    if context.naming.rank(node.by) == 1:
        by = by.script(Symbol("⊤"))
    return second_fraction(_objective(node, context), wrt.maths, by.maths)


def _local(node: Partial, context: Context) -> Derivative:
    """How a local derivative is written: with a mark where its own formula is not all that moves."""
    return context.notation.direct if context.is_marked(node) else context.notation.partial


def _derived(node: Partial, context: Context) -> Maths:
    """What a local derivative is of: a name, or the term of the objective that is meant."""
    term = context.direct.get(node)
    return _closed(Name(node.of), context) if term is None else write(term, context).fit(Level.ATOM).maths


def _closed(name: Name, context: Context) -> Maths:
    """A name behind a ∂: one that is written with a sign in it, or as a product, in brackets."""
    return write(name, context).fit(Level.SCRIPT).maths


@write.register
def _prod(node: Prod, context: Context) -> Written:
    match node:
        case Prod(Gradient(of, wrt), local) if of == wrt and local in context.direct:
            if not (context.naming.rank(of) or of in context.objectives):  # ∂J/∂J is 1
                return write(local, context)
    return context.notation.product(write(node.upstream, context), write(node.local, context))


@write.register
def _op(node: Op, context: Context) -> Written:
    if node.name in LAYOUTS:
        return LAYOUTS[node.name](node, context)
    raise NotSupported(f"the operation '{node.name}' cannot be written yet")


@write.register
def _entry(node: Entry, context: Context) -> Written:
    """An entry of ∂J/∂v is the derivative by an entry, ∂J/∂v_k."""
    match node.base:
        case Gradient(wrt=wrt) as base if base not in context.marks:
            above, below = _objective(base, context), _at(Name(wrt), node.indices, context)
            return context.notation.gradient(above, below)
        case Partial(of=of, wrt=wrt):
            split = context.naming.rank(of)
            above = _at(Name(of), node.indices[:split], context) if split else _derived(node.base, context)
            return _local(node.base, context)(above, _at(Name(wrt), node.indices[split:], context))
        case Second(wrt=wrt, by=by) as base:
            split = context.naming.rank(wrt)
            first, second = (
                _at(Name(name), indices, context)
                for name, indices in ((wrt, node.indices[:split]), (by, node.indices[split:]))
            )
            return second_fraction(_objective(base, context), first, second)
        case Op("window") as window:
            return met(window, node.indices, context)
        case Op("cover") as window:
            return covered(window, node.indices, context)
        case Op("flattening") as tensor:
            return matched(tensor, node.indices, context)
        case Op("others" | "other_pairs") as product:
            return _product_of_others(product, node.indices, context)
    return Written(_at(node.base, node.indices, context))


def _product_of_others(op: Op, indices: tuple[str | int, ...], context: Context) -> Written:
    """∏_{r ≠ i} x_r and (1 − δ_ij) ∏_{r ≠ i, j} x_r, of what stands along an axis."""
    (x,), axis = op.args, op.option("axis") or 0
    rank = len(indices) - (op.name == "other_pairs")
    letter = next(letter for letter in FAR if letter not in indices)
    place = (*indices[:axis], letter, *indices[axis + 1 : rank])
    gone = [context.index(index) for index in dict.fromkeys((indices[axis], *indices[rank:]))]
    listed = [part for index in gone[1:] for part in (Operator(","), index)]
    below = Row((context.index(letter), Operator("≠"), gone[0], *listed))
    body = write(Entry(x, place), context).fit(Level.CHAIN, last=True).maths
    whole = Written(Big("∏", body, below=below), Level.PRODUCT, open=Level.HADAMARD)
    if op.name == "others":
        return whole
    apart = Op("subtract", (Number(Fraction(1)), Delta(str(indices[axis]), str(indices[rank]))))
    return beside(write(apart, context), whole)


FAR = "rst"
"""Letters of products, that sums take last."""


def _at(base: Formula, indices: tuple[str | int, ...], context: Context) -> Maths:
    if not indices:
        return write(base, context).maths
    closed = write(base, context).fit(Level.ATOM).maths
    return context.naming.entry(closed, subscript(tuple(map(context.index, indices))))


@write.register
def _total(node: Total, context: Context) -> Written:
    plain = shifted(node)
    if plain != node:
        return write(plain, context)
    body = write(node.body, context).fit(Level.CHAIN, last=True).maths
    return Written(Big("∑", body, below=context.index(node.index)), Level.PRODUCT, open=Level.HADAMARD)


@write.register
def _delta(node: Delta, context: Context) -> Written:
    """δ_ij; 1[i = j] where δ is a name of the problem."""
    left, right = context.index(node.left), context.index(node.right)
    if context.naming.is_taken(_DELTA):
        return Written(Row((ONE, Fenced("[", Row((left, Operator("="), right)), "]"))))
    return Written(Script(_DELTA, sub=subscript((left, right))))


@write.register
def _cases(node: Cases, context: Context) -> Written:
    rows = tuple((write(body, context).maths, _condition(when, context)) for body, when in node.rows)
    return Written(nodes.Cases(rows), Level.ANY)


def _condition(condition: Condition, context: Context) -> Maths:
    if not condition.relation:
        return Text(context.language("otherwise"))
    left, right = (
        context.index(side) if isinstance(side, str) else write(side, context).fit(Level.SUM).maths
        for side in (condition.left, condition.right)
    )
    return Row((Text(context.language("if")), Space(0.3), left, Operator(condition.relation), right))
