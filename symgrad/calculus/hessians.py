"""∂²L/∂w∂b: the gradient ∂L/∂w is a quantity like any other, and this is its derivative by b.

Every derivative on the way is checked by itself. The whole is compared with differences of the gradient,
entry by entry, and with second differences of L itself, which know of no gradient.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.chain_rule import Local, Ways, chain_rule
from symgrad.calculus.compositions import composed, matrix
from symgrad.calculus.cost import cost
from symgrad.calculus.definite import definiteness
from symgrad.calculus.factoring import factored
from symgrad.calculus.facts import Known
from symgrad.calculus.folding import as_arrays
from symgrad.calculus.gradient_graph import gradient_graph, id_of, restored
from symgrad.calculus.index import Index, Poly
from symgrad.calculus.jacobian_answers import JacobianOf, check_by_differences, shortest_form, written_out
from symgrad.calculus.jacobian_forms import as_matrix
from symgrad.calculus.lowering import expand
from symgrad.calculus.proof import array_is
from symgrad.calculus.rational import cancel
from symgrad.calculus.sampling import Sampler
from symgrad.calculus.second import Factor, HessianOf, Part, Split
from symgrad.calculus.spelling import Letters, entrywise
from symgrad.calculus.steps import NONE_FOUND, Derivation
from symgrad.calculus.verify import at_all_points, compare, proof_at_points, tolerance
from symgrad.calculus.worlds import World, Worlds
from symgrad.errors import NotSupported
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.operations.record import Numbers
from symgrad.tree import ZERO, Formula, Gradient, Name, Op, substitute, walk

STEP = Fraction(1, 10**18)
"""Of second differences."""
GUARD = 45
"""Digits that a quotient by the square of the step loses, and some."""
SCALED = 3
"""What A ⊙ d counts more, d a vector: A diag(d) says the same."""
PLAIN = 14
"""The length of a product up to which it is short enough."""
SHORT = 2
"""The length of a gradient up to which it is put in: softmax(z)."""
READABLE = 30
"""The length of an entry up to which a small matrix without another form is written out."""
JUMP = 10**12
"""A quotient beyond this many times what is expected has crossed a kink: nothing is said."""


def hessian_between(
    graph: Graph, derivation: Derivation, facts: tuple[Known, ...], wrt: str, by: str
) -> HessianOf:
    """The second derivative, checked.

    Raises `NotSupported` where a gradient on the way cannot be differentiated, `DerivationError` where
    differences say otherwise.
    """
    second = gradient_graph(graph, derivation, wrt)
    worlds = Worlds(second, tuple(fact for fact in facts if fact.name in second.shapes))
    of = id_of(Gradient(graph.of, wrt))
    out = tuple(Index(f"out{n}", dim) for n, dim in enumerate(graph.shapes[wrt]))
    inner = tuple(Index(f"in{n}", dim) for n, dim in enumerate(graph.shapes[by]))
    try:
        ways = chain_rule(second, of, by, out, inner)
    except NotSupported:
        message = f"'{graph.of}' has a gradient made of pieces that cannot be differentiated again"
        hint = "write its formula with sums, products and functions of whole arrays"
        raise NotSupported(message, hint=hint) from None
    form, poly = _best(second, graph, ways, out, inner)
    index = entrywise(factored(poly, Letters(*out, *inner)), second.shape)
    entries = written_out(second, poly, out, inner, form)
    if form is None and any(cost(entry) > READABLE for row in entries for entry in row):
        entries = ()
    found = JacobianOf(of, by, ways.through, out, inner, form, index, NONE_FOUND, entries)

    def check(sample: Sampler) -> tuple[()]:
        check_by_differences(worlds, found, sample)
        _check_second(worlds.at(sample), graph, wrt, found, sample)
        return ()

    if at_all_points(second, check):
        same = form is None or array_is(form, ways.raw, (*out, *inner), second.shape)
        proof = "identity" if same else proof_at_points(*second.quantities.values())
        found = replace(found, proof=proof)
    said = _Said(graph, derivation)
    opened = _opened(second, graph, derivation)
    whole = said.hessian(found, wrt, _parts(second, graph, ways, by), _split(second, graph, ways))
    return replace(whole, opened=opened)


def _opened(second: Graph, graph: Graph, derivation: Derivation) -> dict[str, Formula]:
    """The formulas of gradients that have other slopes in them than when they were derived."""
    found: dict[str, Formula] = {}
    for name, gradient in derivation.gradients.items():
        id = id_of(Gradient(graph.of, name))
        if id in second.quantities:
            formula = restored(second.quantities[id], graph)
            if _slopes(formula) != _slopes(gradient.result):
                found[name] = formula
    return found


def _slopes(formula: Formula) -> set[Formula]:
    return {node for node in walk(formula) if isinstance(node, Op) and node.name == "prime"}


def _best(
    second: Graph, graph: Graph, ways: Ways, out: tuple[Index, ...], by: tuple[Index, ...]
) -> tuple[Formula | None, Poly]:
    """The shortest form: the product of what is on the way, or what its entries say."""
    if not ways.poly.terms:
        return ZERO, ways.poly
    leaves = replace(second, quantities=graph.quantities, _cache={})
    added = as_arrays(cancel(expand(ways.raw, second.shape)), second.shape)  # f'(z) from here and from there
    polys = tuple(dict.fromkeys((ways.raw, ways.poly, added)))
    product = _product(second, graph, ways)
    if product is not None and cost(product) <= PLAIN:  # nobody would look for a shorter one
        forms = [(as_matrix(poly, out, by), poly) for poly in polys]
    else:
        forms = [shortest_form(leaves, poly, out, by) for poly in polys]
    letters = Letters(*out, *by)
    poly = min((*polys, *(poly for _, poly in forms)), key=lambda poly: cost(factored(poly, letters)))
    products = () if product is None else (product,)
    return min((*products, *(form for form, _ in forms)), key=lambda form: _length(form, second)), poly


def _length(form: Formula | None, graph: Graph) -> float:
    """How long a form is to read; a vector that scales the columns of a matrix is read as a matrix."""
    if form is None:
        return cost(form)
    products = (node for node in walk(form) if isinstance(node, Op) and node.name in ("multiply", "divide"))
    ranks = ({len(graph.shape(arg)) for arg in node.args} for node in products)
    return cost(form) + SCALED * sum({1, 2} <= found for found in ranks)


def _product(second: Graph, graph: Graph, ways: Ways) -> Formula | None:
    """The derivatives between what all ways pass, each in its shortest form, multiplied."""
    if len(ways.stops) <= 2 or ways.matrix is None:
        return None if ways.matrix is None else ways.matrix.formula
    parts = (
        matrix(_between(second, graph, of, wrt), len(second.shapes[of]), len(second.shapes[wrt]))
        for of, wrt in pairwise(ways.stops)
    )
    return reduce(composed, parts).formula


def _between(second: Graph, graph: Graph, of: str, wrt: str) -> Formula:
    out = tuple(Index(f"out{n}", dim) for n, dim in enumerate(second.shapes[of]))
    by = tuple(Index(f"in{n}", dim) for n, dim in enumerate(second.shapes[wrt]))
    form, _ = _best(second, graph, chain_rule(second, of, wrt, out, by), out, by)
    assert form is not None
    return form


def _parts(second: Graph, graph: Graph, ways: Ways, by: str) -> tuple[Part, ...]:
    """The derivatives of what is on the way, from the gradient on; none where one has no form."""
    if any(each.form is None or max(len(each.out), len(each.by)) > 1 for each in ways.locals):
        return ()
    order = dict.fromkeys(each.consumer for each in ways.locals)
    return tuple(
        Part(
            Name(of),
            tuple(_factor(each) for each in ways.locals if each.consumer == of),
            _between(second, graph, of, by),
        )
        for of in order
    )


def _factor(each: Local) -> Factor:
    assert each.form is not None
    return Factor(Name(each.consumer), Name(each.name), each.form)


def _split(second: Graph, graph: Graph, ways: Ways) -> Split | None:
    """The product about ∂²L/∂z∂z for the last gradient ∂L/∂z that all ways pass, if they pass z too."""
    if ways.matrix is None:
        return None
    last = max(n for n, name in enumerate(ways.stops) if name not in graph.shapes)
    middle = next(name for name in graph.shapes if id_of(Gradient(graph.of, name)) == ways.stops[last])
    if middle not in ways.stops:
        return None
    edges = {(each.consumer, each.name): each for each in ways.locals}
    place = ways.stops.index(middle)
    before, after = (
        [edges.get(pair) for pair in pairwise(part)] for part in (ways.stops[: last + 1], ways.stops[place:])
    )
    kept = [each for each in (*before, *after) if each is not None]
    if not kept or len(kept) < len(before) + len(after):
        return None
    inside = (each for each in ways.locals if each not in kept and each.consumer in graph.shapes)
    return Split(
        tuple(each.form for each in kept[: len(before)] if each.form is not None),
        middle,
        _between(second, graph, ways.stops[last], middle),
        tuple(map(_factor, inside)),
        tuple(map(_factor, kept[len(before) :])),
    )


class _Said(Struct, frozen=True):
    """Formulas with gradients as gradients, not as quantities of another graph; short ones put in."""

    graph: Graph
    derivation: Derivation

    def formula(self, formula: Formula) -> Formula:
        """A result."""
        gradients = self.derivation.gradients
        short: dict[Formula, Formula] = {
            Gradient(self.graph.of, name): gradient.result
            for name, gradient in gradients.items()
            if cost(gradient.matrix_form) <= SHORT
        }
        return entrywise(substitute(restored(formula, self.graph), short), self.graph.shape)

    def factor(self, each: Factor) -> Factor:
        """A derivative on the way."""
        return Factor(restored(each.of, self.graph), restored(each.wrt, self.graph), self.formula(each.form))

    def part(self, part: Part) -> Part:
        """The whole derivative of what is on the way."""
        factors = tuple(map(self.factor, part.factors))
        return Part(restored(part.of, self.graph), factors, self.formula(part.total))

    def split(self, split: Split) -> Split:
        """A product about another second derivative."""
        return Split(
            tuple(map(self.formula, split.before)),
            split.middle,
            self.formula(split.form),
            tuple(map(self.factor, split.inside)),
            tuple(map(self.factor, split.after)),
        )

    def hessian(self, found: JacobianOf, wrt: str, parts: tuple[Part, ...], split: Split | None) -> HessianOf:
        """The whole: of a matrix by its entries, which say more than an einsum of four axes."""
        form = (
            self.formula(found.matrix_form)
            if found.matrix_form is not None and len(found.letters) <= 2
            else None
        )
        whole = replace(
            found,
            matrix_form=form,
            index_form=self.formula(found.index_form),
            entries=tuple(tuple(map(self.formula, row)) for row in found.entries),
        )
        is_square = found.wrt == wrt and found.is_matrix
        return HessianOf(
            self.graph.of,
            wrt,
            found.wrt,
            whole,
            tuple(map(self.part, parts)),
            None if split is None else self.split(split),
            definiteness(form, self.graph) if is_square and form is not None else None,
        )


def _check_second(whole: World, graph: Graph, wrt: str, found: JacobianOf, sample: Sampler) -> None:
    """uᵀ H v along random directions, compared with (L₊₊ − L₊₋ − L₋₊ + L₋₋) / 4h²."""
    world = replace(whole, graph=graph)
    u, v = (sample.array(graph.shapes[name]) for name in (wrt, found.wrt))
    with mpmath.workdps(whole.digits):
        hessian = np.asarray(found.at(whole.values), dtype=object)
        flat = hessian.reshape(max(u.size, 1), max(v.size, 1))
        expected = np.sum(np.outer(u.ravel(), v.ravel()) * flat)
    with mpmath.workdps(whole.digits + GUARD):
        step = mpmath.mpf(STEP.numerator) / STEP.denominator

        def at(one: int, other: int) -> Any:
            moves: dict[Formula, Numbers] = {Name(wrt): one * step * u}
            moves[Name(found.wrt)] = moves.get(Name(found.wrt), 0) + other * step * v
            return world.moved(moves)

        quotient = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * step**2)
        if abs(quotient) < JUMP * (1 + abs(expected)):
            compare("hessian", found.name, expected, quotient, (), tolerance(expected))
