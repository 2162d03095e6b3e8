"""What a problem's own numbers are like for a hand, and which slips they cannot show."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.reading.model import Problem
from symgrad.styles.sentences import plain
from symgrad.variants.search import search_of
from symgrad.variants.wishes import WISHES, Candidate


def inspected(problem: Problem) -> Iterator[str]:
    """Sentences about the numbers that are given: their work, and by wish what falls short of it."""
    search = search_of(problem)
    own = Candidate(problem.given, problem.each, search.model, search.program, search.slips, search.digits)
    yield f"work: {own.work} products of digits (variants: about {search.work:.0f})"
    for wish in WISHES:
        found = sorted(wish.faults(own))
        yield f"{wish.id}: {'' if found else 'fine'}".rstrip()
        yield from (f"  {plain(fault)} {wish.sentence}" for fault in found)
    ways = {name: search.drawer.way(name, array).name for name, array in problem.given.items()}
    yield "drawn: " + ", ".join(f"{name} {way}" for name, way in ways.items())
