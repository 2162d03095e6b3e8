"""The verdicts on a work as it is typed: of each line a sign and a word, why, and where to look."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from symgrad.checking.judging.messages import NOT_EQUAL
from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.document.blocks import Block, Chain, Display, Paragraph, Words
from symgrad.maths.foreign import foreign
from symgrad.serving.templates import page
from symgrad.styles.lines import read_aside
from symgrad.styles.remarks import in_print, remarks
from symgrad.styles.sentences import linked
from symgrad.styles.witness import joined
from symgrad.writing.looks import VERDICTS

MEANINGS: Mapping[str, str] = {
    "correct": "true in the problem",
    "rounded": "true up to rounding",
    "carried": "right for somebody who made the earlier slip that it names",
    "wrong": "refuted: there are numbers at which two sides differ",
    "unreadable": "could not be read; never counted as wrong",
    "unchecked": "neither confirmed nor refuted, or it claims nothing",
}
"""The legend."""
GOOD = (Verdict.CORRECT, Verdict.ROUNDED)


class Entry(Struct, frozen=True):
    """A line in the list: its number, its row in the text, its verdict, what it is about, what is said."""

    number: str
    row: str
    verdict: str
    sign: str
    about: tuple[Block, ...]
    said: tuple[Block, ...]
    hint: tuple[Block, ...]
    right: tuple[Block, ...]
    more: str


class Shown(Struct, frozen=True):
    """The list as a part of a page, and a line that says what became of the work."""

    html: str
    said: str


def verdicts(check: Check, to_come: Mapping[int, int]) -> Shown:
    """The list of all lines; ``to_come`` says of which more will be said after how many changes."""
    entries = tuple(_entry(judged, check, to_come) for judged in check.lines)
    notes = tuple(
        Paragraph(linked(remark.text, check), remark.kind)
        for remark in remarks(check)
        if remark.kind != "text"  # what `said_of` says already
    )
    return Shown(page("verdicts.html.j2", entries=entries, notes=notes), said_of(check))


def said_of(check: Check) -> str:
    """5 lines: 3 correct, 1 carried, 1 wrong."""
    count = len(check.lines)
    if not count:
        return "No line yet: a line is an equation, such as $u = W x + b$."
    found = ", ".join(f"{number} {verdict.value}" for verdict, number in check.counts.items() if number)
    return f"{count} line{'' if count == 1 else 's'}: {found}"


def _entry(judged: Judged, check: Check, to_come: Mapping[int, int]) -> Entry:
    def paragraph(text: str | None) -> tuple[Block, ...]:
        return (Paragraph(linked(text, check)),) if text else ()

    line, verdict = judged.line, judged.verdict.value
    return Entry(
        str(line.id),
        str(line.line),
        verdict,
        VERDICTS[verdict][0],
        paragraph(judged.quantity and in_print(judged.quantity)),
        paragraph(_message(judged)),
        paragraph(judged.hint),
        () if judged.right is None else _right(judged.right, check.submission.text),
        _more(to_come.get(line.id, 0)),
    )


def _message(judged: Judged) -> str:
    if judged.verdict is Verdict.WRONG:
        said = joined(judged) or NOT_EQUAL
        return said[0].upper() + said[1:]
    if judged.verdict is Verdict.UNREADABLE and not judged.message:
        return next((side.fault.message for side in judged.line.sides if side.fault is not None), "")
    return judged.message or (f"follows from line {judged.root}" if judged.root is not None else "")


def _right(latex: str, text: str) -> tuple[Block, ...]:
    chains = read_aside(latex, text) or (Chain(foreign(latex, mono=True), ()),)
    return (Paragraph((Words("The right line:"),)), Display(chains))


def _more(changes: int) -> str:
    if not changes:
        return ""
    when = "of the next try" if changes == 1 else f"after {changes} tries"
    return f"Change the line: more is said {when}."
