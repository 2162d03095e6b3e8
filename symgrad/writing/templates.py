"""The Jinja environment of a format, with delimiters neither TeX nor Typst uses.

What a template writes is of the format's marker type, macros included; a plain string is user text
and is escaped; anything else is an error. So nothing of the user's gets into a file as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.sandbox import SandboxedEnvironment

OURS = "symgrad"
"""Under this folder our own templates are found beside those that take their place."""


class Templates(Environment):
    """The templates in ``templates/<folder>``, read and compiled when first used.

    Args:
        folder: the format's folder.
        marker: the subclass of str that says "is in the format already".
        escape: makes user text safe; answers with the marker type.
        filters: what the templates may call.
        own: a folder of templates that come before ours.
    """

    def __init__(
        self,
        folder: str,
        marker: type[str],
        escape: Callable[[str], str],
        filters: Mapping[str, Callable[..., Any]],
        own: Path | None = None,
    ) -> None:
        super().__init__(
            block_start_string="<%",
            block_end_string="%>",
            variable_start_string="<<",
            variable_end_string=">>",
            comment_start_string="<#",
            comment_end_string="#>",
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
            undefined=StrictUndefined,
            finalize=self._safe,
            loader=_loader(folder, own),
        )
        self._marker = marker
        self._escape = escape
        self.filters.update(filters, kind=kind)

    def concat(self, parts: Iterable[str]) -> str:
        """Jinja's own hook: how it joins what a template, or one of its macros, has written."""
        return self._marker("".join(parts))

    def _safe(self, value: object) -> str:
        if not isinstance(value, str):
            # A name that is not defined raises Jinja's own error here, as it is made text.
            raise TypeError(f"a template may write text only, not {value} ({kind(value)})")
        return value if isinstance(value, self._marker) else self._escape(value)


class OwnTemplates(Templates, SandboxedEnvironment):
    """The same with templates of a user's own, which cannot run code there."""


def templates(
    folder: str,
    marker: type[str],
    escape: Callable[[str], str],
    filters: Mapping[str, Callable[..., Any]],
    own: Path | None = None,
) -> Templates:
    """The templates of a format, those of the folder ``own`` before ours."""
    kind_of = Templates if own is None else OwnTemplates
    return kind_of(folder, marker, escape, filters, own)


def _loader(folder: str, own: Path | None) -> BaseLoader:
    """Where templates come from: a user's own by name, then ours, ``symgrad/document.tex.j2`` there."""

    def source(name: str) -> str | None:
        place = templates_folder() / folder / name
        return place.read_text("utf-8") if place.is_file() else None

    ours = FunctionLoader(source)
    if own is None:
        return ours
    return ChoiceLoader([FileSystemLoader(own / folder), PrefixLoader({OURS: ours}), ours])


def templates_folder() -> Traversable:
    """Where the templates lie: in the installed package, or beside it in a checkout."""
    packaged = files("symgrad") / "templates"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "templates"


def kind(value: object) -> str:
    """The kind of a block: the name of its class, by which a template picks its macro."""
    return type(value).__name__
