"""Names of all samples that a work writes for one: x, s_j and p for the i-th of X, S and P."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import Found, lettered, scripts
from symgrad.submission.written import Node, Symbol, walk

ANY = "•sample"
"""The axis of the samples where no letter stands for one."""
WAY = "samples"


def sample_axis(name: str, dictionary: Dictionary) -> int | None:
    """The axis of the samples of a name that has just one; a parameter has none."""
    shape = dictionary.model.graph.shapes.get(name, ())
    found = [axis for axis, dim in enumerate(shape) if dim in dictionary.model.samples]
    return found[0] if len(found) == 1 else None


def letter_of(nodes: Iterable[Node], dictionary: Dictionary) -> str:
    """The letter of the sample in a line: the i of y_i, of L_i and of s_{y_i}, else of x_i."""
    rows: list[str] = []
    others: set[str] = set()
    for symbol, found in names_in(nodes, dictionary):
        of_one = len(dictionary.model.graph.shapes.get(found.name, ())) == 1
        places = (*found.samples, *found.indices) or (symbol.indices[-1:] if of_one else ())
        letters = [letter for place in places if (letter := lettered(place)[0])]
        if sample_axis(found.name, dictionary) is None:
            others.update(letters)  # the k of w_k is no sample
        elif len(letters) == 1:
            if of_one:
                return letters[0]
            rows += letters
    return next((letter for letter in rows if letter not in others), rows[0] if rows else ANY)


def names_in(nodes: Iterable[Node], dictionary: Dictionary) -> Iterator[tuple[Symbol, Found]]:
    """The names of the problem in some nodes, each with the symbol that it is written as."""
    for part in (part for node in nodes for part in _with_indices(node)):
        if (known := scripts(part)) is not None:
            symbol, raised = known
            folded = replace(symbol, base=symbol.base.swapcase())  # w_k of W
            either = (*dictionary.find(symbol, raised), *dictionary.find(folded, raised))
            yield from ((symbol, found) for found in either[:1])


def _with_indices(node: Node) -> Iterator[Node]:
    """Every node, and those that stand as indices: y_i of s_{y_i}."""
    for part in walk(node):
        yield part
        for index in part.indices if isinstance(part, Symbol) else ():
            yield from _with_indices(index)


def of_sample(found: Found, letter: str, dictionary: Dictionary) -> tuple[Node, ...]:
    """The places of the part of a name that is of one sample, with the indices that are written on it."""
    shape, axis = dictionary.model.graph.shapes[found.name], sample_axis(found.name, dictionary)
    written = (*found.samples, *found.indices)
    rest = iter(written if len(written) == len(shape) - 1 else (Symbol(":"),) * (len(shape) - 1))
    return tuple(Symbol(letter) if n == axis else next(rest) for n in range(len(shape)))


def is_short(found: Found, dictionary: Dictionary) -> bool:
    """Whether an index is missing that a name of all samples has."""
    rank = len(dictionary.model.graph.shapes.get(found.name, ()))
    places = len(found.samples) + len(found.indices)
    return places < rank and sample_axis(found.name, dictionary) is not None
