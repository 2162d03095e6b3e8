"""What all rounds of a repeated block say: their formulas with t in the place of the number.

The formulas of all rounds are laid side by side, and what goes on with the number is written with t: h[0],
h[1], … are h[t-1]. Put back into every round, they must be its formulas again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.graph import Graph
from symgrad.reading.rounds import INDEXED
from symgrad.tree import ONE, Formula, Name, Number, Op, Size, children, number, rebuild, transform

Key: TypeAlias = "tuple[Any, ...]"
ALL = ("slice", None, None)


class NotAlike(Exception):
    """The rounds do not have one formula over names of their own round and of the one before."""


def member(name: str) -> tuple[str, int] | None:
    """The stem and the number of one of a family."""
    match = INDEXED.fullmatch(name)
    return (match["stem"], int(match["index"])) if match and match["index"].isdecimal() else None


class Schema(Struct):
    """Names with a counter in the place of its number: h[t-1], and x[t] for row t − 1 of an array x.

    ``parts`` has for an array of which each round takes a part how it looks up the first one.
    """

    counter: str
    graph: Graph
    numbers: tuple[int, ...]
    parts: dict[str, Op] = field(default_factory=dict)

    def name(self, stem: str, step: int) -> str:
        """h[t+1] for h and 1."""
        return f"{stem}[{self.counter}{f'{step:+d}' if step else ''}]"

    def general(self, rounds: Sequence[Formula]) -> Formula:
        """The formula of which these are the ones in all rounds. Raises `NotAlike` where there is none."""
        first = rounds[0]
        if all(formula == first for formula in rounds):
            return first
        match first:
            case Name():
                return Name(self._member([node.id if isinstance(node, Name) else "" for node in rounds]))
            case Number() if [*map(number, self.numbers)] == list(rounds):
                return Name(self.counter)
            case Op("index", (Name(array),)):
                return Name(self._part(array, [_key(node, first) for node in rounds]))
        if not children(first) or any(_head(node) != _head(first) for node in rounds):
            raise NotAlike
        return rebuild(first, tuple(map(self.general, zip(*map(children, rounds), strict=True))))

    def _member(self, ids: Sequence[str]) -> str:
        found = [member(id) for id in ids]
        first = found[0]
        if first is None or first[1] - self.numbers[0] not in (0, -1):
            raise NotAlike
        step = first[1] - self.numbers[0]
        if found != [(first[0], number_ + step) for number_ in self.numbers]:
            raise NotAlike
        return self.name(first[0], step)

    def _part(self, array: str, keys: Sequence[Key]) -> str:
        """A row, a column or an entry of an array, at a place that counts on."""
        places = [n for n, part in enumerate(keys[0]) if isinstance(part, int)]
        for key in keys:
            if [n for n, part in enumerate(key) if isinstance(part, int)] != places:
                raise NotAlike
            if any(part != ALL for part in key if not isinstance(part, int)):
                raise NotAlike
        at = [key[places[0]] for key in keys] if len(places) == 1 else []
        if not at or at != [at[0] + n for n in range(len(keys))]:
            raise NotAlike
        start = tuple(0 if isinstance(part, int) else part for part in keys[0])
        origin = Op("index", (Name(array),), (("key", start),))
        if self.parts.setdefault(array, origin) != origin:
            raise NotAlike
        return self.name(array, at[0] - self.numbers[0] + 1)  # printed from 1

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
            if stem in self.parts:
                return self._looked_up(stem, number_ + step - 1)
            return Name(f"{stem}[{number_ + step}]")

        return transform(formula, change)

    def _looked_up(self, array: str, position: int) -> Formula:
        """The part of an array at a position."""
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


def _key(node: Formula, first: Formula) -> Key:
    if isinstance(node, Op) and node.name == "index" and node.args == children(first):
        found: Key = node.option("key")
        return found
    raise NotAlike


def spread(schema: Schema, rounds: Mapping[int, tuple[str, ...]], graph: Graph) -> dict[str, Formula]:
    """The formulas of a block for every number, by their general names; of each round they are the formulas.

    Raises `NotAlike` where there are none.
    """
    stems = [tuple(name.partition("[")[0] for name in names) for names in rounds.values()]
    if len(rounds) < 2 or len({*stems}) != 1:
        raise NotAlike
    found: dict[str, Formula] = {}
    for stem, names in zip(stems[0], zip(*rounds.values(), strict=True), strict=True):
        formulas = [graph.quantities[name] for name in names]
        general = found[schema.name(stem, 0)] = schema.general(formulas)
        if [schema.at(general, number_) for number_ in rounds] != formulas:
            raise NotAlike
    return found
