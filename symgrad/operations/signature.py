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

    ``sizes`` is the option that keeps the sizes behind the arrays: ``size`` one, ``shape`` any number.
    ``called`` is the name of its function where another operation has that name: ``transpose(x, axes)``.
    """

    arrays: tuple[str, ...]
    options: tuple[tuple[str, Default], ...] = ()
    variadic: bool = False
    sizes: Literal["", "size", "shape"] = ""
    called: str = ""

    def usage(self, name: str) -> str:
        """The call as documentation writes it: ``leaky_relu(x, slope=0.01)``."""
        if self.sizes:
            sizes = "n" if self.sizes == "size" else "(n, m)" if self.arrays else "n, m"
            return f"{self.called or name}({', '.join([*self.arrays, sizes])})"
        arrays = (*self.arrays, "...") if self.variadic else self.arrays
        return (
            f"{self.called or name}({', '.join([*arrays, *(_written(*option) for option in self.options)])})"
        )


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


def _alone(value: OptionValue) -> OptionValue:
    """The axis in (2,) as 2."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _whole(value: OptionValue) -> bool:
    return type(value) is int


def _axes(value: OptionValue) -> bool:
    """Each axis once, counted from the front or from the end."""
    return isinstance(value, tuple) and sorted(axis % len(value) for axis in value) == [*range(len(value))]


def _number(value: OptionValue) -> bool:
    return type(value) in (int, Fraction)


def _fraction(value: OptionValue) -> OptionValue:
    return Fraction(value) if isinstance(value, int | Fraction) else value


def _integer(least: int) -> Callable[[OptionValue], bool]:
    return lambda value: type(value) is int and value >= least


OPTION_KINDS: Mapping[str, OptionKind] = {
    "axis": OptionKind(_axis, "a whole number, a tuple of them, or None", _alone),
    "ord": OptionKind(lambda value: value in ORDERS, "1, 2 or inf"),
    **dict.fromkeys(("axis1", "axis2"), OptionKind(_whole, "a whole number")),
    "axes": OptionKind(_axes, "a permutation of the axes, as in (0, 2, 1)"),
    "keepdims": OptionKind(lambda value: isinstance(value, bool), "True or False"),
    "slope": OptionKind(_number, "a number", _fraction),
    "stride": OptionKind(_integer(1), "a whole number from 1"),
    "padding": OptionKind(_integer(0), "a whole number from 0"),
    "size": OptionKind(_integer(1), "a whole number from 1"),
}

ORDERS: Mapping[OptionValue, str] = {1: "norm_one", 2: "norm", "inf": "norm_largest"}
"""The operation that a norm of this order is."""
CONDITION: Final = "condition"  # the one argument that is a comparison
TEXT: Final = "subscripts"  # the one argument that is text: "ij,jk->ik"
ONE = Signature(("x",))
TWO = Signature(("a", "b"))
OF_ORDER = Signature(("x",), (("ord", 2), ("axis", None), ("keepdims", False)))
ALONG = Signature(("x",), (("axis", None),))
REDUCED = Signature(("x",), (("axis", None), ("keepdims", False)))
