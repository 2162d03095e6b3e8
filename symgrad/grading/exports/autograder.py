"""The ZIP that Gradescope takes for an autograder: symgrad's wheel, what marks, and two scripts.

``setup.sh`` runs once where its machine is made, ``run_autograder`` for every submission. The Python of
that machine is older than symgrad's: uv brings one. Environment variables name folder and Python, so that
it also runs elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from symgrad.errors import InputError
from symgrad.grading.exports.wheel import wheel
from symgrad.grading.exports.zipped import zipped
from symgrad.grading.judging import opened
from symgrad.grading.roster import open_roster
from symgrad.reading.rubric import load_rubric
from symgrad.variants.making import PROBLEMS
from symgrad.variants.manifest import NAME as MANIFEST

SETUP, RUN = "setup.sh", "run_autograder"
PLACE, RUBRIC = "problem", "rubric.yaml"
LIMIT = "60s,500MB"
"""Of one submission: Gradescope's machine has 768 MB."""
SETUP_TEXT = """\
#!/usr/bin/env bash
# Run once by Gradescope, where the machine is made: symgrad beside this file, in a Python of its own.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
export PIP_BREAK_SYSTEM_PACKAGES=1
if ! python3 -m pip --version >/dev/null 2>&1; then
  apt-get update
  apt-get install -y --no-install-recommends python3 python3-pip
fi
python3 -m pip install --quiet uv
python3 -m uv venv --python '>=3.11' "$here/venv"
python3 -m uv pip install --python "$here/venv/bin/python" "$here"/symgrad-*.whl
"""
RUN_TEXT = """\
#!/usr/bin/env bash
# Run by Gradescope for every submission. Elsewhere AUTOGRADER_ROOT and AUTOGRADER_PYTHON name its places.
set -euo pipefail
root="${{AUTOGRADER_ROOT:-/autograder}}"
python="${{AUTOGRADER_PYTHON:-$root/source/venv/bin/python}}"
mkdir -p "$root/results"
"$python" -m symgrad autograde "$root/submission" --metadata "$root/submission_metadata.json" \\
  --problem "$root/source/"{problem} {rubric}--limit {limit} \\
  --to gradescope -o "$root/results/results.json"
"""


def autograder(problem: Path, rubric: Path | None) -> bytes:
    """The ZIP, for a problem file or the folder of the variants.

    Raises `InputError` for a problem or rubric that cannot be used, and for one that takes its numbers from
    outside its folder.
    """
    roster = open_roster(problem)
    first = opened(roster.first)
    name, content = wheel()
    files = {name: content, **dict(_problem(problem))}
    if rubric is not None:
        load_rubric(rubric, first)
        files[RUBRIC] = rubric.read_bytes()
    place = PLACE if roster.manifest is not None else f"{PLACE}/{problem.name}"
    points = f'--rubric "$root/source/"{RUBRIC} ' if rubric is not None else ""
    files[SETUP] = SETUP_TEXT.encode()
    files[RUN] = RUN_TEXT.format(problem=quote(place), rubric=points, limit=LIMIT).encode()
    return zipped(files, run=(SETUP, RUN))


def _problem(place: Path) -> Iterator[tuple[str, bytes]]:
    """What marks: a problem file with its numbers, or those of all variants, and whose they are."""
    if not place.is_dir():
        for path in (place, *opened(place).files):
            yield f"{PLACE}/{_below(path, place.parent)}", path.read_bytes()
        return
    for path in (place / MANIFEST, *sorted((place / PROBLEMS).glob("*.yaml"))):
        yield f"{PLACE}/{path.relative_to(place).as_posix()}", path.read_bytes()


def _below(path: Path, folder: Path) -> str:
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        message = f"the numbers in '{path}' are not in the folder of the problem"
        raise InputError(message, hint="put them beside the problem file") from None
