"""Large signs: Σ and Π. They take the product that follows them, and stop at + and −.

Σ over k ≠ i is Σ over k of an indicator times the terms; Σ over i, j is two sums.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Item
from symgrad.submission.operators import begins, comparison, product, relation, signed, whole
from symgrad.submission.scanner import Unreadable
from symgrad.submission.scripts import argument, flat
from symgrad.submission.written import Call, Node, Product, Span, Sum, Symbol


def large(cursor: Cursor) -> Node:
    """A sum or a product with its limits; the sign alone is a name."""
    start = cursor.position
    token = cursor.token()
    below: tuple[Sequence[Item], Span] | None = None
    above: Node | None = None
    while cursor.sees("sign", "_", "^") or cursor.sees("lowered"):
        if cursor.take("sign", "^"):
            above = whole(cursor.over(*argument(cursor)))
        else:
            cursor.take("sign", "_")
            below = argument(cursor, lowered=True)
    multiplies = token.text == "prod"
    if not begins(cursor) and not cursor.sees("sign", "-", "+"):
        if below is None and above is None:
            return Symbol("Pi" if multiplies else "Sigma", span=token.span)
        raise Unreadable("nothing stands behind the sum", cursor.since(start))
    body = signed(cursor, product)
    span = cursor.since(start)
    if below is None:
        return Sum(body, "", None, above, multiplies, span)
    return _over(body, *below, above, multiplies, cursor, span)


def _over(
    body: Node,
    items: Sequence[Item],
    place: Span,
    above: Node | None,
    multiplies: bool,
    cursor: Cursor,
    span: Span,
) -> Node:
    ends = (n for n, item in enumerate(items) if relation(item) or is_token(item, "command", "in"))
    cut = next(ends, len(items))
    sign = relation(items[cut]) if cut < len(items) else None
    if sign is None:
        return _nested(body, flat(items[:cut]), above, multiplies, span)
    index = flat(items[:cut])
    if sign == "=":
        return Sum(body, index, whole(cursor.over(items[cut + 1 :], place)), above, multiplies, span)
    if multiplies:
        raise Unreadable("a product over some of its factors is not read", place)
    chosen = Call(Symbol("indicator", span=place), (comparison(cursor.over(items, place)),), True, place)
    return Sum(Product(chosen, body, "", span), index, None, above, False, span)


def _nested(body: Node, letters: str, above: Node | None, multiplies: bool, span: Span) -> Node:
    indices = letters.split(",") if "," in letters else list(letters) if letters.isalpha() else [letters]
    outer, *inner = indices or [""]
    for index in reversed(inner):
        body = Sum(body, index, None, above, multiplies, span)
    return Sum(body, outer, None, above, multiplies, span)
