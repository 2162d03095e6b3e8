"""∇_w J = prod(∇_c J, ∂c/∂w)."""

from symgrad.notation.derivatives import Notation, fraction, no_marks, operator
from symgrad.notation.notations.prod import prod

NABLA = Notation("nabla", operator("∇"), fraction, prod, no_marks)
