"""Bounds that are said to be met, "since y z < 1 here": they hold if the given numbers do."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging.bench import Bench
from symgrad.checking.judging.memory import Memory
from symgrad.checking.meaning.conditions import holds
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.tensor import Misfit
from symgrad.submission.lines import Line
from symgrad.submission.said import SINCE
from symgrad.submission.written import Comparison


def premises_of(line: Line) -> tuple[Comparison, ...]:
    """The bounds that a line says are met."""
    return line.conditions if line.is_condition and SINCE.search(line.prose) else ()


def without_false(line: Line, memory: Memory, bench: Bench) -> Line:
    """A line without what was said to be met, and is not at the given numbers."""
    kept = tuple(
        said for said in line.conditions if said not in memory.premises or _is_met(said, line, bench)
    )
    return line if len(kept) == len(line.conditions) else replace(line, conditions=kept)


def _is_met(said: Comparison, line: Line, bench: Bench) -> bool:
    if bench.given is None:
        return True
    try:
        found = holds(said, Scope(bench.dictionary, bench.given, Choices(), line=line.id))
    except (Unknown, Misfit, NoValue, Labelled):
        return True
    return bool(np.all(np.real(found.data)))
