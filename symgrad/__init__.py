r"""Worked solutions for forward and backward passes: derived, numbered, on paper.

A problem is a forward pass: in a file (`load`), or in Python (`problem`), where numbers are lists, NumPy
arrays, data frames or tensors.

>>> import symgrad as sg
>>> unit = sg.problem({"z": "w @ x", "L": "(tanh(z) - y)**2"}, data=["x", "y"], given={"x": [1, 2], "y": 1})

`solve` derives every gradient and checks each step; `page` and `write` make a report of it, `numpy` code.

>>> solution = sg.solve(unit)
>>> print(solution.gradients["w"])
∂L/∂w = ∂L/∂z * x
>>> [step.rule for step in solution.gradients["w"].steps]
['chain', 'matmul-left', 'contract', 'matrix-form']

`check` judges what a student writes, line by line.

>>> work = sg.check(r"$\partial L/\partial z = 2(\tanh(z) - y)$", unit)
>>> work, work.first_wrong.mistake
(<CheckedWork submission.md: 1 wrong>, 'dropped_chain_factor')

`build` does what the command does, with a file. In a notebook, ``%load_ext symgrad`` brings ``%%symgrad``,
for a problem or a derivation in a cell of its own. Every error is a `SymgradError` that says what would
mend it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.api.checked import CheckedLine, CheckedWork, check
    from symgrad.api.numpy_function import Evaluated, NumpyFunction
    from symgrad.api.page import Page
    from symgrad.api.problems import load, problem
    from symgrad.api.solved import WorkedSolution, build, solve
    from symgrad.api.torch_models import from_torch
    from symgrad.api.views import DerivativeView, FormulaView, GradientView, Named, StepView, UnknownName
    from symgrad.checking.verdict import Verdict, Witness
    from symgrad.errors import DerivationError, InputError, NotSupported, SymgradError
    from symgrad.reading.model import Problem

    __version__: str

__all__ = [
    "CheckedLine",
    "CheckedWork",
    "DerivationError",
    "DerivativeView",
    "Evaluated",
    "FormulaView",
    "GradientView",
    "InputError",
    "Named",
    "NotSupported",
    "NumpyFunction",
    "Page",
    "Problem",
    "StepView",
    "SymgradError",
    "UnknownName",
    "Verdict",
    "Witness",
    "WorkedSolution",
    "__version__",
    "build",
    "check",
    "from_torch",
    "load",
    "problem",
    "solve",
]

# Loaded at first use: SymPy alone takes longer to import than the command line's help to print.
_HOMES = {
    "symgrad.api.checked": ("CheckedLine", "CheckedWork", "check"),
    "symgrad.api.numpy_function": ("Evaluated", "NumpyFunction"),
    "symgrad.api.page": ("Page",),
    "symgrad.api.problems": ("load", "problem"),
    "symgrad.api.solved": ("WorkedSolution", "build", "solve"),
    "symgrad.api.torch_models": ("from_torch",),
    "symgrad.api.views": (
        "DerivativeView",
        "FormulaView",
        "GradientView",
        "Named",
        "StepView",
        "UnknownName",
    ),
    "symgrad.checking.verdict": ("Verdict", "Witness"),
    "symgrad.errors": ("DerivationError", "InputError", "NotSupported", "SymgradError"),
    "symgrad.reading.model": ("Problem",),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("symgrad")
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module 'symgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)


def load_ipython_extension(shell: Any) -> None:
    """Called by ``%load_ext symgrad``: brings the cell magic ``%%symgrad``."""
    importlib.import_module("symgrad.api.notebook").register(shell)
