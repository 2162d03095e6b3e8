"""The chain rule with every factor along the way: ∂L/∂W = ∂L/∂y · ∂y/∂s · ∂s/∂W."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from symgrad.calculus.steps import GradientOf
from symgrad.maths.nodes import Brace, Maths
from symgrad.notation.binding import Level, Written, joined
from symgrad.notation.context import write
from symgrad.styles.setting import Setting
from symgrad.tree import Formula, Gradient, Partial, Prod, substitute, walk

MOST_WAYS = 3
"""Ways to the objective up to which each is followed to its end."""
LONGEST_WAY = 8
"""Factors a way shows; a longer one begins with the gradient of a quantity on it."""
LARGEST = 60
"""Nodes of a formula up to which gradients are put into it."""


@dataclass(frozen=True)
class Way:
    """The factors from the objective down to ``target``; the last is ∂consumer/∂target."""

    target: str
    consumer: str
    factors: tuple[Formula, ...]


def ways(setting: Setting, gradient: GradientOf) -> tuple[Way, ...]:
    """All ways from a quantity to the objective; only their first steps where they are too many."""
    consumers = [path.consumer for path in gradient.paths]
    if _count(setting, gradient.target, {}) > MOST_WAYS:
        return tuple(_way(setting, (gradient.target, consumer)) for consumer in consumers)
    return tuple(_way(setting, names) for names in _followed(setting, gradient.target))


def product(setting: Setting, found: tuple[Way, ...]) -> Maths:
    """∂L/∂y · ∂y/∂s · ∂s/∂W, summed over the ways."""
    return _sum([write(reduce(Prod, way.factors), setting.context) for way in found])


def braced(setting: Setting, found: tuple[Way, ...]) -> Maths:
    """The same with a brace under all factors but the last: together they are the consumer's gradient."""
    return _sum([_braced(setting, way) for way in found])


def put_in(setting: Setting, formula: Formula) -> Formula:
    """The formula with the gradients in it replaced by what they are, as far as it stays readable."""
    of, gradients = setting.solution.graph.of, setting.solution.derivation.gradients
    known: dict[Formula, Formula] = {
        Gradient(of, name): gradient.matrix_form
        for name, gradient in gradients.items()
        if gradient.matrix_form is not None
    }
    deeper = substitute(formula, known)
    while deeper != formula and sum(1 for _ in walk(deeper)) <= LARGEST:
        formula, deeper = deeper, substitute(deeper, known)
    return formula


def _count(setting: Setting, target: str, known: dict[str, int]) -> int:
    """How many ways lead from a quantity to the objective."""
    if target not in known:
        paths = setting.solution.derivation.gradients[target].paths
        end = target == setting.solution.graph.of
        known[target] = 1 if end else sum(_count(setting, path.consumer, known) for path in paths)
    return known[target]


def _followed(setting: Setting, target: str) -> Iterator[tuple[str, ...]]:
    if target == setting.solution.graph.of:
        yield (target,)
    for path in setting.solution.derivation.gradients[target].paths:
        for rest in _followed(setting, path.consumer):
            yield (target, *rest)


def _way(setting: Setting, names: tuple[str, ...]) -> Way:
    """The way over these quantities, the target first; it begins at the objective or at a gradient."""
    shown = names[: LONGEST_WAY + 1]
    partials = [Partial(consumer, used) for used, consumer in pairwise(shown)]
    whole = shown[-1] == setting.solution.graph.of
    head: list[Formula] = [] if whole else [setting.gradient(shown[-1])]
    return Way(names[0], names[1], (*head, *reversed(partials)))


def _braced(setting: Setting, way: Way) -> Written:
    *upstream, local = way.factors
    last = write(local, setting.context)
    if not upstream:
        return last
    body = write(reduce(Prod, upstream), setting.context)
    label = setting.maths(setting.gradient(way.consumer))
    above = body if body.maths == label else Written(Brace(body.maths, label))
    return setting.context.notation.product(above, last)


def _sum(terms: list[Written]) -> Maths:
    return reduce(lambda left, right: joined(left, "+", right, Level.SUM, Level.SUM), terms).maths
