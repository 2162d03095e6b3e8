"""The Gauss-Newton method: J. Nocedal and S. J. Wright, Numerical optimization, 2nd ed., 2006, section 10.3.

Of other losses than a sum of squares: N. N. Schraudolph, Fast curvature matrix-vector products for
second-order gradient descent, Neural Computation 14, 2002, section 3.
"""

from symgrad.methods.record import Method

GAUSS_NEWTON = Method(
    "gauss_newton", "the Gauss-Newton method", {"w": "w - rate * d"}, direction="d", through=True
)
