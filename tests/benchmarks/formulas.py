"""Random formulas over all operations: how many gradients are wrong, how many inputs end in an error.

    python tests/benchmarks/formulas.py [--count 10000] [--seed 0] [--jobs 2]

The truth is automatic differentiation and difference quotients, which know nothing of symgrad. Each
failure is shown with the smallest formula that still fails so. The status is 1 where there is one.
"""

import argparse
import ast
import json
import os
import re
import signal
import sys
import traceback
import warnings
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import Pool
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from formula_makers import MAKERS
from formula_truth import in_fifty_digits, truth
from formulas import random_formula
from reference import AUTOGRAD

from symgrad.calculus.between import bounded
from symgrad.errors import InputError
from symgrad.reading.problem import read_problem
from symgrad.solving import solve
from symgrad.tree import Op, walk

DIGITS = 1e-5
"""How far, relative to the largest entry, a gradient may be from the truth."""

TOGETHER = 50
"""Formulas that a process is given at a time; after four times it ends, with all that it remembers."""
SECONDS = 30
"""A formula that takes longer has failed: processor time, for other work goes on beside it."""


def main():
    """Run the formulas and print what went wrong, by kind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    failures, used, compared = defaultdict(list), Counter(), Counter()
    seeds = range(options.seed, options.seed + options.count)
    with Pool(options.jobs, maxtasksperchild=4) as pool:
        for done, found in enumerate(pool.imap(tried, seeds, chunksize=TOGETHER), 1):
            seed, kind, operations_used, entries = found
            if kind:
                failures[kind].append(seed)
                print(f"seed {seed}: {kind}", file=sys.stderr, flush=True)
            used.update(operations_used)
            compared.update(entries)
            if done % 1000 == 0:
                print(f"{done} formulas", file=sys.stderr, flush=True)
    report(failures, used, compared, options.count)
    return int(bool(failures))


def tried(seed):
    """A seed's kind of failure, the operations in it, and how many entries were compared."""
    compared = Counter()
    kind, solution = outcome(random_formula(seed), compared)
    return seed, kind, operations(solution) if solution is not None else set(), compared


def report(failures, used, compared, count):
    """The figures, then each kind of failure with its smallest example."""
    print(
        f"{count} formulas; {compared['entries']} entries of gradients compared, {compared['unsure']} unsure"
    )
    rarest = min(MAKERS, key=lambda name: used[name])
    print(f"each of {len(MAKERS)} operations in at least {used[rarest]} of them ({rarest})")
    wrong = sum(len(seeds) for kind, seeds in failures.items() if kind.startswith("wrong"))
    print(f"{wrong} with a wrong gradient, {sum(map(len, failures.values())) - wrong} with an error\n")
    for kind, seeds in sorted(failures.items(), key=lambda pair: -len(pair[1])):
        small = smallest(random_formula(seeds[0]), kind)
        given = {name: value.tolist() for name, value in small.leaves.items()}
        print(f"{len(seeds):5} {kind}\n      seeds {seeds[:5]}")
        print(f"      forward: {json.dumps(small.lines)}\n      given: {json.dumps(given)}")


def operations(solution):
    """The operations of a problem, each once; a maximum of a minimum is one too."""
    nodes = [n for f in solution.graph.quantities.values() for n in walk(f) if isinstance(n, Op)]
    return {n.name for node in nodes for n in (node, bounded(node))}


def outcome(made, compared=None):
    """The kind of failure, '' where there is none, and the solution."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with limited(SECONDS):
                solution = solve(problem(made))
        except InputError as error:
            return f"refused: {error.message[:60]}", None
        except Exception as error:
            return f"error: {type(error).__name__} {error!s:.40} in {_where(error)}", None
        try:
            right = truth(made)
        except np.linalg.LinAlgError:
            return "", solution
        except Exception as error:
            return f"no truth: {type(error).__name__} {error!s:.40}", solution
    kind = compare(solution, right, Counter() if compared is None else compared)
    return kind and compare(solution, in_fifty_digits(made), Counter()), solution  # floats may be wrong


@contextmanager
def limited(seconds):
    """Raise `TimeoutError` in what takes longer: a formula that grows without end is a failure too."""

    def late(*_):
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _where(error):
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def problem(made):
    """The problem as symgrad reads it."""
    file = {
        "forward": made.lines,
        "backward": {"of": "J", "wrt": [name for name in made.leaves if not name.startswith("l")]},
        "given": {name: value.tolist() for name, value in made.leaves.items()},
    }
    return read_problem("\n".join(f"{key}: {json.dumps(part)}" for key, part in file.items()))


def compare(solution, right, compared):
    """The kind of failure where an entry is not what the sources agree on."""
    for name, expected in right.items():
        if name not in solution.run.gradients:
            continue
        found = np.asarray(solution.run.gradients[name])
        known = np.isfinite(expected)
        compared["entries"] += int(known.sum())
        compared["unsure"] += int((~known).sum())
        if found.shape != expected.shape:
            return "wrong shape"
        scale = 1 + np.abs(expected[known]).max(initial=0)
        if not np.isfinite(found[known]).all():
            return "wrong: not finite"
        if not (np.abs(found - expected)[known] <= DIGITS * scale).all():
            return "wrong gradient"
    return ""


# --- the smallest example ---------------------------------------------------------------------------


def smallest(made, kind):
    """The same failure with parts of formulas replaced by leaves of their values, as long as it stays."""
    while True:
        for smaller in _smaller(made):
            try:
                if outcome(smaller)[0].split(" in ")[0] == kind.split(" in ")[0]:
                    made = smaller
                    break
            except Exception:
                continue
        else:
            return made


def _smaller(made):
    for line, text in made.lines.items():
        for node in [*ast.walk(ast.parse(text, mode="eval"))]:
            part = ast.unparse(node) if isinstance(node, ast.expr) else ""
            if part and not isinstance(node, ast.Name | ast.Constant | ast.Compare) and part != text:
                yield from _with_leaf(made, line, part)
        if line != "J" and not any(line in other for name, other in made.lines.items() if name != line):
            yield replace(made, lines={n: t for n, t in made.lines.items() if n != line})


def _with_leaf(made, line, part):
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(
                AUTOGRAD.evaluate(part, AUTOGRAD.forward(made.lines, made.leaves)), dtype=float
            )
    except (TypeError, ValueError, KeyError, SyntaxError):
        return
    name = f"z{len(made.leaves)}"
    text = ast.unparse(ast.parse(made.lines[line], mode="eval")).replace(part, name)
    lines = {**made.lines, line: text}
    used = set(re.findall(r"\w+", " ".join(lines.values())))
    leaves = {n: v for n, v in {**made.leaves, name: value.round(3)}.items() if n in used}
    if value.ndim <= 2:
        yield replace(made, lines=lines, leaves=leaves)


if __name__ == "__main__":
    sys.exit(main())
