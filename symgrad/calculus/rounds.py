"""The gradients of a repeated block, once for every number t of its counter.

A quantity of round t is used by formulas of rounds t and t + 1 only. So by the chain rule ∂J/∂h_t is a sum
over its consumers there, with their gradients as symbols, those of round t + 1 too: the induction step,
derived and verified as every other gradient is, over names with t. Where it begins, at the last t, is a
gradient of the problem itself; what every round adds to the gradient of a shared leaf is summed.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from symgrad.calculus.alike import NotAlike, Schema, spread
from symgrad.calculus.derive import gradient_of
from symgrad.calculus.facts import Fact, Known
from symgrad.calculus.index import Index, Poly, cell, constant
from symgrad.calculus.jacobian import jacobian_of
from symgrad.calculus.recurrence import UPSTREAM, Rounds
from symgrad.calculus.rounds_check import check_rounds
from symgrad.calculus.shorter import Definitions
from symgrad.calculus.spelling import Letters, spell
from symgrad.calculus.steps import Derivation, GradientOf, Step
from symgrad.calculus.worlds import Worlds
from symgrad.graph import Graph
from symgrad.reading.repeat import Counter, Repeat
from symgrad.tree import Formula, Gradient, Name, Number, names, walk

MOST_QUANTITIES = 400
"""Quantities of a problem up to which its rounds are compared."""


def rounds_of(
    graph: Graph, repeat: Repeat, derivation: Derivation, facts: tuple[Known, ...]
) -> Iterator[Rounds]:
    """The derivation of every block of which all rounds are alike; of others nothing is said.

    Raises `DerivationError` where a step fails its check, or a round has another gradient.
    """
    for counter in repeat.counters.values() if len(graph.quantities) <= MOST_QUANTITIES else ():
        try:
            yield _Block(graph, repeat, counter, derivation, facts).derived()
        except NotAlike:
            continue


class _Block:
    """One block of a problem, on the way to its `Rounds`."""

    def __init__(
        self,
        graph: Graph,
        repeat: Repeat,
        counter: Counter,
        derivation: Derivation,
        facts: tuple[Known, ...],
    ) -> None:
        self.graph, self.counter, self.derivation, self.facts = graph, counter, derivation, facts
        self.schema = Schema(counter.name, graph, tuple(counter.numbers))
        self.rounds: dict[int, tuple[str, ...]] = {}
        for name in graph.quantities:
            at = repeat.rounds.get(graph.owner(name) if name in graph.auxiliary else name, {})
            if counter.name in at:
                self.rounds[at[counter.name]] = (*self.rounds.get(at[counter.name], ()), name)
        self.formulas = spread(self.schema, self.rounds, graph)
        self.general = self._general()
        self.used: list[Known] = []

    def derived(self) -> Rounds:
        """The gradients by all quantities and leaves of a round that the problem's own gradients need."""
        worlds, definitions = Worlds(self.general, tuple(self._facts())), Definitions(self.general)
        found: dict[str, GradientOf] = {}
        known: dict[str, GradientOf] = {}
        lasts: dict[str, int] = {}
        shared: dict[str, tuple[Formula, ...]] = {}
        for target in self._targets():
            consumers, last = self._consumers(target)
            known |= {name: self._later(name) for name in consumers if name not in known}
            found[target] = gradient_of(worlds, definitions, target, known, self.used, consumers)
            known[target] = found[target]
            lasts[target] = last
            if self.schema.read(target) is None:
                shared[target] = self._others(target)
        if not any(last < self.counter.last for last in lasts.values()) and not shared:
            raise NotAlike
        ends = (self.schema.at(Name(target), self.counter.last) for target in lasts if target not in shared)
        if any(_id(end) not in self.derivation.gradients for end in ends):
            raise NotAlike  # J does not rest on the last of them
        jacobians = tuple(j for name in found if (j := jacobian_of(self.general, name)) is not None)
        derivation = Derivation(self.graph.of, found, jacobians, tuple(dict.fromkeys(self.used)))
        rounds = Rounds(
            self.counter, self.general, tuple(self.formulas), derivation, lasts, shared, self.schema
        )
        check_rounds(rounds, self.graph, self.derivation.gradients, self.facts)
        return rounds

    def _general(self) -> Graph:
        """The formulas of rounds t and t + 1, with the shapes that their names have in the first two."""
        later = self.schema.later
        one_on = {name: later(formula) for name, formula in self.formulas.items()}
        quantities = {**self.formulas, **{_id(later(Name(n))): formula for n, formula in one_on.items()}}
        used = {self.graph.of: None, **{n: None for f in quantities.values() for n in names(f)}}
        shapes = {name: self._shape(name, self.counter.first) for name in (*used, *quantities)}
        for name in shapes:
            self._same_shapes(name)
        upstream = {f"{UPSTREAM}{name}": shapes[name] for name in quantities}
        leaves = {name: shape for name, shape in shapes.items() if name not in quantities}
        ordered = leaves | upstream | {name: shapes[name] for name in quantities}
        own = replace(self.graph, quantities=quantities, shapes=ordered, of=self.graph.of, seed="", _cache={})
        return replace(own, wrt=(), data=(), auxiliary=(), assumed=())

    def _shape(self, name: str, number: int) -> tuple[object, ...]:
        found = self.schema.at(Name(name), number)
        return self.graph.shape(found) if _is_known(found, self.graph) else self._no()

    def _same_shapes(self, name: str) -> None:
        """In every round a shape has as many axes, and 1s where the first has them."""
        first = self._shape(name, self.counter.first)
        for number in range(self.counter.first, self.counter.last):
            shape = self._shape(name, number)
            if len(shape) != len(first) or any(
                (a == 1) != (b == 1) for a, b in zip(shape, first, strict=True)
            ):
                raise NotAlike

    def _no(self) -> tuple[object, ...]:
        raise NotAlike

    def _facts(self) -> Iterator[Known]:
        """What is known of leaves of all rounds, and of rows and columns that a round takes of an array."""
        for fact in self.facts:
            if fact.name in self.general.leaves:
                yield fact
            origin = self.schema.parts.get(fact.name)
            places = [] if origin is None else [isinstance(part, int) for part in origin.option("key")]
            if isinstance(fact, Fact) and sum(places) == 1 and fact.axis is not None:
                summed = 1 if places[0] else 0
                names_ = (name for name in self.general.leaves if name.startswith(f"{fact.name}["))
                yield from (Fact(name, None, fact.value) for name in names_ if fact.axis == summed)

    def _targets(self) -> Iterator[str]:
        """The quantities of a round, the last first, and each leaf after the last that uses it."""
        below = list(self.derivation.gradients)
        leaves = [name for formula in self.formulas.values() for name in names(formula)]
        for name in reversed(self.formulas):
            for target in (name, *dict.fromkeys(reversed(names(self.formulas[name])))):
                fresh = target == name or (target not in self.general.quantities and target in leaves)
                first_use = next((n for n, f in self.formulas.items() if target in names(f)), name)
                if fresh and (target == name or first_use == name) and self._is_asked(target, below):
                    yield target

    def _is_asked(self, target: str, below: list[str]) -> bool:
        """Whether the problem has this gradient in every round; raises `NotAlike` where only in some."""
        read = self.schema.read(target)
        if read is None:
            return target in below and target in self.graph.leaves
        if read[0] in self.schema.parts or read[1] != 0:
            return False
        have = [f"{read[0]}[{number}]" in below for number in self.counter.numbers[:-1]]
        if any(have) != all(have):
            raise NotAlike
        return all(have)

    def _consumers(self, target: str) -> tuple[tuple[str, ...], int]:
        """By which general names a gradient is reached in all rounds, and the last of these."""
        found = [self._reached(target, number) for number in self.counter.numbers]
        if any(one != found[0] for one in found[:-1]):
            raise NotAlike
        last = self.counter.last if found[-1] == found[0] else self.counter.last - 1
        if self.schema.read(target) is None and last < self.counter.last:
            raise NotAlike
        return found[0], last

    def _reached(self, target: str, number: int) -> tuple[str, ...]:
        """The consumers of a quantity of a round; those of a shared leaf in that round."""
        mine = _id(self.schema.at(Name(target), number))
        gradient = self.derivation.gradients.get(mine)
        paths = () if gradient is None else gradient.paths
        shared = self.schema.read(target) is None
        return tuple(name for path in paths if (name := self._called(path.consumer, number, only=shared)))

    def _called(self, consumer: str, number: int, *, only: bool) -> str:
        """The general name of a consumer; its own where it stands in no round near this one."""
        for step in (0,) if only else (0, 1):
            if consumer in self.rounds.get(number + step, ()):
                return self.schema.name(consumer.partition("[")[0], step)
        return "" if only else consumer

    def _later(self, name: str) -> GradientOf:
        """A gradient of round t + 1: a symbol for anything, or the number that it is in every round."""
        if name not in self.general.quantities:
            raise NotAlike
        of, stem = self.graph.of, name.partition("[")[0]
        free = tuple(Index(f"in{n}", dim) for n, dim in enumerate(self.general.shapes[name]))
        values = {self._constant(f"{stem}[{number}]") for number in self.counter.numbers}
        (value,) = values if len(values) == 1 else (None,)
        poly = cell(Gradient(of, name), *free) if value is None else value[0]
        result = Name(f"{UPSTREAM}{name}") if value is None else value[1]
        step = Step(name, "round", Gradient(of, name), result, "", (), "definition")
        return GradientOf(of, name, (), (step,), poly, free, result, spell(poly, Letters(*free)))

    def _constant(self, name: str) -> tuple[Poly, Formula] | None:
        """A gradient that is a number, and how it is written."""
        gradient = self.derivation.gradients.get(name)
        if gradient is None or gradient.matrix_form is None:
            return None
        if any(term.factors or term.bound for term in gradient.poly.terms):
            return None
        coefficient = sum((term.coefficient for term in gradient.poly.terms), Fraction())
        return constant(coefficient), gradient.matrix_form

    def _others(self, leaf: str) -> tuple[Formula, ...]:
        """What reaches a shared leaf by no formula of the block."""
        mine = {name for block in self.rounds.values() for name in block}
        paths = [path for path in self.derivation.gradients[leaf].paths if path.consumer not in mine]
        if any(path.formula is None for path in paths):
            raise NotAlike
        return tuple(path.formula for path in paths if path.formula is not None and path.poly.terms)


def _id(name: Formula) -> str:
    assert isinstance(name, Name)
    return name.id


def _is_known(formula: Formula, graph: Graph) -> bool:
    if isinstance(formula, Number):
        return True
    return all(node.id in graph.shapes for node in walk(formula) if isinstance(node, Name))
