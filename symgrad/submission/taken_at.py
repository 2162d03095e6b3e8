"""Where a derivative is taken: ∂J/∂w_j (w) is ∂J/∂w_j at w, ∂J/∂w (w, b) is ∂J/∂w, and neither a product.

Of a word the arguments are kept: ∂swish/∂t (t, a) may be of a function.
"""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.submission.commands import GREEK
from symgrad.submission.cursor import Cursor
from symgrad.submission.groups import Group
from symgrad.submission.operators import begins, between, listed
from symgrad.submission.scanner import Unreadable
from symgrad.submission.written import Node, Symbol


def pass_argument(cursor: Cursor, of: Node | None, name: Node | None) -> None:
    """Pass the (w) or (w, b) behind a derivative by w, or by an entry of it, unless a product goes on."""
    item = cursor.item
    if not isinstance(item, Group) or item.kind != "round" or not isinstance(name, Symbol):
        return
    start = cursor.position
    cursor.next()
    if begins(cursor) or between(cursor.item) is not None or cursor.sees("sign", "^", "_", "/"):
        cursor.position = start
        return
    try:
        point = listed(cursor.over(item.items, item.span))
    except Unreadable:
        point = ()
    word = isinstance(of, Symbol) and len(of.base) > 1 and of.base not in GREEK
    names = [replace(part, accents=()) for part in point if isinstance(part, Symbol)]
    if len(names) < len(point) or Symbol(name.base) not in names or (word and len(names) > 1):
        cursor.position = start
