"""A gradient made simpler by what is known of the upstream ones, and by the facts that are stated.

Softmax with cross-entropy: p ⊙ (g − g·p) with g = −y/p put in, and Σ y = 1, is p − y.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from symgrad.calculus.cost import cost
from symgrad.calculus.facts import Known, use_facts
from symgrad.calculus.index import Apply, Atom, Cell, Group, Index, Poly, add, atom, map_atoms, rename
from symgrad.calculus.lowering import expand, lower
from symgrad.calculus.matching import match
from symgrad.calculus.means import joined_sums
from symgrad.calculus.rational import cancel
from symgrad.calculus.shorter import Definitions, Shorter
from symgrad.calculus.steps import GradientOf, Path
from symgrad.calculus.structures import Structure
from symgrad.calculus.tidy import tidy
from symgrad.graph import Graph
from symgrad.tree import Formula, Gradient, added, walk

MOST_SUMS = 6
"""Indices summed over in one term, beyond which nobody reads the upstream gradient put in."""


class Simpler(Struct, frozen=True):
    """A gradient made simpler: with upstream gradients put in, if any, then by the facts, if any, and then
    with the names that its parts have, if any (``named``).
    """

    puts_in: bool
    put_in: Poly
    poly: Poly
    formula: Formula
    facts: tuple[Known, ...]
    named: Shorter | None = None

    @property
    def cost(self) -> float:
        """How long the last of these forms is to read."""
        return cost(self.formula) if self.named is None else self.named.cost


def simplest(
    definitions: Definitions,
    poly: Poly,
    free: tuple[Index, ...],
    joined: Formula | None,
    known: Mapping[str, GradientOf],
    facts: tuple[Known, ...],
    paths: tuple[Path, ...] = (),
) -> Simpler | None:
    """The shortest of what the facts make of a gradient, as it is and with upstream gradients put in.

    Those are put in everywhere, or in single ones of the ``paths`` whose sum the gradient is as it stands.
    None where nothing gets shorter.
    """
    if joined is None:
        return None
    graph = definitions.graph
    nodes = set(walk(joined))
    about = any(fact.about in nodes for fact in facts)
    forms = [(False, form) for form in (poly, expand(poly, graph.shape))] if about else []
    if cost(joined) > 2 and any(isinstance(n, Gradient) for n in nodes):
        opened = definitions.absorbed(map_atoms(poly, lambda single: _upstream(single, known)))
        put_in = cancel(expand(opened, graph.shape))
        forms += [(True, put_in)] if _sums(put_in) <= MOST_SUMS else []
        if put_in != opened and not _sums(use_facts(opened, facts)[0]):  # softmax(z) has its name
            forms.append((True, opened))
    found = [_made(definitions, puts_in, form, free, facts) for puts_in, form in forms]
    found += [_each(definitions, paths, free, known, facts)] if len(paths) > 1 else []
    most = {False: cost(joined), True: _worth(joined, poly, known)}
    shorter = [
        s for s in found if s is not None and (s.puts_in or s.facts) and s.cost < most[not _sums(s.poly)]
    ]
    return min(shorter, key=lambda simpler: simpler.cost, default=None)


def _each(
    definitions: Definitions,
    paths: tuple[Path, ...],
    free: tuple[Index, ...],
    known: Mapping[str, GradientOf],
    facts: tuple[Known, ...],
) -> Simpler | None:
    """The sum of the paths, each as short as it gets by itself; None where none of them gets shorter."""
    found = [simplest(definitions, path.poly, free, path.formula, known, facts) for path in paths]
    if not any(found):
        return None
    put_in, poly, formulas = zip(
        *(
            (path.poly, path.poly, path.formula) if each is None else (each.put_in, each.poly, each.formula)
            for path, each in zip(paths, found, strict=True)
        ),
        strict=True,
    )
    used = dict.fromkeys(fact for each in found if each is not None for fact in each.facts)
    puts_in = any(each is not None and each.puts_in for each in found)
    return Simpler(puts_in, add(*put_in), add(*poly), tidy(added(formulas)), tuple(used))


def _worth(joined: Formula, poly: Poly, known: Mapping[str, GradientOf]) -> float:
    """How long a form without sums may be: sums vanish, and what was put in need not be read any more."""
    put_in = {node.wrt for node in walk(joined) if isinstance(node, Gradient)} if _sums(poly) else ()
    return cost(joined) + sum(cost(known[wrt].result) for wrt in put_in)


def _made(
    definitions: Definitions, puts_in: bool, put_in: Poly, free: tuple[Index, ...], facts: tuple[Known, ...]
) -> Simpler | None:
    poly, formula, used = _by_facts(put_in, free, facts, definitions.graph)
    if formula is None:
        return None
    named = definitions.shorter(poly, free, formula) if puts_in else None
    return Simpler(puts_in, put_in, poly, formula, used, named if named is not None and named.named else None)


def _sums(poly: Poly) -> int:
    """Over how many indices at once a term is summed, sums inside its factors counted too."""
    return max((len(term.bound) + sum(map(_inner_sums, term.factors)) for term in poly.terms), default=0)


def _inner_sums(factor: tuple[Atom, Fraction]) -> int:
    match factor[0]:
        case Group(inner):
            return _sums(inner)
        case Apply(_, args):
            return max(map(_sums, args), default=0)
    return 0


def _by_facts(
    poly: Poly, free: tuple[Index, ...], facts: tuple[Known, ...], graph: Graph
) -> tuple[Poly, Formula | None, tuple[Known, ...]]:
    """What the facts make of a polynomial, as an array without superfluous transposes, and those used."""
    simplified, used = use_facts(poly, facts)
    formula = match(simplified, free)
    if formula is None:
        return simplified, None, used
    formula = joined_sums(formula, graph.shape)
    for fact in facts:
        if isinstance(fact, Structure) and (said := tidy(fact.said(formula))) != formula:
            formula, used = said, (*used, fact)
            simplified = lower(formula, free, graph.shape)  # in the places in which it is written
    return simplified, formula, tuple(dict.fromkeys(used))


def _upstream(single: Atom, known: Mapping[str, GradientOf]) -> Poly:
    match single:
        case Cell(Gradient(_, wrt), indices):
            gradient = known[wrt]
            return rename(gradient.poly, dict(zip(gradient.free, indices, strict=True)))
    return atom(single)
