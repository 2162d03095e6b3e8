"""Random single sabotages of the code, each of which some test should catch.

    python tests/benchmarks/mutants.py --count 200 --seed 7

The mutants are made in copies of the project in a temporary folder; the working tree is only read. First
all tests run once on a copy whose chosen places say when they are reached, which gives for each mutant the
tests that can catch it. Then each mutant is tested by those, quick and specific ones first, until one
fails (or hangs, or wants too much memory), for at most ``--seconds`` of tests. With ``--work FOLDER``
what was found is kept there, and the same command goes on where it ended.
"""

import argparse
import concurrent.futures
import contextlib
import hashlib
import json
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.mutation import Source, changes, edits, owner, probed

ROOT = Path(__file__).parents[2]
FOLDERS = tuple(f"symgrad/{name}" for name in ("calculus", "operations", "checking", "submission", "numbers"))
COPIED = ("symgrad", "tests", "docs", "templates", "reports", ".ci", "pyproject.toml", "LICENSE", "*.md")
BESIDE = ("browser", "packaging", "notebook", "docs", "doctor", "system", "watch", "new", "extending")
"""Tests of the surroundings, and those that read the source text: what they catch is no wrong answer."""
LIMITED = ("sh", "-c", 'ulimit -v 6000000; exec "$@"', "sh")
"""A mutant that wants more memory than 6 GB is caught."""
PYTEST = (
    sys.executable, "-m", "pytest", "-o", "addopts=", "--import-mode=importlib", "-p", "reached",
    "-m", "not nightly", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-q", "--tb=no",
)  # fmt: skip
FIRST, FILES = 40, 3
"""Tests, of so many files, that are tried before the files of all the others are collected."""


def copied(folder):
    """A copy of the project, compiled, so that a mutant costs the compilation of one file."""
    for pattern in COPIED:
        for path in ROOT.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(path, folder / path.name)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "symgrad"], cwd=folder, check=True)
    return folder


def drawn(folders, count, seed):
    """Mutants at different lines, each line as likely as any other: (path, source, edit)."""
    sources = {path: Source(path.read_bytes()) for name in folders for path in python_files(ROOT / name)}
    by_line = defaultdict(list)
    for path, source in sorted(sources.items()):
        for edit in edits(source):
            by_line[path, source.line(edit.start)].append(edit)
    choice = random.Random(seed)
    for path, line in choice.sample(list(by_line), len(by_line)):
        edit = choice.choice(by_line[path, line])
        if count and changes(sources[path], edit):
            count -= 1
            yield path.relative_to(ROOT), sources[path], edit


def python_files(path):
    return [path] if path.is_file() else path.rglob("*.py")


def run(folder, options, limit, **environment):
    """Pytest in a copy of the project, in a session of its own; None where it does not end in time."""
    paths = os.pathsep.join([str(folder), str(Path(__file__).parent)])
    process = subprocess.Popen(
        [*LIMITED, *PYTEST, *options], cwd=folder, text=True, errors="replace", start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": "0"} | environment,
    )  # fmt: skip
    try:
        return process.communicate(timeout=limit)[0], process.returncode
    except subprocess.TimeoutExpired:
        return None
    finally:  # whatever it started ends with it
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


class Reached:
    """Which tests reach which mutants, and how long each takes; kept in the folder, per file of tests."""

    def __init__(self, folder, mutants):
        self.folder, self.mutants = folder, mutants
        self.seconds, self.tests = {}, defaultdict(set)

    def measure(self, jobs):
        """Run the files of tests that are not yet known."""
        copy, files = self.folder / "probed", []
        for path in sorted((ROOT / "tests").glob("test_*.py")):
            hits = self.folder / f"hits-{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
            if path.stem.removeprefix("test_") not in BESIDE:
                files.append((path, hits))
        missing = [(path, hits) for path, hits in files if not hits.exists()]
        if missing:
            shutil.rmtree(copy, ignore_errors=True)
            copied(copy)
            self._probe(copy)
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda pair: self._run(copy, *pair), missing))
        for _, hits in files:
            self._read(hits)

    def _probe(self, copy):
        """Each place says when it is reached; of a table, the functions that name it, or those beside it."""
        sources = {path: Source(path.read_bytes()) for path in python_files(ROOT / "symgrad")}
        places, tables = defaultdict(list), defaultdict(list)
        for number, (path, source, edit) in enumerate(self.mutants):
            if (table := owner(source, edit)) is None:
                places[ROOT / path].append((number, edit))
                continue
            near = [p for p, s in sources.items() if table and table.encode() in s.data]
            users = [p for p in near if probed(sources[p], [], [(number, table)]) != sources[p].data]
            for user in users or [ROOT / path]:
                tables[user].append((number, table if users else ""))
        for path in {*places, *tables}:
            (copy / path.relative_to(ROOT)).write_bytes(probed(sources[path], places[path], tables[path]))

    def _run(self, copy, path, hits):
        temporary = hits.with_suffix(".new")
        temporary.write_text("")
        done = run(copy, [f"tests/{path.name}"], 3600, MUTANTS_HITS=str(temporary))
        print(f"  {path.name}: {done[0].strip().splitlines()[-1] if done else 'not in an hour'}", flush=True)
        temporary.rename(hits)

    def _read(self, hits):
        failed, reached = set(), []
        for row in map(json.loads, hits.read_text("utf-8").splitlines()):
            if isinstance(row[0], str):
                self.seconds[row[0]] = row[1]
                failed |= set() if row[2] else {row[0]}
            elif row[1]:
                reached.append(row)
        for test in failed:  # on the code as it is: such a test says nothing about mutants
            del self.seconds[test]
            print(f"  fails without a mutant: {test}")
        for number, test in reached:
            if test in self.seconds:
                self.tests[number].add(test)

    def order(self, number, budget):
        """The tests of a mutant: those that bear the name of its file, those that reach it, the quick ones
        that reach little else first, and others of their files: what a test made may be kept for these."""
        width = Counter(test for tests in self.tests.values() for test in tests)
        stem = self.mutants[number][0].stem
        exact = self.tests[number] | {test for test in self.seconds if f"[{stem}" in test}
        files = {test.partition("::")[0] for test in exact} or {
            test.partition("::")[0] for test in self.seconds
        }
        near = {test for test in self.seconds if test.partition("::")[0] in files} - exact
        chosen, total = {}, 0.0
        for tests, most in (
            (sorted(exact, key=lambda t: (f"[{stem}" not in t, self._cost(t, width), t)), budget),
            (sorted(near, key=lambda t: (self.seconds[t], t)), budget * 1.25),
        ):
            for test in tests:
                if total + self.seconds[test] <= most or not chosen:
                    chosen[test] = self.seconds[test]
                    total += self.seconds[test]
        return chosen

    def _cost(self, test, width):
        return (self.seconds[test] + 0.05) * (1 + width[test] / 10)


def tested(folder, mutant, order):
    """The test that fails for a mutant, or does not end, and passes without it; "" where there is none."""
    path, source, edit = mutant
    file, before = folder / path, (folder / path).stat()
    order = dict(order)
    while True:
        file.write_bytes(source.with_edit(edit))
        try:
            found = next(filter(None, (caught(folder, tests) for tests in parted(order))), None)
        finally:
            file.write_bytes(source.data)
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        if found is None:
            return ""
        test, ran = found
        if caught(folder, {name: order[name] for name in ran}) is None:
            return test
        # It fails by itself, or here and now takes too long: those behind it are tried.
        order = {name: seconds for name, seconds in order.items() if name not in ran}


def parted(order):
    """The first tests, of few files, and all others: what is caught by the first needs no other file read."""
    files = list(dict.fromkeys(test.partition("::")[0] for test in order))[:FILES]
    first = [test for test in order if test.partition("::")[0] in files][:FIRST]
    return {t: order[t] for t in first}, {t: order[t] for t in order if t not in first}


def caught(folder, tests):
    """The test that fails, and those that ran until then; None where all pass."""
    if not tests:
        return None
    listed, begun = folder / "order.json", folder / "begun.json"
    listed.write_text(json.dumps(tests), "utf-8")
    begun.write_text("")
    files = sorted({test.partition("::")[0] for test in tests})
    done = run(
        folder, ["-x", "-n", "0", *files], 60 + 6 * sum(tests.values()),
        MUTANTS_ORDER=str(listed), MUTANTS_HITS=str(begun), PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    if done is not None and done[1] in (0, 5):  # all passed, or none is left
        return None
    ran = [json.loads(line)[0] for line in begun.read_text("utf-8").splitlines()]
    return (ran[-1], ran) if ran else (next(iter(tests)), [next(iter(tests))])  # not even collected


def shown(mutant):
    path, source, edit = mutant
    at, end = source.lines(edit)
    texts = source.data[at:end], source.data[at : edit.start] + edit.text + source.data[edit.end : end]
    before, after = (" ".join(text.decode().split()) for text in texts)
    return f"{path}:{source.line(edit.start)}  [{edit.operator}]  {before}  →  {after}"


def report(mutants, results):
    """The rate, by folder and by operator, and the survivors."""
    for title, key in (("folder", lambda m: m[0].parts[1]), ("operator", lambda m: m[2].operator)):
        total = Counter(key(mutants[n]) for n in results)
        found = Counter(key(mutants[n]) for n, by in results.items() if by)
        print(f"\nby {title}: " + ", ".join(f"{k} {found[k]} of {total[k]}" for k in sorted(total)))
    survivors = [n for n, by in results.items() if not by]
    for number in survivors:
        print(f"{number:4} {shown(mutants[number])}")
    print(f"caught {len(results) - len(survivors)} of {len(results)} mutants")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folders", nargs="*", default=FOLDERS, help="files or folders to change")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=40, help="of tests for one mutant")
    parser.add_argument("--part", type=int, nargs=2, help="only mutants from this number to before that one")
    parser.add_argument("--again", type=int, nargs="*", default=[], help="mutants to test once more")
    parser.add_argument("--work", type=Path, help="a folder that keeps what was found")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        mutants = list(drawn(options.folders, options.count, options.seed))
        state = hashlib.sha256(repr([(str(p), s.data, e) for p, s, e in mutants]).encode()).hexdigest()
        mark = work / "mutants"
        if mark.exists() and mark.read_text() != state:
            sys.exit(f"{work} holds what was found for other mutants, or before the code was changed")
        mark.write_text(state)
        reached = Reached(work, mutants)
        reached.measure(options.jobs)
        kept = work / "results"
        results = dict(map(json.loads, kept.read_text().splitlines())) if kept.exists() else {}
        wanted = range(*options.part or [len(mutants)])
        results = {n: by for n, by in results.items() if n not in options.again}
        todo = [n for n in wanted if n not in results]
        copies = queue.Queue()
        for _ in range(options.jobs):
            copies.put(copied(Path(tempfile.mkdtemp(dir=scratch))))

        def one(number):
            folder = copies.get()
            try:
                return number, tested(folder, mutants[number], reached.order(number, options.seconds))
            finally:
                copies.put(folder)

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            running = [pool.submit(one, number) for number in todo]
            for done, future in enumerate(concurrent.futures.as_completed(running), 1):
                number, by = future.result()
                results[number] = by
                with kept.open("a") as file:
                    file.write(json.dumps([number, by]) + "\n")
                print(f"{done}/{len(todo)} {by or 'SURVIVES'}: {shown(mutants[number])}", flush=True)
        report(mutants, {n: results[n] for n in wanted})


if __name__ == "__main__":
    main()
