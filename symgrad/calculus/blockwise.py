"""Gradients block by block: what goes back to stretches that cover an axis stands one behind the other.

The gradient of u = x[0:3], w = x[3:6] by x is (∂J/∂u; ∂J/∂w), and no sum of selections. And the other
way: of what is joined, the stretch of one piece is that piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.cost import cost
from symgrad.calculus.parts import is_elementwise
from symgrad.calculus.tidy import tidy
from symgrad.graph import Graph
from symgrad.graph.stretches import ALL, Stretch, covers, stretch
from symgrad.tree import ONE, Formula, Op, added, children, rebuild, walk

Cut: TypeAlias = "Callable[[Formula, int], Formula]"
"""What is cut out of an array along an axis."""
CUT = frozenset({"selection", "unit", "part"})
"""What stands where an array is cut into pieces, or put together of them."""


def blockwise(formula: Formula, graph: Graph) -> Formula:
    """The same array with its blocks one behind the other, and what is joined taken apart."""
    if not _cuts(formula):
        return formula
    orders = (tidy(_Blocks(graph, outside_first).said(formula)) for outside_first in (False, True))
    return min(orders, key=lambda form: (_cuts(form), cost(form)))


def _cuts(formula: Formula) -> int:
    return sum(isinstance(node, Op) and node.name in CUT for node in walk(formula))


class Block(Struct, frozen=True):
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
"""By operation and argument: the axis along which it is a block, by that of its argument."""


class _Blocks(Struct, frozen=True):
    graph: Graph
    outside_first: bool

    def said(self, formula: Formula) -> Formula:
        """The terms of a sum together; what is inside before them, or, ``outside_first``, after them."""
        terms = list(_terms(formula))
        if self.outside_first and (joined := self._joined(terms)) is not None:
            return self.said(joined)
        terms = [self._parts_said(term) for term in terms]
        return self._joined(terms) or added(terms)

    def _parts_said(self, term: Formula) -> Formula:
        said = rebuild(term, tuple(map(self.said, children(term))))
        return self._taken(said) or said

    def _rank(self, formula: Formula) -> int:
        return len(self.graph.shape(formula))

    # --- blocks that cover an axis -----------------------------------------------------------------

    def _joined(self, terms: list[Formula]) -> Formula | None:
        """The terms of a sum that are made of blocks, these one behind the other, and the other terms."""
        made = [(term, blocks) for term in terms if (blocks := self._blocks(term))]
        for axis in dict.fromkeys(block.axis for _, blocks in made for block in blocks):
            along = {
                term: [(self._place(term, block), block) for block in blocks]
                for term, blocks in made
                if all(block.axis == axis for block in blocks)
            }
            for cover in covers(dict.fromkeys(place for placed in along.values() for place, _ in placed)):
                taken = [term for term, placed in along.items() if all(place in cover for place, _ in placed)]
                found = [placed for term in taken for placed in along[term]]
                pieces = [[block for place, block in found if place == here] for here in cover]
                if all(pieces):
                    others = [term for term in terms if term not in taken]
                    return added([_concat(pieces, axis), *others])
        return None

    def _place(self, term: Formula, block: Block) -> Stretch:
        return stretch(block.part, self.graph.sizes.get(self.graph.shape(term)[block.axis]))

    def _blocks(self, term: Formula) -> tuple[Block, ...]:
        """The blocks that a term is the sum of; none where it is no such sum."""
        match term:
            case Op("unit"):
                return (Block(0, term.option("position"), ONE),)
            case Op("sum", (Op("selection") as rows,), (("axis", 0),)):
                return (Block(0, _range(rows), Op("ones", (), (("shape", (rows.option("length"),)),))),)
            case Op("matmul", (Op("transpose", (Op("selection") as rows,)), inner)):
                return (Block(0, _range(rows), inner),)
            case Op("matmul", (inner, Op("selection") as rows)):
                return (Block(self._rank(inner) - 1, _range(rows), inner),)
            case Op(name, args):
                within = ((n, [self._blocks(t) for t in _terms(arg)]) for n, arg in enumerate(args))
                position, found = next(((n, b) for n, b in within if (name, n) in AXES and all(b)), (0, []))
                around = [self._around(term, position, block) for blocks in found for block in blocks]
                return tuple(block for block in around if block) if all(around) else ()
        return ()

    def _around(self, op: Op, position: int, block: Block) -> Block | None:
        """A product with a block in it: the product along the same part of the axis."""
        rank, inner = self._rank(op), op.args[position]
        axis = AXES[op.name, position].get(block.axis)
        summed = op.name == "matmul" and rank != 2  # over the very axis that is cut
        if axis is None or summed or rank < self._rank(inner) or (rank == 2 and isinstance(block.part, int)):
            return None
        args = op.args
        if is_elementwise(op.name):
            axis += rank - self._rank(inner)
            args = tuple(self._along(arg, axis - rank, _picked(block.part)) for arg in args)
        return Block(axis, block.part, replace(op, args=_with(args, position, block.formula)))

    def _along(self, arg: Formula, axis: int, cut: Cut) -> Formula:
        """An argument of an elementwise operation cut along an axis, from behind, that it may have."""
        shape = self.graph.shape(arg)
        return arg if len(shape) < -axis or shape[axis] == 1 else cut(arg, len(shape) + axis)

    # --- pieces of what is joined ------------------------------------------------------------------

    def _taken(self, formula: Formula) -> Formula | None:
        """The stretch of a concatenation that is one of its arguments, also inside a function."""
        match formula:
            case Op("sum", (Op("part", (whole,)) as single,), ()) if (
                _is_entry(single) and self._rank(whole) == 1
            ):
                return Op("index", (whole,), (("key", (len(single.option("before")),)),))
            case Op("part", (Op("concat", pieces) as whole,)) if formula.option("axis") == whole.option(
                "axis", 0
            ):
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


def _is_entry(part: Op) -> bool:
    """Whether a part is one entry behind others that are single too."""
    return {part.option("length"), *part.option("before")} == {1}


def _with(args: tuple[Formula, ...], position: int, new: Formula) -> tuple[Formula, ...]:
    return (*args[:position], new, *args[position + 1 :])


def _concat(blocks: list[list[Block]], axis: int) -> Formula:
    """The pieces one behind the other; a minus that all of them have stands before.

    The pieces of an array that is cut where it is put together are that array.
    """
    pieces = [tidy(added(block.formula for block in here)) for here in blocks]
    match pieces[0]:
        case Op("index", (whole,)) if pieces == [_picked(here[0].part)(whole, axis) for here in blocks]:
            return whole
    insides = [piece.args[0] for piece in pieces if isinstance(piece, Op) and piece.name == "negative"]
    alike = len(insides) == len(pieces)
    whole = Op("concat", tuple(insides if alike else pieces), (("axis", axis),))
    return Op("negative", (whole,)) if alike else whole
