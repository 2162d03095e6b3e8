"""What poolings share: a window moved over a matrix, or over each channel of images."""

from __future__ import annotations

from symgrad.operations.model import ShapeRule
from symgrad.operations.record import Dims, Options, Shape, ShapeMismatch
from symgrad.operations.signature import REQUIRED, SameAs, Signature

POOLED = Signature(("x",), (("size", REQUIRED), ("stride", SameAs("size"))))


def pooled_shape(name: str) -> ShapeRule:
    """The shape rule: the last two axes are shorter, those before them stay."""

    def shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
        (x,) = shapes
        if len(x) < 2:
            raise ShapeMismatch(f"{name} is of a matrix, or of (samples, channels, height, width)")
        parts = (options["size"], options.get("stride", options["size"]))
        return (*x[:-2], *(dims.derive("pool", parts, n) for n in x[-2:]))

    return shape
