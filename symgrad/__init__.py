"""Worked solutions for forward and backward passes: derived, numbered, on paper."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["__version__", "load", "solve"]

# Loaded at first use: SymPy alone takes longer to import than the command line's help to print.
_HOMES = {"load": ("symgrad.reading.problem", "load_problem"), "solve": ("symgrad.pipeline", "solve")}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("symgrad")
    if name in _HOMES:
        module, attribute = _HOMES[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"module 'symgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
