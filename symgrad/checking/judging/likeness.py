"""What a slope is said of whose numerator is no name: ∂σ(z_i)/∂W_ij is that of a, where a = σ(z)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import permutations

from msgspec.structs import replace

from symgrad.checking.judging.bench import Bench, Prepared
from symgrad.checking.judging.compare import vanishes
from symgrad.checking.judging.readings import AGREE, Question, ask
from symgrad.checking.judging.target import Target, slope_target
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown, is_letter
from symgrad.checking.meaning.spelling import Found
from symgrad.checking.meaning.variables import Wrt, variable
from symgrad.checking.worlds.tensor import Misfit
from symgrad.submission.written import Call, Derivative, Element, Node, Symbol, walk

MOST = 8
"""Ways to read a slope, and the quantities that are tried."""


def likened(ready: Prepared, bench: Bench) -> Target | None:
    """The slope of a quantity of the problem that the left side is equal to; None where it is none.

    ∂(b_i − A_i x)/∂x is ∂g_i/∂x if g = b − A x; and σ′(z) is ∂a/∂z.
    """
    left, dictionary = ready.sides[0][1], bench.dictionary
    node = _as_derivative(left)
    if not isinstance(node, Derivative) or node.of is None or isinstance(node.of, Derivative):
        return None
    with suppress(Unknown, Misfit, Labelled, AttributeError):
        wrt = variable(node.wrt, Scope(dictionary, None, Choices(), line=ready.line.id))  # type: ignore[arg-type]
        places = tuple(place for place in wrt.places if place is not None)
        for found, of in _named(node, wrt, bench):
            target = slope_target(found, wrt.name, places, dictionary)
            if target is None:
                continue
            same = Question(left, replace(node, of=of), dictionary, ready.line.id - 1, effort=bench.effort)
            outcome = ask(same, bench.points.own, most=MOST)
            if outcome.kind == AGREE and not vanishes(outcome):
                return target
    return None


def _as_derivative(node: Node) -> Node:
    """σ′(z) as ∂σ(z)/∂z."""
    match node:
        case Call(Symbol(marks=("'",)) as head, (Symbol() as argument,)):
            return Derivative(replace(node, head=replace(head, marks=(), raised=())), argument, "d")
    return node


def _named(node: Derivative, wrt: Wrt, bench: Bench) -> Iterator[tuple[Found, Node]]:
    """The quantities that rest on a name, with as many of the letters of a derivative as they have axes."""
    model = bench.dictionary.model
    symbols = (part for part in walk(node) if isinstance(part, Symbol | Element))
    letters = dict.fromkeys(index for symbol in symbols for index in symbol.indices if is_letter(index))
    for name in model.graph.quantities:
        symbol = bench.dictionary.names.symbol_of(name)
        if wrt.name not in model.below(name) or symbol is None:
            continue
        for indices in dict.fromkeys((*permutations(letters, len(model.graph.shapes[name])), ())):
            yield Found(name, indices), Element(symbol, "", indices=indices) if indices else symbol
