"""From which number the entries of a name are counted, where that is not as the work counts others.

x_t of a problem whose formulas say x[t] at time t is the entry with that number, the first of which is 0;
and scores_0, scores_1, scores_2 are three entries though W_{11} stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import lettered
from symgrad.checking.worlds.model import Model
from symgrad.submission.lines import Submission
from symgrad.submission.written import Add, Literal, Node, Subtract, Symbol, walk
from symgrad.tree import Name, Op
from symgrad.tree import walk as formulas_in

STARTS = (0, 1)


def is_number(letter: str, rest: Iterable[Node], ranges: Mapping[str, int], dictionary: Dictionary) -> bool:
    """Whether a letter on numbered names is their number: a counter is, though entries are counted by it too.

    The r of z_{r,t} is none where t is the counter: it is a label.
    """
    counters = (*dictionary.model.problem.repeat.counters, "t")
    if letter in counters:
        return True
    return letter not in ranges and not (
        dictionary.counts_times and any(lettered(place)[0] in counters for place in rest)
    )


def starts_of(
    submission: Submission, dictionary: Dictionary
) -> tuple[Mapping[str, tuple[int, ...]], frozenset[str]]:
    """The number of the first entry of each name that is counted otherwise than the rest of the work; and
    those for which only the problem's counter shows it.
    """
    usual = 0 if dictionary.from_zero else 1
    entries = {} if dictionary.from_zero else _starts_of_entries(submission, dictionary)
    times = {
        name: starts for name, starts in _starts_of_times(dictionary.model).items() if starts[0] <= usual
    }
    for name in _counted_as_usual(submission, dictionary, times, usual):
        times.pop(name, None)
    return {**entries, **times}, frozenset(times.keys() - entries.keys())


def _counted_as_usual(
    submission: Submission, dictionary: Dictionary, times: Mapping[str, tuple[int, ...]], usual: int
) -> Iterator[str]:
    """The names on which a work writes the place in the usual count: r_{t+1} where formulas say r[t]."""
    counters = dictionary.model.problem.repeat.counters
    for line in submission.lines:
        for part in (p for side in line.sides if side.node is not None for p in walk(side.node)):
            found = next(dictionary.find(part), None) if isinstance(part, Symbol) and part.indices else None
            if found is None or found.name not in times or not found.indices:
                continue
            letter, offset = lettered(found.indices[0])
            if letter in counters and offset == usual - times[found.name][0] != 0:
                yield found.name


def _starts_of_times(model: Model) -> dict[str, tuple[int, ...]]:
    """The number of the first entry of each array that formulas take at their own time: 0 of x in x[t]."""
    offsets: dict[str, set[int]] = {}
    for made, numbers in model.problem.repeat.rounds.items():
        formula = model.graph.quantities.get(made)
        if formula is None or len(numbers) != 1:
            continue
        (number,) = numbers.values()
        for part in formulas_in(formula):
            if isinstance(part, Op) and part.name == "index" and isinstance(part.args[0], Name):
                place = part.option("key", ())[0]
                if isinstance(place, int) and place >= 0:
                    offsets.setdefault(part.args[0].id, set()).add(place - number)
    return {name: (-max(found),) for name, found in offsets.items() if -max(found) in STARTS}


def _starts_of_entries(submission: Submission, dictionary: Dictionary) -> dict[str, tuple[int, ...]]:
    """The names whose entries a work numbers from 0, and none of them with the number of the last from 1."""
    sizes, shapes = dictionary.model.graph.sizes, dictionary.model.graph.shapes
    zeroth, last = set[str](), set[str]()
    for line in submission.lines:
        for part in (p for side in line.sides if side.node is not None for p in walk(side.node)):
            found = next(dictionary.find(part), None) if isinstance(part, Symbol) and part.indices else None
            shape = shapes.get(found.name, ()) if found is not None else ()
            if found is None or not shape or len(found.indices) != len(shape):
                continue
            for index, dim in zip(found.indices, shape, strict=True):
                if isinstance(index, Literal):
                    (zeroth if index.value == 0 else set()).add(found.name)
                    (last if index.value == sizes.get(dim) else set()).add(found.name)
    return {name: (0,) * len(shapes[name]) for name in zeroth - last}


def counted(
    name: str, places: Iterable[Node | None], dictionary: Dictionary, labels: Mapping[str, int]
) -> tuple[Node | None, ...]:
    """Places on a name as they are counted in this work, its numbers and those put in for ``labels``."""
    starts = dictionary.starts.get(name, ())
    usual = 0 if dictionary.from_zero else 1
    places = tuple(places)
    timely = name in dictionary.timely
    ahead = (*(usual - start for start in starts), *(0,) * len(places))
    return tuple(
        place if timely and isinstance(place, Literal) else _moved(place, by, labels)
        for place, by in zip(places, ahead, strict=False)
    )


def _moved(place: Node | None, by: int, labels: Mapping[str, int]) -> Node | None:
    if not by or place is None:
        return place
    if isinstance(place, Literal):
        return Literal(place.value + by, place.place, place.span)
    if isinstance(place, Symbol | Add | Subtract) and lettered(place)[0] in labels:
        kind = Add if by > 0 else Subtract
        return kind(place, Literal(Fraction(abs(by))), place.span)
    return place
