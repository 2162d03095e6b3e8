"""The sentences of a check, in one place: what a teaching assistant would write in the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symgrad.checking.chain import Chain, Outcome
from symgrad.checking.scope import Misfit, Unknown
from symgrad.checking.world import World
from symgrad.submission.written import Derivative, Node, Symbol
from symgrad.tree import Array

if TYPE_CHECKING:
    from symgrad.checking.givens import Hypothesis

STRUCK = "struck out"
CONDITION = "a condition, not a claim"
DEFINITION = "a definition: it is used as stated from here on"
GIVEN = "a given of the problem"
EXAMPLE = "a new example begins: these numbers are used from here on"
NOT_JUDGED = "this line could not be judged: working it out takes too much"
ROUNDED = "right up to rounding"
PER_SAMPLE = "right for a single sample; over the batch, the samples are summed"
RUN_ON = "right, but this “=” reads “and then”: the two sides are not equal"
APART = "right for different indices"
FEWEST, MOST = 4, 12


def correct(outcome: Outcome) -> str:
    """What is still to be said about a line that is right."""
    if outcome.run_on:
        return RUN_ON
    return APART if outcome.apart else ""


def carried(root: int | None) -> str:
    """Why a line that is false is not a slip of its own."""
    return f"follows from line {root}" if root is not None else "follows from an earlier slip"


def used_given(hypothesis: Hypothesis) -> str:
    """Which given the work contradicts."""
    place = "".join(f"[{n + 1}]" for n in hypothesis.index or ())
    return f"right if {hypothesis.name}{place} were {hypothesis.used:g}, but {hypothesis.stated:g} is stated"


def misstated(name: str, true: Array) -> str:
    """A given with another value than the problem's."""
    return f"the problem gives {name} = {numbers(true)}"


def unknown(fault: Unknown) -> str:
    """A name that nobody knows."""
    return f"{named(fault.symbol)} is no name of the problem, and nothing above defines it"


def named(node: Node) -> str:
    """A symbol as a message writes it."""
    match node:
        case Symbol(base, sub, marks, accents):
            return "".join((*accents, base, f"_{sub}" if sub else "", *marks))
        case Derivative(of, wrt):
            return f"d{named(of) if of is not None else ''}/d{named(wrt)}"
    return "a part of this line"


def wrong(outcome: Outcome, chain: Chain, world: World) -> str:
    """What is wrong, as far as shapes and numbers show."""
    if isinstance(outcome.fault, Misfit):
        shapes = " and ".join(shape(s) for s in outcome.fault.shapes)
        return f"the shapes do not fit: {shapes}" if shapes else "the shapes do not fit"
    if outcome.truth is None or not world.exact:
        return "this does not hold"
    return f"the value is {numbers(outcome.truth)}"


def not_found(plainly: str) -> str:
    """A line that is wrong for no reason that is known."""
    return f"{plainly}; the cause was not found"


def explained(said: str, plainly: str) -> str:
    """The sentence on a mistake, with what shapes or numbers show."""
    return f"{said} ({plainly})"


def counterexample(left: Array, right: Array) -> str:
    """The two sides of a false equation in numbers, where they are few."""
    if max(left.size, right.size) > FEWEST:
        return ""
    return f": with the given numbers, {numbers(left)} on the left and {numbers(right)} here"


def shape(sizes: tuple[int, ...]) -> str:
    """A shape in words."""
    kinds = {0: "a number", 1: f"a vector of {sizes[0] if sizes else 1}"}
    return kinds.get(len(sizes), "×".join(map(str, sizes)))


def numbers(array: Array) -> str:
    """An array for a message: six digits, shortened where it is large."""
    values = np.asarray(array)
    if values.size > MOST:
        return "an array of " + shape(values.shape)
    return np.array2string(values, precision=6, separator=", ", max_line_width=10_000).replace("\n", "")
