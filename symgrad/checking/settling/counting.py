"""From which number the entries of a name are counted, where that is not as the work counts others.

x_t of a problem whose formulas say x[t] at time t is the entry with that number, the first of which is 0;
and scores_0, scores_1, scores_2 are three entries though W_{11} stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import lettered
from symgrad.checking.settling.asking import MOST_LINES, Holds
from symgrad.checking.worlds.model import Model
from symgrad.submission.lines import Submission
from symgrad.submission.written import Literal, Node, Sum, Symbol
from symgrad.tree import Name, Op
from symgrad.tree import walk as formulas_in

STARTS = (0, 1)
"""Numbers that a first entry may have."""


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
    for part in submission.nodes:
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
    numbered = list(_numbered(submission, dictionary))
    zeroth = {name for name, number, _ in numbered if number == 0}
    last = {name for name, number, size in numbered if number == size}
    shapes = dictionary.model.graph.shapes
    return {name: (0,) * len(shapes[name]) for name in zeroth - last}


def bind_starts(submission: Submission, dictionary: Dictionary, holds: Holds) -> Dictionary:
    """The dictionary with names counted from 0 that have an entry 0, and one with the last number from 1.

    They are counted so where that makes more lines right.
    """
    numbered = list(_numbered(submission, dictionary)) if not dictionary.from_zero else []
    zeroth = dict.fromkeys(name for name, number, _ in numbered if number == 0)
    for name in (name for name in zeroth if any(n == size for of, n, size in numbered if of == name)):
        starts = {**dictionary.starts, name: (0,) * len(dictionary.model.graph.shapes[name])}
        other = replace(dictionary, starts=starts, timely=dictionary.timely - {name})
        with_it = (line for line in submission.lines if any(_is_of(n, name, dictionary) for n in line.nodes))
        more = [holds(line, other) - holds(line, dictionary) for line in islice(with_it, MOST_LINES)]
        dictionary = other if sum(more) > 0 else dictionary
    return dictionary


def _is_of(node: Node, name: str, dictionary: Dictionary) -> bool:
    found = next(dictionary.find(node), None) if isinstance(node, Symbol) and node.indices else None
    return found is not None and found.name == name


def has_zeroth(submission: Submission, dictionary: Dictionary) -> bool:
    """Whether entries are numbered from 0, and none with the number that would be the last from 1."""
    if 1 in begins(submission.nodes):
        return False
    numbered = [(number, size) for _, number, size in _numbered(submission, dictionary)]
    return any(number == 0 for number, _ in numbered) and all(number != size for number, size in numbered)


def counts_in(submission: Submission, dictionary: Dictionary) -> Iterator[str]:
    """Given numbers to which a sum runs, and that are as many as there are of something."""
    for node in submission.nodes:
        limit = node.upper if isinstance(node, Sum) else None
        found = next(dictionary.find(limit), None) if isinstance(limit, Symbol) else None
        if found is not None and not found.indices and len(dictionary.model.counted(found.name)) == 1:
            yield found.name


def begins(nodes: Iterable[Node]) -> set[Fraction]:
    """The numbers at which sums begin."""
    return {node.lower.value for node in nodes if isinstance(node, Sum) and isinstance(node.lower, Literal)}


def _numbered(submission: Submission, dictionary: Dictionary) -> Iterator[tuple[str, Fraction, int | None]]:
    """The names with an index for each axis, or for rows: each that is a number, and how long its axis is.

    The W_0 of a matrix that is updated, or that the work defines, is no row.
    """
    sizes, shapes = dictionary.model.graph.sizes, dictionary.model.graph.shapes
    for part in submission.nodes:
        if not isinstance(part, Symbol) or not part.indices:
            continue
        found = next(dictionary.find(part), None)
        shape = shapes.get(found.name, ()) if found is not None else ()
        if found is None or not shape or not found.indices:
            continue
        if len(found.indices) != len(shape):
            defined = any(not left for _, left in dictionary.defined(part, (), 10**9))
            if len(shape) != 2 or dictionary.model.rate or defined:
                continue
        for index, dim in zip(found.indices, shape, strict=False):
            if isinstance(index, Literal):
                yield found.name, index.value, sizes.get(dim)
