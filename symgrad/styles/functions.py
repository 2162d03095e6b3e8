"""The problem's own functions: their definitions, and the derivatives that the backward pass takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.naming import name
from symgrad.maths.nodes import Maths
from symgrad.notation.context import Context
from symgrad.notation.formulas import to_maths
from symgrad.notation.functions import own, shown
from symgrad.operations.own_derivative import own_derivative
from symgrad.styles.answers import leading
from symgrad.styles.parts import Part, paragraph
from symgrad.styles.setting import Setting
from symgrad.tree import Formula, Function, Name, Number, Op, walk

Uses: TypeAlias = "dict[tuple[Function, int | None], set[int]]"
"""Each function (None) and each derivative of one (a position): with how many arguments it is written."""


def definitions_of_functions(setting: Setting) -> Iterator[Block]:
    """swish(t) = t σ(t) for every function that the problem uses; an unspecified one is named as such."""
    uses = _uses(setting.solution.graph.quantities.values())
    order = list(setting.solution.problem.functions.values())
    used = sorted((use for use in uses if use[1] is None), key=lambda use: order.index(use[0]))
    chains = tuple(chain for use in used for chain in _equations(setting, use, uses[use]))
    if chains:
        one, more = "The elementwise function of this problem:", "The elementwise functions of this problem:"
        yield paragraph(setting, more if len(chains) > 1 else one)
        yield Display(chains)
    unknown: list[Part] = [_head(setting, function) for function, _ in used if function.body is None]
    if unknown:
        one = "{functions} is an elementwise function that is not specified."
        more = "{functions} are elementwise functions that are not specified."
        yield paragraph(setting, more if len(unknown) > 1 else one, functions=unknown)


def derivatives_of_functions(setting: Setting) -> Iterator[Block]:
    """swish′(t) = σ(t) + t (σ(t) − σ(t)²) for every derivative in the gradients and on the way to them."""
    gradients = setting.solution.derivation.gradients.values()
    steps = (step.after for gradient in gradients for path in gradient.paths for step in path.steps)
    uses = _uses((*steps, *(gradient.result for gradient in gradients)))
    slopes = (use for use in uses if use[1] is not None)
    equations = ((use[0], chain) for use in slopes for chain in _equations(setting, use, uses[use]))
    chains = tuple(leading(chain, f"{function.name}'") for function, chain in equations)
    if chains:
        one = "The derivative of the function defined above:"
        more = "The derivatives of the functions defined above:"
        yield paragraph(setting, more if len(chains) > 1 else one)
        yield Display(chains)


def _uses(formulas: Iterable[Formula]) -> Uses:
    """The functions and derivatives in formulas, and in what those stand for, in order of appearance."""
    waiting = list(formulas)
    uses: Uses = {}
    while waiting:
        for node in walk(waiting.pop(0)):
            function = node.option("definition") if isinstance(node, Op) else None
            if not isinstance(node, Op) or function is None:
                continue
            use = (function, node.option("position"))
            if use not in uses and function.body is not None:
                waiting.append(_meaning(*use))
            uses.setdefault(use, set()).add(len(shown(node).args))
    return uses


def _meaning(function: Function, position: int | None) -> Formula:
    assert function.body is not None
    return function.body if position is None else own_derivative(function, position)


def _equations(setting: Setting, use: tuple[Function, int | None], counts: set[int]) -> Iterator[Chain]:
    """f(t, a) = …, and what f(t) stands for where a is left out; nothing of an unspecified function."""
    function, position = use
    if function.body is None:
        return
    context = _over_parameters(setting, function)
    right = to_maths(_meaning(function, position), context)
    yield Chain(_head(setting, function, position), (Link("=", right),))
    for count in sorted(counts - {len(function.parameters)}):
        if position is None or position < count:
            left = _head(setting, function, position, _parameters(function)[:count])
            whole = _head(setting, function, position, _filled(function, count))
            yield Chain(left, (Link("=", whole),))


def _parameters(function: Function) -> tuple[Formula, ...]:
    return tuple(map(Name, function.parameters))


def _filled(function: Function, count: int) -> tuple[Formula, ...]:
    """The first parameters, then the defaults of the others."""
    return (
        _parameters(function)[:count]
        + tuple(map(Number, function.defaults))[count - len(function.parameters) :]
    )


def _head(
    setting: Setting, function: Function, position: int | None = None, args: tuple[Formula, ...] = ()
) -> Maths:
    """f or its derivative at these arguments; where there are none, at its parameters."""
    chosen = (("position", position), ("definition", function))
    op = Op("call", args or _parameters(function), chosen)
    return own(op, _over_parameters(setting, function))


def _over_parameters(setting: Setting, function: Function) -> Context:
    """Formulas over the parameters: scalars here, whatever the problem calls by their names."""
    naming = setting.context.naming
    names = {parameter: name(parameter, 0) for parameter in function.parameters}
    ranks = dict.fromkeys(function.parameters, 0)
    own_names = replace(naming, names={**naming.names, **names}, ranks={**naming.ranks, **ranks})
    return replace(setting.context, naming=own_names)
