"""Languages: what a report says, in English where it is said, and in a file of texts for each other language.

The English sentence is its own key, with placeholders in braces: ``{target} is used by {consumers}:``. A file
of this folder, ``de.toml``, holds what stands for each, and how numbers are written. English has no file:
nothing is read for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field, toml

FOLDER = Path(__file__).parent
_PLACE = re.compile(r"\{(\w+)\}")


class Said(str):
    """An English sentence that knows its placeholders, so that it can be said in another language too.

    >>> Said("{name} is not finite", name="h")
    'h is not finite'
    """

    text: str
    values: Mapping[str, str]

    def __new__(cls, text: str, /, **values: str) -> Said:
        """The sentence; what is said already stays as it is."""
        if isinstance(text, Said):
            return text
        made = super().__new__(cls, filled(text, values))
        made.text, made.values = text, values
        return made


class Language(Struct, frozen=True, eq=False):
    """A language by its BCP 47 tag: its texts, the sign before decimals, and what parts numbers in a row.

    ``babel`` is its name in LaTeX.
    """

    tag: str
    decimal: str = "."
    separator: str = ","
    babel: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, /, **values: str) -> str:
        """A text in this language; what is `Said` brings what stands in it."""
        if isinstance(text, Said):
            own = {name: self(v) if isinstance(v, Said) else v for name, v in text.values.items()}
            text, values = text.text, {**own, **values}
        return filled(self.pattern(text), values) if values else self.pattern(text)

    def pattern(self, text: str) -> str:
        """A text in this language, its placeholders still open."""
        if self is ENGLISH:
            return text
        found = self.texts.get(text)
        return self.missing(text) if found is None else found

    def missing(self, text: str) -> str:
        """What stands for a text that the file does not have: the English one."""
        return text

    def pieces(self, text: str) -> list[str]:
        """A text in this language, cut at its placeholders: words, a name, words, …, a name, words."""
        return _PLACE.split(self.pattern(text))

    def listed(self, names: Iterable[str]) -> str:
        """a, b and c."""
        *most, last = names
        return f"{', '.join(most)} {self('and')} {last}" if most else last

    def number(self, text: str) -> str:
        """A number as it is written in this language: 0,5 of 0.5."""
        return text.replace(".", self.decimal)


ENGLISH = Language("en")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text) if values else text


def known() -> tuple[str, ...]:
    """The tags of all languages, English first."""
    return (ENGLISH.tag, *sorted(path.stem for path in FOLDER.glob("*.toml")))


def language_of(tag: str) -> Language:
    """The language with a tag of `known`; with any other English."""
    return ENGLISH if tag == ENGLISH.tag or tag not in known() else _read(FOLDER / f"{tag}.toml")


@cache
def _read(path: Path) -> Language:
    content = toml.decode(path.read_bytes(), type=dict[str, Any])
    return Language(path.stem, **content)
