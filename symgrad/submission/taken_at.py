"""Where a derivative is taken: ∂J/∂w_j (w) is ∂J/∂w_j at w, ∂J/∂w (w, b) is ∂J/∂w, and neither a product.

Of a word the arguments are kept: ∂swish/∂t (t, a) may be of a function.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from symgrad.submission.commands import GREEK
from symgrad.submission.cursor import Cursor
from symgrad.submission.groups import Group, Item
from symgrad.submission.operators import begins, between, listed, relation, whole
from symgrad.submission.scanner import Unreadable
from symgrad.submission.written import Call, Derivative, Node, Symbol


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


def taken_at(slope: Derivative, items: Sequence[Item], cursor: Cursor) -> Derivative | None:
    """The derivative at the point below a bar, w_1 or w = 2; None where that is another name's."""
    equals = next((n for n, part in enumerate(items) if relation(part) == "="), None)
    if not isinstance(slope.of, Symbol) or not isinstance(slope.wrt, Symbol):
        return None
    point = whole(cursor.over(items if equals is None else items[equals + 1 :], cursor.end))
    named = point if equals is None else whole(cursor.over(items[:equals], cursor.end))
    if not isinstance(named, Symbol) or named.base != slope.wrt.base or named.accents != slope.wrt.accents:
        return None
    return replace(slope, of=Call(slope.of, (point,), False, slope.of.span))
