"""Problems from a file, or from Python data."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from symgrad.late import Late
from symgrad.opening import open_problem
from symgrad.reading.data import located_data
from symgrad.reading.model import Problem
from symgrad.reading.problem import problem_from_data

if TYPE_CHECKING:
    from symgrad.api import symbolic
else:
    symbolic = Late("symgrad.api.symbolic")

Stated: TypeAlias = "Problem | str | os.PathLike[str] | Mapping[str, Any]"
"""A problem, the path of its file, or the keys of one."""


def load(path: str | os.PathLike[str]) -> Problem:
    """The problem in a file: YAML, or a lab sheet in Markdown or LaTeX.

    Raises `InputError`, with file, line, caret and a hint, for anything that cannot be used.

    >>> import symgrad as sg
    >>> sg.load("reports/lab6.yaml").of
    'J'
    """
    return open_problem(Path(path))


def problem(
    forward: Mapping[str, Any],
    *,
    title: str | None = None,
    repeat: Mapping[str, Sequence[int | str]] | None = None,
    backward: Mapping[str, Any] | None = None,
    data: Sequence[str] | None = None,
    given: Mapping[str, Any] | None = None,
    shapes: Mapping[str, Sequence[int | str]] | None = None,
    update: Mapping[str, Any] | None = None,
    assume: Sequence[str] | None = None,
    functions: Mapping[str, str | None] | None = None,
    write: Mapping[str, str] | None = None,
    report: Mapping[str, Any] | None = None,
    variants: Mapping[str, Any] | None = None,
) -> Problem:
    """The problem that a file with these keys would state.

    Args:
        forward: formulas under the names of the quantities, in order: text, numbers, or scalar expressions
            of SymPy.
        title: what the report is called.
        repeat: ``{"t": [1, 3]}``: counters; the formula of ``h[t]`` holds for t = 1, 2, 3.
        backward: ``{"of": name, "wrt": [names]}``: what is differentiated, and by what.
        data: leaves that are data, not parameters.
        given: numbers, nested lists, NumPy arrays, data frames or tensors under the names of leaves; files
            are for problem files alone.
        shapes: ``{"W": ["m", "n"]}`` for leaves without a value.
        update: gradient descent: ``{"rate": 0.1, "parameters": ["W"], "steps": 3}``.
        assume: facts for the symbolic part, such as ``"sum(y) == 1"``.
        functions: elementwise functions by formula: ``{"swish(t)": "t * sigmoid(t)"}``.
        write: how a name is written, in LaTeX.
        report: ``{"style": "lab", "notation": "prod", "digits": 3}``.
        variants: ``{"keep": ["y"]}``: how `symgrad variants` draws.

    Raises `InputError` as `load` does; its place is a path of keys, such as ``forward.u``.

    >>> import symgrad as sg
    >>> line = sg.problem({"p": "w * x", "L": "(p - y)**2"}, data=["x", "y"], given={"w": 2, "x": 3, "y": 5})
    >>> line.of, line.leaves
    ('L', ('w', 'x', 'y'))
    >>> sg.problem({"L": "summ(w)"})
    Traceback (most recent call last):
    symgrad.errors.InputError: forward.L: error: unknown function 'summ'
      | summ(w)
      | ^^^^
      hint: did you mean 'sum'?
    """
    stated = {
        "title": title,
        "repeat": repeat,
        "forward": {name: _formula(value) for name, value in forward.items()},
        "backward": backward,
        "data": data,
        "given": given,
        "shapes": shapes,
        "update": update,
        "assume": assume,
        "functions": functions,
        "write": write,
        "report": report,
        "variants": variants,
    }
    return problem_from_data(located_data({key: value for key, value in stated.items() if value is not None}))


def _formula(value: Any) -> Any:
    """A formula as a file has it; an expression of SymPy in words of ours."""
    return symbolic.from_sympy(value) if hasattr(value, "free_symbols") else value


def stated_problem(stated: Stated) -> Problem:
    """The problem that is meant: as it is, in a file, or in the keys of one.

    Raises `InputError` as `load` and `problem` do.
    """
    if isinstance(stated, Problem):
        return stated
    return problem_from_data(located_data(stated)) if isinstance(stated, Mapping) else load(stated)
