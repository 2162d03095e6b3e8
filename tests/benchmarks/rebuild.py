"""How long ``--watch`` takes from a save to what is written: reports by format, and a submission's verdict.

    python tests/benchmarks/rebuild.py

The commands run in a thread of this process, as warm as a user's after the first round. A save is over
when the file is closed; the work when the file written has its new time. Beside the time that passed stands
what the processor did: on a busy machine the first is longer.
"""

import contextlib
import io
import shutil
import statistics
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from class_of_300 import sheet
from processes import table

from symgrad.pipeline import build
from symgrad.review import request, review
from symgrad.running import Outcome, in_turn
from symgrad.watching import watch

ROUNDS = 8
LIMIT = 60.0
LAB = Path(__file__).parents[2] / "reports" / "lab6.yaml"
EDITS = {
    "the title": lambda text, n: text.replace("Lab 6", f"Lab {n + 7}"),
    "a given": lambda text, n: text.replace("[6, 3]", f"[6, 3.{n + 1}]"),
    "a formula": lambda text, n: text.replace("norm(W1)**2 / 2", f"norm(W1)**2 / {n + 3}"),
    "an activation": lambda text, n: text.replace("relu(u)", f"leaky_relu(u, slope=0.0{n + 1})"),
}


def stamp(path):
    return path.stat().st_mtime_ns if path.exists() else 0


def waited(path, before):
    """The time until a file is replaced."""
    start = time.perf_counter()
    while stamp(path) == before:
        if time.perf_counter() - start > LIMIT:
            raise TimeoutError(path)
        time.sleep(0.001)
    return time.perf_counter() - start


def saved(path, text, written):
    """Save a file; the time until another is written, and the processor's time."""
    before, busy = stamp(written), time.process_time()
    path.write_text(text, "utf-8")
    took = waited(written, before)
    time.sleep(0.1)  # the watcher at rest again
    return took, time.process_time() - busy


@contextlib.contextmanager
def watching(paths, ready, written, **options):
    """The watcher at work, after its first round; how long that took."""
    stop = threading.Event()
    options |= {"failed": "not done", "stop": stop}
    quiet = contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO())
    with quiet[0], quiet[1]:
        watcher = threading.Thread(target=watch, args=(paths, ready), kwargs=options)
        watcher.start()
        try:
            took = waited(written, 0)
            time.sleep(0.5)
            yield took
        finally:
            stop.set()
            watcher.join()


def row(what, edit, figures):
    took, busy = zip(*figures, strict=True)
    return [f"{what}, {edit}", *(f"{f:.3f}" for f in (min(took), statistics.median(took), min(busy)))]


def builds(formats):
    """The rows of a report in one format."""
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(shutil.copy(LAB, folder))
        text, written = problem.read_text("utf-8"), problem.with_suffix(f".{formats[-1]}")
        run = partial(in_turn, lambda path: Outcome(build(path, formats).paths))
        with watching([problem], lambda: run, written) as first:
            figures = {
                name: [saved(problem, edit(text, n), written) for n in range(ROUNDS)]
                for name, edit in EDITS.items()
            }
    what = "build " + ",".join(formats)
    return [[f"{what}, first", f"{first:.3f}", "", ""], *(row(what, *found) for found in figures.items())]


def checks():
    """The rows of a submission of 20 lines."""
    with tempfile.TemporaryDirectory() as folder:
        problem, work = Path(shutil.copy(LAB, folder)), Path(folder) / "work.md"
        text, written = problem.read_text("utf-8"), work.with_suffix(".check.json")
        work.write_text(sheet(1), "utf-8")

        def ready():
            asked = request([work], formats=["json", "text"], problem=problem)
            return partial(in_turn, lambda path: Outcome(review(path, asked).paths))

        with watching([work], ready, written, shared=[problem]) as first:
            own = [saved(work, sheet(1) + f"\n$$u = W_1 x + {n}$$\n", written) for n in range(ROUNDS)]
            all_ = [saved(problem, EDITS["a given"](text, n), written) for n in range(ROUNDS)]
    return [
        ["check, first", f"{first:.3f}", "", ""],
        row("check", "a line", own),
        row("check", "the problem", all_),
    ]


if __name__ == "__main__":
    rows = [*builds(("tex",)), *builds(("html",)), *builds(("pdf",)), *builds(("tex", "pdf")), *checks()]
    table(["seconds", "best", "median", "of the processor, best"], rows)
