"""The report on a class: its points, its quantities, its mistakes, and what to look at by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from symgrad.checking.marks import MISSING, Evidence
from symgrad.checking.verdict import Verdict
from symgrad.document.blocks import Away, Block, Document, Paragraph, Section, Sentence, Table, Words
from symgrad.grading.marking import LOOK, MARKED, Result, is_near
from symgrad.grading.pages import FOLDER
from symgrad.styles.sentences import line_anchor

BARS, WIDEST = 10, 20
"""Of the histogram: so many rows, the longest with so many signs."""
MOST_LINES, MOST_MISTAKES, MOST_SHOWN = 10, 12, 60
COLUMNS = ("right", "carried", "wrong", MISSING, LOOK)


class Doubt(Struct, frozen=True):
    """A line that somebody should look at, and how many others have the same; the lowest ``rank`` first."""

    rank: int
    result: Result
    line: int
    latex: str
    why: str
    others: int = 0


def report_of(title: str, results: Sequence[Result], who: Mapping[str, str], share: float) -> Document:
    """The report; ``who`` is how a student is called, ``share`` of the points are enough to pass."""
    judged = [result for result in results if result.piece.record and not result.piece.record.failed]
    sections = (
        ("Points", "points", _points(results, share)),
        ("Quantities", "quantities", (_quantities(results),)),
        ("Where most got stuck", "stuck", _stuck(judged)),
        ("Mistakes", "mistakes", _mistakes(judged)),
        ("Lines to look at", "lines", _doubts(judged, who, share)),
        ("Work to look at", "work", _work(results, who)),
        ("Students", "students", (_students(results, who),)),
    )
    blocks = (Section((Words(head),), tuple(made), anchor) for head, anchor, made in sections)
    said = f"{_count(len(results), 'submission')}, {sum(r.status == MARKED for r in results)} marked"
    return Document(title, tuple(blocks), (Words(said),))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _cells(*texts: str) -> tuple[Sentence, ...]:
    return tuple((Words(text),) if text else () for text in texts)


def _points(results: Sequence[Result], share: float) -> Iterator[Block]:
    """How many have how many points, in rows of equal width."""
    marked = [result.marks for result in results if result.status == MARKED]
    most = max((marks.points for marks in marked), default=0)
    if not most:
        yield Paragraph((Words("Nothing is marked yet."),))
        return
    earned = sorted(marks.earned for marks in marked)
    passed = sum(marks.earned >= share * marks.points for marks in marked)
    middle = (earned[(len(earned) - 1) // 2] + earned[len(earned) // 2]) / 2
    mean = sum(earned) / len(earned)
    yield Paragraph(
        (Words(f"Of {most:g} points: mean {mean:.2f}, median {middle:g}; {passed} of {len(earned)} passed."),)
    )
    counts = Counter(min(BARS - 1, int(BARS * points / most)) for points in earned)
    longest = max(counts.values())
    rows = (
        _cells(
            f"{most * n / BARS:g} to {most * (n + 1) / BARS:g}",
            str(counts[n]),
            "■" * round(WIDEST * counts[n] / longest),
        )
        for n in range(BARS)
    )
    yield Table(_cells("Points", "Students", "As a bar"), tuple(rows))


def _quantities(results: Sequence[Result]) -> Table:
    """What became of every quantity, and of each part of its points."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        for row in result.marks.rows:
            counts[row.title][_kind(row.reason, row.earned, row.points, bool(result.piece.record))] += 1
    rows = (_cells(title, *(str(found[kind] or "") for kind in COLUMNS)) for title, found in counts.items())
    return Table(_cells("Quantity", *COLUMNS), tuple(rows))


def _kind(reason: str, earned: float, points: float, judged: bool) -> str:
    for verdict in (Verdict.CARRIED, Verdict.WRONG):
        if reason == verdict:
            return verdict.value
    if reason.startswith(MISSING):
        return MISSING if judged else LOOK
    if reason.startswith((Verdict.UNREADABLE, Verdict.UNCHECKED)):
        return LOOK
    return "right" if earned >= points else "wrong"


def _stuck(results: Sequence[Result]) -> Iterator[Block]:
    """The quantity of everybody's first wrong line."""
    first: Counter[str] = Counter()
    for result in results:
        wrong = next((line for line in result.lines if line.verdict is Verdict.WRONG), None)
        if wrong is not None:
            first[wrong.quantity or "a line about none of the quantities"] += 1
    if not first:
        yield Paragraph((Words("No line is wrong."),))
        return
    (name, count), *_ = first.most_common(1)
    yield Paragraph((Words(f"The first wrong line is most often about {name}: {count} of {len(results)}."),))
    rows = (_cells(name, str(count)) for name, count in first.most_common(MOST_MISTAKES))
    yield Table(_cells("First wrong line about", "Students"), tuple(rows))


def _mistakes(results: Sequence[Result]) -> Iterator[Block]:
    """How many students made each mistake of the catalogue."""
    students: dict[str, set[str]] = defaultdict(set)
    lines: Counter[str] = Counter()
    for result in results:
        for said, counts in _both(result):
            if counts.verdict is Verdict.WRONG:
                name = (said["mistake"] or "no known cause").replace("_", " ")
                students[name].add(result.student)
                lines[name] += 1
    most = sorted(students, key=lambda name: (-len(students[name]), name))[:MOST_MISTAKES]
    rows = (_cells(name, str(len(students[name])), str(lines[name])) for name in most)
    if most:
        yield Table(_cells("Mistake", "Students", "Lines"), tuple(rows))
    else:
        yield Paragraph((Words("None."),))


def _both(result: Result) -> Iterator[tuple[dict[str, Any], Evidence]]:
    record = result.piece.record
    if record is not None:
        yield from zip(record.lines, result.lines, strict=True)


def doubts_of(results: Sequence[Result], share: float) -> list[Doubt]:
    """The lines to look at, equal ones once: unread, without a known cause, near the pass mark."""
    found: dict[tuple[str, str], Doubt] = {}
    for result in results:
        record = result.piece.record
        if record is None:
            continue
        near = is_near(result, share)
        for said, counts, more in zip(record.lines, result.lines, record.beside, strict=True):
            ranked = _rank(counts.verdict, bool(said["mistake"] or more.explained), more.claims, near)
            if ranked is None or counts.id in result.decisions:
                continue
            rank, why = ranked
            key = ("".join(said["latex"].split()), why)
            if key in found:
                known = found[key]
                better = known if known.rank <= rank else Doubt(rank, result, counts.id, known.latex, why)
                found[key] = Doubt(rank, better.result, better.line, known.latex, why, known.others + 1)
            else:
                found[key] = Doubt(rank, result, counts.id, said["latex"], why)
    return sorted(
        found.values(), key=lambda doubt: (doubt.rank, -doubt.others, doubt.result.code, doubt.line)
    )


def _rank(verdict: Verdict, explained: bool, claims: bool, near: bool) -> tuple[int, str] | None:
    kinds = {
        Verdict.UNREADABLE: (2, "unreadable"),
        Verdict.WRONG: (6 if explained else 4, "wrong" if explained else "wrong without a known cause"),
        Verdict.UNCHECKED: (5, "unchecked") if claims else None,
    }
    found = kinds.get(verdict)
    if found is None or (found[0] == 6 and not near):
        return None
    return found[0] - 2 * near, found[1] + (", near the pass mark" if near else "")


def _doubts(results: Sequence[Result], who: Mapping[str, str], share: float) -> Iterator[Block]:
    doubts = doubts_of(results, share)
    if not doubts:
        yield Paragraph((Words("None."),))
        return
    rows = (
        (
            (Away(who[doubt.result.student], f"{_page(doubt.result)}#{line_anchor(doubt.line)}"),),
            *_cells(str(doubt.line), _cut(doubt.latex), doubt.why, str(doubt.others or "")),
        )
        for doubt in doubts[:MOST_LINES]
    )
    yield Table(_cells("Student", "Line", "Written", "Why", "Equal ones"), tuple(rows))
    if len(doubts) > MOST_LINES:
        yield Paragraph((Words(f"{len(doubts) - MOST_LINES} more are on the students' pages."),))


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_SHOWN else flat[: MOST_SHOWN - 1] + "…"


def _work(results: Iterable[Result], who: Mapping[str, str]) -> Iterator[Block]:
    rows = tuple(
        ((Away(who[result.student], _page(result)),), *_cells(result.look))
        for result in results
        if result.status == LOOK
    )
    yield Table(_cells("Student", "Why"), rows) if rows else Paragraph((Words("None."),))


def _students(results: Iterable[Result], who: Mapping[str, str]) -> Table:
    rows = (
        (
            (Away(who[result.student], _page(result)),),
            *_cells(LOOK if result.look else f"{result.marks.earned:g}", f"{result.marks.points:g}"),
            *_cells("late" if result.piece.work.late else ""),
        )
        for result in results
    )
    return Table(_cells("Student", "Points", "of", "Late"), tuple(rows))


def _page(result: Result) -> str:
    return f"{FOLDER}/{result.code}.html"
