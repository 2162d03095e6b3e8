"""What a class handed in: for every student the one file that counts, or why somebody has to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.grading.box import Box
from symgrad.grading.entry import text_of
from symgrad.grading.naming import PASSED_OVER, Named, Naming, named
from symgrad.opening import SUFFIXES

PAGES = (".html", ".htm")
LINK = "link.html"


class Incoming(Struct, frozen=True):
    """A student's work. ``path`` is the file that counts, none where there is no such; ``look`` says why not.

    ``aside`` are other files of the student's: earlier attempts, and what cannot be read beside what can.
    """

    student: str
    name: str = ""
    email: str = ""
    path: str = ""
    file: str = ""
    late: bool = False
    number: int = 0
    attempt: str = ""
    look: str = ""
    aside: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """How the work is read: by the ending of the file, a page as the text in it."""
        found = suffix_of(self.file)
        return ".md" if found in PAGES else found

    def text(self, box: Box) -> bytes:
        """What is judged. Raises `InputError` where it cannot be had."""
        data = box.read(self.path)
        if suffix_of(self.file) not in PAGES:
            return data
        try:
            return text_of(data.decode("utf-8-sig")).encode()
        except UnicodeDecodeError:
            raise InputError("it is no UTF-8 text") from None


class Collected(Struct, frozen=True):
    """The work of a class, in the order of students, and by which names it was found."""

    naming: str
    work: tuple[Incoming, ...]


def collect(box: Box, own: Naming | None = None) -> Collected:
    """The work in a folder or ZIP; a file whose name tells nobody's is a piece of work to look at."""
    naming, found, unknown = named(box.names, own)
    students = groupby(sorted(found, key=attrgetter("student")), key=attrgetter("student"))
    work = [_of(student, tuple(files)) for student, files in students]
    strange = (
        Incoming(path, path=path, file=path, look="its name does not tell whose it is") for path in unknown
    )
    return Collected(naming, (*work, *strange))


def only(box: Box) -> Incoming:
    """The work in a folder or ZIP that is one student's."""
    files = tuple(Named(name, "", name) for name in box.names if not PASSED_OVER.search(name))
    return _of("", files) if files else Incoming("", look="nothing was handed in")


def _of(student: str, files: Sequence[Named]) -> Incoming:
    """The last attempt, and in it the last version of the one file that can be read."""
    last = max(file.attempt for file in files)
    newest = _newest(file for file in files if file.attempt == last)
    readable = [file for file in newest if is_readable(file)]
    typed = [file for file in readable if not file.entry] or readable
    one = typed[0] if len(typed) == 1 else newest[0]
    return replace(
        Incoming(
            student, path=one.path, file=one.file, late=one.late, number=one.number, attempt=one.attempt
        ),
        name=next((file.name for file in files if file.name), ""),
        email=next((file.email for file in files if file.email), ""),
        look="" if len(typed) == 1 else _why(typed, newest),
        aside=tuple(file.path for file in files if file is not one),
    )


def _newest(files: Iterable[Named]) -> list[Named]:
    """Of every file the version that was handed in last."""
    last: dict[str, Named] = {}
    for file in sorted(files, key=lambda file: (file.number, file.path)):
        last[file.file] = file
    return list(last.values())


def is_readable(file: Named) -> bool:
    """Whether a file can be judged, by its ending; a page that leads elsewhere cannot."""
    return file.file != LINK and suffix_of(file.file) in (*SUFFIXES, *PAGES)


def _why(readable: Sequence[Named], files: Sequence[Named]) -> str:
    if readable:
        return f"several files could be the work: {', '.join(_names(readable))}"
    return f"nothing in it can be read: {', '.join(_names(files))}"


def _names(files: Iterable[Named]) -> Iterator[str]:
    return (file.file for file in files)


def suffix_of(name: str) -> str:
    """The ending of a name, in small letters."""
    dot = name.rpartition("/")[2].rfind(".")
    return name.rpartition("/")[2][dot:].lower() if dot > 0 else ""
