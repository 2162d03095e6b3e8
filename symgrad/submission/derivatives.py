"""Derivatives in all their dress: as a fraction, in a line, with a subscript."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from symgrad.submission.commands import ACCENTS, FRACTIONS, GREEK, LETTERS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.indices import retokenized
from symgrad.submission.operators import begins, between, factor, whole
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import argument, flat, scripted
from symgrad.submission.taken_at import with_argument
from symgrad.submission.written import (
    Brace,
    Call,
    Derivative,
    Literal,
    Matrix,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Span,
    Symbol,
    Transpose,
)

_SIGNS = {"partial": "partial", "d": "d", "delta": "partial"}
"""What a derivative may be written with; people write δ where they mean ∂."""
_FACTORS = ("lambda", "alpha", "beta", "gamma", "eta", "mu", "rho", "tau")
"""Names of numbers that scale what is differentiated."""
_MAX_ORDER = 4


class _Half(Struct, frozen=True):
    """What stands above or below a fraction's line: its ∂, the order beside it, ∂⁺, and the rest."""

    sign: str
    order: int
    direct: bool
    rest: Sequence[Item]


def fraction(cursor: Cursor) -> Node:
    r"""\frac: a quotient, or a derivative. One of ∂ alone acts on the product behind it."""
    start = cursor.position
    cursor.next()
    above, over = _operand(cursor)
    below, under = _operand(cursor)
    top, bottom = _half(above), _half(below)
    derives = top is not None and bottom is not None and top.sign == bottom.sign and bool(bottom.rest)
    if not derives or top is None or bottom is None or (top.sign == "delta" and not top.rest):
        left, right = whole(cursor.over(above, over)), whole(cursor.over(below, under))
        return scripted(cursor, Quotient(left, right, cursor.since(start)), start, enclosed=True)
    names = _names_below(bottom.rest, top, under, cursor)
    sign = "direct" if top.direct or bottom.direct else _SIGNS[top.sign]
    of = whole(cursor.over(top.rest, over)) if top.rest else acted_on(cursor)
    if top.rest:
        of = with_argument(cursor, of, names[-1])
    return scripted(cursor, _nested(of, names, sign, cursor.since(start)), start, enclosed=True)


def binomial(cursor: Cursor) -> Node:
    r"""\binom{1}{2}: a column of two entries, as many write it."""
    start = cursor.position
    cursor.next()
    rows = tuple((whole(cursor.over(*_operand(cursor))),) for _ in range(2))
    return scripted(cursor, Matrix(rows, False, cursor.since(start)), start, enclosed=True)


def _nested(of: Node | None, names: Sequence[Node | None], sign: str, span: Span) -> Derivative:
    """The derivative by the last name, of that by the one before, and so on."""
    *outer, inner = names
    found = Derivative(of, inner, sign, span)
    for name in reversed(outer):
        found = Derivative(found, name, sign, span)
    return found


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


def _half(items: Sequence[Item]) -> _Half | None:
    """Items that begin with ∂, d or δ, where that is a sign and no name with a script, in braces or not."""
    while items and isinstance(items[0], Group) and items[0].kind == "brace":  # {dw}_1, too
        items = (*items[0].items, *items[1:])
    first = items[0] if items else None
    if not isinstance(first, Token) or first.text not in _SIGNS or first.accents:
        return None
    if first.kind not in ("command", "letter"):
        return None
    following = items[1] if len(items) > 1 else None
    raised = _raised(items[1:])
    if raised is not None and first.text != "delta":
        text, taken = raised
        direct = first.text == "partial" and text == "+"
        if direct or (text.isdigit() and 0 < int(text) <= _MAX_ORDER):
            return _Half(first.text, 1 if direct else int(text), direct, items[1 + taken :])
        return None
    scripts = is_token(following, "lowered") or is_token(following, "raised") or is_token(following, "sign")
    if scripts and not is_token(following, "sign", "|", "-"):
        return None
    return _Half(first.text, 1, False, items[1:])


def _raised(items: Sequence[Item]) -> tuple[str, int] | None:
    """What is raised at the beginning of some items, as text, and how many of them that is."""
    first = items[0] if items else None
    if isinstance(first, Token) and first.kind == "raised":
        return first.text, 1
    if is_token(first, "sign", "^") and len(items) > 1:
        return flat(items[1:2]), 2
    return None


def _names_below(items: Sequence[Item], top: _Half, under: Span, cursor: Cursor) -> list[Node | None]:
    """∂a ∂b and ∂x² below a line, name by name; x² is two only where the order above says so."""
    cuts = [n for n, item in enumerate(items) if _is_sign(item, top.sign) and n]
    pieces = [items[begin:end] for begin, end in zip((0, *(n + 1 for n in cuts)), (*cuts, None), strict=True)]
    if top.sign == "d" and top.order == 1:
        pieces = [items]
    found: list[Node | None] = []
    names = len(pieces) == top.order  # ∂²f/∂μ ∂σ²: σ² is a name
    for piece in pieces:
        read = whole(cursor.over(piece, under))
        times = 1
        if top.order > 1 and not names and isinstance(read, Power) and isinstance(read.exponent, Literal):
            times, read = int(read.exponent.value), read.body
        elif top.order > 1 and len(pieces) == 1:
            times = top.order
        found += [read] * min(max(times, 1), _MAX_ORDER)
    return found


def _is_sign(item: Item, sign: str) -> bool:
    return is_token(item, "letter" if sign == "d" else "command", sign)


def acted_on(cursor: Cursor) -> Node | None:
    """What an operator without a name acts on: the product behind it, up to + and −.

    It stops at the next derivative, and at a sign between factors unless only numbers stood before it.
    """
    start = cursor.position
    if cursor.take("sign", "-"):
        if not begins(cursor):
            cursor.position = start
            return None
        body = acted_on(cursor)
        assert body is not None
        return Negative(body, cursor.since(start))
    return _product(cursor, factor(cursor), start) if begins(cursor) else None


def _product(cursor: Cursor, node: Node, start: int) -> Node:
    """The rest of the product that begins with a factor."""
    scale = _is_scale(node)
    while True:
        if cursor.sees("sign", "/") or cursor.sees("command", "slash", "div"):
            cursor.next()
            node = Quotient(node, factor(cursor), cursor.since(start))
            continue
        sign = between(cursor.item)
        if sign is not None and scale:
            cursor.next()
        elif sign is not None or not begins(cursor) or derives(cursor):
            return node
        right = factor(cursor)
        scale = scale and _is_scale(right)
        node = Product(node, right, sign or "", cursor.since(start))


def _is_scale(node: Node) -> bool:
    """A number, or a fraction of constants: ½, λ/2."""
    if isinstance(node, Quotient):
        return all(isinstance(part, Literal | Symbol) for part in (node.left, node.right))
    return isinstance(node, Literal)


def derives(cursor: Cursor) -> bool:
    """Whether a derivative comes next."""
    item, above = cursor.item, cursor.ahead(1)
    if is_token(item, "command", "partial", "nabla"):
        return True
    fractional = is_token(item, "command", *FRACTIONS) and isinstance(above, Group)
    return fractional and isinstance(above, Group) and _half(above.items) is not None


def partial(cursor: Cursor) -> Node:
    r"""\partial_W J, \partial_W^+ J, or ∂J/∂W in a line."""
    start = cursor.position
    cursor.next()
    if cursor.sees("sign", "_") or cursor.sees("lowered"):
        wrt = _low(cursor)
        return _subscripted(cursor, wrt, "direct" if _mark(cursor, "+") else "partial", start)
    order, sign = 1, "partial"
    text = _mark(cursor)
    if text:
        sign = "direct" if text == "+" else sign
        order = int(text) if text.isdigit() and 0 < int(text) <= _MAX_ORDER else 1
    if sign == "direct" and (cursor.sees("sign", "_") or cursor.sees("lowered")):
        return _subscripted(cursor, _low(cursor), sign, start)
    of = None if _slash(cursor) else factor(cursor)
    if not _slash(cursor) or not is_token(cursor.ahead(1), "command", "partial"):
        raise Unreadable("∂ of something by nothing", cursor.since(start))
    cursor.position += 2
    return _by(cursor, of, sign, start, order)


def _mark(cursor: Cursor, *wanted: str) -> str:
    """What is raised here, taken; nothing, where it is none of those wanted."""
    text, taken = _raised(cursor.items[cursor.position :]) or ("", 0)
    if wanted and text not in wanted:
        return ""
    cursor.position += taken
    return text


def nabla(cursor: Cursor) -> Node:
    r"""\nabla_W J, \nabla J, \nabla^2 f."""
    start = cursor.position
    cursor.next()
    order, wrt = 1, None
    for _ in range(2):
        if cursor.sees("sign", "_") or cursor.sees("lowered"):
            wrt = _low(cursor)
        elif (raised := _raised(cursor.items[cursor.position :])) is not None and raised[0].isdigit():
            order = min(max(int(raised[0]), 1), _MAX_ORDER)
            cursor.position += raised[1]
    of = _under_nabla(cursor, wrt)
    return _nested(of, [wrt] * order, "nabla", cursor.since(start))


def _under_nabla(cursor: Cursor, wrt: Node | None) -> Node | None:
    """∇_w L x is (∇_w L) x: a name is all it takes, unless it is scaled, turned, or w itself."""
    start = cursor.position
    if not begins(cursor):
        return None
    first = factor(cursor)
    named = isinstance(first, Symbol | Call | Brace) or (
        isinstance(first, Power) and isinstance(first.body, Symbol)
    )
    if named and _base(first) not in (_base(wrt), *_FACTORS):
        return first
    return _product(cursor, first, start)


def _base(node: Node | None) -> str | None:
    match node:
        case Symbol(base) | Call(head=Symbol(base)):
            return base
        case Power(body) | Transpose(body):
            return _base(body)
    return None


def in_a_line(cursor: Cursor, start: int) -> Node | None:
    """dL/dW behind its d; None where no such thing follows."""
    item, back = cursor.item, cursor.position
    if _slash(cursor) and is_token(cursor.ahead(1), "letter", "d") and _names(cursor.ahead(2)):
        cursor.position += 2
        return _by(cursor, None, "d", start)
    if item is None or item.spaced or not (_names(item) or item.kind == "round") or not _divided(cursor):
        return None
    of = factor(cursor)
    if _slash(cursor) and is_token(cursor.ahead(1), "letter", "d") and _names(cursor.ahead(2)):
        cursor.position += 2
        return _by(cursor, of, "d", start)
    cursor.position = back
    return None


def _divided(cursor: Cursor) -> bool:
    """Whether a slash and a d come at all: without them nothing need be tried."""
    rest = cursor.items[cursor.position : cursor.position + 12]
    return any(is_token(a, "sign", "/") or is_token(a, "command", "slash") for a in rest)


def _slash(cursor: Cursor) -> bool:
    return cursor.sees("sign", "/") or cursor.sees("command", "slash")


def _names(item: Item | None) -> bool:
    """Whether an item begins a name (and no function's brackets)."""
    if not isinstance(item, Token):
        return item is not None and item.kind == "brace"
    return item.kind in ("letter", "word") or is_token(item, "command", *GREEK, *ACCENTS, *LETTERS)


def _low(cursor: Cursor) -> Node:
    cursor.take("sign", "_")
    items, span = argument(cursor, lowered=True)
    first = items[0] if len(items) == 1 else None
    if isinstance(first, Token) and first.kind == "lowered":
        items = retokenized(first)
    return whole(cursor.over(items, span))


def _subscripted(cursor: Cursor, wrt: Node, sign: str, start: int) -> Node:
    return Derivative(_under_nabla(cursor, wrt), wrt, sign, cursor.since(start))


def _by(cursor: Cursor, of: Node | None, sign: str, start: int, order: int = 1) -> Node:
    """The lower half of a derivative in a line; behind it stands what it acts on, if nothing has yet."""
    names: list[Node | None] = [_bare_name(cursor)]
    while order > 1 and cursor.take("command", "partial"):
        names.append(_bare_name(cursor))
    first = names[0]
    if order > 1 and len(names) == 1 and isinstance(first, Power):
        names = [first.body] * order
    of = acted_on(cursor) if of is None else of
    return _nested(of, names, sign, cursor.since(start))


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
