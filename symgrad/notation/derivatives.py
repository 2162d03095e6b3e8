"""How derivatives are written: a notation is a choice of small forms, in a file of `notations`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from symgrad.maths.nodes import Fraction, Maths, Numeral, Operator, Row, Script, Symbol
from symgrad.notation.binding import Level, Written, joined
from symgrad.notation.symbols import Naming
from symgrad.tree import Gradient

Scripts: TypeAlias = "tuple[Maths | None, Maths | None]"
Derivative: TypeAlias = Callable[[Maths, Maths], Written]
Marks: TypeAlias = Mapping[Gradient, Maths]


class Roles(Struct, frozen=True):
    """What the short symbols of a notation depend on; ``signals`` has the scripts of the δ's."""

    objective: str
    parameters: Collection[str] = ()
    signals: Mapping[str, Scripts] = field(default_factory=dict)


DIRECT = Operator("+")


def fraction(of: Maths, wrt: Maths, mark: Maths | None = None) -> Written:
    """∂of/∂wrt, the ∂ above with a mark."""
    sign = Symbol("∂")
    above = Row((Script(sign, sup=mark) if mark else sign, of))
    return Written(Fraction(above, Row((sign, wrt))), Level.PRODUCT)


def second_fraction(of: Maths, wrt: Maths, by: Maths) -> Written:
    """∂²of/∂wrt∂by; ∂²of/∂x² where both are one scalar or entry."""
    sign, two = Symbol("∂"), Numeral("2")
    below = (
        (sign, Script(wrt, sup=two)) if wrt == by and not isinstance(wrt, Script) else (sign, wrt, sign, by)
    )
    return Written(Fraction(Row((Script(sign, sup=two), of)), Row(below)), Level.PRODUCT)


def operator_fraction(by: Maths) -> Maths:
    """∂/∂by, before what is differentiated."""
    sign = Symbol("∂")
    return Fraction(sign, Row((sign, by)))


def direct_fraction(of: Maths, wrt: Maths) -> Written:
    """∂⁺of/∂wrt, the derivative of of's own formula."""
    return fraction(of, wrt, DIRECT)


class Notation(Struct, frozen=True):
    """How ∂of/∂wrt is written as a whole and as a local derivative, and how the chain rule joins the two.

    ``direct`` is the local derivative where the whole one is another: only what is written is moved, and
    what rests on wrt by other ways is held. ``marks`` gives the gradients of the objective that have a
    symbol of their own, such as δ_2.
    """

    name: str
    gradient: Derivative
    partial: Derivative
    product: Callable[[Written, Written], Written]
    marks: Callable[[Roles, Naming], Marks]
    direct: Derivative = direct_fraction


def operator(sign: str, mark: Maths | None = None) -> Derivative:
    """sign_wrt of, such as ∇_W J; brackets keep it from a factor right after it."""

    def write(of: Maths, wrt: Maths) -> Written:
        return Written(Row((Script(Symbol(sign), wrt, mark), of)), Level.PRODUCT, open=Level.CHAIN)

    return write


def upstream_first(upstream: Written, local: Written) -> Written:
    """∂J/∂c · ∂c/∂w."""
    return joined(upstream, "·", local, Level.HADAMARD, Level.HADAMARD)


def no_marks(roles: Roles, naming: Naming) -> Marks:
    """Every gradient is written out."""
    return {}
