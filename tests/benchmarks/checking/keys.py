"""Whether the checker finds right what symgrad writes itself: every report, judged against its own problem.

    python tests/benchmarks/checking/keys.py [PROBLEM ...] [--way WORD ...] [--quick] [-v]

Without a problem: all of `reports/` and `reports/gallery/`, in every notation and style, as Markdown and
LaTeX; `--way bar md` only those of the notation, style and format that are named, `--quick` the one way a
problem that `pytest` takes. A line is as it should be where it is correct, right up to rounding, or no
claim (a condition, a definition). The others are grouped by problem and by what was said of them, the
largest group first; `-v` lists the lines of a group. The time is of the processor.
"""

import argparse
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from round_trip import QUICK, TRIPS, is_right, judged, written

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?|\[.*\]")
WIDTH = 230


def measure(trips):
    """The verdicts by kind, the lines that are not right, and the seconds, by problem."""
    counts, off, seconds = Counter(), [], Counter()
    for trip in trips:
        written(trip)
        start = time.process_time()
        try:
            lines = judged(trip)
        except Exception as fault:
            off.append((trip, None, f"{type(fault).__name__}: {fault}"))
            continue
        finally:
            seconds[trip.path.stem] += time.process_time() - start
        counts.update(kind(line) for line in lines)
        off += [(trip, line, f"{line.verdict}: {line.message}") for line in lines if not is_right(line)]
    return counts, off, seconds


def kind(line):
    """What a line counts as."""
    return str(line.verdict) if line.claims else "no claim"


def grouped(off):
    """Lines that are not right by problem and by what was said of them, the largest group first."""
    groups = defaultdict(list)
    for trip, line, said in off:
        groups[trip.path.stem, NUMBER.sub("#", said)].append((trip, line))
    return sorted(groups.items(), key=lambda item: -len(item[1]))


def listed(off, verbose):
    """Print the groups; of each one line, or all of them once."""
    for (problem, said), found in grouped(off):
        print(f"\n{len(found):5}  {problem}: {said}")
        seen = {}
        for trip, line in found:
            seen.setdefault(_text(line), (trip, line))
        for text, (trip, line) in list(seen.items())[: None if verbose else 2]:
            place = f"line {line.line.line}" if line else "all"
            print(f"         {trip}, {place}: {text[:WIDTH]}\n             {line.message if line else ''}")


def _text(line):
    return " ".join(line.line.latex.split()) if line else ""


def main():
    """Read the options, check, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("problems", nargs="*", help="names of problems, without an ending")
    parser.add_argument("--way", nargs="*", default=(), help="notations, styles, formats")
    parser.add_argument("--quick", action="store_true", help="one way a problem")
    parser.add_argument("-v", "--verbose", action="store_true", help="list every line")
    options = parser.parse_args()
    trips = [trip for trip in (QUICK if options.quick else TRIPS) if _asked(trip, options)]
    counts, off, seconds = measure(trips)
    listed(off, options.verbose)
    total, spent = sum(counts.values()), sum(seconds.values())
    print(f"\n{len(trips)} reports, {total} lines, {spent:.1f} s: {total / max(spent, 1e-9):.0f} lines/s")
    print("  ".join(f"{name} {count}" for name, count in counts.most_common()))
    print(f"not right: {len(off)} ({100 * len(off) / max(total, 1):.2f} %)")
    print("slowest: " + ", ".join(f"{name} {time:.1f} s" for name, time in seconds.most_common(5)))


def _asked(trip, options):
    parts = {trip.notation, trip.style, trip.format}
    return set(options.way) <= parts and (not options.problems or trip.path.stem in options.problems)


if __name__ == "__main__":
    main()
