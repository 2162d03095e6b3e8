"""How long a formula is to read: what chooses among forms of one gradient."""

from __future__ import annotations

import math

from symgrad.tree import ONE, Formula, Op, walk


def cost(formula: Formula | None) -> float:
    """The nodes of a formula, a 1 and a minus not counted; no formula has no end."""
    if formula is None:
        return math.inf
    return sum(
        1 for node in walk(formula) if node != ONE and not (isinstance(node, Op) and node.name == "negative")
    )
