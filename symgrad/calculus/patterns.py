"""Sums over more than two places at once, under the names that textbooks give them.

A tensor says which entries meet: S_ijabpq, where output (i, j), kernel (a, b) and input (p, q) of a
convolution do. Its axes come in groups; summed over all groups but one it is a named operation of
the arrays over the others, with the shape of the one that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from msgspec import Struct

from symgrad.calculus.index import Dim, Index, fresh
from symgrad.calculus.parts import NoMatrixForm, Part, assemble
from symgrad.tree import Formula, Op

Write: TypeAlias = "Callable[[Op, Mapping[int, Formula], tuple[Dim, ...]], Formula | None]"


class Pattern(Struct, frozen=True):
    """The groups of a tensor's axes, and the operation that leaves each of them."""

    groups: tuple[tuple[int, ...], ...]
    writes: tuple[Write, ...]

    @property
    def axes(self) -> int:
        """How many axes the tensor has: over samples and channels too it would have more."""
        return sum(map(len, self.groups))


OUTPUT, KERNEL, INPUT = range(3)


USUAL = {"padding": 0, "stride": 1}


def _spacing(tensor: Op, padding: str = "padding", stride: str = "stride") -> tuple[tuple[str, int], ...]:
    """Padding and stride where they are not the usual ones, by the names they go by on the way back."""
    called = {"padding": padding, "stride": stride}
    return tuple((called[key], value) for key, value in tensor.options if value != USUAL.get(key, value))


def _convolution(tensor: Op, arrays: Mapping[int, Formula], shape: tuple[Dim, ...]) -> Formula:
    return Op("conv2d", (arrays[INPUT], arrays[KERNEL]), _spacing(tensor))


def _by_kernel(tensor: Op, arrays: Mapping[int, Formula], shape: tuple[Dim, ...]) -> Formula:
    """The input correlated with the gradient, whose entries stand a stride apart."""
    spacing = _spacing(tensor, stride="dilation")
    return Op("kernel_conv2d", (arrays[INPUT], arrays[OUTPUT]), (*spacing, ("shape", shape)))


def _by_input(tensor: Op, arrays: Mapping[int, Formula], shape: tuple[Dim, ...]) -> Formula:
    """The full convolution of the spaced gradient with the kernel turned by 180°, without the padding."""
    rotated = Op("rotate", (arrays[KERNEL],))
    spacing = _spacing(tensor, "crop", "dilation")
    return Op("full_conv2d", (arrays[OUTPUT], rotated), (*spacing, ("shape", shape)))


def _flattened(tensor: Op, arrays: Mapping[int, Formula], shape: tuple[Dim, ...]) -> Formula:
    return Op("flatten", (arrays[1],))


def _unflattened(tensor: Op, arrays: Mapping[int, Formula], shape: tuple[Dim, ...]) -> Formula:
    return Op("unflatten", (arrays[0],), (("shape", shape),))


def _pooled(tensor: Op, arrays: Mapping[int, Formula], shape: tuple[Dim, ...]) -> Formula | None:
    """The weights pick the largest entries of the array they were made from, and of no other."""
    return Op("maxpool2d", tensor.args, _size(tensor)) if arrays[1] == tensor.args[0] else None


def _unpooled(tensor: Op, arrays: Mapping[int, Formula], shape: tuple[Dim, ...]) -> Formula:
    return Op("unpool", (arrays[0], *tensor.args), _size(tensor))


def _size(tensor: Op) -> tuple[tuple[str, int], ...]:
    return tuple((key, value) for key, value in tensor.options if key != "shape")


PATTERNS: Mapping[str, Pattern] = {
    "window": Pattern(((0, 1), (2, 3), (4, 5)), (_convolution, _by_kernel, _by_input)),
    "flattening": Pattern(((0,), (1, 2)), (_flattened, _unflattened)),
    "pooling": Pattern(((0, 1), (2, 3)), (_pooled, _unpooled)),
}


def told_apart(parts: list[Part]) -> tuple[list[Part], set[Index]]:
    """Tensors whose axes all differ, and the indices that are new: Σ_k S_kkij is Σ_kl δ_kl S_klij.

    So a repeated index is an identity matrix; left out, it would count as two indices.
    """
    apart, eyes, copies = list[Part](), list[Part](), set[Index]()
    for part in parts:
        axes: tuple[Index, ...] = ()
        for index in part.axes:
            axis = fresh(index.dim) if index in axes else index
            if axis != index:
                copies.add(axis)
                eyes.append(Part(Op("eye", (), (("size", index.dim),)), (index, axis)))
            axes = (*axes, axis)
        apart.append(Part(part.formula, axes, part.inverse))
    return [*apart, *eyes], copies


def contract(parts: list[Part], summed: set[Index]) -> tuple[list[Part], set[Index]]:
    """One tensor and the arrays over all its groups of axes but one, as the operation that has a name.

    Returns the parts then, and the indices that are gone. Raises `NoMatrixForm` where no tensor fits.
    """
    for tensor in (part for part in parts if len(part.axes) > 2):
        others = [part for part in parts if part is not tensor]
        groups = [tuple(tensor.axes[n] for n in group) for group in _pattern(tensor).groups]
        kept = [n for n, group in enumerate(groups) if _is_tied(group, others, summed)]
        if len(kept) < 2:
            return _named(others, tensor, groups, kept[0] if kept else 0)
    raise NoMatrixForm("more than two axes")


def _is_tied(group: tuple[Index, ...], others: list[Part], summed: set[Index]) -> bool:
    """Whether a group is not summed over, or an array ties it to other indices."""
    crossing = (part for part in others if {*part.axes} & {*group} and not {*part.axes} <= {*group})
    return not summed.issuperset(group) or any(crossing)


def _pattern(tensor: Part) -> Pattern:
    name = tensor.formula.name if isinstance(tensor.formula, Op) else ""
    if name not in PATTERNS or len(tensor.axes) != PATTERNS[name].axes:
        raise NoMatrixForm("more than two axes")
    return PATTERNS[name]


def _named(
    others: list[Part], tensor: Part, groups: list[tuple[Index, ...]], kept: int
) -> tuple[list[Part], set[Index]]:
    arrays, gone = {}, set[Index]()
    for n, group in enumerate(groups):
        if n != kept:
            arrays[n] = assemble([part for part in others if {*part.axes} & {*group}], group)
            gone.update(group)
    shape = tuple(index.dim for index in groups[kept])
    named = _pattern(tensor).writes[kept](cast("Op", tensor.formula), arrays, shape)
    if named is None:
        raise NoMatrixForm("weights of another array")
    rest = [part for part in others if not gone & {*part.axes}]
    return [*rest, Part(named, groups[kept])], gone
