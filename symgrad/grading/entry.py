"""A text that was typed into a course's page, as it is stored: HTML. What counts is the text in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BREAKS = frozenset(
    ("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "form")
)
BREAKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section"}
BREAKS |= {"table", "td", "th", "tr", "ul"}
"""Where one of these begins or ends, so does a row of the text."""
HEADINGS = {f"h{n}": "#" * n + " " for n in range(1, 7)}
UNSEEN = frozenset(("script", "style", "head", "title", "template", "noscript"))
FORMULA = "data-equation-content"
"""Where the formula of a picture stands that Canvas's editor makes."""
_BLANKS = re.compile(r"[^\S\n]+")
_ROWS = re.compile(r"\n\s*\n\s*")


def text_of(html: str) -> str:
    r"""The text of a page, rows and headings kept, so formulas between dollars and in ``\(…\)``.

    >>> text_of("<p>So $$u = W x$$<br>and $b &lt; 1$</p>")
    'So $$u = W x$$\nand $b < 1$\n'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = _BLANKS.sub(" ", "".join(reader.parts))
    rows = (row.strip() for row in _ROWS.sub("\n\n", text).split("\n"))
    return "\n".join(rows).strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0
        self.kept = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen += 1
        if tag in ("pre", "code"):
            self.kept += 1
        if tag in BREAKS:
            self.parts.append("\n" if tag == "br" else "\n\n")
        self.parts.append(HEADINGS.get(tag, ""))
        formula = dict(attrs).get(FORMULA)
        if tag == "img" and formula:
            self.parts.append(f" ${formula}$ ")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        if tag in ("pre", "code"):
            self.kept = max(0, self.kept - 1)
        if tag in BREAKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data if self.kept else data.replace("\n", " "))
