"""Operations on places: conv2d, maxpool2d, flatten, concat, where; their gradients against central differences."""

import mpmath
import numpy as np
import pytest
from support import assert_close, solve

from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.numbers.evaluate import evaluate
from symgrad.reading.problem import read_problem
from symgrad.tree import Name, Op, walk

RANDOM = np.random.default_rng(7)
LEAVES = {
    "X": RANDOM.uniform(-2, 2, (5, 6)),
    "Y": RANDOM.uniform(-2, 2, (3, 6)),
    "K": RANDOM.uniform(-2, 2, (2, 3)),
    "L": RANDOM.uniform(-2, 2, (3, 3)),
    "x": RANDOM.uniform(-2, 2, 5),
    "y": RANDOM.uniform(-2, 2, 3),
    "c": np.array(0.3),
}

FORMULAS = [
    "sum(conv2d(X, K)**2)",
    "sum(conv2d(X, K))",
    "mean(conv2d(X, K, stride=2) * 3)",
    "sum(tanh(conv2d(X, L, padding=1, stride=2)))",
    "sum(conv2d(X, L, padding=2, stride=3)**2)",
    "sum(X * conv2d(X, L, padding=1))",
    "sum(conv2d(conv2d(X, K), L)**2)",
    "sum(conv2d(X, X[0:2, 1:3])**2)",
    "sum((conv2d(X, L) @ y[0:4] - x[1:4])**2)" if False else "sum((conv2d(X.T, L) @ y)**2)",
    "sum(maxpool2d(X, 2)**2)",
    "sum(maxpool2d(X, 3, stride=1)**2)",
    "sum(maxpool2d(X, 2, stride=3)**2)",
    "sum(maxpool2d(conv2d(X, K), 2)**2)",
    "sum(flatten(X)**2)",
    "sum(flatten(x)**2)",
    "logsumexp(flatten(X @ X.T))",
    "dot(flatten(L @ L.T), flatten(L))",
    "norm(flatten(maxpool2d(X, 2)) - c)",
    "sum(concat(x, y, x)**2)",
    "logsumexp(concat(x, 2 * y))",
    "sum(concat(x, y))",
    "sum(concat(X, Y)**3)",
    "sum(concat(L, Y, axis=1)**3)",
    "sum((concat(L, Y, axis=-1).T @ y)**2)",
    "sum(where(x > 0, x**2, 3 * x))",
    "sum(where(X < c, X**2, c))",
    "sum(where(x >= 0, sqrt(x), -sqrt(-x)))",
    "sum(where(x <= 0, exp(x), log(x)) * x)",
    "where(c > 1, c**2, c**3)",
    "sum(where(X > x[0], X @ Y.T, 0))" if False else "sum(where(L > y, L @ L, 0)**2)",
]


def gradients(formula):
    used = {name: value for name, value in LEAVES.items() if Name(name) in set(walk(parsed_of(formula)))}
    return solve({"f": formula}, used), used


def parsed_of(formula):
    return read_problem(f"forward: {{f: '{formula}'}}").formulas["f"].formula


def slopes(solved, name, step=1e-6):
    """Central differences of the formula's float64 values."""
    centre, found = LEAVES[name], np.empty(LEAVES[name].shape)
    for where in np.ndindex(centre.shape):
        sides = []
        for sign in (1, -1):
            moved = centre.copy()
            moved[where] += sign * step
            sides.append(float(solved.numbers(LEAVES | {name: moved})[Name("f")]))
        found[where] = (sides[0] - sides[1]) / (2 * step)
    return found
