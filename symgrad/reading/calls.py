"""A function call matched with its signature: which argument is which, and the values of its options."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction
from itertools import repeat

from msgspec import Struct

from symgrad.operations.signature import OPTION_KINDS, REQUIRED, OptionValue, SameAs, Signature
from symgrad.reading.nearest import mend
from symgrad.reading.numpy_names import option_instead
from symgrad.reading.tokens import FormulaText

Arguments = list[tuple[str, ast.expr]]


class Call(Struct, frozen=True):
    """A call as written, and the signature it must fit."""

    name: str
    node: ast.Call
    signature: Signature
    source: FormulaText

    @property
    def _known(self) -> list[str]:
        return [*self.signature.arrays, *(option for option, _ in self.signature.options)]

    @property
    def _usage(self) -> str:
        return f"write {self.signature.usage(self.name)}"

    def arguments(self) -> Arguments:
        """The arguments under their names, in the signature's order; `InputError` where they do not fit."""
        bound = self._positional()
        for keyword in self.node.keywords:
            bound.append((self._keyword(keyword, [name for name, _ in bound]), keyword.value))
        given = {name for name, _ in bound}
        optional = {option for option, default in self.signature.options if default != REQUIRED}
        for name in self._known:
            if name not in given | optional:
                raise self.source.node_fault(
                    self.node, f"{self.name} lacks its argument '{name}'", self._usage
                )
        return sorted(bound, key=lambda pair: self._known.index(pair[0]))

    def _positional(self) -> Arguments:
        arrays, args = self.signature.arrays, self.node.args
        names = [*arrays, *repeat(arrays[-1], len(args))] if self.signature.variadic else self._known
        for extra in args[len(names) :]:
            message = f"{self.name} takes {len(names)} argument{'s' * (len(names) > 1)} at most"
            raise self.source.node_fault(extra, message, self._usage)
        return list(zip(names, args, strict=False))

    def _keyword(self, keyword: ast.keyword, taken: list[str]) -> str:
        name = keyword.arg or "**"
        if name not in self._known:
            hint = option_instead(name) or mend(name, self._known, self._usage)
            raise self.source.node_fault(keyword, f"{self.name} has no argument '{name}'", hint)
        if name in taken:
            raise self.source.node_fault(keyword, f"'{name}' is given twice", self._usage)
        return name

    def options(self, given: Mapping[str, ast.expr]) -> tuple[tuple[str, OptionValue], ...]:
        """The options that differ from their defaults, sorted by name."""
        values = {name: self._value(name, node) for name, node in given.items()}
        defaults = {
            name: values[default.option] if isinstance(default, SameAs) else default
            for name, default in self.signature.options
        }
        return tuple(sorted((name, value) for name, value in values.items() if value != defaults[name]))

    def _value(self, name: str, node: ast.expr) -> OptionValue:
        value, kind = literal(node, self.source), OPTION_KINDS[name]
        if not kind.accepts(value):
            message = f"'{name}' of {self.name} must be {kind.description}"
            raise self.source.node_fault(node, message, self._usage)
        return kind.convert(value)


def literal(node: ast.expr, source: FormulaText) -> OptionValue:
    """The value of ``3``, ``-0.5``, ``True`` or ``None``; anything else is an `InputError`."""
    match node:
        case ast.Constant(value=bool() | None as constant):
            return constant
        case ast.Constant(value=int() | float()):
            text = source.written(node)
            return int(text) if text.isdigit() else Fraction(text)
        case ast.Name(id="inf"):
            return "inf"
        case ast.Tuple(elts=parts):
            found = tuple(literal(part, source) for part in parts)
            if all(type(value) is int for value in found):
                return found  # type: ignore[return-value]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = literal(operand, source)
            if value is not None and not isinstance(value, bool | str | tuple):
                return -value
    raise source.node_fault(node, "only a number can stand here, not a formula", "write the value itself")
