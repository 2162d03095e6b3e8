"""Whether a line that is true at random points is true for all sizes: its sides have one normal form.

Every side is read as a form that has, at a random point, the value the line has there. Then the
difference of two sides is worked out further, gradients and quantities put in one after the other,
until it vanishes. It is given up where it grows too long: then the random points stand alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

import numpy as np

from symgrad.calculus.facts import Fact, use_facts
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Dim,
    Group,
    Index,
    Kron,
    Poly,
    Term,
    add,
    atom,
    kron,
    multiply,
    rename,
)
from symgrad.calculus.lowering import expand, lower
from symgrad.calculus.proof import is_zero
from symgrad.calculus.spelling import Letters as Spelling
from symgrad.calculus.spelling import spell
from symgrad.checking.chain import Chain, Outcome
from symgrad.checking.formal import forms_of
from symgrad.checking.formal_functions import put_in, ramps
from symgrad.checking.formal_symbols import Letters, after_update, is_size
from symgrad.checking.forms import Form, NoForm, minus
from symgrad.checking.printed import close
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.checking.sides import Ranges, ranges_of
from symgrad.checking.state import State
from symgrad.checking.world import Model, World
from symgrad.errors import SymgradError
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values
from symgrad.submission.written import walk
from symgrad.tree import Array, Formula, Gradient, Name

MOST_TERMS = 60
"""Terms of a difference beyond which nothing more is put in."""
MOST_ATOMS = 60
"""Atoms of a difference beyond which it is given up."""
MOST_FITTING = 2
"""Readings of one side that are tried, of those that have the line's value."""
UNPROVED = (
    *(NoForm, Unknown, Misfit, SymgradError),
    *(LookupError, TypeError, ValueError, ArithmeticError, RecursionError),
)
"""What operations raise for arguments they are not made for: such a line has no proof, and is no error."""


def proves(chain: Chain, outcome: Outcome, state: State, updates: bool = False) -> bool:
    """Whether all sides of a line are the same for all sizes.

    ``outcome`` is that at the first random point: the sides are read as they are to have its value.
    ``updates``: the left side is meant after the update.
    """
    if outcome.truth is None or outcome.run_on or not outcome.holds:
        return False
    scope = state.truth(state.random[0])
    for count in _counts(chain, scope):
        try:
            if _proved(chain, outcome, scope, updates, count, state.facts):
                return True
        except UNPROVED:
            continue
    return False


def _counts(chain: Chain, scope: Scope) -> Iterator[Dim | None]:
    """The dimensions that a letter for a size may count."""
    if any(is_size(part, scope) for node in chain.nodes for part in walk(node)):
        yield from scope.world.model.graph.sizes
    else:
        yield None


def _proved(
    chain: Chain, outcome: Outcome, scope: Scope, updates: bool, count: Dim | None, facts: tuple[Fact, ...]
) -> bool:
    letters = Letters(count=count)
    first = list(after_update(chain.nodes[0], scope)) if updates else None
    found = [first or forms_of(chain.nodes[0], scope, letters)]
    found += [forms_of(node, scope, letters) for node in chain.nodes[1:]]
    ranges = ranges_of(chain.nodes, scope) if letters.bound else {}
    if ranges.keys() != letters.bound.keys():
        return False
    places = {letters.bound[letter]: letter for letter in ranges}
    lead, *rest = (
        list(islice((f for f in forms if _fits(f, outcome, places, ranges, scope.world)), MOST_FITTING))
        for forms in found
    )
    apart = kron(*islice(places, 2)) if outcome.apart else None
    return any(
        all(any(same(a, b, scope.world.model, facts, apart) for b in side) for side in rest) for a in lead
    )


def _fits(form: Form, outcome: Outcome, places: Mapping[Index, str], ranges: Ranges, world: World) -> bool:
    """Whether a form has the value of the line."""
    assert outcome.truth is not None
    try:
        value, truth = _value(form, places, ranges, world), outcome.truth
    except UNPROVED:
        return False
    if outcome.apart and value.shape == truth.shape:
        left, right, *_ = np.indices(truth.shape)
        value, truth = value[left != right], truth[left != right]
    return close(value, truth)


def _value(form: Form, places: Mapping[Index, str], ranges: Ranges, world: World) -> Array:
    """The value of a form at a point, the letters of the line first."""
    spelling = Spelling()
    spelling.names.update(places)
    lengths = dict(ranges) | {spelling(axis): _size(axis.dim, world) for axis in form.axes}
    objective = world.model.objective
    point: dict[Formula, Array] = {Name(name): array for name, array in world.values.items()}
    point.update((Gradient(objective, wrt), array) for wrt, array in world.gradients.items())
    values = Values(point, world.sizes)
    with np.errstate(all="ignore"):
        return np.asarray(evaluate_entries(spell(form.poly, spelling), tuple(lengths), values, lengths))


def _size(dim: Dim, world: World) -> int:
    return dim if isinstance(dim, int) else world.sizes[dim]


def same(
    left: Form, right: Form, model: Model, facts: tuple[Fact, ...] = (), apart: Kron | None = None
) -> bool:
    """Whether two forms are one array for all sizes, by the formulas of the problem and its facts.

    ``apart``: where the two indices of this δ differ. False says that no proof was found, no more.
    """
    a, b = left.bare(), right.bare()
    try:
        return a.dims == b.dims and _vanishes(minus(a.poly, b.at(*a.axes)), model, facts, apart)
    except NoForm:
        return False


def _vanishes(difference: Poly, model: Model, facts: tuple[Fact, ...], apart: Kron | None) -> bool:
    """Whether a polynomial becomes 0 while the names in it are put in; `NoForm` where it does not."""
    poly, order = expand(difference, model.graph.shape), _order(model)
    while True:
        poly, _used = use_facts(add(*(_met(term, apart) for term in poly.terms)), facts)
        if sum(1 for _ in _atoms(poly)) > MOST_ATOMS:
            raise NoForm
        if is_zero(ramps(poly)):
            return True
        poly = _step(poly, order, model)


def _met(term: Term, apart: Kron | None) -> Poly:
    """A term with one index for the two of its δ; 0 where they are said to differ."""
    deltas = [single for single, _ in term.factors if isinstance(single, Kron)]
    poly = Poly((replace(term, factors=tuple(f for f in term.factors if f[0] not in deltas)),))
    for delta in deltas:
        poly = rename(poly, {delta.right: delta.left})
    return multiply(poly, *map(atom, deltas)) if apart not in deltas else Poly()


def _order(model: Model) -> dict[Formula, int]:
    """What is put in first: the gradients worked out last, then the quantities made last."""
    gradients = reversed(tuple(model.derivation.gradients))
    quantities = reversed(tuple(model.graph.quantities))
    names: list[Formula] = [*(Gradient(model.objective, wrt) for wrt in gradients), *map(Name, quantities)]
    return {name: n for n, name in enumerate(names)}


def _step(poly: Poly, order: Mapping[Formula, int], model: Model) -> Poly:
    """The polynomial with one name put in; `NoForm` where there is none, or where it becomes too long."""
    present = {single.base for single in _atoms(poly) if isinstance(single, Cell)}
    chosen = min((base for base in present if base in order), key=order.__getitem__, default=None)
    if chosen is None:
        raise NoForm
    axes, meaning = _meaning(chosen, model)
    if _length(poly, chosen, len(meaning.terms)) > MOST_TERMS:
        raise NoForm

    def value(single: Cell) -> Poly:
        if single.base == chosen:
            return rename(meaning, dict(zip(axes, single.indices, strict=True)))
        return atom(single)

    return put_in(poly, value)


def _meaning(name: Formula, model: Model) -> tuple[tuple[Index, ...], Poly]:
    """What a gradient or a quantity is, by the derivation or by its formula."""
    graph = model.graph
    match name:
        case Gradient(_, wrt):
            gradient = model.derivation.gradients[wrt]
            return gradient.free, expand(gradient.poly, graph.shape)
        case Name(id):
            axes = tuple(Index(f"in{n}", dim) for n, dim in enumerate(graph.shapes[id]))
            return axes, put_in(lower(graph.quantities[id], axes, graph.shape), atom)
    raise NoForm


def _atoms(poly: Poly) -> Iterator[Atom]:
    """The atoms of a polynomial, also inside functions and under powers."""
    for term in poly.terms:
        for single, _ in term.factors:
            yield single
            match single:
                case Group(inner):
                    yield from _atoms(inner)
                case Apply(_, args):
                    for arg in args:
                        yield from _atoms(arg)


def _length(poly: Poly, name: Formula, terms: int) -> int:
    """How many terms there will be once ``name`` stands for so many."""
    return sum(terms ** _times(term, name) for term in poly.terms)


def _times(term: Term, name: Formula) -> int:
    """How often a name is multiplied out in a term."""
    return sum(
        int(e) for single, e in term.factors if isinstance(single, Cell) and single.base == name and e > 0
    )
