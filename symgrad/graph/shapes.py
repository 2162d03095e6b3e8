"""Shapes for all sizes: every dimension is a name, and what the operations demand makes names equal.

Known numbers only refuse what cannot be (3 against 2) and settle what broadcasts; the derivation
sees names, so it holds for every size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct, field

from symgrad.operations.catalogue.reshape import apart
from symgrad.operations.record import ShapeMismatch, broadcast_shape

Shape: TypeAlias = "tuple[Any, ...]"
Derived: TypeAlias = "tuple[str, tuple[Any, ...], tuple[Any, ...]]"
"""How a dimension follows from others: a rule of `LENGTHS`, its literal parts, the dimensions it takes."""

LITERAL = "literal"
"""The rule of a size that a problem states as a number and that follows from no other."""
LENGTHS: Mapping[str, Callable[[tuple[Any, ...], Sequence[int]], int]] = {
    "range": lambda parts, sizes: len(range(sizes[0])[slice(*parts)]),
    "count": lambda parts, sizes: int(parts[0]),
    "sum": lambda parts, sizes: sum(sizes),
    "product": lambda parts, sizes: math.prod(sizes),
    LITERAL: lambda parts, sizes: int(parts[0]),
    "window": lambda parts, sizes: (sizes[0] + 2 * parts[1] - sizes[1]) // parts[0] + 1,
    "pool": lambda parts, sizes: (sizes[0] - parts[0]) // parts[1] + 1,
}


class Sizes(Struct):
    """Dimensions made equal so far (union-find), the sizes known, those broadcast from 1, those derived."""

    parent: dict[Any, Any] = field(default_factory=dict)
    known: dict[Any, int] = field(default_factory=dict)
    ones: set[Any] = field(default_factory=set)
    derived: dict[Derived, Any] = field(default_factory=dict)

    def copy(self) -> Sizes:
        """An independent copy, to try an assumption on."""
        return Sizes(dict(self.parent), dict(self.known), set(self.ones), dict(self.derived))

    def find(self, dim: Any) -> Any:
        """The representative of the dimensions equal to ``dim``."""
        while self.parent.get(dim, dim) != dim:
            dim = self.parent[dim]
        return dim

    def size(self, dim: Any) -> int | None:
        """The number a dimension is known to be."""
        return dim if isinstance(dim, int) else self.known.get(self.find(dim))

    def new(self, name: Any, size: int | None = None) -> Any:
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

    def derive(self, kind: str, parts: tuple[Any, ...], *sources: Any) -> Any:
        """The dimension that `LENGTHS` computes from others: one name wherever it is asked for again."""
        key = (kind, parts, tuple(map(self.find, sources)))
        if key not in self.derived:
            self._settle()
        if key not in self.derived:
            known = [size for source in sources if (size := self.size(source)) is not None]
            length = LENGTHS[kind](parts, known) if len(known) == len(sources) else None
            if length is not None and length < 1:
                raise ShapeMismatch("nothing is left along this axis")
            self.derived[key] = self.new(f"{kind}{parts} of {', '.join(map(str, key[2]))}", length)
        return self.derived[key]

    def reshaped(self, old: Shape, new: tuple[Any, ...]) -> Shape:
        """The dimensions of a new shape: axes stay as `symgrad.operations.catalogue.reshape` says.

        ``ShapeMismatch`` where the entries do not fit, and where nothing tells what a -1 stands for.
        """
        self.ones.update(self.find(dim) for dim in old if self.size(dim) == 1)
        known = [1 if self.size(dim) == 1 else self.size(dim) or self.find(dim) for dim in old]
        wanted = [self._rest(known, new) if dim == -1 else self.size(dim) or self.find(dim) for dim in new]
        olds, news, stay = apart(tuple(known), tuple(wanted))
        before = tuple(old[axis] for axis in olds)
        found = [1 if wanted[axis] == 1 else dim for axis, dim in enumerate(new)]
        for axis in news:
            if wanted[axis] == -1:
                found[axis] = self._whole(before, news)
            elif isinstance(wanted[axis], int):
                found[axis] = self._literal(wanted[axis], (axis, len(new)), before)
        for axis, place in stay.items():
            found[place] = old[axis] if isinstance(new[place], int) else self.same(old[axis], new[place])
        after = tuple(found[axis] for axis in news)
        if not before or not after:
            if before or after:
                raise ShapeMismatch("the number of entries changes")
            return tuple(found)
        sides = (side[0] if len(side) == 1 else self.derive("product", (), *side) for side in (before, after))
        self.same(*sides)
        return tuple(found)

    def _rest(self, old: Sequence[Any], new: tuple[Any, ...]) -> int:
        """What -1 stands for, from the numbers of the others; -1 itself where they are not known."""
        sizes = [self.size(dim) for dim in new if dim != -1]
        if not all(isinstance(size, int) for size in (*old, *sizes)):
            return -1
        rest, left = divmod(math.prod(old), math.prod(sizes))  # type: ignore[arg-type]
        if left or not rest:
            raise ShapeMismatch("no size in the place of -1 keeps the number of entries")
        return int(rest)

    def _whole(self, before: Shape, news: tuple[int, ...]) -> Any:
        """What -1 stands for where it alone takes up axes that are joined."""
        if len(news) > 1 or not before:
            raise ShapeMismatch("the size -1 needs numbers for all the others: write its name or its number")
        return before[0] if len(before) == 1 else self.derive("product", (), *before)

    def _literal(self, size: int, place: tuple[Any, ...], before: Shape) -> Any:
        """A dimension that a number in a new shape makes, one name wherever it is asked for again."""
        dim = self.derive(LITERAL, (size, *place), *before)
        self.known[self.find(dim)] = size
        return dim

    def _settle(self) -> None:
        """What was derived, by the representatives of today; what is derived in the same way is equal."""
        found: dict[Derived, Any] = {}
        for (kind, parts, sources), dim in self.derived.items():
            key = (kind, parts, tuple(map(self.find, sources)))
            if key in found:
                self.same(found[key], dim)
            found.setdefault(key, dim)
        moved, self.derived = found.keys() != self.derived.keys(), found
        if moved:
            self._settle()

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
    parts = ["?" if "." in part else part for part in parts]  # an axis of a leaf that nobody named
    return "a scalar" if not parts else "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"


class Settled(Sizes):
    """Sizes of a finished graph: equal dimensions already have one name, nothing is made equal any more."""

    def broadcast(self, left: Any, right: Any) -> Any:
        """Only a dimension called 1 is stretched: all others are equal."""
        return right if left == 1 else left

    def same(self, left: Any, right: Any) -> Any:
        """Equal by construction."""
        return left

    def reshaped(self, old: Shape, new: tuple[Any, ...]) -> Shape:
        """The new shape has its names already."""
        return new


CONSTANT_SHAPES: Mapping[str, Callable[[Mapping[str, Any], tuple[Shape, ...]], Shape]] = {
    "selection": lambda options, shapes: (options["length"], options["size"]),
    "unit": lambda options, shapes: (options["size"],),
    "attains": lambda options, shapes: shapes[0],
    "prime": lambda options, shapes: broadcast_shape(Settled(), shapes, options),
    "indicator": lambda options, shapes: shapes[0],
    "masked": lambda options, shapes: max(shapes, key=len),
    "squeeze": lambda options, shapes: tuple(d for n, d in enumerate(shapes[0]) if n != options["axis"]),
    "unsqueeze": lambda options, shapes: (*shapes[0][: options["axis"]], 1, *shapes[0][options["axis"] :]),
    "window": lambda options, shapes: options["shape"],
    "flattening": lambda options, shapes: options["shape"],
    "cover": lambda options, shapes: options["shape"],
    "triangle": lambda options, shapes: (options["size"], options["size"]),
    "moved": lambda options, shapes: shapes[0],
    "others": lambda options, shapes: shapes[0],
    "other_pairs": lambda options, shapes: (*shapes[0], shapes[0][options.get("axis") or 0]),
    "by_entries": lambda options, shapes: options["shape"],
    "placement": lambda options, shapes: (options["size"], options["length"]),
    "pooling": lambda options, shapes: (*options["shape"], *shapes[0][-2:]),
    "rotate": lambda options, shapes: shapes[0],
    "full_conv2d": lambda options, shapes: options["shape"],
    "kernel_conv2d": lambda options, shapes: options["shape"],
    "unflatten": lambda options, shapes: options["shape"],
    "unpool": lambda options, shapes: shapes[1],
    "part": lambda options, shapes: tuple(
        options["length"] if n == options["axis"] else dim for n, dim in enumerate(shapes[0])
    ),
    "pi": lambda options, shapes: (),
}
"""The shapes of what the calculus alone makes, from the options and the shapes of the arguments."""
