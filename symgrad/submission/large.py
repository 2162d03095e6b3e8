"""Large signs: Σ and Π. They take the product that follows them, and stop at + and −.

What comes behind the + may belong to them all the same: `reach` looks at the indices in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.submission.cursor import Cursor
from symgrad.submission.groups import Item
from symgrad.submission.indices import retokenized
from symgrad.submission.limits import Limits, limits
from symgrad.submission.operators import begins, product, signed, whole
from symgrad.submission.scanner import Unreadable
from symgrad.submission.scripts import argument
from symgrad.submission.written import Node, Span, Sum, Symbol


def large(cursor: Cursor) -> Node:
    """A sum or a product with its limits; the sign alone is a name."""
    start = cursor.position
    token = cursor.token()
    below: tuple[Sequence[Item], Span] | None = None
    above: Node | None = None
    while cursor.sees("sign", "_", "^") or cursor.sees("lowered") or cursor.sees("raised"):
        if cursor.sees("raised"):
            raised = cursor.token()
            above = whole(cursor.over(retokenized(raised), raised.span))
        elif cursor.take("sign", "^"):
            above = whole(cursor.over(*argument(cursor)))
        else:
            cursor.take("sign", "_")
            below = argument(cursor, lowered=True)
    multiplies = token.text == "prod"
    if not begins(cursor) and not cursor.sees("sign", "-", "+"):
        if below is None and above is None:
            return Symbol("Pi" if multiplies else "Sigma", span=token.span)
        raise Unreadable("nothing stands behind the sum", cursor.since(start))
    ranges = [Limits()] if below is None else limits(*below, cursor, bounded=above is not None)
    body = signed(cursor, product)
    span = cursor.since(start)
    for one in reversed(ranges):
        upper = above if one.upper is None else one.upper
        body = Sum(body, one.index, one.lower, upper, multiplies, span, one.over, one.chosen, one.condition)
    return body
