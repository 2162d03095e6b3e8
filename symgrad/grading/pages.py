"""A page for every student: the work as it was written, with marks, points and what was decided by hand.

A page is made of the work, what was kept of its check, and the points; where none of these changed it stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.check import words_of
from symgrad.checking.marks import Marked
from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.document.blocks import Document, Paragraph, Words
from symgrad.errors import InputError
from symgrad.grading.decisions import Decision
from symgrad.grading.judging import opened
from symgrad.grading.marking import Result
from symgrad.grading.record import Record, restored
from symgrad.styles.annotated import annotated
from symgrad.styles.summary import points_table
from symgrad.submission.read import read_submission
from symgrad.workers import spread
from symgrad.writing.files import write_files
from symgrad.writing.html import to_html

FOLDER = "pages"
_SEAL = "<!-- made of {} -->\n"


class Page(Struct, frozen=True):
    """What a page is made of; ``who`` stands on it."""

    path: Path
    who: str
    name: str
    data: bytes
    problem: Path | None
    record: Record | None
    marks: Marked
    decisions: dict[int, Decision]
    look: str

    @property
    def seal(self) -> bytes:
        """The last line of the page, by which it is known whether it would be another."""
        found = self.record
        parts = (
            *(self.who, self.name, found and found.key, found and found.failed, self.marks, self.look),
            *(sorted((id, one.verdict, one.why) for id, one in self.decisions.items()),),
        )
        digest = sha256(msgspec.json.encode(parts, order="deterministic") + self.data).hexdigest()
        return _SEAL.format(digest).encode()

    @property
    def is_there(self) -> bool:
        """Whether this very page was made before."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(-len(self.seal), 2)
                return stream.read() == self.seal
        except OSError:
            return False

    def written(self) -> None:
        """Make it."""
        write_files({self.path: to_html(self.document).encode() + self.seal})

    @property
    def document(self) -> Document:
        """The report on the work; where there is none, why somebody has to look, and the points so far."""
        points = f"{self.marks.earned:g} of {self.marks.points:g} points"
        said = (Words(f"{self.who} · {f'to look at: {self.look}' if self.look else points}"),)
        if self.record is None or self.record.failed or self.problem is None:
            blocks = (Paragraph((Words(self.look or "Marked by hand."),), "note"), points_table(self.marks))
            return Document(self.who, blocks, said)
        return replace(annotated(self._check(self.record, self.problem), self.marks), subtitle=said)

    def _check(self, record: Record, problem: Path) -> Check:
        words = words_of(opened(problem))
        check = restored(record, read_submission(self.data.decode("utf-8-sig"), self.name, words))
        return replace(check, lines=tuple(map(self._decided, check.lines)))

    def _decided(self, judged: Judged) -> Judged:
        """A line as somebody decided it: nothing of what symgrad said against it is left."""
        found = self.decisions.get(judged.line.id)
        if found is None or found.verdict is None:
            return judged
        line, message = judged.line, f"decided by hand: {found.why}"
        return Judged(line, Verdict(found.verdict), message, judged.quantity, explained=True)


def path_of(folder: Path, result: Result) -> Path:
    """Where the page of a student goes."""
    return folder / FOLDER / f"{result.code}.html"


def write_pages(pages: Sequence[Page], jobs: int) -> Iterator[str]:
    """Make those that are not there yet; what could not be made is told."""
    missing = [page for page in pages if not page.is_there]
    yield from filter(None, spread(_written, missing, min(jobs, max(1, len(missing))), _lost))


def _written(page: Page) -> str:
    try:
        page.written()
    except InputError as error:
        return f"{page.path.name}: {error}"
    return ""


def _lost(page: Page, how: str) -> str:
    return f"{page.path.name}: error: the process that made it {how}"
