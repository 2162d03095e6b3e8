"""Scalar formulas of SymPy as NumPy text: derivatives f' that have no short form of their own.

A sigmoid is stable where its definition overflows; so where e^-t stands below a fraction line with
1 + e^-t, it is written with the sigmoid s: 1 / (1 + e^-t) = s and e^-t = 1/s - 1.
"""

from __future__ import annotations

from typing import Any

from sympy.printing.numpy import NumPyPrinter

from symgrad.late import sympy
from symgrad.operations.derivative import arguments

SIGMOID = sympy.Function("sigmoid")
_RELATIONS = {">": ">", "<": "<", ">=": ">=", "<=": "<=", "==": "==", "!=": "!="}


class _Printer(NumPyPrinter):  # type: ignore[misc]
    """NumPy text as a person writes it: choices by ``np.where``, comparisons by their signs."""

    def __init__(self) -> None:
        super().__init__({"allow_unknown_functions": True})

    def _print_Piecewise(self, expression: Any) -> str:  # noqa: N802
        *pieces, (last, condition) = expression.args
        assert condition == sympy.true, "a definition by cases covers all of them"
        text = self._float(last)
        for value, relation in reversed(pieces):
            text = f"np.where({self._print(relation)}, {self._float(value)}, {text})"
        return text

    def _print_Relational(self, expression: Any) -> str:  # noqa: N802
        return f"{self._print(expression.lhs)} {_RELATIONS[expression.rel_op]} {self._print(expression.rhs)}"

    def _print_Or(self, expression: Any) -> str:  # noqa: N802
        return " | ".join(f"({self._print(condition)})" for condition in expression.args)

    def _print_erf(self, expression: Any) -> str:
        return f"erf({self._print(expression.args[0])})"

    def _float(self, value: Any) -> str:
        return f"{value}.0" if value.is_Integer else str(self._print(value))


def scalar_text(expression: Any, parameters: tuple[str, ...]) -> str:
    """The text of a scalar expression over #0, #1, …, at arrays with these identifiers."""
    symbols = arguments(len(parameters))
    named = {s: sympy.Symbol(name, real=True) for s, name in zip(symbols, parameters, strict=True)}
    text = str(_Printer().doprint(stable(expression).xreplace(named))).replace("numpy.", "np.")
    if all(symbol in expression.free_symbols for symbol in symbols):
        return text
    shapes = ", ".join(f"np.shape({name})" for name in parameters)
    return f"np.broadcast_to({text}, np.broadcast_shapes({shapes}))"


def stable(expression: Any) -> Any:
    """The expression with sigmoids in place of quotients that overflow."""
    for power in expression.atoms(sympy.exp):
        sigmoid = sympy.Dummy("s", positive=True)
        whole = 1 + power
        if any(p.base == whole and p.exp.is_negative for p in expression.atoms(sympy.Pow)):
            inner = sympy.cancel(expression.xreplace({power: 1 / sigmoid - 1}))
            expression = inner.xreplace({sigmoid: SIGMOID(-power.args[0])})
    return expression
