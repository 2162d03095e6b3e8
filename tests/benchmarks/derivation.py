"""How long a derivation takes: growth with depth, none with width, and the share of verification.

    python tests/benchmarks/derivation.py [--depths 8 16 32 64] [--runs 3] [--profile 64]

Each row is a fresh process. `derive` holds every gradient and the check of every step, `print` all
of the report as LaTeX. Times are of the processor, ratios between rows of one run: other work on the
machine matters little.
"""

import argparse
import cProfile
import json
import pstats
import time
from contextlib import contextmanager

from network import problem
from processes import measured, table

from symgrad.calculus import derive as deriving
from symgrad.calculus import jacobian as jacobians
from symgrad.calculus.derive import derive
from symgrad.calculus.facts import read_fact
from symgrad.calculus.whole import verify_derivation
from symgrad.graph import build_graph
from symgrad.intermediates import name_intermediates
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, look_of, render
from symgrad.results.run import run as numbers
from symgrad.solution import Solution

IMPORT = "import json, time, sympy; print(json.dumps({'import': time.process_time()}))"
VERIFICATION = ("verify_layer", "verify_substitution", "verify_entries")


def main():
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--depths", nargs="+", type=int, default=[8, 16, 32, 64])
    parser.add_argument("--widths", nargs="+", default=["symbolic", "5", "200"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", type=int, metavar="DEPTH", help="print where the time goes instead")
    parser.add_argument("--one", nargs=2, metavar=("DEPTH", "WIDTH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(*options.one)))
    elif options.profile:
        profile(options.profile)
    else:
        report(options)


def report(options):
    """Tables of depths and of widths."""
    imported = measured(["-c", IMPORT], options.runs)["import"]
    print(f"import sympy: {imported:.3f} s\n")
    rows = {depth: run(depth, "symbolic", options.runs) for depth in options.depths}
    first, *_, last = rows.values()
    table(COLUMNS, [row(f"depth {depth}", times, first, imported) for depth, times in rows.items()])
    growth = total(last) / total(first)
    print(f"growth {options.depths[-1]}/{options.depths[0]}: {growth:.1f}\n")
    widths = {width: run(options.depths[0], width, options.runs) for width in options.widths}
    first = next(iter(widths.values()))
    table(COLUMNS, [row(f"width {width}", times, first, imported) for width, times in widths.items()])


COLUMNS = [
    "",
    "graph",
    "derive",
    "of it verification",
    "whole check",
    "print",
    "total",
    "against first",
    "of import sympy",
]


def run(depth, width, runs):
    """The median times of one size."""
    return measured([__file__, "--one", str(depth), width], runs)


def total(times):
    """The time to the finished LaTeX."""
    return times["graph"] + times["derive"] + times["whole"] + times["print"]


def row(name, times, first, imported):
    """One line of a table."""
    parts = [times[key] for key in ("graph", "derive", "verification", "whole", "print")]
    ratios = (f"{total(times) / total(first):.2f}", f"{total(times) / imported:.2f}")
    return [name, *(f"{part:.3f}" for part in parts), f"{total(times):.3f}", *ratios]


def one(depth, width):
    """The times of one problem in this process, which has done nothing yet but import."""
    text = problem(int(depth), None if width == "symbolic" else int(width))
    times = {}
    with clocked(times, "graph"):
        read = read_problem(text)
        graph = name_intermediates(build_graph(read))
        facts = tuple(read_fact(*sides, None, graph.shapes) for sides in read.assume)
    spent = stopwatch(VERIFICATION)
    with clocked(times, "derive"):
        derivation = derive(graph, facts)
    times["verification"] = sum(spent)
    with clocked(times, "whole"):
        verify_derivation(graph, derivation, facts)
    solution = Solution(read, graph, derivation, numbers(graph, derivation, read.given), None, ())
    with clocked(times, "print"):
        render(solution, ("tex",), look_of(read, Choices()))
    return times


@contextmanager
def clocked(times, name):
    """Write the time of a block down."""
    start = time.process_time()
    yield
    times[name] = time.process_time() - start


def stopwatch(names):
    """Let every call of these functions add its time to the list that is returned."""
    spent = []

    def timed(function):
        def call(*args):
            start = time.process_time()
            try:
                return function(*args)
            finally:
                spent.append(time.process_time() - start)

        return call

    for module in (deriving, jacobians):
        for name in set(names) & set(vars(module)):
            setattr(module, name, timed(getattr(module, name)))
    return spent


def profile(depth):
    """Where the time goes at one depth."""
    profiler = cProfile.Profile()
    profiler.runcall(one, depth, "symbolic")
    pstats.Stats(profiler).strip_dirs().sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
