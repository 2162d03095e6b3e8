"""The table: how each operation is written, by the operator, function or template that its record names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symgrad.code.calls import (
    after,
    attains,
    back,
    called,
    concatenated,
    cover,
    einsum,
    eye,
    flattening,
    onehot,
    option,
    part,
    reshaped,
    selection,
    stacked,
    stretch,
    template,
    window,
)
from symgrad.code.operators import SIGNS, comparison, indicator, infix, masked, negative, power, where
from symgrad.code.own import own, prime
from symgrad.code.writer import ADD, MULTIPLY, Rule, Text
from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.model import Operation
from symgrad.operations.own import CALL
from symgrad.operations.signature import ALONG, REQUIRED, SameAs, Signature

OPERATORS: Mapping[str, Rule] = {
    "+": infix("+", ADD),
    "-": infix("-", ADD),
    "*": infix("*", MULTIPLY),
    "/": infix("/", MULTIPLY),
    "@": infix("@", MULTIPLY),
    "**": power,
    "-{0}": negative,
    **dict.fromkeys(SIGNS, comparison),
    "np.where": where,
    "np.concatenate": concatenated,
    "np.stack": stacked,
    "np.einsum": einsum,
}
"""What has a precedence, a condition, or blocks."""

_NUMPY = re.compile(r"\bnp\.(?:linalg\.)?(\w+)")
WINDOWS = Signature(("g", "x"), (("size", REQUIRED), ("stride", SameAs("size"))))
MADE: Mapping[str, Rule] = {
    "indicator": indicator,
    "masked": masked,
    "pi": lambda writer, op: Text("np.pi"),
    CALL.name: own,
    "ones": lambda writer, op: Text(f"np.ones({writer.dimensions(op.option('shape'))})"),
    "zeros": lambda writer, op: Text(f"np.zeros({writer.dimensions(op.option('shape'))})"),
    "eye": eye,
    "unit": lambda writer, op: Text(f"{eye(writer, op).text}[{option(op.option('position'))}]"),
    "selection": selection,
    "squeeze": called("np.squeeze", Signature(("x",), (("axis", None),))),
    "unsqueeze": called("np.expand_dims", Signature(("x",), (("axis", None),))),
    "attains": attains,
    "prime": prime,
    "window": window,
    "flattening": flattening,
    "placement": lambda writer, op: Text(f"{eye(writer, op).text}[:, {stretch(writer, op)}]"),
    "part": part,
    "triangle": lambda writer, op: Text(f"np.tri({writer.dim(op.option('size'))})"),
    "onehot": onehot,
    "others": called("others", ALONG),
    "pooling": called("pool_tensor", WINDOWS),
    "unpool": called("unpool", WINDOWS),
    **dict.fromkeys(("unflatten", "reshape"), reshaped),
    "cover": cover,
    "rotate": after("[::-1, ::-1]"),
    "kernel_conv2d": back("kernel_gradient", "padding"),
    "full_conv2d": back("input_gradient", "crop", "[::-1, ::-1]"),
}
"""What the calculus makes, and the problem's own functions."""


def code_of(record: Operation) -> str:
    """What a record says; where it says nothing, NumPy's function of that name."""
    return record.code or f"np.{record.name}"


def rule(record: Operation) -> Rule:
    """An operator, a template, or the call of a function."""
    code = code_of(record)
    signature = record.call if isinstance(record.call, Signature) else Signature(())
    return OPERATORS.get(code) or (template if "{" in code else called)(code, signature)


NAMED: Mapping[str, str] = Derived(
    OPERATIONS, lambda record: dict.fromkeys(_NUMPY.findall(code_of(record)), record.name)
)
"""NumPy's functions that operations name, with one of these."""
RULES: Mapping[str, Rule] = Derived(OPERATIONS, lambda record: {record.name: rule(record)}, MADE)
