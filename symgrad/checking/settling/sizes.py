"""Which size a letter stands for: the one that makes most lines right, for the whole submission at once."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.ranges import ranges_of
from symgrad.checking.meaning.scope import Choices, Scope
from symgrad.checking.meaning.spelling import SIZED, lettered, text_of
from symgrad.checking.settling.asking import Holds
from symgrad.checking.settling.definitions import stated_size
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line, Submission
from symgrad.submission.sheet.said import sizes
from symgrad.submission.written import Call, Element, Literal, Node, Sum, Symbol, Transpose, walk

MOST_LINES = 8
MOST_LETTERS = 12
MOST_AGAINST = 3
"""How many lines must speak for a size for each one that speaks for another."""
MOST_ADDED = 2
"""The c of a sum that runs to K + c, at the most."""
SAID = 2
"""How many lines more may speak for another size where the work says which one it is."""
ONCE = 2
"""The score of a size with which two sides agree at the sizes given, and nowhere else."""


def bind_sizes(submission: Submission, dictionary: Dictionary, world: World, holds: Holds) -> Dictionary:
    """The dictionary with the sizes that letters of the student's own stand for."""
    indices = frozenset(_index_letters(submission))
    known, stated = dictionary.model.graph.sizes, dict(_stated(submission, dictionary))
    declared = _declared(submission, dictionary)
    dictionary = replace(
        dictionary, sizes={**dictionary.sizes, **declared}, declared=frozenset(declared), open=frozenset()
    )
    ours = (letter for letter in stated if letter not in dictionary.model.stated_dimensions)
    free = dict.fromkeys((*ours, *_letters(submission, dictionary)))
    letters = (letter for letter in free if letter in stated or letter in declared or letter not in indices)
    for letter in list(letters)[:MOST_LETTERS]:
        lines = [line for line in submission.lines if _bears(line, letter)][:MOST_LINES]
        fewer = sorted(_added(lines, letter, dictionary))
        fitting = [
            f"{dim}-{less}" if less else dim
            for less in (0, *fewer)
            for dim in dictionary.model.dimensions
            if letter not in stated or known.get(dim) == stated[letter] + less
        ]
        without = [sum(holds(pair, dictionary) for pair in _pairs_without(line, letter)) for line in lines]
        held = {
            dim: tuple(
                holds(line, replace(dictionary, sizes={**dictionary.sizes, letter: dim})) - before
                for line, before in zip(lines, without, strict=True)
            )
            for dim in sorted(fitting, key=lambda dim: dim != letter)
        }
        dim = declared.get(letter) or _best(held, set(_limits(lines, letter, dictionary, world)), world)
        if dim is None and letter in stated and len(fitting) == 1:
            (dim,) = fitting
        if dim is not None:
            dictionary = replace(dictionary, sizes={**dictionary.sizes, letter: dim})
            if not _is_settled(held, dim, letter in declared):
                dictionary = replace(dictionary, open=dictionary.open | {letter})
    return dictionary


def _best(held: Mapping[str, tuple[int, ...]], limits: Container[str], world: World) -> str | None:
    """The dimension with which most sides agree; None where none tells."""
    best: tuple[int, str] | None = None
    for dim, counts in held.items():
        score = sum(counts) * 2 + (dim in limits)
        if score == ONCE and world.kind == "other":
            continue  # N² of two columns is N of four samples: other sizes tell them apart
        if score and (best is None or score > best[0]):
            best = (score, dim)
    return None if best is None else best[1]


def _is_settled(held: Mapping[str, tuple[int, ...]], dim: str, is_declared: bool) -> bool:
    """Whether few lines speak for another size: those in which more sides agree with that."""
    against = sum(any(other[n] > mine for other in held.values()) for n, mine in enumerate(held[dim]))
    speaking = sum(map(bool, held[dim]))
    return against <= speaking + SAID if is_declared else MOST_AGAINST * against <= speaking


def _declared(submission: Submission, dictionary: Dictionary) -> dict[str, str]:
    """What sizes letters are by x ∈ ℝ^{n×m}; nothing where two such sayings contradict one another."""
    found: dict[str, set[str]] = {}
    graph = dictionary.model.graph
    for said in sizes(submission):
        place = next(dictionary.find(said.symbol), None)
        shape = graph.shapes.get(place.name, ()) if place is not None and not place.indices else ()
        if len(shape) != len(said.sizes) or place is None or place.samples:
            continue
        for size, dim in zip(said.sizes, shape, strict=True):
            if isinstance(size, int) and graph.sizes.get(dim) not in (None, size):
                return {}  # the work has it the other way round
            if isinstance(size, str) and isinstance(dim, str):
                found.setdefault(size, set()).add(dim)
    single = all(len(dims) == 1 for dims in found.values())
    known = dictionary.model.stated_dimensions
    return {size: dims.pop() for size, dims in found.items() if size not in known} if single else {}


def _stated(submission: Submission, dictionary: Dictionary) -> Iterator[tuple[str, int]]:
    """The numbers that sizes in letters are said to be."""
    for line in submission.lines:
        if len(line.sides) == 2:
            number = stated_size(line.sides[0].node, line.sides[1].node, dictionary.model)
            if number and line.sides[0].node is not None:
                yield text_of(line.sides[0].node), number


def _index_letters(submission: Submission) -> Iterator[str]:
    """Letters that stand as indices, as arguments, or under a transpose: they are no sizes."""
    yield from ("e", "d")
    for line in submission.lines:
        for side in line.sides:
            for node in walk(side.node) if side.node is not None else ():
                match node:
                    case Sum(index=index):
                        yield index
                    case Symbol() if _size_of(node) is not None:
                        pass
                    case Symbol(indices=indices, raised=raised):
                        yield from (p.base for i in (*indices, *raised) for p in walk(i) if _is_small(p))  # type: ignore[union-attr]
                    case Element(indices=indices):
                        yield from (p.base for i in indices for p in walk(i) if _is_small(p))  # type: ignore[union-attr]
                    case Transpose(Symbol(base=letter)):
                        yield letter
                    case Call(args=args):
                        yield from (arg.base for arg in args if _is_small(arg))  # type: ignore[union-attr]


def _added(lines: Iterable[Line], letter: str, dictionary: Dictionary) -> set[int]:
    """The 1 of sums that run to K + 1, or from 1 to K beside an entry 0: as many as there may be less of K
    than of what is summed.
    """
    return {
        reach + leaves
        for line in lines
        for side in line.sides
        for node in (walk(side.node) if side.node is not None else ())
        if isinstance(node, Sum) and node.upper is not None
        for known, reach in [lettered(node.upper)]
        for leaves in [
            int(dictionary.from_zero and isinstance(node.lower, Literal) and node.lower.value == 1)
        ]
        if known == letter and 0 < reach + leaves <= MOST_ADDED
    }


def _is_small(node: Node) -> bool:
    return isinstance(node, Symbol) and node.base.islower() and not node.indices


def _bears(line: Line, letter: str) -> bool:
    return any(letter in _symbols(side.node) for side in line.sides if side.node is not None)


def _pairs_without(line: Line, letter: str) -> Iterator[Line]:
    """Neighbouring sides that do not hold a letter: that they agree says nothing of it."""
    for relation, pair in zip(line.relations, pairwise(line.sides), strict=False):
        one = replace(line, sides=pair, relations=(relation,))
        if not _bears(one, letter):
            yield one


def _symbols(node: Node) -> set[str]:
    symbols = [part for part in walk(node) if isinstance(part, Symbol)]
    sizes = {text_of(size) for part in symbols if (size := _size_of(part)) is not None}
    return sizes | {text_of(part) + "".join(part.marks) for part in symbols}


def _size_of(node: Symbol) -> Symbol | None:
    """The n of I_n and of 𝟏_n."""
    alone = node.base in SIZED and len(node.indices) == 1 and not node.marks
    return node.indices[0] if alone and isinstance(node.indices[0], Symbol) else None


def _letters(submission: Submission, dictionary: Dictionary) -> Iterator[str]:
    """Symbols that nothing else explains, those that limit sums first."""
    for first in (True, False):
        for line in submission.lines:
            for side in line.sides:
                for node in walk(side.node) if side.node is not None else ():
                    if first and isinstance(node, Sum) and isinstance(node.upper, Symbol):
                        yield from _limiting(node.upper, dictionary)
                    elif not first and isinstance(node, Symbol):
                        yield from _free(_size_of(node) or node, dictionary, bool(_size_of(node)))


def _limiting(node: Symbol, dictionary: Dictionary) -> Iterator[str]:
    """The text of a symbol at the end of a sum, where a size may stand whose letter is also another name."""
    found, graph = next(dictionary.find(node), None), dictionary.model.graph
    counts = found is None or (found.name in graph.leaves and not graph.shapes.get(found.name))
    if counts and node.base not in SIZED:
        yield from _free(node, dictionary, True)
    elif len(text_of(node)) == 1 and not node.marks and node.base not in dictionary.model.stated_dimensions:
        yield node.base


def _free(node: Symbol, dictionary: Dictionary, is_size: bool = False) -> Iterator[str]:
    """The text of a symbol that may stand for a size; names that we chose for sizes may stand for others."""
    text = text_of(node) + "".join(node.marks)
    if node.base == "e" and node.indices:
        return  # a unit vector
    if node.base in dictionary.model.problem.functions:
        return
    if node.accents or len(node.base) > 1 or len(text) > 6 or not node.base.isascii() or node.base in SIZED:
        return
    known = dictionary.model.stated_dimensions if is_size else dictionary.model.dimensions
    if text in known or dictionary.is_known(node) or (text in dictionary.declared and not is_size):
        return
    if dictionary.names.is_base(node.base):
        return  # the a of a_1 and a^2
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
