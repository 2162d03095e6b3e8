"""A piece of maths → chains: the equations in it, each side by itself.

A display may hold several: they are parted by rows, wide spaces, commas, semicolons, colons and words.
A part that begins with a relation, or a row that begins with an operator, goes on with the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from symgrad.submission.commands import ALIGNED, SIGNS, STRUCK, UNJUDGED
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Group, Item, group
from symgrad.submission.lines import Fault, Side
from symgrad.submission.operators import relation
from symgrad.submission.parser import parse_list
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import flat
from symgrad.submission.written import Span

TRANSPARENT = frozenset(("boxed", "underline", "fbox", "displaystyle"))
_WIDE = ("quad", "qquad")
_CONTINUING = frozenset((*"+*/", *(name for name in SIGNS if len(name) > 1)))


@dataclass
class Chain:
    """Sides and the relations between them; the first side may be None: it goes on with what stood before."""

    sides: list[list[Item]] = field(default_factory=lambda: [[]])
    relations: list[str] = field(default_factory=list)
    tag: str = ""
    label: str = ""
    struck: bool = False
    end: int = 0

    @property
    def open(self) -> bool:
        """Whether it begins with a relation."""
        return bool(self.relations) and not self.sides[0]

    @property
    def items(self) -> list[Item]:
        """All items of its sides."""
        return [item for side in self.sides for item in side]


@dataclass
class _Part:
    """What stands between two separators, and the separator before it."""

    before: str
    items: list[Item] = field(default_factory=list)
    end: int = 0


@dataclass
class _Spread:
    """A piece laid out in one row of items, what only places or remarks taken away."""

    items: list[Item] = field(default_factory=list)
    tag: str = ""
    end: int = 0
    struck: list[Span] = field(default_factory=list)


def chains(tokens: list[Token]) -> list[Chain]:
    """The chains of a piece; those without a relation are expressions. Raises `Unreadable` as a whole."""
    spread = _Spread()
    _lay(group(tokens), spread, 0)
    found = [_chain(part) for part in _parts(spread.items)]
    found = list(_implied(found))
    for chain in found:
        chain.struck = bool(chain.items) and all(_within(item.span, spread.struck) for item in chain.items)
    if found:
        found[-1].tag = spread.tag
        found[-1].end = max(found[-1].end, spread.end)
    return found


def _within(span: Span, spans: Sequence[Span]) -> bool:
    return any(outer.start <= span.start and span.end <= outer.end for outer in spans)


def _lay(items: Sequence[Item], spread: _Spread, depth: int) -> None:
    """Splice in what only frames, places or strikes out an equation."""
    position = 0
    while position < len(items):
        item = items[position]
        following = items[position + 1] if position + 1 < len(items) else None
        position += 1
        if is_token(item, "command", "tag", "tag*") and isinstance(following, Group):
            spread.tag, spread.end = flat(following.items), following.end
            position += 1
        elif is_token(item, "command", *STRUCK) and isinstance(following, Group):
            spread.struck.append(following.span)
        elif isinstance(item, Group) and _frames(item) and _stands_alone(items, position - 1):
            begin = len(spread.items)
            _lay(item.items, spread, depth + 1)
            if item.kind == "env" and begin < len(spread.items):
                spread.items = _without_columns(spread.items, begin, item)
        elif isinstance(item, Group) and item.items:
            spread.items.append(_cleaned(item, spread))
        elif not isinstance(item, Group):
            spread.items.append(item)


def _without_columns(items: list[Item], begin: int, group: Group) -> list[Item]:
    """An array or alignat begins with its columns: {rcl}."""
    named = group.name in ("array", "alignat", "alignedat")
    first = group.items[0] if group.items else None
    if named and isinstance(first, Group) and first.kind == "brace" and items[begin] is first:
        return items[:begin] + items[begin + 1 :]
    return items


def _cleaned(group: Group, spread: _Spread) -> Group:
    """Strikes and tags within brackets, taken away."""
    if not any(is_token(item, "command", *STRUCK) or isinstance(item, Group) for item in group.items):
        return group
    inner: list[Item] = []
    for n, item in enumerate(group.items):
        if is_token(item, "command", *STRUCK):
            following = group.items[n + 1] if n + 1 < len(group.items) else None
            if isinstance(following, Group):
                spread.struck.append(following.span)
        elif isinstance(item, Group):
            if item.items or item.kind != "brace":
                inner.append(_cleaned(item, spread))
        else:
            inner.append(item)
    return replace(group, items=tuple(inner))


def _frames(item: Group) -> bool:
    """Whether a group only frames: braces or an aligning environment with an equation in them."""
    if item.kind == "env":
        return item.name in ALIGNED or (item.name == "array" and _is_equations(item.items))
    return item.kind == "brace" and any(
        relation(part) is not None
        or is_token(part, "row")
        or (isinstance(part, Group) and part.kind == "env" and part.name in ALIGNED)
        for part in item.items
    )


def _stands_alone(items: Sequence[Item], position: int) -> bool:
    """Whether a group is no argument of what is before it."""
    before = items[position - 1] if position else None
    return not (
        is_token(before, "sign", "_", "^") or (is_token(before, "command") and relation(before) is None)
    )


def _is_equations(items: Sequence[Item]) -> bool:
    """An array whose middle column is relations: a & = & b."""
    return any(
        relation(item) is not None and n > 0 and is_token(items[n - 1], "sign", "&")
        for n, item in enumerate(items)
    ) or any(
        relation(item) is not None and is_token(after, "sign", "&")
        for item, after in zip(items, items[1:], strict=False)
    )


def _separator(item: Item) -> str:
    if not isinstance(item, Token):
        return ""
    if item.kind == "row":
        return "row"
    if item.kind == "prose":
        return "words"
    if item.kind == "command" and item.text in _WIDE:
        return "wide"
    if item.kind == "command" and relation(item) == "⇒":
        return "implies"
    if item.kind == "sign" and item.text in ",;:":
        return "comma" if item.text == "," else "mark"
    return "implies" if relation(item) == "⇒" else ""


def _parts(items: Sequence[Item]) -> list[_Part]:
    """The items between separators, joined where one goes on with another."""
    parts = [_Part("")]
    for item in items:
        kind = _separator(item)
        if kind == "implies":
            parts[-1].end = item.end
        if kind:
            parts.append(_Part(_stronger(parts, kind)))
        else:
            parts[-1].items.append(item)
    joined: list[_Part] = []
    for part in parts:
        items_of = _aligned(part)
        if not items_of:
            continue
        kept = _Part(part.before, items_of, max(part.end, items_of[-1].end))
        if joined and _goes_on(joined[-1], kept, part):
            if kept.before == "comma":
                joined[-1].items.append(_comma(kept))
            joined[-1].items += kept.items
            joined[-1].end = kept.end
        else:
            joined.append(kept)
    return joined


def _comma(part: _Part) -> Token:
    start = part.items[0].start
    return Token("sign", ",", start, start)


def _stronger(parts: list[_Part], kind: str) -> str:
    """Of several separators in a row, the one that says most."""
    if not parts[-1].items and parts[-1].before:
        kinds = [parts.pop().before, kind]
        order = ("implies", "words", "row", "mark", "wide", "comma")
        return min(kinds, key=order.index)
    return kind


def _aligned(part: _Part) -> list[Item]:
    return [item for item in part.items if not is_token(item, "sign", "&")]


def _goes_on(before: _Part, part: _Part, raw: _Part) -> bool:
    first = part.items[0]
    claims = any(relation(item) is not None for item in part.items)
    if part.before == "implies":
        return False
    if relation(first) is not None or relation(before.items[-1]) is not None:
        return True
    if part.before == "comma":
        return not claims and any(relation(item) is not None for item in before.items)
    if part.before == "row":
        if isinstance(first, Token) and first.text in _CONTINUING and first.kind in ("sign", "command"):
            return True
        if is_token(first, "sign", "-"):
            return not claims or is_token(raw.items[0], "sign", "&")
    return False


def _chain(part: _Part) -> Chain:
    chain = Chain(end=part.end)
    for item in _unlabelled(part, chain):
        sign = relation(item)
        if sign is None:
            chain.sides[-1].append(item)
        elif chain.relations and not chain.sides[-1]:
            chain.relations[-1] = sign if sign != "=" else chain.relations[-1]
        else:
            chain.relations.append(sign)
            chain.sides.append([])
    chain.sides = [_without_stops(side) for side in chain.sides]
    if chain.relations and not chain.sides[-1]:
        chain.sides.pop()
        chain.relations.pop()
    if part.before == "implies":
        chain.label = "⇒"
    return chain


def _unlabelled(part: _Part, chain: Chain) -> list[Item]:
    """Without the number of an exercise and a dot or bullet before it."""
    items = part.items
    if (
        len(items) > 2
        and is_token(items[1], "stray", ")")
        and isinstance(items[0], Token)
        and items[0].kind in ("number", "letter")
    ):
        chain.tag = ""
        items = items[2:]
    while items and is_token(items[0], "command", "cdot", "bullet", "ast", "star"):
        items = items[1:]
    return items


def _without_stops(side: list[Item]) -> list[Item]:
    while side and is_token(side[-1], "sign", ".", ",", ";"):
        side = side[:-1]
    return side


def _implied(found: list[Chain]) -> Iterator[Chain]:
    """a = b ⇒ c = d are two equations; a = b ⇒ c is one, with a step that is called so."""
    kept: list[Chain] = []
    for chain in found:
        if chain.label == "⇒":
            chain.label = ""
            if not chain.relations and kept and kept[-1].relations and chain.sides[0]:
                kept[-1].relations.append("⇒")
                kept[-1].sides += chain.sides
                kept[-1].end = chain.end
                continue
        kept.append(chain)
    yield from kept


def side_of(items: list[Item], text: str) -> Side:
    """A side, read or with the reason why not."""
    span = Span(items[0].start, max(item.end for item in items))
    latex = text[span.start : span.end]
    try:
        return Side(latex, parse_list(items, span), None, span)
    except Unreadable as fault:
        return Side(latex, None, Fault(fault.message, fault.span), span)


def refusal(relations: Sequence[str], place: Span) -> Fault | None:
    """Why relations cannot be judged at all."""
    for sign in relations:
        if sign in UNJUDGED:
            return Fault(UNJUDGED[sign], place)
    return None
