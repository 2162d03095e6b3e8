"""A point at which one name moves: every value beside its derivative by the entries of that name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.worlds.jets import JETS, H
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.stacking import stacked
from symgrad.checking.worlds.tensor import Tensor
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.tree import Array, Formula, Name, names

MOVED = "∂"
"""The axis along which the entries of a name are moved, one after the other."""


class NoValue(Exception):
    """A name has no value at this point: nothing is given for it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Nested(Exception):
    """A derivative of a derivative: it takes real differences."""


def at(formula: Formula, value: Callable[[str], Array], sizes: Mapping[str, int]) -> Any:
    """The value of a formula of the problem."""
    point: dict[Formula, Array] = {Name(name): value(name) for name in names(formula)}
    with np.errstate(all="ignore"):
        return evaluate(formula, Values(point, sizes, JETS))


class Still(Protocol):
    """A point at which nothing moves, as far as what moves there rests on it."""

    @property
    def model(self) -> Model:
        """The problem."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many values each dimension takes."""

    @property
    def kind(self) -> str:
        """The kind of point."""

    @property
    def believed(self) -> Mapping[Any, Any]:
        """What somebody takes names to be worth, in the order in which it came about."""

    def value(self, name: str) -> Array:
        """Raises `NoValue`."""

    def tensor(self, name: str, stands: str) -> Tensor:
        """The value of a name."""

    def earlier(self, key: Any) -> Still:
        """The point of who does not yet believe this."""


class Moved(Struct, frozen=True, eq=False):
    """A world in which a name moves: every value has a first axis, one place for every entry that moves.

    With ``direct`` only the formula ``opened`` follows; else all quantities do.
    """

    base: Still
    wrt: str
    direct: bool
    opened: str | None = None
    _cache: dict[Any, Any] = field(default_factory=dict)

    real = False

    @property
    def model(self) -> Model:
        """The problem."""
        return self.base.model

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many values each dimension takes."""
        return self.base.sizes

    @property
    def kind(self) -> str:
        """The kind of world."""
        return self.base.kind

    def value(self, name: str) -> Array:
        """The value that does not move."""
        return self.base.value(name)

    def moves(self, name: str) -> bool:
        """Whether a name follows."""
        if name == self.wrt:
            return True
        if self.direct and name != self.opened:
            return False
        if ("value", name) in self.base.believed:  # what is held still knows no ``along``
            belief = self.base.believed["value", name]
            return hasattr(belief, "along") and self.wrt in self.model.below(name)
        return self.wrt in self.model.uses(name) if self.direct else self.wrt in self.model.below(name)

    def stacked(self, name: str) -> Any:
        """The values of a name, one for every entry that moves."""
        if name not in self._cache:
            self._cache[name] = self._stack(name)
        return self._cache[name]

    def _stack(self, name: str) -> Any:
        value = self.base.value(self.wrt)
        if not self.moves(name):
            still = self.base.value(name)
            return np.broadcast_to(still, (value.size, *still.shape))
        if name == self.wrt:
            steps = np.eye(value.size).reshape((value.size, *value.shape))
            return value + 1j * H * steps
        belief: Any = self.base.believed.get(("value", name))
        if belief is not None:
            with suppress(NoValue):  # a belief in numbers says nothing of how they come about
                return belief.along(self._earlier(name))
        formula = self.model.graph.quantities[name]
        found = stacked(formula, {n: self._parts(n) for n in names(formula)}, self.sizes)
        found = np.broadcast_to(found.astype(complex), (value.size, *found.shape[1:]))
        return self.base.value(name) + 1j * np.imag(found) if belief is not None else found

    def _parts(self, name: str) -> Any:
        """The values of a name, one for all entries where it does not move."""
        return self.stacked(name) if self.moves(name) else self.base.value(name)[None]

    def _earlier(self, name: str) -> Moved:
        """The same with the world of who does not yet believe anything of a name."""
        base = self.base.earlier(("value", name))
        if ("earlier", len(base.believed)) not in self._cache:
            self._cache["earlier", len(base.believed)] = replace(self, base=base, _cache={})
        found: Moved = self._cache["earlier", len(base.believed)]
        return found

    def tensor(self, name: str, stands: str) -> Tensor:
        """The value of a name, with an axis of its own where it moves."""
        if not self.moves(name):
            return self.base.tensor(name, stands)
        return Tensor(self.stacked(name), (MOVED,), stands)

    def gradient(self, name: str) -> Array:
        """A derivative within a derivative."""
        raise Nested

    def jacobian(self, of: str, wrt: str, direct: bool = False) -> Array:
        """A derivative within a derivative."""
        raise Nested

    def moved(self, wrt: str, direct: bool, opened: str | None = None) -> Moved:
        """A derivative within a derivative."""
        raise Nested

    def differential(self, name: str, only: str | None = None) -> Array:
        """A derivative within a derivative."""
        raise Nested
