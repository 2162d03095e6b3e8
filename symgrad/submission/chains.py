"""A piece of maths → chains: the equations in it, each cut into its sides.

A display may hold several: they are parted by rows, wide spaces, commas, semicolons, colons, words and
arrows that say "therefore". A part that begins with a relation, and a row that begins with an operator,
go on with the one before; a row before one whose relation is set in is the left side of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct, field

from symgrad.submission import conditions
from symgrad.submission.conditions import Condition
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Item
from symgrad.submission.layout import laid_out
from symgrad.submission.operators import relation
from symgrad.submission.scanner import Token
from symgrad.submission.sections import CONTINUING, Part, aligned, parted
from symgrad.submission.written import Span

_BULLETS = ("cdot", "bullet", "ast", "star")


class Chain(Struct):
    """Sides, each a row of items, and the relations between them.

    The first side is empty where the chain goes on with what stood before. It reaches from ``start`` to
    ``end``, with its tag and with an arrow behind it. ``conditions`` are those under which it is said;
    ``is_condition`` where it is one itself, ``placed`` if it belongs to another chain of its piece.
    ``written`` are its items in one row.
    """

    sides: list[list[Item]] = field(default_factory=lambda: [[]])
    relations: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0
    label: str = ""
    tag: str = ""
    struck: bool = False
    implied: bool = False
    conditions: list[Condition] = field(default_factory=list)
    is_condition: bool = False
    placed: bool = False
    written: list[Item] = field(default_factory=list)

    @property
    def goes_on(self) -> bool:
        """Whether it begins with a relation."""
        return bool(self.relations) and not self.sides[0]

    @property
    def items(self) -> list[Item]:
        """All items of its sides."""
        return [item for side in self.sides for item in side]


def chains(tokens: list[Token]) -> list[Chain]:
    """The chains of a piece; those without a relation are expressions. Raises `Unreadable` as a whole."""
    laid = laid_out(tokens)
    found = list(_implied(_conditioned(_joined(parted(laid.items)))))
    for chain in found:
        chain.struck = bool(chain.items) and all(laid.is_struck(item.span) for item in chain.items)
    if found and laid.tag:
        found[-1].tag = laid.tag
        found[-1].end = max(found[-1].end, laid.tag_end)
    return found


def _joined(parts: Iterator[Part]) -> list[Part]:
    """Parts that go on with the one before, joined to it; alignment marks taken away."""
    joined: list[Part] = []
    for raw, following in pairwise((*parts, None)):
        assert raw is not None
        items = aligned(raw.items)
        if not items:
            if joined and conditions.says_otherwise(raw.said):
                joined[-1].otherwise = True
            continue
        end = max(raw.end, items[-1].end)
        part = Part(raw.before, raw.words, items, end, raw.begins, colon=raw.colon)
        inside = conditions.unbracketed(items) if joined and not raw.begins else None
        if inside is not None:
            part.items, part.words, part.bracketed = inside[0], f"{raw.words} {inside[1]}", True
        last = _last(joined, part)
        leads = (
            raw.is_left and following is not None and bool(aligned(following.items)) and following.is_set_in
        )
        if last is not None and not leads and _goes_on(last, part, is_token(raw.items[0], "sign", "&")):
            if part.before == "words" and relation(items[0]) is None:  # a side with words in it
                last.items.append(Token("prose", part.words, items[0].start, items[0].end))
            if part.before == "comma":
                last.items.append(Token("sign", ",", items[0].start, items[0].start))
            last.items += items
            last.end = part.end
        else:
            joined.append(part)
    return joined


def _last(joined: list[Part], part: Part) -> Part | None:
    """What a part could go on with: a new row goes on with the equation, not with a condition or a remark
    behind it (“by the rule for σ(x)”).
    """
    last = len(joined) - 1
    goes_on = relation(part.items[0]) is not None
    while part.begins and last > 0 and not joined[last].begins:
        behind = joined[last]
        remark = behind.before == "words" and (not behind.claims or conditions.says_why(behind.said))
        if not (remark and goes_on) and not behind.restricts(joined[last - 1].items):
            break
        last -= 1
    return joined[last] if joined else None


def _goes_on(before: Part, part: Part, indented: bool) -> bool:
    """Whether a part goes on with the one before. ``indented``: its row begins behind an alignment mark."""
    first = part.items[0]
    if part.before == "implies":
        return False
    if relation(first) is not None or relation(before.items[-1]) is not None:
        return True
    if part.before == "comma":
        return not part.claims and before.claims and not _is_declared(part.items)
    if part.before != "row" or not isinstance(first, Token):
        return part.before == "row" and indented and not part.claims
    if first.kind in ("sign", "command") and first.text in CONTINUING:
        return True
    if is_token(first, "sign", "-"):
        return indented or not part.claims
    return indented and not part.claims


def _is_declared(items: Sequence[Item]) -> bool:
    return any(is_token(item, "command", "in", "sim") or is_token(item, "set") for item in items)


def _conditioned(parts: list[Part]) -> list[Chain]:
    """The chains of all parts, each with the conditions behind it, or before it in its row."""
    found: list[Chain] = []
    ahead: list[Condition] = []
    standing: list[Condition] = []
    last: list[Condition] = []
    for n, part in enumerate(parts):
        following = parts[n + 1] if n + 1 < len(parts) else None
        equations = [chain for chain in found if chain.relations and not chain.is_condition]
        behind = equations[-1] if equations else None
        leads = part.begins and following is not None and _leads(part, following)
        beside: Sequence[Item] = behind.items if behind is not None and not part.begins else ()
        if leads and following is not None:
            beside = following.items
        goes_on = bool(last) and conditions.goes_on(part.said) and conditions.counts(part.items)
        if not goes_on and not part.restricts(beside):
            chain = _chain(part)
            chain.conditions, ahead = [*standing, *ahead, *chain.conditions], []
            if part.otherwise and len(last) == 1:
                chain.conditions.append(conditions.opposite(last[0]))
            last = chain.conditions or last
            found.append(chain)
            continue
        last = conditions.comparisons(part.items)
        chain = _chain(part)
        chain.is_condition, chain.conditions = True, last
        standing = [*standing, *last] if goes_on and standing else []
        if part.begins and following is not None and following.begins and following.colon:
            standing, chain.placed = last, True  # a row of its own: "If i = j:"
        elif leads:
            ahead, chain.placed = [*ahead, *last] if goes_on else last, True
        elif behind is not None:
            behind.conditions += last
            chain.placed = True
        elif found and not last:  # the range of a condition
            chain.placed = True
        if not (chain.placed and part.is_folded):
            found.append(chain)
    return found


def _leads(part: Part, following: Part) -> bool:
    """Whether a part, if it is a condition, stands before the equation of its row: i = j: …"""
    behind = following.begins or not following.claims or following.restricts(())
    return not behind and (part.is_folded or following.before == "mark")


def _chain(part: Part) -> Chain:
    chain = Chain(end=part.end, implied=part.before == "implies")
    items = chain.written = _unlabelled(part.items, chain)
    chain.start = items[0].start if items else part.end
    for item in items:
        sign = relation(item)
        if is_token(item, "command", "in", "sim"):
            break  # x = 3 ∈ ℝ
        if sign is None:
            chain.sides[-1].append(item)
        elif chain.relations and not chain.sides[-1]:
            chain.relations[-1] = chain.relations[-1] if sign == "=" else sign
        else:
            chain.relations.append(sign)
            chain.sides.append([])
    for n, side in enumerate(chain.sides):
        chain.sides[n], remarks = conditions.remark(_trimmed(side))
        chain.sides[n] = _trimmed(chain.sides[n])
        chain.conditions += remarks
    for n in range(len(chain.relations), 0, -1):
        if not chain.sides[n]:
            del chain.sides[n], chain.relations[n - 1]
    if part.end == part.items[-1].end and chain.items:
        chain.end = max(item.end for item in chain.items)  # without the full stop
    if any(is_token(item, "set") for item in chain.items):
        return Chain()  # f: ℝ → ℝ
    return chain


def _unlabelled(items: list[Item], chain: Chain) -> list[Item]:
    """Without the number of an exercise, and a dot or bullet, before it."""
    first, *rest = items
    if rest and is_token(rest[0], "stray", ")") and isinstance(first, Token) and len(first.text) <= 3:
        chain.label = f"{first.text})"
        items = rest[1:]
    while items and is_token(items[0], "command", *_BULLETS):
        items = items[1:]
    return items


def _trimmed(side: list[Item]) -> list[Item]:
    """Without what ends a sentence."""
    while side and is_token(side[-1], "sign", ".", ",", ";"):
        side = side[:-1]
    return side


def _implied(found: list[Chain]) -> Iterator[Chain]:
    """a = b ⇒ c = d are two equations; a = b ⇒ c is one, with a step that is called so."""
    last: Chain | None = None
    for chain in found:
        if chain.implied and not chain.relations and chain.sides[0] and last is not None and last.relations:
            last.relations.append("⇒")
            last.sides += chain.sides
            last.end = chain.end
            continue
        yield from [last] if last is not None else []
        last = chain
    yield from [last] if last is not None else []


def extent(items: Sequence[Item]) -> Span:
    """From the first item to the last."""
    return Span(items[0].start, max(item.end for item in items))
