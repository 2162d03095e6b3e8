"""∂J/∂w = prod(∂J/∂c, ∂c/∂w)."""

from symgrad.maths.nodes import Fenced, Maths, Operator, Row, Symbol
from symgrad.notation.binding import Written
from symgrad.notation.derivatives import Notation, fraction, no_marks


def prod(upstream: Written, local: Written) -> Written:
    """prod(∂J/∂c, ∂c/∂w): the shapes have not yet said how to multiply."""
    body = Row((*_factors(upstream.maths), Operator(","), local.maths))
    return Written(Row((Symbol("prod", "upright"), Fenced("(", body, ")"))))


def _factors(maths: Maths) -> tuple[Maths, ...]:
    """What stands in prod(…), so that a longer chain is prod(a, b, c) and not prod(prod(a, b), c)."""
    match maths:
        case Row((Symbol("prod"), Fenced(_, Row(items), _))):
            return items
    return (maths,)


PROD = Notation("prod", fraction, fraction, prod, no_marks)
