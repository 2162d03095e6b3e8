"""Items → a tree. The precedence of operators is in `operators`; here is who reads which factor."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.submission.brackets import bracketed, double_bars, plain_bars
from symgrad.submission.commands import ACCENTS, BINOMIALS, FRACTIONS, FUNCTIONS, GREEK, LETTERS
from symgrad.submission.cursor import Cursor, Tables, is_token
from symgrad.submission.derivatives import binomial, fraction, nabla, partial
from symgrad.submission.dressed import accent, brace, root, stacked
from symgrad.submission.groups import Item
from symgrad.submission.large import large
from symgrad.submission.limits import dotted
from symgrad.submission.names import command_name, function_command, name, number
from symgrad.submission.operators import comparison, listed, whole
from symgrad.submission.product_rule import by_factor
from symgrad.submission.reach import NO_LETTERS, Letters, reaching
from symgrad.submission.scanner import Unreadable
from symgrad.submission.taken_at import behind_a_bar
from symgrad.submission.written import Call, Comparison, Matrix, Node, Span, Symbol, parts

MAX_HEIGHT = 120
"""Levels of a tree, so that whoever walks it need not fear for the stack."""

TABLES = Tables(
    commands={
        **dict.fromkeys((*GREEK, *LETTERS), command_name),
        **dict.fromkeys(FUNCTIONS, function_command),
        **dict.fromkeys(ACCENTS, accent),
        **dict.fromkeys(FRACTIONS, fraction),
        **dict.fromkeys(BINOMIALS, binomial),
        **dict.fromkeys(("underbrace", "overbrace"), brace),
        **dict.fromkeys(("stackrel", "overset", "underset"), stacked),
        **dict.fromkeys(("sum", "prod"), large),
        **dict.fromkeys(("|", "Vert"), double_bars),
        "sqrt": root,
        "partial": partial,
        "nabla": nabla,
    },
    kinds={"number": number, "letter": name, "word": name, "sign": plain_bars},
    group=bracketed,
    behind=behind_a_bar,
)


def parse_list(items: Sequence[Item], around: Span, outside: Letters = NO_LETTERS) -> Node:
    """The tree of an expression; several with commas between them are a tuple.

    ``outside`` are letters that mean something around it. Raises `Unreadable` with the place.
    """
    ends = dotted(items)
    if ends is not None and not any(is_token(item, "sign", *"+-*/&") for item in items):
        span = Span(items[0].start, items[-1].end)
        head = Symbol("range", span=span)
        return Call(head, tuple(whole(Cursor(end, around, TABLES)) for end in ends), True, span)
    found = listed(Cursor(items, around, TABLES))
    node = found[0] if len(found) == 1 else Matrix((found,), True, around)
    return by_factor(reaching(_low_enough(node, around), outside))


def parse_condition(items: Sequence[Item], around: Span) -> Comparison:
    """The comparison that a condition is. Raises `Unreadable` where it is none."""
    return comparison(Cursor(items, around, TABLES))


def _low_enough(node: Node, around: Span) -> Node:
    heights = [(node, 1)]
    while heights:
        part, height = heights.pop()
        if height > MAX_HEIGHT:
            raise Unreadable("an expression of too many parts", around)
        heights += ((inner, height + 1) for inner in parts(part))
    return node
