"""Where an expression is worked out: the point, the dictionary, and which of several readings is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.meaning.choices import Choices, Frame, Unknown
from symgrad.checking.worlds.moved import Nested, NoValue
from symgrad.checking.worlds.tensor import COLUMN, Misfit, Tensor, TooLong
from symgrad.submission.written import Node, Symbol

if TYPE_CHECKING:
    from symgrad.checking.meaning.dictionary import Dictionary
    from symgrad.checking.worlds.moved import Moved
    from symgrad.checking.worlds.world import World


class Labelled(Exception):
    """A letter stands for the number of a layer or of a time: it must be put in before it is worked out."""

    def __init__(self, letter: str, numbers: tuple[int, ...], reach: int = 0) -> None:
        super().__init__(letter)
        self.letter, self.numbers, self.reach = letter, numbers, reach


class Scope(Struct, frozen=True, dict=True):
    """The circumstances under which a node has a value.

    ``ranges`` holds how far each index letter of the line runs, ``labels`` numbers of layers and times,
    ``bound`` the arguments of a function of the student's own. ``before`` is the line before which
    definitions count first. ``literals`` numbers the printed numbers that are moved.
    """

    dictionary: Dictionary
    world: World | Moved
    choices: Choices
    stands: str = COLUMN
    ranges: Mapping[str, int] = field(default_factory=dict)
    short: frozenset[str] = frozenset()
    """Index letters that run less far than some arrays on which they stand: of these the first entries."""
    labels: Mapping[str, int] = field(default_factory=dict)
    bound: Mapping[str, Tensor] = field(default_factory=dict)
    line: int = 0
    transposed: bool = False
    literals: Mapping[Any, int] = field(default_factory=dict)
    opened: frozenset[int] = frozenset()
    instead: Mapping[Any, float] = field(default_factory=dict)
    """Values that stand for some of the printed numbers."""
    sample: str = ""
    """The axis of the one sample that names without its index are of; "" where they are of all samples."""

    @property
    def lengths(self) -> Mapping[int, str]:
        """How long the axes of the problem are here, each with a dimension of that length."""
        sizes = self.world.sizes
        return {sizes[dim]: dim for dim in self.dictionary.model.dimensions if dim in sizes}

    def at(self, world: World | Moved) -> Scope:
        """The same at another point."""
        return replace(self, world=world)

    def binding(self, **bound: Tensor) -> Scope:
        """With arguments put in."""
        return replace(self, bound={**self.bound, **bound})

    def labelled(self, letter: str, number: int) -> Scope:
        """With the number of a layer put in."""
        return replace(self, labels={**self.labels, letter: number})

    def apart(self) -> Scope:
        """The same for a part that is read by itself, before it is known how far the letters run."""
        return replace(self, choices=Choices(effort=self.choices.effort), ranges={}, short=frozenset())

    def named(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> Tensor:
        """The value of a name with labels standing high beside those it has."""
        return NAMED[0](symbol, raised, self)

    def evaluate(self, node: Node) -> Tensor:
        """The value of a node. Raises `Misfit`, `Unknown`, `Labelled`, `NoValue`, `Nested`, `TooLong`."""
        choices = self.choices
        choices.spend()
        for known in self._known.get(id(node), ()):
            if known.fits(choices):
                return known.repeated(choices)
        handler = HANDLERS.get(type(node))
        if handler is None:
            raise Unknown("this cannot be worked out", node)
        choices.effort.spend()
        before, outer, stood = choices.trail, choices.asked, choices.stood
        choices.asked, choices.stood = {}, False
        try:
            found = handler(node, self)
            self.dictionary.values.keep(self._known, node, choices, before, found, None)
        except (Misfit, Unknown, Labelled, NoValue, Nested) as fault:
            self.dictionary.values.keep(self._known, node, choices, before, None, fault)
            raise
        finally:
            outer.update(choices.asked)
            choices.asked = outer
            choices.stood = choices.stood or stood
        return found

    @cached_property
    def _known(self) -> Frame:
        """What has been worked out under these circumstances."""
        bound = tuple((letter, id(tensor)) for letter, tensor in self.bound.items())
        maps = (self.ranges, self.labels, self.literals, self.instead)
        where = (
            id(self.world),
            self.stands,
            self.line,
            self.transposed,
            self.opened,
            self.sample,
            self.short,
            bound,
        )
        key = (*where, *(frozenset(each.items()) for each in maps), self.dictionary.settled)
        return self.dictionary.values.frame(key, self)


NAMED: list[Callable[[Symbol, tuple[Node, ...], Scope], Tensor]] = []
"""What gives a symbol its value; `symgrad.checking.meaning.symbols` puts itself here."""
Handler: TypeAlias = "Callable[[Any, Scope], Tensor]"
HANDLERS: dict[type, Handler] = {}
"""What works out each kind of node."""


def handles(*kinds: type) -> Callable[[Handler], Handler]:
    """Register what works out nodes of these kinds."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


def is_letter(node: Node) -> bool:
    """Whether a node is a plain letter."""
    return isinstance(node, Symbol) and len(node.base) == 1 and not (node.sub or node.marks or node.accents)


__all__ = ["HANDLERS", "NAMED", "Choices", "Labelled", "Scope", "TooLong", "Unknown", "handles", "is_letter"]
