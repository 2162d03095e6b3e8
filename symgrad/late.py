"""Modules that are loaded where they are first used: they are large, and many runs never come to them.

To check a sheet takes numbers alone; SymPy, which the calculus and its verification rest on, is half of the
time that a process needs to be ready. What a name of a module means is looked up once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any


class Late:
    """A module by its name, loaded when something in it is asked for."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(importlib.import_module(self.__name__), name)
        self.__dict__[name] = found
        return found


if TYPE_CHECKING:
    import mpmath
    import sympy
    from sympy.printing import numpy as numpy_printing
else:
    mpmath, sympy, numpy_printing = map(Late, ("mpmath", "sympy", "sympy.printing.numpy"))

__all__ = ["mpmath", "numpy_printing", "sympy"]
