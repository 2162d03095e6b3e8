r"""Subscripts and what is raised, as nodes: ``ij`` and ``i,j`` are i and j, ``t-1`` is a difference.

A range, ``2:4``, is a product of its ends with a colon.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from msgspec.structs import replace

from symgrad.submission.commands import GREEK, LETTERS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.operators import comparison, has_relation, whole
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.tokens import tokenize
from symgrad.submission.written import Matrix, Node, Product, Span, Symbol

_ALL = (":", "*")
"""Signs that stand for every index, as do the dots in ``\\cdot j``."""
_DOTS = ("cdot", "bullet")
_LONE = ("+", "-", "'", *_ALL)
_SCRIPTS = ("_", "^")
_BRACKETS = ("(", "[", "<")


def indices(items: Sequence[Item], span: Span, cursor: Cursor) -> tuple[Node, ...]:
    """The nodes of a subscript; none where it cannot be read. ``cursor`` is in what it hangs on."""
    try:
        return tuple(node for part in _parts(items) for node in _read(part, span, cursor))
    except Unreadable:
        return ()


def mark(items: Sequence[Item], text: str, span: Span, cursor: Cursor) -> Node:
    """The node of one mark: what its brackets hold (several as a tuple), else a symbol of that name."""
    found = indices(items, span, cursor) if text.startswith(_BRACKETS) else ()
    if len(found) > 1:
        return Matrix((found,), True, span)
    return found[0] if found else Symbol(text.strip("()[]<>"), span=span)


def retokenized(token: Token) -> tuple[Token, ...]:
    """A script of Unicode or plain text as tokens that all stand where it stands."""
    found = tokenize(token.text, 0, len(token.text))
    return tuple(replace(part, start=token.start, end=token.end) for part in found)


def _parts(items: Sequence[Item]) -> list[list[Item]]:
    """What stands between commas; braces around more than a script are not seen on paper."""
    found: list[list[Item]] = [[]]
    for n, item in enumerate(items):
        if is_token(item, "sign", ",", ";"):
            found.append([])
        elif isinstance(item, Group) and item.kind == "brace" and not _is_script(items, n):
            first, *rest = _parts(item.items)
            found[-1] += first
            found += rest
        elif isinstance(item, Token) and item.kind == "lowered" and n == 0:
            found[-1] += retokenized(item)
        elif not is_token(item, "command", "quad", "qquad"):
            found[-1].append(item)
    return found


def _is_script(items: Sequence[Item], n: int) -> bool:
    return n > 0 and (is_token(items[n - 1], "sign", *_SCRIPTS) or is_token(items[n - 1], "command"))


def _read(part: Sequence[Item], span: Span, cursor: Cursor) -> tuple[Node, ...]:
    """The nodes of one part."""
    if not part:
        raise Unreadable("an index is missing", span)
    if len(part) == 1 and (lone := _lone(part[0], cursor)) is not None:
        return (lone,)
    if has_relation(part):
        return (comparison(cursor.over(part, span)),)
    if (ends := _ends(part)) is not None:
        first, last = (whole(cursor.over(end, span)) for end in ends)
        return (Product(first, last, "colon", span),)
    atoms = _atoms(part)
    if atoms is None:
        return (whole(cursor.over(part, span)),)
    return tuple(_atom(atom, span, cursor) for atom in atoms)


def _ends(part: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]] | None:
    """The first and the last place of a range, 2:4."""
    colons = [n for n, item in enumerate(part) if is_token(item, "sign", ":")]
    if len(colons) != 1 or not 0 < colons[0] < len(part) - 1:
        return None
    return part[: colons[0]], part[colons[0] + 1 :]


def _lone(item: Item, cursor: Cursor) -> Node | None:
    """A sign, words, or brackets that say nothing more."""
    if isinstance(item, Group):
        held = item.kind != "brace" and has_relation(item.items)
        return comparison(cursor.inside(item)) if held else None
    if item.kind == "prose" or is_token(item, "sign", *_LONE) or is_token(item, "command", *_DOTS):
        return Symbol(_sign(item), span=item.span)
    return None


def _sign(token: Token) -> str:
    return ":" if token.text in (*_DOTS, *_ALL) else token.text.strip()


def _atoms(part: Sequence[Item]) -> list[list[Item]] | None:
    """Names and numbers side by side, each with its scripts; None where anything else stands among them."""
    found: list[list[Item]] = []
    scripted = False
    for n, item in enumerate(part):
        if scripted:
            found[-1].append(item)
            scripted = False
        elif found and is_token(item, "sign", *_SCRIPTS):
            found[-1].append(item)
            scripted = True
        elif found and (is_token(item, "sign", "'") or is_token(item, "raised") or is_token(item, "lowered")):
            found[-1].append(item)
        elif _is_run_of_digits(item):
            found += ([replace(item, text=digit)] for digit in item.text)
        elif _is_name(item) or _stands_for_all(item, n, len(part)):
            found.append([item])
        else:
            return None
    return None if scripted else found


def _is_run_of_digits(item: Item) -> TypeGuard[Token]:
    """Whether a number is one index a digit: no number begins with a 0."""
    if not isinstance(item, Token) or item.kind != "number":
        return False
    return len(item.text) > 1 and item.text[0] == "0" and item.text.isdigit()


def _is_name(item: Item) -> bool:
    return isinstance(item, Token) and (
        item.kind in ("letter", "word", "number") or is_token(item, "command", *GREEK, *LETTERS)
    )


def _stands_for_all(item: Item, n: int, count: int) -> bool:
    return is_token(item, "sign", ":") or (is_token(item, "command", *_DOTS) and n in (0, count - 1))


def _atom(atom: Sequence[Item], span: Span, cursor: Cursor) -> Node:
    first = atom[0]
    if len(atom) == 1 and isinstance(first, Token) and first.kind in ("sign", "command"):
        lone = _lone(first, cursor)
        if lone is not None:
            return lone
    return whole(cursor.over(atom, span))
