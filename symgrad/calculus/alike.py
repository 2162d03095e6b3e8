"""What all rounds of a repeated block say: their formulas with t in the place of the number.

The formulas of two rounds are laid side by side, and what differs by one is written with t: h[1] and h[2]
are h[t-1] at t = 2 and 3. Put back into every round, they must be its formulas again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.graph import Graph
from symgrad.reading.rounds import INDEXED
from symgrad.tree import ONE, Formula, Name, Number, Op, Size, children, number, rebuild, transform

ALL = ("slice", None, None)


class NotAlike(Exception):
    """The rounds do not have one formula over names of their own round and of the one before."""


def member(name: str) -> tuple[str, int] | None:
    """The stem and the number of one of a family."""
    match = INDEXED.fullmatch(name)
    return (match["stem"], int(match["index"])) if match and match["index"].isdecimal() else None


class Schema(Struct):
    """Names with a counter in the place of its number: h[t-1], and x[t] for row t − 1 of an array x.

    ``parts`` has for the name of such a part, at every step from t, the look-up it stands for at step 0.
    """

    counter: str
    graph: Graph
    parts: dict[str, Op] = field(default_factory=dict)

    def name(self, stem: str, step: int) -> str:
        """h[t+1] for h and 1."""
        return f"{stem}[{self.counter}{f'{step:+d}' if step else ''}]"

    def general(self, left: Formula, right: Formula, at: int) -> Formula:
        """The formula of which ``left`` is the one at a number, and ``right`` at the next.

        Raises `NotAlike` where there is none.
        """
        match left, right:
            case Name(a), Name(b) if a != b:
                return Name(self._member(a, b, at))
            case Number(a), Number(b) if a != b:
                if a == at and b == at + 1:
                    return Name(self.counter)
                raise NotAlike
            case Op("index", (Name(a),), (("key", p),)), Op("index", (Name(b),), (("key", q),)) if (
                p != q and a == b
            ):
                return Name(self._part(a, p, q, at))
            case Size(a), Size(b) if a != b:
                raise NotAlike
        if type(left) is not type(right) or _head(left) != _head(right):
            raise NotAlike
        parts = zip(children(left), children(right), strict=True)
        return rebuild(left, tuple(self.general(a, b, at) for a, b in parts)) if children(left) else left

    def _member(self, left: str, right: str, at: int) -> str:
        a, b = member(left), member(right)
        if a is None or b is None or a[0] != b[0] or b[1] != a[1] + 1 or a[1] - at not in (0, -1):
            raise NotAlike
        return self.name(a[0], a[1] - at)

    def _part(self, array: str, left: tuple[Any, ...], right: tuple[Any, ...], at: int) -> str:
        """A row, a column or an entry of an array that nothing makes and nothing is differentiated by."""
        if array in self.graph.quantities or array in self.graph.wrt or len(left) != len(right):
            raise NotAlike
        moved = [n for n, (p, q) in enumerate(zip(left, right, strict=True)) if p != q]
        if len(moved) != 1 or not isinstance(left[moved[0]], int) or not isinstance(right[moved[0]], int):
            raise NotAlike
        if any(part != ALL for n, part in enumerate(left) if n not in moved) or f"{array}[" in "".join(
            self.graph.shapes
        ):
            raise NotAlike
        if right[moved[0]] != left[moved[0]] + 1:
            raise NotAlike
        key = tuple(part - at if n in moved else part for n, part in enumerate(left))
        step = left[moved[0]] - at + 1  # positions count from 1 in print
        origin = Op(
            "index", (Name(array),), (("key", tuple(0 if n in moved else p for n, p in enumerate(key))),)
        )
        name = self.name(array, step)
        if self.parts.setdefault(array, origin) != origin:
            raise NotAlike
        return name

    def read(self, name: str) -> tuple[str, int] | None:
        """The stem and the step of a general name; None for one that is the same in every round."""
        match = INDEXED.fullmatch(name)
        if match is None or not match["index"].startswith(self.counter):
            return None
        step = match["index"][len(self.counter) :]
        return (match["stem"], int(step or 0)) if not step or step[0] in "+-" else None

    def at(self, formula: Formula, number_: int) -> Formula:
        """A general formula in one round."""

        def change(node: Formula) -> Formula:
            if not isinstance(node, Name):
                return node
            if node.id == self.counter:
                return number(number_)
            found = self.read(node.id)
            if found is None:
                return node
            stem, step = found
            return (
                self._row(stem, number_ + step - 1)
                if stem in self.parts
                else Name(f"{stem}[{number_ + step}]")
            )

        return transform(formula, change)

    def _row(self, array: str, position: int) -> Formula:
        origin = self.parts[array]
        key = tuple(position if isinstance(part, int) else part for part in origin.option("key"))
        return replace(origin, options=(("key", key),))

    def later(self, formula: Formula) -> Formula:
        """A general formula one step on: h[t] for h[t-1]."""

        def change(node: Formula) -> Formula:
            if not isinstance(node, Name):
                return node
            if node.id == self.counter:
                return Op("add", (node, ONE))
            found = self.read(node.id)
            return node if found is None else Name(self.name(found[0], found[1] + 1))

        return transform(formula, change)


def _head(formula: Formula) -> object:
    """All of a node but its parts."""
    match formula:
        case Op(name, args, options):
            return name, len(args), options
        case Name(id) | Size(id):
            return id
        case Number(value):
            return value
    raise NotAlike


def spread(schema: Schema, rounds: Mapping[int, tuple[str, ...]], graph: Graph) -> dict[str, Formula]:
    """The formulas of a block for every number, by their general names; of each round they are the formulas.

    Raises `NotAlike` where there are none.
    """
    numbers = sorted(rounds)
    stems = [tuple(name.partition("[")[0] for name in rounds[n]) for n in numbers]
    if len(numbers) < 2 or len({*stems}) != 1:
        raise NotAlike
    first = numbers[0]
    found: dict[str, Formula] = {}
    for stem, a, b in zip(stems[0], rounds[first], rounds[first + 1], strict=True):
        found[schema.name(stem, 0)] = schema.general(graph.quantities[a], graph.quantities[b], first)
    for n in numbers:
        for formula, quantity in zip(found.values(), rounds[n], strict=True):
            if schema.at(formula, n) != graph.quantities[quantity]:
                raise NotAlike
    return found
