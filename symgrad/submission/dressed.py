"""Accents, roots, and braces above and below."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from symgrad.submission.commands import ACCENTS
from symgrad.submission.cursor import Cursor
from symgrad.submission.groups import Group
from symgrad.submission.names import applied
from symgrad.submission.operators import whole
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import argument, scripted
from symgrad.submission.written import Brace, Call, Literal, Node, Power, Product, Symbol


def accent(cursor: Cursor) -> Node:
    r"""\hat{y}, \bar W: an accent on a name, with what hangs on it."""
    start = cursor.position
    written = cursor.token().text
    kind = ACCENTS[written]
    items, span = argument(cursor)
    first = items[0] if items else None
    if len(items) == 1 and isinstance(first, Token) and first.kind == "number" and first.text == "1":
        items = (replace(first, kind="letter"),)
    body = whole(cursor.over(items, span))
    match body:
        case Symbol(accents=accents):
            node: Node = replace(body, accents=(*accents, kind), span=cursor.since(start))
        case Product() | Power(_, Literal(Fraction(numerator=2))) if (
            written == "overline"
        ):  # x̄ȳ is another one
            node = Call(Symbol("mean", span=body.span), (body,), True, cursor.since(start))
        case Power(body=Symbol(accents=accents) as name):
            node = replace(body, body=replace(name, accents=(*accents, kind)), span=cursor.since(start))
        case _:
            raise Unreadable(f"a {kind} over more than a name", cursor.since(start))
    return applied(cursor, scripted(cursor, node, start), start)


def root(cursor: Cursor) -> Node:
    r"""\sqrt{x}, √x, √(x)."""
    start = cursor.position
    token = cursor.token()
    item = cursor.item
    if isinstance(item, Group) and item.kind == "square":
        raise Unreadable("roots other than square roots are not read", item.span)
    items, span = argument(cursor)
    call = Call(
        Symbol("sqrt", span=token.span), (whole(cursor.over(items, span)),), True, cursor.since(start)
    )
    return scripted(cursor, call, start, enclosed=True)


def brace(cursor: Cursor) -> Node:
    r"""\underbrace{body}_{label}; words for a label say nothing that could be checked."""
    start = cursor.position
    cursor.next()
    items, span = argument(cursor)
    body = whole(cursor.over(items, span))
    label = None
    if cursor.take("sign", "_") or cursor.take("sign", "^"):
        written, place = argument(cursor)
        try:
            label = whole(cursor.over(written, place))
        except Unreadable:
            label = None
    return scripted(cursor, Brace(body, label, cursor.since(start)), start, enclosed=True)


def stacked(cursor: Cursor) -> Node:
    r"""\stackrel{above}{body}: what is above is a remark."""
    start = cursor.position
    cursor.next()
    argument(cursor)
    return scripted(cursor, whole(cursor.over(*argument(cursor))), start)
