"""What is said of a second derivative: the whole, and the derivatives of what is on the way to it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.calculus.definite import Definite
from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.numbers.evaluate import Values
from symgrad.tree import Formula


class Factor(Struct, frozen=True):
    """∂of/∂wrt by of's own formula: of a quantity, or of a gradient, by a quantity or a gradient."""

    of: Formula
    wrt: Formula
    form: Formula


class Part(Struct, frozen=True):
    """The whole derivative of ``of``, a quantity or a gradient on the way: Σ ∂of/∂c dc/db over ``factors``.

    ``total`` is what it comes to.
    """

    of: Formula
    factors: tuple[Factor, ...]
    total: Formula


class Split(Struct, frozen=True):
    """∂²L/∂w∂b = A · ∂²L/∂z∂z · B, where all ways lead through z: ∂L/∂w rests on b through ∂L/∂z alone.

    ``before`` are the matrices of A, from ∂L/∂w to ∂L/∂z, ``after`` the derivatives of B, from z to b.
    ``form`` is what ∂²L/∂z∂z comes to, and ``inside`` the derivatives of the quantities in between.
    """

    before: tuple[Formula, ...]
    middle: str
    form: Formula
    inside: tuple[Factor, ...]
    after: tuple[Factor, ...]


class HessianOf(Struct, frozen=True, eq=False):
    """∂²of/∂wrt∂by: the Jacobian of ∂of/∂wrt by ``by``, the axes of ``wrt`` first.

    ``parts`` are the derivatives of what is on the way, ∂of/∂wrt first; there are none where one has no array
    form. ``split`` is there where they are a product about another second derivative. ``definite`` is what is
    proved of the eigenvalues of one by a single vector. ``opened`` has the formulas of gradients in which a
    derivative with a name (gelu′) is written out to be differentiated.
    """

    of: str
    wrt: str
    by: str
    whole: JacobianOf
    parts: tuple[Part, ...]
    split: Split | None = None
    definite: Definite | None = None
    opened: Mapping[str, Formula] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How other programs call it."""
        return f"{self.wrt}/{self.by}"

    def valued(self, values: Values) -> HessianOf:
        """The same with its numbers at a point, as far as those reach."""
        return replace(self, whole=self.whole.valued(values))
