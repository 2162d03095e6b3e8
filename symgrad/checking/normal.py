"""Written maths once the problem's names are known: what looks like one thing and is another is put right.

``y(1 - y)^2`` is a product where y is a quantity, and its square is the bracket's; ``dE/dout`` is a
derivative; ``dc`` is the gradient of c.
"""

from __future__ import annotations

from dataclasses import replace

from symgrad.checking.scope import Scope
from symgrad.checking.symbols import without_gradient_mark
from symgrad.submission.written import (
    Call,
    Derivative,
    Node,
    Power,
    Product,
    Quotient,
    Symbol,
    Transpose,
    transform,
)


def normal(node: Node, scope: Scope) -> Node:
    """The tree as the names of the problem, and those the student defined, make it."""
    return transform(node, lambda part: _normal(part, scope))


def _normal(node: Node, scope: Scope) -> Node:
    match node:
        case Power(Call() as call, exponent) if _is_product(call, scope):
            return _times(call, Power(call.args[0], exponent, node.span))
        case Transpose(Call() as call, certain) if _is_product(call, scope):
            return _times(call, Transpose(call.args[0], certain, node.span))
        case Quotient(Symbol() as above, Symbol() as below) if _is_quantity(above, below, scope):
            of, wrt = _bare(above), _bare(below)
            if of is not None and wrt is not None:
                return Derivative(of, wrt, "d", node.span)
        case Product(Symbol("d", "", (), ()) as sign, right, "") if not _known(sign, scope):
            return _marked(right, node)
    return node


def _times(call: Call, factor: Node) -> Product:
    return Product(call.head, factor, span=call.span)


def _is_product(call: Call, scope: Scope) -> bool:
    """Whether a name before brackets is a quantity, not a function."""
    return not call.certain and len(call.args) == 1 and _known(call.head, scope)


def _known(symbol: Symbol, scope: Scope) -> bool:
    return bool(scope.lexicon.find(symbol) or scope.definition(symbol))


def _is_quantity(above: Symbol, below: Symbol, scope: Scope) -> bool:
    """Whether both are a d with a name behind it, and neither is a name as it stands."""
    return not any(map(scope.lexicon.find, (above, below)))


def _bare(symbol: Symbol) -> Symbol | None:
    return without_gradient_mark(symbol) if "d" in symbol.accents or symbol.base[:1] == "d" else None


def _marked(node: Node, whole: Product) -> Node:
    """``d c^T`` as the transpose of the gradient of c."""
    match node:
        case Symbol() if node.span.start == whole.left.span.end:
            return replace(node, accents=("d", *node.accents), span=whole.span)
        case Transpose(Symbol() as body) if body.span.start == whole.left.span.end:
            return replace(node, body=replace(body, accents=("d", *body.accents)), span=whole.span)
    return whole
