"""A kernel turned round where it should not be, or not where it should."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_edges
from symgrad.checking.explaining.examples import CONVOLUTION, d
from symgrad.checking.explaining.record import Example, Mistake, Supposition
from symgrad.checking.explaining.tape import Edge
from symgrad.tree import Op


def _turned(here: Here, edge: Edge) -> Any:
    others = [e.child for e in here.run.tape.into[edge.parent] if e.place != edge.place]
    return here.run.local(edge, {spot: here.spot(spot)[..., ::-1, ::-1] for spot in others})


def suppose(case: Case) -> Iterator[Supposition]:
    """The derivative by one operand with the other one turned by 180°, or turned itself."""
    edges = [edge for edge in case.steps if edge.op in ("conv2d", "conv1d")]

    def words(edge: Edge) -> str:
        assert isinstance(edge.parent.formula, Op)
        return case.maths_of(edge.parent.formula.args[1 - edge.place])

    yield from at_edges(edges, _turned, words)
    for edge in edges:
        if edge.child.name == case.wrt:
            yield Supposition(case.wrt, lambda here: here.truth[..., ::-1, ::-1])
            yield Supposition(words(edge), lambda here, edge=edge: _upstream(here, edge))  # type: ignore[misc]


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
    (suppose,),
)
