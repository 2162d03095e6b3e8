"""One round of a repeated block: at t = 3, h[t-1] is the name h[2] and x[t-1] the entry at position 2."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.errors import InputError
from symgrad.reading.tokens import FormulaText
from symgrad.tree import Array

INDEXED = re.compile(r"(?P<stem>[A-Za-z][A-Za-z0-9_]*)\[(?P<index>[^\[\]]*)\]")
"""A name of a family: h[t], W[1]."""

MAX_POSITION = 1_000_000

_ARITHMETIC: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Round(Struct, frozen=True):
    """What stands in brackets: ``counters`` have a number here, ``others`` count elsewhere.

    ``families`` are the names of which there is one quantity a number, h[1], h[2], …; any other name with
    brackets is an array. ``given`` has the arrays whose entries may be positions: B[:, obs[t]].
    """

    counters: Mapping[str, int] = _EMPTY
    others: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    given: Mapping[str, Array] = _EMPTY

    def counts(self, node: ast.expr) -> bool:
        """Whether a position is worked out from counters or from entries of arrays."""
        known = {*self.counters, *self.others}
        return any(
            isinstance(part, ast.Subscript) or (isinstance(part, ast.Name) and part.id in known)
            for part in ast.walk(node)
        )


class Positions:
    """Works positions out in one round, and keeps the arrays that it looked entries up in."""

    def __init__(self, round_: Round, source: FormulaText) -> None:
        self.round, self.source = round_, source
        self.looked_up: set[str] = set()

    def position(self, node: ast.expr) -> int:
        """A position that counters make, from 0: none wraps round to the end of its array."""
        found = self.number(node)
        if found < 0:
            at = ", ".join(f"{name} = {value}" for name, value in self.round.counters.items())
            message = f"'{self.source.written(node)}' is {found}{f' at {at}' if at else ''}"
            raise self.source.node_fault(node, message, "positions count from 0, as in NumPy: x[t-1]")
        return found

    def number(self, node: ast.expr) -> int:
        """A whole number made of numbers, counters, + - * and entries of givens."""
        match node:
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                found = value
            case ast.Name():
                found = self._counter(node)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                found = _ARITHMETIC[type(op)](self.number(left), self.number(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                found = -self.number(operand)
            case ast.Subscript(value=ast.Name() as array, slice=key):
                found = self._entry(array, key)
            case _:
                hint = "write whole numbers and counters with + - *, as in x[t-1]"
                raise self._fault(node, "this is no position", hint)
        if abs(found) > MAX_POSITION:
            raise self._fault(node, f"a position beyond {MAX_POSITION:,}", "no array is as long")
        return found

    def _counter(self, node: ast.Name) -> int:
        name = self.source.written(node)
        if name in self.round.counters:
            return self.round.counters[name]
        if name in self.round.others:
            hint = f"it counts in the formulas whose name holds [{name}]; elsewhere write a number"
            raise self._fault(node, f"the counter '{name}' has no number here", hint)
        known = ", ".join({**self.round.counters, **dict.fromkeys(sorted(self.round.others))})
        hint = f"the counters here are {known}" if known else "counters are named under 'repeat'"
        raise self._fault(node, f"'{name}' is no counter", hint)

    def _entry(self, array: ast.Name, key: ast.expr) -> int:
        name = self.source.written(array)
        if name not in self.round.given:
            hint = f"state '{name}' under 'given', counted from 0, and once for all steps"
            raise self._fault(array, f"'{name}' has no numbers to be a position", hint)
        values = self.round.given[name]
        parts = key.elts if isinstance(key, ast.Tuple) else [key]
        place = tuple(self.position(part) for part in parts)
        if len(place) != values.ndim or any(n >= size for n, size in zip(place, values.shape, strict=False)):
            message = f"there is no {name}[{', '.join(map(str, place))}]"
            shape = ", ".join(map(str, values.shape)) or "none: it is one number"
            raise self._fault(array, message, f"its sizes are {shape}; positions count from 0")
        self.looked_up.add(name)
        found = float(values[place])
        if found < 0 or found != np.floor(found):
            message = f"{found:g} in '{name}' is no position"
            raise self._fault(array, message, "positions are whole numbers, counted from 0")
        return int(found)

    def _fault(self, node: ast.expr, message: str, hint: str) -> InputError:
        return self.source.node_fault(node, message, hint)
