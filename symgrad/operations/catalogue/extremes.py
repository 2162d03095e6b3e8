"""The largest and the smallest entry; those that attain it share its gradient."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import ARGUMENT, Indices, Options, Scope, Views
from symgrad.operations.reductions import by_columns, reduce, reduced_shape, split
from symgrad.operations.signature import REDUCED
from symgrad.tree import Op


def _extreme(name: str, title: str, why: str) -> Operation:
    """max as Σ_k p_k x_k, p the locally constant weights that share 1 among the entries attaining it."""

    def entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
        indices, gone = split(scope, views[0], out, options)
        chosen = (("axis", options.get("axis")), ("extreme", name))
        weights = scope.constant(Op("attains", (ARGUMENT,), chosen), views[0].dims)
        return scope.sum(weights(*indices) * views[0](*indices), *gone)

    return Operation(
        name,
        title,
        "structured",
        entry,
        reduced_shape,
        reduce(name),
        why,
        call=REDUCED,
        example=by_columns(name),
    )


MAX = _extreme("max", "largest entry", "only the largest entries count")
MIN = _extreme("min", "smallest entry", "only the smallest entries count")
