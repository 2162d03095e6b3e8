"""Every step is checked as it is made: against central differences of the formula itself, in 50 digits.

The points are random, with both signs into every relu; dimensions are small and different, so that a
forgotten transpose shows. A step that fails is an error and is never printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import mpmath
import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.calculus.index import Index
from symgrad.calculus.layers import CONSUMER, OBJECTIVE, Layer, pull_back
from symgrad.calculus.proof import array_is, entry_is, is_identity
from symgrad.calculus.sampling import Sampler, at_some_point, precise_enough, real
from symgrad.calculus.spelling import Letters, spell
from symgrad.calculus.steps import Derivation, GradientOf, Path, Step
from symgrad.errors import DerivationError
from symgrad.graph import Graph
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.operations.record import Numbers
from symgrad.shapes import Shape
from symgrad.tree import Cases, Entry, Formula, Gradient, Name, Op, Partial, Total, is_specified, walk

STEP = Fraction(1, 10**22)
"""Of the differences: its square times a third derivative must vanish, and 1/p makes that large."""
TOLERANCE = Fraction(1, 10**25)
ARRAY_RULES = frozenset({"matrix-form", "jacobian-product"})
"""Rules whose right side is a whole array, not an entry."""
POINTS = 2
"""Random points a step is checked at, each with its own signs."""


@lru_cache(maxsize=4096)
def verify_layer(layer: Layer, target: str) -> tuple[str, ...]:
    """The proof of each step of a layer's path to ``target``; raises `DerivationError` for a wrong one."""
    path = pull_back(layer, target)
    with mpmath.workdps(DIGITS):
        for seed in range(POINTS):
            at_some_point(seed, lambda sample: _check_layer(layer, target, path.steps, sample))
    return tuple(_proof(step, path, layer.graph) for step in path.steps)


def _check_layer(layer: Layer, target: str, steps: tuple[Step, ...], sample: Sampler) -> None:
    shapes = dict(layer.shapes)
    sample.fit(layer.graph)
    point = _sampled(shapes, sample)
    for shape in shapes.values():
        for dim in shape:
            sample.size(dim)
    values = Values(point, sample.sizes, EXACT)
    point[Gradient(OBJECTIVE, CONSUMER)] = _seed(layer, sample)
    with precise_enough(evaluate(layer.formula, values)):
        _check_path(layer, target, steps, values, point)


def _check_path(
    layer: Layer, target: str, steps: tuple[Step, ...], values: Values, point: dict[Formula, Numbers]
) -> None:
    shapes = dict(layer.shapes)
    point[Name(CONSUMER)] = real(evaluate(layer.formula, values))
    local = _differences(layer.formula, target, values)
    point[Partial(CONSUMER, target)] = local
    rank = len(shapes[CONSUMER])
    upstream = point[Gradient(OBJECTIVE, CONSUMER)]
    truth = np.asarray(np.tensordot(upstream, local, rank) if rank else upstream * local, dtype=object)
    free = tuple(Letters(*_indices(shapes[target], "in"))(i) for i in _indices(shapes[target], "in"))
    for step in steps:
        expected = {"chain": None, "contract": truth}.get(
            step.rule, truth if step.rule in ARRAY_RULES else local
        )
        if expected is not None:
            compare(step, expected, _value(step, free, expected, values))


def verify_entries(layer: Layer, target: str, step: Step) -> None:
    """Check a step of a Jacobian's derivation entry by entry; raises `DerivationError` for a wrong one.

    A step for the case i ≠ j is compared where the two letters that differ in it do differ.
    """
    if isinstance(step.after, Cases):
        return
    with mpmath.workdps(DIGITS):
        for seed in range(POINTS):
            at_some_point(seed, lambda sample: _check_entries(layer, target, step, sample))


def _check_entries(layer: Layer, target: str, step: Step, sample: Sampler) -> None:
    shapes = dict(layer.shapes)
    sample.fit(layer.graph)
    point = _sampled(shapes, sample)
    values = Values(point, sample.sizes, EXACT)
    point[Name(CONSUMER)] = real(evaluate(layer.formula, values))
    point[Partial(CONSUMER, target)] = _differences(layer.formula, target, values)
    if not isinstance(step.before, Entry):
        return compare(step, evaluate(step.before, values), evaluate(step.after, values))
    letters = tuple(dict.fromkeys(str(i) for i in step.before.indices))
    expected = evaluate_entries(step.before, letters, values, {})
    ranges = dict(zip(letters, expected.shape, strict=True))
    found = evaluate_entries(step.after, letters, values, ranges)
    if step.rule == "case-different":
        varying = [n for n, letter in enumerate(letters) if step.before.indices.count(letter) == 1]
        apart = np.not_equal(*(np.indices(expected.shape)[n] for n in varying))
        expected, found = expected[apart], found[apart]
    return compare(step, expected, found)


def _sampled(shapes: Mapping[str, Shape], sample: Sampler) -> dict[Formula, Numbers]:
    """Random values for the inputs of a layer."""
    return {Name(name): sample.array(shape) for name, shape in shapes.items() if name != CONSUMER}


def _indices(shape: Shape, name: str) -> tuple[Index, ...]:
    return tuple(Index(f"{name}{n}", dim) for n, dim in enumerate(shape))


def _value(step: Step, free: tuple[str, ...], expected: Numbers, values: Values) -> Numbers:
    """What a step's right side comes to; a step about single entries over the letters of its left side."""
    if step.rule in ARRAY_RULES:
        return evaluate(step.after, values)
    letters = free
    if isinstance(step.before, Entry):
        letters = tuple(str(i) for i in step.before.indices)
    ranges = dict(zip(letters, expected.shape, strict=True))
    found = evaluate_entries(step.after, letters, values, ranges)
    if isinstance(step.before, Total | Op):
        compare(step, expected, evaluate_entries(step.before, letters, values, ranges))
    return found


def _seed(layer: Layer, sample: Sampler) -> Numbers:
    shape = dict(layer.shapes)[CONSUMER]
    if layer.seed is None:
        return sample.array(shape)
    letters = Letters(*_indices(shape, "in"))
    lengths = {letters(i): sample.size(i.dim) for i in _indices(shape, "in")}
    return evaluate_entries(
        spell(layer.seed, letters), tuple(lengths), Values({}, sample.sizes, EXACT), lengths
    )


def _differences(formula: Formula, target: str, values: Values) -> Numbers:
    """∂formula/∂target by central differences: axes of the output, then of the target."""
    point = dict(values.names)
    centre = point[Name(target)]
    step = mpmath.mpf(STEP.numerator) / STEP.denominator
    columns = []
    for where in np.ndindex(centre.shape):
        sides = []
        for sign in (1, -1):
            moved = centre.copy()
            moved[where] = centre[where] + sign * step
            sides.append(real(evaluate(formula, Values({**point, Name(target): moved}, values.sizes, EXACT))))
        columns.append((sides[0] - sides[1]) / (2 * step))
    stacked = np.stack([np.asarray(c, dtype=object) for c in columns], axis=-1)
    return stacked.reshape(stacked.shape[:-1] + centre.shape)


def compare(step: Step, expected: Numbers, found: Numbers) -> None:
    """Nothing where the two sides of a step have the same value to 25 digits; else a `DerivationError`."""
    found = real(np.broadcast_to(np.asarray(found, dtype=object), expected.shape))
    scale = 1 + max((abs(v) for v in np.asarray(expected, dtype=object).ravel()), default=0)
    tolerance = scale * TOLERANCE.numerator / mpmath.mpf(TOLERANCE.denominator)
    for a, b in zip(np.asarray(expected, dtype=object).ravel(), found.ravel(), strict=True):
        if abs(a - b) > tolerance:
            raise DerivationError(
                f"the step '{step.rule}' for {step.target} is wrong: {step.before} → {step.after}"
            )


def _proof(step: Step, path: Path, graph: Graph) -> str:
    """What is known of a step beside its numbers: that its normal form is the derived one, for all sizes."""
    if step.rule == "chain":
        return "definition"
    if step.rule in ARRAY_RULES:
        same = array_is(step.after, path.poly, path.free, graph.shape)
        return "identity" if same else proof_at_points(graph.quantities[CONSUMER])
    indices = path.free if step.rule == "contract" else (*path.free, *path.out)
    letters = Letters(*path.free, *path.out)
    expected = path.poly if step.rule == "contract" else path.local
    named = {letters(index): index for index in indices}
    same = entry_is(step.after, expected, named, graph.shape)
    return "identity" if same else proof_at_points(graph.quantities[CONSUMER])


def proof_at_points(*formulas: Formula) -> str:
    """The proof by random points: of formulas with an unspecified function it is one for its stand-in."""
    return "numeric" if all(map(is_specified, formulas)) else "stand-in"


# --- steps that use other gradients -----------------------------------------------------------------


def verify_substitution(
    graph: Graph, steps: list[Step], known: Mapping[str, GradientOf], facts: Iterable[Fact], target: str
) -> list[Step]:
    """The steps of putting in upstream gradients, with their proofs.

    The last goes from one array formula to the other; the ones before it say the same entry by entry.
    """
    facts = tuple(facts)
    last = steps[-1]
    with mpmath.workdps(DIGITS):
        for seed in range(POINTS):
            at_some_point(seed, lambda sample: _check_substitution(graph, steps, known, facts, sample))
    same = is_identity(last.before, last.after, known, facts, graph, target)
    upstream = (known[node.wrt].result for node in walk(last.before) if isinstance(node, Gradient))
    proof = "identity" if same else proof_at_points(last.before, *upstream)
    return [replace(step, proof=proof) for step in steps]


def _check_substitution(
    graph: Graph, steps: list[Step], known: Mapping[str, GradientOf], facts: tuple[Fact, ...], sample: Sampler
) -> None:
    sample.fit(graph)
    point: dict[Formula, Numbers] = {}
    values = Values(point, sample.sizes, EXACT)
    for step in steps:
        _fill(step.after, graph, point, sample, facts)
    before = steps[-1].before
    _fill(before, graph, point, sample, facts)
    used = {node.wrt: node for node in walk(before) if isinstance(node, Gradient)}
    for wrt in (wrt for wrt in known if wrt in used):  # one may be written with another that comes before it
        _fill(known[wrt].result, graph, point, sample, facts)
        point[used[wrt]] = result_value(known[wrt], values)
    expected = real(evaluate(before, values))
    for step in steps[:-1]:
        letters = tuple(str(i) for i in step.before.indices) if isinstance(step.before, Entry) else ()
        ranges = dict(zip(letters, expected.shape, strict=True))
        compare(step, expected, evaluate_entries(step.after, letters, values, ranges))
    compare(steps[-1], expected, evaluate(steps[-1].after, values))


def _fill(
    formula: Formula, graph: Graph, point: dict[Formula, Numbers], sample: Sampler, facts: tuple[Fact, ...]
) -> None:
    """Random values for the names and gradients of a formula that have none yet, facts kept."""
    for node in walk(formula):
        if isinstance(node, Name | Gradient) and node not in point:
            point[node] = sample.array(graph.shape(node))
            for fact in facts:
                if node == Name(fact.name):
                    totals = np.sum(point[node], axis=fact.axis, keepdims=True)
                    point[node] = (
                        point[node] * (mpmath.mpf(fact.value.numerator) / fact.value.denominator) / totals
                    )
    for dims in graph.shapes.values():
        for dim in dims:
            sample.size(dim)


def result_value(gradient: GradientOf, values: Values) -> Numbers:
    """The value of a gradient's result, in matrix or in index form."""
    letters = Letters(*gradient.free)
    lengths = {letters(i): (1 if i.dim == 1 else values.sizes[i.dim]) for i in gradient.free}
    if gradient.matrix_form is None:
        return evaluate_entries(gradient.index_form, tuple(lengths), values, lengths)
    shape = tuple(lengths.values())
    return np.asarray(np.broadcast_to(evaluate(gradient.matrix_form, values), shape))


# --- the whole --------------------------------------------------------------------------------------


def verify_derivation(graph: Graph, derivation: Derivation, facts: Iterable[Fact]) -> None:
    """All gradients at once: with every leaf and quantity moved by t d_w, dJ/dt is Σ ⟨∂J/∂w, d_w⟩.

    A quantity is moved after it is made, so a gradient on the way counts though none below rests on it.
    Raises `DerivationError` where it is not, to 25 digits.
    """
    facts = tuple(facts)
    with mpmath.workdps(DIGITS):
        at_some_point(7, lambda sample: _check_whole(graph, derivation, facts, sample))


def _check_whole(graph: Graph, derivation: Derivation, facts: tuple[Fact, ...], sample: Sampler) -> None:
    leaves = random_leaves(graph, facts, sample)
    with precise_enough(*forward(graph, leaves, sample.sizes).values()):
        _check_directions(graph, derivation, leaves, sample)


def random_leaves(graph: Graph, facts: tuple[Fact, ...], sample: Sampler) -> dict[Formula, Numbers]:
    """Random 50-digit values for all leaves of a graph, of which the facts are true."""
    sample.fit(graph)
    leaves: dict[Formula, Numbers] = {}
    for name in graph.leaves:
        _fill(Name(name), graph, leaves, sample, facts)
    _fill(Name(graph.of), graph, {Name(graph.of): np.empty(0)}, sample, facts)
    return leaves


def _check_directions(
    graph: Graph, derivation: Derivation, leaves: dict[Formula, Numbers], sample: Sampler
) -> None:
    point = forward(graph, leaves, sample.sizes)
    values = Values(point, sample.sizes, EXACT)
    for target, gradient in derivation.gradients.items():
        point[Gradient(graph.of, target)] = real(result_value(gradient, values))
    directions: dict[Formula, Numbers] = {}
    expected = mpmath.mpf(0)
    for target in derivation.gradients:
        directions[Name(target)] = sample.array(graph.shapes[target])
        expected += np.sum(point[Gradient(graph.of, target)] * directions[Name(target)])
    step = mpmath.mpf(STEP.numerator) / STEP.denominator
    sides = []
    for sign in (1, -1):
        moves = {name: sign * step * direction for name, direction in directions.items()}
        moved = {name: array + moves.get(name, 0) for name, array in leaves.items()}
        sides.append(np.sum(forward(graph, moved, sample.sizes, moves)[Name(graph.of)]))
    found = np.asarray((sides[0] - sides[1]) / (2 * step), dtype=object)
    compare(
        Step(graph.of, "whole", Name(graph.of), Name(graph.of)), np.asarray(expected, dtype=object), found
    )


def forward(
    graph: Graph,
    leaves: Mapping[Formula, Numbers],
    sizes: Mapping[Any, int],
    moves: Mapping[Formula, Numbers] = MappingProxyType({}),
) -> dict[Formula, Numbers]:
    """The 50-digit values of all quantities at these leaves, each moved once it is made."""
    point = dict(leaves)
    for name, formula in graph.quantities.items():
        made = real(evaluate(formula, Values(point, sizes, EXACT)))
        point[Name(name)] = np.asarray(made + moves.get(Name(name), 0), dtype=object)
    return point
