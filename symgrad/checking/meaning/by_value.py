"""Derivatives by what is no name of the problem: an argument t, or a function where it stands, dσ."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.heads import is_function
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.moved import Nested
from symgrad.checking.worlds.tensor import Tensor
from symgrad.submission.written import Call, Derivative, Node, Symbol, transform, walk


def by_argument(node: Derivative, scope: Scope) -> Tensor | None:
    """d f(t)/dt where t is the argument of a function of the student's own, or stands for any number."""
    wrt = node.wrt
    if not isinstance(wrt, Symbol) or (bound := scope.bound.get(text_of(wrt))) is None:
        return None
    if np.iscomplexobj(bound.data):
        raise Nested
    of = node.of
    assert of is not None
    if _is_function(of, scope):  # dσ/dt
        of = Call(of, (wrt,), True, of.span)  # type: ignore[arg-type]
    moved = scope.binding(**{text_of(wrt): replace(bound, data=bound.data + 1j * H)})
    found = moved.evaluate(of)
    return replace(found, data=np.imag(found.data) / H)


VALUE = "•"
"""What stands for the value of a function by which something is differentiated."""


def by_function(node: Derivative, scope: Scope) -> Tensor | None:
    """d log(σ(z))/dσ: by the value of the function where it stands in what is differentiated."""
    name = node.wrt
    if node.of is None or not isinstance(name, Symbol):
        return None
    calls = {part for part in walk(node.of) if isinstance(part, Call) and part.head == name}
    if len(calls) != 1 or text_of(name) in scope.bound or not _is_function(name, scope):
        return None
    (called,) = calls
    value = scope.evaluate(called)
    if np.iscomplexobj(value.data):
        raise Nested
    of = transform(node.of, lambda part: Symbol(VALUE) if part == called else part)
    moved = scope.binding(**{VALUE: replace(value, data=value.data + 1j * H)}).evaluate(of)
    if set(value.axes) - set(moved.axes) or value.core not in ((), moved.core):
        raise Unknown("a derivative of a sum by a function that stands in each of its terms", node)
    return replace(moved, data=np.imag(moved.data) / H)


def _is_function(node: Node, scope: Scope) -> bool:
    """Whether a symbol names a function, not a value: σ in ∂σ/∂z."""
    if not isinstance(node, Symbol) or node.indices:
        return False
    if next(scope.dictionary.find(node), None) is not None:
        return False
    owned = [own for own, _ in scope.dictionary.defined(node, (), scope.line)]
    if owned:
        return bool(owned[0].parameters)

    return is_function(node.base, scope)
