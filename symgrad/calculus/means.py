"""Sums and means as a person writes them, where the shapes are known: X − mean(X), and Σ (p − y)."""

from __future__ import annotations

from symgrad.calculus.lowering import ShapeOf
from symgrad.tree import Formula, Op, Size, transform


def means(formula: Formula, shape_of: ShapeOf) -> Formula:
    """Σ/n as the mean: of a sum, and of a product with one sum in it, divided by how many are summed."""

    def change(node: Formula) -> Formula:
        match node:
            case Op("divide", (over, Size(id))):
                return _mean(over, id, shape_of) or node
        return node

    return transform(formula, change)


def deviations(formula: Formula, shape_of: ShapeOf) -> Formula:
    """X − Σ X/n as X − mean(X), also of each row or column."""

    def change(node: Formula) -> Formula:
        match node:
            case Op("subtract", (whole, part)):
                mean = means(part, shape_of)
                if isinstance(mean, Op) and mean.name == "mean" and mean.args == (whole,):
                    return Op("subtract", (whole, mean))
        return node

    return transform(formula, change)


def joined_sums(formula: Formula, shape_of: ShapeOf) -> Formula:
    """Σ p − Σ y as Σ (p − y), where both run over the same places."""

    def change(node: Formula) -> Formula:
        match node:
            case Op("add" | "subtract" as name, (Op("sum", (a,), told), Op("sum", (b,), same))) if (
                told == same and shape_of(a) == shape_of(b)
            ):
                return Op("sum", (Op(name, (a, b)),), told)
        return node

    return transform(formula, change)


def _mean(over: Formula, size: str, shape_of: ShapeOf) -> Formula | None:
    match over:
        case Op("sum", (inner,), options) if _summed(inner, dict(options).get("axis"), shape_of) == (size,):
            return Op("mean", (inner,), options)
        case Op("dot", (left, right)) if shape_of(left) == (size,):
            return Op("mean", (Op("multiply", (left, right)),))
        case Op("multiply", (left, right)):
            if (found := _mean(left, size, shape_of)) is not None:
                return Op("multiply", (found, right))
            if (found := _mean(right, size, shape_of)) is not None:
                return Op("multiply", (left, found))
    return None


def _summed(inner: Formula, axis: int | None, shape_of: ShapeOf) -> tuple[object, ...]:
    shape = shape_of(inner)
    return shape if axis is None else (shape[axis],)
