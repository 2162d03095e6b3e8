"""J_softmax(z): the Jacobian of a function that is named low on the J, at what stands in the brackets."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.applied import function_of
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.tensor import Tensor, transpose
from symgrad.submission.written import Node, Symbol, Transpose

LETTERS = frozenset("JD")


def jacobian_of(head: Node, argument: Node, scope: Scope) -> Tensor | None:
    """The Jacobian, or its transpose; None where the head is no such name."""
    if isinstance(head, Transpose):
        found = jacobian_of(head.body, argument, scope)
        return None if found is None else transpose(found)
    if not isinstance(head, Symbol) or head.base not in LETTERS or head.marks or len(head.indices) != 1:
        return None
    name = head.indices[0]
    if not isinstance(name, Symbol) or len(name.base) < 2 or (function := function_of(name, scope)) is None:
        return None
    if next(scope.dictionary.defined(head, (), scope.line), None) is not None:
        return None
    x = scope.evaluate(argument)
    if x.rank != 1 or np.iscomplexobj(x.data):
        raise Unknown("a Jacobian at what is no vector", argument)
    columns = (
        np.imag(function((replace(x, data=x.data + 1j * H * step),)).data) / H for step in np.eye(x.core[0])
    )
    return Tensor(np.stack(list(columns), axis=-1), x.axes)
