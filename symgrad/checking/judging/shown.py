r"""What the conditions in a line show of the data: \sum_{k : y_k = 1} is over data of zeros and ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.checking.judging import messages
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.worlds.points import Points, bounds_of, signs_of
from symgrad.checking.worlds.turned import inverted, may_be_symmetric
from symgrad.checking.worlds.world import World
from symgrad.submission.sheet.values import number
from symgrad.submission.written import Comparison, Node, Symbol, walk

SETS = ((0.0, 1.0), (-1.0, 1.0))
"""What the entries of data may be that are compared with some of these numbers, ±1 among them."""


def points_for(points: Points, nodes: Sequence[Node], dictionary: Dictionary) -> Points:
    """The points at which the conditions in a line can be met."""
    return _with_data(points, nodes, dictionary)[0]


def doubtful(
    points: Points, nodes: Sequence[Node], dictionary: Dictionary, told: frozenset[str]
) -> Iterator[tuple[Points, str]]:
    """Points at which a line may hold that is false elsewhere, and what nothing says of them.

    ``told`` are the matrices that the work tells from their transposes.
    """
    first, *others = _with_data(points, nodes, dictionary)
    yield from ((other, messages.WHICH_DATA) for other in others)
    unturned = inverted(points.model) & may_be_symmetric(points.model) - points.shown.symmetric - told
    if unturned:
        yield first.also(symmetric=points.shown.symmetric | unturned), messages.symmetric(unturned)
    unsigned = bounds_of(points.model) - points.shown.positive - set(points.model.problem.given)
    if unsigned:
        yield first.also(positive=points.shown.positive | unsigned), messages.positive(unsigned)
    signs = signs_of(points.model) - {name for name, _ in first.shown.among}
    if signs:
        few = frozenset((name, SETS[1]) for name in signs)
        yield first.also(among=first.shown.among | few), messages.signs(signs)


def with_values(
    points: Points, conditions: Sequence[Comparison], dictionary: Dictionary
) -> tuple[World, ...]:
    """Points at which leaves have the values that conditions give them, y = 0; none where none does."""
    leaves = dictionary.model.graph.leaves
    said = {
        (found.name, (float(value),))
        for each in conditions
        if each.relation == "="
        and isinstance(each.left, Symbol)
        and (found := next(dictionary.find(each.left), None)) is not None
        and (value := number(each.right)) is not None
        and found.name in leaves
        and not found.indices
        and not found.marks
    }
    return points.also(among=points.shown.among | said).own if said else ()


def _with_data(points: Points, nodes: Sequence[Node], dictionary: Dictionary) -> tuple[Points, ...]:
    found: dict[str, set[float]] = {}
    for name, value in _compared(nodes, dictionary):
        found.setdefault(name, set()).add(value)
    sums = {fact.name for fact in dictionary.model.facts if fact.value == 1}
    points = points.hot if sums.intersection(found) else points
    met = {name: numbers for name, numbers in found.items() if name not in sums and numbers != {0.0}}
    fitting = [few for few in SETS if all(numbers <= {*few} for numbers in met.values())] if met else []
    return tuple(points.also(among=frozenset((name, few) for name in met)) for few in fitting) or (points,)


def _compared(nodes: Sequence[Node], dictionary: Dictionary) -> Iterator[tuple[str, float]]:
    """The data whose entries are said to be a number, or not to be it, and the number."""
    model = dictionary.model
    for part in (part for node in nodes for part in walk(node)):
        if isinstance(part, Comparison) and part.relation in "=≠" and isinstance(part.left, Symbol):
            found = next(dictionary.find(part.left), None)
            value = number(part.right)
            if found is None or value is None or found.name in {*model.labels, *model.problem.given}:
                continue
            if found.name in model.data:
                yield found.name, float(value)
