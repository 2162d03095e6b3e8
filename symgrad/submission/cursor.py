"""A place in a row of items: what the parser reads from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.submission.groups import Group, Item
from symgrad.submission.tokens import Token, Unreadable
from symgrad.submission.written import Span

MAX_NESTING = 45
"""How deep expressions may stand in one another, brackets or none."""


@dataclass(slots=True)
class Cursor:
    """The items of a side or a bracket, read from left to right.

    ``fenced``: we are between two plain bars, so that the next bar closes them.
    """

    items: Sequence[Item]
    around: Span
    position: int = 0
    depth: int = 0
    fenced: bool = False

    @property
    def item(self) -> Item | None:
        """What comes next."""
        return self.ahead(0)

    def ahead(self, n: int) -> Item | None:
        """What comes ``n`` items later."""
        place = self.position + n
        return self.items[place] if place < len(self.items) else None

    def next(self) -> Item:
        """Take the next item."""
        if self.position >= len(self.items):
            raise Unreadable("something is missing at the end", self.end)
        self.position += 1
        return self.items[self.position - 1]

    def sees(self, kind: str, *texts: str) -> bool:
        """Whether a token of this kind comes next, with one of these texts if any are given."""
        return is_token(self.item, kind, *texts)

    def take(self, kind: str, *texts: str) -> bool:
        """The same, and take it."""
        if not self.sees(kind, *texts):
            return False
        self.position += 1
        return True

    @property
    def here(self) -> Span:
        """The place of the next item, or of the end."""
        return self.item.span if self.item is not None else self.end

    @property
    def end(self) -> Span:
        """The place of the last item."""
        return self.items[-1].span if self.items else self.around

    def since(self, start: int) -> Span:
        """From the item at a position to the last one taken."""
        first, last = self.items[start], self.items[max(start, self.position - 1)]
        return Span(first.start, max(first.end, last.end))

    def inside(self, group: Group) -> Cursor:
        """A cursor for what is in a bracket."""
        return self.over(group.items, group.span)

    def over(self, items: Sequence[Item], around: Span) -> Cursor:
        """A cursor one level deeper."""
        deeper = Cursor(items, around, 0, self.depth + 1)
        if deeper.depth > MAX_NESTING:
            raise Unreadable(f"expressions nested more than {MAX_NESTING} deep", around)
        return deeper


def is_token(item: Item | None, kind: str, *texts: str) -> bool:
    """Whether an item is a token of a kind, with one of the texts if any are given."""
    return isinstance(item, Token) and item.kind == kind and (not texts or item.text in texts)
