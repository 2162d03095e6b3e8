"""The teacher's page: a marked class as a table, a student's work, and decisions on its lines."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec import Struct, field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from symgrad.checking.verdict import Verdict
from symgrad.errors import InputError
from symgrad.grading.asked import decide
from symgrad.grading.decisions import BACK
from symgrad.grading.pages import FOLDER
from symgrad.serving.gradebook import Gradebook, Student
from symgrad.serving.guard import REPORT_POLICY, Access
from symgrad.serving.pool import Crowded, Dropped, Pool
from symgrad.serving.requests import fields_of, visitor_of
from symgrad.serving.task import Answer, Asked, Source
from symgrad.serving.templates import page
from symgrad.writing.escaping import Html
from symgrad.writing.looks import VERDICTS

STATES = ("marked", "to look at", "late")
FIELDS, LONGEST = ("find", "state", "line", "order"), 200
ORDERS = {"student": "by student", "points": "fewest points first", "wrong": "most wrong lines first"}


class Classroom(Struct, frozen=True):
    """A class as `symgrad grade` has marked it."""

    folder: Path
    access: Access
    pool: Pool
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def book(self) -> Gradebook:
        """What is known of it."""
        return Gradebook(self.folder)

    @property
    def routes(self) -> list[Route]:
        """What can be asked for."""
        return [
            Route("/class", self.table, methods=["GET"]),
            Route("/class/{code}", self.student, methods=["GET"]),
            Route("/class/{code}/page", self.page, methods=["GET"]),
            Route("/class/{code}/decide", self.decide, methods=["POST"]),
        ]

    async def table(self, request: Request) -> Response:
        """All students that fit what is asked for."""
        asked = {name: request.query_params.get(name, "")[:LONGEST] for name in FIELDS}
        students = await run_in_threadpool(self.book.students)
        shown = [student for student in students if _fits(student, asked)]
        shown.sort(key=_ORDER.get(asked["order"], _ORDER["student"]))
        body = page(
            "class.html.j2",
            title=self.book.title,
            students=tuple(shown),
            asked=asked,
            states=STATES,
            verdicts=tuple(verdict.value for verdict in Verdict),
            mistakes=tuple(sorted({mistake for student in students for mistake in student.mistakes})),
            orders=tuple(ORDERS.items()),
            said=f"{len(shown)} of {len(students)} students",
        )
        return Response(body, media_type="text/html")

    async def student(self, request: Request) -> Response:
        """A student's work beside what was found in it."""
        student = await self._student(request)
        return await self._shown(request, student)

    async def page(self, request: Request) -> Response:
        """The page that `symgrad grade` has made, for a frame."""
        student = await self._student(request)
        try:
            content = await run_in_threadpool((self.folder / FOLDER / f"{student.code}.html").read_bytes)
        except OSError:
            raise HTTPException(404, "there is no page of this work") from None
        headers = {"content-security-policy": REPORT_POLICY}
        return Response(content, media_type="text/html", headers=headers)

    async def decide(self, request: Request) -> Response:
        """A verdict on a line, or points of a quantity: kept, and the class is marked again."""
        fields = await fields_of(request, self.access)
        student = await self._student(request)
        about = fields.get("about")
        said = f"{student.student}:{about}={fields.get('value')}"
        try:
            async with self.lock:
                made = await run_in_threadpool(
                    decide, self.folder, (said,), fields.get("why").strip(), bool(fields.get("everywhere"))
                )
        except InputError as error:
            message = f"{error.message}{f': {error.hint}' if error.hint else ''}"
            return await self._shown(request, student, message, status=409)
        if made.messages:
            return await self._shown(request, student, " ".join(made.messages), status=500)
        anchor = f"decide-{about}" if about.isdecimal() else "points"
        return RedirectResponse(f"/class/{student.code}#{anchor}", 303)

    async def _shown(
        self, request: Request, student: Student, fault: str = "", status: int = 200
    ) -> Response:
        lines = await run_in_threadpool(lambda: tuple(self.book.lines(student.student)))
        texts = tuple(text for line in lines for text in (f"${line.latex}$", line.message))
        typeset = await self._typeset(visitor_of(request), texts)
        body = page(
            "student.html.j2",
            student=student,
            lines=tuple(zip(lines, typeset[::2], typeset[1::2], strict=True)),
            marks=tuple(self.book.marks(student.student)),
            form=self.access.form(visitor_of(request)),
            values=(*(verdict.value for verdict in Verdict), BACK),
            signs={name: sign for name, (sign, _) in VERDICTS.items()},
            fault=fault,
        )
        return Response(body, status, media_type="text/html")

    async def _typeset(self, visitor: str, texts: tuple[str, ...]) -> tuple[str, ...]:
        """Sentences as parts of a page; as they are where that takes too long."""
        try:
            waiting = self.pool.submit((visitor, "typeset"), Asked("typeset", Source(), texts=texts))
            answer: Answer = await asyncio.wrap_future(waiting)
        except (Dropped, Crowded):
            return texts
        return tuple(map(Html, answer.texts)) or texts

    async def _student(self, request: Request) -> Student:
        code = request.path_params["code"]
        students = await run_in_threadpool(self.book.students)
        found = next((student for student in students if student.code == code), None)
        if found is None:
            raise HTTPException(404, "there is no such student")
        return found


def _fits(student: Student, asked: dict[str, str]) -> bool:
    state, line = asked["state"], asked["line"]
    return (
        asked["find"].casefold() in f"{student.who} {student.reason}".casefold()
        and (not state or state in (student.status, "late" if student.late else ""))
        and (not line or line in student.mistakes or bool(student.counts.get(line)))
    )


_ORDER = {
    "student": lambda student: (student.who.casefold(),),
    "points": lambda student: (student.earned is None, student.earned or 0.0, student.who),
    "wrong": lambda student: (-student.counts.get("wrong", 0), student.who),
}
