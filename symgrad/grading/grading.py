"""The whole way of a class: what came in, judged where it is not yet, decided, marked, written."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

from symgrad.document.blocks import Document
from symgrad.errors import InputError
from symgrad.grading.box import Box, open_box
from symgrad.grading.changes import NAME as CHANGES
from symgrad.grading.changes import Changes, changes_of
from symgrad.grading.cluster import judge_on
from symgrad.grading.deciding import Deciding
from symgrad.grading.decisions import Decision, add_decisions, decided, read_asked, read_decisions
from symgrad.grading.exports.catalogue import EXPORTS, Class, export
from symgrad.grading.exports.tables import canvas_grades, moodle_grades
from symgrad.grading.gradebook import read_gradebook, write_gradebook
from symgrad.grading.incoming import Incoming, collect
from symgrad.grading.judging import Task, judge_all, opened
from symgrad.grading.log import Log, read_log
from symgrad.grading.marking import MARKED, Piece, Result, result_of, usual_rubric
from symgrad.grading.naming import own_naming
from symgrad.grading.pages import Page, path_of, write_pages
from symgrad.grading.record import Record, digest_of, key_of
from symgrad.grading.report import report_of
from symgrad.grading.roster import Roster, Whose, apart, open_roster
from symgrad.limits import Limits
from symgrad.reading.nearest import check_name
from symgrad.reading.rubric import Rubric, load_rubric
from symgrad.running import Outcome
from symgrad.variants.manifest import hash_of
from symgrad.workers import count_of
from symgrad.writing.files import write_files
from symgrad.writing.html import to_html

REPORT = "report.html"


class Request(Struct, frozen=True, kw_only=True):
    """What is asked for: the work, the problem, points, where to, and what is decided by hand.

    ``share`` of the points are enough to pass; ``dask`` is the address of a cluster that judges.
    """

    place: Path
    problem: Path
    folder: Path
    rubric: Path | None = None
    jobs: int | None = None
    limits: Limits = Limits()
    names: bool = False
    pattern: str | None = None
    share: float = 0.5
    sets: tuple[str, ...] = ()
    why: str = ""
    everywhere: bool = False
    formats: tuple[str, ...] = ()
    canvas: Path | None = None
    moodle: Path | None = None
    column: str | None = None
    dask: str | None = None


class Came(Struct, frozen=True):
    """A piece of work as it came: whose, the text that is judged, its key, why it is not judged."""

    whose: Whose
    work: Incoming
    data: bytes = b""
    key: str = ""
    problem: str = ""
    look: str = ""

    @property
    def name(self) -> str:
        """What the work is called where no name may stand."""
        return f"{self.whose.code}{self.work.suffix}"

    @property
    def digest(self) -> str:
        """The same for the same work, whatever it is judged by; none where nothing could be read."""
        return digest_of(self.work.suffix, self.data) if self.data else ""


class Grading(Struct, frozen=True, dict=True):
    """A class on its way; what each step needs is worked out once."""

    asked: Request

    @cached_property
    def box(self) -> Box:
        """Where the work is. Raises `InputError`."""
        return open_box(self.asked.place, self.asked.folder)

    @cached_property
    def roster(self) -> Roster:
        """Whose it may be, and what it is judged by. Raises `InputError`."""
        return open_roster(self.asked.problem)

    @cached_property
    def rubric(self) -> Rubric:
        """What is worth how much. Raises `InputError`."""
        problem = opened(self.roster.first)
        return usual_rubric(problem) if self.asked.rubric is None else load_rubric(self.asked.rubric, problem)

    @cached_property
    def symgrad(self) -> str:
        """The version that judges."""
        return version("symgrad")

    @cached_property
    def naming(self) -> str:
        """Whose names the work has."""
        return self._collected[0]

    @cached_property
    def came(self) -> tuple[Came, ...]:
        """All work. Raises `InputError` where there is none."""
        return self._collected[1]

    @cached_property
    def _collected(self) -> tuple[str, tuple[Came, ...]]:
        own = None if self.asked.pattern is None else own_naming(self.asked.pattern)
        collected = collect(self.box, own)
        if not collected.work:
            raise InputError(f"there is no work in '{self.asked.place}'", hint="name a folder or a ZIP")
        texts = [self._text(work) for work in collected.work]
        pairs = zip(collected.work, texts, strict=True)
        whose = apart(self.roster.whose(work, data) for work, (data, _) in pairs)
        found = zip(whose, collected.work, texts, strict=True)
        return collected.naming, tuple(self._came(who, work, *text) for who, work, text in found)

    def _text(self, work: Incoming) -> tuple[bytes, str]:
        if work.look:
            return b"", work.look
        try:
            return work.text(self.box), ""
        except InputError as error:
            return b"", error.message

    def _came(self, whose: Whose, work: Incoming, data: bytes, look: str) -> Came:
        look = look or whose.look
        if look or whose.problem is None:
            return Came(whose, work, data, look=look)
        problem = opened(whose.problem)
        made_of = hash_of(problem.located.data, problem.given)
        return Came(whose, work, data, key_of(self.symgrad, made_of, work.suffix, data), made_of)

    @cached_property
    def known(self) -> dict[str, Record]:
        """What was judged before, and all that is judged now. What failed may succeed within other limits."""
        shown = self.asked.limits.shown
        records = read_log(self.asked.folder)
        return {key: one for key, one in records.items() if not one.failed or one.within == shown}

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """What is to be judged yet, the same work once."""
        missing = {came.key: came for came in self.came if came.key and came.key not in self.known}
        return tuple(
            Task(key, came.name, came.data, came.whose.problem)
            for key, came in missing.items()
            if came.whose.problem is not None
        )

    def ready(self) -> None:
        """Look at all that is asked for, before anything is judged. Raises `InputError`."""
        _ = self.rubric, self.tasks
        for text in self.asked.sets:
            read_asked(text)
        for name in self.asked.formats:
            check_name("export", name, tuple(EXPORTS))

    def judged(self) -> Generator[Outcome, None, None]:
        """Judge what is to be judged; all is kept as it comes."""
        if not self.tasks:
            return
        with Log(self.asked.folder) as log:
            for place, record in self._records():
                log.add(record)
                self.known[record.key] = record
                yield Outcome(name=self.tasks[place].name, seconds=record.seconds)

    def _records(self) -> Generator[tuple[int, Record], None, None]:
        """What comes of all that is to be judged: here, or on a cluster."""
        asked = self.asked
        if asked.dask is not None:
            return judge_on(asked.dask, self.tasks, asked.limits)
        return judge_all(self.tasks, asked.limits, self._jobs(len(self.tasks)))

    def _jobs(self, tasks: int) -> int:
        return count_of(self.asked.jobs, tasks)

    def decide(self) -> tuple[Decision, ...]:
        """Keep what is decided by hand. Raises `InputError` for a student or line that there is not."""
        asked = self.asked
        deciding = Deciding(self.pieces, self.rubric, asked.why, asked.everywhere)
        decisions = deciding.all_of(asked.sets)
        if decisions:
            add_decisions(asked.folder, decisions)
        return decisions

    @property
    def pieces(self) -> list[Piece]:
        """All work with what is known of it."""
        return [
            Piece(came.whose, came.work, self.known.get(came.key), came.problem, came.look, came.digest)
            for came in self.came
        ]

    def results(self, decisions: Sequence[Decision]) -> list[Result]:
        """Points for everybody, in the order of ids, or of codes where no names are shown."""
        every = decided(decisions)
        made = (result_of(piece, self.rubric, every) for piece in self.pieces)
        return sorted(made, key=lambda result: result.student if self.asked.names else result.code)

    def who(self, results: Sequence[Result]) -> Mapping[str, str]:
        """How students are called."""
        named = ((result.piece.whose.student, result.code) for result in results)
        return {one.id: (one.name or one.id) if self.asked.names else code for one, code in named}

    def changes(self) -> Changes | None:
        """What of marks that were made before would be others, though work and decisions are the same.

        It is kept in a table beside them. None where nothing would.
        """
        before = read_gradebook(self.asked.folder)
        if before is None:
            return None
        results = self.results(read_decisions(self.asked.folder))
        found = changes_of(before, self.symgrad, self._points, results, self.who(results))
        if not found.rows:
            return None
        write_files({self.asked.folder / CHANGES: found.written()})
        return found

    @property
    def _points(self) -> str:
        """The rubric, as it is kept."""
        return msgspec.json.encode(self.rubric, order="deterministic").decode()

    def written(self, results: Sequence[Result], decisions: Sequence[Decision]) -> Outcome:
        """Write gradebook, pages and report."""
        folder, who = self.asked.folder, self.who(results)
        book = write_gradebook(folder, results, decisions, self.symgrad, self._points)
        came = {one.whose.code: one for one in self.came}
        pages = [self._page(result, came[result.code], who[result.student]) for result in results]
        faults = tuple(write_pages(pages, self._jobs(len(pages))))
        write_files({folder / REPORT: to_html(self._report(results)).encode()})
        return Outcome((folder / REPORT, book), faults, 2 if faults else 0)

    def exported(self, results: Sequence[Result]) -> Outcome:
        """Write what is asked for others. Raises `InputError` for a table that cannot be filled in."""
        asked, folder = self.asked, self.asked.folder
        made = Class(results, folder, lambda: self._report(results))
        files = dict(export(name, self.naming, made) for name in asked.formats)
        warnings = []
        for table, fill in ((asked.canvas, canvas_grades), (asked.moodle, moodle_grades)):
            if table is not None:
                filled = fill(table, results, self.naming, asked.column)
                files[_apart_from(folder / table.name, table)] = filled.content
                if filled.without:
                    warnings.append(f"{table}: warning: it has no row for {', '.join(filled.without)}")
        write_files(files)
        return Outcome(tuple(files), warnings=tuple(warnings))

    def _report(self, results: Sequence[Result]) -> Document:
        title = opened(self.roster.first).title or self.roster.first.stem
        return report_of(title, results, self.who(results), self.asked.share)

    def _page(self, result: Result, came: Came, who: str) -> Page:
        piece = result.piece
        return Page(
            path_of(self.asked.folder, result),
            who,
            came.name,
            came.data,
            piece.whose.problem,
            piece.record,
            result.marks,
            dict(result.decisions),
            result.look,
        )

    def said(self, results: Sequence[Result]) -> str:
        """What became of the class, in a line."""
        marked = sum(result.status == MARKED for result in results)
        fresh, most = len(self.tasks), len(results)
        return f"{most} submissions: {marked} marked, {most - marked} to look at; {fresh} judged in this run"


def _apart_from(path: Path, table: Path) -> Path:
    """Where a filled table goes: never over the one that it was made from."""
    same = path.exists() and path.samefile(table)
    return path.with_name(f"{path.stem}.filled{path.suffix}") if same else path


def decisions_in(grading: Grading) -> tuple[Decision, ...]:
    """What was decided before and now."""
    grading.decide()
    return read_decisions(grading.asked.folder)
