"""What wide layers cost: whole processes for one net, narrow and wide, its numbers written in every way.

python tests/benchmarks/width.py [--widths 5 100] [--depth 4] [--runs 7]

The processes of both widths take turns, so that a busy machine slows both; told are the medians of the wall
time and of the time of the processor, and the median of the ratios turn by turn. Most of what the first width
takes is Python and its libraries: what the second takes beyond is what the numbers cost.
"""

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from network import forward
from processes import run, table


def flow(array):
    """``[[0.1, 0.2], [0.3, 0.4]]``, on one line."""
    return f" {json.dumps(array)}\n"


def rows(array):
    """A line a row of a matrix."""
    if not isinstance(array[0], list):
        return flow(array)
    return "\n" + "".join(f"    - {json.dumps(row)}\n" for row in array)


def items(array):
    """A line a number, as `yaml.dump` writes it."""
    if not isinstance(array[0], list):
        return "\n" + "".join(f"  - {entry}\n" for entry in array)
    return "\n" + "".join("  - - " + "\n    - ".join(map(str, row)) + "\n" for row in array)


STYLES = {"one line": flow, "a line a row": rows, "a line a number": items}
FILES = {"CSV files": ("csv", lambda path, a: np.savetxt(path, a, "%s", ",")), "NPY files": ("npy", np.save)}


def givens(depth, width):
    """The numbers of the net's leaves, two decimals each; y is one-hot."""
    made = random.Random(width)

    def numbers():
        return [round(made.uniform(-1, 1), 2) for _ in range(width)]

    leaves = {"x": numbers(), "y": [1, *[0] * (width - 1)]}
    for n in range(1, depth + 1):
        leaves |= {f"W{n}": [numbers() for _ in range(width)], f"b{n}": numbers()}
    return leaves


def problem(depth, given):
    """The problem's text, with the givens as they are written."""
    lines = "".join(f"  {name}:{text}" for name, text in given.items())
    return f"forward: {json.dumps(forward(depth))}\ndata: [x, y]\ngiven:\n{lines}"


def written(folder, depth, width):
    """The same problem in every style: a file each, by the style's name."""
    leaves = givens(depth, width)
    texts = {style: {name: write(array) for name, array in leaves.items()} for style, write in STYLES.items()}
    for style, (ending, save) in FILES.items():
        for name, array in leaves.items():
            save(folder / f"{name}_{width}.{ending}", np.array(array))
        texts[style] = {name: f" {{file: {name}_{width}.{ending}}}\n" for name in leaves}
    paths = {style: folder / f"{style.replace(' ', '_')}_{width}.yaml" for style in texts}
    for style, path in paths.items():
        path.write_text(problem(depth, texts[style]), encoding="utf-8")
    return paths


def spent(path):
    """The wall time of a build, and what it took of the processor."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run([sys.executable, "-m", "symgrad", "build", str(path), "--to", "tex", "-o", str(path.parent)])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, processor


def row(style, narrow, wide, runs):
    """One line of the table."""
    for path in (narrow, wide):
        spent(path)
    turns = [(spent(narrow), spent(wide)) for _ in range(runs)]
    cells = []
    for kind in (0, 1):
        both = [(first[kind], second[kind]) for first, second in turns]
        cells += [f"{statistics.median(side):.3f}" for side in zip(*both, strict=True)]
        cells.append(f"{statistics.median(second / first for first, second in both):.2f}")
    return [style, *cells]


def main():
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--widths", nargs=2, type=int, default=[5, 100])
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        narrow, wide = (written(Path(folder), options.depth, width) for width in options.widths)
        measured = [row(style, narrow[style], wide[style], options.runs) for style in narrow]
    head = [f"width {width}" for width in options.widths]
    table(["seconds", *head, "ratio", "processor", head[1], "ratio"], measured)


if __name__ == "__main__":
    main()
