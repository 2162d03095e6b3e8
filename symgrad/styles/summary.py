"""The head of an annotated report: counts by section, what the whole work shows, points."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from symgrad.checking.marks import Earned, Marked
from symgrad.checking.verdict import Check, Contradicted, Judged, Verdict
from symgrad.document.blocks import Block, Inline, Jump, Paragraph, Section, Sentence, Sign, Table, Words
from symgrad.errors import InputError
from symgrad.notation.handwriting import handwriting
from symgrad.submission.read import read_maths

_MATHS = re.compile(r"\$([^$]+)\$")


def summary(check: Check, marks: Marked | None) -> Iterator[Block]:
    """Counts, the first wrong line, contradicted givens, conventions and names, then the points."""
    blocks: list[Block] = [*_legend(check), *_counts(check), *_first_wrong(check)]
    blocks += [*map(_given, check.givens), *_notes(check)]
    yield Section((Words("Summary"),), tuple(blocks), "summary")
    if marks is not None:
        yield Section((Words("Points"),), (_points(marks),), "points")


def by_heading(lines: Iterable[Judged]) -> Iterator[tuple[str, tuple[Judged, ...]]]:
    """The lines under each heading of the submission, in order."""
    for heading, group in groupby(lines, key=lambda judged: judged.line.heading):
        yield heading or "Lines", tuple(group)


def heading_sentence(heading: str) -> tuple[Words | Inline, ...]:
    """A heading with its maths typeset; what is not closed or not read stays as it is written."""
    pieces = _MATHS.split(heading)
    parts = (_in_dollars(piece) if n % 2 else Words(piece) for n, piece in enumerate(pieces))
    return tuple(part for part in parts if part != Words(""))


def _in_dollars(latex: str) -> Words | Inline:
    try:
        return Inline(handwriting(read_maths(latex)))
    except InputError:
        return Words(f"${latex}$")


def section_anchor(number: int) -> str:
    """The anchor of the ``number``-th section of lines."""
    return f"section-{number}"


def line_anchor(id: int) -> str:
    """The anchor of a line."""
    return f"line-{id}"


def jump_to(id: int) -> Jump:
    """A line's number, which leads there."""
    return Jump(f"line {id}", line_anchor(id))


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
    parts = heading_sentence(heading)
    return tuple(part if isinstance(part, Inline) else Jump(part.text, anchor) for part in parts)


def _row(title: Sentence, lines: Iterable[Judged], used: Iterable[Verdict]) -> tuple[Sentence, ...]:
    counts = Counter(judged.verdict for judged in lines)
    return (title, *((Words(str(counts[verdict] or "")),) for verdict in used))


def _first_wrong(check: Check) -> Iterator[Paragraph]:
    if check.first_wrong is not None:
        yield Paragraph((Words("The first wrong line is "), jump_to(check.first_wrong), Words(".")))


def _given(given: Contradicted) -> Paragraph:
    return Paragraph((Words(contradiction(given)),), "warning")


def contradiction(given: Contradicted) -> str:
    """One sentence: Entry 3 of w is stated as 0.9, but 27 lines are computed with 0.09."""
    lines = "1 line is" if given.lines_explained == 1 else f"{given.lines_explained} lines are"
    return f"{_entry(given)} is stated as {given.stated:.10g}, but {lines} computed with {given.used:.10g}."


def _entry(given: Contradicted) -> str:
    """The entry in words, counted from 1 as on paper."""
    if given.index is None:
        return given.name
    numbers = ", ".join(str(position + 1) for position in given.index)
    return (
        f"Entry {numbers} of {given.name}" if len(given.index) == 1 else f"Entry ({numbers}) of {given.name}"
    )


def _notes(check: Check) -> Iterator[Paragraph]:
    yield from (Paragraph((Words(said),), "note") for said in check.notes)
    if check.bindings:
        yield Paragraph((Words(binding_sentence(check)),), "note")


def binding_sentence(check: Check) -> str:
    """Which name of the student's was read as which of the problem's."""
    return f"Names as they were read: {', '.join(f'{own} is {theirs}' for own, theirs in check.bindings)}."


def _points(marks: Marked) -> Table:
    header = tuple((Words(title),) for title in ("Quantity", "Points", "of", "Why"))
    rows = ((*_three(row.quantity, row.earned, row.points), _why(row)) for row in marks.rows)
    return Table(header, (*rows, (*_three("All", marks.earned, marks.points), ())))


def _three(name: str, earned: float, points: float) -> tuple[Sentence, ...]:
    return ((Words(name),), (Words(f"{earned:g}"),), (Words(f"{points:g}"),))


def _why(row: Earned) -> Sentence:
    jumps = [part for id in row.lines for part in (Words(", "), jump_to(id))][1:]
    return (Words(f"{row.reason}: " if jumps else row.reason), *jumps)
