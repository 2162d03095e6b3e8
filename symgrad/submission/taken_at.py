"""Where a derivative is taken: ∂J/∂w_j (w) is ∂J/∂w_j at w, ∂J/∂w (w, b) is ∂J/∂w, and neither a product.

Of a word the arguments are kept: ∂swish/∂t (t, a) may be of a function.
"""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.submission.commands import GREEK
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group
from symgrad.submission.operators import begins, between, listed, relation
from symgrad.submission.scanner import Unreadable
from symgrad.submission.scripts import argument
from symgrad.submission.written import Call, Derivative, Node, Symbol

BARS = (("sign", "|"), ("command", "vert"), ("stray", "rvert"))
"""Bars that no other one has opened."""


def with_argument(cursor: Cursor, of: Node | None, name: Node | None) -> Node | None:
    """What is differentiated, with the (w) or (w, b) behind a derivative by w, or by an entry of it, passed.

    Nothing is passed where a product goes on. It is taken at the w_1 behind a derivative by w.
    """
    item = cursor.item
    if not isinstance(item, Group) or item.kind != "round" or not isinstance(name, Symbol):
        return of
    start = cursor.position
    cursor.next()
    if begins(cursor) or between(cursor.item) is not None or cursor.sees("sign", "^", "_", "/"):
        cursor.position = start
        return of
    try:
        point = listed(cursor.over(item.items, item.span))
    except Unreadable:
        point = ()
    match point:
        case (Symbol(accents=()) as there,) if isinstance(of, Symbol) and name == Symbol(there.base) != there:
            return Call(of, (there,), False, of.span)
    word = isinstance(of, Symbol) and len(of.base) > 1 and of.base not in GREEK
    names = [replace(part, accents=()) for part in point if isinstance(part, Symbol)]
    if len(names) < len(point) or Symbol(name.base) not in names or (word and len(names) > 1):
        cursor.position = start
    return of


def behind_a_bar(cursor: Cursor, node: Node) -> Node:
    r"""A node, at the point below a bar behind it that nothing opened: dJ/dw|_{w_1}, J\Big|_{w = w_1}."""
    start, below = cursor.position, cursor.ahead(1)
    low = is_token(below, "sign", "_") or is_token(below, "lowered")
    if not low or not any(is_token(cursor.item, *bar) for bar in BARS):
        return node
    cursor.next()
    taken = taken_at(node, cursor)
    if taken is None:
        cursor.position = start
    return taken or node


def taken_at(node: Node, cursor: Cursor) -> Node | None:
    """A name or a derivative at the point that stands low: w_1, w = w_1 or (w_1, b_1), and w = 2 of one by w.

    None where that is no point of what it is differentiated by.
    """
    head = node.of if isinstance(node, Derivative) else node
    if isinstance(head, Call) and head is not node and not head.certain:
        head = head.head  # dJ(w)/dw
    if not isinstance(head, Symbol):
        return None
    cursor.next()
    items, span = argument(cursor, lowered=True)
    equals = next((n for n, part in enumerate(items) if relation(part) == "="), None)
    point = listed(cursor.over(items if equals is None else items[equals + 1 :], span))
    named = point if equals is None else listed(cursor.over(items[:equals], span))
    if not _is_point(node, point, named):
        return None
    taken = Call(head, point, not isinstance(node, Derivative), head.span)
    return replace(node, of=taken) if isinstance(node, Derivative) else taken


def _is_point(node: Node, point: tuple[Node, ...], named: tuple[Node, ...]) -> bool:
    """Whether a point is one of the name that a derivative is by; of others, whether it names itself."""
    wrt = node.wrt if isinstance(node, Derivative) else None
    names = [part for part in named if isinstance(part, Symbol)]
    if isinstance(wrt, Symbol):
        return any((part.base, part.accents) == (wrt.base, wrt.accents) for part in names)
    bases = [part.base if isinstance(part, Symbol) and part.indices + part.marks else "" for part in point]
    return wrt is None and all(bases) and bases == [part.base for part in names]
