"""The Jacobian of a structured operation, step by step from its definition."""

from __future__ import annotations

from symgrad.calculus.steps import Jacobian
from symgrad.graph import Graph


def jacobian_of(graph: Graph, name: str) -> Jacobian | None:
    """The derivation of ∂name/∂input where ``name`` is made by one structured operation of one array."""
    return None
