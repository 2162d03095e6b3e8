"""A submission as its reader hands it on: lines in reading order, each a chain of sides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from symgrad.submission.written import Comparison, Node, Span, walk


class Fault(Struct, frozen=True):
    """Why a side could not be read: a sentence, and the place."""

    message: str
    span: Span


class Side(Struct, frozen=True):
    """One side of a chain; ``node`` is None where it could not be read, and ``fault`` says why.

    ``printed`` is the side as it is set where braces in it group a sum and are not seen on paper.
    """

    latex: str
    node: Node | None
    fault: Fault | None
    span: Span
    printed: Node | None = None


TURN = re.compile(r"\b(?:iteration|step|epoch)\s*#?\s*(\d{1,3})\b", re.IGNORECASE)
"""A heading with the number of a step."""


class Line(Struct, frozen=True, dict=True):
    r"""A chain: sides[0] relations[0] sides[1] relations[1] …; at least two sides.

    ``id`` counts from 1; ``line`` and ``column`` (from 1) are where it begins. A relation is one of
    ``= := ≈ ← → ⇒ ≠ < ≤ > ≥`` (``\propto`` and others make the line unreadable). ``label`` is a
    number written before it ("2)"), ``tag`` one behind it. ``heading`` is the last heading above,
    ``prose`` the words between the line before and this one, ``passage`` counts paragraphs and
    headings: lines of one passage stand together. ``inline`` lines stand in running text. ``latex`` is
    what is written, without what stands between the pieces of a line that goes over several.
    ``conditions`` are those under which the line is said: behind it, before it in its row, or in the
    words above ("if i ≠ j"). Such a condition, where it is a line of its own, claims nothing:
    ``is_condition``; neither does a range, k = 1, …, K.
    """

    id: int
    latex: str
    sides: tuple[Side, ...]
    relations: tuple[str, ...]
    span: Span
    line: int
    column: int
    label: str = ""
    tag: str = ""
    struck: bool = False
    heading: str = ""
    prose: str = ""
    passage: int = 0
    inline: bool = False
    conditions: tuple[Comparison, ...] = ()
    is_condition: bool = False

    @property
    def read(self) -> tuple[Node, ...]:
        """The sides that could be read."""
        return tuple(side.node for side in self.sides if side.node is not None)

    @property
    def turn(self) -> int:
        """The number of the step that the heading is of; 0 of none."""
        return max((int(match[1]) for match in TURN.finditer(self.heading)), default=0)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node of these, parents before their parts."""
        return tuple(node for side in self.read for node in walk(side))


class Submission(Struct, frozen=True):
    """A student's text and the lines in it.

    ``unread`` is the id of the first line for which there was no time to read it, 0 for none; ``stopped`` the
    row of the text at which no more was looked for, 0 for its end.
    """

    name: str
    text: str
    lines: tuple[Line, ...]
    unread: int = 0
    stopped: int = 0

    @property
    def nodes(self) -> Iterator[Node]:
        """Every node of every line."""
        return (node for line in self.lines for node in line.nodes)
