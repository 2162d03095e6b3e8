"""Reverse mode over named quantities: every gradient on the way, each with its steps.

Each gradient is written with the gradients of the quantities that use it (∂J/∂v), never with their
expressions inlined, so a derivation grows with the number of quantities and not with their sizes.
Where putting in the upstream gradient makes the result simpler (softmax with cross-entropy: o − y),
one more step does so.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from symgrad.calculus.blockwise import blockwise
from symgrad.calculus.budget import within_budget
from symgrad.calculus.facts import Known
from symgrad.calculus.index import (
    Count,
    Index,
    Poly,
    add,
    cell,
    constant,
    rename,
)
from symgrad.calculus.jacobian import jacobian_of
from symgrad.calculus.layers import layer_of, pull_back
from symgrad.calculus.matching import match
from symgrad.calculus.relabelling import Labels
from symgrad.calculus.seeds import seed_equation, seeded_entries, with_seed
from symgrad.calculus.shorter import Definitions
from symgrad.calculus.simpler import Simpler, simplest
from symgrad.calculus.spelling import Letters, entrywise, spell
from symgrad.calculus.steps import Derivation, GradientOf, Path, Step
from symgrad.calculus.tidy import tidy
from symgrad.calculus.verify import verify_layer, verify_substitution
from symgrad.calculus.verify_named import verify_named
from symgrad.calculus.worlds import Worlds
from symgrad.graph import Graph
from symgrad.limits import working_on
from symgrad.tree import ZERO, Entry, Formula, Gradient, Name, Op, Total, added

MOST_TERMS = 20_000
"""Terms made in the search for a simpler form, beyond which the form that is there stays."""


def derive(graph: Graph, facts: Iterable[Known] = ()) -> Derivation:
    """All gradients of ``graph.of`` from itself back to what was asked for, every step verified.

    Raises `DerivationError` where a step fails its check: nothing unverified is returned.
    """
    facts = tuple(facts)
    gradients: dict[str, GradientOf] = {}
    used: list[Known] = []
    definitions, worlds = Definitions(graph), Worlds(graph, facts)
    for target in graph.needed():
        part = f"a part of '{graph.owner(target)}'" if target in graph.auxiliary else f"'{target}'"
        working_on(f"the gradient of '{graph.of}' by {part} is derived", graph.owner(target))
        gradients[target] = gradient_of(worlds, definitions, target, gradients, used)
    jacobians = tuple(j for name in gradients if (j := jacobian_of(graph, name)) is not None)
    return Derivation(graph.of, gradients, jacobians, tuple(dict.fromkeys(used)))


def gradient_of(
    worlds: Worlds,
    definitions: Definitions,
    target: str,
    known: Mapping[str, GradientOf],
    used: list[Known],
    through: Container[str] | None = None,
) -> GradientOf:
    """The gradient by ``target`` from those by what uses it, the ``known`` ones; every step verified.

    ``through`` names the quantities that count as its users, where they are not all. ``used`` takes the
    facts that it rests on. Raises `DerivationError` where a step fails its check.
    """
    graph = worlds.graph
    free = tuple(Index(f"in{n}", dim) for n, dim in enumerate(graph.shapes[target]))
    if target == graph.of:
        seed = cell(Name(graph.seed), *free) if graph.seed else constant(1)
        return _constant(graph, target, free, seed, "upstream" if graph.seed else "seed")
    consumers = [c for c in graph.consumers(target) if c in (known if through is None else through)]
    if not consumers:
        return _constant(graph, target, free, Poly(), "unused")
    paths = tuple(_path(graph, target, consumer, known) for consumer in consumers)
    poly = add(*(path.poly for path in paths))
    joined = _join(paths, poly, free)
    steps: list[Step] = []

    def proved(rule: str, after: Formula, by: tuple[tuple[Formula, Formula], ...] = ()) -> Step:
        assert joined is not None
        step = Step(target, rule, joined, after, "", tuple(graph.shapes.items()), by=by)
        return verify_named(worlds, step, known, free)

    if len(paths) > 1:
        whole = added(path.steps[0].after for path in paths)
        steps.append(Step(target, "chain", Gradient(graph.of, target), whole, "", (), "definition"))
    shorter = definitions.shorter(poly, free, joined)
    if shorter is not None:
        steps.append(proved(shorter.rule, shorter.formula, shorter.named))
        joined = shorter.formula
        if shorter.named:  # entries stay as they are where an array is cancelled only
            poly = shorter.poly
    plain = paths if shorter is None else ()
    simpler = within_budget(
        MOST_TERMS, lambda: simplest(definitions, poly, free, joined, known, worlds.facts, plain)
    )
    if simpler is not None:
        steps += _substitution_steps(worlds, target, free, joined, simpler, known, plain)
        used.extend(simpler.facts)
        poly, joined = simpler.poly, simpler.formula
        if (named := simpler.named) is not None:
            steps.append(proved(named.rule, named.formula, named.named))
            poly, joined = named.poly, named.formula
    if joined is not None and (blocks := blockwise(joined, graph)) != joined:
        steps.append(proved("blockwise", blocks))
        joined = blocks
    if joined is not None and (seeded := with_seed(graph, joined)) != joined:
        steps.append(proved("seeded", seeded, seed_equation(graph)))
        joined = seeded
    poly = seeded_entries(graph, poly)
    index_form = entrywise(spell(poly, Letters(*free)), graph.shape)
    return GradientOf(graph.of, target, paths, tuple(steps), poly, free, joined, index_form)


def _substitution_steps(
    worlds: Worlds,
    target: str,
    free: tuple[Index, ...],
    joined: Formula | None,
    simpler: Simpler,
    known: Mapping[str, GradientOf],
    paths: tuple[Path, ...],
) -> list[Step]:
    """The upstream gradient put in: entry by entry, then what the facts make of it, then the array.

    ``paths`` are those that ``joined`` is the plain sum of.
    """
    graph, letters = worlds.graph, Letters(*free)
    gradient = Gradient(graph.of, target)
    entry = Entry(gradient, tuple(map(letters, free))) if free else gradient
    shapes = tuple(graph.shapes.items())
    steps = []
    if len(paths) == 1 and simpler.puts_in:
        steps.append(Step(target, "put-in", entry, _product(graph, paths[0], known), "", shapes))
    if simpler.puts_in:
        steps.append(Step(target, "substitute", entry, spell(simpler.put_in, letters), "", shapes))
    if simpler.facts:
        steps.append(Step(target, "fact", entry, spell(simpler.poly, letters), "", shapes))
    assert joined is not None
    steps.append(Step(target, "combined", joined, simpler.formula, "", shapes))
    return verify_substitution(worlds, steps, known, simpler.facts, target)


def _product(graph: Graph, path: Path, known: Mapping[str, GradientOf]) -> Formula:
    """Σ_k (∂J/∂c_k) (∂c_k/∂w_i), both factors written out."""
    upstream = known[path.consumer]
    out = tuple(Index(f"out{n}", index.dim) for n, index in enumerate(upstream.free))
    letters = Letters(*path.free, *out)
    written = spell(rename(upstream.poly, dict(zip(upstream.free, out, strict=True))), letters)
    factor = entrywise(written, graph.shape)
    product: Formula = Op("multiply", (factor, path.steps[1].after))
    for index in reversed(out):
        product = Total(product, letters(index))
    return product


def _constant(graph: Graph, target: str, free: tuple[Index, ...], poly: Poly, rule: str) -> GradientOf:
    formula = match(poly, free)
    assert formula is not None
    step = Step(target, rule, Gradient(graph.of, target), formula, "", (), "definition")
    return GradientOf(graph.of, target, (), (step,), poly, free, formula, spell(poly, Letters(*free)))


def _path(graph: Graph, target: str, consumer: str, known: Mapping[str, GradientOf]) -> Path:
    upstream = known[consumer]
    seed = upstream.poly if _is_constant(upstream.poly) else None
    layer, labels = layer_of(graph, consumer, seed, graph.of)
    name = next(new for new, old in labels.names.items() if old == target)
    path = pull_back(layer, name)
    proofs = verify_layer(layer, name)
    return _relabelled(path, proofs, labels)


def _relabelled(path: Path, proofs: tuple[str, ...], labels: Labels) -> Path:
    def after(old: Step) -> Formula:
        formula = labels.formula(old.after)
        return _settled(formula) if old.rule == "matrix-form" else formula

    def step(old: Step, proof: str) -> Step:
        return Step(
            labels.names[old.target],
            old.rule,
            labels.formula(old.before),
            after(old),
            old.why,
            tuple((labels.names[name], labels.shape(shape)) for name, shape in old.shapes),
            proof,
        )

    return Path(
        labels.names[path.target],
        labels.names[path.consumer],
        tuple(map(step, path.steps, proofs)),
        labels.poly(path.local),
        labels.poly(path.poly),
        tuple(map(labels.index, path.out)),
        tuple(map(labels.index, path.free)),
        None if path.formula is None else _settled(labels.formula(path.formula)),
    )


def _settled(formula: Formula) -> Formula:
    """A relabelled formula, tidied; x − Aᵀm is 0 where x is the name of Aᵀm."""
    match tidy(formula):
        case Op("subtract", (left, right)) if left == right:
            return ZERO
        case tidied:
            return tidied


def _is_constant(poly: Poly) -> bool:
    return all(isinstance(single, Count) for term in poly.terms for single, _ in term.factors)


def _join(paths: tuple[Path, ...], poly: Poly, free: tuple[Index, ...]) -> Formula | None:
    """The sum of the paths in matrix form, in their order; None where one of them has none."""
    formulas = [path.formula for path in paths]
    if len(formulas) == 1 or any(formula is None for formula in formulas):
        return formulas[0] if len(formulas) == 1 else None
    kept = [path.formula for path in paths if path.formula is not None and path.poly.terms]
    return tidy(added(kept)) if kept else ZERO
