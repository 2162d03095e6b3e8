"""The sizes that ``shapes`` names, and the numbers that the givens show for them."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.errors import InputError
from symgrad.limits import MOST_AXES
from symgrad.reading.schema import ProblemFile
from symgrad.reading.source import Located
from symgrad.tree import Array

MAX_SIZE = 1_000_000

Shapes = Mapping[str, tuple[int | str, ...]]


def size_names(file: ProblemFile) -> tuple[str, ...]:
    """The names of sizes; a name that is also a quantity or a leaf of its own is that instead."""
    used = (size for shape in file.shapes.values() for size in shape if isinstance(size, str))
    own = {*file.forward, *file.given, *file.shapes}
    return tuple(size for size in dict.fromkeys(used) if size not in own)


def bind_sizes(shapes: Shapes, given: Mapping[str, Array], located: Located) -> dict[str, int]:
    """The number behind each size name. `InputError` for an impossible shape, and where givens disagree."""
    bound: dict[str, int] = {}
    for name, shape in shapes.items():
        _check_shape(name, shape, located)
        if name in given:
            _bind(name, shape, given[name].shape, bound, located)
    return bound


def _check_shape(name: str, shape: tuple[int | str, ...], located: Located) -> None:
    if len(shape) > MOST_AXES:
        place = located.place(("shapes", name))
        raise InputError(
            f"a shape of {len(shape)} sizes", place=place, hint=f"an array has at most {MOST_AXES} axes"
        )
    for position, size in enumerate(shape):
        if isinstance(size, int) and not 1 <= size <= MAX_SIZE:
            place = located.place(("shapes", name, position))
            raise InputError(
                f"a size of {size}", place=place, hint=f"a size is a number from 1 to {MAX_SIZE:,}"
            )


def _bind(
    name: str, shape: tuple[int | str, ...], actual: tuple[int, ...], bound: dict[str, int], located: Located
) -> None:
    agrees = len(shape) == len(actual)
    for size, number in zip(shape, actual, strict=False):
        agrees = agrees and number == (bound.setdefault(size, number) if isinstance(size, str) else size)
    if not agrees:
        stated = ", ".join(f"{size} = {bound[size]}" if size in bound else str(size) for size in shape)
        message = f"'{name}' has the shape {_written(actual)}, not [{stated}]"
        hint = "shapes are for leaves without a value: delete this one, or mend the given"
        raise InputError(message, place=located.place(("shapes", name)), hint=hint)


def _written(shape: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]"
