"""The pages of the server, from ``templates/serve``: text is escaped as in every page of symgrad's."""

from __future__ import annotations

from functools import cache
from typing import Any

from symgrad.writing.escaping import Html, html_text
from symgrad.writing.html import to_fragment
from symgrad.writing.templates import Templates, templates, templates_folder

ASSETS = {
    "look.css": ("html", "text/css"),
    "serve.css": ("serve", "text/css"),
    "work.js": ("serve", "text/javascript"),
    "icon.svg": ("serve", "image/svg+xml"),
}
"""Files that pages ask for: the folder of each among the templates, and its kind."""
PLAIN = "<>&\"'"


def page(name: str, **values: Any) -> Html:
    """A page, or a part of one."""
    return Html(_templates().get_template(name).render(**values))


def asset(name: str) -> bytes:
    """The content of a file of `ASSETS`."""
    return (templates_folder() / ASSETS[name][0] / name).read_bytes()


@cache
def _templates() -> Templates:
    called = {
        "set": lambda blocks: to_fragment(blocks, depth=3),
        "verbatim": verbatim,
    }
    return templates("serve", Html, html_text, called)


def verbatim(text: str) -> Html:
    """A text in which rows and blanks stay, for a field that holds it."""
    return Html("".join(f"&#{ord(char)};" if char in PLAIN else char for char in text if char != "\x00"))
