"""Names and numbers, and what names are applied to.

A function without brackets takes the next factor, and with a number or a name the names beside it:
log A_i, ln 2x. It stops at signs, brackets, fractions and the next function.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from msgspec.structs import replace

from symgrad.submission.commands import ACCENTS, DOTS, FUNCTIONS, GREEK, INDICATORS, LETTERS, MARKS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.derivatives import in_a_line
from symgrad.submission.groups import Group, Item
from symgrad.submission.indices import indices
from symgrad.submission.large import large
from symgrad.submission.operators import (
    begins,
    beside,
    comparison,
    factor,
    has_relation,
    listed,
    relation,
    whole,
)
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import flat, scripted
from symgrad.submission.written import (
    R_OPERATOR,
    Call,
    Comparison,
    Element,
    Literal,
    Node,
    Power,
    Product,
    Symbol,
    Transpose,
)

MAX_DIGITS = 60
MAX_EXPONENT = 400
_GREEDY = ("tr", "Tr", "trace", "det", "logdet", "vec", "diag")
"""Functions that take the whole product behind them where no brackets stand."""
_PLACES = re.compile(
    r"(?:\d+|[i-nptq](?:[+-](?:\d+|[i-nptq]))?)(?:,(?:\d+|[i-nptq](?:[+-](?:\d+|[i-nptq]))?))*"
)
"""What in square brackets behind a name may be an entry: w[0], w[i+1], w[i,j]."""
_PROBABILITIES = ("P", "p", "Pr", "q")


def number(cursor: Cursor) -> Node:
    """A number with its scripts; 1[u > 0] is an indicator."""
    start = cursor.position
    token = cursor.token()
    item = cursor.item
    low = cursor.sees("sign", "_") or cursor.sees("lowered")
    if token.text == "1" and (low or (isinstance(item, Group) and _is_condition(item))):
        ones = Symbol("1", span=token.span)  # the vector of ones, or an indicator
        return applied(cursor, scripted(cursor, ones, start), start)
    node = literal(token)
    if cursor.take("command", "%"):
        node = Literal(node.value / 100, node.place - 2, cursor.since(start))
    elif "." in token.text:
        cursor.take("command", *DOTS)  # 0.548…: the digits that follow are not printed
    return scripted(cursor, node, start)


def _is_condition(item: Group) -> bool:
    return item.kind != "brace" and has_relation(item.items)


def literal(token: Token) -> Literal:
    """A number with the place of its last digit; 1{,}000 has a comma between its thousands, 0{,}5 is ½.

    Raises `Unreadable` beyond `MAX_DIGITS` and `MAX_EXPONENT`.
    """
    text = token.text.replace("{.}", ".")
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
    if token.kind == "word" and token.text.lower() in MARKS and (found := _marked(cursor, start)) is not None:
        return found
    node = Symbol(token.text, "", (), token.accents, token.span)
    if token.kind == "word" and token.text in FUNCTIONS:
        return function(cursor, node, start)
    if token.kind == "letter" and cursor.sees("number"):
        node = _typed(cursor, node, start)
    return applied(cursor, scripted(cursor, node, start), start)


def _marked(cursor: Cursor, start: int) -> Node | None:
    """New w is w with the mark ``new``; None where no name follows."""
    word, back = cursor.items[start], cursor.position
    if not isinstance(word, Token) or not _is_plain_name(cursor.item):
        return None
    body = factor(cursor)
    if not isinstance(body, Symbol):
        cursor.position = back
        return None
    mark = word.text.lower()
    raised = (*body.raised, Symbol(mark, span=word.span))
    return replace(body, marks=(*body.marks, mark), raised=raised, span=cursor.since(start))


def _typed(cursor: Cursor, node: Symbol, start: int, apart: bool = False) -> Symbol:
    r"""W2, as people type it; and \delta 5, where the blank only ends the command: ``apart``."""
    following = cursor.item
    if not isinstance(following, Token) or following.spaced is not apart or not following.text.isdigit():
        return node
    cursor.next()
    low = Literal(Fraction(following.text), 0, following.span)
    return replace(node, sub=following.text, indices=(low,), span=cursor.since(start))


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
    if token.text in GREEK and token.text != "pi" and cursor.sees("number"):
        node = _typed(cursor, node, start, apart=True)
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
        call: Node = Call(node, _arguments(cursor, item), True, cursor.since(start))
        call = call if exponent is None else Power(call, exponent, call.span)
        return scripted(cursor, call, start, enclosed=True)
    if node.base == "exp" and exponent is not None and not begins(cursor):  # exp^{-z}
        return Call(node, (exponent,), True, cursor.since(start))
    takes = beside if node.base in _GREEDY else _unbracketed
    result = Call(node, (takes(cursor),), True, cursor.since(start)) if begins(cursor) else node
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
    node = _labelled(node, item)
    if not isinstance(node, Symbol):
        return node
    if node.base in INDICATORS and (found := _indicator(cursor, node, start)) is not None:
        return found
    if not isinstance(item, Group):
        return node
    if item.kind == "curly" and node == Symbol("R"):
        cursor.next()
        moved = Call(replace(node, base=R_OPERATOR), _arguments(cursor, item), True, cursor.since(start))
        return scripted(cursor, moved, start, enclosed=True)
    if item.kind == "square" and not item.spaced and _PLACES.fullmatch(flat(item.items)):
        cursor.next()
        low = indices(item.items, item.span, cursor)
        entry = Element(node, flat(item.items), cursor.since(start), low, square=True)
        return scripted(cursor, entry, start, enclosed=True)
    if item.kind != "round":
        return node
    cursor.next()
    given = any(is_token(part, "command", "mid") for part in item.items) or _bars(item.items) == 1
    likely = given or (node.base in _PROBABILITIES and any(relation(part) == "=" for part in item.items))
    call = Call(node, _arguments(cursor, item, likely), likely, cursor.since(start))
    return scripted(cursor, call, start, enclosed=True)


def _labelled(node: Node, item: Item | None) -> Node:
    """A name with a word high on it, before brackets: RSS^{ridge}(w) is no power."""
    match node:
        case Power(Symbol(accents=_) as body, Symbol(label, "", (), ()) as high) if (
            isinstance(item, Group) and item.kind == "round" and len(label) > 1 and label not in GREEK
        ):
            marks, raised = (*body.marks, label), (*body.raised, high)
            return replace(body, marks=marks, raised=raised, span=node.span)
    return node


def _bars(items: Sequence[Item]) -> int:
    return sum(is_token(part, "sign", "|") for part in items)


def _arguments(cursor: Cursor, item: Group, likely: bool = False) -> tuple[Node, ...]:
    """What stands in the brackets behind a name. ``likely``: P(t = 1 | z), where a bar parts as a comma does.

    A condition in brackets is an indicator otherwise: y (z > 0).
    """
    if not likely:
        if has_relation(item.items):
            condition = comparison(cursor.inside(item))
            return (Call(Symbol("indicator", span=item.span), (condition,), True, item.span),)
        return listed(cursor.inside(item))
    cells: list[list[Item]] = [[]]
    for part in item.items:
        if is_token(part, "sign", ",", ";", "|") or is_token(part, "command", "mid"):
            cells.append([])
        else:
            cells[-1].append(part)
    inside = (cursor.over(cell, item.span) for cell in cells)
    return tuple(comparison(cell) if has_relation(cell.items) else whole(cell) for cell in inside)


def _indicator(cursor: Cursor, node: Symbol, start: int) -> Node | None:
    """1[u > 0], 1{u > 0}, and the condition as a subscript."""
    item = cursor.item
    if isinstance(item, Group) and item.kind != "brace" and has_relation(item.items):
        cursor.next()
        condition: Comparison = comparison(cursor.inside(item))
    elif len(node.indices) == 1 and isinstance(node.indices[0], Comparison):
        condition = node.indices[0]
    else:
        return None
    head = Symbol("indicator", span=node.span)
    return scripted(cursor, Call(head, (condition,), True, cursor.since(start)), start, enclosed=True)


def _prefixed(cursor: Cursor, accent: str, start: int) -> Node | None:
    """ΔW and dW: the sign belongs to the name; None where it is a name of its own."""
    item, back = cursor.item, cursor.position
    named = _is_plain_name(item) or (
        isinstance(item, Group) and item.kind == "brace" and len(item.items) <= 3
    )
    ones = is_token(item, "letter", "1")  # Δ𝟏 is a product
    if item is None or ones or not named or (accent == "d" and item.spaced):
        return None
    found = _accented(factor(cursor), accent)
    if found is None:
        cursor.position = back
        return None
    return replace(found, span=cursor.since(start))


def _accented(node: Node, accent: str) -> Node | None:
    """A name with one more sign, below its power, its transpose, or the bracket behind it; None: no name."""
    match node:
        case Symbol(accents=accents):
            return replace(node, accents=(*accents, accent))
        case Call(head=Symbol() as inner, certain=False):
            return replace(node, head=_accented(inner, accent))
        case Transpose() if accent != "d":
            return None  # (ΔW)ᵀ or Δ(Wᵀ)
        case Power(body=Symbol() | Call() as inner) | Transpose(body=Symbol() | Call() as inner):
            found = _accented(inner, accent)
            return None if found is None else replace(node, body=found)
    return None
