"""The student's page: a problem, a work that is checked as it is typed, a report on it to take home."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from time import time

from msgspec import Struct
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from symgrad.errors import InputError
from symgrad.opening import SUFFIXES
from symgrad.serving.drafts import Draft, Drafts
from symgrad.serving.guard import Access
from symgrad.serving.pool import Crowded, Dropped, Pool
from symgrad.serving.requests import Fields, fields_of, visitor_of, whose
from symgrad.serving.shelf import Offered, shelf
from symgrad.serving.task import Answer, Asked, Source
from symgrad.serving.templates import page
from symgrad.serving.verdicts import MEANINGS
from symgrad.submission.read import read_submission
from symgrad.writing.looks import VERDICTS

OWN, STATED = ":own", ":work"
"""In place of a problem's name: one's own is pasted, or the work states it."""
MOST_TEXT, MOST_OWN = 200_000, 200_000
"""Characters of a work that is typed, and of a problem that is pasted."""
WAYS = {"md": "Markdown", "tex": "LaTeX", "txt": "plain text"}
"""How a text is read, by the ending of its name."""
FILES = {"html": "text/html", "pdf": "application/pdf"}


class Desk(Struct, frozen=True):
    """What the page needs: the folder of problems, the processes, the drafts, how much is said of errors."""

    folder: Path
    pool: Pool
    drafts: Drafts
    access: Access
    most: str = "answer"
    has_class: bool = False

    @property
    def routes(self) -> list[Route]:
        """What can be asked for."""
        posts = (self.check, self.problem, self.upload, self.report)
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/draft", self.draft, methods=["GET"]),
            *(Route(f"/{answer.__name__}", answer, methods=["POST"]) for answer in posts),
        ]

    async def home(self, request: Request) -> Response:
        """The page, as it was left; `?problem=` opens a problem."""
        offered = await run_in_threadpool(shelf, self.folder)
        visitor = visitor_of(request)
        last = await run_in_threadpool(self.drafts.last, whose(visitor))
        name = request.query_params.get("problem") or (last.problem if last else "")
        if name not in (*offered, OWN, STATED):
            name = next(iter(offered), STATED)
        draft = await run_in_threadpool(self.drafts.get, whose(visitor), name)
        body = page(
            "work.html.j2",
            offered=tuple(offered.values()),
            draft=draft,
            chosen=name,
            kind=draft.name.rpartition(".")[2],
            ways=tuple(WAYS.items()),
            legend=tuple((name, VERDICTS[name][0], meaning) for name, meaning in MEANINGS.items()),
            form=self.access.form(visitor),
            own=OWN,
            stated=STATED,
            accept=",".join(sorted(SUFFIXES)),
            has_class=self.has_class,
        )
        return Response(body, media_type="text/html")

    async def draft(self, request: Request) -> Response:
        """What was written on a problem before, when it is chosen."""
        name = request.query_params.get("problem", "")[:500]
        found = await run_in_threadpool(self.drafts.get, whose(visitor_of(request)), name)
        return JSONResponse({"text": found.text, "own": found.own, "kind": found.name.rpartition(".")[2]})

    async def check(self, request: Request) -> Response:
        """The verdicts on what is typed; nothing where something newer has come."""
        fields = await fields_of(request, self.access)
        asked, draft = await self._asked("check", fields, request)
        answer = await self._answer(request, asked)
        if answer is None:
            return Response(status_code=204)
        self._keep(request, draft, answer)
        parts = {"fault": answer.fault, "preview": answer.preview, "verdicts": answer.verdicts}
        return JSONResponse({**parts, "said": answer.said, "rows": answer.rows})

    async def problem(self, request: Request) -> Response:
        """The questions of a problem."""
        fields = await fields_of(request, self.access)
        asked = Asked("problem", await self._source(fields))
        answer = await self._answer(request, asked)
        if answer is None:
            return Response(status_code=204)
        return JSONResponse({"fault": answer.fault, "html": answer.problem, "title": answer.said})

    async def report(self, request: Request) -> Response:
        """The annotated work as a file, with as much in it as is said on the page."""
        fields = await fields_of(request, self.access)
        asked, draft = await self._asked("report", fields, request)
        to = fields.get("to", "html")
        if to not in FILES:
            raise HTTPException(400, "unknown format")
        answer = await self._answer(request, replace(asked, to=to))
        if answer is None or answer.fault:
            raise HTTPException(409, answer.fault if answer else "something newer has come")
        self._keep(request, draft, answer)
        headers = {"content-disposition": f'attachment; filename="work.check.{to}"'}
        return Response(answer.content, media_type=FILES[to], headers=headers)

    async def upload(self, request: Request) -> Response:
        """The text in a file, which is then in the field; nothing else of it is kept."""
        fields = await fields_of(request, self.access)
        if fields.file is None:
            raise HTTPException(400, "no file was sent")
        name, data = fields.file
        try:
            text = await run_in_threadpool(_text, name, data)
        except InputError as error:
            return JSONResponse({"fault": error.message})
        ending = Path(name).suffix.lower().removeprefix(".")
        return JSONResponse({"fault": "", "text": text, "kind": ending if ending in WAYS else "md"})

    async def _source(self, fields: Fields) -> Source:
        """The problem that is meant."""
        name = fields.get("problem")
        if name == STATED:
            return Source()
        if name == OWN:
            return Source(text=fields.limited("own", MOST_OWN))
        found: Mapping[str, Offered] = await run_in_threadpool(shelf, self.folder)
        if name not in found:
            raise HTTPException(404, "there is no such problem")
        return found[name].source

    async def _asked(self, kind: str, fields: Fields, request: Request) -> tuple[Asked, Draft]:
        """What is asked of a process, and the draft as it is now."""
        source = await self._source(fields)
        text, ending = fields.limited("text", MOST_TEXT), fields.get("kind", "md")
        if ending not in WAYS:
            raise HTTPException(400, "unknown kind of text")
        name = f"work.{ending}"
        before = await run_in_threadpool(self.drafts.get, whose(visitor_of(request)), fields.get("problem"))
        draft = replace(before, name=name, text=text, own=fields.get("own"))
        self.drafts.put(whose(visitor_of(request)), draft)
        return Asked(kind, source, text, name, before.tries, time(), self.most), draft

    async def _answer(self, request: Request, asked: Asked) -> Answer | None:
        try:
            waiting = self.pool.submit((visitor_of(request), asked.kind), asked)
            answer: Answer = await asyncio.wrap_future(waiting)
        except Dropped:
            return None
        except Crowded:
            raise HTTPException(503, "too many are waiting: try again in a moment") from None
        return answer

    def _keep(self, request: Request, draft: Draft, answer: Answer) -> None:
        """The tries; what was typed in the meantime stays."""
        if not answer.fault:
            now = self.drafts.get(whose(visitor_of(request)), draft.problem)
            self.drafts.put(whose(visitor_of(request)), replace(now, tries=dict(answer.tries)))


def _text(name: str, data: bytes) -> str:
    """The text of a file as it is read: of a notebook, that of its cells of words. Raises `InputError`."""
    if Path(name).suffix.lower() not in SUFFIXES:
        raise InputError(f"only {', '.join(sorted(SUFFIXES))} can be read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("it is no UTF-8 text; a PDF or a picture cannot be read") from None
    if name.lower().endswith(".ipynb"):
        text = read_submission(text, name).text
    if len(text) > MOST_TEXT:
        raise InputError(f"it has {len(text):,} characters; the limit is {MOST_TEXT:,}")
    return text
