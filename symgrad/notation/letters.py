"""Letters for indices, none of which a problem uses for anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import chain, count

from symgrad.calculus.spelling import LETTERS
from symgrad.maths.nodes import Accent, Fenced, Maths, Numeral, Row, Script, Symbol
from symgrad.notation.symbols import Naming

INDICES = f"{LETTERS}nuvghxyzμνρστκλαβγζηξφχψω"
"""Letters for indices, in the order in which they are taken."""


def free_letters(naming: Naming) -> Mapping[str, str]:
    """Letters for indices that name nothing else and stand in no script of a name, for the usual ones."""
    return letters_beside({letter for maths in naming.names.values() for letter in _taken(maths)})


def letters_beside(taken: Set[str]) -> Mapping[str, str]:
    """Letters for indices, none of which is taken, for the usual ones; nothing where those are free."""
    if taken.isdisjoint(LETTERS):
        return {}
    numbered = (f"{letter}_{n}" for n in count(1) for letter in INDICES)
    free = (letter for letter in chain(INDICES, numbered) if letter not in taken)
    return dict(zip(LETTERS, free, strict=False))


def _taken(maths: Maths) -> Iterator[str]:
    """The letter that a name is, with or without an arrow, and those in its scripts: k, z_i, x_1."""
    match maths:
        case Accent("vec", Symbol(letter)) | Symbol(letter):
            yield letter
        case Script(base, sub, sup):
            if isinstance(sub, Numeral):
                yield from (f"{letter}_{sub.text}" for letter in _taken(base))
            for script in (sub, sup):
                yield from _symbols(script) if script is not None else ()


def _symbols(script: Maths) -> Iterator[str]:
    """All letters of a script."""
    match script:
        case Symbol(text):
            yield text
        case Row(parts):
            yield from (letter for part in parts for letter in _symbols(part))
        case Script(base, sub, sup):
            yield from (letter for part in (base, sub, sup) if part for letter in _symbols(part))
        case Fenced(_, body, _) | Accent(_, body):
            yield from _symbols(body)
