"""The sides of a line in numbers: every reading, for all values of its index letters, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice, product
from typing import TypeAlias

import numpy as np

from symgrad.checking.evaluate import readings
from symgrad.checking.letters import free_letters
from symgrad.checking.printed import Printed, is_numeric, printed
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.checking.student import Student
from symgrad.submission.written import Node
from symgrad.tree import Array

DRAWS = 5
SAFETY = 1.3
"""What the widest of a few draws is multiplied by."""
MOST_CELLS = 400
Ranges: TypeAlias = "dict[str, int]"


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One reading of a side: its array (the line's letters first), and the liberties it takes.

    ``widths`` works out how far it and the side's other readings may be off, of which it is number ``n``.
    """

    array: Array
    loose: int = 0
    n: int = 0
    widths: Callable[[], Sequence[Array | float]] = tuple

    @property
    def slack(self) -> Array | float:
        """How far the array moves while the numbers printed in it move within their last digits."""
        widths = self.widths()
        return widths[self.n] if widths else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SideValues:
    """A side in numbers: ``shown`` where it is printed numbers alone, ``fault`` where it has no value."""

    node: Node
    values: tuple[Value, ...] = ()
    shown: Printed | None = None
    numeric: bool = False
    fault: Unknown | Misfit | None = None


def ranges_of(nodes: Sequence[Node], scope: Scope) -> Ranges:
    """The index letters of a line and how many values each has; those of the first side come first."""
    found: Ranges = {}
    for node in nodes:
        for letter, size in free_letters(node, scope, {}, readings).items():
            found[letter] = size if not found.get(letter) else min(found[letter], size or found[letter])
    return {letter: size for letter, size in found.items() if size}


def side_values(node: Node, scope: Scope, ranges: Ranges) -> SideValues:
    """Every reading of a side. A side about entries has the line's letters as its first axes."""
    numeric, shown = is_numeric(node), printed(node)
    if shown is not None:
        return SideValues(node, (Value(shown.array, widths=lambda: (shown.unit,)),), shown, numeric)
    try:
        found = _over_letters(node, scope, ranges)
    except (Unknown, Misfit) as fault:
        return SideValues(node, numeric=numeric, fault=fault)
    except KeyError:
        return SideValues(node, numeric=numeric, fault=Unknown(node))
    rough = numeric or (isinstance(scope.belief, Student) and not scope.tight)
    widths = cache(partial(_slack, node, scope, ranges, found)) if rough else tuple
    values = (Value(array, loose, n, widths) for n, (array, loose) in enumerate(found))
    return SideValues(node, tuple(values), None, numeric)


def _over_letters(node: Node, scope: Scope, ranges: Ranges) -> list[tuple[Array, int]]:
    own = free_letters(node, scope, {}, readings)
    used = [letter for letter in ranges if letter in own]
    if not used:
        return [(reading.array, reading.loose) for reading in readings(node, scope, {})]
    shape = tuple(ranges[letter] for letter in used)
    if int(np.prod(shape)) > MOST_CELLS:
        raise Misfit(node, (shape,))
    cells = [
        readings(node, scope, dict(zip(used, where, strict=True))) for where in product(*map(range, shape))
    ]
    found = []
    for choice in range(min(map(len, cells))):
        arrays = [cell[choice].array for cell in cells]
        if len({array.shape for array in arrays}) == 1:
            stacked = np.stack(arrays).reshape(shape + arrays[0].shape)
            found.append((_spread(stacked, used, ranges), max(cell[choice].loose for cell in cells)))
    if not found:
        raise Misfit(node)
    return found


def _spread(array: Array, used: list[str], ranges: Ranges) -> Array:
    """The array with an axis for every letter of the line; along one that it does not use, it is constant."""
    rest = array.shape[len(used) :]
    shape = tuple(ranges[letter] if letter in used else 1 for letter in ranges)
    full = tuple(ranges[letter] for letter in ranges)
    return np.broadcast_to(array.reshape(shape + rest), full + rest)


def _slack(node: Node, scope: Scope, ranges: Ranges, found: list[tuple[Array, int]]) -> list[Array | float]:
    """How far each reading moves while the numbers printed in it move within their last digits."""
    widest: list[Array | float] = [0.0] * len(found)
    for seed in range(DRAWS):
        try:
            moved = _over_letters(node, drawn(scope, seed), ranges)
        except (Unknown, Misfit, KeyError):
            continue
        for n, ((array, _), (other, _)) in enumerate(islice(zip(found, moved, strict=False), len(found))):
            if array.shape == other.shape:
                widest[n] = np.maximum(widest[n], np.abs(array - other))
    return [SAFETY * width for width in widest]


def drawn(scope: Scope, seed: int) -> Scope:
    """The scope with every printed number, and every number of the student's, moved within its last digit."""
    generator = np.random.default_rng(seed)
    belief = scope.belief
    if isinstance(belief, Student) and not scope.tight:
        belief = replace(belief, draws=np.random.default_rng(seed + DRAWS), used=[], _known={}, _locals={})
    return replace(scope, draws=generator, belief=belief)
