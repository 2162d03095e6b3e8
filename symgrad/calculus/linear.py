"""Derivatives of the operations by which gradients of convolutions are named: linear in each array."""

from __future__ import annotations

from symgrad.calculus.entries import Local
from symgrad.calculus.index import Atom, Cell, Poly, atom, constant, fresh, kron, map_atoms, multiply
from symgrad.calculus.lowering import ShapeOf, lower
from symgrad.graph.shapes import Shape
from symgrad.tree import Formula, Name, Op

LINEAR = frozenset({"kernel_conv2d", "full_conv2d", "unflatten", "part"})
PLACE = Name("#linear")


def operands(op: Op) -> tuple[Formula, ...]:
    """The arrays that an operation is a function of: a full convolution takes its kernel turned."""
    if op.name != "full_conv2d":
        return op.args
    return tuple(arg.args[0] if isinstance(arg, Op) and arg.name == "rotate" else arg for arg in op.args)


def linear_derivative(op: Op, position: int, shape_of: ShapeOf) -> Local:
    """∂op[out]/∂array[by], what every entry of the array at this position is multiplied by."""
    arg = operands(op)[position]
    put: Formula = PLACE if arg == op.args[position] else Op("rotate", (PLACE,))
    there = Op(op.name, (*op.args[:position], put, *op.args[position + 1 :]), op.options)
    out, by = (tuple(map(fresh, shape_of(formula))) for formula in (op, arg))

    def shape(formula: Formula) -> Shape:
        return tuple(index.dim for index in by) if formula in (PLACE, put) else shape_of(formula)

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, places) if base == PLACE:
                return multiply(constant(1), *(atom(kron(a, b)) for a, b in zip(places, by, strict=True)))
        return atom(single)

    return Local(out, by, map_atoms(lower(there, out, shape), change))
