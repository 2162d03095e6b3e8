"""Runs of ``symgrad grade`` whose processes are killed at random: what of the class is lost.

    python tests/benchmarks/grading_kills.py [--runs 20] [--count 60] [--kills 4] [--jobs 2] [--seed 1]

In every run processes that judge or write pages are killed, and so many times the whole command, each
time at a random moment; after the last of these it may end. Then every student must have the marks of a run
that nobody disturbed, every submission one record in the log, every page be there, and no process be left; a
gradebook is there whole or not at all.
Work whose process was struck twice is to be looked at by hand, as if the work itself did it.
It ends with 1 where anything is lost. Linux alone tells whose children are whose.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.grading import command, handed_in, seconds
from benchmarks.processes import table

STRUCK = "was killed by SIGKILL"
PAUSE, GRACE = 0.01, 10
GAP, MOST, EARLY = 0.5, 4, 0.1
"""Between kills, in seconds at most; of children in a run, at most; the share of runs killed at once."""
FAILED = 2


def children(process):
    """The processes that a process has started."""
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    return [int(found) for found in text.split()]


def killed(process):
    """Whether it was there to be killed."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
        return True
    return False


def disturbed(place, jobs, chance, parents):
    """One class marked among kills: how many of each there were, and processes that were left over."""
    counts = Counter()
    for left in range(parents, -1, -1):
        run = subprocess.Popen(
            command(place, jobs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        started = set()
        for _ in range(chance.randrange(MOST + 1)):
            alive = at_work(run)
            started |= set(alive)
            time.sleep(chance.uniform(0, GAP))
            if alive := children(run.pid):
                counts["children"] += killed(chance.choice(alive))
        if left:
            started |= set(at_work(run) if chance.random() > EARLY else ())
            time.sleep(chance.uniform(0, GAP))
            started |= set(children(run.pid))
            if run.poll() is None:
                counts["parents"] += killed(run.pid)
                counts["torn"] += is_torn(place)
        run.wait()
        counts["left over"] += left_over(started)
    if run.returncode == FAILED:  # a page whose process was killed is told, and made by the next run
        subprocess.run(command(place, jobs), check=True, capture_output=True)
    return counts


def at_work(run):
    """The processes of a run, as soon as there are any; none once it is over."""
    while run.poll() is None:
        if found := children(run.pid):
            return found
        time.sleep(PAUSE)
    return []


def left_over(processes):
    """How many are still there, once each had a while to end."""
    ends = time.monotonic() + GRACE
    while any(map(is_alive, processes)) and time.monotonic() < ends:
        time.sleep(PAUSE)
    return sum(map(is_alive, processes))


def is_alive(process):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def is_torn(place):
    """Whether there is a gradebook that cannot be read."""
    try:
        if (place / "out" / "gradebook.sqlite").exists():
            marks(place)
    except sqlite3.Error:
        return True
    return False


def marks(place):
    """What the gradebook says of every student, and of each line."""
    with contextlib.closing(sqlite3.connect(place / "out" / "gradebook.sqlite")) as book:
        asked = "SELECT student, status, reason, earned, code FROM submissions"
        lines = "SELECT line, latex, verdict, mistake, root FROM lines WHERE student = ? ORDER BY line"
        return {row[0]: (*row[1:], *book.execute(lines, row[:1])) for row in book.execute(asked).fetchall()}


def judged_of(place, truth):
    """What is lost or to be looked at of a class, against what it is without kills."""
    found, counts = marks(place), Counter()
    for student, right in truth.items():
        status = found.get(student, ("", "no row", None, ""))
        struck = STRUCK in status[1]
        counts["to look at"] += struck
        counts["lost"] += status != right and not struck
        counts["lost pages"] += not (place / "out" / "pages" / f"{status[3]}.html").exists()
    rows = (place / "out" / "log.jsonl").read_bytes().splitlines()
    keys = Counter()
    for row in rows:
        with contextlib.suppress(json.JSONDecodeError):  # torn
            keys[json.loads(row)["key"]] += 1
    counts["judged twice"] += sum(keys.values()) - len(keys)
    counts["no record"] += len(truth) - len(keys)
    return counts


def main():
    """Read the options, run, and print what was lost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, total = random.Random(options.seed), Counter()
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "undisturbed"
        first.mkdir()
        handed_in(first / "work", options.count, True)
        whole, _ = seconds(first, options.jobs)
        truth = marks(first)
        for number in range(options.runs):
            place = Path(folder) / str(number)
            place.mkdir()
            (place / "work").symlink_to(first / "work")
            found = disturbed(place, options.jobs, chance, options.kills)
            total += found + judged_of(place, truth)
    lost = sum(
        total[name] for name in ("lost", "lost pages", "no record", "judged twice", "left over", "torn")
    )
    print(f"{options.runs} runs of {options.count} submissions, {whole:.1f} s without kills\n")
    names = ("parents", "children", "lost", "lost pages", "no record", "judged twice", "left over", "torn")
    table(["killed or lost", ""], [[name, total[name]] for name in (*names, "to look at")])
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
