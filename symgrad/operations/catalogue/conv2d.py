"""The cross-correlation of a matrix with a kernel, of images with channels with one for each filter."""

from symgrad.operations.convolutions import convolution
from symgrad.operations.model import Example

CONV2D = convolution(
    "conv2d",
    2,
    "a matrix and a kernel, which is a matrix too",
    (
        "an input goes into every output whose window covers it: the gradients, weighted by the "
        "kernel, are added up (an entry that is not there counts as 0)",
        "a kernel entry meets one input in every window: the inputs, weighted by the gradients, are "
        "added up (an entry that is not there counts as 0)",
    ),
    layout="conv",
    example=Example("conv2d(x, k)", {"x": (5, 5), "k": (2, 2)}),
)
