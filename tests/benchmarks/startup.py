"""How long whole processes take, from the shell and back: medians of several runs.

python tests/benchmarks/startup.py [--runs 7]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from processes import seconds, table

REPORT = Path(__file__).parents[2] / "reports" / "lab6.yaml"
SYMGRAD = [sys.executable, "-m", "symgrad"]


def main():
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build = [*SYMGRAD, "build", str(REPORT), "-o", folder]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "symgrad --help": [*SYMGRAD, "--help"],
            "import sympy": [sys.executable, "-c", "import sympy"],
            "build lab6 --to tex": [*build, "--to", "tex"],
            "build lab6 --to json": [*build, "--to", "json"],
            "build lab6 --to pdf": [*build, "--to", "pdf"],
        }
        work = Path(folder, "work.md")
        work.write_text("$$u = W_1 x + b_1$$\n\n$$h = \\text{ReLU}(u)$$\n", encoding="utf-8")
        commands["check two lines"] = [*SYMGRAD, "check", str(work), "--problem", str(REPORT)]
        times = {name: seconds(command, options.runs) for name, command in commands.items()}
    against = times["import sympy"]
    rows = [[name, f"{spent:.3f}", f"{spent / against:.2f}"] for name, spent in times.items()]
    table(["", "seconds", "of import sympy"], rows)


if __name__ == "__main__":
    main()
