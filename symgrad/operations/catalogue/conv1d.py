"""The cross-correlation of a sequence with a kernel, of several channels with one for each filter."""

from symgrad.operations.convolutions import convolution
from symgrad.operations.model import Example

CONV1D = convolution(
    "conv1d",
    1,
    "a vector and a kernel, which is a vector too",
    (
        "an input goes into every output whose window covers it: the gradients, weighted by the "
        "kernels, are added up (an entry that is not there counts as 0)",
        "a kernel entry meets one input in every window: the inputs, weighted by the gradients, are "
        "added up (an entry that is not there counts as 0)",
    ),
    example=Example("conv1d(x, k)", {"x": (2, 2, 5), "k": (4, 2, 2)}),
)
