"""Whose work it is, and by which problem it is judged: one for all, or every student's own variant.

A student of a class is found by id, address or name, or by the code of a variant that stands in the name
of the file or in the text. What has another student's code is never judged by either variant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.grading.incoming import Incoming
from symgrad.variants.making import PROBLEMS
from symgrad.variants.manifest import LENGTH, LETTERS, Manifest, Variant, letters_of, read_manifest
from symgrad.variants.students import Student

_CODE = re.compile(rf"(?<![A-Za-z0-9])[{LETTERS}]{{{LENGTH}}}(?![A-Za-z0-9])")
_LETTERS = re.compile(r"[^\w]|_")


class Whose(Struct, frozen=True):
    """A student, under a ``code`` that hides the name; the problem, or why somebody has to ``look``."""

    student: Student
    code: str
    problem: Path | None
    variant: str = ""
    look: str = ""


class Roster(Struct, frozen=True, dict=True):
    """What work is judged by: a problem file, or the variants in the folder of a class."""

    place: Path
    manifest: Manifest | None = None

    @property
    def first(self) -> Path:
        """A problem of this class: all have the same quantities."""
        return self.place if self.manifest is None else self.problem_of(self.manifest.variants[0])

    def problem_of(self, variant: Variant) -> Path:
        """The problem file of a variant. Raises `InputError` where it is gone."""
        found = self.files.get(variant.code)
        if found is None:
            message = f"the problem file of variant {variant.code} is missing in '{self.place / PROBLEMS}'"
            raise InputError(message, hint="run symgrad variants again, with the same folder")
        return found

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """The problem files of variants by their codes."""
        return {path.stem.rpartition(".")[2]: path for path in (self.place / PROBLEMS).glob("*.yaml")}

    @cached_property
    def codes(self) -> Mapping[str, Variant]:
        """Variants by their codes."""
        return {} if self.manifest is None else {variant.code: variant for variant in self.manifest.variants}

    @cached_property
    def known(self) -> Mapping[str, Variant]:
        """Variants by whatever tells a student, where it tells one alone."""
        found: dict[str, list[Variant]] = defaultdict(list)
        for variant in self.codes.values():
            for sign in set(signs_of(variant.student)):
                found[sign].append(variant)
        return {sign: variants[0] for sign, variants in found.items() if len(variants) == 1}

    def whose(self, work: Incoming, text: bytes) -> Whose:
        """A student's work and its problem."""
        said = Student(work.student, work.name, work.email)
        if self.manifest is None:
            return Whose(said, hidden(said), self.place)
        own = next((self.known[sign] for sign in signs_of(said) if sign in self.known), None)
        named = self._coded(work.path) or self._coded(text.decode("utf-8", "replace"))
        if own is None and len(named) == 1:
            own = named[0]
        if own is None:
            return Whose(said, hidden(said), None, look="it belongs to no student of this class")
        if others := [variant.code for variant in named if variant is not own]:
            look = f"it has the code of another student's variant: {', '.join(others)}"
            return Whose(own.student, own.code, None, own.code, look)
        return Whose(own.student, own.code, self.problem_of(own), own.code)

    def _coded(self, text: str) -> list[Variant]:
        """The variants whose codes stand in a text."""
        codes = dict.fromkeys(code for code in _CODE.findall(text) if not code.isdecimal())
        return [self.codes[code] for code in codes if code in self.codes]


def open_roster(place: Path) -> Roster:
    """What is judged by. Raises `InputError` for a folder that holds no class."""
    if not place.is_dir():
        return Roster(place)
    manifest = read_manifest(place)
    if manifest is None or not manifest.variants:
        raise InputError(
            f"'{place}' holds no class", hint="name a problem file, or what symgrad variants made"
        )
    return Roster(place, manifest)


def signs_of(student: Student) -> Iterator[str]:
    """What tells a student, the surest first: id, address, the letters of the name in any rotation."""
    yield from dict.fromkeys(filter(None, (student.id.casefold(), student.file.casefold())))
    if student.email:
        yield student.email.casefold()
    yield from names_in(student.name)


def names_in(name: str) -> Iterator[str]:
    """The letters of a name, whatever part of it comes first: Ana Doe, Doe, Ana, doeana."""
    parts = [letters for part in name.casefold().split() if (letters := _LETTERS.sub("", part))]
    yield from ("".join((*parts[n:], *parts[:n])) for n in range(len(parts)))


def hidden(student: Student) -> str:
    """A code in place of a name: the same for the same student."""
    return letters_of(student.id.encode(), LENGTH + 1)


def apart(found: Iterable[Whose]) -> list[Whose]:
    """Work of a class, no two pieces of one student's: where there are, somebody has to look at them."""
    every = list(found)
    count: dict[str, int] = defaultdict(int)
    for whose in every:
        count[whose.student.id] += 1
    return [
        whose
        if count[whose.student.id] == 1
        else Whose(whose.student, whose.code, None, whose.variant, look="there is other work of this student")
        for whose in every
    ]
