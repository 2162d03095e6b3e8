"""Layers told apart by their index letter: I_j and I_k, w_{ji} and w_{kj}, names and their entries at once.

So are names of the work's own, δ_k and δ_j, which then are what the work defines them to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import without
from symgrad.checking.settling.indexing import PRIME
from symgrad.errors import SymgradError
from symgrad.submission.lines import Line, Submission
from symgrad.submission.read import read_maths
from symgrad.submission.written import Derivative, Negative, Node, Subtract, Symbol, walk

OWN = "·"
"""Behind the letter of a name of the work's own, before the layer that it is of."""

_Letters = tuple[str, ...]


class _Layers(Struct, frozen=True):
    """Names by base and letters on it; the letters of layers; bases that the work defines for several."""

    names: Mapping[tuple[str, _Letters], str]
    layers: frozenset[str]
    own: frozenset[str]


def by_letters(submission: Submission, known: Dictionary) -> _Layers | None:
    """The layers of a problem that writes several names with one letter and other indices; else None."""
    names = _written(tuple(known.model.problem.write.items()))
    bases = [base for base, _ in names]
    if not any(bases.count(base) > 1 for base in bases):
        return None
    layers = frozenset(letter for _, letters in names for letter in letters)
    said: dict[str, set[_Letters]] = {}
    for base, letters in (*names, *_defined(submission)):
        if len(letters) == 1 and set(letters) <= layers:
            said.setdefault(base, set()).add(letters)
    own = frozenset(base for base, found in said.items() if len(found) > 1)
    return _Layers(names, layers, own)


def lettered_by(layers: _Layers, node: Node, known: Dictionary) -> Node:
    """The entry of the layer that the letters on a symbol say; else the node."""
    if not isinstance(node, Symbol) or not node.indices or node.marks:
        return node
    letters = _letters(node)
    for order in (1, -1):
        name = layers.names.get((node.base, letters[::order]))
        if name is not None:
            places = node.indices[::order]
            sub = (
                node.sub
                if order == 1
                else "".join(place.base for place in places if isinstance(place, Symbol))
            )
            return replace(node, base=name, sub=sub, indices=places)
    if len(letters) == 1 and letters[0] in layers.layers and node.base in layers.own:
        return replace(node, base=f"{node.base}{OWN}{letters[0]}")
    return node


def own_signal(node: Node, known: Dictionary) -> Node:
    """δ as a name of the work's own, whatever the gradient by z is; δ_ij is Kronecker's."""
    if isinstance(node, Symbol) and node.base == "delta" and len(node.indices) < 2:
        return replace(node, base=f"delta{OWN}")
    return node


def own_changes(submission: Submission, known: Dictionary) -> Callable[[Node, Dictionary], Node] | None:
    """Δw as a name of the work's own, where nothing is differentiated and the problem has no update: what a
    rule such as Δw = η (t − y) x changes is no gradient.
    """
    if known.model.rate or any(isinstance(part, Derivative) for part in submission.nodes):
        return None
    return _as_own_change


def _as_own_change(node: Node, known: Dictionary) -> Node:
    if isinstance(node, Symbol) and "Delta" in node.accents:
        return replace(without(node, "Delta"), base=f"Delta{OWN}{node.base}")
    return node


def negates(line: Line) -> bool:
    """Whether a minus stands before what holds a signal of the work's own: −δ a."""
    taken = (
        part.body if isinstance(part, Negative) else part.right
        for part in line.nodes
        if isinstance(part, Negative | Subtract)
    )
    return any(
        isinstance(part, Symbol) and part.base == f"delta{OWN}" for node in taken for part in walk(node)
    )


def _letters(symbol: Symbol) -> _Letters:
    """The letters low on a symbol, primes aside: k and j of w_{kj'}. None where one is no letter."""
    found = tuple(
        part.base.rstrip(PRIME) for part in symbol.indices if isinstance(part, Symbol) and not part.sub
    )
    whole = len(found) == len(symbol.indices) and all(len(letter) == 1 for letter in found)
    return found if whole else ()


def _defined(submission: Submission) -> Iterator[tuple[str, _Letters]]:
    """The letter, and the index letters, of each symbol that is a side of a line."""
    for line in submission.lines:
        for node in (side.node for side in line.sides):
            if isinstance(node, Symbol) and node.indices and not node.marks:
                yield node.base, _letters(node)


@lru_cache(maxsize=8)
def _written(write: tuple[tuple[str, str], ...]) -> Mapping[tuple[str, _Letters], str]:
    found: dict[tuple[str, _Letters], str] = {}
    for name, latex in write:
        if "_" not in latex:
            continue
        try:
            node = read_maths(latex)
        except SymgradError:
            continue  # what cannot be read is still found by its name in the file
        if isinstance(node, Symbol) and not node.marks and not node.accents and (letters := _letters(node)):
            found[node.base, letters] = name
    return found


def changing(layers: _Layers) -> partial[Node]:
    """What makes the symbols of a work entries of its layers."""
    return partial(lettered_by, layers)
