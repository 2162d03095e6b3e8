r"""What stands below a large sign: indices, where they begin and end, a set, conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from symgrad.submission.commands import DOTS
from symgrad.submission.cursor import Cursor, is_token
from symgrad.submission.groups import Group, Item
from symgrad.submission.indices import retokenized
from symgrad.submission.operators import comparison, has_relation, relation, whole
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.scripts import flat
from symgrad.submission.written import Add, Comparison, Literal, Node, Span, Subtract, Symbol, walk

_SUCH_THAT = (":", "|")
_LESS = ("<", "≤")


class Limits(Struct, frozen=True):
    """One index and its range; the condition is that of the sign as a whole."""

    index: str = ""
    lower: Node | None = None
    upper: Node | None = None
    over: str = ""
    chosen: tuple[Node, ...] | None = None
    condition: Comparison | None = None


def limits(items: Sequence[Item], place: Span, cursor: Cursor, bounded: bool = False) -> list[Limits]:
    """The ranges of a large sign, the outermost first; the innermost has the condition.

    ``bounded``: something stands above the sign, so that what is below says where the index begins.
    """
    first, *rest = _clauses(_spelled(items))
    found = list(_ranges(first, place, cursor, bounded))
    known = [found[-1].condition] if found[-1].condition else []
    sign = next((n for n, item in enumerate(first) if relation(item) == "≠"), None)
    for clause in rest:
        listed = sign is not None and not has_relation(clause)  # the j of k ≠ i, j
        known.append(_condition([*first[: sign + 1], *clause] if listed and sign else clause, place, cursor))
    return [*found[:-1], replace(found[-1], condition=_all(known, place))] if known else found


def _all(conditions: Sequence[Comparison], place: Span) -> Comparison:
    """One condition for several: k ≠ i and k ≠ j as i ≠ k ≠ j."""
    whole_, *others = conditions
    middle = whole_.left
    for turn, other in enumerate(others):
        both = middle == other.left and whole_.relation == other.relation == "≠"
        if not (both and isinstance(middle, Symbol)) or turn:
            raise Unreadable("a sum under several conditions is not read", place)
        turned = Comparison(whole_.right, "≠", middle, whole_.span)
        whole_ = Comparison(turned, "≠", other.right, other.span)
    return whole_


def _spelled(items: Sequence[Item]) -> list[Item]:
    r"""Unicode's low characters as tokens; \substack, and brackets around the whole, taken away."""
    found: list[Item] = []
    for item in items:
        if is_token(item, "command", "substack"):
            continue
        found += retokenized(item) if isinstance(item, Token) and item.kind == "lowered" else (item,)
    only = found[0] if len(found) == 1 else None
    if isinstance(only, Group) and (only.kind == "brace" or not has_relation(only.items)):
        return _spelled(only.items)
    return found


def _clauses(items: Sequence[Item]) -> list[list[Item]]:
    """The range, and what must hold besides, behind a colon, a bar, words, a row, or a second relation."""
    found: list[list[Item]] = [[]]
    related = False
    bars = [n for n, item in enumerate(items) if is_token(item, "sign", "|")]
    absolute = bars[len(bars) % 2 :]  # |r_i| ≤ 1, of which no bar parts anything
    for n, item in enumerate(items):
        apart = (is_token(item, "sign", *_SUCH_THAT) and n not in absolute) or is_token(item, "row")
        apart = apart or is_token(item, "prose")
        apart = apart or is_token(item, "command", "mid", "colon", "atop", "quad", "qquad")
        apart = apart or (related and is_token(item, "sign", ",", ";"))
        only_words = is_token(item, "prose") and not found[-1] and len(items) == 1
        if apart and not only_words:
            found.append([])
            related = False
        else:
            related = related or relation(item) is not None or is_token(item, "command", "in")
            found[-1].append(item)
    return [clause for clause in found if clause] or [[]]


def _condition(clause: Sequence[Item], place: Span, cursor: Cursor) -> Comparison:
    return comparison(cursor.over(clause, place))


def _ranges(items: Sequence[Item], place: Span, cursor: Cursor, bounded: bool) -> Iterator[Limits]:
    """The indices of the first clause: i, ij, i = 1, i ∈ S, 1 ≤ i ≤ n, i ≠ j, and that of |r_i| ≤ 1."""
    signs = [n for n, item in enumerate(items) if relation(item) or is_token(item, "command", "in")]
    if not signs:
        yield from (Limits(name) for name in _names(items))
        return
    if not bounded and _are_of_values(items[: signs[0]]) and (only := _of_values(items, place, cursor)):
        yield only
        return
    cut, behind = signs[0], items[signs[0] + 1 :]
    if is_token(items[cut], "command", "in"):
        yield from _members(_names(items[:cut]), behind, cursor)
    elif len(signs) == 2:
        yield _between(items, signs, place, cursor)
    elif relation(items[cut]) == "=":
        yield from _counted(_names(items[:cut]), behind, place, cursor)
    else:
        *outer, inner = _names(items[:cut])
        yield from (Limits(name) for name in outer)
        yield Limits(inner, condition=_condition(items, place, cursor))


def _are_of_values(items: Sequence[Item]) -> bool:
    """Whether something stands before a relation that is no index: |r_i|, w_j x_i."""
    return any(
        is_token(item, "sign", "_", "|") or is_token(item, "lowered") or isinstance(item, Group)
        for item in items
    )


def _of_values(items: Sequence[Item], place: Span, cursor: Cursor) -> Limits | None:
    """The one index of a condition on values, and the condition; None where there is not just one."""
    try:
        condition = _condition(items, place, cursor)
    except Unreadable:
        return None
    indices = (p.indices for p in walk(condition) if isinstance(p, Symbol))
    letters = {p.base for each in indices for p in each if isinstance(p, Symbol) and len(p.base) == 1}
    return Limits(letters.pop(), condition=condition) if len(letters) == 1 else None


def _names(items: Sequence[Item]) -> list[str]:
    """The indices side by side or between commas; words are one."""
    items = _spelled(items)
    text = flat(items)
    if any(is_token(item, "word") or is_token(item, "prose") for item in items):
        return [text]
    return text.split(",") if "," in text else list(text) if text.isalpha() and _letters(items) else [text]


def _letters(items: Sequence[Item]) -> bool:
    return all(is_token(item, "letter") for item in items)


def _counted(names: list[str], behind: Sequence[Item], place: Span, cursor: Cursor) -> Iterator[Limits]:
    """i = 1, and i = 1, …, n in full; not 1 = 1."""
    if any(name[:1].isdigit() for name in names):
        raise Unreadable("the index of a sum is a letter, and this is a number", place)
    ends = dotted(behind)
    lower, upper = (behind, None) if ends is None else ends
    for name in names:
        read = None if upper is None else whole(cursor.over(upper, place))
        yield Limits(name, whole(cursor.over(lower, place)), read)


def dotted(items: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]] | None:
    """The ends of 1, 2, …, K; None where no dots stand between."""
    places = [n for n, item in enumerate(items) if is_token(item, "command", *DOTS)]
    if len(places) != 1:
        return None
    before = items[: places[0]]
    after = [item for item in items[places[0] + 1 :] if not is_token(item, "sign", ",")]
    commas = [n for n, item in enumerate(before) if is_token(item, "sign", ",")]
    lower = before[: commas[0]] if commas else before
    return (lower, after) if lower and after else None


def _between(items: Sequence[Item], signs: list[int], place: Span, cursor: Cursor) -> Limits:
    """1 ≤ i ≤ n, 0 < i < n."""
    first, second = signs
    begins, ends = relation(items[first]), relation(items[second])
    if begins not in _LESS or ends not in _LESS:
        raise Unreadable("limits of this kind are not read", place)
    (name,) = _names(items[first + 1 : second]) or [""]
    lower, upper = (whole(cursor.over(part, place)) for part in (items[:first], items[second + 1 :]))
    one = Literal(Fraction(1), span=place)
    if begins == "<":
        above = isinstance(lower, Literal)
        lower = replace(lower, value=lower.value + 1) if above else Add(lower, one, place)  # type: ignore[union-attr]
    return Limits(name, lower, Subtract(upper, one, place) if ends == "<" else upper)


def _members(names: list[str], behind: Sequence[Item], cursor: Cursor) -> Iterator[Limits]:
    """i ∈ S, i ∈ {1, 2}, i ∈ {1, …, n}."""
    only = behind[0] if len(behind) == 1 else None
    over, chosen, ends = flat(behind), None, None
    clauses = _clauses(only.items) if isinstance(only, Group) and only.kind == "curly" else []
    if len(clauses) == 2 and [flat(clauses[0])] == names:  # i ∈ {i : z_i > 0}
        yield Limits(names[0], condition=_condition(clauses[1], behind[0].span, cursor))
        return
    if isinstance(only, Group) and only.kind in ("curly", "square"):
        ends = dotted(only.items)
        chosen = None if ends is not None else _listed(only, cursor)
    for name in names:
        if ends is not None and isinstance(only, Group):
            lower, upper = (whole(cursor.over(end, only.span)) for end in ends)
            yield Limits(name, lower, upper, over)
        else:
            yield Limits(name, over=over, chosen=chosen)


def _listed(only: Group, cursor: Cursor) -> tuple[Node, ...] | None:
    """The members of a set that are written out; None where they are not."""
    cells: list[list[Item]] = [[]]
    for item in only.items:
        if is_token(item, "sign", ",", ";"):
            cells.append([])
        else:
            cells[-1].append(item)
    try:
        return tuple(whole(cursor.over(cell, only.span)) for cell in cells)
    except Unreadable:
        return None
