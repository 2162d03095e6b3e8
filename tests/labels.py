"""Labelled work: sheets whose every line says which verdicts are acceptable, and how a check meets them.

Two forms are read. A collection `FAMILY_topic.yaml` is a list of sheets (`tests/outside/README.md`). A
directory of `NAME.labels.json` beside `NAME.md` or `.tex` and a problem holds one sheet a file
(`tests/submissions`).
"""

import difflib
import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import ascii_lowercase

from ruamel.yaml import YAML

from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.reading.problem import read_problem

RIGHT = ("correct", "rounded")
JUDGED = (*RIGHT, "carried", "wrong")
SEVERITY = ("unchecked", "correct", "rounded", "carried", "unreadable", "wrong")
SHORT = {"right": RIGHT, "wrong": ("wrong",), "carried": ("carried",)}
"""A label's first key, where it says all."""
ANY = "any"
"""A `first_wrong` that is not asked for."""
STRICT = "SYMGRAD_STRICT"
"""Set in the environment, it makes the checker raise its faults."""
SUFFIX = ".labels.json"
ENDINGS = (".md", ".tex", ".ipynb")
NEAR = 3
"""How many rows a line may stand away from its label, where its text is the label's."""
ALIKE = 0.6
"""What part of a label's text a line on its row must hold, where neither holds the other."""
SETTING = re.compile(
    r"\\\\(\[[-\d.]+\s*(pt|em|ex|mm)\])?|\\(tag\*?|label)\{[^}]*\}"
    r"|\\(left|right|[bB]igg?[lr]?|displaystyle|nonumber|q?quad)(?![A-Za-z])"
    r"|\\(begin|end)\{(align|aligned|equation|array|gather|split)\*?\}(\{[rcl|]*\})?"
    r"|\\[\[\](),;:! ]|[$&\s~]"
)
"""LaTeX that sets a line and says nothing."""


@dataclass(frozen=True)
class Label:
    """What a line of a sheet may be found to be; ``mistakes``: None asks nothing, a None in it is no id."""

    first: int
    last: int
    snippet: str
    verdicts: tuple[str, ...]
    mistakes: tuple[str | None, ...] | None = None
    optional: bool = False
    note: str = ""

    @property
    def claim(self):
        """Whether the line says something that can be judged."""
        return set(self.verdicts) <= set(JUDGED)

    @property
    def right(self):
        """Whether the line is true."""
        return set(self.verdicts) <= set(RIGHT)

    @property
    def off(self):
        """Whether the line is wrong, or follows from what is."""
        return set(self.verdicts) <= {"wrong", "carried"}


@dataclass(frozen=True)
class Sheet:
    """A sheet with its labels; ``first_wrong`` are the acceptable source lines, or `ANY`."""

    family: str
    file: str
    text: str
    problem: str | None
    lines: tuple[Label, ...]
    givens: tuple[dict, ...]
    first_wrong: tuple[int | str | None, ...]

    @property
    def name(self):
        """The name of its file, without the ending."""
        return Path(self.file).stem

    @cached_property
    def places(self):
        """The labels by their place: the row, and a letter for the further ones of a row (`8`, `8b`)."""
        found: dict[str, Label] = {}
        for label in self.lines:
            places = (f"{label.first}{letter}" for letter in ("", *ascii_lowercase[1:]))
            found[next(place for place in places if place not in found)] = label
        return found


def load_labels(directory):
    """All sheets of a directory, in the order of the files' names."""
    directory = Path(directory)
    collections = [sheet for path in sorted(directory.glob("*.yaml")) for sheet in _collection(path)]
    return collections + [_labelled(path) for path in sorted(directory.glob(f"*{SUFFIX}"))]


def _collection(path):
    data = YAML(typ="safe").load(path.read_text())
    if not isinstance(data, list):
        return  # a problem, or what is known about the sheets
    for sheet in data:
        lines = tuple(_placed(sheet["text"], sheet["lines"]))
        yield Sheet(
            family=path.stem.partition("_")[0],
            file=f"{sheet['name']}.{sheet.get('format', 'md')}",
            text=sheet["text"],
            problem=sheet.get("problem"),
            lines=lines,
            givens=tuple(sheet.get("givens", ())),
            first_wrong=_several(sheet["first_wrong"]) if "first_wrong" in sheet else _first_wrong(lines),
        )


def _placed(text, labels):
    """The labels of a text: each stands at the first place of its snippet behind the label before it."""
    position = 0
    for data in labels:
        kind = next((key for key in SHORT if key in data), "line")
        snippet = data[kind]
        found = text.find(snippet, position)
        if found < 0:
            raise ValueError(f"no line of the text, or not behind the label before it: {snippet}")
        row = data.get("row", text.count("\n", 0, found) + 1)
        position = found + 1
        yield Label(
            first=row,
            last=row + data.get("rows", 1) - 1,
            snippet=snippet,
            verdicts=SHORT.get(kind) or tuple(data["verdicts"]),
            mistakes=_several(data["mistake"]) if "mistake" in data else None,
            optional=data.get("optional", False),
            note=data.get("note", ""),
        )


def _first_wrong(lines):
    """Where the first wrong line may stand: there, or at one before it that need not be right."""
    places: list[int | None] = []
    for label in lines:
        if "wrong" in label.verdicts:
            places.append(label.first)
        if label.verdicts == ("wrong",):
            return tuple(places)
    return (*places, None)


def _labelled(path):
    data = json.loads(path.read_text())
    stem = path.name.removesuffix(SUFFIX)
    submission = next(file for file in (path.with_name(stem + ending) for ending in ENDINGS) if file.exists())
    return Sheet(
        family={"web": "real", "adv": "adversarial"}.get(stem.partition("_")[0], stem.partition("_")[0]),
        file=submission.name,
        text=submission.read_text(),
        problem=_problem(path.parent, data["problem"]) if data["problem"] else None,
        lines=tuple(map(_label, data["lines"])),
        givens=tuple(data["givens"]),
        first_wrong=_several(data["first_wrong"]),
    )


def _problem(directory, name):
    beside = (directory / name, directory.parent / "cases" / name)
    return next(path for path in beside if path.exists()).read_text()


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


def worked(sheet, text=None):
    """The check of a sheet, or of another text as if it were the sheet; None where it cannot be used."""
    try:
        problem = None if sheet.problem is None else read_problem(sheet.problem)
        return check_text(sheet.text if text is None else text, problem, sheet.file)
    except InputError:
        return None


def checked(sheet):
    """The check of a sheet and the fault inside the checker, each None where there is none.

    After a fault the sheet is checked once more, with the faults kept to their lines.
    """
    before = os.environ.get(STRICT)
    try:
        os.environ[STRICT] = "1"
        try:
            return worked(sheet), None
        except Exception as fault:
            del os.environ[STRICT]
            return attempted(sheet), repr(fault)
    finally:
        if before is None:
            os.environ.pop(STRICT, None)
        else:
            os.environ[STRICT] = before


def attempted(sheet, text=None):
    """As `worked`; None too where the checker fails."""
    try:
        return worked(sheet, text)
    except Exception:
        return None


def place_of(check, pairs):
    """The source row of the first wrong line: its label's, where it has one; None where none is wrong."""
    first = next((line for line in check.lines if line.line.id == check.first_wrong), None)
    if first is None:
        return None
    return next((label.first for label, line in pairs if line is first), first.line.line)


def match(sheet, lines):
    """The judged line of each label (or None), and the judged lines that belong to none.

    A label over several rows may meet several lines: the one with the worst verdict counts.
    """
    found, free = _by_text(sheet.lines, lines)
    _by_place(sheet.lines, found, free)
    for label, met in found.items():
        rest = [line for line in free if label.last > label.first and _is_near(line, label)]
        met += rest
        free = [line for line in free if line not in rest]
    worst = {
        label: max(met, key=lambda line: SEVERITY.index(line.verdict), default=None)
        for label, met in found.items()
    }
    return [(label, worst.get(label)) for label in sheet.lines], free


def _by_text(labels, lines):
    """Lines that hold their label's snippet: on its rows, else some rows away; the shortest such line."""
    found, free = {}, list(lines)
    for near in (0, NEAR):
        for label in labels:
            wanted = bare(label.snippet)
            # On its row a line may serve two labels: a reader need not have parted them.
            fitting = [
                line
                for line in (free if near else lines)
                if _is_near(line, label, near) and wanted in bare(line.line.latex)
            ]
            if label not in found and fitting:
                chosen = min(
                    fitting,
                    key=lambda line: (
                        line not in free,
                        abs(line.line.line - label.first),
                        len(bare(line.line.latex)),
                    ),
                )
                found[label] = [chosen]
                free = [line for line in free if line is not chosen]
    return found, free


def _by_place(labels, found, free):
    """Pair the labels still without a line with the lines on their row: one by one, or the most alike."""
    rows: dict[int, list[Label]] = {}
    for label in labels:
        if label not in found:
            rows.setdefault(label.first, []).append(label)
    for wanting in rows.values():
        here = [line for line in free if any(_is_near(line, label) for label in wanting)]
        if len(here) == len(wanting) or (len(wanting) == 1 and here):
            pairs = list(zip(wanting, here, strict=False))
        else:
            pairs = list(_alike(wanting, here))
        for label, line in pairs:
            found[label] = [line]
            free.remove(line)


def _alike(labels, lines):
    for label in labels:
        wanted = bare(label.snippet)
        matchers = [(difflib.SequenceMatcher(None, wanted, bare(line.line.latex)), line) for line in lines]
        best = max(matchers, key=lambda pair: pair[0].ratio(), default=None)
        if best and best[0].find_longest_match().size >= ALIKE * len(wanted):
            lines.remove(best[1])
            yield label, best[1]


def _is_near(line, label, near=0):
    return label.first - near <= line.line.line <= label.last + near


def bare(latex):
    """LaTeX without what sets it, and without spaces."""
    found = SETTING.sub("", latex).replace("−", "-")
    return re.sub(r"\\[dt]frac", r"\\frac", found).rstrip(".,;")
