"""The round trip: what symgrad writes about a problem, checked against that same problem."""

import os
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from reporting import REPORTS, name_of, solved

from symgrad.checking.check import STRICT, check_text
from symgrad.notation.notations import NOTATIONS
from symgrad.pipeline import solve
from symgrad.reading.problem import load_problem
from symgrad.rendering import Choices, Rendering, look_of
from symgrad.styles import STYLES

OWN = Path(__file__).parent / "round_trips"
"""Small problems of kinds that stand in no report of the gallery."""
PROBLEMS = tuple(
    path for folder in (REPORTS, REPORTS / "gallery", OWN) for path in sorted(folder.glob("*.yaml"))
)
FORMATS = {"md": Rendering.md, "tex": Rendering.tex}
WAYS = tuple(product(NOTATIONS, STYLES, FORMATS))
RIGHT = ("correct", "rounded")


@dataclass(frozen=True)
class Trip:
    """A report on a problem in one notation, style and format."""

    path: Path
    notation: str
    style: str
    format: str

    def __str__(self):
        return f"{self.path.stem} {self.notation} {self.style} {self.format}"


TRIPS = tuple(Trip(path, *way) for path in PROBLEMS for way in WAYS)
QUICK = tuple(Trip(path, *WAYS[7 * n % len(WAYS)]) for n, path in enumerate(PROBLEMS))
"""One way a problem: together in every notation, style and format."""


@cache
def _own(path):
    return solve(load_problem(path))


def solution_of(trip):
    """The solution that a trip tells of."""
    return _own(trip.path) if trip.path.parent == OWN else solved(name_of(trip.path))


def written(trip):
    """The report, as text."""
    solution = solution_of(trip)
    look = look_of(solution.problem, Choices(trip.style, trip.notation))
    return FORMATS[trip.format](Rendering(solution, look)).decode()


@cache
def judged(trip):
    """The lines of the report, judged; a fault inside the checker is raised."""
    os.environ.setdefault(STRICT, "1")
    return check_text(written(trip), solution_of(trip).problem, f"report.{trip.format}").lines


def is_right(line):
    """Whether a line is as a line of ours should be: right, or no claim (a condition, a definition)."""
    return line.verdict in RIGHT or not (line.claims or line.verdict == "wrong")
