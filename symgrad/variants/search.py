"""The search for a student's numbers: drawn until all wishes are met, or the best of those looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random
from statistics import median

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.worlds.model import Model, model_of
from symgrad.errors import InputError
from symgrad.notation.numerals import Digits
from symgrad.reading.model import Problem
from symgrad.results.run import Program, program
from symgrad.solving import solve
from symgrad.styles import setting_in
from symgrad.styles.manner import Manner
from symgrad.tree import Array
from symgrad.variants.draws import Drawer
from symgrad.variants.slips import Slips, slips_of
from symgrad.variants.wishes import SPREAD, WISHES, Candidate, Faults, Wish

MOST_CANDIDATES, MOST_LOOKS = 1_000, 8
"""Candidates for one student in all, and those of them that are looked at for wishes that take long to see.

The best is taken where none has all that is wished for.
"""
PILOT, PILOT_LOOKS = 150, 20
HOPELESS = 0.9
"""What falls short in so many of the pilot's candidates is asked of no variant, and told."""
QUICK = tuple(wish for wish in WISHES if wish.id not in ("visible", "apart"))
SLOW = tuple(wish for wish in WISHES if wish not in QUICK)


class Found(Struct, frozen=True):
    """A student's numbers, how many candidates it took, and the faults that are left, by wish."""

    given: Mapping[str, Array]
    each: tuple[Mapping[str, Array], ...]
    candidates: int
    unreached: Mapping[str, tuple[str, ...]]
    work: int


class Search(Struct, frozen=True):
    """What is the same for all students; ``given_up`` are faults that hardly any numbers are without."""

    drawer: Drawer
    model: Model
    program: Program
    slips: Slips
    digits: Digits
    given_up: Mapping[str, Faults] = field(default_factory=dict)
    work: float = 0.0
    """The median of the work of usable candidates."""

    def find(self, random: Random) -> Found:
        """The first candidate without a fault, or the one with the fewest."""
        best: tuple[tuple[int, ...], Found] | None = None
        looks = 0
        for count in range(1, MOST_CANDIDATES + 1):
            candidate = self.candidate(random)
            faults = self.faults(candidate, QUICK)
            if best is not None and _weight(faults) > best[0][:1]:
                continue
            faults |= self.faults(candidate, SLOW)
            looks += 1
            weight = _weight(faults)
            if best is None or weight < best[0]:
                told = {wish: tuple(sorted(found)) for wish, found in faults.items() if found}
                best = weight, Found(candidate.given, candidate.each, count, told, candidate.work)
            if not any(weight) or (looks >= MOST_LOOKS and not weight[0]):
                break
        assert best is not None
        return replace(best[1], candidates=count)

    def candidate(self, random: Random) -> Candidate:
        """Numbers as they come."""
        given, each = self.drawer.draw(random)
        return Candidate(given, each, self.model, self.program, self.slips, self.digits)

    def faults(self, candidate: Candidate, wishes: Iterable[Wish]) -> dict[str, Faults]:
        """What falls short in a candidate; of numbers that are not finite nothing else is told."""
        found: dict[str, Faults] = {}
        for wish in wishes:
            found[wish.id] = wish.faults(candidate) - self.given_up.get(wish.id, frozenset())
            if wish.id == "finite" and found[wish.id]:
                return found
        if self.work and abs(candidate.work - self.work) > SPREAD * self.work:
            found["work"] = frozenset((f"{candidate.work} against {self.work:.0f}",))
        return found


def search_of(problem: Problem) -> Search:
    """What the variants of a problem are drawn from, after a look at what its numbers can be.

    Raises `InputError` where the problem lacks numbers, or cannot be solved.
    """
    _check_given(problem)
    solution = solve(problem)
    model = model_of(problem)
    manner = Manner(problem.report.style or "lab", digits=problem.report.digits)
    digits = setting_in(solution, manner).context.digits
    passes = program(solution.graph, solution.derivation, problem.given)
    return _piloted(Search(Drawer(model, problem.variants), model, passes, slips_of(model), digits))


def _piloted(search: Search) -> Search:
    """With what the first candidates show: which wishes are hopeless, and how much work is usual."""
    random = Random("pilot")
    candidates = [search.candidate(random) for _ in range(PILOT)]
    search = replace(search, given_up=_hopeless(search, candidates, QUICK))
    usable = [c for c in candidates if not any(search.faults(c, QUICK).values())] or candidates
    slow = _hopeless(search, usable[:PILOT_LOOKS], SLOW)
    works = [c.work for c in usable]
    return replace(search, given_up={**search.given_up, **slow}, work=median(works))


def _hopeless(search: Search, candidates: list[Candidate], wishes: Iterable[Wish]) -> dict[str, Faults]:
    found = [search.faults(candidate, wishes) for candidate in candidates]
    counts = {wish.id: Counter(fault for one in found for fault in one.get(wish.id, ())) for wish in wishes}
    least = HOPELESS * len(candidates)
    return {
        wish: frozenset(fault for fault, count in counted.items() if count >= least)
        for wish, counted in counts.items()
    }


def _weight(faults: Mapping[str, Faults]) -> tuple[int, ...]:
    """The quick wishes together, then those whose results stand on the sheet, then their pairs."""
    slow = {wish.id for wish in SLOW}
    quick = sum(len(found) for wish, found in faults.items() if wish not in slow)
    return (quick, *(len(faults[wish.id]) for wish in SLOW if wish.id in faults))


def _check_given(problem: Problem) -> None:
    missing = [name for name in problem.leaves if name not in problem.given]
    if missing or problem.repeat.open:
        what = f"'{missing[0]}' has none" if missing else "nobody knows how often to repeat"
        raise InputError(f"variants need all numbers of a problem, and {what}", hint="add it under 'given'")
