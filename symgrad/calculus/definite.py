"""Whether a symmetric matrix has no eigenvalue below 0, or none above, because of how it is made.

Xᵀ D X with D ≥ 0, v vᵀ, diag(p) − p pᵀ of a softmax p, and sums of such. What is not seen is not denied.
"""

from __future__ import annotations

from msgspec import Struct

from symgrad.graph import Graph
from symgrad.tree import ONE, Formula, Name, Number, Op, Size


class Definite(Struct, frozen=True):
    """Positive (``sign`` 1) or negative (−1) semidefinite, where these scalars are not negative."""

    sign: int
    where: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Its name: positive semidefinite or negative semidefinite."""
        return "positive semidefinite" if self.sign > 0 else "negative semidefinite"

    @property
    def said(self) -> str:
        """The kind, and where it is so."""
        where = " and ".join(f"{name} >= 0" for name in self.where)
        return f"{self.kind} where {where}" if where else self.kind


def definiteness(formula: Formula, graph: Graph) -> Definite | None:
    """What is proved of a matrix, for all sizes and numbers; None where nothing is."""
    signs, sign = _Signs(graph, {}), 1
    match formula:
        case Op("negative", (inner,)):
            sign, formula = -1, inner
    return Definite(sign, tuple(signs.assumed)) if signs.is_semidefinite(formula) else None


class _Signs(Struct, frozen=True):
    """``assumed`` are the scalar leaves that it rests on not to be negative."""

    graph: Graph
    assumed: dict[str, None]

    def is_semidefinite(self, matrix: Formula) -> bool:
        """Whether vᵀ M v ≥ 0 for all v."""
        match matrix:
            case Op("eye"):
                return True
            case Op("diag", (vector,)):
                return self.is_positive(vector)
            case Op("outer", (u, v)):
                return u == v
            case Op("add", (a, b)):
                return self.is_semidefinite(a) and self.is_semidefinite(b)
            case Op("multiply", (scalar, inner)) if not self.graph.shape(scalar):
                return self.is_positive(scalar) and self.is_semidefinite(inner)
            case Op("divide", (inner, scalar)) if not self.graph.shape(scalar):
                return self.is_positive(scalar) and self.is_semidefinite(inner)
            case Op("subtract", (Op("diag", (p,)), Op("outer", (q, r)))):  # Σ p v² ≥ (Σ p v)² if Σ p = 1
                return p == q == r and self._is_softmax(p)
            case Op("matmul"):
                return self._is_sandwich(_chain(matrix))
        return False

    def _is_sandwich(self, factors: list[Formula]) -> bool:
        """Mᵀ S M, and Mᵀ M."""
        if len(factors) <= 1:
            return not factors or self.is_semidefinite(factors[0])
        first, *middle, last = factors
        alike = first == _turned(last) or (first == last and _is(first, "diag"))
        return alike and self._is_sandwich(middle)

    def _is_softmax(self, vector: Formula) -> bool:
        return _is(self._meaning(vector), "softmax") and len(self.graph.shape(vector)) == 1

    def _meaning(self, formula: Formula) -> Formula:
        match formula:
            case Name(id) if id in self.graph.quantities:
                return self._meaning(self.graph.quantities[id])
        return formula

    def is_positive(self, formula: Formula) -> bool:
        """Whether no entry is negative, wherever there is a value."""
        formula = self._meaning(formula)
        match formula:
            case Number(value):
                return bool(value >= 0)
            case Name(id) if not self.graph.shapes[id]:
                self.assumed[id] = None
                return True
            case Op("power", (base, Number(exponent))) if exponent.denominator == 1:
                return bool(exponent % 2 == 0) or self.is_positive(base)
            case Op("multiply" | "dot", (a, b)) if a == b:
                return True
            case Op("multiply" | "divide" | "add" | "dot", (a, b)):
                return self.is_positive(a) and self.is_positive(b)
            case Op("subtract", (a, b)) if a == ONE:
                return self._is_below_one(b)
            case Op("sum" | "mean" | "max" | "min", (inner,)):
                return self.is_positive(inner)
            case Op("where", (_, a, b)):
                return self.is_positive(a) and self.is_positive(b)
            case Op("prime"):
                return bool(formula.option("function") == "relu")
            case Op(name):
                return name in POSITIVE
        return isinstance(formula, Size)

    def _is_below_one(self, formula: Formula) -> bool:
        formula = self._meaning(formula)
        match formula:
            case Op("power", (base, Number(exponent))) if exponent > 0 and exponent.denominator == 1:
                return self._lies(base, BETWEEN)
        return self._lies(formula, BETWEEN)

    def _lies(self, formula: Formula, names: frozenset[str]) -> bool:
        inner = self._meaning(formula)
        return isinstance(inner, Op) and inner.name in names


NORMS = ("norm", "norm_one", "norm_largest", "var", "std")
POSITIVE = frozenset(
    ("exp", "sigmoid", "softmax", "softplus", "relu", "abs", "sqrt", "cosh", "sech", "ones", *NORMS)
)
BETWEEN = frozenset(("sigmoid", "softmax", "tanh", "sin", "cos", "sech", "erf"))
"""Operations whose entries lie between −1 and 1, so that no power of them is above 1."""


def _is(formula: Formula, name: str) -> bool:
    return isinstance(formula, Op) and formula.name == name


def _chain(matrix: Formula) -> list[Formula]:
    match matrix:
        case Op("matmul", (a, b)):
            return [*_chain(a), *_chain(b)]
    return [matrix]


def _turned(matrix: Formula) -> Formula:
    match matrix:
        case Op("transpose", (inner,)):
            return inner
    return Op("transpose", (matrix,))
