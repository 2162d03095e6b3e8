"""How each function of the formula language is called: its arrays, its options and their defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from msgspec import Struct

OptionValue: TypeAlias = "int | bool | Fraction | str | tuple[int, ...] | None"


class Required(Struct, frozen=True):
    """The default of an option that must be given."""


class SameAs(Struct, frozen=True):
    """The default of an option that follows another one."""

    option: str


REQUIRED: Final = Required()
Default: TypeAlias = "OptionValue | Required | SameAs"


class Signature(Struct, frozen=True):
    """The arrays a function takes, then its options; ``variadic`` repeats the last array.

    ``sizes`` is the option that a constant array keeps its sizes in: ``size`` one, ``shape`` any number.
    """

    arrays: tuple[str, ...]
    options: tuple[tuple[str, Default], ...] = ()
    variadic: bool = False
    sizes: Literal["", "size", "shape"] = ""

    def usage(self, name: str) -> str:
        """The call as documentation writes it: ``leaky_relu(x, slope=0.01)``."""
        if self.sizes:
            return f"{name}({'n' if self.sizes == 'size' else 'n, m'})"
        arrays = (*self.arrays, "...") if self.variadic else self.arrays
        return f"{name}({', '.join([*arrays, *(_written(*option) for option in self.options)])})"


def _written(option: str, default: Default) -> str:
    if isinstance(default, Required):
        return option
    return f"{option}={default.option if isinstance(default, SameAs) else _literal(default)}"


def _literal(value: OptionValue) -> str:
    return str(float(value)) if isinstance(value, Fraction) else str(value)


class OptionKind(Struct, frozen=True):
    """Which literals an option takes, how an error message says so, and the type they are kept in."""

    accepts: Callable[[OptionValue], bool]
    description: str
    convert: Callable[[OptionValue], OptionValue] = lambda value: value


def _axis(value: OptionValue) -> bool:
    """Also several axes, (0, 1)."""
    return value is None or type(value) is int or type(value) is tuple


def _number(value: OptionValue) -> bool:
    return type(value) in (int, Fraction)


def _fraction(value: OptionValue) -> OptionValue:
    return Fraction(value) if isinstance(value, int | Fraction) else value


def _integer(least: int) -> Callable[[OptionValue], bool]:
    return lambda value: type(value) is int and value >= least


OPTION_KINDS: Mapping[str, OptionKind] = {
    "axis": OptionKind(_axis, "a whole number or None"),
    "ord": OptionKind(lambda value: value in ORDERS, "1, 2 or inf"),
    "keepdims": OptionKind(lambda value: isinstance(value, bool), "True or False"),
    "slope": OptionKind(_number, "a number", _fraction),
    "stride": OptionKind(_integer(1), "a whole number from 1"),
    "padding": OptionKind(_integer(0), "a whole number from 0"),
    "size": OptionKind(_integer(1), "a whole number from 1"),
}

ORDERS: Mapping[OptionValue, str] = {1: "norm_one", 2: "norm", "inf": "norm_largest"}
"""The operation that a norm of this order is."""
CONDITION: Final = "condition"  # the one argument that is a comparison
ONE = Signature(("x",))
TWO = Signature(("a", "b"))
OF_ORDER = Signature(("x",), (("ord", 2),))
ALONG = Signature(("x",), (("axis", None),))
REDUCED = Signature(("x",), (("axis", None), ("keepdims", False)))
