"""How many submissions of 20 lines a class of any size is marked a second, pages and gradebook included.

    python tests/benchmarks/grading.py [--count 300] [--jobs 2]

No two submissions are alike. Told are whole runs of ``symgrad grade``, of right work and of work with
slips, by the clock and by the seconds of the processor (where the cores are not free, these say what they
could do); the same again with another rubric (nothing is judged, every page is made anew); and the bytes
that are kept a student.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.class_of_300 import PROBLEM, sheet
from benchmarks.processes import table

RUBRIC = "points: {v: 1, dJ/dW2: 2, dJ/dW1: 3}\n"


def handed_in(folder, count, slips):
    """The work of a class."""
    folder.mkdir()
    for number in range(count):
        text = f"# Student {number}\n\n{sheet(number, slips)}\n"
        (folder / f"s{number:05}.md").write_text(text, encoding="utf-8")


def command(place, jobs, *more):
    """``symgrad grade`` on the work in a folder."""
    asked = ["grade", str(place / "work"), "--problem", str(PROBLEM), "-o", str(place / "out")]
    return [sys.executable, "-m", "symgrad", *asked, "--jobs", str(jobs), *more]


def seconds(place, jobs, *more):
    """How long a whole run takes, by the clock and of the processor."""
    start, before = time.perf_counter(), spent()
    subprocess.run(command(place, jobs, *more), check=True, capture_output=True)
    return time.perf_counter() - start, spent() - before


def spent():
    """The seconds of the processor of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kept(place):
    """The bytes of all that was written."""
    return sum(path.stat().st_size for path in (place / "out").rglob("*") if path.is_file())


def main():
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    rows = []
    for kind, slips in (("right", False), ("with slips", True)):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            handed_in(place / "work", options.count, slips)
            (place / "points.yaml").write_text(RUBRIC, encoding="utf-8")
            first = seconds(place, options.jobs)
            again = seconds(place, options.jobs, "--rubric", str(place / "points.yaml"), "--accept")
            size = kept(place) / options.count / 1000
            speeds = (f"{options.count / taken:.1f}" for taken in (*first, *again))
            rows.append([kind, *speeds, f"{size:.0f}"])
    speeds = ("a second", "a processor's second")
    head = [f"{options.count} submissions", *speeds, *(f"again, {speed}" for speed in speeds), "kB a student"]
    table(head, rows)


if __name__ == "__main__":
    main()
