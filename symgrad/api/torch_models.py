"""A small PyTorch model and its loss as a problem: traced, translated, and compared with itself."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from symgrad.api.problems import problem
from symgrad.api.torch_layers import LAYERS, Forward, Tensor, applied, axis_of, need
from symgrad.errors import DerivationError, InputError, NotSupported
from symgrad.graph import build_graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.model import Operation
from symgrad.operations.signature import Signature
from symgrad.reading.model import Problem
from symgrad.tree import Array, Formula, Name

CLOSE = 1e-10
"""How near the output of the problem must come to that of the model, in double precision."""


def from_torch(module: Any, example_input: Any, loss: Any, target: Any = None, *, title: str = "") -> Problem:
    """The problem that a PyTorch model and its loss state, with the model's parameters as givens.

    Args:
        module: an ``nn.Sequential``, a layer, or a module whose ``forward`` torch.fx can trace, built of
            the layers in `symgrad.api.torch_layers.LAYERS` and of elementwise functions and operators.
        example_input: a vector, a batch of vectors, or one image of one channel, (1, 1, height, width).
        loss: ``nn.CrossEntropyLoss`` or ``nn.MSELoss``.
        target: what the loss compares with: class numbers or probabilities, or values. Left out, it
            stays symbolic.
        title: what the report is called.

    Weights are called W1, W2, … in the order of their use and keep PyTorch's shape, biases b1, …, the
    kernel of a convolution K1 (a matrix), the scale of a LayerNorm g1; the input is x or X, the target
    y or Y, the loss L. The model's own output is compared with the problem's, to 1e-10.

    Needs PyTorch: ``pip install 'symgrad[torch]'``. Raises `NotSupported`, with the reason, for layers
    and options that no formula here states, `InputError` where the target does not fit.

    >>> import symgrad as sg
    >>> import torch  # doctest: +SKIP
    >>> model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh())  # doctest: +SKIP
    >>> found = sg.from_torch(model, torch.ones(3), torch.nn.MSELoss())  # doctest: +SKIP
    >>> [(name, parsed.text) for name, parsed in found.forward]  # doctest: +SKIP
    [('z1', 'W1 @ x + b1'), ('h1', 'tanh(z1)'), ('L', 'mean((h1 - y)**2)')]
    """
    torch = _torch()
    model, x = copy.deepcopy(module).double(), torch.as_tensor(example_input).detach().double()
    forward = Forward()
    start = _input(forward, x)
    output = _traced(torch, forward, model, start)
    with torch.no_grad():
        expected = model(x)
    y = "y" if output.rank < 2 else "Y"
    shape = tuple(expected.shape)[output.torch_rank - output.rank :]
    forward.formulas["L"] = _loss(loss, output, y)
    if target is not None:
        forward.given[y] = _target(torch, loss, target, expected).reshape(shape)
    found = problem(
        forward.formulas,
        title=title or None,
        data=[start.name, y],
        given=forward.given,
        shapes=None if target is not None else {y: shape},
    )
    _check(found, output.name, expected.numpy().reshape(shape))
    return found


def _torch() -> Any:
    try:
        return importlib.import_module("torch")
    except ModuleNotFoundError as error:
        raise InputError("PyTorch is not installed", hint="pip install 'symgrad[torch]'") from error


def _input(forward: Forward, x: Any) -> Tensor:
    shape = tuple(x.shape)
    image = len(shape) in (3, 4) and all(size == 1 for size in shape[:-2])
    need(len(shape) <= 2 or image, f"an input of the shape {shape}")
    rank = min(len(shape), 2)
    name = "x" if rank < 2 else "X"
    forward.given[name] = x.numpy().reshape(shape[-2:])
    return Tensor(name, rank, len(shape))


# --- the traced graph ---------------------------------------------------------------------------------


def _traced(torch: Any, forward: Forward, model: Any, start: Tensor) -> Tensor:
    """The output of the model, once every node of its graph is written."""
    fx = importlib.import_module("torch.fx")
    sequence = torch.nn.Sequential
    # A layer alone would be traced into what it is made of.
    alone = type(model).__module__.startswith("torch.nn.") and not isinstance(model, sequence)
    try:
        traced = fx.symbolic_trace(sequence(model) if alone else model)
    except (fx.proxy.TraceError, TypeError) as error:
        raise NotSupported(f"the model cannot be traced: {error}", hint="write it without branches") from None
    found: dict[Any, Tensor] = {}
    for node in traced.graph.nodes:
        if node.op == "placeholder":
            need(not found, "a model with more than one input")
            found[node] = start
        elif node.op == "output":
            need(node.args[0] in found, "a model with more than one output")
            return found[node.args[0]]
        else:
            found[node] = NODES[node.op](forward, traced, node, found)
    raise NotSupported("a model without output", hint="return the output")


def _module(forward: Forward, traced: Any, node: Any, found: Mapping[Any, Tensor]) -> Tensor:
    layer = traced.get_submodule(node.target)
    name = type(layer).__name__
    need(name in LAYERS and type(layer).__module__.startswith("torch.nn."), f"the layer {name}")
    return LAYERS[name](forward, layer, found[node.args[0]])


def _attribute(forward: Forward, traced: Any, node: Any, found: Mapping[Any, Tensor]) -> Tensor:
    tensor = traced.get_parameter(node.target)
    need(tensor.ndim <= 2, f"a parameter of the shape {tuple(tensor.shape)}")
    return Tensor(forward.parameter("w", tensor), tensor.ndim, tensor.ndim)


def _function(forward: Forward, traced: Any, node: Any, found: Mapping[Any, Tensor]) -> Tensor:
    """A call of a function or a method, by its name."""
    name = node.target if isinstance(node.target, str) else node.target.__name__
    name = name.removeprefix("__").rstrip("_")
    options = {key: value for key, value in node.kwargs.items() if key not in IGNORED}
    if name in ("softmax", "log_softmax"):
        x, dim = found[node.args[0]], options.pop("dim", node.args[1] if len(node.args) > 1 else None)
        need(not options, f"{name} with {', '.join(options)}")
        return applied(forward, f"{name}({x.name}{axis_of(dim, x, name)})", x, "p")
    need(not options, f"{name} with {', '.join(options)}")
    args = [found[arg] if hasattr(arg, "op") else arg for arg in node.args]
    need(all(isinstance(arg, Tensor | int | float) for arg in args), f"{name} of {args}")
    texts = [arg.name if isinstance(arg, Tensor) else f"({arg!r})" for arg in args]
    need((name, len(args)) in FORMULAS, f"the function {name} of {len(args)} arguments")
    tensors = [arg for arg in args if isinstance(arg, Tensor)]
    need(name != "matmul" or all(t.rank == t.torch_rank for t in tensors), "a product of images")
    rank = _product_rank(tensors) if name == "matmul" else max(t.rank for t in tensors)
    lost = max(t.torch_rank - t.rank for t in tensors)
    return Tensor(forward.add("h", FORMULAS[name, len(args)].format(*texts)), rank, rank + lost)


def _product_rank(tensors: list[Tensor]) -> int:
    return sum(tensor.rank for tensor in tensors) - 2


Node: TypeAlias = Callable[[Forward, Any, Any, Mapping[Any, Tensor]], Tensor]
NODES: Mapping[str, Node] = {
    "call_module": _module,
    "get_attr": _attribute,
    "call_function": _function,
    "call_method": _function,
}
IGNORED = frozenset({"inplace", "_stacklevel", "dtype"})
"""Options of PyTorch's functions that change no value, at double precision."""
OPERATORS: Mapping[tuple[str, int], str] = {
    ("neg", 1): "-{0}",
    ("add", 2): "{0} + {1}",
    ("sub", 2): "{0} - {1}",
    ("mul", 2): "{0} * {1}",
    ("truediv", 2): "{0} / {1}",
    ("div", 2): "{0} / {1}",
    ("pow", 2): "{0} ** {1}",
    ("matmul", 2): "{0} @ {1}",
}


def _functions(record: Operation) -> Mapping[tuple[str, int], str]:
    """PyTorch's functions that an operation is, each with the number of its arguments."""
    count = len(record.call.arrays) if isinstance(record.call, Signature) else 1
    text = f"{record.name}({', '.join(f'{{{n}}}' for n in range(count))})"
    return {(name, count): text for name in record.torch if name.islower()}


FORMULAS: Mapping[tuple[str, int], str] = Derived(OPERATIONS, _functions, OPERATORS)


# --- the loss -----------------------------------------------------------------------------------------


def _loss(loss: Any, z: Tensor, y: str) -> str:
    name = type(loss).__name__
    need(name in LOSSES, f"the loss {name}")
    need(loss.reduction in ("mean", "sum"), f"{name} with reduction='{loss.reduction}'")
    return LOSSES[name](loss, z, y)


def _cross_entropy(loss: Any, z: Tensor, y: str) -> str:
    need(loss.weight is None, "CrossEntropyLoss with weights")
    need(loss.label_smoothing == 0, "CrossEntropyLoss with label smoothing")
    need(z.rank > 0, "CrossEntropyLoss of a scalar")
    if z.rank == 1:
        return f"-sum({y} * log_softmax({z.name}))"
    each = f"-sum({y} * log_softmax({z.name}, axis=1), axis=1)"
    return f"{loss.reduction}({each})"


def _squares(loss: Any, z: Tensor, y: str) -> str:
    return f"{loss.reduction}(({z.name} - {y})**2)"


LOSSES: Mapping[str, Callable[[Any, Tensor, str], str]] = {
    "CrossEntropyLoss": _cross_entropy,
    "MSELoss": _squares,
}


def _target(torch: Any, loss: Any, target: Any, output: Any) -> Array:
    """The target as an array of the output's shape: class numbers become rows with a single 1."""
    given = torch.as_tensor(target).detach()
    if type(loss).__name__ == "CrossEntropyLoss" and not given.is_floating_point():
        classes = output.shape[-1]
        if given.shape != output.shape[:-1] or not bool(((given >= 0) & (given < classes)).all()):
            hint = f"give {tuple(output.shape[:-1])} numbers from 0 to {classes - 1}"
            raise InputError(f"class numbers {given.tolist()} for an output {tuple(output.shape)}", hint=hint)
        given = torch.nn.functional.one_hot(given, classes)
    if given.shape != output.shape:
        message = (
            f"a target of the shape {tuple(given.shape)} for an output of the shape {tuple(output.shape)}"
        )
        raise InputError(message, hint="PyTorch would stretch it; give it the shape of the output")
    array: Array = given.double().numpy()
    return array


# --- the check ------------------------------------------------------------------------------------------


def _check(found: Problem, name: str, expected: Array) -> None:
    """Raises `DerivationError` where the output of the problem is not that of the model."""
    graph = build_graph(found)
    values: dict[Formula, Any] = {Name(leaf): array for leaf, array in found.given.items()}
    for quantity, formula in graph.quantities.items():
        if quantity != "L":
            values[Name(quantity)] = evaluate(formula, Values(values, graph.sizes))
    if not np.allclose(values[Name(name)], expected, rtol=CLOSE, atol=CLOSE, equal_nan=True):
        raise DerivationError("the formulas of this model do not give what the model gives")
