r"""Other spellings put into the usual one: \overset{!}{=}, {a \over b}, \underset{j}{\max}, \vect{p}.

It works on matched brackets, from the inside out, before anything is cut at a relation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

from msgspec.structs import replace

from symgrad.submission.commands import (
    ACCENTS,
    CASES,
    FRACTIONS,
    FUNCTIONS,
    GREEK,
    HINTS,
    LETTERS,
    MATRICES,
    RELATIONS,
    SIGNS,
    STRUCK,
    WORDS,
)
from symgrad.submission.cursor import is_token
from symgrad.submission.dots import summed
from symgrad.submission.groups import Group, Item, group
from symgrad.submission.operators import has_relation, relation
from symgrad.submission.scanner import Token

Rewritten = tuple[list[Item], int]
"""What stands in the place of items, and how many of them that replaces."""

_FRAMES = ("eqalign", "eqalignno", "leqalignno", "displaylines", "ensuremath")
_LARGE = ("sum", "prod", *FUNCTIONS)
_DERIVING = ("partial", "d")
_KNOWN = frozenset((
    *GREEK, *LETTERS, *ACCENTS, *FRACTIONS, *FUNCTIONS, *SIGNS, *RELATIONS, *HINTS, *STRUCK,
    "sum", "prod", "sqrt", "partial", "nabla", "underbrace", "overbrace", "tag", "tag*", "quad", "qquad",
    "left", "right", "substack", "forall", "top", "intercal", "transpose", "trans", "tran", "prime",
    "dagger", "ddagger", "div", "slash", "over", "mid", "%", "|", "Vert",
))  # fmt: skip
"""Commands that mean something themselves."""
_FUNCTION_NAMES = {name.lower(): name for name in sorted(WORDS)}


def grouped(tokens: list[Token]) -> tuple[Item, ...]:
    """Tokens with their brackets matched, in the usual spelling. Raises `Unreadable` as `group` does."""
    return tuple(_rewritten(group(tokens)))


def _rewritten(items: Sequence[Item]) -> list[Item]:
    """The items with every other spelling replaced, innermost first."""
    inner = [_inside(item) if isinstance(item, Group) else item for item in items]
    found: list[Item] = []
    position = 0
    while position < len(inner):
        put, taken = _one(inner, position)
        found += put
        position += taken
    return summed(found)


def _inside(outer: Group) -> Group:
    items = _rewritten(outer.items)
    places = [n for n, item in enumerate(items) if is_token(item, "command", "over")]
    if len(places) == 1 and outer.kind in ("brace", "round", "square"):
        items = _fraction(items[: places[0]], items[places[0] + 1 :], items[places[0]])
    return replace(outer, items=tuple(items))


def _one(items: list[Item], n: int) -> Rewritten:
    """The replacement of the item at a place; itself, where it needs none."""
    item = items[n]
    unchanged: Rewritten = ([item], 1)
    if isinstance(item, Group):
        return _line_fraction(items, n) or _bared(items, n) or unchanged
    if item.kind != "command":
        return unchanged
    rule = _RULES.get(item.text)
    if rule is not None:
        return rule(items, n) or unchanged
    if item.text not in _KNOWN:
        return _unknown(items, n) or unchanged
    return unchanged


def _braces(items: Sequence[Item], start: int, end: int) -> Group:
    return Group("brace", tuple(items), start, end)


def _fraction(above: Sequence[Item], below: Sequence[Item], at: Item) -> list[Item]:
    if not above or not below:
        return [*above, at, *below]
    sign = Token("command", "frac", above[0].start, above[0].start + 1)
    return [
        sign,
        _braces(above, above[0].start, above[-1].end),
        _braces(below, below[0].start, below[-1].end),
    ]


def _line_fraction(items: list[Item], n: int) -> Rewritten | None:
    """{∂J}/{∂z} and (∂J)/(∂z)."""
    if n + 2 >= len(items) or not (is_token(items[n + 1], "sign", "/") and _derives(items[n])):
        return None
    below = items[n + 2]
    if not _derives(below):
        return None
    above = items[n]
    assert isinstance(above, Group)
    assert isinstance(below, Group)
    sign = Token("command", "frac", above.start, above.start + 1, above.spaced)
    return [sign, replace(above, kind="brace"), replace(below, kind="brace")], 3


def _bared(items: list[Item], n: int) -> Rewritten | None:
    r"""\text{if $i = j$}, whose maths stands in braces here; and {\max}_j."""
    item = items[n]
    if not isinstance(item, Group) or item.kind != "brace":
        return None
    first = item.items[0] if len(item.items) == 1 else None
    function = is_token(first, "command", *FUNCTIONS) or is_token(first, "word", *FUNCTIONS)
    spoken = n > 0 and is_token(items[n - 1], "prose") and has_relation(item.items)
    if function and isinstance(first, Token):
        return [replace(first, start=item.start, end=item.end, spaced=item.spaced)], 1
    return ([*item.items], 1) if spoken else None


def _derives(item: Item) -> bool:
    return (
        isinstance(item, Group)
        and item.kind in ("brace", "round")
        and bool(item.items)
        and (is_token(item.items[0], "command", "partial") or is_token(item.items[0], "letter", "d"))
    )


def _arguments(items: list[Item], n: int, count: int) -> list[Item] | None:
    """What a command is given: groups in braces, or single items."""
    found = items[n + 1 : n + 1 + count]
    return found if len(found) == count else None


def _content(item: Item) -> list[Item]:
    return [*item.items] if isinstance(item, Group) and item.kind == "brace" else [item]


def _stacked(items: list[Item], n: int) -> Rewritten | None:
    """A relation with a remark is that relation; what stands below max or Σ is its index."""
    given = _arguments(items, n, 2)
    if given is None:
        return None
    beside, body = given[0], _content(given[1])
    first = body[0] if body else None
    whole = (items[n].start, given[1].end)
    if isinstance(first, Token) and len(body) == 1 and relation(first) is not None:
        return [replace(first, start=whole[0], end=whole[1])], 3
    if not (is_token(first, "command", *_LARGE) or is_token(first, "word", *_LARGE)):
        return None
    script = "_" if is_token(items[n], "command", "underset") else "^"
    sign = Token("sign", script, beside.start, beside.start + 1)
    head = replace(first, start=whole[0], end=whole[1]) if isinstance(first, Token) else first
    assert head is not None
    return [head, *body[1:], sign, _braces(_content(beside), beside.start, beside.end)], 3


def _remarked(items: list[Item], n: int) -> Rewritten | None:
    r"""\xlongequal{chain rule} is =."""
    given = _arguments(items, n, 1)
    return None if given is None else ([Token("sign", "=", items[n].start, given[0].end)], 2)


def _arrow(items: list[Item], n: int) -> Rewritten | None:
    r"""\xrightarrow{f} is an arrow."""
    sign, given = items[n], _arguments(items, n, 1)
    assert isinstance(sign, Token)
    return None if given is None else ([replace(sign, text=sign.text[1:], end=given[0].end)], 2)


def _framed(items: list[Item], n: int) -> Rewritten | None:
    return [], 1


def _environment(items: list[Item], n: int) -> Rewritten | None:
    r"""Plain TeX's \matrix{…} and \cases{…}."""
    sign, given = items[n], _arguments(items, n, 1)
    if given is None or not isinstance(given[0], Group) or given[0].kind != "brace":
        return None
    assert isinstance(sign, Token)
    return [replace(given[0], kind="env", name=sign.text, start=sign.start, spaced=sign.spaced)], 2


def _negated(items: list[Item], n: int) -> Rewritten | None:
    given = _arguments(items, n, 1)
    if given is None or relation(given[0]) != "=":
        return None
    return [Token("sign", "!=", items[n].start, given[0].end)], 2


def _differential(items: list[Item], n: int) -> Rewritten | None:
    r"""\dd x, unless the student defines it otherwise."""
    sign = items[n]
    assert isinstance(sign, Token)
    return [replace(sign, kind="letter", text="d")], 1


def _arg(items: list[Item], n: int) -> Rewritten | None:
    r"""\arg\max."""
    given = _arguments(items, n, 1)
    name = given[0] if given else None
    if not isinstance(name, Token) or name.text not in ("max", "min"):
        return None
    return [Token("word", f"arg{name.text}", items[n].start, name.end, upright=True)], 2


def _physics(items: list[Item], n: int) -> Rewritten | None:
    r"""\pdv{J}{w}, \dv[2]{f}{x}, and \pdv{w} alone."""
    sign = items[n]
    assert isinstance(sign, Token)
    first = items[n + 1] if n + 1 < len(items) else None
    order = first if isinstance(first, Group) and first.kind == "square" else None
    begin = n + 1 + (order is not None)
    given = [*takewhile(_is_braced, items[begin : begin + 2])]
    if not given:
        return None
    letter = (
        Token("command", "partial", sign.start, sign.end)
        if sign.text == "pdv"
        else Token("letter", "d", sign.start, sign.end)
    )
    power: list[Item] = []
    if order is not None:
        power = [Token("sign", "^", order.start, order.start + 1), replace(order, kind="brace")]
    of, by = given[:-1], given[-1]
    above = [letter, *power, *(part for item in of if isinstance(item, Group) for part in item.items)]
    assert isinstance(by, Group)
    below = [letter, *by.items, *power]
    put: list[Item] = [
        replace(sign, text="frac"),
        _braces(above, sign.start, (of or [sign])[0].end),
        _braces(below, by.start, by.end),
    ]
    return put, 1 + (order is not None) + len(given)


def _unknown(items: list[Item], n: int) -> Rewritten | None:
    r"""A command nobody defined, around maths: most likely type, as \vect{p}; or a function's name."""
    sign, given = items[n], items[n + 1 : n + 3]
    assert isinstance(sign, Token)
    name = _FUNCTION_NAMES.get(sign.text.lower())
    if name is not None:
        return [replace(sign, kind="word", text=name, upright=True)], 1
    inner = given[0] if given else None
    rest = given[1:]
    several = any(_is_braced(item) for item in rest)
    if not isinstance(inner, Group) or inner.kind != "brace" or not inner.items or several:
        return None
    return [replace(inner, start=sign.start, spaced=sign.spaced)], 2


def _is_braced(item: Item | None) -> bool:
    return isinstance(item, Group) and item.kind == "brace"


_RULES: Mapping[str, Callable[[list[Item], int], Rewritten | None]] = {
    **dict.fromkeys(("overset", "underset", "stackrel"), _stacked),
    **dict.fromkeys(("xlongequal", "xequal"), _remarked),
    **dict.fromkeys(("xrightarrow", "xleftarrow", "xRightarrow", "xmapsto"), _arrow),
    **dict.fromkeys(_FRAMES, _framed),
    **dict.fromkeys((*MATRICES, *CASES), _environment),
    **dict.fromkeys(("pdv", "dv"), _physics),
    "not": _negated,
    "arg": _arg,
    "dd": _differential,
}
