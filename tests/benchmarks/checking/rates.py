"""How often the checker is right, on sheets whose truth is known without it.

    python tests/benchmarks/checking/rates.py [--rounds 1] [--only WORDS] [--failures 20] [--show WORDS]

The sheets of `tests/corpus` hold true lines in many dialects and forms, and lines with a slip of the
catalogue, whose consequences are carried on. `--only` and `--show` take words that must all occur in
a sheet's course, title and dialect; `--mistake` keeps failures of lines with that slip. Times are of
the processor, without what an empty submission to the same problem takes. `--slowest` looks for the
slowest line of the slowest sheet, by checking it up to each of its paragraphs.
"""

import argparse
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from corpus.sheets import sheets

from symgrad.checking.check import STRICT, check_text
from symgrad.reading.problem import read_problem

EMPTY = "# Nothing\n"
WORST = ("wrong", "unreadable", "carried", "unchecked", "rounded", "correct")
ACCEPTING = ("correct", "rounded")
VAIN = {"wrong": "rejected", "unchecked": "unchecked", "carried": "carried in vain"}
"""What a true line was called."""


@dataclass
class Tally:
    """What was counted: lines by kind, failures by kind, and times."""

    counts: Counter = field(default_factory=Counter)
    failures: list = field(default_factory=list)
    seconds: Counter = field(default_factory=Counter)
    starts: dict = field(default_factory=dict)
    crashes: list = field(default_factory=list)
    slowest: tuple = (0.0, None)

    def share(self, part, whole):
        """A rate, as a fraction; none of nothing is 0."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 0.0

    def rates(self):
        """The rates that are asked for, by name."""
        return {name: self.share(part, whole) for name, (part, whole) in RATES.items()}


RATES = {
    "false accepts (a slip called correct)": ("accepted", "slips"),
    "false rejects (a true line called wrong)": ("rejected", "true"),
    "unreadable": ("unreadable", "lines"),
    "unchecked among true lines": ("unchecked", "true"),
    "carried among true lines": ("carried in vain", "true"),
    "mistake named right where it is unique": ("named", "unique"),
    "mistake named right where several explain it": ("named one", "several"),
    "carried lines recognised": ("carried", "carries"),
    "carried lines with the right root": ("rooted", "carries"),
    "verdict as labelled": ("agreed", "lines"),
}


def measure(chosen):
    """Check these sheets and count."""
    tally = Tally()
    for sheet in chosen:
        try:
            if sheet.course.name not in tally.starts:
                clocked(sheet.course, EMPTY)
                tally.starts[sheet.course.name] = clocked(sheet.course, EMPTY)[1]
            check, spent = clocked(sheet.course, sheet.source)
        except Exception as fault:  # a crash is a finding, not the end of the measurement
            tally.crashes.append((sheet, repr(fault)))
            continue
        spent = max(0.0, spent - tally.starts[sheet.course.name])
        tally.seconds[sheet.title] += spent
        tally.counts[sheet.title] += len(sheet.lines)
        tally.slowest = max(tally.slowest, (spent / len(sheet.lines), sheet), key=lambda pair: pair[0])
        count(sheet, check, tally)
    return tally


@cache
def problem_of(course):
    """A course's problem, read once."""
    return read_problem(course.text)


def clocked(course, text):
    """The check of a text, and the seconds it took."""
    problem = problem_of(course)
    start = time.process_time()
    return check_text(text, problem), time.process_time() - start


def heading(sheet):
    """What a sheet is."""
    return f"{sheet.course.name}, {sheet.title}, {sheet.dialect_name}"


def count(sheet, check, tally):
    """Add a sheet's lines to the tally."""
    found = dict(pair for row in {line.source for line in sheet.lines} for pair in pairs(sheet, row, check))
    for line in sheet.lines:
        judged = found[line]
        kinds = set(_kinds(line, judged, found))
        tally.counts.update(kinds)
        if not kinds & {"agreed"} or kinds & {"misnamed", "uprooted"}:
            tally.failures.append((sheet, line, judged))


def pairs(sheet, row, check):
    """The labelled lines of a row with the judged ones; where they are not as many, each with the worst."""
    labelled = [line for line in sheet.lines if line.source == row]
    here = [judged for judged in check.lines if judged.line.line == row]
    if len(here) == len(labelled):
        return zip(labelled, here, strict=True)
    worst = min(here, key=lambda judged: WORST.index(judged.verdict), default=None)
    return [(line, worst) for line in labelled]


def _kinds(line, judged, found):
    verdict = "unreadable" if judged is None else judged.verdict.value
    yield "lines"
    if verdict == "unreadable":
        yield "unreadable"
    if verdict in line.verdicts:
        yield "agreed"
    if line.verdicts == ("carried",):
        yield from _carried(line, judged, verdict, found)
    elif line.verdicts == ("wrong",):
        yield from _slipped(line, judged, verdict)
    elif line.true:
        yield "true"
        if verdict not in line.verdicts and verdict in VAIN:
            yield VAIN[verdict]


def _carried(line, judged, verdict, found):
    yield from ("carries", "slips")
    if verdict in ACCEPTING:
        yield "accepted"
    if verdict == "carried":
        yield "carried"
        root = found[line.root]
        yield "rooted" if root is not None and judged.root == root.line.id else "uprooted"


def _slipped(line, judged, verdict):
    yield "slips"
    if verdict in ACCEPTING:
        yield "accepted"
    unique = len(line.mistakes) == 1
    yield "unique" if unique else "several"
    named = judged is not None and judged.mistake in line.mistakes
    if named:
        yield "named" if unique else "named one"
    elif unique and verdict == "wrong":
        yield "misnamed"


def report(tally, most, mistake):
    """Print the rates, the speeds and some of the failures."""
    counts = tally.counts
    print(f"{counts['lines']} lines: {counts['true']} true, {counts['slips']} wrong or carried")
    for name, rate in tally.rates().items():
        part, whole = RATES[name]
        print(f"  {name:<46} {100 * rate:7.2f} %   {counts[part]} of {counts[whole]}")
    for title, seconds in tally.seconds.items():
        print(f"  lines a second, {title:<30} {counts[title] / max(seconds, 1e-9):7.0f}")
    print(f"  an empty submission: {max(tally.starts.values(), default=0):.2f} s at most")
    if tally.slowest[1]:
        print(f"  slowest sheet: {tally.slowest[0]:.2f} s a line, {heading(tally.slowest[1])}")
    print(f"  crashes: {len(tally.crashes)}")
    for sheet, fault in tally.crashes[:most]:
        print(f"    {heading(sheet)}: {fault}")
    chosen = [failure for failure in tally.failures if not mistake or mistake in failure[1].mistakes]
    print(f"{len(chosen)} failures")
    for sheet, line, judged in chosen[:most]:
        print(f"  {said(sheet, line, judged)}")


def said(sheet, line, judged):
    """A failure in two lines."""
    wanted = " or ".join(line.verdicts) + (
        f" ({' or '.join(sorted(line.mistakes))})" if line.mistakes else ""
    )
    if judged is None:
        got = "not read"
    else:
        got = f"{judged.verdict}" + (f" ({judged.mistake})" if judged.mistake else "") + f": {judged.message}"
    return f"[{heading(sheet)}:{line.source}] wanted {wanted}\n      {line.latex}\n      got {got}"


def slowest_paragraph(sheet):
    """The paragraph of a sheet that adds most to its time, with that time."""
    text, before, worst = "", clocked(sheet.course, EMPTY)[1], (0.0, "")
    for paragraph in sheet.source.split("\n\n"):
        text += paragraph + "\n\n"
        spent = clocked(sheet.course, text)[1]
        before, worst = spent, max(worst, (spent - before, paragraph))
    return worst


def fits(sheet, words):
    """Whether a sheet has all these words."""
    return all(word in heading(sheet) for word in words.split())


def main():
    """Read the options, measure, print."""
    os.environ[STRICT] = "1"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="words that a sheet's heading must have")
    parser.add_argument("--failures", type=int, default=20, metavar="N", help="how many to print")
    parser.add_argument("--mistake", default="", help="only failures of lines with this slip")
    parser.add_argument("--slowest", action="store_true", help="look for the slowest line")
    parser.add_argument("--show", help="print the first sheet with these words, and its labels, instead")
    options = parser.parse_args()
    if options.show is not None:
        show(next(sheet for sheet in sheets(options.rounds, options.seed) if fits(sheet, options.show)))
        return
    chosen = [sheet for sheet in sheets(options.rounds, options.seed) if fits(sheet, options.only)]
    tally = measure(chosen)
    report(tally, options.failures, options.mistake)
    if options.slowest:
        print("slowest: {:.2f} s for {}".format(*slowest_paragraph(tally.slowest[1])))


def show(sheet):
    """Print a sheet, its problem and its labels."""
    print(sheet.course.text, sheet.source, sep="\n\n")
    for line in sheet.lines:
        root = f" root at {line.root.source}" if line.root else ""
        print(f"{line.source:>4} {' or '.join(line.verdicts)} {' '.join(sorted(line.mistakes))}{root}")


if __name__ == "__main__":
    main()
