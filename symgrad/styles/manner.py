"""The manner in which a report is written."""

from __future__ import annotations

from msgspec import Struct

from symgrad.languages import ENGLISH


class Manner(Struct, frozen=True):
    """The choices that styles make a document by.

    ``style`` is one of `symgrad.styles.STYLES`. None for ``notation`` and ``digits`` is the style's own, and
    for ``detail`` what the problem asks for. ``language`` is one of `symgrad.languages.known`.
    ``colour``: every quantity of a key has one of its own.
    """

    style: str = "lab"
    notation: str | None = None
    digits: int | None = None
    detail: str | None = None
    language: str = ENGLISH.tag
    colour: bool = True
