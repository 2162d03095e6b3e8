"""The table: how each operation is written, one row an operation."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.code.calls import (
    after,
    attains,
    back,
    concatenate,
    eye,
    flattening,
    index,
    library,
    numpy,
    option,
    part,
    relu,
    selection,
    stretch,
    window,
    windowed,
)
from symgrad.code.operators import COMPARISONS, comparison, indicator, infix, masked, negative, power, where
from symgrad.code.own import own, prime
from symgrad.code.writer import ADD, ATOM, MULTIPLY, Rule, Text
from symgrad.operations.own import CALL

REDUCED = ("axis", "keepdims")
RULES: Mapping[str, Rule] = {
    "add": infix("+", ADD),
    "subtract": infix("-", ADD),
    "multiply": infix("*", MULTIPLY),
    "divide": infix("/", MULTIPLY),
    "matmul": infix("@", MULTIPLY),
    "dot": infix("@", MULTIPLY),
    "power": power,
    "negative": negative,
    **dict.fromkeys(COMPARISONS, comparison),
    "where": where,
    "indicator": indicator,
    "masked": masked,
    **{
        name: numpy(name)
        for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs", "maximum", "minimum")
    },
    "softplus": numpy("logaddexp", first="0.0"),
    "relu": relu,
    **{name: library(name) for name in ("sigmoid", "silu", "gelu", "elu", "norm", "direction")},
    "leaky_relu": library("leaky_relu", "slope"),
    **{name: library(name, "axis") for name in ("softmax", "log_softmax")},
    "logsumexp": library("logsumexp", *REDUCED),
    **{name: numpy(name, *REDUCED) for name in ("sum", "mean", "var", "std", "max", "min")},
    "outer": numpy("outer"),
    "trace": numpy("trace"),
    "diag": numpy("diag"),
    "transpose": after(".T"),
    "index": index,
    "inv": library("inverse"),
    "det": numpy("linalg.det"),
    "logdet": lambda writer, op: Text(f"np.linalg.slogdet({writer.args(op)[0].text})[1]"),
    "flatten": numpy("ravel"),
    "concat": concatenate,
    "conv2d": library("convolve", "stride", "padding"),
    "maxpool2d": windowed("pool"),
    "pi": lambda writer, op: Text("np.pi"),
    CALL.name: own,
    "ones": lambda writer, op: Text(f"np.ones({writer.dimensions(op.option('shape'))})"),
    "eye": eye,
    "unit": lambda writer, op: Text(f"{eye(writer, op).text}[{option(op.option('position'))}]"),
    "selection": selection,
    "squeeze": numpy("squeeze", "axis"),
    "unsqueeze": numpy("expand_dims", "axis"),
    "attains": attains,
    "prime": prime,
    "window": window,
    "flattening": flattening,
    "placement": lambda writer, op: Text(f"{eye(writer, op).text}[:, {stretch(writer, op)}]"),
    "part": part,
    "pooling": windowed("pool_tensor"),
    "unpool": windowed("unpool"),
    "unflatten": lambda writer, op: Text(
        f"{writer.args(op)[0].within(ATOM)}.reshape({writer.dimensions(op.option('shape'))})"
    ),
    "rotate": after("[::-1, ::-1]"),
    "kernel_conv2d": back("kernel_gradient", "padding"),
    "full_conv2d": back("input_gradient", "crop", "[::-1, ::-1]"),
}
