"""What a mistake is: how it is told, and the two ways in which it is looked for in a wrong line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field

from symgrad.submission.written import Node

if TYPE_CHECKING:
    from symgrad.checking.explaining.case import Case, Here


class Supposition(Struct, frozen=True):
    """What the first side of the line would be worth, had the mistake been made: an array at every point.

    ``part`` is on what it was made, in words; ``zero``: it may be zero at every point. None, or an error of
    shapes, where it cannot have been.
    """

    part: str
    array: Callable[[Here], Any]
    zero: bool = False


class Repair(Struct, frozen=True):
    """What was written with one thing mended, and in words what was wrong with it."""

    part: str
    node: Node


Suppose: TypeAlias = "Callable[[Case], Iterator[Supposition]]"
Mend: TypeAlias = "Callable[[Case], Iterator[Repair]]"


class Example(Struct, frozen=True):
    """A problem, the left side of a line on it, a right side that makes the mistake, and the true one."""

    problem: str
    left: str
    wrong: str
    right: str


class Mistake(Struct, frozen=True):
    """A way to go wrong.

    ``statement`` says what is done; ``sentence`` tells the student so about one ``{part}`` of a line;
    ``hint`` says where to look and which rule, not the answer. ``rank`` orders the catalogue: of several
    mistakes that reproduce a line, the one with the lowest is named. One that is not ``named`` is
    explained, but has no id in the JSON.
    """

    id: str
    rank: int
    statement: str
    sentence: str
    hint: str
    wrong: str
    right: str
    examples: tuple[Example, ...]
    suppose: tuple[Suppose, ...] = ()
    repair: tuple[Mend, ...] = ()
    named: bool = field(default=True)
