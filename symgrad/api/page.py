"""A page of a report within a cell of a notebook."""

from __future__ import annotations

from html import escape

from msgspec import Struct


class Page(Struct, frozen=True):
    """A page of a report, which a notebook shows in a frame of its own, with its folds and its links.

    >>> import symgrad as sg
    >>> page = sg.solve(sg.problem({"L": "w**2"})).page()
    >>> page, page.html.startswith("<!DOCTYPE html>")
    (<page: Worked solution>, True)
    """

    title: str
    html: str
    height: str = "36rem"

    def __repr__(self) -> str:
        """The title, in angle brackets."""
        return f"<page: {self.title}>"

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{self.height};border:1px solid #8884"
        allowed = "allow-scripts allow-popups"
        source, title = escape(self.html), escape(self.title)
        return f'<iframe title="{title}" sandbox="{allowed}" style="{style}" srcdoc="{source}"></iframe>'
