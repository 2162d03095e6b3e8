"""How submissions are named by those who collect them: a table of patterns, and what a name tells.

The patterns are those of the ZIP files that Canvas and Moodle hand out and of nbgrader's folders; the last
one takes any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError

MOST = 0.5
"""The share of files whose names must fit a pattern, for all to be read by it."""
PASSED_OVER = re.compile(
    r"(?:^|/)(?:__MACOSX/|[.~]|(?:thumbs\.db|desktop\.ini|timestamp\.txt)$)|_assignfeedback_", re.IGNORECASE
)
"""What lies beside submissions and is none; what was given back to students is not handed in again."""
_AGAIN = re.compile(r"-([1-9]\d?)(?=\.[^.]*$)")


class Named(Struct, frozen=True):
    """What the name of a file tells: whose it is, which time it was handed in, how the student called it.

    ``student`` is nobody else's in this collection: an id, or what stands for one. ``attempt`` is compared as
    a text, then ``number``: the greatest was handed in last.
    """

    path: str
    student: str
    file: str
    name: str = ""
    email: str = ""
    late: bool = False
    attempt: str = ""
    number: int = 0
    entry: bool = False


class Naming(Struct, frozen=True):
    """A pattern with groups among student, name, first, last, email, late, attempt, file, entry, link.

    ``numbered`` says that a ``-2`` before the ending is a second version of the same file.
    """

    id: str
    pattern: str
    numbered: bool = False

    def read(self, path: str) -> Named | None:
        """What a name tells; None where it does not fit."""
        found = re.fullmatch(self.pattern, path)
        if found is None:
            return None
        said: Mapping[str, str | None] = found.groupdict()

        def told(*names: str) -> str:
            return next((text for name in names if (text := said.get(name))), "")

        file = told("file", "entry", "link") or path.rpartition("/")[2]
        again = _AGAIN.search(file) if self.numbered else None
        name = told("name") or " ".join(filter(None, (told("first"), told("last"))))
        return Named(
            path,
            told("student") or file.rpartition(".")[0] or file,
            file if again is None else file[: again.start()] + file[again.end() :],
            name,
            told("email"),
            bool(told("late")),
            told("attempt"),
            int(again[1]) if again else 0,
            bool(told("entry")),
        )


NAMINGS = (
    Naming(
        "moodle",
        r"(?P<name>[^_/]*)_(?P<student>\d+)_assignsubmission_"
        r"(?:(?P<entry>onlinetext(?:_?/|_).+)|(?!onlinetext)[a-z]+(?:_?/|_)(?P<file>.+))",
    ),
    Naming("nbgrader", r"(?:submitted/)?(?P<student>[^/]+)/[^/]+/(?P<file>[^/]+\.ipynb)"),
    Naming(
        "canvas",
        r"(?:(?!LATE_anon_)(?P<name>\w+?)_)?(?:(?P<late>LATE)_)?(?P<student>\d+|anon_[A-Za-z0-9]+)_"
        r"(?:\d+_(?P<file>[^/]+)|(?P<entry>text\.html)|(?P<link>link\.html))",
        numbered=True,
    ),
    Naming("any", r"(?:(?P<student>[^/]+)/)?(?P<file>.+)"),
)
"""The first that most names fit reads them all."""


def own_naming(pattern: str) -> Naming:
    """A pattern of one's own, with the groups of nbgrader's collector: student_id, file_id, timestamp, ….

    Raises `InputError` for one that is none, or names no student.
    """
    for theirs, ours in _THEIRS.items():
        pattern = pattern.replace(f"(?P<{theirs}>", f"(?P<{ours}>")
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise InputError(f"'{pattern}' is no pattern: {error}", hint=_HINT) from None
    if "student" not in groups:
        raise InputError(f"'{pattern}' does not tell whose a file is", hint=_HINT)
    return Naming("own", pattern)


_THEIRS = {
    "student_id": "student",
    "file_id": "file",
    "first_name": "first",
    "last_name": "last",
    "timestamp": "attempt",
}
_HINT = r"as in '(?P<student_id>\w+)_attempt_(?P<timestamp>[\d-]+)_(?P<file_id>.+)'"


def named(paths: Sequence[str], own: Naming | None = None) -> tuple[str, tuple[Named, ...], tuple[str, ...]]:
    """The pattern that most names fit, what each tells, and those that do not fit it.

    >>> named(["doeana_LATE_1234_98765_lab6-1.tex"])[1][0].student
    '1234'
    """
    paths = [path for path in paths if not PASSED_OVER.search(path)]
    found: list[Named] = []
    for naming, tried in _ways(paths, own):
        found = [one for path, short in zip(paths, tried, strict=True) if (one := _read(naming, path, short))]
        if len(found) > MOST * len(paths) or naming.id == "own":
            fitting = {one.path for one in found}
            return naming.id, tuple(found), tuple(path for path in paths if path not in fitting)
    return "any", (), ()


def _read(naming: Naming, path: str, short: str) -> Named | None:
    found = naming.read(short)
    return None if found is None else replace(found, path=path)


def _ways(paths: Sequence[str], own: Naming | None) -> Iterator[tuple[Naming, Sequence[str]]]:
    """Every pattern for the names as they are, and without a folder that all lie in."""
    bare = _without_top(paths)
    if own is not None:
        yield own, paths
        return
    for naming in NAMINGS:
        if naming.id != "any":
            yield naming, paths
        yield naming, bare


def _without_top(paths: Sequence[str]) -> Sequence[str]:
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths}
    if len(tops) != 1 or "" in tops:
        return paths
    return [path.partition("/")[2] for path in paths]
