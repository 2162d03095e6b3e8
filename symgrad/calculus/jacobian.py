"""The Jacobian of a structured operation, step by step from its definition.

For a quotient such as the softmax: the quotient rule, the case i = j, the case i ≠ j, both in one
formula, and the Jacobian as a matrix. Each step is checked against central differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.entries import OUT, Definition, Local, Reader, define, differentiate
from symgrad.calculus.factoring import factored
from symgrad.calculus.index import Atom, Cell, Index, Kron, Poly, Term, atom, kron, map_atoms, rename
from symgrad.calculus.layers import CONSUMER, Layer, layer_of
from symgrad.calculus.lowering import argument, lower
from symgrad.calculus.matching import match
from symgrad.calculus.proof import array_is, entry_is
from symgrad.calculus.relabelling import Labels
from symgrad.calculus.spelling import Letters, rename_letters, spell
from symgrad.calculus.steps import NONE_FOUND, Jacobian, Step
from symgrad.calculus.tidy import tidy
from symgrad.calculus.verify import verify_entries
from symgrad.graph import Graph
from symgrad.late import sympy
from symgrad.operations import operation
from symgrad.tree import (
    ONE,
    ZERO,
    Cases,
    Condition,
    Delta,
    Entry,
    Formula,
    Name,
    Op,
    Partial,
    number,
    substitute,
    transform,
)

INPUT = "#a0"


def jacobian_of(graph: Graph, name: str) -> Jacobian | None:
    """The derivation of ∂name/∂input, for a quotient operation of one named array; else None."""
    match graph.quantities.get(name):
        case Op(op, (Name(id),)) if operation(op).kind == "structured" and graph.shapes[name]:
            layer, labels = layer_of(graph, name, None, graph.of)
            steps = _steps(layer)
            return Jacobian(name, id, tuple(_relabel(step, labels) for step in steps)) if steps else None
    return None


def _relabel(step: Step, labels: Labels) -> Step:
    shapes = tuple((labels.names[name], labels.shape(shape)) for name, shape in step.shapes)
    before, after = (labels.formula(formula) for formula in (step.before, step.after))
    return replace(step, target=labels.names[step.target], before=before, after=after, shapes=shapes)


@lru_cache(maxsize=256)
def _steps(layer: Layer) -> tuple[Step, ...]:
    setting = _setting(layer)
    if setting is None:
        return ()
    steps = (*_quotient_rule(setting), *_cases(setting), *_matrix(setting))
    checked = [verify_entries(layer, INPUT, step) for step in steps]
    return tuple(
        replace(step, proof=_proof(setting, step) if found else NONE_FOUND)
        for step, found in zip(steps, checked, strict=True)
    )


class _Setting(Struct, frozen=True):
    """One quotient operation: its definition and derivative, and the letters of the two axes that mix.

    Axes that do not mix (the rows of a softmax along each row) have one letter on both sides.
    """

    layer: Layer
    definition: Definition
    derivative: Poly
    numerator: Any
    denominator: Any
    by: tuple[Index, ...]
    out_letters: tuple[str, ...]
    by_letters: tuple[str, ...]
    mixing: int
    letters: Letters
    same: dict[Index, Index]

    @property
    def equal(self) -> Poly:
        """The derivative where the two indices that mix are equal."""
        return rename(self.derivative, {self.by[self.mixing]: self.definition.out[self.mixing]})

    @property
    def partial(self) -> Entry:
        """∂out_i/∂in_j."""
        return Entry(Partial(CONSUMER, INPUT), self.out_letters + self.by_letters)

    def spelled(self, expression: Any) -> Formula:
        """A SymPy expression over the placeholders, in the letters of this setting."""
        poly = rename(Reader(self.definition.scope).read(expression), self.same)
        return tidy(_over(spell(poly, self.letters)))

    def step(self, rule: str, before: Formula, after: Formula, why: str = "") -> Step:
        """A step of this derivation, not verified yet."""
        return Step(INPUT, rule, before, after, why, self.layer.shapes)


def _over(formula: Formula) -> Formula:
    """The placeholders of the operation's table are the layer's names."""
    return substitute(formula, {Name("#0"): Name(INPUT), OUT: Name(CONSUMER)})


def _setting(layer: Layer) -> _Setting | None:
    op = layer.formula
    assert isinstance(op, Op)
    shape_of = layer.graph.shape
    arguments = (argument(op.args[0], shape_of),)
    definition = define(op.name, op.options, arguments, shape_of(op))
    numerator, denominator = sympy.fraction(definition.expression)
    local = differentiate(op.name, op.options, arguments, shape_of(op), 0)
    apart = [axis for axis in range(len(local.out)) if not _separate(local, axis)]
    same_shape = [index.dim for index in local.out] == [index.dim for index in local.by]
    if denominator == 1 or len(apart) != 1 or not same_shape:  # a reduction has no case i = j
        return None
    same = {b: a for n, (a, b) in enumerate(zip(local.out, local.by, strict=True)) if n not in apart}
    letters = Letters(*local.out, *(index for index in local.by if index not in same))
    by = tuple(same.get(index, index) for index in local.by)
    out_letters, by_letters = (tuple(map(letters, part)) for part in (local.out, by))
    derivative = map_atoms(rename(local.poly, same), _poly_over)
    return _Setting(
        layer,
        definition,
        derivative,
        numerator,
        denominator,
        local.by,
        out_letters,
        by_letters,
        apart[0],
        letters,
        same,
    )


def _proof(s: _Setting, step: Step) -> str:
    """Beside the numbers: whether the step's normal form is that of the derivative, for all sizes."""
    if step.rule in ("entry", "cases"):
        return "definition"
    shape_of = s.layer.graph.shape
    if step.rule == "jacobian":
        return (
            "identity"
            if array_is(step.after, s.derivative, (*s.definition.out, *s.by), shape_of)
            else "numeric"
        )
    expected = {"case-equal": s.equal, "case-different": _without_delta(s.derivative)}.get(
        step.rule, s.derivative
    )
    letters = {letter: index for index, letter in s.letters.names.items()}
    forms = (expected, _opened(s, expected))
    return "identity" if any(entry_is(step.after, form, letters, shape_of) for form in forms) else "numeric"


def _opened(s: _Setting, poly: Poly) -> Poly:
    """The output in a polynomial written out by its definition."""

    def change(single: Atom) -> Poly:
        match single:
            case Cell(Name(id), indices) if id == CONSUMER:
                return lower(s.layer.formula, indices, s.layer.graph.shape)
        return atom(single)

    return map_atoms(poly, change)


def _poly_over(single: Any) -> Poly:
    return atom(Cell(_over(single.base), single.indices)) if isinstance(single, Cell) else atom(single)


def _separate(local: Local, axis: int) -> bool:
    """Whether an output depends on inputs at its own place along ``axis`` only."""
    if axis >= len(local.by):
        return False
    delta = kron(local.out[axis], local.by[axis])
    return all(any(single == delta for single, _ in term.factors) for term in local.poly.terms)


def _quotient_rule(s: _Setting) -> Iterator[Step]:
    view = s.definition.views[0]
    entry = view(*(sympy.Symbol(index.name, integer=True) for index in s.by))
    upper, lower = s.spelled(s.numerator), s.spelled(s.denominator)
    upper_slope, lower_slope = (s.spelled(sympy.diff(part, entry)) for part in (s.numerator, s.denominator))
    yield s.step("entry", Entry(Name(CONSUMER), s.out_letters), Op("divide", (upper, lower)))
    crossed = (Op("multiply", (upper_slope, lower)), Op("multiply", (upper, lower_slope)))
    quotient = Op("divide", (Op("subtract", crossed), Op("power", (lower, number(2)))))
    yield s.step("quotient", s.partial, quotient)


def _cases(s: _Setting) -> Iterator[Step]:
    """The quotient with the two indices equal, with them different, and both in one formula."""
    *_, quotient = _quotient_rule(s)
    i, j = s.out_letters[s.mixing], s.by_letters[s.mixing]
    equal_before = rename_letters(s.partial, {j: i})
    equal = factored(s.equal, s.letters)
    different = factored(_without_delta(s.derivative), s.letters)
    yield s.step("case-equal", equal_before, _settled(rename_letters(quotient.after, {j: i}), ONE))
    yield s.step("case-equal", equal_before, equal)
    yield s.step("case-different", s.partial, _settled(quotient.after, ZERO))
    yield s.step("case-different", s.partial, different)
    yield s.step(
        "cases", s.partial, Cases(((equal, Condition(i, "=", j)), (different, Condition(i, "≠", j))))
    )
    yield s.step("both-cases", s.partial, factored(s.derivative, s.letters))


def _matrix(s: _Setting) -> Iterator[Step]:
    if not s.same:
        formula = match(s.derivative, (*s.definition.out, *s.by))
        if formula is not None:
            yield s.step("jacobian", Partial(CONSUMER, INPUT), formula)


def _without_delta(poly: Poly) -> Poly:
    kept: tuple[Term, ...] = tuple(
        t for t in poly.terms if not any(isinstance(s, Kron) for s, _ in t.factors)
    )
    return Poly(kept)


def _settled(formula: Formula, delta: Formula) -> Formula:
    """The formula with every δ put in, and what a 0 or 1 makes of it."""

    def change(node: Formula) -> Formula:
        match node:
            case Delta():
                return delta
            case Op("multiply", (left, right)) if ZERO in (left, right):
                return ZERO
            case Op("subtract", (left, right)) if left == ZERO:
                return Op("negative", (right,))
        return node

    return tidy(transform(formula, change))
