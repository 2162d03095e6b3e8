"""The activation or the loss of another kind of network."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import identity
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.forward import slips
from symgrad.checking.explaining.neighbours import activations
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.tape import Edge
from symgrad.checking.worlds.jets import FUNCTIONS, H
from symgrad.submission.written import Call, Node
from symgrad.tree import Formula, Op

OTHERS = {
    "sigma": ("tanh", "softmax", "relu"),
    "tanh": ("sigmoid", "relu"),
    "relu": ("sigmoid", "tanh"),
    "softmax": ("sigmoid",),
}
OTHERS["sigmoid"] = OTHERS["sigma"]
OTHERS["ReLU"] = OTHERS["relu"]
EXTRA = ("sigmoid", "tanh", "softmax", "relu")


def suppose(case: Case) -> Iterator[Supposition]:
    """Another activation; σ′ once more at the output; the δ of the output one step too far."""

    def other(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("softmax", (body,)):
                yield Op("sigmoid", (body,)), "sigmoid stands for softmax"
            case Op("sigmoid" | "tanh" | "relu" as name, (body,)):
                axis = (("axis", -1),)
                for function in ("sigmoid", "tanh", "relu"):
                    if function != name:
                        yield Op(function, (body,)), f"{function} stands for {name}"
                yield Op("softmax", (body,), axis), f"softmax stands for {name}"

    yield from slips(case, other)
    if not case.is_gradient:
        return
    for edge in case.steps:
        if edge.op in EXTRA:
            yield Supposition(
                f"the derivative of {edge.op} stands once too often",
                lambda here, edge=edge: _again(here, edge),  # type: ignore[misc]
            )
            yield Supposition(
                f"the derivative of {edge.op} stands once too often",
                lambda here, edge=edge: _product(here, edge),  # type: ignore[misc]
            )
            yield Supposition(
                f"{edge.op} is taken for another activation",
                lambda here, edge=edge: _other(here, edge),  # type: ignore[misc]
            )
    for before, after in activations(case.model):
        if case.wrt == after:
            words = f"this is the derivative by {case.maths_of(before)}, one step further back"
            yield Supposition(words, lambda here, before=before: here.gradient(before))  # type: ignore[misc]


def _slopes(here: Here, edge: Edge) -> Any:
    out = here.spot(edge.parent)
    if edge.op in ("sigmoid", "softmax"):
        return out * (1 - out)
    return np.imag(FUNCTIONS[edge.op](here.spot(edge.child) + 1j * H)) / H


def _again(here: Here, edge: Edge) -> Any:
    """The step taken, and its derivative once more."""
    return here.swept({edge: here.local(edge) * _slopes(here, edge)})


def _product(here: Here, edge: Edge) -> Any:
    """What arrives before it, and behind it, each with the factor."""
    return here.swept({edge: identity(here, edge) * _slopes(here, edge) ** 2})


def _other(here: Here, edge: Edge) -> Any:
    """σ′ in the place of a Jacobian, tanh′ in the place of σ′."""
    z = here.spot(edge.child)
    function = {"sigmoid": "tanh", "tanh": "sigmoid", "softmax": "sigmoid", "relu": "sigmoid"}[edge.op]
    return here.swept({edge: identity(here, edge) * np.imag(FUNCTIONS[function](z + 1j * H)) / H})


def repair(case: Case) -> Iterator[Repair]:
    """Another function in the place of one that is written."""

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        if isinstance(node, Call):
            for name in OTHERS.get(node.head.base, ()):
                head = type(node.head)(name, "", node.head.marks, raised=node.head.raised)
                yield Call(head, node.args, True, node.span), f"{name} belongs here, not {node.head.base}"

    for node, words in changed(opened(case), change):
        yield Repair(words, node)


MISTAKE = Mistake(
    "softmax_vs_sigmoid_or_wrong_loss",
    190,
    "the activation or the loss of another kind of network is used",
    "this belongs to another activation or another loss: {part}",
    "which activation and which loss does this problem have, and what is the derivative of just these?",
    r"\frac{\partial L}{\partial v} = (o - y) \odot o \odot (1 - o)",
    r"\frac{\partial L}{\partial v} = o - y",
    (
        Example(SOFTMAX, d("J", "v"), r"(o - y) \odot o \odot (1 - o)", "o - y"),
        Example(SOFTMAX, "o", r"\sigma(v)", r"\operatorname{softmax}(v)"),
    ),
    (suppose,),
    (repair,),
)
