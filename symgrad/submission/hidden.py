r"""Braces that group and print nothing: c - {a - b} is set as c − a − b, \mathbf{AA}^T as A Aᵀ."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Group, Item

_TIMES = ("cdot", "times", "odot", "circ", "ast")
_HEADS = frozenset("fgh")
"""Letters that are functions for many, as in f{a + b}."""


def as_printed(items: Sequence[Item]) -> list[Item] | None:
    """The items without such braces, where it makes a difference that they are not seen; None elsewhere."""
    found: list[Item] = []
    changed = False
    for n, item in enumerate(items):
        inner = as_printed(item.items) if isinstance(item, Group) else None
        if inner is not None and isinstance(item, Group):
            item, changed = replace(item, items=inner), True
        if isinstance(item, Group) and ((_groups_sum(item) and _matters(items, n)) or _is_raised(items, n)):
            found += item.items
            changed = True
        else:
            found.append(item)
    return found if changed else None


def _groups_sum(item: Group) -> bool:
    return item.kind == "brace" and any(is_token(part, "sign", "+", "-") for part in item.items[1:])


def _is_raised(items: Sequence[Item], n: int) -> bool:
    """Whether a group of letters, or a minus and a letter, stands under a power, and is no argument."""
    group, before = items[n], items[n - 1] if n else None
    return (
        isinstance(group, Group)
        and group.kind == "brace"
        and len(group.items) > 1
        and (is_token(group.items[0], "letter") or is_token(group.items[0], "sign", "-"))
        and all(is_token(part, "letter") for part in group.items[1:])
        and n + 1 < len(items)
        and is_token(items[n + 1], "sign", "^")
        and not (is_token(before, "command") and not is_token(before, "command", *_TIMES))
        and not is_token(before, "sign", "^", "_")
    )


def _matters(items: Sequence[Item], n: int) -> bool:
    """Whether a group stands behind a minus, beside a factor or under a power, and is no argument."""
    before = items[n - 1] if n else None
    behind = items[n + 1] if n + 1 < len(items) else None
    if before is None or is_token(before, "sign", "+", "-"):
        return is_token(before, "sign", "-") or is_token(behind, "sign", "^") or _is_factor(behind)
    return _is_factor(before) and not is_token(before, "letter", *_HEADS)


def _is_factor(item: Item | None) -> bool:
    """Whether an item is a factor, or a sign between two, that takes no argument in braces."""
    if isinstance(item, Group):
        return item.kind == "round"
    return is_token(item, "number") or is_token(item, "letter") or is_token(item, "command", *_TIMES)
