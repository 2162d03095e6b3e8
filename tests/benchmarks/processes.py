"""Fresh processes and their median times: what is cached inside one process would hide the cost."""

import json
import os
import statistics
import subprocess
import sys
import time


def measured(arguments, runs):
    """The JSON that a script prints, by several fresh processes: the median of every number."""
    outputs = [json.loads(run([sys.executable, *arguments])) for _ in range(runs)]
    return {key: statistics.median(output[key] for output in outputs) for key in outputs[0]}


def seconds(command, runs):
    """The median wall time of a whole process, after one that fills the disk caches."""
    run(command)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run(command)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


# An installed package is compiled once; a process that may not keep that would measure the compiler.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def run(command):
    return subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout


def table(head, rows):
    """Print rows in columns, the first to the left."""
    lines = [head, *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *rest in lines:
        print("  ".join([first.ljust(widths[0]), *map(str.rjust, rest, widths[1:])]))
