"""A class from a problem and a list of students: numbers for each, then sheets, keys and problem files."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.opening import is_sheet, open_problem
from symgrad.reading.model import Problem
from symgrad.reading.problem import read_problem
from symgrad.reading.yaml import load_yaml
from symgrad.rendering import Choices, check_formats, look_of, render
from symgrad.running import Outcome, attempt
from symgrad.solving import solve
from symgrad.styles.sentences import plain as plain_text
from symgrad.styles.sheets import KEY, SHEETS
from symgrad.tree import Array
from symgrad.variants.manifest import NAME, Manifest, Variant, code_of, hash_of, read_manifest
from symgrad.variants.search import Search, search_of
from symgrad.variants.students import Student, read_students
from symgrad.workers import count_of, spread
from symgrad.writing.files import write_files
from symgrad.writing.problem_file import file_text

FOLDERS = {"questions": "sheets", "gaps": "sheets", KEY: "keys"}
"""Where the sheets of each kind go: what is handed out lies apart from what is not."""
PROBLEMS = "problems"
MOST_TOLD = 5


class Class(Struct, frozen=True, dict=True):
    """What is asked for: a problem, its students, a seed, where to, which sheets in which formats."""

    path: Path
    students: tuple[Student, ...]
    folder: Path
    seed: str = "1"
    sheets: tuple[str, ...] = ("questions", KEY)
    formats: tuple[str, ...] = ("pdf",)

    @cached_property
    def problem(self) -> Problem:
        """The problem. Raises `InputError`."""
        return open_problem(self.path)

    @cached_property
    def stated(self) -> Mapping[str, Any]:
        """The keys of its file."""
        data: Mapping[str, Any]
        data = self.problem.located.data if is_sheet(self.path) else load_yaml(self.path).data
        return data

    @cached_property
    def hash(self) -> str:
        """What tells it from any other."""
        return hash_of(self.stated, self.problem.given)

    @cached_property
    def search(self) -> Search:
        """What all draw from."""
        return search_of(self.problem)

    def drawn(self, student: Student) -> Variant:
        """A student's numbers: always the same for one seed, student and problem."""
        random = Random(f"{self.seed}\n{student.id}\n{self.hash}")
        found = self.search.find(random)
        given = {name: plain(array) for name, array in found.given.items()}
        each = tuple({name: plain(array) for name, array in data.items()} for data in found.each)
        return Variant(
            student, code_of(given, each), given, each, found.candidates, found.work, dict(found.unreached)
        )

    def files(self, variant: Variant) -> dict[Path, tuple[str, str]]:
        """The sheets of a variant, each with its kind and format."""
        stem = f"{self.path.stem}.{variant.student.file}.{variant.code}"
        return {
            self.folder / FOLDERS[kind] / f"{stem}.{kind}.{name}": (kind, name)
            for kind in self.sheets
            for name in self.formats
        }

    def problem_file(self, variant: Variant) -> Path:
        """The problem with a variant's numbers, by which work on it is checked."""
        return self.folder / PROBLEMS / f"{self.path.stem}.{variant.student.file}.{variant.code}.yaml"

    def made(self, variant: Variant) -> Outcome:
        """The files of a variant, as far as they are not there yet."""
        target = self.problem_file(variant)
        missing = {path: asked for path, asked in self.files(variant).items() if not path.exists()}
        if not missing and target.exists():
            return Outcome((target, *self.files(variant)))
        text = text_of(self.stated, self.problem.given, variant)
        problem = read_problem(text, str(target))
        solution = solve(problem)
        contents = {target: text.encode()}
        for path, (kind, name) in missing.items():
            contents[path] = render(solution, [name], look_of(problem, Choices(sheet=kind)))[name]
        write_files(contents)
        return Outcome((target, *self.files(variant)))


def text_of(stated: Mapping[str, Any], given: Mapping[str, Array], variant: Variant) -> str:
    """A problem file with a variant's numbers; its code is in the head of every page.

    What has kept its ``given`` numbers is written as it was stated: 1/3 stays 1/3.
    """
    data: dict[str, Any] = {key: value for key, value in stated.items() if key != "variants"}
    own = data.get("given", {})
    data["given"] = {
        name: old if plain(given[name]) == variant.given[name] else variant.given[name]
        for name, old in own.items()
    }
    if variant.each:
        data["update"] = {**data["update"], "each": list(variant.each)}
    report = data.get("report", {})
    head = f"variant {variant.code}"
    data["report"] = {**report, "header": f"{report['header']} · {head}" if report.get("header") else head}
    return file_text(data)


def plain(array: Any) -> Any:
    """Numbers as a file holds them: whole ones without a point."""
    found = np.asarray(array)
    if found.ndim:
        return [plain(row) for row in found]
    number = float(found)
    return int(number) if number.is_integer() else number


def class_of(
    path: Path,
    students: Path,
    folder: Path,
    seed: str,
    sheets: Sequence[str],
    formats: Sequence[str],
) -> Class:
    """What is asked for, once understood. Raises `InputError` for what cannot be used."""
    check_formats(formats)
    for kind in sheets:
        if kind not in SHEETS:
            raise InputError(f"unknown sheet '{kind}'", hint=f"there is {', '.join(SHEETS)}")
    return Class(path, read_students(students), folder, seed, tuple(sheets), tuple(formats))


def drawn(asked: Class, jobs: int | None) -> tuple[Manifest, tuple[Variant, ...]]:
    """The manifest with a variant for every student, and those of the students asked for.

    Those that are there already stay as they are. Raises `InputError` where they are of another problem.
    """
    known = read_manifest(asked.folder)
    if known is not None and known.hash != asked.hash:
        message = f"'{asked.folder / NAME}' is of another problem, or this one with other numbers"
        raise InputError(message, hint="name another folder with -o: what was handed out stays as it is")
    variants = {variant.student.id: variant for variant in known.variants} if known else {}
    fresh = [student for student in asked.students if student.id not in variants]
    if fresh:
        _ = asked.search  # before processes are forked
        results = spread(asked.drawn, fresh, count_of(jobs, len(fresh)), _lost)
        variants |= {variant.student.id: variant for variant in _apart(results, variants.values(), asked)}
    manifest = known or Manifest(asked.path.name, asked.hash, asked.seed, _given_up(asked.search), ())
    manifest = replace(manifest, variants=tuple(variants.values()))
    write_files({asked.folder / NAME: manifest.written()})
    return manifest, tuple(variants[student.id] for student in asked.students)


def _given_up(search: Search) -> dict[str, tuple[str, ...]]:
    return {wish: tuple(sorted(found)) for wish, found in search.given_up.items() if found}


def _apart(found: Iterator[Variant], known: Any, asked: Class) -> Iterator[Variant]:
    """Variants no two of which have one code: who comes later is drawn anew."""
    codes = {variant.code for variant in known}
    for variant in found:
        again = 0
        while variant.code in codes and again < len(asked.students):
            again += 1
            other = replace(variant.student, id=f"{variant.student.id}\n{again}")
            variant = replace(asked.drawn(other), student=variant.student)
        codes.add(variant.code)
        yield variant


def _lost(student: Student, how: str) -> Variant:
    raise InputError(f"the process that drew numbers for '{student.id}' {how}")


def made(asked: Class, variants: Sequence[Variant], jobs: int | None) -> Generator[Outcome, None, None]:
    """The files of each variant."""
    yield from spread(partial(_attempted, asked), variants, count_of(jobs, len(variants)), _unmade)


def _attempted(asked: Class, variant: Variant) -> Outcome:
    return attempt(lambda path: asked.made(variant), Path(variant.student.id))


def _unmade(variant: Variant, how: str) -> Outcome:
    message = f"{variant.student.id}: error: the process that made its sheets {how}"
    return Outcome(messages=(message,), status=2, name=variant.student.id)


def told(manifest: Manifest, variants: Sequence[Variant]) -> Iterator[str]:
    """What the class should know of its numbers: what no variant has, and what some lack."""
    for wish, faults in manifest.given_up.items():
        named = ", ".join(map(plain_text, faults[:MOST_TOLD])) + (" …" if len(faults) > MOST_TOLD else "")
        yield f"no variant was asked for '{wish}' where hardly any numbers have it: {named}"
    for wish in dict.fromkeys(wish for variant in variants for wish in variant.unreached):
        lacking = [variant.student.id for variant in variants if wish in variant.unreached]
        named = ", ".join(lacking[:MOST_TOLD]) + (" …" if len(lacking) > MOST_TOLD else "")
        yield f"{len(lacking)} of {len(variants)} variants fall short of '{wish}': {named}"
