"""What stands before every page: who may ask, from where, for how much, and what a page may do.

No accounts: a visitor is a cookie that nobody can guess. With a token it is given to those alone who know it.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from msgspec import Struct
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LENGTH = 32
"""Bytes of what nobody can guess."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
REPORT_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""Of a page as `symgrad grade` makes it, in a frame: it names its style by a hash itself, no script runs."""
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
LONGEST = {"/upload": 20_000_000}
USUAL = 2_500_000
"""Bytes that a visitor may send; of a notebook with its pictures more."""
SLOW = 0.5
"""Seconds that a wrong token takes."""
LONG = "this is too long"
ENTRY = "/enter"
FREE = frozenset((ENTRY, "/look.css", "/serve.css", "/icon.svg"))
"""What can be asked for without the token: the page that asks for it."""


_VISITOR = re.compile(r"[\w-]{43}")


class Access(Struct, frozen=True):
    """Who may ask: by which names this server is called, and the token, where there is one.

    ``secret`` signs cookies, ``port`` tells those of several servers on one machine apart.
    """

    names: frozenset[str]
    port: int
    token: str = ""
    secret: bytes = b""

    @property
    def cookie(self) -> str:
        """Its name."""
        return f"symgrad-{self.port}"

    def is_own(self, host: str) -> bool:
        """Whether a name is this server's: another page's script may have led its own name here."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        name = name.strip("[]").lower()
        return name in self.names or ("*" in self.names and _is_address(name))

    def signed(self, visitor: str) -> str:
        """What the cookie of a visitor holds."""
        return f"{visitor}.{self._sign('visitor', visitor)}"

    def visitor(self, cookie: str) -> str:
        """Who holds a cookie; nobody for one that is not ours."""
        visitor, _, sign = cookie.partition(".")
        return visitor if visitor and hmac.compare_digest(sign, self._sign("visitor", visitor)) else ""

    def form(self, visitor: str) -> str:
        """What the forms of a visitor's pages hold, and no other page knows."""
        return self._sign("form", visitor)

    def knows(self, token: str) -> bool:
        """Whether somebody knows the token."""
        return not self.token or hmac.compare_digest(token.encode(), self.token.encode())

    def _sign(self, what: str, visitor: str) -> str:
        return hmac.new(self.secret, f"{what}:{visitor}".encode(), sha256).hexdigest()


def access(names: frozenset[str], port: int, token: str) -> Access:
    """The access to a server. With the same token, cookies hold longer than the server runs."""
    secret = sha256(token.encode()).digest() if token else secrets.token_bytes(LENGTH)
    return Access(names, port, token, secret)


def _is_address(name: str) -> bool:
    """Whether a name is a number, which nobody can lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """The way of every request: refused, asked for the token, or handed on with ``visitor`` in its state."""

    def __init__(self, app: ASGIApp, access: Access, gate: Callable[[], bytes]) -> None:
        self.app, self.access, self.gate = app, access, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let somebody answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        visitor, fresh = self._visitor(headers)
        scope.setdefault("state", {})["visitor"] = visitor

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                _dress(MutableHeaders(scope=message), self._cookie(visitor) if fresh else "")
            await send(message)

        refusal = self._refusal(scope, headers, visitor) or await self._welcome(scope, visitor)
        if refusal is not None:
            await refusal(scope, receive, sent)
            return
        with suppress(ClientDisconnect):  # who hangs up is told nothing
            await self.app(scope, _counted(receive, LONGEST.get(scope["path"], USUAL)), sent)

    def _visitor(self, headers: Headers) -> tuple[str, bool]:
        """Who asks, and whether the cookie is to be set."""
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            cookies.clear()
        held = cookies[self.access.cookie].value if self.access.cookie in cookies else ""
        if visitor := self.access.visitor(held):
            return visitor, False
        if self.access.token:
            return "", False
        return known_in(held) or fresh_visitor(), True

    def _cookie(self, visitor: str) -> str:
        return cookie_of(self.access, visitor)

    def _refusal(self, scope: Scope, headers: Headers, visitor: str) -> PlainTextResponse | None:
        """Why a request is not handed on."""
        if len(headers.getlist("host")) != 1 or not self.access.is_own(headers["host"]):
            return _said(421, "this server is not called so")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return _said(405, "pages are looked at and forms are sent here, nothing else")
        if scope["method"] == "POST" and not _is_ours(headers):
            return _said(403, "this was sent by a page of somebody else's")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LONGEST.get(scope["path"], USUAL):
            return _said(413, LONG)
        return None

    async def _welcome(self, scope: Scope, visitor: str) -> Response | None:
        """What somebody gets who did not tell the token yet: the page that asks for it, or the way in."""
        if visitor or scope["path"] in FREE:
            return None
        told = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if told and self.access.knows(told):
            return RedirectResponse("/", 303, {"set-cookie": cookie_of(self.access, fresh_visitor())})
        await asyncio.sleep(SLOW if told else 0)
        return Response(self.gate(), 401, media_type="text/html")


def known_in(cookie: str) -> str:
    """The visitor that a cookie is of, whoever signed it: who holds it knows what nobody can guess."""
    visitor = cookie.partition(".")[0]
    return visitor if _VISITOR.fullmatch(visitor) else ""


def fresh_visitor() -> str:
    """Somebody who was not here before."""
    return secrets.token_urlsafe(LENGTH)


def cookie_of(access: Access, visitor: str) -> str:
    """The header that gives a visitor the cookie, for a term."""
    return f"{access.cookie}={access.signed(visitor)}; HttpOnly; SameSite=Strict; Path=/; Max-Age=15552000"


def _is_ours(headers: Headers) -> bool:
    """Whether a form was sent by a page of this server's: browsers tell, and no script can make them lie."""
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2] == headers["host"]
    return headers.get("sec-fetch-site") == "same-origin"


def _counted(receive: Receive, most: int) -> Receive:
    count = 0

    async def received() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > most:
            raise HTTPException(413, LONG)
        return message

    return received


def _dress(headers: MutableHeaders, cookie: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if cookie:
        headers.append("set-cookie", cookie)


def _said(status: int, text: str) -> PlainTextResponse:
    return PlainTextResponse(text + "\n", status)
