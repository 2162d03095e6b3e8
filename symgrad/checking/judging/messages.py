"""The sentences of a check, in one place: what a teaching assistant would write in the margin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from symgrad.checking.judging.target import target_of
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.worlds.model import Model
from symgrad.notation.plain import plain
from symgrad.operations.stand_in import stand_in

if TYPE_CHECKING:
    from symgrad.checking.judging.bench import Prepared, Step
    from symgrad.checking.verdict import Witness

STRUCK = "struck out"
CONDITION = "a condition, not a claim"
DEFINITION = "a definition: it is used as stated from here on"
NOT_JUDGED = "this line could not be judged: working it out takes too much"
NO_TIME = "not judged: the time that one submission may take was used up before this line"
TOO_DEEP = "not judged: what the letters of this work mean could not be found out, it takes too much"
INTERNAL = "symgrad failed at this line (an internal fault, please report it)"
ROUNDED = "right up to rounding"
GOES_ON = "right for the rounded numbers above"
RUN_ON = "right, but this “=” reads “and then”: the two sides are not equal"
THESE_DATA = "right for the data that are given"
WHICH_DATA = "right where the data are −1 and 1, and not where they are 0 and 1: which they are, nothing says"
WHICH_CLASS = "nothing in the problem shows which class is the true one that is spoken of here"
PUT_IN = "right with the numbers that are put in for data here"
AS_SUMMED = "right for the indices over which this work sums"
HIDDEN = "right only if the braces are brackets, but they are not seen in print: ( ) or \\{ \\} would be"
FIRST_STEP = "so it is in the first step, in which the states are 0: that this is meant, nothing says"
THIS_SIDE = "right where the same units are on as here"
ACTIVE = "right where what is cut off at 0 is above it, as is said"
SUPPOSED = "right for the values of data that are supposed here"
STATIONARY = "a condition for a stationary point, not a claim"
EXAMPLE = "a new example begins: these numbers are used from here on"
ASSUMPTION = "an assumption, not a claim"
MODEL = "what the data are modelled by, not a claim: they need not be so"
NO_WITNESS = "no numbers were found at which this could be seen to fail"
NO_NUMBERS = "nothing is given for the numbers here"
NOT_EQUAL = "this does not follow: look at this step again"
MOST = 6


def stopped(row: int) -> str:
    """That a text was not read to its end."""
    return f"reading took too long and stopped at line {row} of the text: what follows is not judged"


def carried(root: int) -> str:
    """Why a line that is false is not a slip of its own."""
    return f"follows from line {root}"


def positive(names: Iterable[str]) -> str:
    """That a line is right for one sign of a margin or a threshold."""
    which = " and ".join(sorted(names))
    return f"right where {which} is positive, and not where it is negative: which it is, nothing says"


def symmetric(names: Iterable[str]) -> str:
    """That a line is right for a symmetric matrix."""
    which = " and ".join(sorted(names))
    return f"right where {which} is symmetric, and not elsewhere: whether it is, nothing says"


def signs(names: Iterable[str]) -> str:
    """That a line is right for data of −1 and 1."""
    which = " and ".join(sorted(names))
    return f"right where {which} is −1 or 1, and not elsewhere: whether it is, nothing says"


def unconfirmed(notation: str, found: str = "") -> str:
    """Why a line that comes out false is not called so; ``found`` is what came out."""
    what = f"“{notation}” is" if notation else "this way of writing is"
    read = f"; as it is read here, {found}" if found else ""
    return f"not confirmed: no right line of this work shows how {what} meant{read}"


def follows_from_doubt(root: int) -> str:
    """Why a line that goes on with one which is not confirmed is not confirmed either."""
    return f"not confirmed: it goes on with line {root}"


def wrong(step: Step, ready: Prepared, witness: Witness) -> str:
    """The two values where they part."""
    if witness.shapes is not None:
        a, b = (" × ".join(map(str, shape)) or "a number" for shape in witness.shapes)
        return f"the left side is {a}, the right side {b}" if a != b else witness.reason
    if witness.left is None:
        return witness.reason
    left, right = np.asarray(witness.left, dtype=float), np.asarray(witness.right, dtype=float)
    where = "at the given numbers" if witness.at == "given" else "at random numbers"
    if left.size == 1:
        return f"{where} the left side is {numbers(left)}, the right side {numbers(right)}"
    off = np.abs(left - right)
    index = np.unravel_index(int(np.nanargmax(np.where(np.isnan(off), np.inf, off))), off.shape)
    place = ", ".join(str(n + 1) for n in index)
    return f"{where} entry {place} is {left[index]:.4g} on the left and {right[index]:.4g} on the right"


def not_so(witness: Witness) -> str:
    """The two sides of an inequality that does not hold."""
    where = "at the given numbers" if witness.at == "given" else "this holds nowhere: at random numbers"
    return f"{where} the left side is {numbers(witness.left)}, the right side {numbers(witness.right)}"


def numbers(array: Any) -> str:
    """A few numbers."""
    flat = np.ravel(array)
    text = ", ".join(f"{value:.4g}" for value in flat[:MOST])
    return text if flat.size == 1 else f"[{text}{', …' if flat.size > MOST else ''}]"


def quantity_of(ready: Prepared, dictionary: Dictionary) -> str | None:
    """What a line is about, as the JSON names it: ``u``, ``dJ/dv``."""
    node = next((side.node for side in ready.line.sides if side.node is not None), None)
    if node is None:
        return None
    target = target_of(node, dictionary, ready.line.id)
    if target is None or target.kind == "moment":
        return None
    if isinstance(target.name, tuple):
        return "d{}/d{}".format(*target.name)
    return (
        target.name if target.kind in ("value", "update") else f"d{dictionary.model.objective}/d{target.name}"
    )


def stand_ins(model: Model) -> dict[str, str] | None:
    """The formulas that stand in for unspecified functions."""
    found = {
        name: plain(body)
        for name, function in model.problem.functions.items()
        if function.body is None and (body := stand_in(function).body) is not None
    }
    return found or None
