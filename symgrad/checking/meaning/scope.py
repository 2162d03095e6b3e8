"""Where an expression is worked out: the point, the dictionary, and which of several readings is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.worlds.tensor import COLUMN, Misfit, Tensor, TooLong
from symgrad.submission.written import Node, Symbol

if TYPE_CHECKING:
    from symgrad.checking.meaning.dictionary import Dictionary
    from symgrad.checking.worlds.moved import Moved
    from symgrad.checking.worlds.world import World

MOST_STEPS = 20_000
"""Nodes that are worked out for one line."""


class Unknown(Exception):
    """Something has no meaning here: a sentence that says what is missing."""

    def __init__(self, message: str, node: Node | None = None) -> None:
        super().__init__(message)
        self.message, self.node = message, node


class Labelled(Exception):
    """A letter stands for the number of a layer or of a time: it must be put in before it is worked out."""

    def __init__(self, letter: str, numbers: tuple[int, ...], reach: int = 0) -> None:
        super().__init__(letter)
        self.letter, self.numbers, self.reach = letter, numbers, reach


Options: TypeAlias = "Mapping[str, Callable[[], Tensor]]"


class Choices(Struct):
    """Readings taken where several fit, by what is read.

    ``script`` prescribes some of them; ``trail`` holds, in order, what was chosen out of what.
    """

    script: Mapping[Any, str] = field(default_factory=dict)
    trail: dict[Any, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    steps: int = 0

    def among(self, key: Any, options: Options) -> Tensor:
        """The first option that fits, or the one that the script prescribes. `Misfit` where none does."""
        if key in self.script:
            wanted = self.script[key]
            if wanted not in options:
                raise Misfit("another reading is needed elsewhere")
            self.trail.setdefault(key, (wanted, (wanted,)))
            return options[wanted]()
        if key in self.trail:
            wanted = self.trail[key][0]
            if wanted not in options:
                raise Misfit("another reading is needed elsewhere")
            return options[wanted]()
        fault: Exception | None = None
        names = tuple(options)
        before = dict(self.trail)
        failed: dict[Any, tuple[str, tuple[str, ...]]] = {}
        for n, name in enumerate(names):
            self.trail = dict(before)
            try:
                found = options[name]()
            except (Misfit, Unknown) as error:
                if fault is None:
                    fault, failed = error, {**before, key: (name, names), **self.trail}
                continue
            if len(names) > n + 1:
                self.trail.setdefault(key, (name, names[n:]))
            return found
        self.trail = failed  # another reading within the first option may fit
        raise fault or Misfit("nothing fits")

    def name(self, key: Any, options: tuple[str, ...]) -> str:
        """A choice that stands whatever fits."""
        if key in self.script:
            wanted = self.script[key]
            self.trail.setdefault(key, (wanted, (wanted,)))
            return wanted
        return self.trail.setdefault(key, (options[0], options))[0]

    def spend(self) -> None:
        """One more node."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLong


class Scope(Struct, frozen=True):
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

    def named(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> Tensor:
        """The value of a name with labels standing high beside those it has."""
        return NAMED[0](symbol, raised, self)

    def evaluate(self, node: Node) -> Tensor:
        """The value of a node. Raises `Misfit`, `Unknown`, `Labelled`, `NoValue`, `Nested`, `TooLong`."""
        self.choices.spend()
        handler = HANDLERS.get(type(node))
        if handler is None:
            raise Unknown("this cannot be worked out", node)
        return handler(node, self)


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
