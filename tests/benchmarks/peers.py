"""The same derivations by symgrad, SymPy and tensorgrad: is the answer right, and how long does it take?

    python tests/benchmarks/peers.py [--limit 60] [--runs 3] [--tensorgrad PYTHON]

A Markdown table. Each answer is a fresh process: all gradients of one problem in symbols, then compared
with central differences at one point. Times are of the processor, for the derivation alone, as
multiples of symgrad's in the same run; symgrad also checks every step of its own in 50 digits. SymPy is
asked twice: with a symbol for every entry (`Matrix.jacobian`) and with whole matrices (`MatrixExpr.diff`;
an exception, or factors that do not fit together, counts as wrong). tensorgrad is optional:
``--tensorgrad`` names a Python that has it.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
from peer_cases import CASES, Case

HERE = Path(__file__).parent
TOOLS = {
    "symgrad": "peer_symgrad.py",
    "SymPy, by entries": "peer_sympy_entries.py",
    "SymPy, by matrices": "peer_sympy_matrices.py",
    "tensorgrad": "peer_tensorgrad.py",
}
CLOSE = 1e-6
MOST_NAMED = 3


def main():
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=float, default=60, help="seconds a tool may take for one problem")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tensorgrad", metavar="PYTHON", help="a Python in which tensorgrad is installed")
    options = parser.parse_args()
    pythons = dict.fromkeys(TOOLS, sys.executable) | (
        {"tensorgrad": options.tensorgrad} if options.tensorgrad else {}
    )
    skipped = pythons["tensorgrad"] == sys.executable and importlib.util.find_spec("tensorgrad") is None
    tools = [tool for tool in TOOLS if not (skipped and tool == "tensorgrad")]
    rows = [["", *tools]]
    for name in CASES:
        answers = [outcome(tool, pythons[tool], name, options) for tool in tools]
        rows.append([name, *cells(answers)])
    rows.insert(1, ["---"] * len(rows[0]))
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))
    if skipped:
        print("\ntensorgrad is not installed: skipped")


def outcome(tool, python, name, options):
    """What a tool answers, in words, and how long it takes; None where it takes no time to speak of."""
    times = []
    for _ in range(options.runs):
        command = [python, str(HERE / TOOLS[tool]), name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=options.limit, check=False)
        except subprocess.TimeoutExpired:
            return f"none in {options.limit:.0f} s", None
        if done.returncode:
            return f"none: {done.stderr.strip().splitlines()[-1].partition(':')[0]}", None
        answer = json.loads(done.stdout)
        times.append(answer["seconds"])
    return verdict(Case(name), answer["gradients"]), statistics.median(times)


def verdict(case, gradients):
    """right, or which gradients are wrong."""
    wrong = [name for name, truth in case.differences().items() if not _agrees(gradients[name], truth)]
    named = ", ".join(wrong) if len(wrong) <= MOST_NAMED else f"{len(wrong)} of {len(case.wrt)}"
    return f"**wrong**: {named}" if wrong else "right"


def _agrees(found, truth):
    found = np.asarray(found, dtype=float)
    return found.shape == truth.shape and bool(np.allclose(found, truth, rtol=CLOSE, atol=CLOSE))


def cells(answers):
    """The words with the time behind them, symgrad's in seconds and the others' as a multiple of it."""
    (said, own), *others = answers
    yield f"{said}, {own:.2f} s"
    for said, seconds in others:
        yield said if seconds is None else f"{said}, {seconds / own:.2f}×"


if __name__ == "__main__":
    main()
