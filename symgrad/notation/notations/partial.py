"""∂_w J = ∂_w c · ∂_c J."""

from symgrad.notation.binding import Written
from symgrad.notation.derivatives import DIRECT, Notation, no_marks, operator, upstream_first


def local_first(upstream: Written, local: Written) -> Written:
    """∂_w c · ∂_c J, the order in which the Jacobian acts on the gradient."""
    return upstream_first(local, upstream)


PARTIAL = Notation("partial", operator("∂"), operator("∂"), local_first, no_marks, operator("∂", DIRECT))
