"""Powers: of numbers, of entries, of matrices; and names with a label or an index that stands high."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.entries import family, integer
from symgrad.checking.meaning.scope import Scope, Unknown, handles
from symgrad.checking.meaning.spelling import UPDATED, without
from symgrad.checking.meaning.symbols import named
from symgrad.checking.worlds.jets import JETS, power
from symgrad.checking.worlds.products import (
    matmul,
)
from symgrad.checking.worlds.tensor import (
    Tensor,
    elementwise,
)
from symgrad.submission.written import (
    Add,
    Call,
    Literal,
    Matrix,
    Node,
    Power,
    Subtract,
    Symbol,
)


@handles(Power)
def powered(node: Power, scope: Scope) -> Tensor:
    """A power, entry by entry of a vector; a name with a label or an index that stands high."""
    if isinstance(node.body, Symbol) and isinstance(node.exponent, Symbol | Add | Subtract | Literal):
        high = _high(node.body, node.exponent, scope)
        if high is not None:
            return high
    if isinstance(node.exponent, Matrix):
        raise Unknown("indices that stand high are not read here", node)
    if (
        isinstance(node.body, Symbol)
        and node.body.base == "e"
        and not node.body.sub
        and is_euler(node, scope.dictionary, scope.line)
    ):
        return elementwise(np.exp, scope.evaluate(node.exponent))
    if (within := _of_argument(node)) is not None:
        return scope.evaluate(within)
    body, exponent = scope.evaluate(node.body), scope.evaluate(node.exponent)
    if exponent.rank:
        return elementwise(power, body, exponent)
    if body.kind:
        return replace(elementwise(power, body, exponent), kind=body.kind)
    if body.rank == 2 and not exponent.axes and body.core[0] == body.core[1]:
        number = float(np.real(exponent.data)) if exponent.data.ndim == 0 else 0.5
        if number in (-1, -2, -3):
            return _repeated(Tensor(JETS.of_matrix("inv", body.data), body.axes), int(-number))
        if number in (2, 3):
            ways = {
                "entries": lambda: elementwise(power, body, exponent),
                "matrix": lambda: _repeated(body, int(number)),
            }
            return scope.choices.among(("power", node.span), ways)
    return elementwise(power, body, exponent)


def _of_argument(node: Power) -> Node | None:
    """log(p^{1[y = k]}) for log(p)^{1[y = k]}: an indicator high on a logarithm chooses its argument."""
    match node:
        case Power(Call(Symbol("log" | "ln"), (arg,)) as call, Call(Symbol("indicator")) as exponent):
            return replace(call, args=(Power(arg, exponent, node.span),))
    return None


def _repeated(matrix: Tensor, times: int) -> Tensor:
    """A matrix multiplied by itself."""
    found = matrix
    for _ in range(times - 1):
        found = matmul(found, matrix)
    return found


def is_euler(node: Power, dictionary: Dictionary, line: int) -> bool:
    """Whether e with something high is the exponential, also where a name e has been defined."""
    assert isinstance(node.body, Symbol)
    known = next(dictionary.find(node.body), None) or next(dictionary.defined(node.body, (), line), None)
    return known is None or not (isinstance(node.exponent, Literal) and node.exponent.value == 2)


def _high(body: Symbol, exponent: Node, scope: Scope) -> Tensor | None:
    """W^L, a^2 where that is how the problem writes a name, x^i: a label, a sample."""
    if _is_written(body, exponent, scope):
        return named(body, (exponent,), scope)
    if "d" in body.accents and any(
        found.exponent == 1 and not found.samples
        for found in scope.dictionary.names.find(without(body, "d"), (exponent,))
    ):
        return named(body, (exponent,), scope)  # dσ², of what is written σ²
    if isinstance(exponent, Symbol) and exponent.base in UPDATED:
        return named(
            replace(body, marks=(*body.marks, exponent.base), raised=(*body.raised, exponent)), (), scope
        )
    if body.base == "delta" and not (isinstance(exponent, Literal) and _is_known(body, scope)):
        is_label = not isinstance(exponent, Literal) or not body.sub
        is_label |= scope.dictionary.names.stands_high(exponent)
        return named(body, (exponent,), scope) if is_label else None
    if body.base == "e" or isinstance(exponent, Literal):
        numbered = isinstance(exponent, Literal) and not body.sub and _is_numbered(body, exponent, scope)
        return named(body, (exponent,), scope) if numbered else None
    if _has_places(body, exponent, scope):
        return named(body, (exponent,), scope)
    if _is_labelled(body, exponent, scope):
        return named(body, (exponent,), scope)
    if next(scope.dictionary.find(body), None) is not None:
        return None
    if family(body, scope) is not None:
        return named(body, (exponent,), scope)
    folded = replace(body, base=body.base.swapcase())  # x^i_j, of X
    sampled = len(body.base) == 1 and isinstance(exponent, Symbol)
    if sampled and any(found.samples for found in scope.dictionary.find(folded, (exponent,))):
        return named(body, (exponent,), scope)
    return None


def _is_written(body: Symbol, exponent: Node, scope: Scope) -> bool:
    """Whether the problem writes a name with just this high on it: a^1_j, also of A^1 where there is no a."""
    bodies = [body]
    if len(body.base) == 1 and body.indices and not _is_known(body, scope):
        bodies.append(replace(body, base=body.base.swapcase()))
    return any(
        scope.dictionary.names.is_exact(each, exponent) and _has_places(each, exponent, scope, True)
        for each in bodies
    )


def _has_places(body: Symbol, exponent: Node, scope: Scope, samples: bool = False) -> bool:
    """Whether a name with this high on it has an axis for each index: a_1^3 of a number a^3 is a power."""
    shapes = scope.dictionary.model.graph.shapes
    return any(
        (samples or not found.samples)
        and len((*found.samples, *found.indices)) <= len(shapes.get(found.name, ()))
        for found in scope.dictionary.find(body, (exponent,))
    )


def _is_numbered(body: Symbol, exponent: Literal, scope: Scope) -> bool:
    """Whether a number standing high is a label: z^1 where there is a z_1 and no z, a^0 of the work's own."""
    dictionary = scope.dictionary
    if body.marks:  # (h^{(t)})², of a name that bears its number already
        return False
    if _is_known(body, scope):
        return False
    known = family(body, scope)
    if known is not None and integer(exponent, scope) in known:
        return True
    return _is_labelled(body, exponent, scope) or any(
        not found.samples and not found.indices for found in dictionary.find(body, (exponent,))
    )


def _is_known(body: Symbol, scope: Scope) -> bool:
    """Whether a name has a meaning without anything high on it."""
    dictionary = scope.dictionary
    known = next(dictionary.find(body), None) or next(dictionary.defined(body, (), scope.line), None)
    return known is not None


def _is_labelled(body: Symbol, exponent: Node, scope: Scope) -> bool:
    """Whether the work defines a name with this high on it."""
    own = next((o for o, left in scope.dictionary.defined(body, (exponent,), scope.line)), None)
    return own is not None and bool(own.spelling[3])
