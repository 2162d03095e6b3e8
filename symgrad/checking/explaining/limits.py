"""Sums that leave out, or take in, what they should not."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from symgrad.submission.written import Node, Sum


def whole_range(node: Node) -> Iterator[tuple[Node, str]]:
    """A sum over the whole range of its index."""
    if isinstance(node, Sum) and (node.lower or node.upper or node.chosen or node.condition):
        yield (
            replace(node, lower=None, upper=None, chosen=None, condition=None, over=""),
            f"the sum over {node.index} leaves something out",
        )
