"""Names and numbers, and what names are applied to.

A function without brackets takes the next factor, and with a number or a name the names beside it:
log A_i, ln 2x. It stops at signs, brackets, fractions and the next function.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symgrad.submission.commands import ACCENTS, FUNCTIONS, GREEK, INDICATORS, LETTERS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.derivatives import in_a_line
from symgrad.submission.groups import Group, Item
from symgrad.submission.large import large
from symgrad.submission.operators import begins, comparison, factor, has_relation, listed
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import flat, scripted
from symgrad.submission.tokens import tokenize
from symgrad.submission.written import Call, Comparison, Literal, Node, Power, Product, Symbol

MAX_DIGITS = 60
MAX_EXPONENT = 400


def number(cursor: Cursor) -> Node:
    """A number with its scripts; 1[u > 0] is an indicator."""
    start = cursor.position
    token = cursor.token()
    item = cursor.item
    if token.text == "1" and isinstance(item, Group) and item.kind != "brace" and has_relation(item.items):
        return applied(cursor, Symbol("1", span=token.span), start)
    return scripted(cursor, literal(token), start)


def literal(token: Token) -> Literal:
    """A number with the place of its last digit; 1{,}000 has a comma between its thousands, 0{,}5 is ½.

    Raises `Unreadable` beyond `MAX_DIGITS` and `MAX_EXPONENT`.
    """
    text = token.text
    head, *groups = text.split("{,}")
    if groups:
        thousands = head.strip("0") and all(len(part.partition(".")[0]) == 3 for part in groups)
        text = ("" if thousands else ".").join((head, *groups))
    mantissa, _, power = text.lower().partition("e")
    if len(mantissa) > MAX_DIGITS:
        raise Unreadable(f"a number of more than {MAX_DIGITS} digits", token.span)
    if mantissa.count(".") > 1 or len(power) > MAX_DIGITS or abs(int(power or 0)) > MAX_EXPONENT:
        raise Unreadable("a number that cannot be read", token.span)
    return Literal(Fraction(text), int(power or 0) - len(mantissa.partition(".")[2]), token.span)


def name(cursor: Cursor) -> Node:
    """A letter or a word, with what hangs on it, and what it is applied to."""
    start = cursor.position
    token = cursor.token()
    if token.kind == "letter" and token.text == "d" and not token.accents:
        found = in_a_line(cursor, start) or _prefixed(cursor, "d", start)
        if found is not None:
            return found
    node = Symbol(token.text, "", (), token.accents, token.span)
    if token.kind == "word" and token.text in FUNCTIONS:
        return function(cursor, node, start)
    if token.kind == "letter" and cursor.sees("number"):
        node = _typed(cursor, node, start)
    return applied(cursor, scripted(cursor, node, start), start)


def _typed(cursor: Cursor, node: Symbol, start: int) -> Symbol:
    """W2, as people type it."""
    following = cursor.item
    if not isinstance(following, Token) or following.spaced or not following.text.isdigit():
        return node
    cursor.next()
    return replace(node, sub=following.text, span=cursor.since(start))


def command_name(cursor: Cursor) -> Node:
    r"""A Greek letter and its like; \Delta before a name belongs to it, and Σ before a term sums it."""
    start = cursor.position
    token = cursor.token()
    if token.text == "Delta" and (found := _prefixed(cursor, "Delta", start)) is not None:
        return found
    if token.text == "Sigma" and token.upright and _summed(cursor):
        cursor.position = start
        return large(cursor)
    node = Symbol(LETTERS.get(token.text, token.text), "", (), token.accents, token.span)
    return applied(cursor, scripted(cursor, node, start), start)


def _summed(cursor: Cursor) -> bool:
    """Whether a term stands behind Σ, or behind its limits."""
    ahead = 0
    while is_token(cursor.ahead(ahead), "sign", "_", "^"):
        ahead += 2
    behind = replace(cursor, position=cursor.position + ahead)
    return begins(behind) or cursor.sees("lowered")


def function_command(cursor: Cursor) -> Node:
    r"""\log, \max, and their like."""
    start = cursor.position
    token = cursor.token()
    return function(cursor, Symbol(token.text, span=token.span), start)


def function(cursor: Cursor, head: Symbol, start: int) -> Node:
    """A function that everyone knows, with or without brackets; a power may stand before its argument."""
    node = scripted(cursor, head, start)
    exponent = node.exponent if isinstance(node, Power) else None
    node = node.body if isinstance(node, Power) else node
    if not isinstance(node, Symbol):
        return node
    item = cursor.item
    if isinstance(item, Group) and item.kind in ("round", "square", "curly"):
        cursor.next()
        call: Node = Call(node, listed(cursor.inside(item)), True, cursor.since(start))
        call = call if exponent is None else Power(call, exponent, call.span)
        return scripted(cursor, call, start, enclosed=True)
    result = Call(node, (_unbracketed(cursor),), True, cursor.since(start)) if begins(cursor) else node
    return result if exponent is None else Power(result, exponent, cursor.since(start))


def _unbracketed(cursor: Cursor) -> Node:
    """The argument of a function without brackets."""
    start = cursor.position
    node = factor(cursor)
    while isinstance(node, Literal | Symbol | Power | Product) and _is_plain_name(cursor.item):
        back = cursor.position
        right = factor(cursor)
        if not isinstance(right, Symbol | Power):
            cursor.position = back
            break
        node = Product(node, right, "", cursor.since(start))
    return node


def _is_plain_name(item: Item | None) -> bool:
    if not isinstance(item, Token) or item.text in FUNCTIONS:
        return False
    return item.kind in ("letter", "word") or is_token(item, "command", *GREEK, *ACCENTS)


def applied(cursor: Cursor, node: Node, start: int) -> Node:
    """A name with the brackets behind it: a call, or a product with what is in them."""
    item = cursor.item
    if not isinstance(node, Symbol):
        return node
    if node.base in INDICATORS and (found := _indicator(cursor, node, start)) is not None:
        return found
    if not isinstance(item, Group):
        return node
    if item.kind == "square" and not item.spaced and flat(item.items).replace(",", "").isdigit():
        raise Unreadable("numbers in square brackets behind a name: an entry, or a factor?", item.span)
    if item.kind != "round":
        return node
    cursor.next()
    call = Call(node, listed(cursor.inside(item)), False, cursor.since(start))
    return scripted(cursor, call, start, enclosed=True)


def _indicator(cursor: Cursor, node: Symbol, start: int) -> Node | None:
    """1[u > 0], 1{u > 0}, and the condition as a subscript."""
    item = cursor.item
    if isinstance(item, Group) and item.kind != "brace" and has_relation(item.items):
        cursor.next()
        condition: Comparison = comparison(cursor.inside(item))
    elif any(sign in node.sub for sign in "=≠<≤>≥"):
        items = tuple(replace(t, start=node.span.start, end=node.span.end) for t in _conditions(node.sub))
        condition = comparison(cursor.over(items, node.span))
    else:
        return None
    head = Symbol("indicator", span=node.span)
    return scripted(cursor, Call(head, (condition,), True, cursor.since(start)), start, enclosed=True)


def _conditions(sub: str) -> list[Token]:
    return tokenize(sub, 0, len(sub), plain=True)


def _prefixed(cursor: Cursor, accent: str, start: int) -> Node | None:
    """ΔW and dW: the sign belongs to the name; None where it is a name of its own."""
    item, back = cursor.item, cursor.position
    named = _is_plain_name(item) or (
        isinstance(item, Group) and item.kind == "brace" and len(item.items) <= 3
    )
    if item is None or not named or (accent == "d" and item.spaced):
        return None
    body = factor(cursor)
    span = cursor.since(start)
    match body:
        case Symbol(accents=accents):
            return replace(body, accents=(*accents, accent), span=span)
        case Call(head=head, certain=False):
            return replace(body, head=replace(head, accents=(*head.accents, accent)), span=span)
        case Power(body=Symbol(accents=accents) as inner):
            return replace(body, body=replace(inner, accents=(*accents, accent)), span=span)
    cursor.position = back
    return None
