"""How derivatives are written: one record a notation, each a choice of three small forms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from symgrad.maths.nodes import Accent, Fenced, Fraction, Maths, Operator, Row, Script, Symbol
from symgrad.notation.binding import Level, Written, given, joined
from symgrad.notation.symbols import Naming
from symgrad.tree import Gradient

Derivative: TypeAlias = Callable[[Maths, Maths], Written]
Marks: TypeAlias = Mapping[Gradient, Maths]


@dataclass(frozen=True, slots=True)
class Roles:
    """What the short symbols of a notation depend on; ``signals`` labels the δ's."""

    objective: str
    parameters: Collection[str] = ()
    signals: Mapping[str, Maths] = field(default_factory=dict)


_DIRECT = Operator("+")


def fraction(of: Maths, wrt: Maths, mark: Maths | None = None) -> Written:
    """∂of/∂wrt, the ∂ above with a mark."""
    sign = Symbol("∂")
    above = Row((Script(sign, sup=mark) if mark else sign, of))
    return Written(Fraction(above, Row((sign, wrt))), Level.PRODUCT)


def direct_fraction(of: Maths, wrt: Maths) -> Written:
    """∂⁺of/∂wrt, the derivative of of's own formula."""
    return fraction(of, wrt, _DIRECT)


@dataclass(frozen=True, slots=True)
class Notation:
    """How ∂of/∂wrt is written as a whole and as a local derivative, and how the chain rule joins the two.

    ``direct`` is the local derivative where the whole one is another: only what is written is moved, and
    what rests on wrt by other ways is held. ``marks`` gives the gradients of the objective that have a
    symbol of their own, such as δ_2.
    """

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


def prod(upstream: Written, local: Written) -> Written:
    """prod(∂J/∂c, ∂c/∂w): the shapes have not yet said how to multiply."""
    body = Row((*_factors(upstream.maths), Operator(","), local.maths))
    return Written(Row((Symbol("prod", "upright"), Fenced("(", body, ")"))))


def _factors(maths: Maths) -> tuple[Maths, ...]:
    """What stands in prod(…), so that a longer chain is prod(a, b, c) and not prod(prod(a, b), c)."""
    match maths:
        case Row((Symbol("prod"), Fenced(_, Row(items), _))):
            return items
    return (maths,)


def upstream_first(upstream: Written, local: Written) -> Written:
    """∂J/∂c · ∂c/∂w."""
    return joined(upstream, "·", local, Level.HADAMARD, Level.HADAMARD)


def local_first(upstream: Written, local: Written) -> Written:
    """∂_w c · ∂_c J, the order in which the Jacobian acts on the gradient."""
    return upstream_first(local, upstream)


def no_marks(roles: Roles, naming: Naming) -> Marks:
    """Every gradient is written out."""
    return {}


def bars(roles: Roles, naming: Naming) -> Marks:
    """v̄ for the gradient of the objective by v."""
    return {Gradient(roles.objective, id): barred(naming.written(id)) for id in naming.ranks}


def deltas(roles: Roles, naming: Naming) -> Marks:
    """δ_k for the gradients by pre-activations, ΔW for those by parameters."""
    signals = {id: Script(Symbol("δ"), sub=label) for id, label in roles.signals.items()}
    updates = {id: Row((Symbol("Δ"), _closed(naming.written(id)))) for id in roles.parameters}
    return {Gradient(roles.objective, id): maths for id, maths in (updates | signals).items()}


def _closed(name: Maths) -> Maths:
    return given(name).fit(Level.SCRIPT).maths


def barred(name: Maths) -> Maths:
    """A bar over the letter of a name: over W in W_1, in the place of an arrow."""
    match name:
        case Script(base=base, sub=sub, sup=sup):
            return Script(barred(base), sub, sup)
        case Accent(kind="vec", body=body):
            return Accent("bar", body)
    return Accent("bar", name)


NOTATIONS: dict[str, Notation] = {
    "prod": Notation(fraction, fraction, prod, no_marks),
    "partial": Notation(operator("∂"), operator("∂"), local_first, no_marks, operator("∂", _DIRECT)),
    "bar": Notation(fraction, fraction, upstream_first, bars),
    "delta": Notation(fraction, fraction, upstream_first, deltas),
    "nabla": Notation(operator("∇"), fraction, prod, no_marks),
}
