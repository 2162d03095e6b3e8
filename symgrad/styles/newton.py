"""Newton's method in a report: all parameters as one column, θ ← θ − α H⁻¹ g, in symbols and in numbers.

Matrices are no column: of them only what their step makes is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace

from symgrad.document.blocks import Chain, Link
from symgrad.maths.nodes import Boxed, Matrix
from symgrad.notation.binding import Level, Written, beside, given, joined, scaled
from symgrad.notation.context import write
from symgrad.numbers.evaluate import Values
from symgrad.reading.methods import RATE
from symgrad.results.newton import HESSIAN, JACOBIAN
from symgrad.results.updating import SCHEDULED, own
from symgrad.styles.answers import answer, leading
from symgrad.styles.setting import Setting
from symgrad.styles.worked import stage_links
from symgrad.tree import Array, Formula, Name, Op, Partial, Second, Value, number

MINUS_ONE = number(-1)


def is_newton(setting: Setting) -> bool:
    """Whether the parameters are moved along Newton's directions."""
    rule = setting.solution.problem.rule
    return rule is not None and bool(rule.direction)


def newton_chains(setting: Setting) -> Iterator[Chain]:
    """H block by block, and the step; of matrices nothing."""
    setting = replace(setting, context=replace(setting.context, marks={}))  # H⁻¹ Δw looks like a change of w
    of, parameters = setting.solution.graph.of, _parameters(setting)
    if not _are_columns(setting):
        return
    blocks = tuple(tuple(setting.maths(Second(of, a, b)) for b in parameters) for a in parameters)
    hessian = Name(own(HESSIAN))
    if through := _through(setting):
        yield from _gauss_newton(setting, through)
    else:
        whole = blocks[0][0] if len(parameters) == 1 else Matrix(blocks)
        yield Chain(setting.maths(hessian), (Link("=", whole),))
    before, slopes = (
        _column(setting, parts)
        for parts in ([Name(name) for name in parameters], [setting.gradient(name) for name in parameters])
    )
    rate = Name(own(SCHEDULED)) if _rule_has_schedule(setting) else setting.rate
    assert rate is not None
    step = scaled(
        write(rate, setting.context), beside(write(_inverse(hessian, setting), setting.context), slopes)
    )
    after = joined(before, "−", step, Level.SUM, Level.HADAMARD)
    yield Chain(before.maths, (Link("←", after.maths),))


def _through(setting: Setting) -> str:
    rule = setting.solution.problem.rule
    return rule.through if rule is not None else ""


def _gauss_newton(setting: Setting, through: str) -> Iterator[Chain]:
    """J, and H = Jᵀ (∂²L/∂r∂rᵀ) J, or Jᵀ J where that is the identity."""
    jacobian, hessian = Name(own(JACOBIAN)), Name(own(HESSIAN))
    parts = tuple(setting.maths(Partial(through, name)) for name in _parameters(setting))
    yield Chain(setting.maths(jacobian), (Link("=", parts[0] if len(parts) == 1 else Matrix((parts,))),))
    middle = next(found for found in setting.solution.hessians if found.wrt == found.by == through)
    whole: Formula = Op("transpose", (jacobian,))
    if not isinstance(middle.whole.matrix_form, Op) or middle.whole.matrix_form.name != "eye":
        whole = Op("matmul", (whole, Second(setting.solution.graph.of, through, through)))
    yield Chain(setting.maths(hessian), (Link("=", setting.maths(Op("matmul", (whole, jacobian)))),))


def newton_worked(setting: Setting, values: Values, moves: Sequence[tuple[str, Array]]) -> Iterator[Chain]:
    """H⁻¹ g in numbers, then every parameter less its part of that; of a matrix what it becomes."""
    parameters, hessian = _parameters(setting), Name(own(HESSIAN))
    rule = setting.solution.problem.rule
    assert rule is not None
    if not _are_columns(setting):
        for name, after in moves:
            chain = Chain(setting.maths(Name(name)), (Link("←", Boxed(setting.maths(Value(after)))),))
            yield leading(chain, name)
        return
    slopes = _joined(values, [setting.gradient(name) for name in parameters])
    directions = {name: Name(own(rule.direction, name)) for name in parameters}
    array = np.asarray(values.names[hessian], dtype=float)
    solved = _along(Value(array if slopes.array.ndim else array.reshape(())), slopes)
    found = _joined(values, list(directions.values()))
    direction_chain = Chain(setting.maths(solved), (Link(setting.relation(found), setting.maths(found)),))
    needs = frozenset(answer(setting.gradient(name)) for name in parameters)
    yield leading(direction_chain, rule.direction, needs=needs)
    rate = values.names.get(Name(own(SCHEDULED)), values.names[Name(own(RATE))])
    for name, after in moves:
        now, direction = (
            Value(np.asarray(values.names[part], dtype=float)) for part in (Name(name), directions[name])
        )
        stage = Op("subtract", (now, Op("multiply", (Value(np.asarray(rate)), direction))))
        (first,) = stage_links(setting, (stage,))
        result = Value(after)
        links = (Link("←", first.maths), Link(setting.relation(result), Boxed(setting.maths(result))))
        yield leading(Chain(setting.maths(Name(name)), links), name)


def _along(hessian: Value, slopes: Value) -> Formula:
    if not hessian.array.ndim:
        return Op("divide", (slopes, hessian))
    return Op("matmul", (Op("inv", (hessian,)), slopes))


def _inverse(hessian: Formula, setting: Setting) -> Formula:
    """H⁻¹, also of a number."""
    if setting.context.rank(hessian):
        return Op("inv", (hessian,))
    return Op("power", (hessian, MINUS_ONE))


def _rule_has_schedule(setting: Setting) -> bool:
    rule = setting.solution.problem.rule
    return rule is not None and rule.schedule is not None


def _parameters(setting: Setting) -> tuple[str, ...]:
    update = setting.solution.problem.update
    return update.parameters if update is not None else ()


def _are_columns(setting: Setting) -> bool:
    """Whether no parameter is a matrix, so that all of them are one column, as what they go through is."""
    ranks = [setting.context.naming.rank(name) for name in _parameters(setting)]
    through = _through(setting)
    return max(ranks) < 2 and (
        not through or (setting.context.naming.rank(through) == 1 and (len(ranks) > 1 or 1 in ranks))
    )


def _column(setting: Setting, parts: Sequence[Formula]) -> Written:
    written = [setting.maths(part) for part in parts]
    if len(parts) == 1:
        return write(parts[0], setting.context)
    return given(Matrix(tuple((part,) for part in written)))


def _joined(values: Values, parts: Sequence[Formula]) -> Value:
    """Scalars and vectors one below the other."""
    arrays = [np.asarray(values.names[part], dtype=float) for part in parts]
    return Value(arrays[0] if len(arrays) == 1 else np.concatenate(list(map(np.ravel, arrays))))
