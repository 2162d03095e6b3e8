"""A piece in one row of items: what only frames, places, numbers or strikes out is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.submission.commands import ALIGNED, SIGNS, STRUCK
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.operators import has_relation, relation
from symgrad.submission.rewriting import grouped
from symgrad.submission.scanner import Token
from symgrad.submission.scripts import flat
from symgrad.submission.written import Span

_COLUMNS = ("array", "alignat", "alignedat", "IEEEeqnarray", "empheq")
_HARMLESS = frozenset((*SIGNS, "quad", "qquad", "left", "right"))
"""Commands that take no argument."""


class Laid(Struct):
    """A piece in one row; its tag, and where it ends; what is struck out."""

    items: list[Item] = field(default_factory=list)
    tag: str = ""
    tag_end: int = 0
    struck: list[Span] = field(default_factory=list)

    def is_struck(self, span: Span) -> bool:
        """Whether a place is struck out."""
        return any(outer.start <= span.start and span.end <= outer.end for outer in self.struck)


def laid_out(tokens: list[Token]) -> Laid:
    """The tokens of a piece as one row of items. Raises `Unreadable` where brackets nest too deep."""
    laid = Laid()
    _lay(grouped(tokens), laid)
    return laid


def _lay(items: Sequence[Item], laid: Laid) -> None:
    before: Item | None = None
    skipped = False
    for item, following in pairwise((*_unnumbered(items), None)):
        assert item is not None
        if skipped:
            skipped = False
        elif is_token(item, "command", "tag", "tag*") and isinstance(following, Group):
            laid.tag, laid.tag_end, skipped = flat(following.items), following.end, True
        elif is_token(item, "command", *STRUCK) and isinstance(following, Group):
            laid.struck.append(following.span)
            item = None
        elif isinstance(item, Group) and _frames(item) and _stands_alone(before):
            _lay(_content(item), laid)
        elif not isinstance(item, Group) or item.items or item.kind != "brace":
            laid.items.append(_unstruck(item, laid) if isinstance(item, Group) else item)
        before = item


def _unnumbered(items: Sequence[Item]) -> list[Item]:
    """The items without the numbers of rows that stand in a column of their own: a &= b & (1)."""
    kept: list[Item] = []
    waiting = list(items)[::-1]
    while waiting:
        item = waiting.pop()
        ends = len(waiting) < 2 or is_token(waiting[-2], "row")
        begun = bool(kept) and not is_token(kept[-1], "row") and relation(kept[-1]) is None
        if is_token(item, "sign", "&") and waiting and ends and begun and _is_number(waiting[-1]):
            waiting.pop()
        else:
            kept.append(item)
    return kept


def _is_number(item: Item) -> bool:
    """(3), as equations are numbered."""
    return (
        isinstance(item, Group)
        and item.kind == "round"
        and len(item.items) == 1
        and is_token(item.items[0], "number")
    )


def _frames(item: Group) -> bool:
    """Whether a group only frames: an aligning environment, or braces with an equation in them."""
    if item.kind == "env":
        return item.name in ALIGNED or (item.name == "array" and _holds_equations(item.items))
    rows = (is_token(part, "row") or (isinstance(part, Group) and _frames(part)) for part in item.items)
    return item.kind == "brace" and (has_relation(item.items) or any(rows))


def _holds_equations(items: Sequence[Item]) -> bool:
    """An array with relations in a column of their own: a & = & b."""
    return any(
        (is_token(left, "sign", "&") and relation(right) is not None)
        or (relation(left) is not None and is_token(right, "sign", "&"))
        for left, right in pairwise(items)
    )


def _stands_alone(before: Item | None) -> bool:
    """Whether what follows is no argument of what is before it."""
    if is_token(before, "command") and isinstance(before, Token):
        return before.text in _HARMLESS or relation(before) is not None
    return not is_token(before, "sign", "_", "^") and not (
        isinstance(before, Group) and before.kind == "brace"
    )


def _content(item: Group) -> Sequence[Item]:
    """What stands in an environment, behind its columns."""
    first = item.items[0] if item.items else None
    columns = item.name in _COLUMNS and isinstance(first, Group) and first.kind == "brace"
    return item.items[1:] if columns else item.items


def _unstruck(item: Group, laid: Laid) -> Group:
    """A group without the strokes in it; empty braces say nothing."""
    inner: list[Item] = []
    for part, following in pairwise((*item.items, None)):
        if is_token(part, "command", *STRUCK) and isinstance(following, Group):
            laid.struck.append(following.span)
        elif isinstance(part, Group) and (part.items or part.kind != "brace"):
            inner.append(_unstruck(part, laid))
        elif isinstance(part, Token):
            inner.append(part)
    return replace(item, items=tuple(inner))
