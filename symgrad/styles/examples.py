"""The numbers: every quantity and gradient worked out at the givens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.nodes import Maths, Matrix
from symgrad.styles.backward import constant_chains
from symgrad.styles.parts import section, words
from symgrad.styles.setting import Setting, is_constant, is_given
from symgrad.styles.worked import value, worked
from symgrad.tree import Name, names


def forward_examples(setting: Setting) -> Iterator[Block]:
    """The forward pass in numbers; the givens stand before the quantity that first uses them."""
    title = words(setting, "Forward Propagation Examples")
    yield from section(title, _forward(setting), "forward-examples")


def backward_examples(setting: Setting) -> Iterator[Block]:
    """Every gradient in numbers, from the objective down."""
    blocks = [Display((gradient_worked(setting, target),)) for target in worked_gradients(setting)]
    constants = tuple(constant_chains(setting, given=False))
    if blocks and constants:
        blocks.insert(0, Display(constants, beside=True))
    title = words(setting, "Backward Propagation Examples")
    yield from section(title, blocks, "backward-examples")


def worked_gradients(setting: Setting) -> Iterator[str]:
    """The targets whose gradients have numbers, in backward order; plain constants are left out."""
    for target, gradient in setting.solution.derivation.gradients.items():
        stated = is_constant(gradient) and not is_given(gradient)
        if target in setting.solution.run.gradients and not stated:
            yield target


def gradient_worked(setting: Setting, target: str) -> Chain:
    """One gradient in numbers."""
    formula = setting.solution.derivation.gradients[target].matrix_form
    return worked(setting, setting.gradient(target), formula, setting.solution.run.gradients[target])


def quantity_worked(setting: Setting, name: str) -> Chain:
    """One quantity in numbers."""
    solution = setting.solution
    return worked(setting, Name(name), solution.graph.quantities[name], solution.run.quantities[name])


def givens(setting: Setting, leaves: Iterable[str]) -> Iterator[Display]:
    """The given leaves with their numbers, side by side."""
    given = setting.solution.problem.given
    chains = tuple(_given(setting, leaf) for leaf in leaves if leaf in given)
    if chains:
        yield Display(chains, beside=True)


def _given(setting: Setting, leaf: str) -> Chain:
    """A given with its numbers; before them the formulas of numbers that it is stated by."""
    problem = setting.solution.problem
    chain = value(setting, Name(leaf), problem.given[leaf])
    if leaf not in problem.exact or np.ndim(problem.given[leaf]) > 2:
        return chain
    return replace(chain, links=(Link("=", _as_stated(setting, problem.exact[leaf])), *chain.links))


def _as_stated(setting: Setting, stated: Any) -> Maths:
    if not isinstance(stated, list):
        return setting.maths(stated)
    rows = [row if isinstance(row, list) else [row] for row in stated]
    return Matrix(tuple(tuple(setting.maths(entry) for entry in row) for row in rows))


def _forward(setting: Setting) -> Iterator[Block]:
    graph, run = setting.solution.graph, setting.solution.run
    shown: set[str] = set()
    for name in run.quantities:
        fresh = [leaf for leaf in names(graph.quantities[name]) if leaf in graph.leaves and leaf not in shown]
        shown.update(fresh)
        yield from givens(setting, fresh)
        yield Display((quantity_worked(setting, name),))
