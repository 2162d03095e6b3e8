"""δ_k for the gradients by pre-activations, ΔW for those by parameters."""

from symgrad.maths.nodes import Maths, Row, Script, Symbol
from symgrad.notation.binding import Level, given
from symgrad.notation.derivatives import Marks, Notation, Roles, fraction, upstream_first
from symgrad.notation.symbols import Naming
from symgrad.tree import Gradient


def deltas(roles: Roles, naming: Naming) -> Marks:
    """δ_k for the gradients by pre-activations, ΔW for those by parameters."""
    signals = {id: Script(Symbol("δ"), *scripts) for id, scripts in roles.signals.items()}
    updates = {id: Row((Symbol("Δ"), _closed(naming.written(id)))) for id in roles.parameters}
    return {Gradient(roles.objective, id): maths for id, maths in (updates | signals).items()}


def _closed(name: Maths) -> Maths:
    return given(name).fit(Level.SCRIPT).maths


DELTA = Notation("delta", fraction, fraction, upstream_first, deltas)
