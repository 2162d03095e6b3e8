"""A worked solution as a sheet to be filled in: empty boxes in the place of answers.

Chains name the answers that they lead to. Of a hidden one the way stays, the answer becomes a box that keeps
its shape, and what stands between goes, as do derivations and the numbers of hidden answers put in elsewhere.
What a hidden answer says is then looked for in all that is left, and is a box there too, unless the problem
itself states it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import (
    Block,
    Chain,
    Display,
    Document,
    Folded,
    GraphFigure,
    GraphNode,
    Inline,
    Link,
    Paragraph,
    Plot,
    Reasoned,
    Section,
    Table,
)
from symgrad.maths.layout import flat
from symgrad.maths.measure import width
from symgrad.maths.nodes import Boxed, Fraction, Gap, Maths, Matrix, Numeral, Operator, Row, Script, Symbol

Hidden: TypeAlias = Callable[[str], bool]
"""Whether an answer is to be found by the reader."""
Parts: TypeAlias = "tuple[Maths, ...]"

CELL = 3.0
"""How wide the box of a number is, in em: what is written by hand takes more room than print."""
WIDEST = 33.0
"""How wide a matrix of boxes may be, in em."""
NARROWEST_CELL = 1.6
FORMULA_HEIGHT = 2.0
STEP, SHORTEST, LONGEST = 4, 8, 20
"""Boxes of formulas have one of a few lengths, in em: they tell little of what is in them."""
_DOTS = frozenset("⋯…⋮⋱")


def with_gaps(document: Document, hidden: Hidden) -> Document:
    """The document without the answers that are ``hidden``, and without warnings, which are its author's."""
    blocks = tuple(_blocks(document.blocks, hidden))
    taken = {flat(maths) for maths in _taken(document.blocks, hidden)} - _stated(document.blocks, hidden)
    forms = frozenset(parts for parts in taken if _tells(parts))
    return replace(document, blocks=_without(blocks, forms) if forms else blocks)


def emptied(maths: Maths) -> Maths:
    """Empty boxes of the shape of an answer: one for each entry of a matrix, one for anything else."""
    match maths:
        case Boxed(body):
            return emptied(body)
        case Matrix(rows):
            cell = _cell_size(rows)
            return Matrix(tuple(tuple(_cell(entry, cell) for entry in row) for row in rows))
        case Script(Matrix() as base, sub, sup):
            return Script(emptied(base), sub, sup)
        case Row():
            parts = [part for part in flat(maths) if not _is_number(part)]
            if len(parts) == 1 and isinstance(parts[0], Matrix):  # 0.25 times a matrix
                return emptied(parts[0])
    if _is_number(maths):
        return Gap(CELL)
    length = STEP * math.ceil((1.3 * width(maths) + 2) / STEP)
    return Gap(float(min(max(length, SHORTEST), LONGEST)), FORMULA_HEIGHT)


def _cell_size(rows: tuple[Parts, ...]) -> float:
    numbers = all(_is_number(cell) or _is_dots(cell) for row in rows for cell in row)
    wanted = CELL if numbers else max(CELL, 1.3 * max(width(cell) for row in rows for cell in row))
    return max(NARROWEST_CELL, min(wanted, WIDEST / len(rows[0]) - 1))


def _cell(entry: Maths, size: float) -> Maths:
    if _is_dots(entry):
        return entry
    return emptied(entry) if isinstance(entry, Matrix | Script) and not _is_number(entry) else Gap(size)


def _is_dots(maths: Maths) -> bool:
    return isinstance(maths, Symbol) and maths.text in _DOTS


def _is_number(maths: Maths) -> bool:
    """0.5, −0.5, 1/2, 1.5 · 10⁻⁷."""
    match maths:
        case Numeral() | Operator():
            return True
        case Fraction(above, below):
            return _is_number(above) and _is_number(below)
        case Script(base, None, sup):
            return _is_number(base) and sup is not None and _is_number(sup)
        case Row(items):
            return all(map(_is_number, items))
    return False


def _blocks(blocks: Iterable[Block], hidden: Hidden) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Section():
                inner = tuple(_blocks(block.blocks, hidden))
                yield from (replace(block, blocks=inner),) if inner else ()
            case Folded():
                told = (
                    node for node in _nodes(block.blocks) if isinstance(node, Chain | Paragraph | Reasoned)
                )
                yield from () if any(hidden(node.of) for node in told if node.of) else (block,)
            case Display():
                yield replace(block, chains=tuple(_chain(chain, hidden) for chain in block.chains))
            case Reasoned(of=of) if of and hidden(of):
                pass
            case Paragraph(of=of, kind=kind):
                yield from () if kind == "warning" or (of and hidden(of)) else (block,)
            case GraphFigure(nodes):
                yield replace(block, nodes=tuple(_node(node, hidden) for node in nodes))
            case Table(of=of) if of and hidden(of):
                yield replace(block, rows=tuple((*row[:-1], (Inline(Gap(CELL)),)) for row in block.rows))
            case Table(answers=answers) if answers:
                shown = tuple(n for n, name in enumerate(answers) if not hidden(name))
                rows, names = (tuple(part[n] for n in shown) for part in (block.rows, answers))
                yield from (replace(block, rows=rows, answers=names),) if shown else ()
            case Plot(of=of) if of and hidden(of):
                pass
            case _:
                yield block


def _node(node: GraphNode, hidden: Hidden) -> GraphNode:
    """A node with boxes for the numbers at it that are hidden."""
    named = {"gradient": (node.gradient, node.answer)}
    if node.kind in ("quantity", "objective"):  # others are given
        named["value"] = (node.value, node.id)
    return replace(
        node, **{key: maths and emptied(maths) for key, (maths, of) in named.items() if hidden(of)}
    )


def _chain(chain: Chain, hidden: Hidden) -> Chain:
    resting = any(map(hidden, chain.needs))
    if resting and chain.left is not None:
        chain = replace(chain, left=_without_numbers(chain.left))
    if not chain.of or not hidden(chain.of):
        left = tuple(link for link in chain.links if not resting or link.kind in ("way", "answer"))
        return replace(chain, links=left)
    if not chain.links:
        return chain if chain.left is None else replace(chain, left=emptied(chain.left))
    ways = tuple(takewhile(lambda link: link.kind == "way", chain.links))
    if len(ways) == len(chain.links):
        return chain
    put_in, last = chain.links[len(ways)], chain.links[-1]
    shown = (put_in,) if ways and put_in.kind == "numbers" and not resting else ()
    symbols = [_gap(link) for link in chain.links[len(ways) :] if last.right and not link.right]
    return replace(chain, links=(*ways, *symbols[-1:], *shown, _gap(last)))


def _gap(link: Link) -> Link:
    return Link(link.relation, emptied(link.maths), right=link.right)


def _without_numbers(left: Maths) -> Maths:
    """A left side in which the numbers of hidden answers are put in, H⁻¹ g, with boxes in their place."""
    return Gap(CELL) if _is_number(left) else _without(left, frozenset())


def _taken(blocks: Iterable[Block], hidden: Hidden) -> Iterator[Maths]:
    """What stood where boxes are now."""
    for chain in _chains(blocks):
        if chain.of and hidden(chain.of):
            yield from (_bare(link.maths) for link in chain.links if link.kind == "answer")


def _bare(maths: Maths) -> Maths:
    return maths.body if isinstance(maths, Boxed) else maths


def _stated(blocks: tuple[Block, ...], hidden: Hidden) -> set[Parts]:
    """All that is said in formulas that only state the problem, and parts of it.

    Also all left sides, and what answers that are shown say as wholes: ReLU(u) may be u.
    """
    chains = tuple(_chains(blocks))
    wholes = (link.maths for chain in chains if not chain.of for link in chain.links)
    found = {flat(chain.left) for chain in chains if chain.left is not None}
    shown = (chain.links for chain in chains if chain.of and not hidden(chain.of))
    found |= {flat(_bare(link.maths)) for links in shown for link in links}
    for node in (node for maths in wholes for node in _nodes(maths)):
        parts = flat(node)
        ends = range(1, len(parts) + 1)
        found.update(parts[start:end] for end in ends for start in range(end))
    return found


def _tells(parts: Parts) -> bool:
    """Whether it is an answer that would be known again: no lone symbol, no lone number."""
    return (len(parts) > 1 and not all(map(_is_number, parts))) or isinstance(parts[0], Matrix)


def _chains(part: Any) -> Iterator[Chain]:
    return (node for node in _nodes(part) if isinstance(node, Chain))


def _nodes(part: Any) -> Iterator[Any]:
    """A block or formula and all in it."""
    yield part
    inner = part if isinstance(part, tuple) else ()
    if isinstance(part, Struct):
        inner = tuple(getattr(part, name) for name in part.__struct_fields__)
    for each in inner:
        if isinstance(each, Struct | tuple):
            yield from _nodes(each)


def _without(part: Any, forms: frozenset[Parts]) -> Any:
    """A block or formula with a box for every one of ``forms`` in it; for every matrix where none is."""
    if isinstance(part, tuple):
        return tuple(_without(each, forms) for each in part)
    if not isinstance(part, Struct):
        return part
    if isinstance(part, Matrix) and (not forms or (part,) in forms):
        return emptied(part)
    if isinstance(part, Row):
        return Row(tuple(_without(each, forms) for each in _boxes(flat(part), forms)))
    names = (name for name in part.__struct_fields__ if isinstance(getattr(part, name), Struct | tuple))
    return replace(part, **{name: _without(getattr(part, name), forms) for name in names})


def _boxes(parts: Parts, forms: frozenset[Parts]) -> Iterator[Maths]:
    """The parts of a row, the longest runs that are one of ``forms`` each as one box."""
    start, longest = 0, max(map(len, forms), default=1)
    while start < len(parts):
        ends = range(min(start + longest, len(parts)), start + 1, -1)
        end = next((end for end in ends if parts[start:end] in forms), start + 1)
        yield parts[start] if end == start + 1 else emptied(Row(parts[start:end]))
        start = end
