"""The chain rule with every factor along the way: ∂L/∂W = ∂L/∂y · ∂y/∂s · ∂s/∂W."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import pairwise

from msgspec import Struct

from symgrad.calculus.steps import GradientOf
from symgrad.maths.nodes import Brace, Maths
from symgrad.notation.binding import Level, Written, joined
from symgrad.notation.context import write
from symgrad.styles.setting import Setting
from symgrad.tree import Formula, Gradient, Partial, Prod, folded, substitute, walk

MOST_WAYS = 3
"""Ways to the objective up to which each is followed to its end."""
LONGEST_WAY = 8
"""Factors a way shows; a longer one begins with the gradient of a quantity on it."""
LARGEST = 60
"""Nodes of a formula up to which gradients are put into it."""


class Way(Struct, frozen=True):
    """The factors from the objective down to ``target``; the last is ∂consumer/∂target."""

    target: str
    consumer: str
    factors: tuple[Formula, ...]


def ways(setting: Setting, gradient: GradientOf) -> tuple[Way, ...]:
    """All ways from a quantity to the objective; only their first steps where they are too many."""
    consumers = [path.consumer for path in gradient.paths]
    if _counts(setting)[gradient.target] > MOST_WAYS:
        return tuple(_way(setting, (gradient.target, consumer)) for consumer in consumers)
    return tuple(_way(setting, names) for names in _followed(setting, gradient.target))


def product(setting: Setting, found: tuple[Way, ...]) -> Maths:
    """∂L/∂y · ∂y/∂s · ∂s/∂W, summed over the ways."""
    return _sum([_plain(setting, way) for way in found])


def braced(setting: Setting, found: tuple[Way, ...]) -> Maths:
    """The same with a brace under all factors but the last: together they are the consumer's gradient.

    Where several ways lead on from one consumer, none of them is that gradient, and there is no brace.
    """
    consumers = Counter(way.consumer for way in found)
    forms = (_braced if consumers[way.consumer] == 1 else _plain for way in found)
    return _sum([form(setting, way) for form, way in zip(forms, found, strict=True)])


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


def _counts(setting: Setting) -> dict[str, int]:
    """How many ways lead from each quantity to the objective; its consumers stand before it."""
    counts = {setting.solution.graph.of: 1}
    for target, gradient in setting.solution.derivation.gradients.items():
        counts.setdefault(target, sum(counts[path.consumer] for path in gradient.paths))
    return counts


def _followed(setting: Setting, target: str) -> list[tuple[str, ...]]:
    """All ways as far as they are shown; those that part later are one."""
    found: list[tuple[str, ...]] = [(target,)]
    for _ in range(LONGEST_WAY):
        found = [longer for way in found for longer in _longer(setting, way)]
    return found


def _longer(setting: Setting, way: tuple[str, ...]) -> list[tuple[str, ...]]:
    paths = setting.solution.derivation.gradients[way[-1]].paths
    return [(*way, path.consumer) for path in paths] or [way]


def _way(setting: Setting, shown: tuple[str, ...]) -> Way:
    """The way over these quantities, the target first; it begins at the objective or at a gradient."""
    partials = [Partial(consumer, used) for used, consumer in pairwise(shown)]
    graph = setting.solution.graph
    whole = shown[-1] == graph.of and graph.of not in setting.context.objectives
    head: list[Formula] = [] if whole else [setting.gradient(shown[-1])]
    return Way(shown[0], shown[1], (*head, *reversed(partials)))


def _plain(setting: Setting, way: Way) -> Written:
    return write(reduce(Prod, way.factors), setting.context)


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
    return folded(lambda left, right: joined(left, "+", right, Level.SUM, Level.SUM), terms).maths
