"""Derivatives in all their dress: as a fraction, in a line, with a subscript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symgrad.submission.commands import ACCENTS, GREEK, LETTERS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Item
from symgrad.submission.operators import begins, factor, whole
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import argument, scripted
from symgrad.submission.written import Derivative, Node, Quotient, Span

_SIGNS = {"partial": "partial", "d": "d", "delta": "partial"}
"""What a derivative may be written with; people write δ where they mean ∂."""


def fraction(cursor: Cursor) -> Node:
    r"""\frac: a quotient, or a derivative. One of ∂ alone acts on the factor behind it."""
    start = cursor.position
    cursor.next()
    above, over = _operand(cursor)
    below, under = _operand(cursor)
    sign = _deriving(above)
    if sign is None or sign != _deriving(below) or len(below) < 2 or (sign == "delta" and len(above) < 2):
        left, right = whole(cursor.over(above, over)), whole(cursor.over(below, under))
        return scripted(cursor, Quotient(left, right, cursor.since(start)), start, enclosed=True)
    wrt = whole(cursor.over(below[1:], under))
    of = whole(cursor.over(above[1:], over)) if len(above) > 1 else _acted_on(cursor)
    derivative = Derivative(of, wrt, _SIGNS[sign], cursor.since(start))
    return scripted(cursor, derivative, start, enclosed=True)


def _operand(cursor: Cursor) -> tuple[Sequence[Item], Span]:
    r"""An argument of \frac; of two digits without braces it takes one."""
    item = cursor.item
    if is_token(item, "number") and isinstance(item, Token) and len(item.text) == 2 and item.text.isdigit():
        digits = [
            replace(item, text=digit, start=item.start + n, end=item.start + n + 1)
            for n, digit in enumerate(item.text)
        ]
        cursor.items = [*cursor.items[: cursor.position], *digits, *cursor.items[cursor.position + 1 :]]
    return argument(cursor)


def _deriving(items: Sequence[Item]) -> str | None:
    """The ∂, d or δ that items begin with, if it is a sign and no name with a script."""
    first, following = items[0] if items else None, items[1] if len(items) > 1 else None
    if not isinstance(first, Token) or first.text not in _SIGNS or first.accents:
        return None
    powered = is_token(following, "sign", "^") or is_token(following, "raised")
    if powered and first.kind == "command" and first.text == "partial":
        raise Unreadable("derivatives of higher order are not read", first.span)
    scripts = is_token(following, "lowered") or is_token(following, "raised") or is_token(following, "sign")
    return None if scripts and not is_token(following, "sign", "|") else first.text


def _acted_on(cursor: Cursor) -> Node | None:
    return factor(cursor) if begins(cursor) else None


def partial(cursor: Cursor) -> Node:
    r"""\partial_W J, or ∂J/∂W in a line."""
    start = cursor.position
    cursor.next()
    if cursor.sees("sign", "_") or cursor.sees("lowered"):
        return _subscripted(cursor, "partial", start)
    of = None if _slash(cursor) else factor(cursor)
    if not _slash(cursor) or not is_token(cursor.ahead(1), "command", "partial"):
        raise Unreadable("∂ of something by nothing", cursor.since(start))
    cursor.position += 2
    return _by(cursor, of, "partial", start)


def nabla(cursor: Cursor) -> Node:
    r"""\nabla_W J."""
    start = cursor.position
    token = cursor.token()
    if cursor.sees("sign", "_") or cursor.sees("lowered"):
        return _subscripted(cursor, "nabla", start)
    raise Unreadable("∇ without the name it is taken by", token.span)


def in_a_line(cursor: Cursor, start: int) -> Node | None:
    """dL/dW behind its d; None where no such thing follows."""
    item, back = cursor.item, cursor.position
    if _slash(cursor) and is_token(cursor.ahead(1), "letter", "d") and _names(cursor.ahead(2)):
        cursor.position += 2
        return _by(cursor, None, "d", start)
    if item is None or item.spaced or not _names(item):
        return None
    of = factor(cursor)
    if _slash(cursor) and is_token(cursor.ahead(1), "letter", "d") and _names(cursor.ahead(2)):
        cursor.position += 2
        return _by(cursor, of, "d", start)
    cursor.position = back
    return None


def _slash(cursor: Cursor) -> bool:
    return cursor.sees("sign", "/") or cursor.sees("command", "slash")


def _names(item: Item | None) -> bool:
    """Whether an item begins a name (and no function's brackets)."""
    if not isinstance(item, Token):
        return item is not None and item.kind == "brace"
    return item.kind in ("letter", "word") or is_token(item, "command", *GREEK, *ACCENTS, *LETTERS)


def _subscripted(cursor: Cursor, sign: str, start: int) -> Node:
    cursor.take("sign", "_")
    wrt = whole(cursor.over(*argument(cursor, lowered=True)))
    return Derivative(_acted_on(cursor), wrt, sign, cursor.since(start))


def _by(cursor: Cursor, of: Node | None, sign: str, start: int) -> Node:
    """The lower half of a derivative in a line; behind it stands what it acts on, if nothing has yet."""
    wrt = _bare_name(cursor)
    of = _acted_on(cursor) if of is None else of
    return Derivative(of, wrt, sign, cursor.since(start))


def _bare_name(cursor: Cursor) -> Node:
    """A name with its scripts, but without the brackets behind it."""
    first, stop = cursor.position, 1
    if is_token(cursor.item, "command", *ACCENTS) or is_token(cursor.item, "command", "Delta"):
        stop = 2
    while (item := cursor.ahead(stop)) is not None and _hangs(item):
        stop += 2 if is_token(item, "sign", "_", "^") else 1
    cursor.position = min(first + stop, len(cursor.items))
    return whole(
        cursor.over(cursor.items[first : cursor.position], cursor.since(min(first, cursor.position - 1)))
    )


def _hangs(item: Item) -> bool:
    typed = is_token(item, "number") and not item.spaced
    return (
        typed
        or is_token(item, "sign", "_", "^", "'")
        or is_token(item, "lowered")
        or is_token(item, "raised")
    )
