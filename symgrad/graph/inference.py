"""The shapes of a problem's quantities from those of its leaves, and the mend where they do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.errors import InputError, Place
from symgrad.graph.shapes import Shape, Sizes, written
from symgrad.operations import operation
from symgrad.operations.model import Operation
from symgrad.operations.record import ShapeMismatch
from symgrad.reading.formula import ParsedFormula
from symgrad.reading.problem import Problem
from symgrad.tree import Formula, Name, Number, Op, Size, walk


class VectorTransposedError(InputError):
    """``.T`` of a vector; ``square`` where it is that at the end of the product too, as in r.T @ r."""

    square = False


def infer(problem: Problem, sizes: Sizes, shapes: dict[str, Shape]) -> None:
    """The shape of every quantity, put into ``shapes``; ``sizes`` learns what is equal.

    Raises `InputError` where something does not fit.
    """
    for name, parsed in problem.forward:
        shapes[name] = formula_shape(parsed.formula, parsed, shapes, sizes)


def formula_shape(
    formula: Formula, parsed: ParsedFormula, shapes: Mapping[str, Shape], sizes: Sizes
) -> Shape:
    """The shape of a formula, or of a part of one. Raises `InputError` where something does not fit."""
    match formula:
        case Number() | Size() | Op("pi"):
            return ()
        case Name(id):
            return shapes[id]
        case Op(_, args, options):
            parts = tuple(formula_shape(arg, parsed, shapes, sizes) for arg in args)
            record = operation_at(formula, parsed)
            try:
                return record.shape(sizes, parts, dict(options))
            except ShapeMismatch as mismatch:
                raise _shape_error(formula, parts, str(mismatch), parsed, sizes) from None
    raise TypeError(f"not a formula: {formula!r}")


def operation_at(formula: Op, parsed: ParsedFormula) -> Operation:
    """The record of an operation, or an error at its place in the file."""
    try:
        return operation(formula.name)
    except InputError as error:
        raise type(error)(error.message, place=parsed.place_of(formula), hint=error.hint) from None


def _shape_error(
    formula: Op, parts: tuple[Shape, ...], reason: str, parsed: ParsedFormula, sizes: Sizes
) -> InputError:
    place: Place = parsed.place_of(formula)
    operands = " and ".join(written(part, sizes) for part in parts)
    message = (
        f"the shapes do not fit in '{parsed.text}': {operation(formula.name).title} of {operands}: {reason}"
    )
    if formula.name == "transpose" and len(parts[0]) == 1:
        return _transposed_vector(formula, parsed, message)
    return InputError(message, place=place, hint=_mend(formula, parts, sizes))


def _transposed_vector(formula: Op, parsed: ParsedFormula, message: str) -> InputError:
    """r.T @ r is r @ r: the product that it stands in is named without its .T, where it stands first."""
    products = [node for node in walk(parsed.formula) if isinstance(node, Op) and node.name == "matmul"]
    begun = next((node for node in products if formula in _firsts(node)), None)
    ended = next((node for node in products if node.args[1] == formula), None)
    hint = "check the shapes in 'given' and 'shapes'"
    if begun is not None:
        hint = f"did you mean {_without(formula, begun, parsed)}? The product of two vectors needs no .T"
    elif ended is not None:
        hint = f"did you mean {_without(formula, ended, parsed)}, or outer(a, b) of two vectors?"
    error = VectorTransposedError(message, place=parsed.place_of(formula), hint=hint)
    error.square = begun is not None and _last(begun) == formula.args[0]
    return error


def _firsts(formula: Formula) -> Iterator[Formula]:
    """What a product begins with: its first factor, and that without the number before it."""
    match formula:
        case Op("matmul", (left, _)):
            yield from _firsts(left)
        case Op("multiply" | "divide", (left, right)):
            yield from (*_firsts(left), *_firsts(right))
        case Op("negative", (inner,)):
            yield from _firsts(inner)
        case _:
            yield formula


def _last(formula: Formula) -> Formula:
    match formula:
        case Op("matmul", (_, right)):
            return _last(right)
    return formula


def _without(part: Op, whole: Op, parsed: ParsedFormula) -> str:
    """The text of a product without the .T of a part."""
    inner, outer = parsed.place_of(part), parsed.place_of(whole)
    cut = inner.column + inner.width - outer.column
    start = outer.column - parsed.place.column
    text = parsed.text[start : start + outer.width]
    return text[:cut].removesuffix(".T") + text[cut:]


def _mend(formula: Op, parts: tuple[Shape, ...], sizes: Sizes) -> str:
    """The transposes or exchanges that would make it fit, each tried."""
    record = operation(formula.name)
    words = [f"the {side} operand" for side in ("left", "right")] if len(parts) == 2 else ["the argument"]
    for turned in (n for n in range(len(parts)) if len(parts[n]) == 2):
        tried = tuple(p[::-1] if n == turned else p for n, p in enumerate(parts))
        if _fits(record, tried, formula, sizes):
            arg = formula.args[turned]
            what = f"{arg.id}.T" if isinstance(arg, Name) else f"{words[turned]} transposed (.T)"
            return f"did you mean {what}?"
    if formula.name == "matmul" and _fits(record, parts[::-1], formula, sizes):
        return "the operands would fit the other way round"
    if formula.name == "matmul" and all(len(p) == 1 for p in parts):
        return "the product of a column with a row is outer(a, b)"
    return "check the shapes in 'given' and 'shapes'"


def _fits(record: Operation, parts: tuple[Shape, ...], formula: Op, sizes: Sizes) -> bool:
    try:
        record.shape(sizes.copy(), parts, dict(formula.options))
    except ShapeMismatch:
        return False
    return True
