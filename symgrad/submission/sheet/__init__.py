"""A sheet as a problem: its forward equations and givens, made into what a problem file would state.

The flow, module by module: `normal` and `said` read what the lines and the words say, `statements` sort it,
`unroll` writes recurrences out, `forward` finds the equations, `refusals` stops what cannot be said, `search`
tries arrays for the leaves (`leaves`) and `translate` reads every formula with them, `mapping` writes the
keys of a problem file, `problem` builds it; `exercises` tells several apart, `unstated` has none.
"""

from symgrad.submission.sheet.exercises import exercises_of, problem_of
from symgrad.submission.sheet.normal import with_words
from symgrad.submission.sheet.problem import NoForwardPass
from symgrad.submission.sheet.unstated import Unstated

__all__ = [
    "NoForwardPass",
    "Unstated",
    "exercises_of",
    "problem_of",
    "with_words",
]
