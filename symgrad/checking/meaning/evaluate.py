"""What works out every kind of node: importing this makes `Scope.evaluate` complete."""

from __future__ import annotations

from symgrad.checking.meaning import (
    arithmetic,
    calls,
    chains,
    conditions,
    derivatives,
    matrices,
    powers,
    sums,
    symbols,
)

HANDLING = (arithmetic, powers, matrices, conditions, sums, derivatives, chains, calls, symbols)
