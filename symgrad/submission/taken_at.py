"""Where a derivative is taken: ∂J/∂w_j (w) is ∂J/∂w_j at w, and no product."""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.submission.cursor import Cursor
from symgrad.submission.groups import Group
from symgrad.submission.operators import begins, between, whole
from symgrad.submission.scanner import Unreadable
from symgrad.submission.written import Node, Symbol


def pass_argument(cursor: Cursor, name: Node | None) -> None:
    """Pass the (w) behind a derivative by w, or by an entry of it, unless it goes on as a product."""
    item = cursor.item
    if not isinstance(item, Group) or item.kind != "round" or not isinstance(name, Symbol):
        return
    start = cursor.position
    cursor.next()
    if begins(cursor) or between(cursor.item) is not None or cursor.sees("sign", "^", "_", "/"):
        cursor.position = start
        return
    try:
        argument = whole(cursor.over(item.items, item.span))
    except Unreadable:
        argument = None
    if not isinstance(argument, Symbol) or replace(argument, accents=()) != Symbol(name.base):
        cursor.position = start
