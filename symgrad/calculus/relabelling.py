"""From placeholders to the names and dimensions of one use of a layer, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Count,
    Dim,
    Group,
    Index,
    Kron,
    Poly,
    add,
    atom,
    free_indices,
    fresh,
    kron,
    multiply,
    total,
)
from symgrad.graph.shapes import Shape
from symgrad.tree import Formula, Gradient, Name, Op, Partial, Size, transform


class Labels(Struct, frozen=True):
    """From placeholders to the names and dimensions of one use, and back."""

    names: Mapping[str, str]
    dims: Mapping[Dim, Dim]
    known: Mapping[Formula, Formula] = field(default_factory=dict)
    """Formulas that have a name of their own in the use."""

    def formula(self, formula: Formula) -> Formula:
        """A formula relabelled."""
        return transform(formula, self._node)

    def poly(self, poly: Poly) -> Poly:
        """A polynomial relabelled."""
        mapping = {i: Index(i.name, self.dims.get(i.dim, i.dim)) for i in free_indices(poly)}
        return _relabel(poly, self, mapping)

    def shape(self, shape: Shape) -> Shape:
        """A shape relabelled."""
        return tuple(self.dims.get(dim, dim) for dim in shape)

    def index(self, index: Index) -> Index:
        """An index over the relabelled dimension."""
        return Index(index.name, self.dims.get(index.dim, index.dim))

    def _node(self, node: Formula) -> Formula:
        match node:
            case Name(id):
                return Name(self.names.get(id, id))
            case Gradient(of, wrt):
                return Gradient(self.names.get(of, of), self.names.get(wrt, wrt))
            case Partial(of, wrt):
                return Partial(self.names.get(of, of), self.names.get(wrt, wrt))
            case Size(id):
                return Size(str(self.dims.get(id, id)))
            case Op(options=options):
                labelled = tuple((key, self._option(key, value)) for key, value in options)
                whole = replace(node, options=labelled)
                return self.known.get(whole, whole)
        return node

    def _option(self, key: str, value: Any) -> Any:
        if key in PARTS:
            return PARTS[key](self, value)
        return self.dims.get(value, value) if key in ("size", "length") else value


PARTS: Mapping[str, Callable[[Labels, Any], Any]] = {
    "shape": Labels.shape,
    "before": Labels.shape,
    "entry": Labels.poly,
    "formula": Labels.formula,
    "free": lambda labels, indices: tuple(map(labels.index, indices)),
}
"""How options are relabelled that are no names or single dimensions."""


def _relabel(poly: Poly, labels: Labels, mapping: Mapping[Index, Index]) -> Poly:
    """Rebuilt term by term: bound indices are over relabelled dimensions too."""
    found = []
    for term in poly.terms:
        inner = {**mapping, **{i: fresh(labels.dims.get(i.dim, i.dim)) for i in term.bound}}
        factors = (_relabel_atom(s, labels, inner, e) for s, e in term.factors)
        scaled = multiply(*factors)
        bound = tuple(inner[i] for i in term.bound)
        found.append(
            total(
                Poly(tuple(replace(t, coefficient=t.coefficient * term.coefficient) for t in scaled.terms)),
                *bound,
            )
        )
    return add(*found)


def _relabel_atom(single: Atom, labels: Labels, mapping: Mapping[Index, Index], exponent: Any) -> Poly:
    match single:
        case Cell(base, indices):
            return atom(Cell(labels.formula(base), tuple(mapping[i] for i in indices)), exponent)
        case Kron(left, right):
            return atom(kron(mapping[left], mapping[right]), exponent)
        case Count(dim):
            return atom(Count(labels.dims.get(dim, dim)), exponent)
        case Apply(function, args, options):
            return atom(Apply(function, tuple(_relabel(a, labels, mapping) for a in args), options), exponent)
        case Group(inner):
            return atom(Group(_relabel(inner, labels, mapping)), exponent)
