"""What a derivation is made of: steps, each true by itself, and the gradients they lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from symgrad.calculus.facts import Known
from symgrad.calculus.index import Index, Poly
from symgrad.graph.shapes import Shape
from symgrad.tree import Formula


class Rule(Struct, frozen=True):
    """A rule of the calculus: a stable id and its statement."""

    id: str
    statement: str


RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("seed", "the derivative of a quantity by itself is 1"),
        Rule("upstream", "the gradient of this quantity is given"),
        Rule("seeded", "write the given gradient by its name"),
        Rule("unused", "the objective does not depend on it: the gradient is zero"),
        Rule("chain", "chain rule: sum over every quantity that uses it"),
        Rule("entry", "an entry of the output, by the definition of the operations"),
        Rule("local", "differentiate an entry of the output by an entry of the input"),
        Rule("contract", "sum over the outputs; each δ picks one index"),
        Rule("matrix-form", "write the sum of products as a product of arrays"),
        Rule("jacobian-product", "multiply the upstream gradient by the transposed Jacobian"),
        Rule("put-in", "put in the upstream gradient"),
        Rule("substitute", "multiply out and simplify"),
        Rule("fact", "use what is known about the data"),
        Rule("combined", "the same, as arrays"),
        Rule("cancelled", "cancel, and collect what belongs together"),
        Rule("named", "write what was worked out before by its name"),
        Rule("blockwise", "what an axis is cut into, one behind the other; of what is joined, each piece"),
        Rule("quotient", "quotient rule"),
        Rule("case-equal", "the case i = j"),
        Rule("case-different", "the case i ≠ j"),
        Rule("cases", "case by case"),
        Rule("both-cases", "both cases in one formula"),
        Rule("jacobian", "the Jacobian as a matrix"),
        Rule("round", "the gradient of the round after this one, a symbol in the induction step"),
    )
}


NONE_FOUND = "none found"
"""The proof of a step for which there was no point to check it at."""


class Step(Struct, frozen=True):
    """before = after, by a rule.

    True for all sizes (``identity``), by ``definition``, or checked in 50 digits: ``numeric``, or, with
    a smooth function in the place of an unspecified one, ``stand-in``; ``none found`` where there was no
    point to check it at.
    """

    target: str
    rule: str
    before: Formula
    after: Formula
    why: str = ""
    shapes: tuple[tuple[str, Shape], ...] = ()
    proof: str = "numeric"
    by: tuple[tuple[Formula, Formula], ...] = ()
    """The equations that it rests on beside what is known of every operation."""


class Path(Struct, frozen=True):
    """What reaches ``target`` through one quantity that uses it.

    ``local`` is ∂consumer[out]/∂target[free]; ``poly`` is the contribution's entry at ``free``, and
    ``formula`` the same as an array (None: no matrix form was found, and it stays in index form).
    """

    target: str
    consumer: str
    steps: tuple[Step, ...]
    local: Poly
    poly: Poly
    out: tuple[Index, ...]
    free: tuple[Index, ...]
    formula: Formula | None


class GradientOf(Struct, frozen=True):
    """∂of/∂target: its paths, the steps that join them, and the result in matrix and index form."""

    of: str
    target: str
    paths: tuple[Path, ...]
    steps: tuple[Step, ...]
    poly: Poly
    free: tuple[Index, ...]
    matrix_form: Formula | None
    index_form: Formula

    @property
    def result(self) -> Formula:
        """The matrix form where there is one, else the entry at the free indices."""
        return self.matrix_form if self.matrix_form is not None else self.index_form


class Jacobian(Struct, frozen=True):
    """The Jacobian of a structured operation, derived from its definition."""

    output: str
    input: str
    steps: tuple[Step, ...]


class Derivation(Struct, frozen=True):
    """Every gradient on the way from ``of`` to what was asked, in backward order, and the Jacobians used.

    ``checked`` is False where no point was found at which to compare all of them with differences.
    """

    of: str
    gradients: Mapping[str, GradientOf]
    jacobians: tuple[Jacobian, ...] = ()
    facts: tuple[Known, ...] = ()
    checked: bool = True

    def steps(self, target: str) -> Iterator[Step]:
        """All steps to ∂of/∂target in order, those of a Jacobian before the path through it."""
        jacobians = {(jacobian.output, jacobian.input): jacobian.steps for jacobian in self.jacobians}
        gradient = self.gradients[target]
        for path in gradient.paths:
            yield from jacobians.get((path.consumer, path.target), ())
            yield from path.steps
        yield from gradient.steps
