"""A student's work with a corrector's marks: every line as it was written, its verdict, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from symgrad.checking.marks import Marked
from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.document.blocks import (
    Block,
    Chain,
    Display,
    Document,
    Link,
    Mark,
    Paragraph,
    Section,
    Sentence,
    Sign,
    Words,
)
from symgrad.maths import nodes
from symgrad.maths.foreign import foreign
from symgrad.maths.measure import width
from symgrad.maths.nodes import Maths
from symgrad.notation.handwriting import RELATIONS, handwriting
from symgrad.styles.summary import by_heading, heading_sentence, jump_to, line_anchor, section_anchor, summary
from symgrad.submission.lines import Line, Side
from symgrad.submission.read import read_submission

# A side wider than this gets no brace: a brace cannot be broken over lines.
LONGEST_BRACED = 18.0

_REMARKED = (Verdict.WRONG, Verdict.UNREADABLE)


def annotated(check: Check, marks: Marked | None = None) -> Document:
    """The report on a submission; with ``marks`` it says how many points were earned."""
    title = check.title or check.submission.name
    sections = (_section(n, heading, lines) for n, (heading, lines) in enumerate(by_heading(check.lines), 1))
    keywords = ("gradient", "backpropagation", "check")
    return Document(
        title, (*summary(check, marks), *sections), (Words("Checked line by line"),), "en", keywords
    )


def _section(number: int, heading: str, lines: tuple[Judged, ...]) -> Section:
    return Section(heading_sentence(heading), tuple(_blocks(lines)), section_anchor(number))


def _blocks(lines: Iterable[Judged]) -> Iterator[Block]:
    """Lines of one passage one below the other; what is wrong with a line stands below it."""
    run: list[Chain] = []
    passage = -1
    for judged in lines:
        if run and judged.line.passage != passage:
            yield Display(tuple(run))
            run = []
        chain, remarks = _line(judged)
        run.append(chain)
        passage = judged.line.passage
        if remarks:
            yield Display(tuple(run))
            yield from remarks
            run = []
    if run:
        yield Display(tuple(run))


def _line(judged: Judged) -> tuple[Chain, tuple[Block, ...]]:
    """A line with its mark, and what a corrector writes below it; a word on a good line stands beside it."""
    line, said = judged.line, _said(judged)
    mark = Mark(Sign(judged.verdict.value), str(line.id), line_anchor(line.id))
    chain = replace(_chain(judged), tag=line.tag, mark=mark)
    if chain.links and judged.verdict not in _REMARKED:
        *links, last = chain.links
        return replace(chain, links=(*links, replace(last, note=said))), ()
    kind: Literal["warning", "note"] = "warning" if judged.verdict is Verdict.WRONG else "note"
    remark = (Paragraph(said, kind),) if said else ()
    return chain, (*remark, *_right(judged))


def _chain(judged: Judged) -> Chain:
    return _typeset(judged.line, judged.side if judged.verdict is Verdict.WRONG else None)


def _typeset(line: Line, doubted: int | None = None) -> Chain:
    """A line in our own type; what could not be read is shown as it stands in the source."""
    if not all(relation in RELATIONS for relation in line.relations) or not line.sides:
        return Chain(foreign(line.latex, mono=True), ())
    left, *others = (_side(side, n == doubted) for n, side in enumerate(line.sides))
    relations = (RELATIONS[relation] for relation in line.relations)
    return Chain(left, tuple(map(Link, relations, others)))


def _side(side: Side, doubted: bool) -> Maths:
    maths = foreign(side.latex, mono=True) if side.node is None else handwriting(side.node)
    if doubted and width(maths) <= LONGEST_BRACED:
        return nodes.Brace(maths, nodes.Text("does not hold"))
    return maths


def _said(judged: Judged) -> Sentence:
    return _linked(_message(judged), judged.root)


def _linked(message: str, root: int | None) -> Sentence:
    """The message; the line that it follows from can be jumped to."""
    if root is None:
        return (Words(message),) if message else ()
    jump = jump_to(root)
    before, found, after = (message or f"follows from {jump.text}").partition(jump.text)
    if not found or after[:1].isdigit():
        return (Words(f"{message} ("), jump, Words(")"))
    return tuple(part for part in (Words(before), jump, Words(after)) if part.text)


def _message(judged: Judged) -> str:
    if judged.message or judged.verdict is not Verdict.UNREADABLE:
        return judged.message
    return next((side.fault.message for side in judged.line.sides if side.fault is not None), "")


def _right(judged: Judged) -> Iterator[Block]:
    """The right line, read as the student's are, so that every engine can set it."""
    if judged.right is not None:
        lines = read_submission(f"$${judged.right}$$", "right.md").lines
        chains = tuple(map(_typeset, lines)) or (Chain(foreign(judged.right, mono=True), ()),)
        yield Paragraph((Words("The right line:"),))
        yield Display(chains)
