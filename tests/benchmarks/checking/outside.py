"""How often the checker is right on work that nobody wrote for it; anyone can run it.

    python tests/benchmarks/checking/outside.py [DIRECTORY ...] [--only WORD] [-v] [--known]

Without a directory: the sheets of `tests/outside`, of three families. `real` are public derivations,
`adversarial` were written to break a checker, `faults` are minimal inputs that once went wrong. What a
directory may hold, and how a line meets its label, `tests/labels.py` says; so `tests/submissions` and
other labelled directories can be measured too.

- *right lines called wrong*, of those that must be right; *consequences called wrong*, of those that
  must be carried; *wrong lines accepted* and *found*, of those that must be wrong or carried.
- *claims judged*: of the lines that say something that can be judged, those that were.
- *cause named*, of the wrong lines for which one cause is acceptable, and of those with any.
- *noise*: `wrong` said where no line was expected, or of a line that need not be judged.
- lines a second are of the processor, after an empty sheet on the same problem (its time is told too).

`-v` lists what is not as labelled. `--known` prints it as `tests/outside/known.yaml` wants it.
"""

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from labels import ANY, JUDGED, RIGHT, attempted, checked, load_labels, match, place_of

from symgrad.running import solver

OUTSIDE = Path(__file__).parents[2] / "outside"
FAULT = "internal fault"
ROWS = {
    "right lines called wrong": ("rejected", "right"),
    "consequences called wrong": ("punished", "carried"),
    "wrong lines accepted": ("accepted", "off"),
    "wrong lines found": ("found", "off"),
    "first wrong line found": ("first found", "first"),
    "claims judged": ("judged", "claims"),
    "verdict as labelled": ("agreed", "lines"),
    "cause named where it is unique": ("named", "unique"),
    "cause named where there is any": ("named any", "caused"),
    "sheets with an internal fault": ("faults", "sheets"),
}


@dataclass
class Tally:
    """What was counted in a family: lines by kind, seconds, and what is not as labelled."""

    counts: Counter = field(default_factory=Counter)
    seconds: float = 0.0
    starting: float = 0.0
    slowest: tuple = (0.0, "")
    failures: list = field(default_factory=list)

    def add(self, other):
        """Take another family's counts in."""
        self.counts += other.counts
        self.seconds += other.seconds
        self.starting += other.starting
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures


def measure(sheets):
    """The tallies of the sheets' families, and of all together."""
    families: dict[str, Tally] = {}
    for sheet in sheets:
        tally = families.setdefault(sheet.family, Tally())
        starting = clocked(attempted, sheet, "# Nothing\n")[1]
        (check, fault), spent = clocked(checked, sheet)
        tally.seconds += max(0.0, spent - starting)
        tally.starting += starting
        tally.slowest = max(tally.slowest, (spent, sheet.name))
        count(sheet, check, fault, tally)
    pooled = Tally()
    for tally in families.values():
        pooled.add(tally)
    return {**families, "all": pooled}


def clocked(work, *args):
    """What a call gives, and the seconds of the processor that it took."""
    start = time.process_time()
    result = work(*args)
    return result, time.process_time() - start


def count(sheet, check, fault, tally):
    """Add a sheet to the tally."""
    tally.counts["sheets"] += 1
    if fault:
        tally.counts["faults"] += 1
        tally.failures.append((sheet, None, f"{FAULT}: {fault}"))
    pairs, surplus = match(sheet, check.lines if check else ())
    for label, line in pairs:
        if line is None and label.optional:
            continue
        tally.counts.update(kinds(label, line))
        if line is None or line.verdict not in label.verdicts:
            tally.failures.append((sheet, label, said(line)))
    for line in surplus:
        if line.verdict == "wrong":
            tally.counts["noise"] += 1
            tally.failures.append((sheet, None, f"row {line.line.line}: {line.line.latex}: {said(line)}"))
    if ANY not in sheet.first_wrong:
        place = place_of(check, pairs) if check else "no check"
        tally.counts["first"] += 1
        tally.counts["first found"] += place in sheet.first_wrong
        if place not in sheet.first_wrong:
            tally.failures.append((sheet, None, f"first wrong: {place}, not {sheet.first_wrong}"))


def kinds(label, line):
    """What a line counts as."""
    verdict = None if line is None else str(line.verdict)
    yield "lines"
    if verdict is None:
        yield "missing"
    if verdict in label.verdicts:
        yield "agreed"
    if label.claim:
        yield "claims"
        if verdict in JUDGED:
            yield "judged"
    if label.right:
        yield "right"
        if verdict == "wrong":
            yield "rejected"
    elif label.off:
        yield from _off(label, verdict)
    elif verdict == "wrong" and "wrong" not in label.verdicts:
        yield "noise"
    yield from _caused(label, line, verdict)


def _off(label, verdict):
    yield "off"
    if verdict in RIGHT:
        yield "accepted"
    if verdict in ("wrong", "carried"):
        yield "found"
    if label.verdicts == ("carried",):
        yield "carried"
        if verdict == "wrong":
            yield "punished"


def _caused(label, line, verdict):
    must = label.verdicts == ("wrong",)
    if not any(label.mistakes or ()) or "wrong" not in label.verdicts or not (must or verdict == "wrong"):
        return
    named = verdict == "wrong" and line.mistake in label.mistakes
    yield "caused"
    if named:
        yield "named any"
    if len(label.mistakes) == 1:
        yield "unique"
        if named:
            yield "named"


def said(line):
    """A line's verdict, in words."""
    if line is None:
        return "not among the lines"
    mistake = f" ({line.mistake})" if line.mistake else ""
    return f"{line.verdict}{mistake}: {line.message}"


def report(tallies):
    """Print the figures, a family a column."""
    print(f"{'':<32}" + "".join(f"{name:>21}" for name in tallies))
    for title, (part, whole) in ROWS.items():
        cells = (share(tally.counts[part], tally.counts[whole]) for tally in tallies.values())
        print(f"{title:<32}" + "".join(f"{cell:>21}" for cell in cells))
    plain = {
        "noise": lambda tally: tally.counts["noise"],
        "lines without a verdict": lambda tally: tally.counts["missing"],
        "lines a second": lambda tally: f"{tally.counts['lines'] / max(tally.seconds, 1e-9):.0f}",
        "seconds to start, a sheet": lambda tally: f"{tally.starting / tally.counts['sheets']:.3f}",
        "slowest sheet, seconds": lambda tally: f"{tally.slowest[0]:.2f}",
    }
    for title, value in plain.items():
        print(f"{title:<32}" + "".join(f"{value(tally):>21}" for tally in tallies.values()))
    print(f"slowest: {', '.join(tally.slowest[1] for name, tally in tallies.items() if name != 'all')}")


def share(part, whole):
    """A part of a whole, as a count and in per cent."""
    return f"{part}/{whole} {100 * part / whole:5.1f} %" if whole else "-"


def listed(failures):
    """Print what is not as labelled."""
    for sheet, label, message in failures:
        if label is None:
            print(f"{sheet.name}: {message}")
        else:
            wanted = " or ".join(label.verdicts) + (f"  [{label.note}]" if label.note else "")
            print(f"{sheet.name}:{label.first}: wanted {wanted}\n    {label.snippet}\n    {message}")


def known(failures):
    """Print the lines that are not as labelled as data; `fault` stands for a fault inside the checker."""
    sheets: dict[str, dict[str, str]] = {}
    for sheet, label, message in failures:
        reasons = sheets.setdefault(sheet.name, {})
        if label is not None and not label.optional:
            reasons[next(place for place, found in sheet.places.items() if found is label)] = message
        elif label is None and message.startswith(FAULT):
            reasons["fault"] = message
    for name, reasons in sheets.items():
        if reasons:
            print(f"{name}:")
        for place, reason in reasons.items():
            print(f"  {place}: {json.dumps(reason, ensure_ascii=False)}")


def main():
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directories", nargs="*", type=Path, default=[OUTSIDE])
    parser.add_argument("--labels", type=Path, action="append", help="another directory, as the first")
    parser.add_argument("--only", default="", help="only sheets with this in their name or family")
    parser.add_argument("-v", "--verbose", action="store_true", help="list what is not as labelled")
    parser.add_argument("--known", action="store_true", help="print that list as data, and nothing else")
    options = parser.parse_args()
    sheets = [
        sheet for directory in options.labels or options.directories for sheet in load_labels(directory)
    ]
    chosen = [sheet for sheet in sheets if options.only in f"{sheet.family} {sheet.name}"]
    attempted(chosen[0])  # what is imported and made once is no sheet's time
    solver("symgrad.checking.check")  # and is no garbage, as in the command
    tallies = measure(chosen)
    if options.known:
        known(tallies["all"].failures)
        return
    if options.verbose:
        listed(tallies["all"].failures)
    report(tallies)


if __name__ == "__main__":
    main()
