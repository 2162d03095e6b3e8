"""The graph of a problem: its quantities in order, their formulas and shapes, and what speaks against them.

Its files from left to right: ``shapes`` (rules), ``inference`` (what formulas say of sizes), ``scales``
and ``habits`` (what names suggest), ``stretches`` (pieces of an axis), ``build``, ``cautions``.
"""

from symgrad.graph.build import Graph, build_graph, stated_dimensions

__all__ = ["Graph", "build_graph", "stated_dimensions"]
