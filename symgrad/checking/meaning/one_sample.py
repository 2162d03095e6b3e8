"""Names of all samples that a work writes for one: x, s_j and p for the i-th of X, S and P."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import Found, lettered, scripts
from symgrad.submission.written import Node, walk

ANY = "•sample"
"""The axis of the samples where no letter stands for one."""
WAY = "samples"


def sample_axis(name: str, dictionary: Dictionary) -> int | None:
    """The axis of the samples of a name that has just one; a parameter has none."""
    shape = dictionary.model.graph.shapes.get(name, ())
    found = [axis for axis, dim in enumerate(shape) if dim in dictionary.model.samples]
    return found[0] if len(found) == 1 else None


def letter_of(nodes: Iterable[Node], dictionary: Dictionary) -> str:
    """The letter of the sample in a line: the i of y_i, of L_i, else of x_i."""
    of_rows = ""
    for node in nodes:
        for part in walk(node):
            known = scripts(part)
            found = None if known is None else next(dictionary.find(*known), None)
            if found is None or sample_axis(found.name, dictionary) is None:
                continue
            letters = [letter for place in (*found.samples, *found.indices) if (letter := lettered(place)[0])]
            if len(letters) == 1:
                if len(dictionary.model.graph.shapes[found.name]) == 1:
                    return letters[0]
                of_rows = of_rows or letters[0]
    return of_rows or ANY


def is_short(found: Found, dictionary: Dictionary) -> bool:
    """Whether an index is missing that a name of all samples has."""
    rank = len(dictionary.model.graph.shapes.get(found.name, ()))
    places = len(found.samples) + len(found.indices)
    return places < rank and sample_axis(found.name, dictionary) is not None
