"""What stands in brackets: groupings, tuples, matrices, cases, norms, conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from symgrad.submission.commands import CASES, DOTS, MATRICES, OTHERWISE
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.names import applied
from symgrad.submission.operators import comparison, has_relation, left_out, listed, unexpected, whole
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import scripted
from symgrad.submission.taken_at import taken_at
from symgrad.submission.written import Call, Cases, Comparison, Matrix, Node, Norm, Symbol

MAX_CELLS = 10_000
_DETERMINANTS = {"vmatrix": True, "Vmatrix": False}
_WIDE = ("quad", "qquad")
_PARTS = ("round", "square", "curly")
"""Brackets that a + makes a positive part."""


def bracketed(cursor: Cursor) -> Node:
    """A group with its scripts. Braces are not seen on paper: what is in them may still be a name."""
    start = cursor.position
    item = cursor.next()
    assert isinstance(item, Group)
    if item.kind == "brace":
        node = scripted(cursor, whole(cursor.inside(item)), start)
        return applied(cursor, node, start)
    node = _GROUPS[item.kind](cursor, item)
    name = _part(cursor) if item.kind in _PARTS else ""
    if name:
        head, part = Symbol(name, span=item.span), replace(node, span=item.span)
        call = Call(head, (part,), True, cursor.since(start))
        return scripted(cursor, call, start, enclosed=True)
    if isinstance(node, Call) and not node.certain:
        node = replace(node, enclosed=True)
    return scripted(cursor, replace(node, span=item.span), start, enclosed=not isinstance(node, Norm))


def _part(cursor: Cursor) -> str:
    """Take the sign behind [z]_+, (z)^+ and [z]_-: the function that it is; "" where there is none."""
    script, sign = cursor.item, cursor.ahead(1)
    for kind in ("lowered", "raised"):
        if is_token(script, kind, "+") or (kind == "lowered" and is_token(script, kind, "-")):
            cursor.next()
            return "relu" if is_token(script, kind, "+") else "negpart"
    braced = isinstance(sign, Group) and sign.kind == "brace" and len(sign.items) == 1
    if braced and isinstance(sign, Group):
        sign = sign.items[0]
    if is_token(script, "sign", "_", "^") and is_token(sign, "sign", "+"):
        cursor.position += 2
        return "relu"
    if is_token(sign, "sign", "-") and (
        is_token(script, "sign", "_") or (braced and is_token(script, "sign", "^"))
    ):
        cursor.position += 2
        return "negpart"
    return ""


def _round(cursor: Cursor, item: Group) -> Node:
    """A grouping, a tuple, or Iverson's bracket around a condition."""
    if has_relation(item.items):
        condition = comparison(cursor.inside(item))
        return Call(Symbol("indicator", span=item.span), (condition,), True, item.span)
    found = listed(cursor.inside(item))
    return found[0] if len(found) == 1 else Matrix((found,), True, item.span)


def _square(cursor: Cursor, item: Group) -> Node:
    """The same, or rows: in brackets of their own, between semicolons, or numbers with blanks between."""
    inner = [part for part in item.items if not is_token(part, "sign", ",")]
    rows = [part for part in inner if isinstance(part, Group) and part.kind == "square"]
    if inner and len(rows) == len(inner):
        return _checked(Matrix(tuple(listed(cursor.inside(row)) for row in rows), False, item.span))
    if any(is_token(part, "sign", ";") for part in item.items):
        lines = _cut(item.items, ";")
        return _checked(Matrix(tuple(_row(cursor, line, item) for line in lines), False, item.span))
    if _is_spaced_row(item.items):
        return _checked(Matrix((_row(cursor, item.items, item),), True, item.span))
    return _round(cursor, item)


def _row(cursor: Cursor, items: Sequence[Item], item: Group) -> tuple[Node, ...]:
    if not _is_spaced_row(items):
        return listed(cursor.over(items, item.span))
    cells: list[list[Item]] = []
    for part in items:
        if cells and is_token(cells[-1][-1], "sign", "-"):
            cells[-1].append(part)
        else:
            cells.append([part])
    return tuple(whole(cursor.over(cell, item.span)) for cell in cells)


def _is_spaced_row(items: Sequence[Item]) -> bool:
    """Numbers with nothing between them: [0.1 -0.2 3]."""
    numbers = [n for n, part in enumerate(items) if is_token(part, "number")]
    signs = [part for part in items if is_token(part, "sign", "-") and (part.spaced or part is items[0])]
    return len(numbers) > 1 and len(numbers) + len(signs) == len(items)


def _cut(items: Sequence[Item], sign: str) -> list[list[Item]]:
    found: list[list[Item]] = [[]]
    for part in items:
        if is_token(part, "sign", sign):
            found.append([])
        else:
            found[-1].append(part)
    return [part for part in found if part]


def _checked(matrix: Matrix) -> Matrix:
    if sum(map(len, matrix.rows)) > MAX_CELLS:
        raise Unreadable(f"a matrix of more than {MAX_CELLS:,} entries", matrix.span)
    return matrix


def _bars(cursor: Cursor, item: Group) -> Node:
    return Norm(whole(cursor.inside(item)), "", True, item.span)


def _norm(cursor: Cursor, item: Group) -> Node:
    return Norm(whole(cursor.inside(item)), "", False, item.span)


def _rounded(cursor: Cursor, item: Group) -> Node:
    """⌊x⌋ and ⌈x⌉."""
    return Call(Symbol(item.kind, span=item.span), (whole(cursor.inside(item)),), True, item.span)


def _angle(cursor: Cursor, item: Group) -> Node:
    found = listed(cursor.inside(item))
    if len(found) != 2:
        raise Unreadable("angle brackets hold two vectors", item.span)
    return Call(Symbol("dot", span=item.span), found, True, item.span)


def _at(cursor: Cursor, item: Group) -> Node:
    r"""\left. dJ/dw \right|_{w_1}, and at w = 2."""
    found = (
        whole(cursor.inside(item)) if cursor.sees("sign", "_") or is_token(cursor.item, "lowered") else None
    )
    taken = None if found is None else taken_at(found, cursor)
    if taken is not None:
        return taken
    raise Unreadable("a value at a point is not read", item.span)


def _environment(cursor: Cursor, item: Group) -> Node:
    if item.name in CASES or (item.name == "array" and has_relation(item.items)):
        return Cases(tuple(_case(cursor, row, item) for row in _table(item)), item.span)
    if item.name not in MATRICES:
        raise unexpected(item)
    rows = _table(item)
    if sum(map(len, rows)) > MAX_CELLS:
        raise Unreadable(f"a matrix of more than {MAX_CELLS:,} entries", item.span)
    cells = tuple(tuple(_cell(cursor.over(_trimmed(cell), item.span)) for cell in row) for row in rows)
    matrix = Matrix(cells, False, item.span)
    return Norm(matrix, "", _DETERMINANTS[item.name], item.span) if item.name in _DETERMINANTS else matrix


def _cell(cursor: Cursor) -> Node:
    if len(cursor.items) == 1 and cursor.sees("command", *DOTS):
        return left_out(cursor)
    return whole(cursor)


def _table(item: Group) -> list[list[list[Item]]]:
    r"""The cells of an environment, row by row; an empty row is none. An array begins with its columns.

    Where no & stands between the cells of a matrix, \quad does.
    """
    items = item.items
    if item.name == "array" and items and isinstance(items[0], Group) and items[0].kind == "brace":
        items = items[1:]
    rows: list[list[list[Item]]] = [[[]]]
    blanks = item.name in MATRICES and not any(is_token(part, "sign", "&") for part in items)
    for part in items:
        if is_token(part, "row"):
            rows.append([[]])
        elif is_token(part, "sign", "&"):
            rows[-1].append([])
        elif not is_token(part, "command", *_WIDE):
            rows[-1][-1].append(part)
        elif blanks and rows[-1][-1]:
            rows[-1].append([])
    if blanks:
        rows = [[cell for cell in row if cell] for row in rows]
    found = [row for row in rows if any(row)]
    if not found:
        raise Unreadable("nothing stands in here", item.span)
    return found


def _trimmed(items: list[Item]) -> list[Item]:
    while items and is_token(items[-1], "sign", ",", ".", ";"):
        items = items[:-1]
    return items


def _case(cursor: Cursor, row: list[list[Item]], item: Group) -> tuple[Node, Comparison | None]:
    """A value and its condition: ``v & i = j``, ``v, if i = j``, ``i = j: v``, ``v & otherwise``."""
    value, condition = _parted(row)
    node = whole(cursor.over(_trimmed(value), item.span))
    words = {
        part.text.lower().strip(" .,")
        for part in condition
        if isinstance(part, Token) and part.kind == "prose"
    }
    rest = [p for p in condition if not is_token(p, "prose") and not is_token(p, "sign", ",", ".", ";")]
    if rest:
        return node, comparison(cursor.over(rest, item.span))
    if words and not words & OTHERWISE:
        raise Unreadable("a condition in words", item.span)
    return node, None


def _parted(row: list[list[Item]]) -> tuple[list[Item], list[Item]]:
    parts = [part for cell in row for part in cell]
    colons = (n for n, part in enumerate(parts) if is_token(part, "sign", ":"))
    colon = next(colons, None)
    if colon is not None:
        before, after = parts[:colon], parts[colon + 1 :]
        return (after, before) if has_relation(before) else (before, after)
    if len(row) > 1:
        return row[0], [part for cell in row[1:] for part in cell]
    cuts = (n for n, part in enumerate(parts) if is_token(part, "prose") or is_token(part, "sign", ","))
    cut = next(cuts, len(parts))
    return parts[:cut], parts[cut:]


def plain_bars(cursor: Cursor) -> Node:
    """|x| and ||x|| of plain bars; they are closed by the next of their kind."""
    start = cursor.position
    cursor.next()
    return _between(cursor, start, "sign", 2 if cursor.take("sign", "|") else 1)


def double_bars(cursor: Cursor) -> Node:
    r"""\|x\| and ‖x‖."""
    start = cursor.position
    cursor.next()
    return _between(cursor, start, "command", 1)


def _between(cursor: Cursor, start: int, kind: str, bars: int) -> Node:
    begin = cursor.position
    closing = (n for n in range(begin, len(cursor.items)) if is_token(cursor.items[n], kind, "|", "Vert"))
    end = next(closing, None)
    closed = [] if end is None else [item for item in cursor.items[end : end + bars] if is_token(item, kind)]
    if end is None or len(closed) < bars:
        raise Unreadable("a bar that nothing closes", cursor.items[start].span)
    body = whole(cursor.over(cursor.items[begin:end], cursor.since(start)))
    cursor.position = end + bars
    single = kind == "sign" and bars == 1
    return scripted(cursor, Norm(body, "", single, cursor.since(start)), start)


_GROUPS: Mapping[str, Callable[[Cursor, Group], Node]] = {
    "round": _round,
    "square": _square,
    "curly": _round,
    "bars": _bars,
    "norm": _norm,
    "angle": _angle,
    **dict.fromkeys(("floor", "ceil"), _rounded),
    "at": _at,
    "env": _environment,
}
