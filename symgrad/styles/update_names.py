"""How what belongs to a step is written: m with the parameter below it, β₁, the rate αₜ of step t."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from symgrad.graph import Graph
from symgrad.maths.naming import name, plain_name
from symgrad.maths.nodes import Accent, Maths, Script
from symgrad.notation.symbols import Naming
from symgrad.reading.methods import CLIP, PARAMETER, RATE, STEP, Rule
from symgrad.reading.problem import Problem
from symgrad.results.newton import HESSIAN, JACOBIAN
from symgrad.results.updating import LENGTH, SCHEDULED, SHRINKING, own

# The first that is free; a name that is not listed has its own.
LETTERS = {
    RATE: ("alpha", "eta"),
    STEP: ("t", "k", "tau"),
    "momentum": ("mu", "beta", "gamma"),
    "rho": ("rho", "gamma"),
    "eps": ("eps", "delta"),
    "weight_decay": ("lambda", "kappa", "nu"),
    CLIP: ("c", "C", "theta"),
    LENGTH: ("r", "d", "N"),
    SHRINKING: ("kappa", "zeta", "xi"),
    HESSIAN: ("H", "Q", "K"),
    JACOBIAN: ("J", "D", "A"),
}
OTHERS = "suqrpzMVSU"
"""Letters for a state whose own is taken."""
HAT = "hat"


def with_updates(naming: Naming, problem: Problem, graph: Graph, rate: str) -> Naming:
    """The names of a problem and those of the steps of its update; ``rate`` is that of the rate."""
    rule = problem.rule
    if rule is None or rule.is_plain:
        return naming
    for id in (STEP, *rule.constants, *((LENGTH, SHRINKING) if CLIP in rule.constants else ())):
        naming = _and(naming, own(id), _free(naming, LETTERS.get(id, (id,))), 0)
    scheduled = Script(naming.written(rate), naming.written(own(STEP)))
    naming = _and(naming, own(SCHEDULED), scheduled, 0)
    if rule.direction:
        parameters = problem.update.parameters if problem.update else ()
        rank = 2 if len(parameters) > 1 or any(graph.shapes[name] for name in parameters) else 0
        for id in (HESSIAN, JACOBIAN) if rule.through else (HESSIAN,):
            naming = _and(naming, own(id), _free(naming, LETTERS[id]), rank)
    return _with_states(naming, rule, problem, graph)


def _with_states(naming: Naming, rule: Rule, problem: Problem, graph: Graph) -> Naming:
    parameters = problem.update.parameters if problem.update else ()
    arrays = {id: written for id, written in naming.names.items() if naming.ranks.get(id)}
    letters = _state_letters(replace(naming, names=arrays), rule)
    alone = len(parameters) == 1 and not any(map(naming.is_taken, letters.values()))
    for parameter in parameters:
        below = None if alone else _bare(naming.written(parameter))
        for state, letter in letters.items():
            written = Script(letter, below) if below is not None else letter
            rank = len(graph.shapes[parameter])
            naming = _and(naming, own(state, parameter), written, rank)
    return naming


def _state_letters(naming: Naming, rule: Rule) -> dict[str, Maths]:
    """A letter for everything that a step makes, which would not look like an entry of an array.

    What has a hat has the letter of the same without.
    """
    found: dict[str, Maths] = {}
    for id in dict.fromkeys(
        ("g", *(target for target, _ in rule.lines if target != PARAMETER), *_directions(rule))
    ):
        stem = id.removesuffix(HAT)
        if stem != id and stem in found:
            found[id] = Accent("hat", found[stem])
        else:
            found[id] = _free(naming, (id, *OTHERS), found.values())
    return found


def _directions(rule: Rule) -> tuple[str, ...]:
    return (rule.direction,) if rule.direction else ()


def _free(naming: Naming, candidates: Iterable[str], also: Iterable[Maths] = ()) -> Maths:
    taken = list(also)
    written = (name(id, 0) for id in candidates)
    first = next(iter(candidates))
    return next((m for m in written if not naming.is_taken(m) and m not in taken), plain_name(first))


def _bare(written: Maths) -> Maths:
    """A name without its arrow: below a letter it is only a name."""
    if isinstance(written, Accent) and written.kind == "vec":
        return written.body
    if isinstance(written, Script):
        return Script(_bare(written.base), written.sub, written.sup)
    return written


def _and(naming: Naming, id: str, written: Maths, rank: int) -> Naming:
    return replace(naming, names={**naming.names, id: written}, ranks={**naming.ranks, id: rank})
