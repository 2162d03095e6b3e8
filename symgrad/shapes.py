"""Shapes for all sizes: every dimension is a name, and what the operations demand makes names equal.

Known numbers only refuse what cannot be (3 against 2) and settle what broadcasts; the derivation
sees names, so it holds for every size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from symgrad.operations.record import ShapeMismatch

Shape: TypeAlias = "tuple[Any, ...]"


@dataclass
class Sizes:
    """Dimensions made equal so far (union-find), the sizes known, and those that were broadcast from 1."""

    parent: dict[Any, Any] = field(default_factory=dict)
    known: dict[Any, int] = field(default_factory=dict)
    ones: set[Any] = field(default_factory=set)

    def copy(self) -> Sizes:
        """An independent copy, to try an assumption on."""
        return Sizes(dict(self.parent), dict(self.known), set(self.ones))

    def find(self, dim: Any) -> Any:
        """The representative of the dimensions equal to ``dim``."""
        while self.parent.get(dim, dim) != dim:
            dim = self.parent[dim]
        return dim

    def size(self, dim: Any) -> int | None:
        """The number a dimension is known to be."""
        return dim if isinstance(dim, int) else self.known.get(self.find(dim))

    def new(self, name: str, size: int | None = None) -> str:
        """A dimension of its own."""
        self.parent.setdefault(name, name)
        if size is not None:
            self.known[self.find(name)] = size
        return name

    def same(self, left: Any, right: Any) -> Any:
        """Make two dimensions one; `ShapeMismatch` where their sizes differ."""
        a, b = self.find(left), self.find(right)
        size_a, size_b = self.size(a), self.size(b)
        if size_a is not None and size_b is not None and size_a != size_b:
            raise ShapeMismatch(f"{size_a} does not match {size_b}")
        if a == b:
            return a
        if isinstance(b, int):
            a, b = b, a
        self.parent[b] = a
        if b in self.known and not isinstance(a, int):
            self.known[a] = self.known[b]
        return a

    def broadcast(self, left: Any, right: Any) -> Any:
        """The dimension of an elementwise result; a 1 against something else is stretched."""
        size_left, size_right = self.size(left), self.size(right)
        if size_left == 1 and size_right != 1:
            self.ones.add(self.find(left))
            return right
        if size_right == 1 and size_left != 1:
            self.ones.add(self.find(right))
            return left
        return self.same(left, right)

    def ranged(self, length: int | None, whole: Any, start: int | None, stop: int | None) -> Any:
        """The dimension of whole[start:stop]."""
        size = self.size(whole)
        if size is not None:
            chosen = len(range(size)[start:stop])
        elif start is not None and stop is not None and 0 <= start <= stop:
            chosen = stop - start
        else:
            raise ShapeMismatch("a range of an array whose size is not known needs both ends, counted from 0")
        if chosen == 0:
            raise ShapeMismatch("the range picks no entry")
        return self.new(f"{self.find(whole)}[{start}:{stop}]", chosen)

    def position(self, dim: Any, position: int) -> int:
        """A literal position, checked against the size where it is known."""
        size = self.size(dim)
        if size is not None and not -size <= position < size:
            raise ShapeMismatch(f"position {position} lies outside: the size is {size}, counted from 0")
        return position

    def resolve(self, dim: Any) -> Any:
        """What the derivation calls this dimension: its representative, or 1 where it is broadcast."""
        found = self.find(dim)
        return 1 if found in {self.find(one) for one in self.ones} else found


def written(shape: Iterable[Any], sizes: Sizes) -> str:
    """A shape for a message: ``(3, 2)``, sizes where known, names otherwise."""
    parts = [str(sizes.size(dim) or sizes.find(dim)) for dim in shape]
    return "a scalar" if not parts else "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
