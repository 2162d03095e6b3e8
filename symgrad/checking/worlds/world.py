"""The problem at one point: the value of every name, and the derivative of any by any other.

Derivatives come from the forward formulas by complex steps (`symgrad.checking.worlds.jets`): they know
nothing of the derivation that the reports show.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from math import prod
from typing import Any, TypeAlias, TypeVar

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.model import RATE, Model
from symgrad.checking.worlds.moved import Moved, NoValue, at
from symgrad.checking.worlds.step import Step
from symgrad.checking.worlds.tensor import Tensor
from symgrad.checking.worlds.totals import astray, further_down, through, total
from symgrad.numbers.evaluate import Values
from symgrad.results.residue import rounded
from symgrad.results.worked import put_in
from symgrad.tree import Array, Name, names

STEP = 1e-3
STENCIL = ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0))
"""Of the fourth-order central differences that take the derivative of what holds a derivative itself."""
MOST_UPDATES = 1000
LITTLE, SOME = 1e-4, np.asarray(0.5)
"""Constants below the one have no influence that shows; what they are instead where it must."""
MOST_KEPT = 100_000
"""Numbers at points beside a point, beyond which they are made anew whenever they are asked for."""
PASSED = 3
"""Steps behind a point in the midst of a descent."""

T = TypeVar("T")
Key: TypeAlias = "tuple[str, str | tuple[str, str]]"
"""What a belief is about: ``value``, ``slope`` of the objective, ``jacobian``, ``update``; and the names."""
Believed: TypeAlias = "Mapping[Key, Callable[[World], Array]]"
"""What somebody takes a name to be worth, in the order in which it came about.

Each is worked out at the world of who believes no more than what stands before it.
"""


class World(Struct, frozen=True, eq=False, dict=True):
    """Numbers for leaves, and what follows from them.

    ``kind`` is ``given`` (the problem's own numbers), ``own`` (random, of the sizes given), ``data`` (the
    data like those given, the rest random), ``partly`` (all that is given, the rest random), ``near``
    (close to the givens), or ``other`` (random, of other sizes).
    """

    model: Model
    leaves: Mapping[str, Array]
    sizes: Mapping[str, int]
    kind: str = "own"
    believed: Believed = field(default_factory=dict)
    before: World | None = None
    states: Mapping[str, Array] | None = None
    """Of the method, before the next step; None: as the updates behind it have made them."""
    passed: int = 0
    """Updates before these ``states``."""
    constants: Mapping[str, Array] = field(default_factory=dict)
    """Other values for constants of the method."""
    scale: Callable[[World], float] | None = None
    """What the student's objective is of the problem's."""
    _cache: dict[Any, Any] = field(default_factory=dict)
    _shared: dict[tuple[Key, ...], World] = field(default_factory=dict)
    """The worlds of who believes less."""

    real = True

    def believing(self, believed: Believed) -> World:
        """The same point for somebody who believes these things."""
        return self._with(believed=believed)

    def scaled(self, scale: Callable[[World], float]) -> World:
        """The same point with another factor before the objective."""
        return self._with(scale=scale)

    def earlier(self, key: Key) -> World:
        """The same point for who does not yet believe this, nor what was made of it.

        What came after it stays where it is mere numbers: a formula is worked out with the latest ones. There
        is one such world for each belief, however it is come by.
        """
        if key not in self.believed:
            return self
        if _is_numbers(self.believed[key]):
            return self._sharing(())
        order = list(self.believed)
        before = {*order[: order.index(key)], *further_down(self, key)}
        return self._sharing(
            tuple(k for k, b in self.believed.items() if k in before or (k != key and _is_numbers(b)))
        )

    def _sharing(self, kept: tuple[Key, ...]) -> World:
        if kept not in self._shared:
            believed = {key: self.believed[key] for key in kept}
            self._shared[kept] = replace(self, believed=believed, _cache={})
        return self._shared[kept]

    def belief(self, key: Key) -> Array:
        """What somebody believes, worked out without that belief."""
        return np.asarray(self.believed[key](self.earlier(key)))

    def _with(self, **changed: Any) -> World:
        """The same but for some fields, with nothing worked out yet."""
        return replace(self, _cache={}, _shared={}, **changed)

    def with_leaves(self, changed: Mapping[str, Array], kind: str = "") -> World:
        """The same point but for some leaves, or of another kind."""
        return self._with(leaves={**self.leaves, **changed}, kind=kind or self.kind)

    @property
    def step(self) -> int:
        """How many updates lie behind."""
        return self.passed if self.before is None else self.before.step + 1

    def value(self, name: str) -> Array:
        """Raises `NoValue`."""
        if name not in self._cache:
            self._cache[name] = self._work_out(name)
        return self._cache[name]  # type: ignore[no-any-return]

    def _work_out(self, name: str) -> Array:
        if ("value", name) in self.believed:
            return self.belief(("value", name))
        if name in self.leaves:
            return self.leaves[name]
        formula = self.model.graph.quantities.get(name)
        if formula is None:
            raise NoValue(name)
        found = np.asarray(at(formula, self.value, self.sizes))
        if self.kind == "given":  # 0.1 · 3 − 0.3 is no positive number
            values = Values({Name(used): self.value(used) for used in names(formula)}, self.sizes)
            found = rounded(put_in(formula, values), found, values)
        return found * self.scale(self) if self.scale is not None and name == self.model.objective else found

    def tensor(self, name: str, stands: str) -> Tensor:
        """The value of a name."""
        return Tensor(self.value(name), (), stands)

    def gradient(self, name: str) -> Array:
        """∂objective/∂name by the chain rule, with what is believed of the gradients behind it."""
        key = ("gradient", name)
        if key not in self._cache:
            self._cache[key] = self._gradient(name)
        return self._cache[key]  # type: ignore[no-any-return]

    def _gradient(self, name: str) -> Array:
        graph, value = self.model.graph, self.value(name)
        if ("slope", name) in self.believed:
            return self.belief(("slope", name))
        if (whole := through(self, name)) is not None:
            return whole
        seed = 1.0 if self.scale is None else self.scale(self)
        found = np.full(value.shape, seed) if name == graph.of else np.zeros(value.shape)
        for consumer in self._consumers(name):
            if consumer == graph.of or graph.of in self._above(consumer):
                upstream = self.gradient(consumer)
                local = self.jacobian(consumer, name, direct=True)
                found = found + np.tensordot(upstream, local, axes=upstream.ndim)
        return sum(astray(self, name), found)

    def _consumers(self, name: str) -> tuple[str, ...]:
        """The quantities whose formulas hold a name, as they are or as somebody believes them to be."""
        known = self.model.graph.consumers(name)
        believed = {
            about: uses
            for (kind, about), belief in self.believed.items()
            if kind == "value" and isinstance(about, str) and (uses := getattr(belief, "uses", None))
        }
        mine = (about for about, uses in believed.items() if name in uses and name in self.model.below(about))
        return (*(consumer for consumer in known if consumer not in believed), *mine)

    def _above(self, name: str) -> frozenset[str]:
        key = ("above", name)
        if key not in self._cache:
            model = self.model
            self._cache[key] = frozenset(q for q in model.graph.quantities if name in model.below(q))
        found: frozenset[str] = self._cache[key]
        return found

    def jacobian(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt, the axes of ``of`` first; ``direct``: by the formula of ``of`` alone."""
        if ("jacobian", (of, wrt)) in self.believed:
            return self.belief(("jacobian", (of, wrt)))
        if not direct and (believed := total(self, of, wrt)) is not None:
            return believed
        key = ("jacobian", of, wrt, direct)
        if key not in self._cache:
            moved = self.moved(wrt, direct, of if direct else None)
            found = np.moveaxis(np.imag(moved.stacked(of)) / H, 0, -1)
            self._cache[key] = found.reshape((*self.value(of).shape, *self.value(wrt).shape))
        result: Array = self._cache[key]
        return result

    def moved(self, wrt: str, direct: bool, opened: str | None = None) -> Moved:
        """The same point with the entries of ``wrt`` moved, one after the other."""
        return self._kept(("moved", wrt, direct, opened), wrt, lambda: Moved(self, wrt, direct, opened))

    def shifted(self, wrt: str, direct: bool) -> list[list[tuple[float, World]]]:
        """For every entry of ``wrt``, weights and worlds whose weighted sum is the derivative by it."""
        return self._kept(("shifted", wrt, direct), wrt, lambda: self._shifted(wrt, direct))

    def _kept(self, key: Any, wrt: str, make: Callable[[], T]) -> T:
        """Points beside this one, one for each entry of ``wrt``: kept where they do not take much."""
        shapes = self.model.graph.shapes.values()
        entries = sum(prod(self.sizes.get(dim, 1) for dim in shape) for shape in shapes)
        if entries * self.value(wrt).size > MOST_KEPT:
            return make()
        if key not in self._cache:
            self._cache[key] = make()
        found: T = self._cache[key]
        return found

    def _shifted(self, wrt: str, direct: bool) -> list[list[tuple[float, World]]]:
        value, found = self.value(wrt), []
        held: dict[Key, Callable[[World], Array]] = (
            {("value", n): _constant(self.value(n)) for n in self.model.graph.quantities if n != wrt}
            if direct
            else {}
        )
        for where in np.ndindex(value.shape):
            row = []
            for reach, weight in STENCIL:
                other = np.array(value, dtype=float)
                other[where] += reach * STEP
                still: dict[Key, Callable[[World], Array]] = {**held, ("value", wrt): _constant(other)}
                believed = {**still, **{key: f for key, f in self.believed.items() if key not in still}}
                other_world = self._with(believed=believed, before=None)
                row.append((weight / (12 * STEP), other_world))
            found.append(row)
        return found

    @cached_property
    def after(self) -> World:
        """The world after one step of gradient descent with the problem's update; `NoValue` without one.

        Numbers that somebody believes quantities to have been are of the step before.
        """
        update = self.model.problem.update
        if update is None:
            raise NoValue("an update")
        moved = {
            p: self.belief(("update", p)) if ("update", p) in self.believed else self.stepped(p)
            for p in update.parameters
        }
        gone: dict[Key, bool] = {("value", name): name in moved for name in self.leaves}
        kept = {
            key: f
            for key, f in self.believed.items()
            if _is_of_a_step(f) or not gone.get(key, key[0] == "moment" or _rests_on_none(f))
        }
        each = self.model.problem.each if self.kind in ("given", "near") else ()
        data = each[self.step + 1] if self.step + 1 < len(each) else {}
        leaves = {**self.leaves, **{name: np.asarray(a, dtype=float) for name, a in data.items()}, **moved}
        return self._with(leaves=leaves, believed=kept, before=self, states=None)

    @cached_property
    def next(self) -> Step:
        """The next step of the problem's method."""
        return Step(self)

    def stepped(self, parameter: str) -> Array:
        """A parameter after one step by the problem's method. Raises `NoValue` where there is none."""
        return self.next.made(parameter)

    def with_constants(self, named: Collection[str]) -> World:
        """The point where those of these constants are something that are next to nothing."""
        known = {} if self.model.problem.rule is None else self.model.problem.rule.constants
        small = {name: SOME for name in named if 0 < np.abs(known[name]) < LITTLE}
        if self.kind == "given" or not small:
            return self
        key = ("constants", frozenset(small))
        if key not in self._cache:
            self._cache[key] = self._with(constants=small)
        found: World = self._cache[key]
        return found

    @cached_property
    def amidst(self) -> World:
        """The point in the midst of a descent: some steps behind it, and states that say nothing."""
        if self.kind == "given" or not self.next.states:
            return self
        draw = np.random.default_rng(PASSED)
        drawn = {id: draw.uniform(0.2, 1.5, array.shape).round(2) for id, array in self.next.states.items()}
        return self._with(states=drawn, passed=PASSED)

    @cached_property
    def begun(self) -> World:
        """The same point in the first step, in which the states are 0."""
        return self._with(states=None, passed=0)

    @property
    def stated(self) -> Mapping[str, Array]:
        """All that was chosen here: leaves, and of a step its number, states and constants."""
        states = {} if self.states is None else {"t": np.asarray(self.step + 1), **self.states}
        return {**self.leaves, **{id.replace(".", "_"): a for id, a in states.items()}, **self.constants}

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


def _is_of_a_step(belief: Callable[[World], Array]) -> bool:
    """Whether a belief says of which update it is, m_2, and knows itself where it counts."""
    return bool(belief.target.step)  # type: ignore[attr-defined]


def _is_numbers(belief: Callable[[World], Array]) -> bool:
    """Whether a belief is mere numbers for all of a name, and rests on nothing else."""
    return _rests_on_none(belief) and not belief.target.places  # type: ignore[attr-defined]


def _rests_on_none(belief: Callable[[World], Array]) -> bool:
    return getattr(belief, "uses", None) == frozenset()


def _constant(array: Array) -> Callable[[World], Array]:
    return lambda world: array
