"""What several tests need: a problem from plain data to its derivation and the gradients' numbers."""

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass

import mpmath
import numpy as np

from symgrad.calculus.derive import derive
from symgrad.calculus.steps import Derivation
from symgrad.calculus.worlds import result_value
from symgrad.graph import Graph, build_graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.reading.problem import Problem, read_problem
from symgrad.results.run import run
from symgrad.tree import Gradient, Name


@dataclass(frozen=True)
class Solved:
    """A problem, its graph and its derivation."""

    problem: Problem
    graph: Graph
    derivation: Derivation

    def formula(self, name):
        """The result for ∂of/∂name."""
        return self.derivation.gradients[name].result

    def gradients(self):
        """The float values of the gradients at the givens, by name."""
        return run(self.graph, self.derivation, self.problem.given).gradients

    def exact_gradients(self, leaves):
        """The 50-digit values of the gradients at these leaves, from the derived formulas."""
        with mpmath.workdps(DIGITS):
            point = {Name(name): EXACT.array(value) for name, value in leaves.items()}
            values = Values(point, self.graph.sizes, EXACT)
            for name, formula in self.graph.quantities.items():
                point[Name(name)] = evaluate(formula, values)
            for name, gradient in self.derivation.gradients.items():
                point[Gradient(self.graph.of, name)] = result_value(gradient, values)
            return {name: point[Gradient(self.graph.of, name)] for name in self.derivation.gradients}


def forget():
    """Empty every cache of symgrad: what is in them was worked out from the true tables."""
    for name, module in list(sys.modules.items()):
        if name.startswith("symgrad."):
            for member in vars(module).values():
                if hasattr(member, "cache_clear"):
                    member.cache_clear()


def text_of(forward, given=None, **sections):
    """A problem file's text; JSON is YAML."""
    given = {name: np.asarray(value).tolist() for name, value in (given or {}).items()}
    parts = {"forward": forward, **({"given": given} if given else {}), **sections}
    return "\n".join(f"{key}: {json.dumps(part)}" for key, part in parts.items())


def solve(forward, given=None, facts=(), **sections):
    """The problem of these formulas, derived and verified."""
    return solve_text(text_of(forward, given, **sections), facts)


def solve_text(text, facts=()):
    """As `solve`, from a problem file's text."""
    problem = read_problem(text)
    graph = build_graph(problem)
    return Solved(problem, graph, derive(graph, facts))


def assert_close(found, expected, digits, label=""):
    """All entries agree to ``digits`` significant digits of the largest."""
    with mpmath.workdps(DIGITS):
        found, expected = EXACT.array(found), EXACT.array(expected)
        assert found.shape == expected.shape, f"{label}: {found.shape} for {expected.shape}"
        pairs = list(zip(found.ravel(), expected.ravel(), strict=True))
        scale = max([mpmath.mpf(1), *(abs(b) for _, b in pairs)])
        worst = max(abs(a - b) for a, b in pairs)
        # written so that a NaN fails too
        assert worst <= scale * mpmath.mpf(10) ** -digits, f"{label}:\n{found}\nfor\n{expected}"


_LISTENING = """
import signal, sys
from symgrad.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
print("started", file=sys.stderr, flush=True)
main(sys.argv[1:], prog_name="symgrad")
"""


@contextmanager
def started(arguments, **options):
    """symgrad as a process that Ctrl-C reaches, even where this one was started with it ignored.

    It says "started" on stderr, and ends with the block, however that ends.
    """
    with subprocess.Popen([sys.executable, "-c", _LISTENING, *arguments], **options) as process:
        try:
            yield process
        finally:
            process.kill()
