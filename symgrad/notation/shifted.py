"""Sums over the places of a window, as people write them: Σ_ij g_ij x_{i+a−1,j+b−1}.

The calculus says with a factor that is 1 or 0 where a window's places meet; here the index that they
determine takes its place. An entry outside of its array is 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.tree import ONE, Entry, Formula, Op, Total, transform, walk


def shifted(formula: Total) -> Formula:
    """The sum without such factors, where an index of each axis is determined; else as it is."""
    found = _without_one(formula)
    while found != formula and isinstance(found, Total):
        formula, found = found, _without_one(found)
    return found


def _without_one(formula: Total) -> Formula:
    bound: list[str] = []
    body: Formula = formula
    while isinstance(body, Total):
        bound.append(body.index)
        body = body.body
    for node in walk(body):
        if isinstance(node, Entry) and isinstance(node.base, Op) and node.base.name == "window":
            places = _determined(node.base, node.indices, bound)
            if places is not None and all(_vanishes(body, letter) for letter in places):
                left = [index for index in bound if index not in places]
                return _summed(_put_in(body, node, places), left)
    return formula


def _vanishes(body: Formula, letter: str) -> bool:
    """Whether a product is 0 where an entry is not there: one of its factors, not inside a function."""
    match body:
        case Entry(base, indices):
            return letter in indices and not (isinstance(base, Op) and base.name == "window")
        case Op("multiply", args):
            return any(_vanishes(arg, letter) for arg in args)
        case Op("divide", (above, _)) | Op("negative", (above,)) | Op("power", (above, _)):
            return _vanishes(above, letter)
        case Op("add" | "subtract", args):
            return all(_vanishes(arg, letter) for arg in args)
    return False


def _determined(window: Op, indices: tuple[str | int, ...], bound: list[str]) -> Mapping[str, str] | None:
    """What two bound indices are, of an input, else of a kernel, else of an output."""
    if not all(isinstance(index, str) for index in indices):
        return None
    step, around = window.option("stride"), window.option("padding")
    found: dict[str, str] = {}
    axes = len(indices) // 3
    for out, kernel, place in zip(indices[:axes], indices[axes:-axes], indices[-axes:], strict=True):
        many = f"{step}{out}" if step > 1 else f"{out}"
        if place in bound:
            found[str(place)] = f"{many}+{kernel}-{step + around}"
        elif kernel in bound:
            found[str(kernel)] = f"{place}-{many}+{step + around}"
        elif out in bound and step == 1:
            found[str(out)] = f"{place}-{kernel}+{1 + around}"
        else:
            return None
    return found


def _put_in(body: Formula, factor: Entry, places: Mapping[str, str]) -> Formula:
    def change(node: Formula) -> Formula:
        match node:
            case Entry(base, indices):
                new = (places.get(index, index) if isinstance(index, str) else index for index in indices)
                return ONE if node == factor else Entry(base, tuple(new))
            case Op("multiply", (left, right)) if ONE in (left, right):
                return right if left == ONE else left
        return node

    return transform(body, change)


def _summed(body: Formula, indices: list[str]) -> Formula:
    for index in reversed(indices):
        body = Total(body, index)
    return body
