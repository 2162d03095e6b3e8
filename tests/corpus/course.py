"""A course's problem, and what its sheets claim about it."""

import json
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from corpus.truth import World


@dataclass(frozen=True)
class Claim:
    """A left side, right sides that are true in different forms, and wrong ones by their mistake."""

    left: str
    forms: tuple[str, ...]
    wrong: tuple[tuple[str, tuple[str, ...]], ...] = ()


def claim(left, *forms, **wrong):
    """A claim; ``wrong`` maps a mistake's id to texts."""
    return Claim(left, forms, tuple((k, (v,) if isinstance(v, str) else v) for k, v in wrong.items()))


@dataclass(frozen=True, eq=False)
class Course:
    """A problem as its file states it, with the claims of a sheet.

    ``claims`` are symbolic. ``work`` are the names of a calculation in order, each with its right side.
    ``indices`` gives an index letter the axis that it runs over. ``neighbours`` are names that are
    easily taken for one another, ``activations`` pairs a pre-activation with what it becomes.
    """

    name: str
    forward: dict[str, str]
    given: dict[str, object]
    claims: tuple[Claim, ...]
    work: tuple[Claim, ...]
    parameters: tuple[str, ...]
    rate: str = "eta"
    random: dict[str, str] = field(default_factory=dict)
    indices: dict[str, tuple[str, int]] = field(default_factory=dict)
    neighbours: tuple[tuple[str, ...], ...] = ()
    activations: dict[str, str] = field(default_factory=dict)
    biases: tuple[str, ...] = ()
    deltas: dict[str, str] = field(default_factory=dict)
    write: dict[str, str] = field(default_factory=dict)
    paths: str = "fanout_path_missing"
    mark: str = "^+"
    batch: str | None = None
    rows: bool = False

    @cached_property
    def of(self):
        """The objective: the last forward quantity."""
        return list(self.forward)[-1]

    @cached_property
    def constants(self):
        """N, where the rows of a leaf are a batch."""
        return {"N": np.asarray(float(len(self.given[self.batch])))} if self.batch else {}

    @cached_property
    def text(self):
        """The problem file; JSON is YAML."""
        parts = {
            "title": self.name,
            "forward": self.forward,
            "backward": {"of": self.of, "wrt": list(self.parameters)},
            "given": self.given,
            "write": {k: v for k, v in self.write.items() if k != "N"},
        }
        if self.rate in self.given:
            parts["update"] = {"rate": self.rate, "parameters": list(self.parameters)}
        return "\n".join(f"{key}: {json.dumps(part)}" for key, part in parts.items() if part)

    @cached_property
    def exact(self):
        """The world of the givens."""
        return World(self, {k: np.asarray(v, dtype=float) for k, v in self.given.items()})

    @cached_property
    def points(self):
        """Random worlds; what a file says about a leaf (one-hot, positive) holds there as well."""
        return tuple(World(self, self._sample(np.random.default_rng(seed))) for seed in (1, 2))

    def _sample(self, rng):
        found = {}
        for name, value in self.given.items():
            shape = np.shape(value)
            kind = self.random.get(name, "normal")
            found[name] = np.asarray(KINDS[kind](rng, shape), dtype=float)
        return found


def _one_hot(rng, shape):
    return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]


KINDS = {
    "normal": lambda rng, shape: rng.normal(size=shape) * 0.8,
    "positive": lambda rng, shape: rng.uniform(0.2, 1.5, size=shape),
    "one-hot": _one_hot,
    "one-hot columns": lambda rng, shape: _one_hot(rng, shape[::-1]).T,
    "label": lambda rng, shape: rng.integers(2, size=shape),
    "sign": lambda rng, shape: rng.choice([-1.0, 1.0], size=shape),
}
