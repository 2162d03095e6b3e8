r"""ℛ{q}, the R-operator: how q moves where the parameters move along the directions of the problem.

R{w} = v, and of anything else it is Σ_w ∂q/∂w v, over all parameters that have a direction.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from symgrad.checking.meaning.derivatives import directional
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.worlds.tensor import Tensor, combine
from symgrad.submission.written import Call


def moved(node: Call, scope: Scope) -> Tensor:
    """The derivative of what stands in the brackets along all directions."""
    along = scope.dictionary.model.problem.along
    if not along or len(node.args) != 1:
        raise Unknown("nothing says along what the parameters move", node)
    parts = (directional(node.args[0], wrt, direction, scope) for wrt, direction in along)
    return reduce(lambda left, right: combine(np.add, left, right), parts)
