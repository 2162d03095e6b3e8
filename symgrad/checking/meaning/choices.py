"""Readings taken where several fit; and values that have been worked out, with the readings they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from symgrad.checking.meaning.effort import Effort
from symgrad.checking.worlds.tensor import Misfit, Tensor, TooLong

MOST_STEPS = 20_000
"""Nodes that are worked out for one line."""
MOST_KEPT = 4_000_000
"""Entries of arrays that are kept at a time; a value counts for `LEAST` at least."""
LEAST = 50


class Unknown(Exception):
    """Something has no meaning here: a sentence that says what is missing."""

    def __init__(self, message: str, node: Any = None) -> None:
        super().__init__(message)
        self.message, self.node = message, node


Options: TypeAlias = "Mapping[str, Callable[[], Tensor]]"
Trail: TypeAlias = "dict[Any, tuple[str, tuple[str, ...]]]"


class Choices(Struct):
    """Readings taken where several fit, by what is read.

    ``script`` prescribes some of them; ``trail`` holds, in order, what was chosen out of what: it is never
    changed, but exchanged for a longer one. ``asked`` is all that was to be chosen since a node was begun.
    """

    script: Mapping[Any, str] = field(default_factory=dict)
    trail: Trail = field(default_factory=dict)
    asked: dict[Any, None] = field(default_factory=dict)
    steps: int = 0
    effort: Effort = field(default_factory=Effort)
    stood: bool = False
    """Whether it may matter here how vectors stand: there was one, or something did not fit."""

    def restart(self, script: Mapping[Any, str]) -> None:
        """Read anew."""
        self.script, self.trail, self.asked, self.steps, self.stood = script, {}, {}, 0, False

    def among(self, key: Any, options: Options) -> Tensor:
        """The first option that fits, or the one that the script prescribes. `Misfit` where none does."""
        wanted = self._taken(key)
        if wanted is not None:
            if wanted not in options:
                raise Misfit("another reading is needed elsewhere")
            return options[wanted]()
        fault: Exception | None = None
        names = tuple(options)
        before = failed = self.trail
        for n, name in enumerate(names):
            self.trail = before
            try:
                found = options[name]()
            except (Misfit, Unknown) as error:
                if fault is None:
                    fault, failed = error, {**before, key: (name, names), **self.trail}
                continue
            if len(names) > n + 1:
                self._take(key, name, names[n:])
            return found
        self.trail = failed  # another reading within the first option may fit
        raise fault or Misfit("nothing fits")

    def name(self, key: Any, options: tuple[str, ...]) -> str:
        """A choice that stands whatever fits."""
        wanted = self._taken(key)
        if wanted is None:
            wanted = options[0]
            self._take(key, wanted, options)
        return wanted

    def _taken(self, key: Any) -> str | None:
        """The option that is prescribed, or was chosen before; None where it is open."""
        self.asked[key] = None
        if key in self.script:
            self._take(key, self.script[key], (self.script[key],))
        return self.trail[key][0] if key in self.trail else None

    def _take(self, key: Any, name: str, options: tuple[str, ...]) -> None:
        if key not in self.trail:
            self.trail = {**self.trail, key: (name, options)}

    def spend(self) -> None:
        """One more node."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLong


class Worked(Struct, frozen=True, gc=False):
    """What came out of a node: a value, or why there is none.

    ``asked`` is what was to be chosen, with what was prescribed or chosen of it before the node was begun
    (None: nothing): wherever that is the same, the same comes out. ``made`` is what was chosen on the way.
    """

    node: Any
    asked: tuple[tuple[Any, str | None], ...]
    made: Trail
    stood: bool
    value: Tensor | None
    fault: Exception | None

    def fits(self, choices: Choices) -> bool:
        """Whether the same comes out beside these choices."""
        script, trail = choices.script, choices.trail
        for key, before in self.asked:
            now = script.get(key)
            if now is None and key in trail:
                now = trail[key][0]
            if now != before:
                return False
        return True

    def repeated(self, choices: Choices) -> Tensor:
        """The value once more, with all that was chosen; raises what was raised."""
        choices.stood = choices.stood or self.stood
        for key, _ in self.asked:
            choices.asked[key] = None
        if self.made:
            choices.trail = {
                **choices.trail,
                **{k: v for k, v in self.made.items() if k not in choices.trail},
            }
        if self.value is None:
            assert self.fault is not None
            raise _bare(self.fault)
        return self.value


Frame: TypeAlias = "dict[int, list[Worked]]"


class Values(Struct):
    """What has been worked out for a submission, by the circumstances and by the node.

    Each node is worked out once under all readings that do not concern it; so is what two neighbouring
    pairs of a chain share, and what an edit of a line leaves as it is.
    """

    frames: dict[Any, tuple[Any, Frame]] = field(default_factory=dict)
    size: int = 0

    def frame(self, key: Any, alive: Any) -> Frame:
        """What is known under some circumstances; ``alive`` is all whose id stands in their key."""
        if key not in self.frames:
            self.frames[key] = (alive, {})
        return self.frames[key][1]

    def clear(self) -> None:
        """Forget everything."""
        self.frames.clear()
        self.size = 0

    def keep(
        self,
        frame: Frame,
        node: Any,
        choices: Choices,
        before: Trail,
        value: Tensor | None,
        fault: Exception | None,
    ) -> None:
        """Keep what came out of a node that was begun with a trail."""
        if self.size > MOST_KEPT:
            self.clear()
        script, trail = choices.script, choices.trail
        asked = tuple(
            (key, script[key] if key in script else before[key][0] if key in before else None)
            for key in choices.asked
        )
        made = {k: v for k, v in trail.items() if k not in before} if trail is not before else {}
        choices.stood = choices.stood or value is None or bool(value.kind) or value.rank == 1
        self.size += LEAST + (0 if value is None else value.data.size)
        frame.setdefault(id(node), []).append(
            Worked(node, asked, made, choices.stood, value, None if fault is None else _bare(fault))
        )


def _bare(fault: Exception) -> Exception:
    """The same exception without the frames in which it was raised."""
    found = type(fault).__new__(type(fault), *fault.args)
    found.__dict__.update(fault.__dict__)
    return found
