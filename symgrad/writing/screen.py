"""A `Document` for the terminal: formulas in Unicode over several lines, sentences wrapped about them.

Nothing of the user's reaches the terminal but printable characters. The computation graph becomes a
list, a curve a table of its points, as in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import singledispatch
from itertools import chain

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from symgrad.document import blocks
from symgrad.document.blocks import Block, Chain, Display, Document, Inline, Link, Sentence, Sign, Words
from symgrad.languages import Language, language_of
from symgrad.maths.nodes import Maths, Operator, Row
from symgrad.maths.pane import Pane, beside, grown, text
from symgrad.writing.cells import Line, broken, display_lines
from symgrad.writing.drawing import makings
from symgrad.writing.looks import HEADING, NOTE, TITLE, VERDICTS, WARNING, printable
from symgrad.writing.plot import some_points

INDENT = 4
_BLANKS = re.compile(" +$", re.MULTILINE)
NARROWEST = 40
_KINDS = {"text": ("", ""), "note": ("Note.", NOTE), "warning": ("", WARNING)}


def show_document(document: Document) -> None:
    """Print a document on stdout: through a pager where it is longer than the terminal."""
    console = Console(highlight=False)
    with console.capture() as capture:
        for part in screen(document, console.width):
            console.print(part, no_wrap=True, overflow="ignore", crop=False)
    said = _BLANKS.sub("", capture.get())
    if console.is_terminal and said.count("\n") >= console.height:
        click.echo_via_pager(said, color=True)
    else:
        click.echo(said, nl=False, color=True)


def screen(document: Document, width: int) -> Iterator[RenderableType]:
    """The document in ``width`` cells, part by part."""
    room, say = max(width, NARROWEST), language_of(document.language)
    yield from _wrapped((Words(document.title),), room, TITLE)
    yield from _wrapped(document.subtitle, room, NOTE)
    for block in document.blocks:
        yield Text()
        yield from _set(block, room, 0, say)


@singledispatch
def _set(block: Block, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    """The lines of a block; ``depth`` counts the sections around it."""
    raise TypeError(f"not a block: {block!r}")


@_set.register
def _section(block: blocks.Section, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    yield from _wrapped(block.title, room, TITLE if depth else HEADING)
    yield from _apart(block.blocks, room, depth + 1, say)


@_set.register
def _folded(block: blocks.Folded, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    yield from _apart(block.blocks, room, depth, say)


@_set.register
def _reasoned(block: blocks.Reasoned, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    yield from _wrapped(block.what, room, "")
    yield from _set(block.display, room, depth, say) if block.display else ()
    for reason in block.reasons:
        said = f"({reason.number})" if reason.again else f"({reason.number}) {reason.text}"
        yield from _wrapped((Words(said),), room, NOTE)


def _apart(inner: Iterable[Block], room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    """Blocks with an empty line between them; none between a heading or an introduction and what follows."""
    close = True
    for block in inner:
        if not close:
            yield Text()
        yield from _set(block, room, depth, say)
        close = isinstance(block, blocks.Paragraph) and block.introduces


@_set.register
def _paragraph(block: blocks.Paragraph, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    head, style = _KINDS[block.kind]
    begin = (Words(f"{say(head)} ", strong=True),) if head else ()
    yield from _wrapped((*begin, *block.sentence), room, style)


@_set.register
def _display(block: blocks.Display, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    tall = False
    for line in display_lines(block, room - INDENT):
        high = line.pane.height > 1
        if tall and high:
            yield Text()
        yield from _line(line, room)
        tall = high


@_set.register
def _figure(block: blocks.GraphFigure, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    chains = tuple(Chain(label, (Link("←", _listed(sources)),)) for label, sources in makings(block))
    yield from _set(Display(chains, beside=True), room, depth, say)
    yield from _wrapped(block.caption, room, NOTE)


def _listed(items: list[Maths]) -> Maths:
    first, *others = items
    return Row((first, *(part for item in others for part in (Operator(","), item))))


@_set.register
def _table(block: blocks.Table, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    table = RichTable(box=SIMPLE_HEAD, header_style=TITLE)
    for cell in block.header:
        table.add_column(_cell(cell, room))
    for row in block.rows:
        table.add_row(*(_cell(cell, room) for cell in row))
    yield table


def _cell(sentence: Sentence, room: int) -> Text:
    return Text("\n").join(_wrapped(sentence, room, ""))


@_set.register
def _task(block: blocks.Task, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    worth = f" ({block.points})" if block.points else ""
    yield from _wrapped((Words(f"{block.number}. ", strong=True), *block.sentence, Words(worth)), room, "")


@_set.register
def _plot(block: blocks.Plot, room: int, depth: int, say: Language) -> Iterator[RenderableType]:
    yield from _wrapped((Words(block.alt),), room, "")
    numbers = ((say.number(f"{number:.6g}") for number in point) for point in some_points(block))
    rows = tuple(tuple((Words(number),) for number in point) for point in numbers)
    yield from _set(blocks.Table((block.across, block.up), rows), room, depth, say)


def _line(line: Line, room: int) -> Iterator[RenderableType]:
    """A line of a display: its mark in the margin, its number at the right, its note where it fits."""
    note = [*_wrapped(line.note, room - INDENT, NOTE)]
    tag = f"({printable(line.tag)})" if line.tag else ""
    used = INDENT + line.pane.width
    side = len(note) == 1 and used + INDENT + note[0].cell_len + len(tag) < room
    for row, written in enumerate(line.pane.lines):
        here = row == line.pane.base
        said = _margin(line, here)
        said.append(written)
        if here and side:
            said.append(" " * INDENT).append_text(note[0])
        if here and used + len(tag) < room:
            said.append(tag.rjust(room - said.cell_len))
        said.rstrip()
        yield said
    yield from () if side else (Padding(part, (0, 0, 0, INDENT)) for part in note)
    if tag and used + len(tag) >= room:
        yield Text(tag.rjust(room))


def _margin(line: Line, here: bool) -> Text:
    if line.mark is None or not here:
        return Text(" " * INDENT)
    sign, style = VERDICTS[line.mark.sign.text]
    return Text(f"{sign} {line.mark.number}".ljust(INDENT), style)


def _wrapped(sentence: Sentence, room: int, style: str) -> Iterator[Text]:
    """A sentence in lines of text; each is as high as the highest formula in it."""
    line: list[tuple[Pane, str]] = []
    for part, own in _tokens(sentence, room):
        if line and sum(other.width for other, _ in line) + part.width > room:
            yield from _woven(line, style)
            line = []
        if line or part.lines != (" ",):
            line.append((part, own))
    if line:
        yield from _woven(line, style)


def _tokens(sentence: Sentence, room: int) -> Iterator[tuple[Pane, str]]:
    """Words, blanks and formulas, each with its style."""
    for part in sentence:
        match part:
            case Inline(maths=maths):
                yield from ((piece, "") for piece in broken(maths, room))
            case Sign(text=name):
                sign, style = VERDICTS[name]
                yield text(sign), style
            case _:
                style = TITLE if isinstance(part, Words) and part.strong else ""
                yield from ((text(word), style) for word in _words(printable(part.text)))


def _words(said: str) -> Iterator[str]:
    """Words and the blanks between them."""
    pieces = said.split(" ")
    spaced = chain.from_iterable((" ", piece) for piece in pieces)
    return (piece for piece in list(spaced)[1:] if piece)


def _woven(line: list[tuple[Pane, str]], style: str) -> Iterator[Text]:
    whole = beside(part for part, _ in line)
    parts = [(grown(part, whole.base, whole.below), own) for part, own in line]
    for row in range(whole.height):
        said = Text(style=style)
        for part, own in parts:
            said.append(part.lines[row], own or None)
        said.rstrip()
        yield said
