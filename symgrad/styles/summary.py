"""The head of an annotated report: counts by section, what the whole work shows, points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from symgrad.checking.marks import Earned, Marked
from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.document.blocks import Block, Inline, Jump, Paragraph, Section, Sentence, Sign, Table, Words
from symgrad.styles.remarks import remarks
from symgrad.styles.sentences import jump_to, linked, sentence


def summary(check: Check, marks: Marked | None) -> Iterator[Block]:
    """How many lines there are of each kind, what is said of the whole work, then the points."""
    yield Section((Words("Summary"),), (*_legend(check), *_counts(check), *_said(check)), "summary")
    if marks is not None:
        yield Section((Words("Points"),), (points_table(marks),), "points")


def _said(check: Check) -> Iterator[Paragraph]:
    """The plain remarks in one paragraph; what must be acted on, and notes, each in its own."""
    for kind, group in groupby(remarks(check), key=lambda remark: remark.kind):
        texts = [remark.text for remark in group]
        for text in [" ".join(texts)] if kind == "text" else texts:
            yield Paragraph(linked(text, check), kind)


def by_heading(lines: Iterable[Judged]) -> Iterator[tuple[str, tuple[Judged, ...]]]:
    """The lines under each heading of the submission, in order."""
    for heading, group in groupby(lines, key=lambda judged: judged.line.heading):
        yield heading or "Lines", tuple(group)


def section_anchor(number: int) -> str:
    """The anchor of the ``number``-th section of lines."""
    return f"section-{number}"


def _legend(check: Check) -> Iterator[Paragraph]:
    """How many lines there are of each kind, with the sign of the kind."""
    parts = [
        part
        for verdict in _used(check)
        for part in (Words(", "), Sign(verdict.value), Words(f" {check.counts[verdict]} {verdict.value}"))
    ]
    lines = "1 line" if len(check.lines) == 1 else f"{len(check.lines)} lines"
    yield Paragraph((Words(f"{lines}: "), *parts[1:], Words(".")) if parts else (Words("There is no line."),))


def _used(check: Check) -> list[Verdict]:
    return [verdict for verdict, count in check.counts.items() if count]


def _counts(check: Check) -> Iterator[Table]:
    """A row a section, a column a verdict that occurs; nothing where there is one section only."""
    used, sections = _used(check), list(by_heading(check.lines))
    if len(sections) < 2:
        return
    signs: list[Sentence] = [(Sign(verdict.value),) for verdict in used]
    rows = (
        _row(_leading(heading, section_anchor(number)), lines, used)
        for number, (heading, lines) in enumerate(sections, 1)
    )
    yield Table(((Words("Section"),), *signs), (*rows, _row((Words("All"),), check.lines, used)))


def _leading(heading: str, anchor: str) -> Sentence:
    parts = sentence(heading)
    return tuple(part if isinstance(part, Inline) else Jump(part.text, anchor) for part in parts)


def _row(title: Sentence, lines: Iterable[Judged], used: Iterable[Verdict]) -> tuple[Sentence, ...]:
    counts = Counter(judged.verdict for judged in lines)
    return (title, *((Words(str(counts[verdict] or "")),) for verdict in used))


def points_table(marks: Marked) -> Table:
    """What every quantity earned, and why."""
    header = tuple((Words(title),) for title in ("Quantity", "Points", "of", "Why"))
    rows = ((*_three(row.title, row.earned, row.points), _why(row)) for row in (*marks.rows, *marks.sections))
    return Table(header, (*rows, (*_three("All", marks.earned, marks.points), ())))


def _three(name: str, earned: float, points: float) -> tuple[Sentence, ...]:
    return ((Words(name),), (Words(f"{earned:g}"),), (Words(f"{points:g}"),))


def _why(row: Earned) -> Sentence:
    jumps = [part for id in row.lines for part in (Words(", "), jump_to(id))][1:]
    return (Words(f"{row.reason}: " if jumps else row.reason), *jumps)
