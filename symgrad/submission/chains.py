"""A piece of maths → chains: the equations in it, each cut into its sides.

A display may hold several: they are parted by rows, wide spaces, commas, semicolons, colons, words and
arrows that say "therefore". A part that begins with a relation, and a row that begins with an operator,
go on with the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from symgrad.submission.commands import SIGNS
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.layout import laid_out
from symgrad.submission.operators import has_relation, relation
from symgrad.submission.scanner import Token
from symgrad.submission.written import Span

_ORDER = ("implies", "words", "row", "mark", "wide", "comma")
"""Separators, from the one that says most."""
_SEPARATORS = {
    "row": ("row", ()),
    "prose": ("words", ()),
    "command": ("wide", ("quad", "qquad")),
    "sign": ("mark", (";", ":")),
}
_CONTINUING = frozenset((*"+*/@", *(name for name in SIGNS if len(name) > 1)))
_BULLETS = ("cdot", "bullet", "ast", "star")
_CONDITIONAL = frozenset(("if", "when", "whenever", "iff", "unless", "falls", "wenn"))
_QUANTIFIED = frozenset(("for", "all", "any", "every", "each", "für", "with"))
_LETTERS = frozenset("ijklmnpqrst")


@dataclass
class Chain:
    """Sides, each a row of items, and the relations between them.

    The first side is empty where the chain goes on with what stood before. It reaches from ``start`` to
    ``end``, with its tag and with an arrow behind it.
    """

    sides: list[list[Item]] = field(default_factory=lambda: [[]])
    relations: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0
    label: str = ""
    tag: str = ""
    struck: bool = False
    implied: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether it begins with a relation."""
        return bool(self.relations) and not self.sides[0]

    @property
    def items(self) -> list[Item]:
        """All items of its sides."""
        return [item for side in self.sides for item in side]


@dataclass
class _Part:
    """What stands between two separators, and the separator before it with its words."""

    before: str
    words: str = ""
    items: list[Item] = field(default_factory=list)
    end: int = 0

    @property
    def claims(self) -> bool:
        return has_relation(self.items)


def chains(tokens: list[Token]) -> list[Chain]:
    """The chains of a piece; those without a relation are expressions. Raises `Unreadable` as a whole."""
    laid = laid_out(tokens)
    found = list(_implied([_chain(part) for part in _joined(_parts(laid.items)) if not _is_condition(part)]))
    for chain in found:
        chain.struck = bool(chain.items) and all(laid.is_struck(item.span) for item in chain.items)
    if found and laid.tag:
        found[-1].tag = laid.tag
        found[-1].end = max(found[-1].end, laid.tag_end)
    return found


def _separator(item: Item) -> str:
    if not isinstance(item, Token):
        return ""
    if relation(item) == "⇒":
        return "implies"
    if is_token(item, "sign", ","):
        return "comma"
    if is_token(item, "command", "forall"):
        return "words"
    name, texts = _SEPARATORS.get(item.kind, ("", ()))
    return name if not texts or item.text in texts else ""


def _words(item: Item) -> str:
    if is_token(item, "command", "forall"):
        return "all"
    return item.text.lower() if isinstance(item, Token) and item.kind == "prose" else ""


def _parts(items: Sequence[Item]) -> Iterator[_Part]:
    """The items between separators; of several in a row, the one that says most counts."""
    part = _Part("")
    for item in items:
        kind = _separator(item)
        if not kind:
            part.items.append(item)
            continue
        words = _words(item)
        if _aligned(part.items):
            part.end = item.end if kind == "implies" else 0
            yield part
            part = _Part(kind, words)
        else:
            strongest = min((k for k in (part.before, kind) if k), key=_ORDER.index)
            part = _Part(strongest, f"{part.words} {words}".strip(), part.items)
    yield part


def _aligned(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not is_token(item, "sign", "&")]


def _joined(parts: Iterator[_Part]) -> list[_Part]:
    """Parts that go on with the one before, joined to it; alignment marks taken away."""
    joined: list[_Part] = []
    for raw in parts:
        items = _aligned(raw.items)
        if not items:
            continue
        part = _Part(raw.before, raw.words, items, max(raw.end, items[-1].end))
        if joined and _goes_on(joined[-1], part, is_token(raw.items[0], "sign", "&")):
            if part.before == "words" and relation(items[0]) is None:  # a side with words in it
                joined[-1].items.append(Token("prose", part.words, items[0].start, items[0].end))
            if part.before == "comma":
                joined[-1].items.append(Token("sign", ",", items[0].start, items[0].start))
            joined[-1].items += items
            joined[-1].end = part.end
        else:
            joined.append(part)
    return joined


def _goes_on(before: _Part, part: _Part, indented: bool) -> bool:
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
    if first.kind in ("sign", "command") and first.text in _CONTINUING:
        return True
    if is_token(first, "sign", "-"):
        return indented or not part.claims
    return indented and not part.claims


def _is_declared(items: Sequence[Item]) -> bool:
    return any(is_token(item, "command", "in", "sim") or is_token(item, "set") for item in items)


def _is_condition(part: _Part) -> bool:
    """ "if u > 0" and "for i = 1" behind an equation claim nothing."""
    words = set(part.words.replace("(", " ").split())
    if words & _CONDITIONAL:
        return True
    letter = _is_letter(part.items[0]) and has_relation(part.items[1:2])
    listing = any(is_token(item, "sign", ",") for item in part.items)
    return letter and (listing or bool(words & _QUANTIFIED))


def _chain(part: _Part) -> Chain:
    chain = Chain(end=part.end, implied=part.before == "implies")
    items = _unlabelled(part.items, chain)
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
    chain.sides = [_trimmed(side) for side in chain.sides]
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
    """Without what ends a sentence, and without a remark (i ≠ j) in brackets."""
    while side and is_token(side[-1], "sign", ".", ",", ";"):
        side = side[:-1]
    last = side[-1] if len(side) > 1 else None
    remark = isinstance(last, Group) and last.kind == "round" and has_relation(last.items)
    if remark and isinstance(last, Group) and all(_is_letter(i) or relation(i) for i in last.items):
        return _trimmed(side[:-1])
    return side


def _is_letter(item: Item) -> bool:
    return is_token(item, "letter", *_LETTERS)


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
