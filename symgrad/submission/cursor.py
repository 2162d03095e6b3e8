"""A place in a row of items, from which the parser reads; and the tables that say who reads what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from symgrad.submission.groups import Group, Item
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.written import Node, Span

MAX_NESTING = 45
"""How deep expressions may stand in one another, with brackets or without."""

Reads: TypeAlias = "Callable[[Cursor], Node]"
"""Takes one factor."""


class Tables(Struct, frozen=True):
    """What reads the factor that begins with a command, with another kind of token, or with a group.

    ``behind`` goes on with what may stand behind a factor.
    """

    commands: Mapping[str, Reads]
    kinds: Mapping[str, Reads]
    group: Reads
    behind: Callable[[Cursor, Node], Node]


class Cursor(Struct):
    """The items of a side or a bracket, read from left to right."""

    items: Sequence[Item]
    around: Span
    tables: Tables
    position: int = 0
    depth: int = 0

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

    def token(self) -> Token:
        """Take the next item, which is a token."""
        item = self.next()
        assert isinstance(item, Token)
        return item

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
        """A cursor for other items, one level deeper."""
        deeper = Cursor(items, around, self.tables, 0, self.depth)
        deeper.enter(around)
        return deeper

    def enter(self, place: Span) -> None:
        """Go one level deeper; `Unreadable` where that is too deep."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Unreadable(f"expressions nested more than {MAX_NESTING} deep", place)


def is_token(item: Item | None, kind: str, *texts: str) -> bool:
    """Whether an item is a token of a kind, with one of the texts if any are given."""
    return isinstance(item, Token) and item.kind == kind and (not texts or item.text in texts)
