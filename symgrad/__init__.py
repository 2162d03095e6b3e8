"""Worked solutions for forward and backward passes: derived, numbered, on paper.

>>> import symgrad as sg
>>> solution = sg.solve(sg.problem({"u": "W @ x + b", "L": "sum(tanh(u))"}))
>>> print(solution.gradients["W"])
∂L/∂W = outer(∂L/∂u, x)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.api.checked import CheckedLine, CheckedWork, check
    from symgrad.api.numpy_function import Evaluated, NumpyFunction
    from symgrad.api.problems import load, problem
    from symgrad.api.solved import WorkedSolution, build, solve
    from symgrad.api.torch_models import from_torch
    from symgrad.api.views import FormulaView, GradientView, StepView, UnknownName
    from symgrad.checking.verdict import Verdict, Witness
    from symgrad.errors import DerivationError, InputError, NotSupported, SymgradError
    from symgrad.reading.model import Problem

    __version__: str

__all__ = [
    "CheckedLine",
    "CheckedWork",
    "DerivationError",
    "Evaluated",
    "FormulaView",
    "GradientView",
    "InputError",
    "NotSupported",
    "NumpyFunction",
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
    "symgrad.api.problems": ("load", "problem"),
    "symgrad.api.solved": ("WorkedSolution", "build", "solve"),
    "symgrad.api.torch_models": ("from_torch",),
    "symgrad.api.views": ("FormulaView", "GradientView", "StepView", "UnknownName"),
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
