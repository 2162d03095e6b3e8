"""What names stand for while a line is read: the problem's truth, or what the student has believed so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from symgrad.checking.conventions import PLAIN, Convention
from symgrad.checking.effort import Effort
from symgrad.checking.lexicon import Key, Lexicon, keys
from symgrad.checking.printed import float_of
from symgrad.checking.world import World
from symgrad.submission.written import Literal, Node, Symbol
from symgrad.tree import Array

if TYPE_CHECKING:
    from symgrad.checking.products import Reading

JITTER = 1.0
"""How far a printed number may lie from what was meant, in units of its last digit."""


class Unknown(Exception):
    """A symbol that stands for nothing in the problem, and that nothing defines."""

    def __init__(self, symbol: Node) -> None:
        super().__init__(symbol)
        self.symbol = symbol


class Misfit(Exception):
    """Shapes that fit under no reading."""

    def __init__(self, node: Node, shapes: tuple[tuple[int, ...], ...] = ()) -> None:
        super().__init__(node)
        self.node, self.shapes = node, shapes


@dataclass(frozen=True, slots=True)
class Definition:
    """A name of the student's own: its formula, and the index letters it was stated for.

    ``numeric`` where printed numbers stand in it, which hold at the problem's givens alone.
    """

    body: Node
    letters: tuple[str, ...] = ()
    numeric: bool = False


class Belief(Protocol):
    """Where values come from."""

    def value(self, name: str) -> Array:
        """A leaf or quantity; KeyError where it has no value."""

    def derivative(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt, axes of ``of`` first; KeyError where it has no value."""


class Truth:
    """Everything as the problem has it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def value(self, name: str) -> Array:
        """A leaf or quantity of the world."""
        return self.world.values[name]

    def derivative(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt in the world."""
        return self.world.derivative(of, wrt, direct)


Memo: TypeAlias = "tuple[Node, list[Reading] | Unknown | Misfit]"
"""A node, held so that no other takes its identity, and its readings or why it has none."""


@dataclass(frozen=True)
class Scope:
    """Everything that evaluating a piece of writing needs.

    ``believe`` says what belief goes with another world. ``overrides`` puts arrays in place of
    quantities, to differentiate by them. ``draws`` moves every printed number within its last digit;
    those in ``exact`` stay. ``tight``: what a student believes is as it is printed, to no digit more.
    ``memo`` keeps what was evaluated in this scope; another scope begins with none.
    """

    lexicon: Lexicon
    world: World
    belief: Belief
    believe: Callable[[World], Belief] = Truth
    definitions: Mapping[Key, Definition] = field(default_factory=dict)
    overrides: Mapping[str, Array] = field(default_factory=dict)
    draws: np.random.Generator | None = None
    exact: frozenset[float] = frozenset()
    tight: bool = False
    convention: Convention = PLAIN
    effort: Effort = field(default_factory=Effort)
    memo: dict[object, Memo] = field(default_factory=dict, init=False)

    def value(self, name: str) -> Array:
        """What a name of the problem stands for."""
        if name in self.overrides:
            return self.overrides[name]
        array = self.belief.value(name)
        return array * self._factor if name == self.lexicon.objective else array

    @property
    def _factor(self) -> float:
        return self.convention.factor(self.world)

    def derivative(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt."""
        array = self.belief.derivative(of, wrt, direct)
        scaled = of == self.lexicon.objective != wrt and self.convention.multiple
        return array * self._factor if scaled else array

    def definition(self, symbol: Symbol) -> Definition | None:
        """The student's own meaning of a symbol."""
        return next((self.definitions[k] for k in keys(symbol) if k in self.definitions), None)

    def literal(self, node: Literal) -> float:
        """A printed number, moved by less than a unit of its last digit where numbers are drawn.

        Whole numbers, and numbers that are values of the problem, are what they say.
        """
        value = float_of(node.value)
        if self.draws is None or node.place >= 0 or abs(value) in self.exact:
            return value
        return value + JITTER * float(self.draws.choice((-1.0, 1.0))) * 10.0**node.place

    def moved(self, changed: Mapping[str, Array]) -> Scope:
        """The scope in which some names have other values."""
        return replace(self, overrides={**self.overrides, **changed})

    def at(self, world: World) -> Scope:
        """The scope in another world, under the belief that goes with it."""
        return replace(self, world=world, belief=self.believe(world), overrides={})
