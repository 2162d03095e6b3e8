"""Gradients block by block: what goes back to stretches that cover an axis stands one behind the other.

The gradient of u = x[0:3], w = x[3:6] by x is (∂J/∂u; ∂J/∂w), and no sum of selections. And the other
way: of what is joined, the stretch of one piece is that piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from symgrad.calculus.cost import cost
from symgrad.calculus.parts import is_elementwise
from symgrad.calculus.tidy import tidy
from symgrad.graph import Graph
from symgrad.stretches import Stretch, covers, stretch
from symgrad.tree import ONE, Formula, Op, added, children, rebuild, walk

Cut: TypeAlias = "Callable[[Formula, int], Formula]"
"""What is cut out of an array along an axis."""
ALL = ("slice", None, None)
CUT = frozenset({"selection", "unit", "part"})
"""What stands where an array is cut into pieces, or put together of them."""


def blockwise(formula: Formula, graph: Graph) -> Formula:
    """The same array with its blocks one behind the other, and what is joined taken apart."""
    if not any(isinstance(node, Op) and node.name in CUT for node in walk(formula)):
        return formula
    return tidy(_Blocks(graph).said(formula))


@dataclass(frozen=True)
class Block:
    """An array that is 0 but at one part of an axis, a position or a range, and what stands there."""

    axis: int
    part: Any
    formula: Formula


AXES: Mapping[tuple[str, int], Mapping[int, int]] = {
    ("negative", 0): {0: 0, 1: 1},
    ("multiply", 0): {0: 0, 1: 1},
    ("multiply", 1): {0: 0, 1: 1},
    ("divide", 0): {0: 0, 1: 1},
    ("matmul", 0): {0: 0},
    ("matmul", 1): {1: 1},
    ("outer", 0): {0: 0},
    ("outer", 1): {0: 1},
    ("transpose", 0): {0: 1, 1: 0},
}
"""By operation and argument: along which axis its result is a block where the argument is one along another."""


@dataclass(frozen=True)
class _Blocks:
    graph: Graph

    def said(self, formula: Formula) -> Formula:
        """From the outside in: the largest sum that covers an axis."""
        changed = self._joined(formula) or self._taken(formula)
        if changed is not None:
            return self.said(changed)
        return rebuild(formula, tuple(map(self.said, children(formula))))

    def _rank(self, formula: Formula) -> int:
        return len(self.graph.shape(formula))

    # --- blocks that cover an axis -----------------------------------------------------------------

    def _joined(self, formula: Formula) -> Formula | None:
        """The terms of a sum that are blocks, one behind the other, and the other terms."""
        blocks = [(term, block) for term in _terms(formula) if (block := self._block(term)) is not None]
        for axis in dict.fromkeys(block.axis for _, block in blocks):
            along = [(term, b.formula, self._place(term, b)) for term, b in blocks if b.axis == axis]
            for cover in covers(dict.fromkeys(place for _, _, place in along)):
                pieces = [added(piece for _, piece, place in along if place == here) for here in cover]
                taken = [term for term, _, place in along if place in cover]
                others = [term for term in _terms(formula) if term not in taken]
                return added([_concat(pieces, axis), *others])
        return None

    def _place(self, term: Formula, block: Block) -> Stretch:
        return stretch(block.part, self.graph.sizes.get(self.graph.shape(term)[block.axis]))

    def _block(self, term: Formula) -> Block | None:
        """A term as a block of an array."""
        match term:
            case Op("unit"):
                return Block(0, term.option("position"), ONE)
            case Op("sum", (Op("selection") as rows,), (("axis", 0),)):
                return Block(0, _range(rows), Op("ones", (), (("shape", (rows.option("length"),)),)))
            case Op("matmul", (Op("transpose", (Op("selection") as rows,)), inner)):
                return Block(0, _range(rows), inner)
            case Op("matmul", (inner, Op("selection") as rows)):
                return Block(self._rank(inner) - 1, _range(rows), inner)
            case Op(name, args):
                within = ((n, self._block(arg)) for n, arg in enumerate(args) if (name, n) in AXES)
                return next((self._around(term, n, block) for n, block in within if block), None)
        return None

    def _around(self, op: Op, position: int, block: Block) -> Block | None:
        """A product with a block in it: the product along the same part of the axis."""
        rank, inner = self._rank(op), op.args[position]
        axis = AXES[op.name, position].get(block.axis)
        if axis is None or rank < self._rank(inner) or (rank == 2 and isinstance(block.part, int)):
            return None
        args = op.args
        if is_elementwise(op.name):
            axis += rank - self._rank(inner)
            args = tuple(self._along(arg, axis - rank, _picked(block.part)) for arg in args)
        return Block(axis, block.part, replace(op, args=_with(args, position, block.formula)))

    def _along(self, arg: Formula, axis: int, cut: Cut) -> Formula:
        """An argument of an elementwise operation cut along an axis, counted from behind, that it may have."""
        shape = self.graph.shape(arg)
        return arg if len(shape) < -axis or shape[axis] == 1 else cut(arg, len(shape) + axis)

    # --- pieces of what is joined ------------------------------------------------------------------

    def _taken(self, formula: Formula) -> Formula | None:
        """The stretch of a concatenation that is one of its arguments, also inside a function."""
        match formula:
            case Op("squeeze", (Op("unsqueeze", (inner,), options),), same) if options == same:
                return inner
            case Op("part", (Op("concat", pieces) as whole,)) if formula.option("axis") == whole.option("axis", 0):
                return self._piece(formula, pieces)
            case Op("part", (Op(name, args) as whole,)) if is_elementwise(name) and _joins(whole):
                axis, rank = formula.option("axis"), self._rank(whole)
                parts = tuple(self._along(arg, axis - rank, _stretch_of(formula)) for arg in args)
                inside = self.said(replace(whole, args=parts))
                return inside if cost(inside) < cost(formula) else None
        return None

    def _piece(self, part: Op, pieces: tuple[Formula, ...]) -> Formula | None:
        """The piece behind as many others as the part is, where they are as long as these."""
        axis, before = part.option("axis"), part.option("before")
        lengths = [(self.graph.shape(piece) or (1,))[axis] for piece in pieces[: len(before) + 1]]
        if lengths != [*before, part.option("length")]:
            return None
        found = pieces[len(before)]
        return found if self._rank(found) else Op("unsqueeze", (found,), (("axis", 0),))


def _terms(formula: Formula) -> Iterator[Formula]:
    """What a formula is the sum of; what is subtracted is negative."""
    match formula:
        case Op("add" | "subtract" as name, (left, right)):
            yield from _terms(left)
            yield from _terms(right) if name == "add" else map(_minus, _terms(right))
        case Op("negative", (inner,)):
            yield from map(_minus, _terms(inner))
        case _:
            yield formula


def _minus(formula: Formula) -> Formula:
    return tidy(Op("negative", (formula,)))


def _range(rows: Op) -> tuple[str, int | None, int | None]:
    return "slice", rows.option("start"), rows.option("stop")


def _picked(part: Any) -> Cut:
    """x[2:4]; of a matrix by columns X[:, 2:4]."""
    return lambda array, axis: Op("index", (array,), (("key", (*(ALL,) * axis, part)),))


def _stretch_of(part: Op) -> Cut:
    kept = {key: value for key, value in part.options if key != "axis"}
    return lambda array, axis: Op("part", (array,), tuple(sorted({**kept, "axis": axis}.items())))


def _joins(formula: Formula) -> bool:
    return any(isinstance(node, Op) and node.name == "concat" for node in walk(formula))


def _with(args: tuple[Formula, ...], position: int, new: Formula) -> tuple[Formula, ...]:
    return (*args[:position], new, *args[position + 1 :])


def _concat(pieces: list[Formula], axis: int) -> Formula:
    """The pieces one behind the other; a minus that all of them have stands before."""
    insides = [piece.args[0] for piece in pieces if isinstance(piece, Op) and piece.name == "negative"]
    if len(insides) == len(pieces):
        return Op("negative", (_concat(insides, axis),))
    return Op("concat", tuple(pieces), (("axis", axis),))
