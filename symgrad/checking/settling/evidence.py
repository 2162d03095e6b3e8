"""What the work as a whole shows of its notation: sizes in letters, the class of one-hot data, implied sums.

Each is settled once, by the reading under which most lines are right, before any line is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.implied import with_sums
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.settling.asking import MOST_LINES, Holds
from symgrad.checking.settling.contrary import sentence_before
from symgrad.checking.settling.counting import begins
from symgrad.checking.settling.sizes import bind_sizes
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line, Submission
from symgrad.submission.sheet.said import one_hot
from symgrad.submission.written import (
    Comparison,
    Derivative,
    Element,
    Literal,
    Node,
    Sum,
    Symbol,
    walk,
)

_OPEN = re.compile(
    r"\b(?:need|do|does|may|must|needn|don|doesn)(?:\s+not|['’]t)\s+(?:have\s+to\s+|need\s+to\s+)?(?:sum|add)(?:\s+up)?\s+to\s+\$?(?:one|1)\b",
    re.IGNORECASE,
)
"""Words that take nothing for granted of a sum."""
BEFORE = 60
"""Characters before them in which it is said of what."""
FEWEST_SUMS = 2
"""Lines that are right only with sums implied, before they are taken to be."""


def bind_hot(submission: Submission, dictionary: Dictionary, holds: Holds) -> Dictionary:
    """The dictionary with the index letters that stand for the place of the one in one-hot data."""
    model = dictionary.model
    hot = [fact.name for fact in model.facts if fact.axis is None and fact.name in model.graph.leaves]
    if not hot:
        return dictionary
    bound = {
        letter
        for line in submission.lines
        for node in line.nodes
        if isinstance(node, Sum)
        for letter in (node.index,)
    }
    for letter in dict.fromkeys(_index_letters(submission)):
        lines = [line for line in submission.lines if letter in set(_letters_of(line))][:MOST_LINES]
        tried = replace(dictionary, hot={**dictionary.hot, letter: hot[0]})
        if any(_states(line, letter, hot[0], dictionary) for line in lines):
            dictionary = tried
            continue
        if dictionary.einstein or letter in bound or not any(_dangles(line, letter) for line in lines):
            continue
        telling = [line for line in lines if not _picks(line, letter, hot[0], dictionary)]
        before, after = (sum(holds(line, d) for line in telling) for d in (dictionary, tried))
        if after > before:
            dictionary = tried
    return dictionary


def _picks(line: Line, letter: str, name: str, dictionary: Dictionary) -> bool:
    """Whether the data pick the entry already, in a sum that holds the letter too: Σ y_i log p_j has a slip,
    and does not show that j is the class.
    """
    for node in line.nodes:
        if isinstance(node, Sum):
            inside = [part for part in walk(node.body) if isinstance(part, Symbol)]
            found = (next(dictionary.find(part), None) for part in inside)
            summed = any(
                each is not None and each.name == name and node.index in map(text_of, each.indices)
                for each in found
            )
            if summed and any(letter in _indices(part) for part in inside):
                return True
    return False


def bind_zero(submission: Submission, dictionary: Dictionary, world: World, holds: Holds) -> Dictionary:
    r"""The dictionary with the number from which entries are counted, where sums begin at 0 and at 1.

    So too where they begin at 1 beside an entry 0: of u_0 and \sum_{k=1}^K u_k that K may be one less, and
    the entries are counted as they are written where no line tells.
    """
    begun = begins(submission.nodes)
    zeroth = dictionary.starts.keys() - dictionary.timely
    if not {0, 1} <= begun and not (zeroth and 1 in begun):
        return dictionary
    lines = [line for line in submission.lines if {0, 1} & begins(line.nodes)][:MOST_LINES]
    starts = {name: start for name, start in dictionary.starts.items() if name not in zeroth}
    other = replace(dictionary, from_zero=not dictionary.from_zero, starts=starts)
    known = (dictionary, other)
    sized = (bind_sizes(submission, each, world, holds) for each in known) if zeroth else known
    as_it_is, otherwise = (sum(holds(line, each) for line in lines) for each in sized)
    return other if otherwise > as_it_is or (zeroth and otherwise == as_it_is) else dictionary


def bind_sums(submission: Submission, dictionary: Dictionary, holds: Holds) -> Dictionary:
    """The dictionary with sums over repeated indices implied, where lines need that and none forbids it."""
    if dictionary.einstein:
        return dictionary
    loose = [
        line
        for line in submission.lines
        if any(_dangles(line, letter) for letter in dict.fromkeys(_letters_of(line)))
    ][:MOST_LINES]
    implied = replace(dictionary, einstein=True)
    needing = 0
    for n, line in enumerate(loose):
        if needing + len(loose) - n < FEWEST_SUMS:
            return dictionary
        more = holds(line, implied) - holds(line, dictionary) if _implies(line) else 0
        if more < 0:
            return dictionary
        needing += more > 0
    return implied if needing >= FEWEST_SUMS else dictionary


def _implies(line: Line) -> bool:
    """Whether there is an index in a line over which a sum may be implied."""
    nodes = line.read
    return with_sums(nodes, nodes) != nodes


def _indices(node: Node) -> Iterator[str]:
    if isinstance(node, Symbol | Element):
        for index in node.indices:
            if isinstance(index, Symbol) and len(index.base) == 1 and not index.sub:
                yield index.base


def _all_letters(node: Node) -> Iterator[str]:
    yield from _indices(node)
    if isinstance(node, Comparison):
        yield from (
            s.base
            for s in (node.left, node.right)
            if isinstance(s, Symbol) and len(s.base) == 1 and not s.sub
        )


def _letters_of(line: Line) -> Iterator[str]:
    for node in line.nodes:
        yield from _all_letters(node)
        if isinstance(node, Derivative) and node.wrt is not None:
            yield from (letter for part in walk(node.wrt) for letter in _indices(part))


def _index_letters(submission: Submission) -> Iterator[str]:
    for line in submission.lines:
        yield from _letters_of(line)


def _dangles(line: Line, letter: str) -> bool:
    """Whether an index stands on one side of a line and not on the other."""
    sides = [{found for node in walk(side) for found in _all_letters(node)} for side in line.read]
    return (
        len(sides) > 1 and any(letter in side for side in sides) and not all(letter in side for side in sides)
    )


def _states(line: Line, letter: str, name: str, dictionary: Dictionary) -> bool:
    """Whether a line says that y_k is 1."""
    if len(line.sides) != 2 or line.relations[0] != "=":
        return False
    left, right = line.sides[0].node, line.sides[1].node
    if not isinstance(left, Symbol) or not isinstance(right, Literal) or right.value != 1:
        return False
    found = next(dictionary.find(left), None)
    return found is not None and found.name == name and tuple(map(text_of, found.indices)) == (letter,)


def stated_facts(submission: Submission, dictionary: Dictionary) -> Iterator[str]:
    """Data of which a line says that their entries sum to one, and nothing is given."""
    model = dictionary.model
    for line in submission.lines:
        if len(line.sides) != 2:
            continue
        left, right = line.sides[0].node, line.sides[1].node
        if not isinstance(left, Sum) or not isinstance(right, Literal) or right.value != 1:
            continue
        found = next(dictionary.find(left.body), None) if isinstance(left.body, Symbol) else None
        if found is None or found.name not in model.data or found.name in model.problem.given:
            continue
        if len(found.indices) == 1:
            yield found.name


def open_sums(submission: Submission, dictionary: Dictionary) -> Iterator[str]:
    """Data to whose sum over classes a work gives a name, s = Σ_k y_k, and never says that it is 1.

    Or of which words say that they need not sum to one.
    """
    text = submission.text
    for match in _OPEN.finditer(text):
        said = sentence_before(text, match.start(), BEFORE)
        for name in (fact.name for fact in dictionary.model.taken):
            if re.search(rf"\b(?:targets?|labels?)\b|(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])", said):
                yield name
    hot = {found.name for symbol in one_hot(submission) for found in dictionary.find(symbol)}
    ones = {line.read[0] for line in submission.lines if any(map(_is_one, line.read[1:]))}
    for line in submission.lines:
        for left, right in pairwise(line.read):
            if not (isinstance(left, Symbol) and isinstance(right, Sum) and isinstance(right.body, Symbol)):
                continue
            found = next(dictionary.find(right.body), None)
            if found is None or left in ones or right in ones or dictionary.is_known(left):
                continue
            if found.indices and text_of(found.indices[-1]) == right.index and found.name not in hot:
                yield found.name


def _is_one(node: Node) -> bool:
    return isinstance(node, Literal) and node.value == 1


def stated_positive(submission: Submission, dictionary: Dictionary) -> Iterator[str]:
    """Numbers among the data of which a line says that they are above 0: the margin γ > 0."""
    model = dictionary.model
    conditions = [each for line in submission.lines for each in line.conditions if each.relation in "<≤"]
    negative = {each.left for each in conditions if isinstance(each.right, Literal) and each.right.value <= 0}
    for line in submission.lines:
        nodes = [side.node for side in line.sides]
        said = [(nodes[0], nodes[1], line.relations[0])] if len(nodes) == 2 else []
        for left, right, relation in (*said, *((c.left, c.right, c.relation) for c in line.conditions)):
            above, below = (right, left) if relation in "<≤" else (left, right)
            if relation in "<≤>≥" and isinstance(above, Symbol) and isinstance(below, Literal):
                found = next(dictionary.find(above), None)
                known = found is not None and found.name in model.data
                if found is not None and known and below.value >= 0 and above not in negative:
                    yield found.name
