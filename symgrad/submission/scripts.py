"""What hangs on a name or a bracket: subscripts, powers, marks, primes, transposes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from symgrad.submission.commands import ACCENTS, ACTIVATIONS, LETTERS, MARKS, RELATIONS, SIGNS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.indices import indices, mark, retokenized
from symgrad.submission.operators import listed, whole
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.written import Call, Element, Matrix, Node, Norm, Power, Span, Symbol, Transpose

_SIGNS_IN_WORDS = {"prime": "'", "ast": "*", "cdot": "·", "times": "×", "odot": "⊙", "mid": "|", "in": "∈"}
_FENCES = {"round": "()", "square": "[]", "curly": "{}"}
_INDEX = re.compile(r"\d+|(?:[A-Za-z]+|\d+)(?:[+-]\d+)?|[A-Za-z]+[+-][a-z]|[a-z]\d*(?:,[a-z0-9]+)*")
_ARITHMETIC = re.compile(r"\d+[+-]\d+")
_BRACKETS = {"round": "({})", "square": "[{}]", "angle": "<{}>"}
"""Brackets in which an index is raised."""
_TRANSPOSES = ("top", "intercal", "transpose", "trans", "tran", "T")
_MARKS = {"+": "+", "-": "-", "*": "*", "ast": "*", "star": "*", "dagger": "dagger", "ddagger": "dagger"}


def flat(items: Sequence[Item]) -> str:
    """The text of a subscript without spaces, commands and braces: ``h1``, ``i+1,j``, ``total``."""
    return "".join(map(_flat, items))


def _flat(item: Item) -> str:
    if isinstance(item, Group):
        fences = _FENCES.get(item.kind, "")
        return f"{fences[:1]}{flat(item.items)}{fences[1:]}"
    if item.kind == "command":
        if item.text in ACCENTS:
            return ""
        name = _SIGNS_IN_WORDS.get(item.text, RELATIONS.get(item.text, item.text))
        return LETTERS.get(name, name)
    if item.kind == "sign" and item.text in "^_":
        return ""
    return item.text.replace(" ", "") if item.kind == "prose" else item.text


def argument(cursor: Cursor, lowered: bool = False) -> tuple[Sequence[Item], Span]:
    """What stands behind ``^`` or ``_``: a group's items, a number with its sign, or one item."""
    item = cursor.item
    if item is None:
        raise Unreadable("an argument is missing", cursor.end)
    cursor.next()
    if is_token(item, "sign", "_", "^", "&") or is_token(item, "stray"):
        raise Unreadable("an argument is missing", item.span)
    if isinstance(item, Group) and item.kind in ("brace", "round"):
        return (item.items if item.kind == "brace" or lowered else (item,)), item.span
    if is_token(item, "sign", "-") and is_token(cursor.item, "number"):
        return (item, cursor.next()), cursor.end
    if is_token(item, "command", *ACCENTS) and cursor.item is not None:
        return (item, cursor.next()), item.span
    return (item,), item.span


def scripted(cursor: Cursor, node: Node, start: int, enclosed: bool = False) -> Node:
    """A node with all the scripts behind it. ``enclosed``: it is no name any more, so nothing joins one."""
    while True:
        item = cursor.item
        if is_token(item, "sign", "_"):
            cursor.next()
            items, span = argument(cursor, lowered=True)
            slid = items[0] if len(items) == 1 else None
            if isinstance(slid, Group) and isinstance(node, Symbol) and node.base in ACTIVATIONS:
                return Call(node, listed(cursor.inside(slid)), True, cursor.since(start))
            node = _lowered(node, flat(items), indices(items, span, cursor), span, enclosed)
        elif is_token(item, "lowered"):
            assert isinstance(item, Token)
            cursor.next()
            low = indices((item,), item.span, cursor)
            node = _lowered(node, item.text, low, item.span, enclosed)
        elif is_token(item, "sign", "^"):
            cursor.next()
            items, span = argument(cursor)
            node = _raised(node, items, span, cursor, enclosed)
        elif is_token(item, "raised"):
            assert isinstance(item, Token)
            cursor.next()
            node = _raised(node, _retokenized(item), item.span, cursor, enclosed)
        elif is_token(item, "sign", "'"):
            item = cursor.next()
            node = _marked(node, "'", Symbol("'", span=item.span), item.span, enclosed)
        else:
            return node
        node = replace(node, span=cursor.since(start))


def _retokenized(token: Token) -> tuple[Item, ...]:
    """A Unicode exponent as tokens that all stand where it stands."""
    upright = tuple(replace(t, upright=True) if t.text == "T" else t for t in retokenized(token))
    if len(upright) > 2 and upright[0].text == "(" and upright[-1].text == ")":
        return (Group("round", upright[1:-1], token.start, token.end),)
    return upright


def _lowered(node: Node, sub: str, low: tuple[Node, ...], span: Span, enclosed: bool) -> Node:
    match node:
        case Symbol() if not enclosed:
            joined = f"{node.sub},{sub}" if node.sub else sub
            return replace(node, sub=joined, indices=(*node.indices, *low))
        case Norm(sub="") if not enclosed:
            return replace(node, sub=sub)
        case Power(Symbol(sub="") | Norm(sub="") as body) if not enclosed:  # σ²_j is σ_j², ‖x‖²_F is ‖x‖_F²
            return replace(node, body=_lowered(body, sub, low, span, False))
        case Transpose(Symbol(sub="") as body) if not enclosed and not _is_entry(sub):
            return replace(node, body=_lowered(body, sub, low, span, False))
        case Call(Symbol("dot")) if sub == "F":  # ⟨A, B⟩_F is Frobenius' product, and has no entries
            return node
    return Element(node, sub, span, low)


def _is_entry(sub: str) -> bool:
    """Two indices can only be an entry of the transpose; one number is a part of the name."""
    return bool(re.fullmatch(r"[a-z],?[a-z]|\d,\d", sub))


def _marked(node: Node, mark: str, read: Node, span: Span, enclosed: bool) -> Node:
    match node:
        case Symbol() if not enclosed:
            return replace(node, marks=(*node.marks, mark), raised=(*node.raised, read))
        case Transpose(Symbol() as body) if not enclosed:
            return replace(node, body=_marked(body, mark, read, span, enclosed))
        case Power(Symbol() as body) if not enclosed and mark == "'":  # z^{2}' is z'^{2}
            return replace(node, body=_marked(body, mark, read, span, enclosed))
    if mark == "'":
        return Transpose(node, False, span, "'")
    raise Unreadable("a mark on something that is no name", span)


def _raised(node: Node, items: Sequence[Item], span: Span, cursor: Cursor, enclosed: bool) -> Node:
    """A superscript: marks and transposes in order, or an exponent."""
    rest = list(items)
    while rest:
        name = isinstance(node, Symbol) and not enclosed and node.base != "e"
        read = _mark(rest, name, len(rest) == len(items) == 1)
        if read is None:
            break
        text, (first, *rest) = read, rest
        if text == "T":
            node = Transpose(node, not is_token(items[0], "letter", "T") or _upright(items[0]), span)
        else:
            inner = first.items if isinstance(first, Group) else (first,)
            node = _marked(node, text, mark(inner, text, span, cursor), span, enclosed)
    if not rest:
        return node
    if len(rest) == 2 and is_token(rest[0], "sign", "-") and _is_transpose(rest[1]):
        inverse = Power(node, whole(cursor.over(_minus_one(rest[0]), span)), Span(node.span.start, span.end))
        return Transpose(inverse, True, span)
    if len(rest) > 1 and is_token(rest[-1], "command", *_TRANSPOSES):  # U^{h⊤} is (U^h)ᵀ
        return Transpose(_raised(node, rest[:-1], span, cursor, enclosed), True, span)
    if is_token(rest[0], "command", "circ", "odot") and len(rest) > 1:  # ∘2: entry by entry
        rest = rest[1:]
    if any(is_token(item, "sign", ",") for item in rest) and (places := indices(rest, span, cursor)):
        return Power(node, Matrix((places,), True, span), span)  # S^{i,j}
    return Power(node, whole(cursor.over(rest, span)), span)


def _minus_one(sign: Item) -> tuple[Item, ...]:
    return sign, Token("number", "1", sign.start, sign.end)


def _upright(item: Item) -> bool:
    return isinstance(item, Token) and item.upright


def _is_transpose(item: Item) -> bool:
    return is_token(item, "letter", "T") or is_token(item, "command", *_TRANSPOSES)


def _mark(items: list[Item], name: bool, alone: bool) -> str | None:
    """The mark that a superscript begins with; None where it is a power."""
    first = items[0]
    if _is_transpose(first) and (len(items) == 1 or _is_mark(items[1])):
        return "T"
    if is_token(first, "sign", "'") or is_token(first, "command", "prime"):
        return "'"
    if is_token(first, "command", "dagger", "ddagger", "star", "ast") or (alone and _flat(first) in _MARKS):
        return _MARKS[_flat(first).replace("†", "dagger")]
    if isinstance(first, Group) and first.kind in _BRACKETS and name:
        text = flat(first.items)
        if _INDEX.fullmatch(text) and not _ARITHMETIC.fullmatch(text):
            return text if text in MARKS else _BRACKETS[first.kind].format(text)
        if text in SIGNS or text in ("+", "-"):
            return text
    if isinstance(first, Token) and name and first.text in MARKS:
        return first.text
    if isinstance(first, Token) and name and first.upright and first.kind == "word":
        return first.text
    return None


def _is_mark(item: Item) -> bool:
    """What may stand behind a raised T: ′, (2), another T."""
    return (
        _is_transpose(item)
        or is_token(item, "sign", "'")
        or is_token(item, "command", "prime")
        or (isinstance(item, Group) and item.kind == "round")
    )
