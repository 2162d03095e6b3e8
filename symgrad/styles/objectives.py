"""Several objectives: the sections about each are headed by it, and their anchors name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from symgrad.document.blocks import Block, Section
from symgrad.styles.parts import inline
from symgrad.styles.setting import Setting
from symgrad.tree import Name


def further(setting: Setting) -> Iterator[Setting]:
    """A setting for each further objective.

    The names and symbols are those of the first: in bars and deltas v̄ stays its gradient alone.
    """
    return (replace(setting, solution=other, rate=None) for other in setting.solution.also)


def headed(setting: Setting, blocks: Iterable[Block]) -> Iterator[Block]:
    """The same sections with ': E' after each title."""
    objective = inline(setting, ": ", Name(setting.solution.graph.of))
    for block in blocks:
        yield replace(block, title=(*block.title, *objective)) if isinstance(block, Section) else block


def anchored(setting: Setting, blocks: Iterable[Block]) -> Iterator[Block]:
    """The same sections with '-of-E' after each anchor, which keeps it unique."""
    of = setting.solution.graph.of
    for block in blocks:
        if isinstance(block, Section):
            inner = tuple(anchored(setting, block.blocks))
            block = replace(block, blocks=inner, anchor=f"{block.anchor}-of-{of}")
        yield block
