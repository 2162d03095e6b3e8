"""A class whose right verdicts are known, marked by ``symgrad grade``: how many lines agree.

    python tests/benchmarks/grading_truth.py [--count 40] [--jobs 2]

Each student writes the course's derivation, some 27 lines, in one of a dozen hands; of half of them a quarter
of the lines have a slip of the catalogue. Told is how many lines have a verdict that their label allows, and
the kinds of the others. `checking/rates.py` measures the same of the checker alone, on many courses.
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes import table
from corpus.dialects import DIALECTS
from corpus.layers import SOFTMAX_MLP
from corpus.sheets import SLIP_RATE, derivation

HANDS = tuple(name for name in DIALECTS if DIALECTS[name].display != "text")
"""Those that write every line of the course."""


def handed_in(place, count, slips, seed=0):
    """A problem file and the work of so many, with ``slips`` or without; the sheets, with their labels."""
    (place / "work").mkdir()
    (place / "problem.yaml").write_text(SOFTMAX_MLP.text, encoding="utf-8")
    sheets = {}
    for number in range(count):
        chance = random.Random(f"{seed}/{slips}/{number}")
        name = HANDS[number % len(HANDS)]
        sheet = derivation(SOFTMAX_MLP, name, chance, SLIP_RATE if slips else 0)
        sheets[f"s{number:05}"] = sheet
        (place / "work" / f"s{number:05}.md").write_text(sheet.source, encoding="utf-8")
    return sheets


def marked(place, jobs):
    """The verdicts of every row of everybody's work, in their order."""
    asked = ["grade", "work", "--problem", "problem.yaml", "-o", "out", "--jobs", str(jobs)]
    subprocess.run([sys.executable, "-m", "symgrad", *asked], cwd=place, check=True, capture_output=True)
    found = defaultdict(list)
    with closing(sqlite3.connect(place / "out" / "gradebook.sqlite")) as book:
        for student, row, verdict in book.execute("SELECT student, row, verdict FROM lines ORDER BY line"):
            found[student, row].append(verdict)
    return found


def compared(sheets, found):
    """What became of the lines: those that agree, and each kind of those that do not."""
    counts = Counter()
    for student, sheet in sheets.items():
        rows = defaultdict(list)
        for line in sheet.lines:
            rows[line.source].append(line.verdicts)
        for row, labels in rows.items():
            verdicts = found[student, row]
            if len(verdicts) != len(labels):
                verdicts = ["no line"] * len(labels)
            counts.update(map(_kind, labels, verdicts))
    return counts


def _kind(labels, verdict):
    return AGREED if verdict in labels else f"{labels[0]} judged {verdict}"


AGREED = "as it should be"


def main():
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    rows = []
    for kind, slips in (("correct", False), ("with slips", True)):
        with tempfile.TemporaryDirectory() as folder:
            sheets = handed_in(Path(folder), options.count // 2, slips)
            counts = compared(sheets, marked(Path(folder), options.jobs))
        others = ", ".join(f"{n} {name}" for name, n in counts.most_common() if name != AGREED)
        share = f"{100 * counts[AGREED] / counts.total():.2f} %"
        rows.append([kind, counts.total(), share, others])
    table([f"{options.count} submissions", "lines", "agree", "others"], rows)


if __name__ == "__main__":
    main()
