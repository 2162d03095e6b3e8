"""A class's work in one command: what a second process gains, and what a long run holds on to.

python tests/benchmarks/class_of_300.py [--sheets 300] [--long 1400] [--jobs 2]

The sheets are all different, 20 lines each. Whole processes of 1 and of several jobs take turns, so that
a busy machine slows both. Where the cores are not free, the seconds of the processor say what several jobs
gain: those of the process itself, one after the other, and its share of those of its processes. Told is
also the memory of one process along a long run.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processes import table

from symgrad.review import request, review

PROBLEM = Path(__file__).parents[2] / "reports" / "lab6.yaml"
LINES = (
    r"u = W_1 x + b_1",
    r"h = \text{ReLU}(u)",
    r"v = W_2 h + b_2",
    r"o = \text{softmax}(v)",
    r"L = -\sum_i y_i \log o_i",
    r"s = \frac{1}{2}(\|W_1\|^2 + \|W_2\|^2)",
    r"J = L + s",
    r"\frac{\partial J}{\partial v} = o - y",
    r"\frac{\partial J}{\partial b_2} = o - y",
    r"\frac{\partial J}{\partial W_2} = (o - y) h^T + W_2",
    r"\frac{\partial J}{\partial h} = W_2^T (o - y)",
    r"\frac{\partial J}{\partial u} = W_2^T (o - y) \odot \mathbb{1}[u > 0]",
    r"\frac{\partial J}{\partial W_1} = \frac{\partial J}{\partial u} x^T + W_1",
    r"\frac{\partial J}{\partial b_1} = \frac{\partial J}{\partial u}",
)


def sheet(number, slips=True):
    """One student's work: in numbers, names and ``slips`` like nobody else's, or all right."""
    slip = number if slips else 0
    own = (
        rf"u = \begin{{bmatrix}} 3.4 \\ 3.5 \\ {2.1 + slip % 3 / 10:.1f} \end{{bmatrix}}",
        rf"a_{{{number}}} = h + {slip}",
        rf"W_2 h + b_2 = v + {number}.0 - {number}.0",
        rf"x_1 + x_2 = {9 + slip % 2}",
        rf"\frac{{\partial J}}{{\partial W_2}} = (o - {1 + slip % 2} y) h^T + W_2",
        rf"\|x\|^2 = 45.{slip}",
    )
    return "\n\n".join(f"$${line}$$" for line in (*LINES, *own))


def written(folder, count):
    """So many sheets."""
    paths = [folder / f"student{number:04}.md" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(sheet(number), encoding="utf-8")
    return paths


PROBE = """
import atexit, json, resource, sys
from symgrad.cli import main
def spent(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
def tell():
    print(json.dumps([spent(resource.RUSAGE_SELF), spent(resource.RUSAGE_CHILDREN)]), file=sys.stderr)
atexit.register(tell)
main(sys.argv[1:], prog_name="symgrad")
"""


def seconds(paths, jobs):
    """The time of a whole process; what it took of the processor alone, and what its processes took."""
    start = time.perf_counter()
    command = [sys.executable, "-c", PROBE, "check", *map(str, paths), "--problem", str(PROBLEM)]
    done = subprocess.run([*command, "--jobs", str(jobs)], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return time.perf_counter() - start, *json.loads(done.stderr.splitlines()[-1])


def spinning(count):
    """The time that so many processes take for the same plain work each."""
    start = time.perf_counter()
    runs = [
        subprocess.Popen([sys.executable, "-c", "sum(i % 7 for i in range(10**7))"]) for _ in range(count)
    ]
    for run in runs:
        run.wait()
    return time.perf_counter() - start


def megabytes():
    """What this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def held(paths):
    """The memory after a tenth of a long run, and after all of it."""
    asked = request(paths, problem=PROBLEM)
    early = 0.0
    for number, path in enumerate(paths):
        review(path, asked)
        if number == len(paths) // 10:
            early = megabytes()
    return early, megabytes()


def main():
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sheets", type=int, default=300)
    parser.add_argument("--long", type=int, default=1400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = written(Path(folder), max(options.sheets, options.long))
        turns, rooms = [], []
        for _ in range(options.runs):
            turns.append([seconds(paths[: options.sheets], jobs) for jobs in (1, options.jobs)])
            rooms.append(options.jobs * spinning(1) / spinning(options.jobs))
        one, several = (
            [statistics.median(figures) for figures in zip(*times, strict=True)]
            for times in zip(*turns, strict=True)
        )
        room = statistics.median(rooms)
        wall = statistics.median(first[0] / second[0] for first, second in turns)
        free = statistics.median(
            sum(first[1:]) / (second[1] + second[2] / options.jobs) for first, second in turns
        )
        table(
            [f"{options.sheets} sheets", "seconds", "of the processor", "in its processes"],
            [
                ["1 job", *(f"{figure:.1f}" for figure in one)],
                [f"{options.jobs} jobs", *(f"{figure:.1f}" for figure in several)],
            ],
        )
        print(f"\n{options.jobs} jobs are as quick as one {wall:.2f} times by the clock", end="")
        print(f" (so many processes of plain work: {room:.2f} times),")
        print(f"{free:.2f} times by the processor's seconds, as it were if the cores were free")
        if options.long:
            early, late = held(paths[: options.long])
            print(f"\nmemory: {early:.0f} MB after {options.long // 10} sheets, ", end="")
            print(f"{late:.0f} MB after {options.long}")


if __name__ == "__main__":
    main()
