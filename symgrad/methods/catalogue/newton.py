"""Newton's method: J. Nocedal and S. J. Wright, Numerical optimization, 2nd ed., 2006, section 3.3."""

from symgrad.methods.record import Method

NEWTON = Method("newton", "Newton's method", {"w": "w - rate * d"}, direction="d")
