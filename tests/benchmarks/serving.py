"""How long many who type at once wait for a verdict: ``python tests/benchmarks/serving.py [--typists 30]``.

Each types a derivation over HTTP, faster than a person, and rests at the end of a row and now and then
between words. As the page does, a typist asks when the keys rest, one thing at a time.
"""

import argparse
import random
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from served import Visitor, serving

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "exercise3"
REST = 0.3
"""What the page waits after the last key, in seconds."""
KEYS = 10.0
"""A second."""


def typed(text, chance):
    """The states of a text at which its typist rests, with the seconds until then."""
    begin = 0
    for end, char in enumerate(text, 1):
        if char == "\n" or (char == " " and chance.random() < 0.25):
            yield text[:end], (end - begin) / KEYS * chance.uniform(0.5, 1.5) + REST
            begin = end


def typist(port, text, problem, seed, until, waits, faults):
    """One who types until a time, then begins anew."""
    chance, visitor = random.Random(seed), Visitor(port)
    visitor.get("/")
    time.sleep(chance.uniform(0, 3))
    while time.perf_counter() < until:
        for state, pause in typed(text, chance):
            time.sleep(pause)
            start = time.perf_counter()
            if start > until:
                return
            answer = visitor.post("/check", problem=problem, text=state, kind="md")
            waits.append(time.perf_counter() - start)
            if answer.status != 200 or answer.json["fault"]:
                faults.append(answer.text[:200])


def main():
    """Let them type, and print what they waited."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--typists", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--text", type=Path, default=FOLDER / "second.md")
    parser.add_argument("--problem", type=Path, default=FOLDER / "exercise3.yaml")
    asked = parser.parse_args()
    text, waits, faults = asked.text.read_text("utf-8"), [], []
    with serving(asked.problem.parent, forget=True, jobs=asked.jobs) as port:
        first = Visitor(port)
        first.get("/")
        start = time.perf_counter()
        first.check(text, asked.problem.name)
        print(f"the first check of the server: {time.perf_counter() - start:.2f} s")
        until = time.perf_counter() + asked.seconds
        arguments = (port, text, asked.problem.name)
        threads = [
            threading.Thread(target=typist, args=(*arguments, n, until, waits, faults))
            for n in range(asked.typists)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    waits.sort()
    print(f"{asked.typists} typists, {asked.seconds:g} s: {len(waits)} checks, {len(faults)} faults")
    shares = {"median": 0.5, "90 %": 0.9, "99 %": 0.99}
    told = ", ".join(f"{name} {waits[int(share * len(waits))]:.2f} s" for name, share in shares.items())
    print(f"{told}, worst {waits[-1]:.2f} s, mean {statistics.mean(waits):.2f} s")


if __name__ == "__main__":
    main()
