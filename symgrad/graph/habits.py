"""The ranks of leaves that nobody stated: by habit, as far as the formulas allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, islice, product

from symgrad.errors import InputError
from symgrad.graph.inference import VectorTransposedError, infer
from symgrad.graph.scales import scales
from symgrad.graph.seeds import fits_seed
from symgrad.graph.shapes import Shape, Sizes
from symgrad.reading.problem import Problem

MAX_TRIALS = 3000
SCALARS = frozenset(
    (
        *("alpha", "beta", "gamma", "delta", "eps", "epsilon", "zeta", "eta", "theta", "lam", "lambda"),
        *("mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "ell", "lr", "sf", "sn"),
        *("rate", "temp", "temperature", "margin", "slope", "decay", "momentum", "wd", "scale", "kappa"),
    )
)
"""Greek letters, and what hyperparameters are called."""
_STEM = re.compile(r"(?P<stem>[A-Za-z]+?)_?(?:\d*|_[A-Za-z0-9]+)")


def assume_ranks(
    problem: Problem, sizes: Sizes, shapes: dict[str, Shape], unknown: tuple[str, ...]
) -> tuple[Sizes, dict[str, Shape]]:
    """The first assignment of ranks to ``unknown`` leaves that fits all formulas, scalar objectives first.

    Where a seed is stated, objectives of its rank are first.

    Habit decides the order of trial: a capital letter is a matrix, a Greek name or one that only scales a
    scalar, else a vector; the fewer leaves depart from it, the earlier. Raises `InputError` where none fits,
    and where the vector of r.T @ r would have to be a matrix, which nobody means.
    """
    fitting: tuple[Sizes, dict[str, Shape]] | None = None
    fault: InputError | None = None
    scaling = scales(problem, unknown)
    for ranks in islice(_by_departures(tuple(_habit(leaf, scaling) for leaf in unknown)), MAX_TRIALS):
        tried_sizes, tried = sizes.copy(), dict(shapes)
        for leaf, rank in zip(unknown, ranks, strict=True):
            tried[leaf] = tuple(tried_sizes.new(f"{leaf}.{axis}") for axis in range(rank))
        try:
            infer(problem, tried_sizes, tried)
        except InputError as error:
            fault = fault or error
            if isinstance(fault, VectorTransposedError) and fault.square:
                break
            continue
        if fits_seed(problem, tried):
            return tried_sizes, tried
        fitting = fitting or (tried_sizes, tried)
    if fitting is not None and not isinstance(fault, VectorTransposedError):
        return fitting
    assert fault is not None
    raise fault


def _by_departures(habits: tuple[tuple[int, ...], ...]) -> Iterator[tuple[int, ...]]:
    """All choices of one rank a leaf: its habit for each, then for all but one, for all but two, …."""
    for departures in range(len(habits) + 1):
        for leaves in combinations(range(len(habits)), departures):
            choices = [habit[1:] if n in leaves else habit[:1] for n, habit in enumerate(habits)]
            yield from product(*choices)


def _habit(leaf: str, scaling: frozenset[str]) -> tuple[int, ...]:
    stem = _STEM.fullmatch(leaf)
    if leaf in scaling or leaf in SCALARS or (stem and stem["stem"] in SCALARS):
        return (0, 1, 2)
    return (2, 1, 0) if leaf[0].isupper() else (1, 0, 2)
