"""Which size a letter stands for: the one that makes most lines right, for the whole submission at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from symgrad.checking.meaning.definitions import stated_size
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.ranges import ranges_of
from symgrad.checking.meaning.scope import Choices, Scope
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Call, Element, Node, Sum, Symbol, walk

MOST_LINES = 8
MOST_LETTERS = 12
ONCE = 2
"""The score of a size with which two sides agree at the sizes given, and nowhere else."""

Holds = Callable[[Line, Dictionary], int]
"""How many neighbouring sides of a line agree."""


def bind_sizes(submission: Submission, dictionary: Dictionary, world: World, holds: Holds) -> Dictionary:
    """The dictionary with the sizes that letters of the student's own stand for."""
    indices = frozenset(_index_letters(submission))
    sizes, stated = dictionary.model.graph.sizes, dict(_stated(submission, dictionary))
    free = dict.fromkeys(_letters(submission, dictionary))
    letters = (letter for letter in free if letter in stated or letter not in indices)
    for letter in list(letters)[:MOST_LETTERS]:
        lines = [line for line in submission.lines if _bears(line, letter)][:MOST_LINES]
        best: tuple[int, str] | None = None
        limits = set(_limits(lines, letter, dictionary, world))
        fitting = [dim for dim in dictionary.model.dimensions if stated.get(letter) in (None, sizes.get(dim))]
        for dim in fitting:
            tried = replace(dictionary, sizes={**dictionary.sizes, letter: dim})
            score = sum(holds(line, tried) for line in lines) * 2 + (dim in limits)
            if score == ONCE and world.kind == "other":
                continue  # N² of two columns is N of four samples: other sizes tell them apart
            if score and (best is None or score > best[0]):
                best = (score, dim)
        if best is None and letter in stated and len(fitting) == 1:
            best = (0, fitting[0])
        if best is not None:
            dictionary = replace(dictionary, sizes={**dictionary.sizes, letter: best[1]})
    return dictionary


def _stated(submission: Submission, dictionary: Dictionary) -> Iterator[tuple[str, int]]:
    """The numbers that sizes in letters are said to be."""
    for line in submission.lines:
        if len(line.sides) == 2:
            number = stated_size(line.sides[0].node, line.sides[1].node, dictionary.model)
            if number and line.sides[0].node is not None:
                yield text_of(line.sides[0].node), number


def _index_letters(submission: Submission) -> Iterator[str]:
    """Letters that stand as indices, or as arguments: they are no sizes."""
    yield from ("e", "d")
    for line in submission.lines:
        for side in line.sides:
            for node in walk(side.node) if side.node is not None else ():
                match node:
                    case Sum(index=index):
                        yield index
                    case Symbol(indices=indices, raised=raised):
                        yield from (p.base for i in (*indices, *raised) for p in walk(i) if _is_small(p))  # type: ignore[union-attr]
                    case Element(indices=indices):
                        yield from (p.base for i in indices for p in walk(i) if _is_small(p))  # type: ignore[union-attr]
                    case Call(args=args):
                        yield from (arg.base for arg in args if _is_small(arg))  # type: ignore[union-attr]


def _is_small(node: Node) -> bool:
    return isinstance(node, Symbol) and node.base.islower() and not node.indices


def _bears(line: Line, letter: str) -> bool:
    return any(letter in _symbols(side.node) for side in line.sides if side.node is not None)


def _symbols(node: Node) -> set[str]:
    return {text_of(part) + "".join(part.marks) for part in walk(node) if isinstance(part, Symbol)}


def _letters(submission: Submission, dictionary: Dictionary) -> Iterator[str]:
    """Symbols that nothing else explains, those that limit sums first."""
    for first in (True, False):
        for line in submission.lines:
            for side in line.sides:
                for node in walk(side.node) if side.node is not None else ():
                    if first and isinstance(node, Sum) and isinstance(node.upper, Symbol):
                        yield from _free(node.upper, dictionary)
                    elif not first and isinstance(node, Symbol):
                        yield from _free(node, dictionary)


def _free(node: Symbol, dictionary: Dictionary) -> Iterator[str]:
    text = text_of(node) + "".join(node.marks)
    if node.accents or len(node.base) > 1 or len(text) > 6 or not node.base.isascii() or text == "I":
        return
    if text in dictionary.model.dimensions or dictionary.is_known(node):
        return
    if next(dictionary.defined(node, (), 10**9), None) is None:
        yield text


def _limits(lines: list[Line], letter: str, dictionary: Dictionary, world: World) -> Iterator[str]:
    """The dimensions over which sums run whose upper limit is the letter."""
    for line in lines:
        nodes = [side.node for side in line.sides if side.node is not None]
        sums = [part for node in nodes for part in walk(node) if isinstance(part, Sum)]
        ranges = ranges_of(nodes, Scope(dictionary, world, Choices(), line=line.id))
        for part in sums:
            if isinstance(part.upper, Symbol) and text_of(part.upper) == letter and part.index in ranges:
                for dim, size in world.sizes.items():
                    if size == ranges[part.index] and dim in dictionary.model.dimensions:
                        yield dim
