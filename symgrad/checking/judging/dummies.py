"""Letters that mean nothing: any number may stand for the t of σ′(t) = σ(t)(1 − σ(t)), and for a rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging.readings import AGREE, DIFFER, UNKNOWN, Outcome, Question, ask, dummy_of
from symgrad.checking.meaning.dictionary import PLAIN_RATES
from symgrad.checking.worlds.tensor import Tensor
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Call, Derivative, Matrix, Product, Symbol, walk

DUMMIES = (np.array([-1.7, -0.6, 0.4, 1.3, 2.2]), np.array([0.3, 0.8, 1.4, 2.3]))
"""Numbers that stand for any, of both signs, and positive ones."""
MOST_DUMMIES = 3


def for_any(question: Question, worlds: Sequence[World], letter: str, depth: int) -> Outcome | None:
    """The outcome with any numbers for a letter that has no meaning: the t of σ′(t) = σ(t)(1 − σ(t))."""
    owned = next(question.dictionary.defined(Symbol(letter), (), question.line), None) is not None
    if owned or not (_is_rate(question, letter) or _is_argument(question, letter)):
        return None
    last: Outcome | None = None
    indexed = any(
        isinstance(node, Symbol) and node.base == letter and node.indices
        for side in question.around
        for node in walk(side)
    )
    for values in DUMMIES:
        dummy = Tensor(values + 0.01 * depth, () if indexed else (f"•{letter}",))
        asked = replace(question, dummies={**question.dummies, letter: dummy})
        outcome = ask(asked, worlds)
        if outcome.kind == UNKNOWN and (other := dummy_of(outcome)) is not None and depth < MOST_DUMMIES:
            outcome = for_any(asked, worlds, other, depth + 1) or outcome
        if outcome.kind == AGREE:
            return outcome
        last = last if last is not None and last.kind == DIFFER else outcome
    return None if last is not None and last.kind == DIFFER and _is_of_one_side(question, letter) else last


def _is_of_one_side(question: Question, letter: str) -> bool:
    """Whether a letter stands beside names of the problem, which the other side has alone: ℓ = log b + x.

    There it may be a constant of the student's own.
    """
    sides = [
        {part for part in walk(side) if isinstance(part, Symbol)} for side in (question.left, question.right)
    ]
    bearing = [any(part.base == letter for part in side) for side in sides]
    known = [any(next(question.dictionary.find(part), None) for part in side) for side in sides]
    return sum(bearing) == 1 and all(known)


def _is_rate(question: Question, letter: str) -> bool:
    """Whether a letter is a learning rate that nobody says anything of, and stands on both sides."""
    if letter not in PLAIN_RATES or question.dictionary.model.rate:
        return False
    return all(any(part == Symbol(letter) for part in walk(side)) for side in (question.left, question.right))


def _is_argument(question: Question, letter: str) -> bool:
    """Whether a letter stands as an argument of a function, or a derivative is taken by it."""
    for side in question.around or (question.left, question.right):
        for node in walk(side):
            match node:
                case Call(args=args) if any(
                    isinstance(p, Symbol) and p.base == letter for a in args for p in walk(a)
                ):
                    return True
                case Derivative(wrt=Symbol(base)) if base == letter:
                    return True
                case Product(Derivative(), Matrix(rows, flat=True)) if any(
                    isinstance(cell, Symbol) and cell.base == letter for row in rows for cell in row
                ):
                    return True
    return False
