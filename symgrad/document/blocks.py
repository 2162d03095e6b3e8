"""A worked solution as blocks of prose and maths, before any format is chosen.

Styles build these; writers (LaTeX, Typst, HTML, Markdown) set them. Everything in a
block is finished: a template does no maths and makes no decision about content.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

from symgrad.maths.nodes import Maths


class Words(Struct, frozen=True):
    """A run of text (user text included: writers escape it)."""

    text: str
    strong: bool = False


class Inline(Struct, frozen=True):
    """Maths inside a sentence."""

    maths: Maths


class Jump(Struct, frozen=True):
    """Words that lead to an anchor of this document."""

    text: str
    anchor: str


class Away(Struct, frozen=True):
    """Words that lead to another file beside this one; on paper they lead nowhere."""

    text: str
    address: str


class Sign(Struct, frozen=True):
    """A corrector's sign, such as a tick; ``text`` names it."""

    text: Literal["correct", "rounded", "carried", "wrong", "unreadable", "unchecked"]


Sentence: TypeAlias = "tuple[Words | Inline | Jump | Away | Sign, ...]"


class Mark(Struct, frozen=True):
    """What stands in the margin beside a line: a sign, and its number. ``anchor`` is as in `Section`."""

    sign: Sign
    number: str
    anchor: str


class Paragraph(Struct, frozen=True):
    """One paragraph; ``kind`` sets a remark (a fact, a convention, a warning) apart from the running text.

    ``of`` is the answer that it tells something of, as in a `Chain`. Where it says of ``what`` it gives
    ``reasons``, these are the same once more, each by itself. One that ``leads`` is about the
    formula below it.
    """

    sentence: Sentence
    kind: Literal["text", "note", "warning"] = "text"
    of: str = ""
    what: Sentence = ()
    reasons: tuple[str, ...] = ()
    leads: bool = False

    @property
    def introduces(self) -> bool:
        """Whether it leads or ends with a colon, and so belongs on the same page as what follows."""
        if self.leads:
            return True
        match self.sentence:
            case (*_, Words(text=text)):
                return text.endswith(":")
        return False


class Link(Struct, frozen=True):
    """One link of a chain: ``relation`` and what stands right of it; the rule used may stand beside it.

    In a chain that leads to an answer ``kind`` tells what the link is: the ``way`` to it, which a student may
    be shown, ``numbers`` put in, a ``stage`` on the way from these, or the answer itself.

    From the first link that is ``right`` on a chain stands in the right of two columns, where both fit.
    """

    relation: str
    maths: Maths
    note: Sentence = ()
    kind: Literal["way", "numbers", "stage", "answer"] = "answer"
    right: bool = False


class Chain(Struct, frozen=True):
    """left = a = b = c. Writers keep it on one line where it fits, else break before a relation, aligned.

    ``left`` may be None for a chain that goes on from the one before it. ``tag`` is an equation number
    or label; a ``mark`` stands in the margin.

    ``of`` names the answer that it leads to: ``h``, ``dJ/dW2``; none where it only states the problem.
    ``needs`` names those whose numbers it is worked out from.
    """

    left: Maths | None
    links: tuple[Link, ...]
    tag: str = ""
    mark: Mark | None = None
    of: str = ""
    needs: frozenset[str] = frozenset()


class Display(Struct, frozen=True):
    """Chains that belong together: one below the other, or ``beside`` one another and wrapped.

    One that ``introduces`` ends on the same page as what follows: a remark about its last line.
    """

    chains: tuple[Chain, ...]
    beside: bool = False
    introduces: bool = False


class GraphNode(Struct, frozen=True):
    """A node of the computation graph: its label, what kind of quantity it is, and where more is said of it.

    ``anchor`` is that of a section of this document, or empty; ``tone`` its frame's colour, as in `Boxed`.
    A ``value`` stands above it, the ``gradient`` below it, the number of the answer ``answer``: dJ/du.
    """

    id: str
    label: Maths
    kind: Literal["data", "parameter", "quantity", "objective"]
    anchor: str = ""
    tone: int = 0
    value: Maths | None = None
    gradient: Maths | None = None
    answer: str = ""


class GraphFigure(Struct, frozen=True):
    """The computation graph: nodes in topological order, edges (from, to) along the forward pass."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[str, str], ...]
    caption: Sentence = ()


class Table(Struct, frozen=True):
    """A small table: header cells and rows of cells; ``of`` is the answer in its last column.

    Where each row is about an answer of its own, ``answers`` names them. In a ``tall`` table formulas have
    the size of displays.
    """

    header: tuple[Sentence, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    of: str = ""
    answers: tuple[str, ...] = ()
    tall: bool = False


class Plot(Struct, frozen=True):
    """A curve through points (x, y) from left to right, all finite.

    ``alt`` is the picture in words, for those who cannot see it. ``of`` is the answer that it shows.
    """

    points: tuple[tuple[float, float], ...]
    across: Sentence
    up: Sentence
    alt: str
    of: str = ""


class Task(Struct, frozen=True):
    """A numbered task; what it is worth stands at the right margin."""

    number: str
    sentence: Sentence
    points: str = ""


class Section(Struct, frozen=True):
    """A heading and the blocks under it; ``anchor`` is an ASCII identifier, unique in the document."""

    title: Sentence
    blocks: tuple[Block, ...]
    anchor: str = ""


class Folded(Struct, frozen=True):
    """Blocks that may be passed over, such as a derivation behind its result.

    A page on a screen folds them under ``title``; on paper they stand where they are, without it.
    """

    title: Sentence
    blocks: tuple[Block, ...]


class Reason(Struct, frozen=True):
    """Why a step holds, and its number in the document; one that was said before has the number alone."""

    text: str
    number: int = 0
    again: bool = False

    @property
    def anchor(self) -> str:
        """Where it is said."""
        return f"reason-{self.number}"


class Reasoned(Struct, frozen=True):
    """What is done, with the formula that comes of it where there is room, and the reasons in the margin."""

    what: Sentence
    display: Display | None
    reasons: tuple[Reason, ...]
    of: str = ""


Block: TypeAlias = "Paragraph | Display | GraphFigure | Table | Plot | Task | Section | Folded | Reasoned"


class Document(Struct, frozen=True):
    """The whole report. ``language`` is a BCP 47 tag for accessibility; ``header`` stands on every page.

    A ``sheet`` has tasks or boxes to be filled in; in a ``coloured`` document quantities have `Toned` names.
    """

    title: str
    blocks: tuple[Block, ...]
    subtitle: Sentence = ()
    language: str = "en"
    keywords: tuple[str, ...] = field(default=())
    sheet: bool = False
    header: str = ""
    paper: Literal["a4", "letter"] = "a4"
    coloured: bool = False
