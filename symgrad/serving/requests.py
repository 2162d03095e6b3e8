"""What a form says: its fields, none too long, and the proof that a page of this server's sent it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from symgrad.serving.guard import Access

MOST_FIELDS, MOST_FILES = 20, 1
MOST_FIELD = 1_000_000
"""Bytes of a field."""
SHORT = 2_000
"""Characters of one that is not a text."""


class Fields(Struct, frozen=True):
    """The fields of a form, and the file in it, where there is one: its name and its content."""

    texts: Mapping[str, str]
    file: tuple[str, bytes] | None = None

    def get(self, name: str, usual: str = "") -> str:
        """A short field; nothing of one that is not there."""
        return self.limited(name, SHORT) or usual

    def limited(self, name: str, most: int) -> str:
        """A field of so many characters at the most."""
        text = self.texts.get(name, "")
        if len(text) > most:
            raise HTTPException(413, f"'{name}' has more than {most:,} characters, the limit")
        return text.replace("\r\n", "\n")


async def fields_of(request: Request, access: Access) -> Fields:
    """The fields of a form of ours."""
    texts: dict[str, str] = {}
    file = None
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD) as form:
        if len(form.multi_items()) > MOST_FIELDS:
            raise HTTPException(400, f"a form has {MOST_FIELDS} fields at the most")
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                file = value.filename or "", await value.read()
            else:
                texts[name] = value
    if not hmac.compare_digest(texts.get("form", "").encode(), access.form(visitor_of(request)).encode()):
        raise HTTPException(403, "this form is not of this page, or of an older one: load the page again")
    return Fields(texts, file)


def visitor_of(request: Request) -> str:
    """Who asks."""
    visitor: str = request.scope["state"]["visitor"]
    return visitor


def whose(visitor: str) -> str:
    """What stands for a visitor in files: nobody can ask in their name who reads it."""
    return sha256(visitor.encode()).hexdigest()
