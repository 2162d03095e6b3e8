"""The problem at one point: the value of every name, and the derivative of any by any other.

Derivatives come from the forward formulas by complex steps (`symgrad.checking.worlds.jets`): they know
nothing of the derivation that the reports show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from symgrad.checking.meaning.tensor import Tensor
from symgrad.checking.worlds.jets import JETS, H
from symgrad.checking.worlds.model import RATE, Model
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.tree import Array, Formula, Name, names

MOVED = "∂"
"""The axis along which the entries of a name are moved, one after the other."""
STEP = 1e-3
STENCIL = ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0))
"""Of the fourth-order central differences that take the derivative of what holds a derivative itself."""
MOST_UPDATES = 1000

Believed: TypeAlias = "Mapping[str, Callable[[World], Array]]"
"""What somebody takes a name to be worth, worked out at a world in which the rest is as it is."""


class NoValue(Exception):
    """A name has no value at this point: nothing is given for it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Nested(Exception):
    """A derivative of a derivative: it takes real differences."""


@dataclass(frozen=True, eq=False)
class World:
    """Numbers for leaves, and what follows from them.

    ``kind`` is ``given`` (the problem's own numbers), ``own`` (random, of the sizes given), ``data`` (the
    data as given, the rest random), or ``other`` (random, of other sizes). ``values`` and ``slopes``
    hold what is believed of names and of gradients of the objective.
    """

    model: Model
    leaves: Mapping[str, Array]
    sizes: Mapping[str, int]
    kind: str = "own"
    values: Believed = field(default_factory=dict)
    slopes: Believed = field(default_factory=dict)
    before: World | None = None
    locals: Mapping[tuple[str, str], Callable[[World], Array]] = field(default_factory=dict)
    updates: Believed = field(default_factory=dict)
    """What is believed of parameters after an update."""
    scale: Callable[[World], float] | None = None
    """What the student's objective is of the problem's."""
    _cache: dict[Any, Any] = field(default_factory=dict, repr=False)

    real = True

    def believing(
        self,
        values: Believed,
        slopes: Believed,
        locals: Mapping[tuple[str, str], Callable[[World], Array]] | None = None,
        scale: Callable[[World], float] | None = None,
        updates: Believed | None = None,
    ) -> World:
        """The same point for somebody who believes other things; what is not said stays as it is."""
        return replace(
            self,
            values=values,
            slopes=slopes,
            locals=self.locals if locals is None else locals,
            scale=scale or self.scale,
            updates=self.updates if updates is None else updates,
            _cache={},
        )

    def with_leaves(self, changed: Mapping[str, Array]) -> World:
        """The same point but for some leaves."""
        return replace(self, leaves={**self.leaves, **changed}, _cache={})

    @property
    def step(self) -> int:
        """How many updates lie behind."""
        return 0 if self.before is None else self.before.step + 1

    def value(self, name: str) -> Array:
        """Raises `NoValue`."""
        if name not in self._cache:
            self._cache[name] = self._work_out(name)
        found: Array = self._cache[name]
        return found

    def _work_out(self, name: str) -> Array:
        if name in self.values:
            rest = {other: f for other, f in self.values.items() if other != name}
            return np.asarray(self.values[name](self.believing(rest, self.slopes)))
        if name in self.leaves:
            return self.leaves[name]
        formula = self.model.graph.quantities.get(name)
        if formula is None:
            raise NoValue(name)
        found = np.asarray(at(formula, self.value, self.sizes))
        return found * self.scale(self) if self.scale is not None and name == self.model.objective else found

    def tensor(self, name: str, stands: str) -> Tensor:
        """The value of a name."""
        return Tensor(self.value(name), (), stands)

    def gradient(self, name: str) -> Array:
        """∂objective/∂name by the chain rule, with what is believed of the gradients behind it."""
        key = ("gradient", name)
        if key not in self._cache:
            self._cache[key] = self._gradient(name)
        found: Array = self._cache[key]
        return found

    def _gradient(self, name: str) -> Array:
        graph, value = self.model.graph, self.value(name)
        if name in self.slopes:
            rest = {other: f for other, f in self.slopes.items() if other != name}
            return np.asarray(self.slopes[name](self.believing(self.values, rest)))
        seed = 1.0 if self.scale is None else self.scale(self)
        found = np.full(value.shape, seed) if name == graph.of else np.zeros(value.shape)
        for consumer in graph.consumers(name):
            if consumer == graph.of or graph.of in self._above(consumer):
                upstream = self.gradient(consumer)
                local = self.jacobian(consumer, name, direct=True)
                found = found + np.tensordot(upstream, local, axes=upstream.ndim)
        return found

    def _above(self, name: str) -> frozenset[str]:
        key = ("above", name)
        if key not in self._cache:
            model = self.model
            self._cache[key] = frozenset(q for q in model.graph.quantities if name in model.below(q))
        found: frozenset[str] = self._cache[key]
        return found

    def jacobian(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt, the axes of ``of`` first; ``direct``: by the formula of ``of`` alone."""
        if (of, wrt) in self.locals:
            rest = {pair: f for pair, f in self.locals.items() if pair != (of, wrt)}
            return np.asarray(self.locals[of, wrt](self.believing(self.values, self.slopes, rest)))
        key = ("jacobian", of, wrt, direct)
        if key not in self._cache:
            moved = self.moved(wrt, direct, of if direct else None)
            found = np.moveaxis(np.imag(moved.stacked(of)) / H, 0, -1)
            self._cache[key] = found.reshape((*self.value(of).shape, *self.value(wrt).shape))
        result: Array = self._cache[key]
        return result

    def moved(self, wrt: str, direct: bool, opened: str | None = None) -> Moved:
        """The same point with the entries of ``wrt`` moved, one after the other."""
        return Moved(self, wrt, direct, opened)

    def shifted(self, wrt: str, direct: bool) -> list[list[tuple[float, World]]]:
        """For every entry of ``wrt``, weights and worlds whose weighted sum is the derivative by it."""
        value, found = self.value(wrt), []
        held = (
            {n: _constant(self.value(n)) for n in self.model.graph.quantities if n != wrt} if direct else {}
        )
        for where in np.ndindex(value.shape):
            row = []
            for reach, weight in STENCIL:
                other = np.array(value, dtype=float)
                other[where] += reach * STEP
                values = {**self.values, **held, wrt: _constant(other)}
                row.append((weight / (12 * STEP), replace(self, values=values, before=None, _cache={})))
            found.append(row)
        return found

    @cached_property
    def after(self) -> World:
        """The world after one step of gradient descent with the problem's update; `NoValue` without one."""
        update = self.model.problem.update
        if update is None:
            raise NoValue("an update")
        rate = self.value(self.model.rate)
        rest = replace(self, updates={}, _cache={}) if self.updates else self
        moved = {
            p: np.asarray(self.updates[p](rest))
            if p in self.updates
            else self.value(p) - rate * self.gradient(p)
            for p in update.parameters
        }
        kept = {name: f for name, f in self.values.items() if name not in moved}
        return replace(self, leaves={**self.leaves, **moved}, values=kept, before=self, _cache={})

    @property
    def directions(self) -> Mapping[str, Array]:
        """A fixed random change of every leaf that is learnt: what dW stands for."""
        key = "directions"
        if key not in self._cache:
            draw = np.random.default_rng(7)
            data = self.model.data
            self._cache[key] = {
                name: draw.uniform(-1, 1, np.shape(array)) * (name not in data)
                for name, array in sorted(self.leaves.items())
                if name != RATE
            }
        found: Mapping[str, Array] = self._cache[key]
        return found

    def differential(self, name: str, only: str | None = None) -> Array:
        """The change of a name along `directions`, of all leaves that are learnt or ``only`` of one."""
        if name in self.leaves:
            return self.directions[name] * (only in (None, name))
        held: Array = np.zeros(self.value(name).shape)
        for leaf, change in self.directions.items():
            if leaf in self.model.below(name) and np.any(change) and only in (None, leaf):
                jacobian = self.jacobian(name, leaf)
                held = held + np.tensordot(jacobian, change, axes=change.ndim)
        return held


def _constant(array: Array) -> Callable[[World], Array]:
    return lambda world: array


def at(formula: Formula, value: Callable[[str], Array], sizes: Mapping[str, int]) -> Any:
    """The value of a formula of the problem."""
    point: dict[Formula, Array] = {Name(name): value(name) for name in names(formula)}
    with np.errstate(all="ignore"):
        return evaluate(formula, Values(point, sizes, JETS))


@dataclass(frozen=True, eq=False)
class Moved:
    """A world in which a name moves: every value has a first axis, one place for every entry that moves.

    With ``direct`` only the formula ``opened`` follows; else all quantities do.
    """

    base: World
    wrt: str
    direct: bool
    opened: str | None = None
    _cache: dict[str, Any] = field(default_factory=dict, repr=False)

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
        if name in self.base.values:
            return hasattr(self.base.values[name], "along") and self.wrt in self.model.below(name)
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
        if name in self.base.values:
            return self.base.values[name].along(self)  # type: ignore[attr-defined]
        formula = self.model.graph.quantities[name]
        parts = {n: self.stacked(n) for n in names(formula)}

        def one(k: int) -> Any:
            return at(formula, lambda n: parts[n][k], self.sizes)

        return np.stack([np.asarray(one(k), dtype=complex) for k in range(value.size)])

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
