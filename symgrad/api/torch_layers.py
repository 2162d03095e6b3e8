"""What the layers of PyTorch compute, as formulas: one row of a table a layer.

A weight keeps PyTorch's shape. A single image is a matrix, and what is flattened from it a vector, so
leading axes of length one are left out. Options that a formula does not honour are refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from symgrad.errors import NotSupported
from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived


class Tensor(Struct, frozen=True):
    """A value on the way: its name, and the number of its axes here and in PyTorch."""

    name: str
    rank: int
    torch_rank: int


class Forward(Struct):
    """The forward pass as it is written: formulas, the numbers of the parameters, names already given."""

    formulas: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)

    def new(self, letter: str) -> str:
        """The next free name with this letter: W1, W2, …"""
        self.counts[letter] = self.counts.get(letter, 0) + 1
        return f"{letter}{self.counts[letter]}"

    def add(self, letter: str, formula: str) -> str:
        """A new quantity."""
        name = self.new(letter)
        self.formulas[name] = formula
        return name

    def parameter(self, letter: str, tensor: Any, shape: tuple[int, ...] | None = None) -> str:
        """The name of a parameter: one name however often it is used."""
        if id(tensor) not in self.parameters:
            name = self.parameters[id(tensor)] = self.new(letter)
            array = tensor.detach().cpu().double().numpy()
            self.given[name] = array if shape is None else array.reshape(shape)
        return self.parameters[id(tensor)]


Layer: TypeAlias = Callable[[Forward, Any, Tensor], Tensor]


def need(holds: bool, what: str) -> None:
    """Raises `NotSupported` where an option has a value that no formula here honours."""
    if not holds:
        raise NotSupported(f"{what} is not supported yet", hint="supported are " + ", ".join(sorted(LAYERS)))


def elementwise(function: str, letter: str = "h") -> Layer:
    """An activation: one function of every entry."""
    return lambda forward, layer, x: applied(forward, f"{function}({x.name})", x, letter)


def applied(forward: Forward, formula: str, x: Tensor, letter: str = "h") -> Tensor:
    """A new quantity of the shape of ``x``."""
    return Tensor(forward.add(letter, formula), x.rank, x.torch_rank)


def axis_of(dim: int | None, x: Tensor, what: str) -> str:
    """PyTorch's axis as an option: none for a vector."""
    need(isinstance(dim, int), f"{what} without dim")
    assert dim is not None
    axis = dim % x.torch_rank - (x.torch_rank - x.rank)
    need(axis >= 0, f"{what} along an axis of length one")
    return f", axis={axis}" if x.rank == 2 else ""


def softmax(function: str, letter: str) -> Layer:
    """softmax or log_softmax along one axis."""
    return lambda forward, layer, x: applied(
        forward, f"{function}({x.name}{axis_of(layer.dim, x, type(layer).__name__)})", x, letter
    )


def linear(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """x Wᵀ + b, W of the shape (out, in); of a vector W x + b."""
    need(x.rank > 0, "Linear of a scalar")
    weight = forward.parameter("W", layer.weight)
    product = f"{weight} @ {x.name}" if x.rank == 1 else f"{x.name} @ {weight}.T"
    bias = "" if layer.bias is None else f" + {forward.parameter('b', layer.bias)}"
    return applied(forward, product + bias, x, "z")


def layer_norm(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """(x − mean) / √(var + ε) · g + b along the last axis."""
    need(len(layer.normalized_shape) == 1, "LayerNorm over several axes")
    axis = ", axis=1, keepdims=True" if x.rank == 2 else ""
    mean = forward.add("m", f"mean({x.name}{axis})")
    variance = forward.add("v", f"var({x.name}{axis})")
    formula = f"({x.name} - {mean}) / sqrt({variance} + {layer.eps!r})"
    if layer.weight is not None:
        formula += f" * {forward.parameter('g', layer.weight)}"
    if layer.bias is not None:
        formula += f" + {forward.parameter('b', layer.bias)}"
    return applied(forward, formula, x, "n")


def convolution(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """Cross-correlation of one image with one kernel."""
    need(layer.in_channels == layer.out_channels == 1, "Conv2d with more than one channel")
    need(x.rank == 2 and x.torch_rank > 2, "Conv2d of anything but a single image")
    need(layer.padding_mode == "zeros", f"Conv2d with padding_mode='{layer.padding_mode}'")
    need(tuple(layer.dilation) == (1, 1), "Conv2d with a dilation")
    for option in (layer.stride, layer.padding):
        need(isinstance(option, tuple) and option[0] == option[1], "Conv2d with unequal stride or padding")
    kernel = forward.parameter("K", layer.weight, tuple(layer.kernel_size))
    formula = f"conv2d({x.name}, {kernel}, stride={layer.stride[0]}, padding={layer.padding[0]})"
    if layer.bias is not None:
        formula += f" + {forward.parameter('b', layer.bias, ())}"
    return applied(forward, formula, x, "c")


def flatten(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """Row by row. A batch of vectors is flat already."""
    need(layer.start_dim == 1 and layer.end_dim == -1, "Flatten of other axes than all but the first")
    if x.rank == x.torch_rank == 2:
        return x
    need(x.rank == 2 and x.torch_rank == 4, "Flatten of anything but a batch")
    return Tensor(forward.add("f", f"flatten({x.name})"), 1, 2)


def leaky_relu(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """max(x, 0) + slope · min(x, 0)."""
    return applied(forward, f"leaky_relu({x.name}, slope={layer.negative_slope!r})", x)


def elu(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """x where it is positive, else e^x − 1."""
    need(layer.alpha == 1, f"ELU with alpha={layer.alpha}")
    return applied(forward, f"elu({x.name})", x)


def gelu(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """x Φ(x), the exact one."""
    need(layer.approximate == "none", f"GELU with approximate='{layer.approximate}'")
    return applied(forward, f"gelu({x.name})", x)


def softplus(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """log(1 + e^x); PyTorch takes x itself beyond its threshold, 2e-9 away from it."""
    need(layer.beta == 1, f"Softplus with beta={layer.beta}")
    return applied(forward, f"softplus({x.name})", x)


def dropout(forward: Forward, layer: Any, x: Tensor) -> Tensor:
    """Nothing, once training is over."""
    need(not layer.training, "Dropout in training mode (call module.eval())")
    return x


_OTHERS: Mapping[str, Layer] = {
    "Linear": linear,
    "GELU": gelu,
    "LeakyReLU": leaky_relu,
    "ELU": elu,
    "Softplus": softplus,
    "Softmax": softmax("softmax", "p"),
    "LogSoftmax": softmax("log_softmax", "l"),
    "LayerNorm": layer_norm,
    "Conv2d": convolution,
    "Flatten": flatten,
    "Dropout": dropout,
    "Identity": lambda forward, layer, x: x,
}
LAYERS: Mapping[str, Layer] = Derived(
    OPERATIONS,
    lambda record: {name: elementwise(record.name) for name in record.torch if name[0].isupper()},
    _OTHERS,
)
