"""Check labelled submissions and say where a verdict is not the one that their labels ask for.

    python tests/benchmarks/checking/labelled.py [DIRECTORY ...] [--only NAME] [--all]

A directory holds `NAME.md` (or `.tex`), `NAME.labels.json` and the problem that the labels name, the
latter perhaps in a directory `cases` beside it. Without one, the submissions in `tests/submissions`.
The labels: `lines` with the `source_line` at which a chain begins, a `snippet` of it, the acceptable
`verdicts` and ids of `mistake`; `givens` that the work contradicts; the source line of `first_wrong`,
or a list of those that are acceptable. A line that is `optional` need not be read as one.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from symgrad.checking.check import STRICT, check_text
from symgrad.reading.problem import load_problem

SUBMISSIONS = Path(__file__).parents[2] / "submissions"
SUFFIX = ".labels.json"
ENDINGS = (".md", ".tex", ".ipynb")
NAMED = ("wrong",)
"""The verdicts that come with a mistake; that of a carried line stands at its root."""


@dataclass(frozen=True)
class Label:
    """What a line may be found to be; ``mistakes``: None asks nothing, a None in it is no id."""

    first: int
    last: int
    snippet: str
    verdicts: tuple[str, ...]
    mistakes: tuple[str | None, ...] | None
    optional: bool
    note: str


@dataclass(frozen=True)
class Labels:
    """The labels of a submission. ``first_wrong`` are the acceptable source lines."""

    name: str
    text: str
    problem: Path | None
    lines: tuple[Label, ...]
    givens: tuple[dict, ...]
    first_wrong: tuple[int | None, ...]


@dataclass(frozen=True)
class Failure:
    """A verdict that no label accepts: of what sort, at which line of the source, what is wrong with it."""

    sort: str
    line: int | None
    message: str

    def __str__(self):
        return f"{self.sort:<12} {self.line or '':>4}  {self.message}"


def find_labels(directory):
    """The files of labels in a directory."""
    return sorted(Path(directory).glob(f"*{SUFFIX}"))


def load_labels(path):
    """The labels in a file, with the submission and the problem that belong to them."""
    data = json.loads(path.read_text())
    stem = path.name.removesuffix(SUFFIX)
    submission = next(file for file in (path.with_name(stem + ending) for ending in ENDINGS) if file.exists())
    return Labels(
        name=submission.name,
        text=submission.read_text(),
        problem=_find_problem(path.parent, data["problem"]) if data["problem"] else None,
        lines=tuple(map(_label, data["lines"])),
        givens=tuple(data["givens"]),
        first_wrong=_several(data["first_wrong"]),
    )


def _find_problem(directory, name):
    beside = (directory / name, directory.parent / "cases" / name)
    return next(path for path in beside if path.exists())


def _label(data):
    mistakes = data["mistake"]
    return Label(
        first=data["source_line"],
        last=data.get("end_line", data["source_line"]),
        snippet=data["snippet"],
        verdicts=tuple(data["verdicts"]),
        mistakes=None if mistakes is None else _several(mistakes),
        optional=data.get("optional", False),
        note=data.get("note", ""),
    )


def _several(value):
    return tuple(value) if isinstance(value, list) else (value,)


def check_labelled(labels):
    """What the checker says about the submission."""
    problem = None if labels.problem is None else load_problem(labels.problem)
    return check_text(labels.text, problem, labels.name)


def failures(check, labels):
    """Where a check differs from the labels; nothing where all is as it should be."""
    pairs, surplus = match(check, labels)
    found = [failure for label, judged in pairs for failure in _judge(label, judged)]
    found += [
        Failure("false slip", judged.line.line, f"not labelled, {judged.line.latex}: {judged.message}")
        for judged in surplus
        if judged.verdict == "wrong"
    ]
    return found + _givens(check.givens, labels.givens) + _first_wrong(check, labels)


def match(check, labels):
    """Pairs of a label and its judged line (or None), and the judged lines without a label."""
    free = list(check.lines)
    pairs = []
    for label in labels.lines:
        fitting = [judged for judged in free if _is_of(judged, label, labels.text)]
        judged = fitting[0] if fitting else None
        if judged is not None:
            free.remove(judged)
        pairs.append((label, judged))
    return pairs, free


def _is_of(judged, label, text):
    source = text[judged.line.span.start : judged.line.span.end]
    inside = any(_bare(label.snippet) in _bare(written) for written in (judged.line.latex, source))
    return inside and label.first <= judged.line.line <= label.last


def _bare(latex):
    """LaTeX without what sets it apart from the text, or in rows, and without spaces."""
    return re.sub(r"[\s$&]|\\tag\{\w*\}", "", latex)


def _judge(label, judged):
    if judged is None:
        return [] if label.optional else [Failure("not read", label.first, label.snippet)]
    if judged.verdict not in label.verdicts:
        wanted = " or ".join(label.verdicts)
        sort = "unreadable" if judged.verdict == "unreadable" else "verdict"
        message = f"{judged.verdict}, not {wanted}: {label.snippet}  [{label.note}]  says: {judged.message}"
        return [Failure(sort, label.first, message)]
    asked = label.mistakes is not None and judged.verdict in NAMED
    if asked and judged.mistake not in label.mistakes:
        wanted = " or ".join(map(str, label.mistakes))
        return [Failure("mistake", label.first, f"{judged.mistake}, not {wanted}: {label.snippet}")]
    return []


def _givens(found, wanted):
    seen = {_given(given.name, given.index, given.stated, given.used) for given in found}
    asked = {_given(data["name"], data.get("index"), data["stated"], data["used"]) for data in wanted}
    return [Failure("given", None, f"missed {given}") for given in sorted(asked - seen, key=str)] + [
        Failure("given", None, f"falsely found {given}") for given in sorted(seen - asked, key=str)
    ]


def _given(name, index, stated, used):
    return name, None if index is None else tuple(index), f"{stated:.3g}", f"{used:.3g}"


def _first_wrong(check, labels):
    place = next((judged.line.line for judged in check.lines if judged.line.id == check.first_wrong), None)
    if place in labels.first_wrong:
        return []
    wanted = " or ".join(map(str, labels.first_wrong))
    return [Failure("first wrong", place, f"wanted at {wanted}")]


def main():
    """Read the options, check, print; exit 1 where a verdict is not as labelled."""
    os.environ[STRICT] = "1"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directories", nargs="*", type=Path, default=[SUBMISSIONS])
    parser.add_argument("--only", default="", help="only submissions with this in their name")
    parser.add_argument("--all", action="store_true", help="print every line with its verdict")
    options = parser.parse_args()
    paths = [path for directory in options.directories for path in find_labels(directory)]
    counted = [report(load_labels(path), options.all) for path in paths if options.only in path.name]
    sys.exit(any(counted))


def report(labels, everything):
    """Print what is found about one submission; how many failures there are."""
    check = check_labelled(labels)
    found = failures(check, labels)
    read = sum(judged is not None for _, judged in match(check, labels)[0])
    counts = ", ".join(f"{n} {name}" for name, n in Counter(j.verdict.value for j in check.lines).items())
    print(f"{labels.name}: {len(found)} failures; {read} of {len(labels.lines)} labelled lines met; {counts}")
    if everything:
        for judged in check.lines:
            mistake = f" ({judged.mistake})" if judged.mistake else ""
            print(f"    {judged.line.line:>4} {judged.verdict}{mistake}: {judged.line.latex}")
    for failure in found:
        print(f"  {failure}")
    return len(found)


if __name__ == "__main__":
    main()
