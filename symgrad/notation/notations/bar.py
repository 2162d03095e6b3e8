"""v̄ for ∂J/∂v."""

from symgrad.maths.nodes import Accent, Maths, Script
from symgrad.notation.derivatives import Marks, Notation, Roles, fraction, upstream_first
from symgrad.notation.symbols import Naming
from symgrad.tree import Gradient


def bars(roles: Roles, naming: Naming) -> Marks:
    """v̄ for the gradient of the objective by v."""
    return {Gradient(roles.objective, id): barred(naming.written(id)) for id in naming.ranks}


def barred(name: Maths) -> Maths:
    """A bar over the letter of a name: over W in W_1, in the place of an arrow."""
    match name:
        case Script(base=base, sub=sub, sup=sup):
            return Script(barred(base), sub, sup)
        case Accent(kind="vec", body=body):
            return Accent("bar", body)
    return Accent("bar", name)


BAR = Notation("bar", fraction, fraction, upstream_first, bars)
