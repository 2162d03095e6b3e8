"""How long ``build --watch`` takes from a save to the new report: edits of a given, and of a formula.

    python tests/benchmarks/rebuild.py

The watcher runs in a thread of this process, as warm as a user's after its first build. A save is
over when the file is closed; a rebuild when the PDF has its new time. Beside the time that passed
stands what the processor did: on a busy machine the first is longer.
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

from symgrad.pipeline import build
from symgrad.running import Outcome
from symgrad.watching import watch

ROUNDS = 8
LIMIT = 30.0
LAB = Path(__file__).parents[2] / "reports" / "lab6.yaml"
EDITS = {
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


def saved(problem, text):
    """Write the file; the time until the report is there, and the processor's time."""
    pdf = problem.with_suffix(".pdf")
    before, busy = stamp(pdf), time.process_time()
    problem.write_text(text, "utf-8")
    took = waited(pdf, before)
    time.sleep(0.1)  # the other formats, and the watcher at rest again
    return took, time.process_time() - busy


def work(path, formats):
    return Outcome(build(path, formats).paths)


def measure(source, formats):
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(shutil.copy(source, folder))
        pdf, text = problem.with_suffix(".pdf"), problem.read_text("utf-8")
        quiet = contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO())
        with quiet[0], quiet[1]:
            watcher = threading.Thread(target=watch, args=([problem], partial(work, formats=formats), stop))
            watcher.start()
            first = waited(pdf, 0)
            time.sleep(0.5)
            edits = {}
            for name, edit in EDITS.items():
                edits[name] = [saved(problem, edit(text, n)) for n in range(ROUNDS)]
            stop.set()
            watcher.join()
    print(f"{source.stem}, {','.join(formats)}: first build {first:.2f} s")
    for name, figures in edits.items():
        took, busy = zip(*figures, strict=True)
        print(
            f"  {name:14} best {min(took):.3f} s, median {statistics.median(took):.3f} s,"
            f" processor {statistics.median(busy):.3f} s"
        )


if __name__ == "__main__":
    measure(LAB, ("pdf",))
    measure(LAB, ("pdf", "tex"))
