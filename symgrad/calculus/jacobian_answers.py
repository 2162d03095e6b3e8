"""∂y/∂x of any two names of a graph: through x alone, everything that rests on x and leads to y moves.

Entry by entry it is Σ_c Σ_k ∂y_i/∂c_k ∂c_k/∂x_j over the quantities c that use x; the local derivatives are
those of the gradients, checked layer by layer, and the whole is compared with differences in 50 digits.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.budget import within_budget
from symgrad.calculus.chain_rule import chain_rule
from symgrad.calculus.factoring import factored
from symgrad.calculus.index import Index, Poly
from symgrad.calculus.jacobian_forms import as_matrix, transposed
from symgrad.calculus.lowering import expand
from symgrad.calculus.proof import array_is
from symgrad.calculus.sampling import Sampler
from symgrad.calculus.shorter import Definitions
from symgrad.calculus.spelling import Letters, entrywise
from symgrad.calculus.steps import NONE_FOUND
from symgrad.calculus.verify import STEP, at_all_points, compare, proof_at_points, tolerance
from symgrad.calculus.whole import KINK
from symgrad.calculus.worlds import Worlds
from symgrad.calculus.written_out import at_place
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers, as_object
from symgrad.tree import Array, Formula, Gradient, Name, Op, walk

MOST_TERMS = 20_000
"""Terms made in the search for a shorter form, beyond which the form that is there stays."""

PIECES = frozenset({"selection", "placement", "unit", "index"})
LARGEST = 4
"""Entries of either side up to which a function that is given by entries has its matrix written out."""


class JacobianOf(Struct, frozen=True, eq=False):
    """∂of/∂wrt, the axes of ``of`` first: as an array where there is such a form, and entry by entry.

    ``through`` are the quantities by which ``wrt`` leads to ``of``, ``letters`` those of the entry's axes.
    ``entries`` are all of them where the function is given by entries, ``value`` the numbers where the givens
    reach.
    """

    of: str
    wrt: str
    through: tuple[str, ...]
    out: tuple[Index, ...]
    by: tuple[Index, ...]
    matrix_form: Formula | None
    index_form: Formula
    proof: str
    entries: tuple[tuple[Formula, ...], ...] = ()
    value: Array | None = None

    @property
    def name(self) -> str:
        """How other programs call it."""
        return f"{self.of}/{self.wrt}"

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of an entry, those of ``of`` first."""
        letters = Letters(*self.out, *self.by)
        return tuple(map(letters, (*self.out, *self.by)))

    @property
    def is_matrix(self) -> bool:
        """Whether it is of a vector by a vector."""
        return len(self.out) == len(self.by) == 1

    def is_row(self, *, turned: bool = False) -> bool:
        """Whether it is a row: of a scalar by a vector, in denominator layout of a vector by a scalar."""
        return (len(self.out), len(self.by)) == ((1, 0) if turned else (0, 1))

    @property
    def result(self) -> Formula:
        """The array form where there is one, else the entry."""
        return self.index_form if self.matrix_form is None else self.matrix_form

    @property
    def turned(self) -> Formula | None:
        """The array in denominator layout: of a vector by a vector the transpose."""
        if self.matrix_form is None or not self.is_matrix:
            return self.matrix_form
        return transposed(self.matrix_form)

    def valued(self, values: Values) -> JacobianOf:
        """The same with its numbers at a point, if it has what is needed; NaN where a formula has none."""
        needed = {node for node in walk(self.result) if isinstance(node, Name | Gradient)}
        if not (
            needed <= values.names.keys() and {i.dim for i in (*self.out, *self.by)} <= values.sizes.keys()
        ):
            return self
        with np.errstate(all="ignore"):
            return replace(self, value=np.array(self.at(values), dtype=float))

    def at(self, values: Values) -> Numbers:
        """The numbers at a point."""
        shape = tuple(1 if i.dim == 1 else values.sizes[i.dim] for i in (*self.out, *self.by))
        if self.matrix_form is None:
            ranges = dict(zip(self.letters, shape, strict=True))
            return np.broadcast_to(evaluate_entries(self.index_form, self.letters, values, ranges), shape)
        return np.broadcast_to(evaluate(self.matrix_form, values), shape)


def jacobian_between(worlds: Worlds, of: str, wrt: str) -> JacobianOf:
    """The Jacobian, checked. Raises `DerivationError` where differences say otherwise."""
    graph = worlds.graph
    out = tuple(Index(f"out{n}", dim) for n, dim in enumerate(graph.shapes[of]))
    by = tuple(Index(f"in{n}", dim) for n, dim in enumerate(graph.shapes[wrt]))
    ways = chain_rule(graph, of, wrt, out, by)
    poly, axes = ways.poly, (*out, *by)
    product = ways.matrix.formula if ways.matrix is not None and ways.of_vectors else None
    matrix, definite = (product, poly) if product is not None else shortest_form(graph, poly, out, by)
    index = entrywise(factored(definite, Letters(*axes)), graph.shape)
    entries = written_out(graph, definite, out, by, matrix)
    found = JacobianOf(of, wrt, ways.through, out, by, matrix, index, NONE_FOUND, entries)
    if not at_all_points(graph, lambda sample: check_by_differences(worlds, found, sample)):
        return found
    same = matrix is None or array_is(matrix, poly, axes, graph.shape)
    return replace(found, proof="identity" if same else proof_at_points(*graph.quantities.values()))


def shortest_form(
    graph: Graph, poly: Poly, out: tuple[Index, ...], by: tuple[Index, ...]
) -> tuple[Formula | None, Poly]:
    """The matrix form, with the names of what was worked out before where that is shorter."""
    matrix = as_matrix(poly, out, by)
    shorter = within_budget(MOST_TERMS, lambda: Definitions(graph).shorter(poly, (*out, *by), matrix))
    if shorter is None:
        return matrix, poly
    return as_matrix(shorter.poly, out, by) or shorter.formula, shorter.poly


def written_out(
    graph: Graph, poly: Poly, out: tuple[Index, ...], by: tuple[Index, ...], matrix: Formula | None
) -> tuple[tuple[Formula, ...], ...]:
    """Every entry of a small matrix, where the function is given by its entries; else nothing."""
    pieces = matrix is None or any(isinstance(n, Op) and n.name in PIECES for n in walk(matrix))
    if not pieces or len(out) != 1 or len(by) != 1:
        return ()
    height, width = (
        1 if index.dim == 1 else graph.sizes.get(str(index.dim), LARGEST + 1) for index in (*out, *by)
    )
    if max(height, width) > LARGEST:
        return ()
    poly = expand(poly, graph.shape, inside=True)
    places = (((out[0], i), (by[0], j)) for i in range(height) for j in range(width))
    found = [factored(at_place(poly, dict(pair), graph), Letters()) for pair in places]
    return tuple(tuple(found[i * width : (i + 1) * width]) for i in range(height))


def check_by_differences(worlds: Worlds, found: JacobianOf, sample: Sampler) -> tuple[()]:
    """Compare with differences; nothing is said about an entry by which there is a kink."""
    world, wrt = worlds.at(sample), Name(found.wrt)
    with mpmath.workdps(world.digits):
        centre = world.names[wrt]
        numbers = [as_object(form.at(world.values)) for form in (found, replace(found, matrix_form=None))]
        step = mpmath.mpf(STEP.numerator) / STEP.denominator
        middle = as_object(world.after({}, found.of))
        for place in np.ndindex(centre.shape):
            move = EXACT.array(np.zeros(centre.shape, dtype=int))
            move[place] = step
            high, low = world.after({wrt: move}, found.of), world.after({wrt: -move}, found.of)
            right, left = as_object((high - middle) / step), as_object((middle - low) / step)
            for where in np.ndindex(middle.shape):
                one, other = right[where], left[where]
                if abs(one - other) <= KINK.numerator * (1 + abs(one)) / mpmath.mpf(KINK.denominator):
                    mean = (one + other) / 2
                    for array in numbers:
                        value = array[(*where, *place)]
                        compare("jacobian", found.name, value, mean, (*where, *place), tolerance(mean))
    return ()
