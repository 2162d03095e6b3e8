"""Items → a tree: operator precedence by hand, one short function for each kind of writing.

From weak to strong: + and −; a sign between factors (· × * ⊙ ∘ ⊗ @), from left to right; factors side
by side and a slash, from left to right; scripts. Σ takes the product that follows it and stops at + and −.
A function without brackets takes the next factor, and names side by side after a number or a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symgrad.submission.commands import (
    ACCENTS,
    COMPARISONS,
    FUNCTIONS,
    GREEK,
    HINTS,
    LETTERS,
    MATRICES,
    CASES,
    RELATIONS,
    SIGNS,
    OTHERWISE,
)
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.scripts import argument, flat, scripted
from symgrad.submission.tokens import Token, Unreadable
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Cases,
    Comparison,
    Derivative,
    Literal,
    Matrix,
    Negative,
    Node,
    Norm,
    Power,
    Product,
    Quotient,
    Span,
    Subtract,
    Sum,
    Symbol,
    parts,
)

MAX_CELLS = 10_000
MAX_DIGITS = 60
MAX_EXPONENT = 400
MAX_HEIGHT = 120
"""Levels of a tree, so that whoever walks it need not fear for the stack."""


def parse(items: Sequence[Item], around: Span, depth: int = 0) -> Node:
    """The tree of some items. Raises `Unreadable` with the place."""
    node = whole(Cursor(items, around, 0, depth))
    stack = [(node, 1)]
    while stack:
        part, height = stack.pop()
        if height > MAX_HEIGHT:
            raise Unreadable("an expression of too many parts: write it as several", around)
        stack += ((inner, height + 1) for inner in parts(part))
    return node


def whole(cursor: Cursor) -> Node:
    """An expression that uses up all items."""
    if cursor.item is None:
        raise Unreadable("something is missing here", cursor.around)
    node = additive(cursor)
    if cursor.item is not None:
        raise unexpected(cursor.item)
    return node


def unexpected(item: Item) -> Unreadable:
    """Why something cannot stand where it stands."""
    if isinstance(item, Group):
        return Unreadable(f"the brackets of {item.name or item.kind} were not expected here", item.span)
    match item.kind:
        case "stray":
            return Unreadable(f"‘{item.text}’ has no other half", item.span)
        case "unknown":
            return Unreadable(f"‘{item.text}’ is no sign of mathematics known here", item.span)
        case "prose":
            return Unreadable(f"words within the maths: “{item.text[:40]}”", item.span)
        case "command":
            return Unreadable(HINTS.get(item.text, f"the command \\{item.text[:30]} is not known"), item.span)
    return Unreadable(f"‘{item.text[:30]}’ was not expected here", item.span)


def additive(cursor: Cursor) -> Node:
    """Terms with + and −."""
    start = cursor.position
    node = signed(cursor, product)
    while cursor.sees("sign", "+", "-"):
        kind = Add if cursor.take("sign", "+") else Subtract
        if kind is Subtract:
            cursor.next()
        right = signed(cursor, product)
        node = kind(node, right, cursor.since(start))
    return node


def signed(cursor: Cursor, operand: Callable[[Cursor], Node]) -> Node:
    """An operand with the signs before it."""
    starts = []
    while cursor.sees("sign", "+", "-"):
        if cursor.sees("sign", "-"):
            starts.append(cursor.position)
        cursor.next()
    node = operand(cursor)
    for start in reversed(starts):
        node = Negative(node, cursor.since(start))
    return node


def product(cursor: Cursor) -> Node:
    """Factors with signs between them."""
    start = cursor.position
    node = beside(cursor)
    while (sign := _sign(cursor.item)) is not None:
        cursor.next()
        node = Product(node, signed(cursor, beside), sign, cursor.since(start))
    return node


def _sign(item: Item | None) -> str | None:
    if not isinstance(item, Token) or item.kind not in ("sign", "command"):
        return None
    return SIGNS.get(item.text) if item.kind == "command" or item.text in "*@" else None


def beside(cursor: Cursor) -> Node:
    """Factors side by side, and slashes."""
    start = cursor.position
    node = factor(cursor)
    while cursor.item is not None:
        if cursor.take("sign", "/") or cursor.take("command", "slash", "div"):
            node = Quotient(node, signed(cursor, factor), cursor.since(start))
        elif is_token(cursor.item, "number") and _ends_in_number(node):
            raise Unreadable("two numbers side by side", cursor.item.span)
        elif begins(cursor.item, cursor):
            node = Product(node, factor(cursor), "", cursor.since(start))
        else:
            break
    return node


def _ends_in_number(node: Node) -> bool:
    while isinstance(node, Product):
        node = node.right
    return isinstance(node, Literal)


def begins(item: Item | None, cursor: Cursor) -> bool:
    """Whether an item begins a factor."""
    if isinstance(item, Group):
        return True
    if item is None:
        return False
    if item.kind == "command":
        return item.text in COMMANDS
    return item.kind in KINDS and (item.kind != "sign" or (item.text == "|" and not cursor.fenced))


def factor(cursor: Cursor) -> Node:
    """One factor with its scripts."""
    cursor.depth += 1
    try:
        item = cursor.item
        if item is None:
            raise Unreadable("something is missing at the end", cursor.end)
        if not begins(item, cursor):
            raise unexpected(item)
        start = cursor.position
        if cursor.depth > 45:
            raise Unreadable("expressions nested too deep", item.span)
        if isinstance(item, Group):
            return _of_group(cursor, item, start)
        if item.kind == "command":
            return COMMANDS[item.text](cursor)
        return KINDS[item.kind](cursor)
    finally:
        cursor.depth -= 1


# Names and numbers


def _number(cursor: Cursor) -> Node:
    start = cursor.position
    token = cursor.next()
    assert isinstance(token, Token)
    node = literal(token)
    return scripted(cursor, node, start, whole)


def literal(token: Token) -> Literal:
    """A number with the place of its last digit; ``1{,}000`` has a comma between its thousands."""
    text = token.text
    if "{,}" in text:
        head, *groups = text.split("{,}")
        thousands = head.strip("0") and all(len(g.partition(".")[0]) == 3 for g in groups)
        text = "".join((head, *groups)) if thousands else ".".join((head, *groups))
    mantissa, _, power = text.lower().partition("e")
    digits = mantissa.replace(".", "")
    if len(digits) > MAX_DIGITS:
        raise Unreadable(f"a number of more than {MAX_DIGITS} digits", token.span)
    if mantissa.count(".") > 1 or len(power) > 5 or abs(int(power or 0)) > MAX_EXPONENT:
        raise Unreadable("a number that cannot be read", token.span)
    place = int(power or 0) - len(mantissa.partition(".")[2])
    return Literal(Fraction(text), place, token.span)


def _name(cursor: Cursor) -> Node:
    """A letter or a word, with what hangs on it, and what it is applied to."""
    token = cursor.next()
    assert isinstance(token, Token)
    start = cursor.position - 1
    if token.kind == "letter" and token.text == "d" and not token.accents:
        found = _differential(cursor, start)
        if found is not None:
            return found
    node = Symbol(token.text, "", (), token.accents, token.span)
    if token.kind == "letter" and not token.accents and is_token(cursor.item, "number"):
        following = cursor.item
        assert isinstance(following, Token)
        if not following.spaced and following.text.isdigit():  # W2 as people type it
            cursor.next()
            node = replace(node, sub=following.text, span=cursor.since(start))
    if token.text in FUNCTIONS and token.kind == "word":
        return function(cursor, node, start)
    return applied(cursor, scripted(cursor, node, start, whole), start)


def _command_name(cursor: Cursor) -> Node:
    start = cursor.position
    token = cursor.next()
    assert isinstance(token, Token)
    if token.text == "Delta":
        following = cursor.item
        if is_token(following, "letter") or is_token(following, "word") or is_token(following, "command", *GREEK, *ACCENTS) or _is_name_group(following):
            return _prefixed(cursor, "Delta", start)
    node = Symbol(LETTERS.get(token.text, token.text), "", (), token.accents, token.span)
    if token.text == "Sigma" and _large_sigma(cursor):
        return _sum(cursor, start, token)
    return applied(cursor, scripted(cursor, node, start, whole), start)


def _large_sigma(cursor: Cursor) -> bool:
    """Whether a Greek Σ, as one character, sums what follows it."""
    return False


def _is_name_group(item: Item | None) -> bool:
    return isinstance(item, Group) and item.kind == "brace" and 0 < len(item.items) <= 3


def _prefixed(cursor: Cursor, accent: str, start: int) -> Node:
    """ΔW and dW: the sign belongs to the name."""
    body = factor(cursor)
    span = cursor.since(start)
    match body:
        case Symbol():
            return replace(body, accents=(*body.accents, accent), span=span)
        case Call(head=head, certain=False, args=(arg,)):
            changed = replace(head, accents=(*head.accents, accent))
            return replace(body, head=changed, span=span)
        case Power(body=Symbol() as name):
            return replace(body, body=replace(name, accents=(*name.accents, accent)), span=span)
    if accent == "Delta":
        return Product(Symbol("Delta", span=Span(span.start, span.start + 1)), body, "", span)
    raise Unreadable("‘d’ before something that is no name", span)


def applied(cursor: Cursor, node: Node, start: int) -> Node:
    """A name with the brackets behind it: a call, or a product with what is in them."""
    item = cursor.item
    if not isinstance(node, Symbol) or not isinstance(item, Group):
        return node
    if item.kind in ("round", "square", "curly") and node.base in ("1", "I", "indicator", "mathbbm") and _has_relation(item.items):
        cursor.next()
        node = Call(Symbol("indicator", span=node.span), (comparison(cursor.inside(item)),), True, cursor.since(start))
        return scripted(cursor, node, start, whole)
    if item.kind == "square" and not item.spaced and flat(item.items).replace(",", "").isdigit():
        raise Unreadable("a name with numbers in square brackets: an entry, or a product?", item.span)
    if item.kind != "round":
        return node
    cursor.next()
    call = Call(node, arguments(cursor.inside(item)), False, cursor.since(start))
    return scripted(cursor, call, start, whole)


def arguments(cursor: Cursor) -> tuple[Node, ...]:
    """Expressions with commas or semicolons between them."""
    found = [additive(cursor)] if cursor.item is not None else []
    while cursor.item is not None:
        if not cursor.take("sign", ",", ";"):
            raise unexpected(cursor.item)
        while cursor.take("command", "quad", "qquad"):
            pass
        found.append(additive(cursor))
    if not found:
        raise Unreadable("empty brackets", cursor.around)
    return tuple(found)


def _function_command(cursor: Cursor) -> Node:
    start = cursor.position
    token = cursor.next()
    assert isinstance(token, Token)
    return function(cursor, Symbol(token.text, "", (), (), token.span), start)


def function(cursor: Cursor, head: Symbol, start: int) -> Node:
    """A function that everyone knows, with or without brackets; a power may stand before its argument."""
    node = scripted(cursor, head, start, whole)
    exponent = None
    if isinstance(node, Power) and isinstance(node.body, Symbol):
        exponent, node = node.exponent, node.body
    if not isinstance(node, Symbol):
        return node
    item = cursor.item
    if isinstance(item, Group) and item.kind in ("round", "square", "curly"):
        cursor.next()
        result: Node = Call(node, arguments(cursor.inside(item)), True, cursor.since(start))
        result = _raised_after(result, exponent)
        return scripted(cursor, result, start, whole)
    if item is not None and begins(item, cursor):
        result = Call(node, (_unbracketed(cursor),), True, cursor.since(start))
    else:
        result = node
    return _raised_after(result, exponent)


def _raised_after(node: Node, exponent: Node | None) -> Node:
    return node if exponent is None else Power(node, exponent, node.span)


def _unbracketed(cursor: Cursor) -> Node:
    """The argument of a function without brackets: log A_i, ln 2x."""
    start = cursor.position
    node = factor(cursor)
    while isinstance(node, Literal | Symbol | Product) and _is_plain_name(cursor.item):
        mark = cursor.position
        right = factor(cursor)
        if not isinstance(right, Symbol | Power):
            cursor.position = mark
            break
        node = Product(node, right, "", cursor.since(start))
    return node


def _is_plain_name(item: Item | None) -> bool:
    return (
        is_token(item, "letter")
        or (is_token(item, "word") and isinstance(item, Token) and item.text not in FUNCTIONS)
        or is_token(item, "command", *GREEK, *ACCENTS)
    )


# Brackets


def _of_group(cursor: Cursor, item: Group, start: int) -> Node:
    cursor.next()
    node = GROUPS[item.kind](cursor, item)
    bare = item.kind == "brace"
    node = node if bare and isinstance(node, Symbol) else replace(node, span=item.span) if item.kind != "brace" else node
    node = scripted(cursor, node, start, whole, whole=not bare)
    return applied(cursor, node, start) if bare else node


def _brace(cursor: Cursor, item: Group) -> Node:
    return whole(cursor.inside(item))


def _round(cursor: Cursor, item: Group) -> Node:
    if _has_relation(item.items):
        return Call(Symbol("indicator", span=item.span), (comparison(cursor.inside(item)),), True, item.span)
    found = arguments(cursor.inside(item))
    return found[0] if len(found) == 1 else Matrix((found,), True, item.span)


def _square(cursor: Cursor, item: Group) -> Node:
    """Square brackets: a grouping, a tuple, or rows in brackets of their own."""
    inner = [part for part in item.items if not is_token(part, "sign", ",")]
    if len(inner) > 0 and all(isinstance(part, Group) and part.kind == "square" for part in inner):
        rows = tuple(arguments(cursor.inside(part)) for part in inner if isinstance(part, Group))
        return Matrix(rows, False, item.span)
    return _round(cursor, item)


def _bars(cursor: Cursor, item: Group) -> Node:
    return Norm(whole(cursor.inside(item)), "", True, item.span)


def _norm(cursor: Cursor, item: Group) -> Node:
    return Norm(whole(cursor.inside(item)), "", False, item.span)


def _angle(cursor: Cursor, item: Group) -> Node:
    found = arguments(cursor.inside(item))
    if len(found) != 2:
        raise Unreadable("angle brackets hold two vectors", item.span)
    return Call(Symbol("dot", span=item.span), found, True, item.span)


def _environment(cursor: Cursor, item: Group) -> Node:
    if item.name in CASES or (item.name in MATRICES and _holds_conditions(item)):
        return _cases(cursor, item)
    if item.name not in MATRICES:
        raise Unreadable(f"the environment {item.name} cannot stand within an expression", item.span)
    node = matrix(cursor, item)
    fences = {"vmatrix": True, "Vmatrix": False}
    return Norm(node, "", fences[item.name], item.span) if item.name in fences else node


def _holds_conditions(item: Group) -> bool:
    return item.name == "array" and _has_relation(item.items)


def table(item: Group) -> list[list[list[Item]]]:
    """The cells of an environment, row by row; an empty last row is none."""
    items = list(item.items)
    if item.name == "array" and items and isinstance(items[0], Group) and items[0].kind == "brace":
        items = items[1:]
    rows: list[list[list[Item]]] = [[[]]]
    for part in items:
        if is_token(part, "row"):
            rows.append([[]])
        elif is_token(part, "sign", "&"):
            rows[-1].append([])
        elif not is_token(part, "command", "quad", "qquad"):
            rows[-1][-1].append(part)
    return [row for row in rows if any(row)]


def matrix(cursor: Cursor, item: Group) -> Matrix:
    """A matrix of expressions."""
    rows = table(item)
    if sum(map(len, rows)) > MAX_CELLS:
        raise Unreadable(f"a matrix of more than {MAX_CELLS:,} entries", item.span)
    if not rows:
        raise Unreadable("an empty matrix", item.span)
    cells = tuple(tuple(whole(cursor.over(_trimmed(cell), item.span)) for cell in row) for row in rows)
    return Matrix(cells, False, item.span)


def _trimmed(items: list[Item]) -> list[Item]:
    while items and is_token(items[-1], "sign", ",", ".", ";"):
        items = items[:-1]
    return items


def _cases(cursor: Cursor, item: Group) -> Node:
    rows = tuple(_case(cursor, row, item) for row in table(item))
    if not rows:
        raise Unreadable("cases without a case", item.span)
    return Cases(rows, item.span)


def _case(cursor: Cursor, row: list[list[Item]], item: Group) -> tuple[Node, Comparison | None]:
    """A value and its condition: ``v & i = j``, ``v, if i = j``, ``i = j: v``, ``v & otherwise``."""
    value, condition = _split_case(row)
    node = whole(cursor.over(_trimmed(value), item.span))
    words = {part.text.lower().strip(" .,") for part in condition if isinstance(part, Token) and part.kind == "prose"}
    rest = [part for part in condition if not is_token(part, "prose") and not is_token(part, "sign", ",", ".")]
    if not rest:
        if words and not words & OTHERWISE:
            raise Unreadable("a condition in words", item.span)
        return node, None
    return node, comparison(cursor.over(rest, item.span))


def _split_case(row: list[list[Item]]) -> tuple[list[Item], list[Item]]:
    flattened = [part for cell in row for part in cell]
    colon = next((n for n, part in enumerate(flattened) if is_token(part, "sign", ":")), None)
    if colon is not None:
        before, after = flattened[:colon], flattened[colon + 1 :]
        return (after, before) if _has_relation(before) else (before, after)
    if len(row) > 1:
        return row[0], [part for cell in row[1:] for part in cell]
    cut = next((n for n, part in enumerate(flattened) if is_token(part, "prose") or is_token(part, "sign", ",")), len(flattened))
    return flattened[:cut], flattened[cut:]


def _has_relation(items: Sequence[Item]) -> bool:
    return any(relation(item) is not None for item in items)


def relation(item: Item | None) -> str | None:
    """The relation that an item is."""
    if not isinstance(item, Token) or item.kind not in ("sign", "command"):
        return None
    return RELATIONS.get(item.text)


def comparison(cursor: Cursor) -> Comparison:
    """left relation right, and nothing else."""
    places = [n for n, item in enumerate(cursor.items) if relation(item) is not None]
    if len(places) != 1:
        raise Unreadable("a condition of this kind is not read", cursor.around)
    sign = relation(cursor.items[places[0]])
    if sign not in COMPARISONS:
        raise Unreadable("a condition of this kind is not read", cursor.items[places[0]].span)
    left = whole(cursor.over(cursor.items[: places[0]], cursor.around))
    right = whole(cursor.over(cursor.items[places[0] + 1 :], cursor.around))
    return Comparison(left, sign, right, Span(left.span.start, right.span.end))


def _plain_bars(cursor: Cursor) -> Node:
    """|x| and ||x|| of plain bars; the closing ones are the next of their kind."""
    start = cursor.position
    cursor.next()
    double = cursor.take("sign", "|")
    return _between_bars(cursor, start, 2 if double else 1, "sign")


def _double_bars(cursor: Cursor) -> Node:
    start = cursor.position
    cursor.next()
    return _between_bars(cursor, start, 1, "command")


def _between_bars(cursor: Cursor, start: int, count: int, kind: str) -> Node:
    texts = ("|",) if kind == "sign" else ("|", "Vert")
    position = cursor.position
    end = next((n for n in range(position, len(cursor.items)) if is_token(cursor.items[n], kind, *texts)), None)
    if end is None:
        raise Unreadable("a bar that nothing closes", cursor.items[start].span)
    inner = cursor.over(cursor.items[position:end], cursor.since(start))
    body = whole(inner)
    cursor.position = end
    for _ in range(count):
        if not cursor.take(kind, *texts):
            raise Unreadable("a bar is missing", cursor.here)
    node = Norm(body, "", kind == "sign" and count == 1, cursor.since(start))
    return scripted(cursor, node, start, whole)


# Commands with arguments


def operand(cursor: Cursor) -> tuple[Sequence[Item], Span]:
    """The argument of a command: a group in braces, one digit, or one item."""
    item = cursor.item
    if item is None:
        raise Unreadable("an argument is missing", cursor.end)
    if isinstance(item, Token) and item.kind == "number" and len(item.text) == 2 and item.text.isdigit():
        first = replace(item, text=item.text[0], end=item.start + 1)
        second = replace(item, text=item.text[1], start=item.start + 1)
        cursor.items = [*cursor.items[: cursor.position], first, second, *cursor.items[cursor.position + 1 :]]
    return argument(cursor)


def _fraction(cursor: Cursor) -> Node:
    start = cursor.position
    cursor.next()
    above, over_span = operand(cursor)
    below, under_span = operand(cursor)
    derivative = _as_derivative(cursor, above, below, over_span, under_span, start)
    if derivative is None:
        left = whole(cursor.over(above, over_span))
        right = whole(cursor.over(below, under_span))
        derivative = Quotient(left, right, cursor.since(start))
    return scripted(cursor, derivative, start, whole, whole=True)


def _root(cursor: Cursor) -> Node:
    start = cursor.position
    token = cursor.next()
    if isinstance(cursor.item, Group) and cursor.item.kind == "square":
        raise Unreadable("roots other than square roots are not read", cursor.item.span)
    item = cursor.item
    if isinstance(item, Group) and item.kind == "round":
        body = factor(cursor)
    else:
        items, span = argument(cursor)
        body = whole(cursor.over(items, span))
    call = Call(Symbol("sqrt", span=token.span), (body,), True, cursor.since(start))
    return scripted(cursor, call, start, whole, whole=True)


def _accent(cursor: Cursor) -> Node:
    start = cursor.position
    token = cursor.next()
    assert isinstance(token, Token)
    items, span = argument(cursor)
    if is_token(items[0], "number", "1") and len(items) == 1:
        items = (replace(items[0], kind="letter"),)  # type: ignore[arg-type]
    body = whole(cursor.over(items, span))
    accent = ACCENTS[token.text]
    if isinstance(body, Power) and isinstance(body.body, Symbol):
        node: Node = replace(body, body=replace(body.body, accents=(*body.body.accents, accent)))
    elif isinstance(body, Symbol):
        node = replace(body, accents=(*body.accents, accent), span=cursor.since(start))
    else:
        raise Unreadable(f"a {accent} over more than a name", cursor.since(start))
    return applied(cursor, scripted(cursor, node, start, whole), start)


def _underbrace(cursor: Cursor) -> Node:
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
            label = None  # words under a brace say nothing that could be checked
    return scripted(cursor, Brace(body, label, cursor.since(start)), start, whole, whole=True)


def _stacked(cursor: Cursor) -> Node:
    r"""\stackrel{above}{body}: what is above only remarks."""
    start = cursor.position
    cursor.next()
    argument(cursor)
    items, span = argument(cursor)
    return scripted(cursor, whole(cursor.over(items, span)), start, whole)


# Sums


def _large(cursor: Cursor) -> Node:
    start = cursor.position
    token = cursor.next()
    assert isinstance(token, Token)
    return _sum(cursor, start, token)


def _sum(cursor: Cursor, start: int, token: Token) -> Node:
    lower: tuple[Sequence[Item], Span] | None = None
    upper: Node | None = None
    while True:
        if cursor.take("sign", "_"):
            lower = argument(cursor)
        elif cursor.take("sign", "^"):
            upper = whole(cursor.over(*argument(cursor)))
        elif cursor.sees("lowered"):
            item = cursor.next()
            lower = ((item,), item.span)
        else:
            break
    is_product = token.text == "prod"
    if not (cursor.sees("sign", "-", "+") or begins(cursor.item, cursor)):
        if lower is None and upper is None:
            return Symbol("Pi" if is_product else "Sigma", span=token.span)
        raise Unreadable("nothing stands behind the sum", cursor.since(start))
    body = signed(cursor, product)
    return _summed(body, lower, upper, is_product, cursor, start)


def _summed(
    body: Node,
    lower: tuple[Sequence[Item], Span] | None,
    upper: Node | None,
    is_product: bool,
    cursor: Cursor,
    start: int,
) -> Node:
    span = cursor.since(start)
    if lower is None:
        return Sum(body, "", None, upper, is_product, span)
    items, place = lower
    cut = next((n for n, item in enumerate(items) if relation(item) is not None or is_token(item, "command", "in")), None)
    if cut is None:
        letters = [text for text in flat(items).split(",") if text]
        if len(letters) == 1 and len(letters[0]) == 2 and letters[0].isalpha():
            letters = list(letters[0])
        for letter in reversed(letters[1:]):
            body = Sum(body, letter, None, None, is_product, span)
        return Sum(body, letters[0] if letters else "", None, upper, is_product, span)
    index, sign = flat(items[:cut]), relation(items[cut])
    if sign is None:
        return Sum(body, index, None, upper, is_product, span)
    rest = whole(cursor.over(items[cut + 1 :], place))
    if sign == "=":
        return Sum(body, index, rest, upper, is_product, span)
    condition = comparison(cursor.over(items, place))
    if is_product:
        raise Unreadable("a product over some of its factors is not read", place)
    chosen = Call(Symbol("indicator", span=place), (condition,), True, place)
    return Sum(Product(chosen, body, "", span), index, None, upper, is_product, span)


# Derivatives


def _partial(cursor: Cursor) -> Node:
    r"""\partial_W J, or ∂J/∂W in a line."""
    start = cursor.position
    token = cursor.next()
    if cursor.take("sign", "_"):
        items, span = argument(cursor)
        return _subscripted(cursor, items, span, "partial", start)
    if cursor.sees("lowered"):
        raise Unreadable("∂ with a number", token.span)
    of = None if cursor.sees("sign", "/") or cursor.sees("command", "slash") else factor(cursor)
    if not (cursor.take("sign", "/") or cursor.take("command", "slash")):
        raise Unreadable("∂ of something, by nothing", cursor.since(start))
    if not cursor.take("command", "partial"):
        raise Unreadable("∂ over something without ∂", cursor.since(start))
    return _by(cursor, of, "partial", start)


def _by(cursor: Cursor, of: Node | None, sign: str, start: int) -> Node:
    """The lower half of a derivative in a line; behind it stands what it acts on, if nothing has yet."""
    wrt = _bare_name(cursor)
    if of is None and begins(cursor.item, cursor):
        of = factor(cursor)
    return Derivative(of, wrt, sign, cursor.since(start))


def _bare_name(cursor: Cursor) -> Node:
    """A name with its scripts, but not with the brackets behind it."""
    item = cursor.item
    stop = cursor.position + 1
    if is_token(item, "command", *ACCENTS) or is_token(item, "command", "Delta"):
        stop += 1
    while is_token(_at(cursor, stop), "sign", "_", "^", "'") or is_token(_at(cursor, stop), "lowered"):
        stop += 1 if is_token(_at(cursor, stop), "sign", "'") or is_token(_at(cursor, stop), "lowered") else 2
    inner = cursor.over(cursor.items[cursor.position : stop], cursor.here)
    node = whole(inner)
    cursor.position = min(stop, len(cursor.items))
    return node


def _at(cursor: Cursor, position: int) -> Item | None:
    return cursor.items[position] if position < len(cursor.items) else None


def _subscripted(cursor: Cursor, items: Sequence[Item], span: Span, sign: str, start: int) -> Node:
    wrt = whole(cursor.over(items, span))
    of = factor(cursor) if begins(cursor.item, cursor) else None
    return Derivative(of, wrt, sign, cursor.since(start))


def _nabla(cursor: Cursor) -> Node:
    start = cursor.position
    token = cursor.next()
    if cursor.take("sign", "_"):
        items, span = argument(cursor)
        return _subscripted(cursor, items, span, "nabla", start)
    raise Unreadable("∇ without the name it is taken by", token.span)


def _differential(cursor: Cursor, start: int) -> Node | None:
    """dL/dW in a line, or dW as a name; None where d is a name of its own."""
    following = cursor.item
    close = following is not None and not (following.spaced if isinstance(following, Token | Group) else False)
    if not close or not (
        is_token(following, "letter") or is_token(following, "word") or is_token(following, "command", *GREEK, *ACCENTS, *LETTERS)
        or (is_token(following, "sign", "/") and is_token(cursor.ahead(1), "letter", "d"))
    ):
        return None
    mark = cursor.position
    if cursor.take("sign", "/"):
        cursor.next()
        return _by(cursor, None, "d", start)
    body = factor(cursor)
    ahead, after = cursor.ahead(1), cursor.ahead(2)
    if cursor.sees("sign", "/") and is_token(ahead, "letter", "d") and after is not None and not (isinstance(after, Token) and after.kind == "sign"):
        cursor.next()
        cursor.next()
        return _by(cursor, body, "d", start)
    cursor.position = mark
    return _prefixed(cursor, "d", start)


_DERIVING = {"partial": "partial", "d": "d", "delta": "partial"}


def _as_derivative(
    cursor: Cursor, above: Sequence[Item], below: Sequence[Item], over: Span, under: Span, start: int
) -> Node | None:
    """A fraction of ∂… by ∂…, of d… by d…, of δ… by δ… as people write ∂ by hand."""
    signs = [_deriving(items) for items in (above, below)]
    if signs[0] is None or signs[0] != signs[1] or len(below) < 2:
        return None
    if signs[0] == "delta" and len(above) < 2:
        return None
    wrt = whole(cursor.over(below[1:], under))
    of = whole(cursor.over(above[1:], over)) if len(above) > 1 else None
    if of is None and begins(cursor.item, cursor):
        of = factor(cursor)
    return Derivative(of, wrt, _DERIVING[signs[0]], cursor.since(start))


def _deriving(items: Sequence[Item]) -> str | None:
    """The ∂, d or δ that items begin with, if it is one and no name with a script."""
    if not items or not isinstance(items[0], Token) or items[0].text not in _DERIVING or items[0].accents:
        return None
    following = items[1] if len(items) > 1 else None
    if is_token(following, "sign") or is_token(following, "lowered"):
        return None
    return items[0].text


KINDS: Mapping[str, Callable[[Cursor], Node]] = {
    "number": _number,
    "letter": _name,
    "word": _name,
    "sign": _plain_bars,
}
GROUPS: Mapping[str, Callable[[Cursor, Group], Node]] = {
    "brace": _brace,
    "round": _round,
    "square": _square,
    "curly": _round,
    "bars": _bars,
    "norm": _norm,
    "angle": _angle,
    "env": _environment,
}
COMMANDS: Mapping[str, Callable[[Cursor], Node]] = {
    **dict.fromkeys((*GREEK, *LETTERS), _command_name),
    **dict.fromkeys((name for name in FUNCTIONS if name not in ("prod", "sum", "sqrt")), _function_command),
    **dict.fromkeys(ACCENTS, _accent),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "nicefrac", "cfrac", "sfrac"), _fraction),
    **dict.fromkeys(("underbrace", "overbrace"), _underbrace),
    **dict.fromkeys(("stackrel", "overset", "underset"), _stacked),
    **dict.fromkeys(("sum", "prod", "bigsum"), _large),
    **dict.fromkeys(("|", "Vert"), _double_bars),
    "sqrt": _root,
    "partial": _partial,
    "nabla": _nabla,
}
