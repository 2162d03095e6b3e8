"""What a formula is written under, and the visitor itself, which its parts call for their parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import singledispatch

from msgspec import Struct, field

from symgrad.languages import ENGLISH, Language
from symgrad.maths.nodes import Maths, Numeral, Operator, Row
from symgrad.notation.binding import Written
from symgrad.notation.derivatives import Notation
from symgrad.notation.numerals import Digits
from symgrad.notation.ranks import is_column, is_row, rank
from symgrad.notation.symbols import Naming, position
from symgrad.tree import Formula, Gradient, Partial

_PARTS = re.compile(r"[^\W\d_](?:_\d+)?|\d+|[+-]")
_SIGNS = {"+": "+", "-": "−"}


class Context(Struct, frozen=True):
    """Names, the notation of derivatives, the digits of numbers, and gradients with a symbol of their own.

    ``letters`` are other letters for indices, where the usual ones name something here. ``direct`` holds
    the local derivatives that are less than the whole ones, as a name leads there by longer ways too, each
    with the term that it is the whole derivative of, where there is one: λ‖W‖² of J = L + λ‖W‖².
    ``objectives`` has the letter L for what no formula states: where its gradient alone is given, or where it
    is the sum of the entries of y and ∂y/∂x is a Jacobian here.
    ``language`` is that of the words in formulas.
    """

    naming: Naming
    notation: Notation
    digits: Digits = field(default_factory=Digits)
    marks: Mapping[Gradient, Maths] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    direct: Mapping[Partial, Formula | None] = field(default_factory=dict)
    objectives: Mapping[str, Maths] = field(default_factory=dict)
    language: Language = ENGLISH

    def rank(self, formula: Formula) -> int:
        """The number of axes of a formula."""
        return rank(formula, self.naming)

    def index(self, index: str | int) -> Maths:
        """An index: a letter, of which the number behind it stands low, or a place; also i+a-1."""
        if isinstance(index, int):
            return position(index, self.language("end"))
        parts = tuple(map(self._part, _PARTS.findall(index)))
        return parts[0] if len(parts) == 1 else Row(parts)

    def _part(self, part: str) -> Maths:
        if part in _SIGNS:
            return Operator(_SIGNS[part])
        letter, mark, number = part.partition("_")
        return Numeral(part) if part.isdigit() else position(self.letters.get(letter, letter) + mark + number)

    def is_marked(self, partial: Partial) -> bool:
        """Whether a local derivative needs its mark: it is less than the whole one, and of no term alone."""
        return partial in self.direct and self.direct[partial] is None

    def is_row(self, formula: Formula) -> bool:
        """Whether a formula is a transposed vector."""
        return is_row(formula, self.naming)

    def is_column(self, formula: Formula) -> bool:
        """Whether a formula is a matrix of one column."""
        return is_column(formula, self.naming)


@singledispatch
def write(formula: Formula, context: Context) -> Written:
    """A formula as maths that still knows how tightly it binds.

    Raises:
        TypeError: something in the tree is no formula.
        NotSupported: an operation has no written form.
        KeyError: a name has no written form or rank.
    """
    raise TypeError(f"not a formula: {formula!r}")
