"""Hessian times vector by the R-operator: R{q} = d/dε q, where every parameter p moves along v by ε.

R{p} = v, and R{q} = Σ_c ∂q/∂c R{c} for what is made of moved quantities c, first forward, then through the
gradients: R{∂L/∂w} is Σ_p ∂²L/∂w∂p v, and no Hessian is made on the way. B. A. Pearlmutter, Fast exact
multiplication by the Hessian, Neural Computation 6, 1994.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.chain_rule import local
from symgrad.calculus.cost import cost
from symgrad.calculus.factoring import factored
from symgrad.calculus.facts import Known
from symgrad.calculus.gradient_graph import gradient_graph, id_of, restored
from symgrad.calculus.index import Index, Poly, add, cell, fresh, multiply, rename, total
from symgrad.calculus.lowering import expand
from symgrad.calculus.matching import match
from symgrad.calculus.rational import cancel
from symgrad.calculus.reading import simplify_bases
from symgrad.calculus.sampling import Sampler
from symgrad.calculus.spelling import Letters, entrywise
from symgrad.calculus.steps import NONE_FOUND, Derivation
from symgrad.calculus.verify import STEP, at_all_points, compare, proof_at_points, tolerance
from symgrad.calculus.worlds import World, Worlds
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers, as_object
from symgrad.tree import ZERO, Array, Formula, Gradient, Name, Op, names, substitute, walk

ROUGH = Fraction(1, 10**18)
"""The step of second differences."""
GUARD = 45
"""Digits that a quotient by the square of the step loses, and some."""
JUMP = 10**12
"""A quotient beyond this many times what is expected has crossed a kink: nothing is said."""
SHORT = 24
"""The length up to which a product is written as one formula."""


class Tangent(Struct, frozen=True, eq=False):
    """R{of}, of a quantity or a gradient: as an array where there is such a form, and entry by entry."""

    of: Formula
    free: tuple[Index, ...]
    matrix_form: Formula | None
    index_form: Formula
    proof: str = NONE_FOUND
    value: Array | None = None

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of an entry."""
        return tuple(map(Letters(*self.free), self.free))

    @property
    def result(self) -> Formula:
        """The array form where there is one, else the entry."""
        return self.index_form if self.matrix_form is None else self.matrix_form

    def at(self, values: Values) -> Numbers:
        """The numbers at a point."""
        sizes = {
            letter: 1 if i.dim == 1 else values.sizes[i.dim]
            for letter, i in zip(self.letters, self.free, strict=True)
        }
        if self.matrix_form is None:
            found = evaluate_entries(self.index_form, tuple(sizes), values, sizes)
        else:
            found = evaluate(self.matrix_form, values)
        return np.broadcast_to(found, tuple(sizes.values()))


class ProductOf(Struct, frozen=True, eq=False):
    """∇²of · v for the parameters under ``along``, each with the name of its direction.

    ``tangents`` are R{·} of what is on the way, in the order in which they are worked out; the last of them
    of the gradients by the parameters are the ``results``. ``whole`` has those that are short as one formula.
    """

    of: str
    along: tuple[tuple[str, str], ...]
    tangents: tuple[Tangent, ...]
    whole: Mapping[str, Formula]

    def result(self, wrt: str) -> Tangent:
        """R{∂of/∂wrt}."""
        return next(each for each in self.tangents if each.of == Gradient(self.of, wrt))

    def valued(self, numbers: Values) -> ProductOf:
        """The same with its numbers, where all directions and names are known; NaN where there is none."""
        known = dict(numbers.names)
        if not all(Name(v) in known for _, v in self.along):
            return self
        found = []
        for each in self.tangents:
            with np.errstate(all="ignore"):
                value = np.array(each.at(replace(numbers, names=known)), dtype=float)
            known[moved(each.of)] = value
            found.append(replace(each, value=value))
        return replace(self, tangents=tuple(found))


def moved(of: Formula) -> Formula:
    """R{of}."""
    return Op("moved", (of,))


def product_along(
    graph: Graph, derivation: Derivation, facts: tuple[Known, ...], along: tuple[tuple[str, str], ...]
) -> ProductOf:
    """The product, every R{·} checked by differences along the direction, the whole by second differences.

    Raises `NotSupported` where a gradient cannot be differentiated, `DerivationError` for a wrong one.
    """
    second = gradient_graph(graph, derivation, *(wrt for wrt, _ in along))
    worlds = Worlds(second, tuple(fact for fact in facts if fact.name in second.shapes))
    found = _tangents(second, graph, dict(along))

    def check(sample: Sampler) -> tuple[()]:
        world = worlds.at(sample)
        _check_tangents(world, along, found)
        _check_whole(world, graph, along, found, sample)
        return ()

    if at_all_points(second, check):
        found = {
            name: replace(each, proof=proof_at_points(second.quantities[name]))
            for name, each in found.items()
        }
    said = tuple(_said(each, graph) for each in found.values())
    return ProductOf(graph.of, along, said, _wholes(graph, along, said))


def _tangents(second: Graph, graph: Graph, along: Mapping[str, str]) -> dict[str, Tangent]:
    """R{·} of everything that moves and leads to a gradient by one of the parameters."""
    targets = {id_of(Gradient(graph.of, wrt)) for wrt in along}
    wanted = {*targets}
    for name in reversed(tuple(second.quantities)):
        if name in wanted:
            wanted.update(names(second.quantities[name]))
    found: dict[str, Tangent] = {}
    for name in second.quantities:
        if name in wanted:
            free = tuple(Index(f"in{n}", dim) for n, dim in enumerate(second.shapes[name]))
            poly = _moved(second, name, free, along, found)
            if poly.terms or name in targets:
                found[name] = _tangent(second, name, free, poly)
    return found


def _moved(
    second: Graph, name: str, free: tuple[Index, ...], along: Mapping[str, str], found: Mapping[str, Tangent]
) -> Poly:
    """Σ_c ∂name/∂c R{c} over what moves in its formula."""
    terms: list[Poly] = []
    for part in names(second.quantities[name]):
        if part in along or part in found:
            direction: Formula = Name(along[part]) if part in along else moved(Name(part))
            each = local(second, name, part)
            by = tuple(fresh(index.dim) for index in each.by)
            places = dict(zip((*each.out, *each.by), (*free, *by), strict=True))
            terms.append(total(multiply(rename(each.poly, places), cell(direction, *by)), *by))
    return simplify_bases(add(*terms), second.shape)


def _tangent(second: Graph, name: str, free: tuple[Index, ...], poly: Poly) -> Tangent:
    """In the shorter of the forms that it has as it comes and cancelled."""
    if not poly.terms:
        return Tangent(Name(name), free, ZERO, ZERO)
    polys = (poly, cancel(expand(poly, second.shape)))
    forms = [(form, each) for each in polys if (form := match(each, free)) is not None]
    form, best = min(forms, key=lambda pair: cost(pair[0])) if forms else (None, poly)
    index = entrywise(factored(best, Letters(*free)), second.shape)
    return Tangent(Name(name), free, form, index)


def _said(each: Tangent, graph: Graph) -> Tangent:
    """With gradients as gradients, not as quantities of another graph."""
    form = None if each.matrix_form is None else restored(each.matrix_form, graph)
    index = restored(each.index_form, graph)
    return replace(each, of=restored(each.of, graph), matrix_form=form, index_form=index)


def _wholes(
    graph: Graph, along: tuple[tuple[str, str], ...], said: tuple[Tangent, ...]
) -> dict[str, Formula]:
    """The products as formulas without R{·}, where all have array forms and the whole is short."""
    found: dict[Formula, Formula] = {}
    for each in said:
        if each.matrix_form is not None:
            found[moved(each.of)] = substitute(each.matrix_form, found)
    wholes = {wrt: found.get(moved(Gradient(graph.of, wrt))) for wrt, _ in along}
    return {wrt: form for wrt, form in wholes.items() if form is not None and _is_short(form)}


def _is_short(form: Formula) -> bool:
    return cost(form) <= SHORT and not any(isinstance(n, Op) and n.name == "moved" for n in walk(form))


# --- checks -----------------------------------------------------------------------------------------------


def _check_tangents(world: World, along: tuple[tuple[str, str], ...], found: Mapping[str, Tangent]) -> None:
    """Every R{q} beside (q(ε) − q(−ε)) / 2ε along the direction."""
    with mpmath.workdps(world.digits):
        step = mpmath.mpf(STEP.numerator) / STEP.denominator
        point = dict(world.names)
        for name, each in found.items():
            high, low = (
                world.after({Name(wrt): sign * step * world.names[Name(v)] for wrt, v in along}, name)
                for sign in (1, -1)
            )
            expected = as_object((high - low) / (2 * step))
            point[moved(Name(name))] = expected
            there = Values(point, world.sizes, EXACT, known={})
            forms = {each.matrix_form, None}
            for numbers in (as_object(replace(each, matrix_form=form).at(there)) for form in forms):
                for where in np.ndindex(expected.shape):
                    allowed = tolerance(expected[where])
                    compare("hessian-product", name, numbers[where], expected[where], where, allowed)


def _check_whole(
    second: World,
    graph: Graph,
    along: tuple[tuple[str, str], ...],
    found: Mapping[str, Tangent],
    sample: Sampler,
) -> None:
    """⟨u, H v⟩ beside (L₊₊ − L₊₋ − L₋₊ + L₋₋) / 4h² of L itself, along random u and along v."""
    world = replace(second, graph=graph)
    with mpmath.workdps(second.digits):
        step = mpmath.mpf(STEP.numerator) / STEP.denominator
        expected: Any = 0
        others = {wrt: sample.array(graph.shapes[wrt]) for wrt, _ in along}
        for wrt, u in others.items():
            high, low = (
                second.after(
                    {Name(p): sign * step * second.names[Name(v)] for p, v in along},
                    id_of(Gradient(graph.of, wrt)),
                )
                for sign in (1, -1)
            )
            expected = expected + np.sum(u * (high - low) / (2 * step))
    with mpmath.workdps(second.digits + GUARD):
        rough = mpmath.mpf(ROUGH.numerator) / ROUGH.denominator

        def at(one: int, other: int) -> Any:
            moves: dict[Formula, Numbers] = {
                Name(p): rough * (one * others[p] + other * world.names[Name(v)]) for p, v in along
            }
            return world.moved(moves)

        quotient = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * rough**2)
        if abs(quotient) < JUMP * (1 + abs(expected)):
            label = ", ".join(wrt for wrt, _ in along)
            compare("hessian-product", label, expected, quotient, (), tolerance(expected))
