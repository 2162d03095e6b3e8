"""What reports write of arrays of more than two axes: einsum, axes exchanged or in another order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.worlds.tensor import LARGEST, Misfit, Tensor, TooLong, spread, union
from symgrad.limits import MOST_AXES
from symgrad.submission.written import Call, Symbol

_SUBSCRIPTS = re.compile(r"([a-z]*(?:,[a-z]*)*)(?:→|\\to|->)([a-z]*)")
_PLACES = re.compile(r"[1-9](?:,?[1-9])*")


def _sub(node: Call) -> str:
    return node.head.sub.strip("{}").replace(" ", "") if isinstance(node.head, Symbol) else ""


def _einsum(node: Call, scope: Scope) -> Tensor:
    """Σ of products by their subscripts, over arrays that may have named axes too."""
    found = _SUBSCRIPTS.fullmatch(_sub(node))
    inputs = found[1].split(",") if found else []
    if found is None or len(inputs) != len(node.args):
        raise Unknown("an einsum without subscripts for its arrays", node)
    arrays = [scope.evaluate(arg) for arg in node.args]
    axes = union(*arrays)
    for array, letters in zip(arrays, inputs, strict=True):
        if array.kind or array.rank != len(letters) or max(len(letters), len(found[2])) > MOST_AXES:
            raise Misfit("subscripts for another number of axes")
    sizes: dict[str, int] = {}
    for array, letters in zip(arrays, inputs, strict=True):
        for letter, size in zip(letters, array.core, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise Misfit(f"the index {letter} runs differently far in two places")
    if any(letter not in sizes for letter in found[2]) or len({*found[2]}) < len(found[2]):
        raise Misfit("subscripts of the result that no array has")
    named = int(np.prod([size for array in arrays for size in array.sizes.values()], dtype=float))
    if named * np.prod(list(sizes.values()), dtype=float) > LARGEST:
        raise TooLong
    parts = ",".join(f"...{letters}" for letters in inputs)
    data = np.einsum(f"{parts}->...{found[2]}", *(spread(array, axes) for array in arrays))
    return Tensor(data, axes)


def _reordered(order: Callable[[int, tuple[int, ...]], tuple[int, ...]]) -> Callable[[Call, Scope], Tensor]:
    def value(node: Call, scope: Scope) -> Tensor:
        (x,) = (scope.evaluate(arg) for arg in node.args)
        if not _PLACES.fullmatch(_sub(node)):
            raise Unknown("axes that are not said", node)
        places = tuple(int(digit) - 1 for digit in _sub(node) if digit.isdigit())
        if x.rank < 2 or max(places) >= x.rank:
            raise Misfit("axes that are not there")
        named = len(x.axes)
        moved = tuple(named + axis for axis in order(x.rank, places))
        return Tensor(np.transpose(x.data, (*range(named), *moved)), x.axes)

    return value


def _exchanged(rank: int, places: tuple[int, ...]) -> tuple[int, ...]:
    if len(places) != 2:
        raise Misfit("two axes are exchanged")
    turned = dict(zip(places, places[::-1], strict=True))
    return tuple(turned.get(axis, axis) for axis in range(rank))


def _order(rank: int, places: tuple[int, ...]) -> tuple[int, ...]:
    if sorted(places) != [*range(rank)]:
        raise Misfit("an order of other axes")
    return places


OF_AXES: Mapping[str, Callable[[Call, Scope], Tensor]] = {
    "einsum": _einsum,
    "swapaxes": _reordered(_exchanged),
    "permute": _reordered(_order),
}
