"""Every step is checked as it is made: against central differences of the formula itself, in 50 digits.

The points are random, with both signs into every relu; dimensions are small and different, so that a
forgotten transpose shows. A step that fails is an error and is never printed; one for which no point
was found, at which the formulas are defined, says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.facts import Known
from symgrad.calculus.index import Index
from symgrad.calculus.kinks import Side, kinks, sides
from symgrad.calculus.layers import CONSUMER, OBJECTIVE, Layer, pull_back
from symgrad.calculus.proof import array_is, entry_is, is_identity
from symgrad.calculus.sampling import Sampler, at_some_point, precise_enough, real
from symgrad.calculus.spelling import Letters, spell
from symgrad.calculus.steps import NONE_FOUND, GradientOf, Path, Step
from symgrad.calculus.worlds import Worlds
from symgrad.errors import DerivationError
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.late import mpmath
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate, stopped
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.operations.record import Numbers, as_object
from symgrad.tree import Cases, Entry, Formula, Gradient, Name, Partial, is_specified, names, walk

STEP = Fraction(1, 10**30)
"""Of the differences: its square times a third derivative must vanish, and 1/p makes that large."""
TOLERANCE = Fraction(1, 10**25)
SHOWN = 12
"""Digits of a number in a message."""
ARRAY_RULES = frozenset({"matrix-form", "jacobian-product"})
"""Rules whose right side is a whole array, not an entry."""
OF_GRADIENTS = ARRAY_RULES | {"chain", "contract"}
"""Rules of steps that are about the objective; the other one says what the local derivative is."""
POINTS, MOST_POINTS = 2, 8
"""Random points a step is checked at, each with its own signs; more where a kink was seen from one side."""


@lru_cache(maxsize=4096)
def verify_layer(layer: Layer, target: str) -> tuple[str, ...]:
    """The proof of each step of a layer's path to ``target``; raises `DerivationError` for a wrong one."""
    path = pull_back(layer, target)
    found = at_all_points(
        layer.graph, lambda sample: _check_layer(layer, target, path.steps, sample), kinks(layer.formula)
    )
    return tuple(_proof(step, path, layer.graph) if found else unproved(step) for step in path.steps)


def at_all_points(
    graph: Graph, check: Callable[[Sampler], Iterable[Side]], wanted: frozenset[Side] = frozenset()
) -> bool:
    """Run a check, which tells what sides of kinks it saw, at random points until it has seen all ``wanted``.

    False where one of the points was not found.
    """
    seen = set[Side]()
    with mpmath.workdps(DIGITS):
        for seed in range(MOST_POINTS):
            if not at_some_point(graph, seed, lambda sample: seen.update(check(sample))):
                return False
            if seed + 1 >= POINTS and wanted <= seen:
                break
    return True


def unproved(step: Step) -> str:
    """The proof of a step that could not be checked."""
    return "definition" if step.rule == "chain" else NONE_FOUND


def _check_layer(layer: Layer, target: str, steps: tuple[Step, ...], sample: Sampler) -> frozenset[Side]:
    point = _sampled(layer, sample)
    values = Values(point, sample.sizes, EXACT, known={})
    point[Gradient(OBJECTIVE, CONSUMER)] = _seed(layer, sample)
    with precise_enough(evaluate(layer.formula, values)):
        _check_path(layer, target, steps, values, point, sample)
        return sides(layer.formula, values)


def _check_path(
    layer: Layer,
    target: str,
    steps: tuple[Step, ...],
    values: Values,
    point: dict[Formula, Numbers],
    sample: Sampler,
) -> None:
    shapes = dict(layer.shapes)
    point[Name(CONSUMER)] = real(evaluate(layer.formula, values))
    for step in steps:
        if step.rule == "matrix-form":
            real(evaluate(step.after, values))  # where it is not defined, nothing else need be worked out
    rank = len(shapes[CONSUMER])
    free = tuple(Letters(*_indices(shapes[target], "in"))(i) for i in _indices(shapes[target], "in"))
    (entries,) = (step for step in steps if step.rule not in OF_GRADIENTS)
    shape = (*point[Name(CONSUMER)].shape, *point[Name(target)].shape)
    said = _value(entries, free, shape, values)
    local = _agreed(entries, said, layer.formula, values, sample.direction(shapes[target]))
    point[Partial(CONSUMER, target)] = local
    upstream = point[Gradient(OBJECTIVE, CONSUMER)]
    truth = _contracted(upstream, local, rank)
    for step in steps:
        if step.rule in OF_GRADIENTS and step.rule != "chain":
            compare_sides(step, truth, _value(step, free, truth.shape, values))
            if step.rule == "contract":
                letters = dict(zip(free, truth.shape, strict=True))
                compare_sides(step, truth, evaluate_entries(step.before, free, values, letters))


def _agreed(step: Step, said: Numbers, formula: Formula, values: Values, direction: Numbers) -> Numbers:
    """The entries of a local derivative, as a step says them, once they agree with differences.

    Compared along one random direction, that no wrong entry leaves unmoved. Where that differs each entry
    is, for a message that names it: `DerivationError`.
    """
    shape = (*np.shape(values.names[Name(CONSUMER)]), *direction.shape)
    found = real(np.broadcast_to(np.asarray(said, dtype=object), shape))
    slope = _slope(formula, step.target, values, direction)
    wrong = as_object(_contracted(found, direction, direction.ndim) - slope)
    allowed = tolerance(*slope.ravel())
    if any(abs(error) > allowed for error in wrong.ravel()):
        compare_sides(step, _differences(formula, step.target, values), found)
    return found


def _contracted(left: Numbers, right: Numbers, axes: int) -> Numbers:
    """Σ over the last axes of the one and the first of the other."""
    return as_object(np.tensordot(left, right, axes))


def verify_entries(layer: Layer, target: str, step: Step) -> bool:
    """Whether a step of a Jacobian's derivation was checked entry by entry: points were found for it.

    Raises `DerivationError` for a wrong one. A step for the case i ≠ j is compared where the two letters
    that differ in it do differ.
    """
    if isinstance(step.after, Cases):
        return True
    return at_all_points(layer.graph, lambda sample: _check_entries(layer, target, step, sample))


def _check_entries(layer: Layer, target: str, step: Step, sample: Sampler) -> tuple[Side, ...]:
    point = _sampled(layer, sample)
    values = Values(point, sample.sizes, EXACT, known={})
    with precise_enough(evaluate(layer.formula, values)):
        point[Name(CONSUMER)] = real(evaluate(layer.formula, values))
        point[Partial(CONSUMER, target)] = _differences(layer.formula, target, values)
        compare_sides(step, *_both_sides(step, values))
    return ()


def _both_sides(step: Step, values: Values) -> tuple[Numbers, Numbers]:
    """What a step of a Jacobian's derivation goes from, and what it goes to, over its letters."""
    if not isinstance(step.before, Entry):
        return evaluate(step.before, values), evaluate(step.after, values)
    letters = tuple(dict.fromkeys(str(i) for i in step.before.indices))
    expected = evaluate_entries(step.before, letters, values, {})
    found = evaluate_entries(step.after, letters, values, dict(zip(letters, expected.shape, strict=True)))
    if step.rule == "case-different":
        varying = [n for n, letter in enumerate(letters) if step.before.indices.count(letter) == 1]
        apart = np.not_equal(*(np.indices(expected.shape)[n] for n in varying))
        return expected[apart], found[apart]
    return expected, found


def _sampled(layer: Layer, sample: Sampler) -> dict[Formula, Numbers]:
    """Random values for the inputs of a layer."""
    return {Name(id): sample.array(shape) for id, shape in layer.shapes if id != CONSUMER}


def _indices(shape: Shape, name: str) -> tuple[Index, ...]:
    return tuple(Index(f"{name}{n}", dim) for n, dim in enumerate(shape))


def _value(step: Step, free: tuple[str, ...], shape: tuple[int, ...], values: Values) -> Numbers:
    """What a step's right side comes to; a step about single entries over the letters of its left side."""
    if step.rule in ARRAY_RULES:
        return evaluate(step.after, values)
    letters = tuple(str(i) for i in step.before.indices) if isinstance(step.before, Entry) else free
    return evaluate_entries(step.after, letters, values, dict(zip(letters, shape, strict=True)))


def _seed(layer: Layer, sample: Sampler) -> Numbers:
    shape = dict(layer.shapes)[CONSUMER]
    if layer.seed is None:
        return sample.array(shape)
    letters = Letters(*_indices(shape, "in"))
    lengths = {letters(i): sample.sizes[i.dim] for i in _indices(shape, "in")}
    return evaluate_entries(
        spell(layer.seed, letters), tuple(lengths), Values({}, sample.sizes, EXACT), lengths
    )


def _differences(formula: Formula, target: str, values: Values) -> Numbers:
    """∂formula/∂target by central differences: axes of the output, then of the target."""
    shape = values.names[Name(target)].shape
    units = EXACT.array(np.eye(math.prod(shape), dtype=int)).reshape(-1, *shape)
    columns = [_slope(formula, target, values, unit) for unit in units]
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + shape)


def _slope(formula: Formula, target: str, values: Values, direction: Numbers) -> Numbers:
    """The central difference of a formula with ``target`` moved along a direction."""
    step = mpmath.mpf(STEP.numerator) / STEP.denominator
    kept = {key: value for key, value in (values.known or {}).items() if target not in names(key[0])}
    kept |= stopped((formula,), values)
    ends = []
    for move in (step, -step):
        moved = as_object(values.names[Name(target)] + move * direction)
        there = Values({**values.names, Name(target): moved}, values.sizes, EXACT, known=dict(kept))
        ends.append(real(evaluate(formula, there)))
    return np.asarray((ends[0] - ends[1]) / (2 * step), dtype=object)


def compare_sides(step: Step, expected: Numbers, found: Numbers) -> None:
    """Raises `DerivationError` where the two sides of a step do not have the same value to 25 digits."""
    found = real(np.broadcast_to(np.asarray(found, dtype=object), expected.shape))
    expected = np.asarray(expected, dtype=object)
    allowed = tolerance(*expected.ravel())
    for where in np.ndindex(expected.shape):
        compare(step.rule, step.target, found[where], expected[where], where, allowed)


def tolerance(*values: Any) -> Any:
    """How far a value may be from what it should be, among values of this size."""
    scale = 1 + max(map(abs, values), default=0)
    return scale * TOLERANCE.numerator / mpmath.mpf(TOLERANCE.denominator)


def compare(
    rule: str, target: str, found: Any, expected: Any, where: tuple[int, ...] = (), allowed: Any = None
) -> None:
    """Raises `DerivationError`, with both numbers, where a number is not the expected one."""
    if abs(found - expected) > (tolerance(expected) if allowed is None else allowed):
        numbers = " where differences give ".join(mpmath.nstr(v, SHOWN) for v in (found, expected))
        entry = f" at entry {list(where)}" if where else ""
        raise DerivationError(f"the step '{rule}' for {target} is wrong: it gives {numbers}{entry}")


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
    worlds: Worlds, steps: list[Step], known: Mapping[str, GradientOf], facts: Iterable[Known], target: str
) -> list[Step]:
    """The steps of putting in upstream gradients, with their proofs.

    The last goes from one array formula to the other; the ones before it say the same entry by entry.
    """
    last = steps[-1]
    if not at_all_points(worlds.graph, lambda sample: _check_substitution(worlds, steps, known, sample)):
        return [replace(step, proof=NONE_FOUND) for step in steps]
    same = is_identity(last.before, last.after, known, facts, worlds.graph, target)
    upstream = (known[node.wrt].result for node in walk(last.before) if isinstance(node, Gradient))
    proof = "identity" if same else proof_at_points(last.before, *upstream)
    return [replace(step, proof=proof) for step in steps]


def _check_substitution(
    worlds: Worlds, steps: list[Step], known: Mapping[str, GradientOf], sample: Sampler
) -> tuple[Side, ...]:
    world, before = worlds.at(sample), steps[-1].before
    with mpmath.workdps(world.digits):
        for formula in (before, *(step.after for step in steps)):
            world.know(formula, known)
        expected = real(evaluate(before, world.values))
        for step in steps[:-1]:
            letters = tuple(str(i) for i in step.before.indices) if isinstance(step.before, Entry) else ()
            ranges = dict(zip(letters, expected.shape, strict=True))
            compare_sides(step, expected, evaluate_entries(step.after, letters, world.values, ranges))
        compare_sides(steps[-1], expected, evaluate(steps[-1].after, world.values))
    return ()
