"""What a derivative in front of a product takes where the rule for products is written out.

D (u) v is the derivative of u v by itself; beside u D(v), as in D(u) v − u D(v), it is that of u, times v.
"""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.submission.written import Add, Derivative, Node, Product, Span, Subtract, transform, walk


def by_factor(node: Node) -> Node:
    """The node, in each sum of it D(u v) read as D(u) v where u D(v) is its other term."""
    return transform(node, _parted)


def _parted(node: Node) -> Node:
    if not isinstance(node, Add | Subtract):
        return node
    left, right = _beside(node.left, node.right), _beside(node.right, node.left)
    return node if left is node.left and right is node.right else replace(node, left=left, right=right)


def _beside(term: Node, other: Node) -> Node:
    """A term, with what its derivatives take beside another term."""
    derivatives = [part for part in walk(other) if isinstance(part, Derivative)]
    if not derivatives:
        return term
    factors = frozenset(walk(other))

    def change(part: Node) -> Node:
        match part:
            case Derivative(Product(left, right, sign), wrt) if left in factors and any(
                each.of == right and each.wrt == wrt for each in derivatives
            ):
                of = replace(part, of=left, span=Span(part.span.start, left.span.end))
                return Product(of, right, sign, part.span)
        return part

    return transform(term, change)
