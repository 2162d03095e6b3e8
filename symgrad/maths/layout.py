"""What every printer has to know about the display tree: rows without rows in them, words, tall parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from typing import TypeVar

from msgspec.structs import replace

from symgrad.maths import nodes
from symgrad.maths.nodes import Maths
from symgrad.maths.symbols import UnknownSymbolError, is_word

Form = TypeVar("Form")

GAP_BELOW = 0.35
"""How much of a gap is below the line of writing."""

_NUMERAL = re.compile(r"(-?)(\d+(?:[.,]\d*)?|∞|NaN)", re.ASCII)


def unknown_node(node: object) -> TypeError:
    """The error of a visitor that meets something which is no node of the maths tree."""
    return TypeError(f"not a maths node: {node!r}")


def flat(node: Maths) -> tuple[Maths, ...]:
    """The parts of a row, rows inside it opened; any other node is a row of one part."""
    return tuple(_opened(node))


def _opened(node: Maths) -> Iterator[Maths]:
    if not isinstance(node, nodes.Row):
        yield node
        return
    for item in node.items:
        yield from _opened(item)


def neighbours(items: Sequence[Maths]) -> Iterator[tuple[Maths | None, Maths, Maths | None]]:
    """Each part with the one before and the one after it."""
    return zip((None, *items), items, (*items[1:], None), strict=False)


def delimiter(table: Mapping[str, Form], char: str) -> Form:
    """A printer's own form of a bracket."""
    try:
        return table[char]
    except KeyError:
        raise UnknownSymbolError(char) from None


def split_numeral(node: nodes.Numeral) -> tuple[str, str]:
    """A number's sign (``-`` or nothing) and its digits, ``∞`` or ``NaN``."""
    found = _NUMERAL.fullmatch(node.text)
    if found is None:
        raise UnknownSymbolError(node.text)
    return found[1], found[2]


def function_word(node: Maths | None) -> str:
    """The upright word a part is, scripts apart (``softmax`` of ``softmax′``); empty where it is none."""
    base = merged(node).base if isinstance(node, nodes.Script) else node
    if isinstance(base, nodes.Symbol) and base.variant == "upright" and is_word(base.text):
        return base.text
    return ""


def is_letter(node: Maths) -> bool:
    """Whether a node is a single character, over which an accent needs no stretching."""
    if isinstance(node, nodes.Toned):
        return is_letter(node.body)
    return isinstance(node, nodes.Symbol) and len(node.text) == 1


def is_operand(node: Maths | None) -> bool:
    """Whether a part of a row stands for a value, as signs, gaps and words do not."""
    return node is not None and not isinstance(node, nodes.Operator | nodes.Space | nodes.Text)


def is_inner(node: Maths | None) -> bool:
    """Whether TeX itself sets a part off from its neighbours by a thin space."""
    body = node.base if isinstance(node, nodes.Script) else node
    return isinstance(body, nodes.Matrix | nodes.Cases) or (isinstance(body, nodes.Fenced) and is_tall(body))


def thin_gap(before: Maths | None, node: Maths, after: Maths | None) -> bool:
    """Whether a product by juxtaposition needs a gap: beside fractions, matrices, tall brackets and words.

    A word with an operand behind it is a function, which printers set as an operator, spaced by itself.
    """
    if not (is_operand(before) and is_operand(node)) or function_word(before):
        return False
    if function_word(node):
        return not is_operand(after)
    return any(
        is_inner(part) or (isinstance(part, nodes.Fraction) and not part.small) for part in (before, node)
    )


def is_signed(node: Maths) -> bool:
    """Whether a part begins with a sign of its own, which must not be spaced as a difference."""
    if isinstance(node, nodes.Operator):
        return node.prefix
    return isinstance(node, nodes.Numeral) and node.text.startswith("-")


def stands_alone(before: Maths | None) -> bool:
    """Whether a sign that follows ``before`` is seen to be a sign without help from the printer."""
    return before is None or isinstance(before, nodes.Operator)


def padded(before: Maths | None, text: nodes.Text, after: Maths | None) -> nodes.Text:
    """Words with the blanks that keep them off what stands beside them."""
    left = " " if before is not None and not isinstance(before, nodes.Space) else ""
    right = " " if after is not None and not isinstance(after, nodes.Space) else ""
    return replace(text, text=left + text.text.strip() + right)


def merged(node: nodes.Script) -> nodes.Script:
    """``(W₁)`` with ``⊤`` as one script, W₁⊤ with both marks at the letter, where neither hides the other."""
    inner = node.base
    if isinstance(inner, nodes.Script) and inner.sup is None and node.sub is None:
        return nodes.Script(inner.base, inner.sub, node.sup)
    return node


def right_aligned(column: Sequence[Maths]) -> bool:
    """Whether a matrix column reads best flush right: signs in it, or unequal lengths before the point."""
    numbers = [cell.text for cell in column if isinstance(cell, nodes.Numeral)]
    decimals = {len(text.partition(".")[2]) for text in numbers}
    uneven = len({len(text) for text in numbers}) > 1
    return any(text.startswith("-") for text in numbers) or (uneven and len(decimals) == 1)


@singledispatch
def is_tall(node: Maths) -> bool:
    """Whether a part is higher than a line of text, so that brackets about it must grow."""
    raise unknown_node(node)


@is_tall.register(nodes.Symbol | nodes.Numeral | nodes.Operator | nodes.Text | nodes.Space | nodes.Accent)
def _never(node: Maths) -> bool:
    return False


@is_tall.register(nodes.Big | nodes.Matrix | nodes.Cases | nodes.Brace | nodes.Boxed | nodes.Gap)
def _always(node: Maths) -> bool:
    return True


@is_tall.register
def _row(node: nodes.Row) -> bool:
    return any(map(is_tall, node.items))


@is_tall.register
def _fraction(node: nodes.Fraction) -> bool:
    return not node.small


@is_tall.register
def _script(node: nodes.Script) -> bool:
    return is_tall(node.base)


@is_tall.register
def _body(node: nodes.Fenced | nodes.Radical | nodes.Toned) -> bool:
    return is_tall(node.body)
