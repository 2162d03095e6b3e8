"""Operators by precedence: sums of products of factors. What reads a factor, the cursor's tables say.

From weak to strong: + and −; a sign between factors (· × * ⊙ ∘ ⊗ @), from left to right; factors side
by side and a slash, from left to right: a ⊙ W b is a ⊙ (W b), and 1/2 x is (1/2) x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from symgrad.submission.commands import COMPARISONS, DOTS, HINTS, RELATIONS, SIGNS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.written import (
    Add,
    Comparison,
    Literal,
    Negative,
    Node,
    Product,
    Quotient,
    Span,
    Subtract,
    Symbol,
)

_SLASHES = ("slash", "div")


def whole(cursor: Cursor) -> Node:
    """An expression that uses up all items."""
    if cursor.item is None:
        raise Unreadable("something is missing here", cursor.around)
    node = additive(cursor)
    if cursor.item is not None:
        raise unexpected(cursor.item)
    return node


def listed(cursor: Cursor) -> tuple[Node, ...]:
    """Expressions with commas, semicolons or wide blanks between them, at least one."""
    if cursor.item is None:
        raise Unreadable("empty brackets", cursor.around)
    several = any(is_token(item, "sign", ",", ";") for item in cursor.items)
    found = [left_out(cursor) if several and _is_dotted(cursor) else additive(cursor)]
    while cursor.item is not None:
        parted = cursor.take("sign", ",", ";")
        while cursor.take("command", "quad", "qquad"):
            parted = True
        if not parted:
            raise unexpected(cursor.item)
        found.append(left_out(cursor) if _is_dotted(cursor) else additive(cursor))
    return tuple(found)


def _is_dotted(cursor: Cursor) -> bool:
    """Whether dots alone come next, up to a comma or the end."""
    following = cursor.ahead(1)
    return cursor.sees("command", *DOTS) and (following is None or is_token(following, "sign", ",", ";"))


def left_out(cursor: Cursor) -> Symbol:
    """Dots in the place of entries, as a symbol ``dots``."""
    return Symbol("dots", span=cursor.token().span)


def additive(cursor: Cursor) -> Node:
    """Terms with + and − between them."""
    start = cursor.position
    node = signed(cursor, product)
    while cursor.sees("sign", "+", "-"):
        kind = Add if cursor.token().text == "+" else Subtract
        node = kind(node, signed(cursor, product), cursor.since(start))
    return node


def signed(cursor: Cursor, operand: Callable[[Cursor], Node]) -> Node:
    """An operand with the signs before it."""
    minuses = []
    while cursor.sees("sign", "+", "-"):
        minuses += [cursor.position] if cursor.sees("sign", "-") else []
        cursor.next()
    node = operand(cursor)
    for start in reversed(minuses):
        node = Negative(node, cursor.since(start))
    return node


def product(cursor: Cursor) -> Node:
    """Factors with signs between them."""
    start = cursor.position
    node = beside(cursor)
    while (sign := between(cursor.item)) is not None:
        cursor.next()
        node = Product(node, signed(cursor, beside), sign, cursor.since(start))
    return node


def between(item: Item | None) -> str | None:
    """The sign between factors that an item is."""
    commanded = is_token(item, "command") or is_token(item, "sign", "*", "@", ":", ".")
    return SIGNS.get(item.text) if commanded and isinstance(item, Token) else None


def beside(cursor: Cursor) -> Node:
    """Factors side by side, and slashes."""
    start = cursor.position
    node = factor(cursor)
    while (item := cursor.item) is not None:
        if cursor.take("sign", "/") or cursor.take("command", *_SLASHES):
            node = Quotient(node, signed(cursor, factor), cursor.since(start))
        elif is_token(item, "number") and _ends_in_number(node):
            raise Unreadable("two numbers side by side", item.span)
        elif begins(cursor):
            node = Product(node, factor(cursor), "", cursor.since(start))
        else:
            break
    return node


def _ends_in_number(node: Node) -> bool:
    return isinstance(node, Literal) or (isinstance(node, Product) and isinstance(node.right, Literal))


def begins(cursor: Cursor) -> bool:
    """Whether a factor comes next."""
    item = cursor.item
    if isinstance(item, Token):
        if item.kind == "command":
            return item.text in cursor.tables.commands
        return item.kind in cursor.tables.kinds and (item.kind != "sign" or item.text == "|")
    return item is not None


def factor(cursor: Cursor) -> Node:
    """One factor with its scripts."""
    item = cursor.item
    if item is None:
        raise Unreadable("something is missing at the end", cursor.end)
    if not begins(cursor):
        raise unexpected(item)
    cursor.enter(item.span)
    if isinstance(item, Group):
        node = cursor.tables.group(cursor)
    elif item.kind == "command":
        node = cursor.tables.commands[item.text](cursor)
    else:
        node = cursor.tables.kinds[item.kind](cursor)
    cursor.depth -= 1
    return cursor.tables.behind(cursor, node)


def unexpected(item: Item) -> Unreadable:
    """Why something cannot stand where it stands."""
    if isinstance(item, Group):
        return Unreadable("brackets were not expected here", item.span)
    message = _UNEXPECTED.get(item.kind, "‘{}’ was not expected here").format(item.text[:40])
    if item.kind == "command":
        sign = item.text in SIGNS or item.text in RELATIONS
        message = "a factor is missing here" if sign else HINTS.get(item.text, message)
    return Unreadable(message, item.span)


_UNEXPECTED = {
    "stray": "‘{}’ has no other half",
    "unknown": "‘{}’ is no sign of mathematics known here",
    "prose": "words within the maths: “{}”",
    "command": "the command \\{} is not known",
    "set": "a set, {}, has no value",
    "row": "a new row was not expected here",
}


def relation(item: Item | None) -> str | None:
    """The relation that an item is."""
    return RELATIONS.get(item.text) if isinstance(item, Token) and item.kind in ("sign", "command") else None


def has_relation(items: Sequence[Item]) -> bool:
    """Whether a relation stands among the items, outside their brackets."""
    return any(relation(item) is not None for item in items)


def comparison(cursor: Cursor) -> Comparison:
    """left relation right, or lo ≤ middle ≤ hi, and nothing else."""
    places = [n for n, item in enumerate(cursor.items) if relation(item) is not None]
    signs = [relation(cursor.items[place]) for place in places]
    if not (len(signs) == 1 and signs[0] in COMPARISONS) and not _is_between(signs):
        raise Unreadable("a condition of this kind is not read", cursor.around)
    ends = [-1, *places, len(cursor.items)]
    stretches = (cursor.items[a + 1 : b] for a, b in pairwise(ends))
    found, *sides = (whole(cursor.over(items, cursor.around)) for items in stretches)
    for sign, side in zip(signs, sides, strict=True):
        found = Comparison(found, str(sign), side, Span(found.span.start, side.span.end))
    assert isinstance(found, Comparison)
    return found


def _is_between(signs: Sequence[str | None]) -> bool:
    """Whether two relations say that something lies between two bounds."""
    return len(signs) == 2 and any({*signs} <= one_way for one_way in ({"<", "≤"}, {">", "≥"}))
