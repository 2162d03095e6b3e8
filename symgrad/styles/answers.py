"""What the answers of a problem are called (``h``, ``dJ/dW2``, ``dy/dx``): what a chain leads to."""

from __future__ import annotations

from collections.abc import Callable, Collection

from msgspec.structs import replace

from symgrad.calculus.hessian_products import moved
from symgrad.document.blocks import Chain
from symgrad.errors import InputError
from symgrad.reading.nearest import mend, there_is
from symgrad.solution import Solution
from symgrad.styles.setting import Setting
from symgrad.tree import Entry, Formula, Gradient, Name, Op, Partial, Second, walk


def answer(formula: Formula) -> str:
    """The name of the answer that a symbol stands for, or that an entry is of; of other formulas none.

    >>> answer(Gradient("J", "W2")), answer(Name("h")), answer(Second("L", "w", "b"))
    ('dJ/dW2', 'h', 'd2L/dwdb')
    """
    match formula:
        case Name(id):
            return id
        case Gradient(of, wrt) | Partial(of, wrt):
            return f"d{of}/d{wrt}"
        case Second(of, wrt, by):
            return f"d2{of}/d{wrt}d{by}"
        case Op("moved", (of,)):
            return f"R({answer(of)})"
        case Entry(base, _):
            return answer(base)
    return ""


def needed(setting: Setting, *formulas: Formula) -> frozenset[str]:
    """The answers whose numbers are put in where those of ``formulas`` are worked out."""
    quantities = setting.solution.graph.quantities
    symbols = (node for formula in formulas for node in walk(formula))
    return frozenset(
        answer(node)
        for node in symbols
        if isinstance(node, Gradient | Partial | Second) or (isinstance(node, Name) and node.id in quantities)
    )


def leading(chain: Chain, to: Formula | str, ways: int = 0, needs: frozenset[str] = frozenset()) -> Chain:
    """The chain as one that leads to an answer; its first ``ways`` links are the way to it."""
    shown = (replace(link, kind="way") for link in chain.links[:ways])
    of = to if isinstance(to, str) else answer(to)
    return replace(chain, of=of, needs=needs, links=(*shown, *chain.links[ways:]))


def known_answers(solution: Solution) -> dict[str, str]:
    """The answers that a problem file can name, by the names that it has for them.

    A parameter stands for what the update makes of it.
    """
    label, found = solution.problem.repeat.label, dict[str, str]()
    numbered = (name for name in solution.run.quantities if name not in solution.graph.auxiliary)
    found |= {label(name): name for name in numbered}
    found |= {name: name for name in (solution.problem.update.parameters if solution.problem.update else ())}
    for one in (solution, *solution.also):
        targets = (target for target in one.derivation.gradients if target not in one.graph.auxiliary)
        found |= {f"d{one.graph.of}/d{label(t)}": answer(Gradient(one.graph.of, t)) for t in targets}
    for block in solution.rounds:
        of = block.derivation.of
        found |= {f"d{of}/d{t}": answer(Gradient(of, t)) for t in block.derivation.gradients if "[" in t}
    found |= {
        answer(Partial(one.of, one.wrt)): answer(Partial(one.of, one.wrt)) for one in solution.jacobians
    }
    seconds = (answer(Second(one.of, one.wrt, one.by)) for one in solution.hessians)
    product = solution.product
    found |= {name: name for name in seconds}
    return found | {
        key: key for each in (product.tangents if product else ()) if (key := answer(moved(each.of)))
    }


def chosen_gaps(solution: Solution) -> Callable[[str], bool]:
    """Which answers a gap sheet leaves to the reader: all, or those under ``report.gaps``.

    A parameter stands for its gradient too. Raises `InputError` for a name that no answer has.
    """
    asked = solution.problem.report.gaps
    if isinstance(asked, str):
        return lambda name: True
    known = {name: frozenset((key,)) for name, key in known_answers(solution).items()}
    for one in (solution, *solution.also):
        leaves = [leaf for leaf in one.graph.leaves if leaf in one.derivation.gradients]
        gradients = ((leaf, answer(Gradient(one.graph.of, leaf))) for leaf in leaves)
        for leaf, key in gradients:
            name = solution.problem.repeat.label(leaf)
            known[name] = known.get(name, frozenset()) | {key}
    for position, name in enumerate(asked):
        _check(solution, name, known, "gaps", position)
    hidden = frozenset[str]().union(*(known[name] for name in asked))
    return hidden.__contains__


def points_of(solution: Solution) -> dict[str, float]:
    """The points under ``report.points`` by answer. Raises `InputError` for a name that no answer has."""
    known = known_answers(solution)
    for name in solution.problem.report.points:
        _check(solution, name, known, "points", name)
    return {known[name]: points for name, points in solution.problem.report.points.items()}


def _check(solution: Solution, name: str, known: Collection[str], key: str, step: str | int) -> None:
    if name not in known:
        place = solution.problem.place("report", key, step)
        raise InputError(
            f"no answer is called '{name}'", place=place, hint=mend(name, known, there_is(known))
        )
