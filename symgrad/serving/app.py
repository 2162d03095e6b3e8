"""The server: the student's page, the teacher's where a class is named, and what stands before both."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import click
import uvicorn
from msgspec import Struct
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from symgrad.checking.hints import LEVELS
from symgrad.errors import InputError
from symgrad.limits import Limits
from symgrad.reading.nearest import check_name
from symgrad.serving.classroom import Classroom
from symgrad.serving.desk import Desk
from symgrad.serving.drafts import Drafts
from symgrad.serving.gradebook import Gradebook
from symgrad.serving.guard import (
    ENTRY,
    LENGTH,
    SLOW,
    Access,
    Guard,
    access,
    cookie_of,
    fresh_visitor,
    known_in,
)
from symgrad.serving.pool import Pool
from symgrad.serving.task import Working, lost
from symgrad.serving.templates import ASSETS, asset, page
from symgrad.workers import count_of

HERE = frozenset(("127.0.0.1", "localhost", "::1"))
"""Names of this machine that no other can reach."""
EVERY = 2.0
"""Seconds between two times that drafts are written."""
MOST_AT_ONCE = 1_000
"""Connections; more are told to come again."""
GRACE = 5.0
"""Seconds of the wall for each of processor time that a check may take: others work beside it."""


class Served(Struct, frozen=True, kw_only=True):
    """What is served, to whom, and how much one check may take.

    ``graded`` is the folder of a class, ``token`` what is asked for first (None for one made up here).
    """

    folder: Path
    graded: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    token: str | None = ""
    most: str = "answer"
    limits: Limits = Limits()
    jobs: int | None = None
    forget: bool = False


def serve(asked: Served) -> None:
    """Serve until Ctrl-C. Raises `InputError` for a folder or an address that cannot be used."""
    if not asked.folder.is_dir():
        raise InputError(f"there is no folder '{asked.folder}'", hint="name the folder of the problem files")
    check_name("level of hints", asked.most, LEVELS)
    if asked.graded is not None:
        Gradebook(asked.graded).check()
    with listening_at(asked) as listening:
        host, port = listening.getsockname()[:2]
        token = secrets.token_urlsafe(LENGTH) if asked.token is None else asked.token
        server = server_of(asked, port, token)
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"http://{shown}:{port}/{f'?token={token}' if asked.token is None else ''}")
        click.echo("Serving; Ctrl-C ends.", err=True)
        server.run(sockets=[listening])


def server_of(asked: Served, port: int, token: str) -> uvicorn.Server:
    """The server, not yet running."""
    config = uvicorn.Config(
        application(asked, access(_names(asked), port, token)),
        loop="asyncio",
        http="h11",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def application(asked: Served, access: Access) -> Starlette:
    """The pages, behind the guard."""
    work = Working(asked.limits)
    drafts = Drafts(None if asked.forget else asked.folder)
    pool = Pool(work, count_of(asked.jobs, MOST_AT_ONCE), asked.limits.time * GRACE, lost)
    desk = Desk(asked.folder, pool, drafts, access, asked.most, asked.graded is not None)
    rooms = [] if asked.graded is None else Classroom(asked.graded, access, pool).routes

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        writing = asyncio.create_task(_written(drafts))
        try:
            yield
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            pool.close()
            drafts.close()

    files = [Route(f"/{name}", partial(_asset, name=name), methods=["GET"]) for name in ASSETS]
    enter = Route(ENTRY, partial(_enter, access=access), methods=["POST"])
    guard = Middleware(Guard, access=access, gate=lambda: page("gate.html.j2", entry=ENTRY).encode())
    return Starlette(routes=[*desk.routes, *rooms, *files, enter], middleware=[guard], lifespan=life)


async def _written(drafts: Drafts) -> None:
    while True:
        await asyncio.sleep(EVERY)
        await run_in_threadpool(drafts.flush)


async def _asset(request: Request, name: str) -> Response:
    content = await run_in_threadpool(asset, name)
    headers = {"cache-control": "max-age=300"}
    return Response(content, media_type=ASSETS[name][1], headers=headers)


async def _enter(request: Request, access: Access) -> Response:
    """Who knows the token gets the cookie; who had one keeps the drafts that it stands for."""
    form = await request.form(max_files=0, max_fields=2, max_part_size=10_000)
    if not access.knows(str(form.get("token", ""))):
        await asyncio.sleep(SLOW)
        raise HTTPException(403, "this is not the token")
    visitor = known_in(request.cookies.get(access.cookie, "")) or fresh_visitor()
    return RedirectResponse("/", 303, {"set-cookie": cookie_of(access, visitor)})


def _names(asked: Served) -> frozenset[str]:
    """The names by which this server may be called; any address where it listens to others."""
    own = {name.lower() for name in asked.names}
    if asked.host in HERE:
        return HERE | own
    return HERE | own | {"*", asked.host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()}


def listening_at(asked: Served) -> socket.socket:
    """A socket at the address. Raises `InputError`."""
    if asked.host not in HERE and asked.token == "":
        raise InputError(f"others can reach '{asked.host}'", hint="add --token")
    try:
        family = socket.AF_INET6 if ":" in asked.host else socket.AF_INET
        return socket.create_server((asked.host, asked.port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"cannot listen at {asked.host}, port {asked.port}: {reason}",
            hint="another port is chosen with --port, a free one with --port 0",
        ) from error
