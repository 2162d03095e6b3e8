"""A kernel turned round where it should not be, or not where it should."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_edges
from symgrad.checking.explaining.examples import CONVOLUTION, d
from symgrad.checking.explaining.record import Example, Mistake, Supposition
from symgrad.checking.explaining.tape import Edge, Spot
from symgrad.checking.worlds.moved import at
from symgrad.tree import Array, Name, Op, walk

SPATIAL: Mapping[str, tuple[int, ...]] = {"conv1d": (-1,), "conv2d": (-2, -1)}
"""The axes along which a kernel slides, of each operation that slides one."""


def _turned(here: Here, edge: Edge) -> Any:
    others = [e.child for e in here.run.tape.into[edge.parent] if e.place != edge.place]
    axes = SPATIAL[edge.op]
    return here.run.local(edge, {spot: np.flip(here.spot(spot), axes) for spot in others})


def suppose(case: Case) -> Iterator[Supposition]:
    """The derivative by one operand with the other one turned by 180°, or turned itself."""
    edges = [edge for edge in case.steps if edge.op in SPATIAL]

    def words(edge: Edge) -> str:
        assert isinstance(edge.parent.formula, Op)
        return case.maths_of(edge.parent.formula.args[1 - edge.place])

    yield from at_edges(edges, _turned, words)
    for edge in edges:
        if edge.child.name == case.wrt:
            axes = SPATIAL[edge.op]
            yield Supposition(case.maths_of(case.wrt), lambda here, axes=axes: np.flip(here.truth, axes))  # type: ignore[misc]
            yield Supposition(words(edge), lambda here, edge=edge: _upstream(here, edge))  # type: ignore[misc]


def written_out(case: Case) -> Iterator[Supposition]:
    """The same where the sum is written out, k_1 x_i + k_2 x_{i+1}; and the value with a turned kernel."""
    for name, axes in _kernels(case).items():
        part = case.maths_of(name)
        if case.is_value:
            yield Supposition(part, lambda here, name=name, axes=axes: _value(here, name, axes))  # type: ignore[misc]
        elif case.wrt == name and not case.pinned:
            yield Supposition(part, lambda here, axes=axes: np.flip(here.truth, axes))  # type: ignore[misc]
        elif case.is_slope and case.wrt != name:
            yield Supposition(part, lambda here, name=name: _slope(here, name))  # type: ignore[misc]


def _kernels(case: Case) -> dict[str, tuple[int, ...]]:
    """The names that slide along others, with the axes along which they do."""
    graph = case.model.graph
    found: dict[str, tuple[int, ...]] = {}
    used: dict[str, list[Op]] = {}
    for formula in graph.quantities.values():
        for node in walk(formula):
            match node:
                case Op(name, (_, Name(kernel))) if name in SPATIAL:
                    found[kernel] = SPATIAL[name]
                case Op(_, args):
                    for arg in args:
                        if isinstance(arg, Name):
                            used.setdefault(arg.id, []).append(node)
    for name, nodes in used.items():
        if len(graph.shapes[name]) == 1 and len(nodes) > 1 and all(map(_is_entry, nodes)):
            found[name] = (-1,)
    return found


def _is_entry(node: Op) -> bool:
    """Whether one entry is taken, k[0], and no range of them."""
    key = node.option("key")
    return node.name == "index" and isinstance(key, tuple) and all(isinstance(n, int) for n in key)


def _value(here: Here, name: str, axes: tuple[int, ...]) -> Array:
    formula = here.case.model.graph.quantities[here.case.of]

    def value(other: str) -> Array:
        return np.flip(here.value(other), axes) if other == name else here.value(other)

    return np.asarray(at(formula, value, here.world.sizes))


def _slope(here: Here, name: str) -> Array:
    """With every entry of the kernel in the place of the one that lies across from it."""
    entries = [edge.parent for edge in here.run.tape.uses(Spot(Name(name)), here.run.tape.edges)]
    turned = dict(zip(entries, (here.spot(spot) for spot in reversed(entries)), strict=True))
    changed = {}
    for edge in here.case.steps:
        others = {e.child: turned[e.child] for e in here.run.tape.into[edge.parent] if e.child in turned}
        if others and edge.child not in turned:
            changed[edge] = here.run.local(edge, others)
    return here.swept(changed)


def _upstream(here: Here, edge: Edge) -> Any:
    """As if what arrives were turned by 180°."""
    local = here.local(edge)
    rank = local.ndim - here.spot(edge.child).ndim
    return here.swept({edge: np.flip(local, axis=tuple(range(rank))[-2:])})


MISTAKE = Mistake(
    "conv_kernel_flip",
    40,
    "a kernel is rotated where it should not be, or not where it should",
    "the kernel is turned by 180° where it should not be, or is not where it should: {part}",
    "write one entry of the convolution with its indices, and see which entries "
    "of the output an entry of the input reaches",
    r"\frac{\partial L}{\partial a} = \frac{\partial L}{\partial z} \star w",
    r"\frac{\partial L}{\partial a} = \frac{\partial L}{\partial z} \star \operatorname{rot}_{180}(w)",
    (
        Example(
            CONVOLUTION,
            d("L", "a"),
            r"\begin{pmatrix} 0.3 & 1.85 & -1.0 \\ -0.94 & 1.61 & 1.15 \\ -0.2 & -0.6 & 0.35 \end{pmatrix}",
            r"\begin{pmatrix} 0.5 & -1.25 & 0.5 \\ 2.1 & -0.55 & -0.85 \\ 0.4 & 1.46 & 0.21 \end{pmatrix}",
        ),
    ),
    (suppose, written_out),
)
