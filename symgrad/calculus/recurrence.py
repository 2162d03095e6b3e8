"""A repeated block whose gradients are derived once: what there is of it, under names with a counter."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from symgrad.calculus.alike import Schema, member
from symgrad.calculus.steps import Derivation
from symgrad.graph import Graph
from symgrad.reading.repeat import Counter
from symgrad.tree import Formula, Op

UPSTREAM = "#"
"""What stands before the name of a quantity of round t + 1 in that of the leaf that is its gradient."""


class Rounds(Struct, frozen=True):
    """A block for every number of its counter: its formulas, and the gradients by general names.

    ``graph`` has the quantities of rounds t and t + 1; ``block`` names those of round t. ``lasts`` has for
    each gradient the last number for which it holds; where that is not the counter's last, the gradient
    there is the problem's own. ``shared`` has for a leaf of all rounds what else reaches it.
    """

    counter: Counter
    graph: Graph
    block: tuple[str, ...]
    derivation: Derivation
    lasts: Mapping[str, int]
    shared: Mapping[str, tuple[Formula, ...]]
    schema: Schema

    @property
    def parts(self) -> Mapping[str, Op]:
        """The arrays of which every round takes a part, and how it looks it up."""
        return self.schema.parts

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the graph that stand for something of the problem in every round."""
        return tuple(name for name in self.graph.shapes if not name.startswith(UPSTREAM))

    @property
    def own(self) -> tuple[str, ...]:
        """The gradients that are of one round; of a shared leaf a round has only its share."""
        return tuple(target for target in self.derivation.gradients if target not in self.shared)

    def step(self, name: str) -> tuple[str, int] | None:
        """The stem and the step from t of a general name; None for other names and for parts of arrays."""
        read = self.schema.read(name)
        return None if read is None or read[0] in self.parts else read

    def named(self, name: str, number: int) -> str:
        """A general name in one round."""
        read = self.step(name)
        return name if read is None else f"{read[0]}[{number + read[1]}]"

    def is_auxiliary(self, target: str, graph: Graph) -> bool:
        """Whether a general name is that of hidden parts of formulas."""
        return self.named(target, self.counter.first) in graph.auxiliary

    def covers(self, target: str) -> bool:
        """Whether a gradient of the problem is one of these, at a number."""
        found = member(target)
        if found is None or found[1] < self.counter.first:
            return False
        last = self.lasts.get(f"{found[0]}[{self.counter.name}]")
        return last is not None and found[1] <= last
