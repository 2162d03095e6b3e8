"""A form with the names of what was worked out before, checked where the definitions of those names hold."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from symgrad.calculus.index import Atom, Cell, Index, Poly, add, atom, map_atoms, scale
from symgrad.calculus.lowering import expand, lower
from symgrad.calculus.proof import is_zero
from symgrad.calculus.sampling import Sampler, real
from symgrad.calculus.steps import NONE_FOUND, GradientOf, Step
from symgrad.calculus.verify import at_all_points, compare_sides, proof_at_points
from symgrad.calculus.worlds import Worlds
from symgrad.late import mpmath
from symgrad.numbers.evaluate import evaluate
from symgrad.tree import Formula, Gradient, Name

MOST_TERMS = 200
"""Terms of a difference beyond which its normal form is not looked for."""


def verify_named(
    worlds: Worlds, step: Step, known: Mapping[str, GradientOf], free: tuple[Index, ...]
) -> Step:
    """The step with its proof. Raises `DerivationError` where its two sides differ at a point.

    They are equal only where every quantity is what it is defined to be: at the points of ``worlds``.
    """

    def check(sample: Sampler) -> tuple[()]:
        world = worlds.at(sample)
        with mpmath.workdps(world.digits):
            world.know(step.before, known)
            world.know(step.after, known)
            compare_sides(step, real(evaluate(step.before, world.values)), evaluate(step.after, world.values))
        return ()

    if not at_all_points(worlds.graph, check):
        return replace(step, proof=NONE_FOUND)
    proof = "identity" if _is_identity(worlds, step, free) else proof_at_points(step.before)
    return replace(step, proof=proof)


def _is_identity(worlds: Worlds, step: Step, free: tuple[Index, ...]) -> bool:
    """Whether both sides have one normal form once the definitions are put in."""
    shape_of = worlds.graph.shape
    defined: dict[Formula, Formula] = {
        left: right for left, right in step.by if isinstance(left, Name | Gradient)
    }

    def put_in(single: Atom) -> Poly:
        match single:
            case Cell(base, indices) if base in defined:
                return lower(defined[base], indices, shape_of)
        return atom(single)

    before, after = (
        map_atoms(expand(lower(side, free, shape_of), shape_of), put_in) for side in (step.before, step.after)
    )
    if len(before.terms) + len(after.terms) > MOST_TERMS:
        return False
    return is_zero(add(before, scale(after, -1)), worlds.facts)
