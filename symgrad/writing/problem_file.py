"""A `Problem` as the text of a problem file: what a sheet states, to be gone on with by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from symgrad.reading.problem import Problem
from symgrad.reading.schema import ProblemFile
from symgrad.reading.sections import keys_of

WIDEST = 1_000_000
"""Formulas and arrays are not folded."""


def problem_text(problem: Problem) -> str:
    """The YAML that reads as this problem: a quantity a line, arrays in brackets, keys in their order."""
    return file_text(problem.located.data)


def file_text(data: Mapping[str, Any]) -> str:
    """The YAML of the keys of a problem file."""
    keys = filter(data.__contains__, keys_of(ProblemFile))
    return "".join(f"{line}\n" for key in keys for line in _lines(key, data[key]))


def _lines(key: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{key}: {_flow(value)}"
        return
    yield f"{key}:"
    yield from (f"  {_flow(name)}: {_flow(inner)}" for name, inner in value.items())


def _flow(value: Any) -> str:
    """A value on one line, quoted where YAML would read it as something else."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style, writer.width = True, WIDEST
    text = StringIO()
    writer.dump(value, text)
    return text.getvalue().removesuffix("...\n").rstrip("\n")
