"""The cell magic ``%%symgrad`` of notebooks.

``%load_ext symgrad`` brings the magic. ``%%symgrad NAME`` over a problem in YAML solves it and keeps the
solution as NAME; ``%%symgrad check NAME`` over a derivation checks it against that, ``%%symgrad check``
against the forward pass that it states itself. What is made is also what the cell shows.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from symgrad.api.checked import CheckedWork, check
from symgrad.api.solved import WorkedSolution, solve
from symgrad.errors import InputError
from symgrad.reading.nearest import mend, there_is
from symgrad.reading.problem import read_problem

CELL = "cell"
"""What a message calls the text of a cell."""
USAGE = "write %%symgrad NAME over a problem in YAML, or %%symgrad check NAME over a derivation"


def register(shell: Any) -> None:
    """Give an IPython shell the magic; ``%load_ext symgrad`` calls it."""
    shell.register_magic_function(
        lambda line, cell: run(line, cell, shell.user_ns), magic_kind="cell", magic_name="symgrad"
    )


def run(line: str, cell: str, names: MutableMapping[str, Any]) -> WorkedSolution | CheckedWork:
    """What a cell asks for; ``names`` are the variables of the notebook, and a solution becomes one.

    Raises `InputError` where the line, the problem or the derivation cannot be used.
    """
    match line.split():
        case ["check"]:
            return check(f"{cell}\n")
        case ["check", name]:
            return check(f"{cell}\n", _stated(name, names))
        case [name] if name.isidentifier():
            solution = solve(read_problem(cell, CELL))
            names[name] = solution
            return solution
    raise InputError(f"'%%symgrad {line}' is not understood", hint=USAGE)


def _stated(name: str, names: Mapping[str, Any]) -> Any:
    """The problem of a variable: that of a solution, or whatever else states one."""
    if name not in names:
        known = [known for known, value in names.items() if isinstance(value, WorkedSolution)]
        hint = mend(name, known, there_is(known) if known else USAGE)
        raise InputError(f"there is no variable '{name}'", hint=hint)
    value = names[name]
    return value.problem if isinstance(value, WorkedSolution) else value
