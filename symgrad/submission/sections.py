"""A row of items in parts: what stands between rows, wide spaces, commas, semicolons, colons and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from msgspec import Struct, field

from symgrad.submission import conditions
from symgrad.submission.commands import SIGNS
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Item
from symgrad.submission.operators import has_relation, relation
from symgrad.submission.scanner import Token

_ORDER = ("implies", "words", "row", "mark", "wide", "comma")
"""Separators, from the one that says most."""
_SEPARATORS = {
    "row": ("row", ()),
    "prose": ("words", ()),
    "command": ("wide", ("quad", "qquad")),
    "sign": ("mark", (";", ":")),
}
MAX_ROW = 200
"""Items looked through for the other equation of a row."""
CONTINUING = frozenset((*"+*/@", *(name for name in SIGNS if len(name) > 1)))
_ARROWS = ("→", "←", "⇒")


class Part(Struct):
    """What stands between two separators, and the separator before it with its words.

    ``begins`` a row; ``otherwise``: such a word stands behind it; ``bracketed``: a condition in brackets;
    ``colon``: one stands before it; ``inset``: a wide space stands before it in its row.
    """

    before: str
    words: str = ""
    items: list[Item] = field(default_factory=list)
    end: int = 0
    begins: bool = False
    otherwise: bool = False
    colon: bool = False
    inset: bool = False
    bracketed: bool = False

    @property
    def claims(self) -> bool:
        """Whether it has a relation."""
        return has_relation(self.items)

    @property
    def is_left(self) -> bool:
        """Whether it is a row at the alignment mark that may be a left side: & a, before &\\quad = b."""
        plain = self.begins and not self.inset and not self.claims and is_token(self.items[0], "sign", "&")
        return plain and not _continues(aligned(self.items)[0])

    @property
    def is_set_in(self) -> bool:
        """Whether it is a row with a relation that is set in."""
        return self.begins and self.inset and relation(aligned(self.items)[0]) is not None

    @property
    def said(self) -> frozenset[str]:
        """The words before it."""
        return frozenset(self.words.replace("(", " ").replace(",", " ").replace(":", " ").split())

    @property
    def is_folded(self) -> bool:
        """ "if u > 0" and "for i = 1" behind an equation are no lines."""
        if conditions.says_if(self.said) or self.bracketed:
            return True
        letter = conditions.is_letter(self.items[0]) and has_relation(self.items[1:2])
        listing = any(is_token(item, "sign", ",") for item in self.items)
        return letter and (listing or bool(self.said & conditions.QUANTIFIED))

    def restricts(self, beside: Sequence[Item]) -> bool:
        """Whether it is only a condition of an equation; ``beside`` it stand these items in its row."""
        if self.is_folded or not self.claims or conditions.says_why(self.said):
            return self.is_folded
        if conditions.is_counted(self.items):
            return True
        if self.said & conditions.FOR and conditions.is_plain(self.items):
            return True
        worded = bool(self.said & conditions.QUANTIFIED)
        certain = conditions.are_indices(self.items) and bool(beside)
        shared = worded or certain or bool(conditions.names(self.items) & conditions.names(beside))
        return shared and conditions.counts(self.items)


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


def parted(items: Sequence[Item]) -> Iterator[Part]:
    """The items between separators; of several in a row, the one that says most counts."""
    part = Part("", begins=True)
    for n, item in enumerate(items):
        ahead = items[n : n + MAX_ROW]
        kind = _separator(item) or ("wide" if _is_column(part.items[-MAX_ROW:], ahead) else "")
        if is_token(item, "sign", ":") and _multiplies(aligned(part.items[-MAX_ROW:]), ahead):
            kind = ""
        if not kind:
            part.items.append(item)
            continue
        words = _words(item)
        if aligned(part.items):
            part.end = item.end if kind == "implies" else 0
            yield part
            part = Part(kind, words, begins=kind == "row", colon=is_token(item, "sign", ":"))
        else:
            strongest = min((k for k in (part.before, kind) if k), key=_ORDER.index)
            begins = part.begins or kind == "row"
            colon = part.colon or is_token(item, "sign", ":")
            inset = kind == "wide" or (part.inset and kind != "row")
            words = f"{part.words} {words}".strip()
            part = Part(strongest, words, part.items, begins=begins, colon=colon, inset=inset)
    yield part


def _is_column(before: Sequence[Item], items: Sequence[Item]) -> bool:
    """Whether an & stands between two equations of a row: a &= b & c &= d."""
    if not is_token(items[0], "sign", "&") or len(items) < 2 or not has_relation(before):
        return False
    following = items[1]
    if relation(before[-1]) is not None or relation(following) is not None or _continues(following):
        return False
    row = takewhile(lambda item: not is_token(item, "row"), items[1:])
    return any(relation(item) is not None for item in row)


def _multiplies(before: Sequence[Item], items: Sequence[Item]) -> bool:
    """Whether a colon is Frobenius' product, L = A:B, and not one behind a label: p: 2.0 · 3.0 = 6.

    ``items`` begin with it. A label has a blank on one side of its colon only.
    """
    colon, *behind = items
    after = [*takewhile(lambda item: not _separator(item), aligned(behind))]
    if not before or not after or relation(before[-1]) or relation(after[0]) or conditions.counts(before):
        return False
    if any(is_token(item, "set") or relation(item) in _ARROWS for item in after):
        return False
    if has_relation(before) and not has_relation(after):
        return True
    numbers = is_token(after[0], "number") or all(is_token(item, "number") for item in before)
    even = isinstance(colon, Token) and colon.spaced == after[0].spaced
    return even and not numbers and (has_relation(before) or has_relation(after))


def _continues(item: Item) -> bool:
    return is_token(item, "sign", *CONTINUING, "-", "&") or is_token(item, "command", *CONTINUING)


def aligned(items: Sequence[Item]) -> list[Item]:
    """The items without alignment marks."""
    return [item for item in items if not is_token(item, "sign", "&")]
