"""What a mistake is, and what it makes of a right expression."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.tree import Array, Formula


@dataclass(frozen=True, slots=True)
class Mistake:
    """A way to go wrong.

    ``statement`` says what is done, ``sentence`` tells the student so about one ``{part}`` of a line;
    ``wrong`` and ``right`` are an example in LaTeX. A ``generic`` one explains much by chance, and is
    claimed only where no other explains the line.
    """

    id: str
    statement: str
    sentence: str
    wrong: str
    right: str
    generic: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """What a mistake makes of a right expression; ``part`` is what it was made on, in words.

    ``printed``: the slip is one of copying numbers, not of equations between names.
    """

    mistake: str
    formula: Formula
    part: str = ""
    printed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why a line is wrong: the id of the mistake if one reproduces it, a message, the right line in LaTeX.

    ``truth`` is what the side that fails should be worth, where that is known.
    """

    mistake: str | None
    message: str
    right: str | None = None
    truth: Array | None = None
