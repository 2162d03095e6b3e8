"""Conditions beside an equation: which parts of a display are one, and to which equations they belong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from symgrad.submission.commands import COMPARISONS, DOTS, FRACTIONS, INDICATORS, OTHERWISE
from symgrad.submission.cursor import is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.operators import has_relation, relation
from symgrad.submission.scanner import Token

CONDITIONAL = frozenset(("if", "when", "whenever", "iff", "unless", "falls", "wenn", "provided", "case"))
FOR = frozenset(("for", "für"))
QUANTIFIED = frozenset(("for", "all", "any", "every", "each", "für", "with", "where"))
LETTERS = frozenset("ijklmnpqrst")
"""Letters that count entries."""
_LONG = ("partial", "nabla", "sum", "prod", *FRACTIONS)
"""What stands in equations, and not in conditions."""
MAX_CONDITION = 16
"""Items of a condition without words before it."""
_COUNTERS = frozenset("ijklmnorst")
"""Letters that may be set equal to one another."""
_CERTAIN = frozenset("ijkl")
_FIRST = frozenset("ijk")
"""Letters that count for certain, so that i = 1 behind an equation is a condition."""
_OPPOSITE = {"=": "≠", "≠": "=", "<": "≥", "≥": "<", ">": "≤", "≤": ">"}
_REASONS = frozenset(("as", "since", "because", "da", "denn", "weil"))
_JOINING = frozenset(("and", "und", "or"))

Condition = list[Item]
"""The items of one comparison."""


def is_letter(item: Item) -> bool:
    """Whether an item is a letter that counts entries."""
    return is_token(item, "letter", *LETTERS)


def comparisons(items: Sequence[Item]) -> list[Condition]:
    """i = j = k as i = j and j = k; nothing where it is a range, a list, or no comparison at all."""
    if is_range(items) or any(is_token(item, "command", "in", "sim") for item in items):
        return []
    sides: list[list[Item]] = [[]]
    signs: list[Item] = []
    for item in items:
        if relation(item) is not None:
            signs.append(item)
            sides.append([])
        else:
            sides[-1].append(item)
    sides = [_ended(side) for side in sides]
    known = all(relation(sign) in COMPARISONS for sign in signs)
    if not signs or not known or not all(sides):
        return []
    return [[*left, sign, *right] for left, sign, right in zip(sides, signs, sides[1:], strict=False)]


def _ended(side: list[Item]) -> list[Item]:
    while side and is_token(side[-1], "sign", ".", ";", "&"):
        side = side[:-1]
    return side


def is_range(items: Sequence[Item]) -> bool:
    """c = 1, …, C and i = 1, 2, 3."""
    return any(is_token(item, "command", *DOTS) or is_token(item, "sign", ",") for item in items)


def is_counted(items: Sequence[Item]) -> bool:
    """Whether items say where an index runs, with dots: c = 1, …, C."""
    named = len(items) > 2 and is_token(items[0], "letter") and relation(items[1]) == "="
    added = any(is_token(a, "sign", "+", "-") and is_token(b, "command", *DOTS) for a, b in pairwise(items))
    return named and not added and any(is_token(item, "command", *DOTS) for item in items[2:])


def are_indices(items: Sequence[Item]) -> bool:
    """Whether a comparison is one of letters that nobody takes for anything but indices."""
    return all(relation(item) is not None or is_token(item, "letter", *_CERTAIN) for item in items)


def sets_apart(items: Sequence[Item]) -> bool:
    """Whether a comparison says of two letters only that they differ, k ≠ c: nobody claims that."""
    found = comparisons(items)
    return (
        len(found) == 1
        and any(relation(item) == "≠" for item in items)
        and all(
            len(side) == 1 and is_token(side[0], "letter") and _text(side[0]).islower()
            for side in halves(found[0])
        )
    )


def counts(items: Sequence[Item]) -> bool:
    """Whether a comparison can only restrict an equation: i = j, k = 1, and all with ≠, < and >."""
    found = comparisons(items)
    if not found or len(items) > MAX_CONDITION or any(is_token(item, "command", *_LONG) for item in items):
        return False
    sides = [side for condition in found for side in halves(condition)]
    if any(relation(sign) == "=" for condition in found for sign in condition):
        first, *rest = sides
        letters = all(len(side) == 1 and is_token(side[0], "letter", *_COUNTERS) for side in sides)
        number = is_token(first[0], "letter", *_FIRST) and len(first) == 1 and _are_whole(rest)
        return letters or number
    return True


def is_time(items: Sequence[Item]) -> bool:
    """Whether a comparison says which time step something is about: t = 1."""
    found = comparisons(items)
    first, rest = halves(found[0]) if len(found) == 1 else ([], [])
    return len(first) == 1 and is_token(first[0], "letter", "t") and _are_whole([rest])


def names(items: Sequence[Item]) -> frozenset[str]:
    """All letters and words in some items, brackets and scripts included."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Group):
            found |= names(item.items)
        elif item.kind in ("letter", "word", "lowered", "raised"):
            found |= {item.text} if item.kind in ("letter", "word") else {*item.text}
    return frozenset(found)


def unbracketed(items: Sequence[Item]) -> tuple[list[Item], str] | None:
    """(if i ≠ j) as a condition with its words; None where brackets do not hold just one."""
    only = items[0] if len(items) == 1 else None
    if not isinstance(only, Group) or only.kind not in ("round", "square") or not has_relation(only.items):
        return None
    spoken = [item for item in only.items if is_token(item, "prose") or is_token(item, "command", "forall")]
    rest = [item for item in only.items if item not in spoken]
    return (rest, " ".join(_text(item).lower() for item in spoken)) if rest else None


def _are_whole(sides: Sequence[Sequence[Item]]) -> bool:
    return all(len(side) == 1 and is_token(side[0], "number") and "." not in _text(side[0]) for side in sides)


def _text(item: Item) -> str:
    return item.text if isinstance(item, Token) else ""


def halves(condition: Condition) -> tuple[list[Item], list[Item]]:
    """What stands to the left and to the right of a comparison's sign."""
    at = next(n for n, item in enumerate(condition) if relation(item) is not None)
    return condition[:at], condition[at + 1 :]


def is_plain(items: Sequence[Item]) -> bool:
    """Whether a comparison sets a name beside a name or a number: y = 1, w_j = w_O; z = W x is none."""
    found = comparisons(items)
    return bool(found) and all(_is_short(side) for condition in found for side in halves(condition))


def _is_short(side: Sequence[Item]) -> bool:
    names = [n for n, item in enumerate(side) if not is_token(item, "sign", "'") and not _hangs(side, n)]
    bare = not any(isinstance(item, Group) and item.kind != "brace" for item in side)
    return bare and (len(names) == 1 or (len(names) == 2 and is_token(side[0], "sign", "-")))


def _hangs(side: Sequence[Item], n: int) -> bool:
    item = side[n]
    script = is_token(item, "sign", "_", "^") or is_token(item, "lowered") or is_token(item, "raised")
    return script or (n > 0 and is_token(side[n - 1], "sign", "_", "^"))


def remark(side: list[Item]) -> tuple[list[Item], list[Condition]]:
    """A side without the remark (i ≠ j), or (if z > 0), in brackets behind it; and what that says."""
    found = unbracketed(side[-1:]) if len(side) > 1 else None
    if found is not None and not _is_indicator(side[-2], side[-1]):
        rest, words = found
        if words or all(is_letter(item) or relation(item) for item in rest):
            return side[:-1], comparisons(rest)
    return side, []


def _is_indicator(before: Item, bracket: Item) -> bool:
    """Whether a condition in brackets belongs to what stands before it: 𝟙[i = j], 1[i = j] with no blank."""
    assert isinstance(bracket, Group)
    typed = is_token(before, "number", "1") and bracket.kind == "square"
    named = typed or is_token(before, "letter", *INDICATORS) or is_token(before, "word", *INDICATORS)
    return is_token(before, "letter", "1") or (named and not bracket.spaced)


def opposite(condition: Condition) -> Condition:
    """What holds otherwise. A condition has exactly one relation."""
    return [_turned(item) for item in condition]


def _turned(item: Item) -> Item:
    sign = relation(item)
    return replace(item, text=_SPELLED[_OPPOSITE[sign]]) if sign and isinstance(item, Token) else item


_SPELLED = {"=": "=", "≠": "!=", "<": "<", "≥": ">=", ">": ">", "≤": "<="}


def says_if(words: frozenset[str]) -> bool:
    """Whether words say that what follows is a condition."""
    return bool(words & CONDITIONAL)


def says_why(words: frozenset[str]) -> bool:
    """Whether words give a reason: what follows them is claimed."""
    return bool(words & _REASONS)


def says_otherwise(words: frozenset[str]) -> bool:
    """Whether words say that the condition before does not hold."""
    return bool(words & OTHERWISE)


def goes_on(words: frozenset[str]) -> bool:
    """Whether words add a second condition to one."""
    return bool(words) and words <= _JOINING
