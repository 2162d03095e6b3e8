"""A student's work with a corrector's marks: every line as it was written, its verdict, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec.structs import replace

from symgrad.checking.judging.messages import NOT_EQUAL
from symgrad.checking.marks import Marked
from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.document.blocks import (
    Block,
    Chain,
    Display,
    Document,
    Folded,
    Inline,
    Mark,
    Paragraph,
    Section,
    Sign,
    Words,
)
from symgrad.maths.foreign import foreign
from symgrad.maths.measure import width
from symgrad.styles.lines import read_aside, typeset, whole
from symgrad.styles.sentences import line_anchor, linked, sentence
from symgrad.styles.summary import by_heading, section_anchor, summary
from symgrad.styles.witness import joined, told

# A right line wider than so many em is displayed.
LONGEST_INLINE = 24.0
# A remark keeps so many lines above it on its page.
MOST_KEPT = 4

_REMARKED = (Verdict.WRONG, Verdict.UNREADABLE)


def annotated(check: Check, marks: Marked | None = None) -> Document:
    """The report on a submission; with ``marks`` it says how many points were earned."""
    title = check.title or check.submission.name
    parts = enumerate(by_heading(check.lines), 1)
    sections = (_section(number, heading, lines, check) for number, (heading, lines) in parts)
    keywords = ("gradient", "backpropagation", "check")
    return Document(
        title, (*summary(check, marks), *sections), (Words("Checked line by line"),), "en", keywords
    )


def _section(number: int, heading: str, lines: tuple[Judged, ...], check: Check) -> Section:
    return Section(sentence(heading), tuple(_blocks(lines, check)), section_anchor(number))


def _blocks(lines: Iterable[Judged], check: Check) -> Iterator[Block]:
    """Lines of one passage one below the other; what is wrong with a line stands below it."""
    run: list[Chain] = []
    passage = -1
    for judged in lines:
        if run and judged.line.passage != passage:
            yield Display(tuple(run))
            run = []
        chain, remarks = _line(judged, check)
        run.append(chain)
        passage = judged.line.passage
        if remarks:
            if len(run) > MOST_KEPT:
                yield Display(tuple(run[:-1]))
                run = run[-1:]
            yield Display(tuple(run), introduces=sum(len(chain.links) for chain in run) <= 2 * MOST_KEPT)
            yield from remarks
            run = []
    if run:
        yield Display(tuple(run))


def _line(judged: Judged, check: Check) -> tuple[Chain, tuple[Block, ...]]:
    """A line with its mark, and what a corrector writes below it; a word on a good line stands beside it."""
    stepwise = check.hints is not None and judged.verdict is Verdict.WRONG
    line, said = judged.line, linked(f"{NOT_EQUAL}." if stepwise else _message(judged), check)
    mark = Mark(Sign(judged.verdict.value), str(line.id), line_anchor(line.id))
    chain = replace(_chain(judged), tag=line.tag, mark=mark)
    if chain.links and judged.verdict not in _REMARKED:
        *links, last = chain.links
        return replace(chain, links=(*links, replace(last, note=said))), ()
    kind: Literal["warning", "note"] = "warning" if judged.verdict is Verdict.WRONG else "note"
    remark = (Paragraph(said, kind),) if said else ()
    return chain, (*remark, *(_stepwise if stepwise else _helped)(judged, check))


def _chain(judged: Judged) -> Chain:
    return typeset(judged.line, judged.side if judged.verdict is Verdict.WRONG else None)


def _message(judged: Judged) -> str:
    """What is said of a line, with the numbers at which it fails."""
    if judged.verdict is Verdict.WRONG:
        return joined(judged)
    if judged.verdict is Verdict.UNREADABLE and not judged.message:
        return next((side.fault.message for side in judged.line.sides if side.fault is not None), "")
    if judged.root is not None and not re.search(rf"\bline {judged.root}\b", judged.message):
        return (
            f"{judged.message} (line {judged.root})" if judged.message else f"follows from line {judged.root}"
        )
    return judged.message


def _helped(judged: Judged, check: Check) -> Iterator[Block]:
    """Where to look, and the right line."""
    yield from _rule(judged, check)
    yield from _answer(judged, check)


def _rule(judged: Judged, check: Check) -> Iterator[Block]:
    if judged.hint:
        yield Paragraph(linked(f"Hint: {judged.hint}", check), "note")


def _answer(judged: Judged, check: Check) -> Iterator[Block]:
    if judged.right is not None:
        yield from _right(judged.right, check.submission.text)


def _stepwise(judged: Judged, check: Check) -> Iterator[Block]:
    """What was done and where to look, then the numbers and the right line, each behind a fold."""
    numbers = told(replace(judged, message=""))
    shown = (Paragraph(linked(f"{numbers[0].upper()}{numbers[1:]}.", check)),) if numbers else ()
    reason = (Paragraph(linked(f"{judged.reason}.", check), "warning"),) if judged.reason else ()
    parts = (("A hint", (*reason, *_rule(judged, check))), ("The answer", (*shown, *_answer(judged, check))))
    yield from (Folded((Words(title),), blocks) for title, blocks in parts if blocks)


def _right(latex: str, text: str) -> Iterator[Block]:
    """The right line: a short one in a sentence, any other on lines of its own."""
    chains = read_aside(latex, text) or (Chain(foreign(latex, mono=True), ()),)
    maths = whole(chains[0])
    if len(chains) == 1 and width(maths) <= LONGEST_INLINE:
        yield Paragraph((Words("Right: "), Inline(maths)), "note")
    else:
        yield Paragraph((Words("The right line:"),))
        yield Display(chains)
