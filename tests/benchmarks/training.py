"""A step of gradient descent on reports/practical1.yaml against the same step written by hand in NumPy.

python tests/benchmarks/training.py [--steps 10000] [--runs 5]
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from processes import table

from symgrad.pipeline import solve
from symgrad.reading.problem import load_problem
from symgrad.results.training import train

REPORT = Path(__file__).parents[2] / "reports" / "practical1.yaml"


def by_hand(given, rate, steps):
    """The practical's network and its two gradients, as a student would write them."""
    x, y, W, w = (given[name] for name in ("x", "y", "W", "w"))  # noqa: N806
    losses = []
    for _ in range(steps):
        s1 = W.T @ x
        z1 = np.maximum(s1, 0)
        y_out = np.tanh(w.T @ z1)
        losses.append(((y_out - y) ** 2 / 2).sum())
        delta = (y_out - y) * (1 - y_out**2)
        delta1 = (w @ delta) * (s1 > 0)
        w = w - rate * z1 @ delta.T
        W = W - rate * x @ delta1.T  # noqa: N806
    return W, w


def seconds(work, runs):
    """The median time of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    """Read the options, check that both come to the same, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    problem = load_problem(REPORT)
    solution = solve(problem)
    longer = replace(problem, update=replace(problem.update, steps=options.steps, show=None))

    def symgrad():
        return train(solution.graph, solution.derivation, longer)

    def hand():
        return by_hand(problem.given, problem.update.rate, options.steps)

    for name, value in zip(("W", "w"), hand(), strict=True):
        updated = next(step.updated[name] for step in reversed(symgrad().steps) if step.updated)
        np.testing.assert_allclose(updated, value, rtol=1e-9)
    against = seconds(hand, options.runs)
    rows = [
        [name, f"{spent:.3f}", f"{1e6 * spent / options.steps:.1f}", f"{spent / against:.2f}"]
        for name, spent in (("by hand", against), ("symgrad", seconds(symgrad, options.runs)))
    ]
    table([f"{options.steps} steps", "seconds", "µs a step", "of by hand"], rows)


if __name__ == "__main__":
    main()
