"""The gradient not carried through all time steps, or a step's own derivative wrong."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_all, at_edges
from symgrad.checking.explaining.edits import TWO, changed, exchanged, opened
from symgrad.checking.explaining.examples import RECURRENT, d
from symgrad.checking.explaining.limits import whole_range
from symgrad.checking.explaining.neighbours import spelled, symbols_of
from symgrad.checking.explaining.paths import lost_paths
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.checking.explaining.tape import Edge
from symgrad.checking.meaning.spelling import text_of
from symgrad.submission.written import Add, Literal, Node, Power, Subtract, Symbol

ONE = Literal(TWO.value / 2)
MOVES = (-1, 1)


def _unsquared(here: Here, edge: Edge) -> Any:
    slopes = 1 - here.spot(edge.parent)
    return np.diag(slopes.ravel()).reshape((*slopes.shape, *slopes.shape))


def suppose(case: Case) -> Iterator[Supposition]:
    """Times left out; 1 − h for the derivative 1 − h² of tanh."""
    yield from lost_paths(case, "time")
    edges = [edge for edge in case.steps if edge.op == "tanh"]
    yield from at_edges(edges, _unsquared, lambda edge: "the derivative of tanh is 1 - h², not 1 - h")
    yield from at_all(edges, _unsquared, "the derivative of tanh is 1 - h², not 1 - h")


def repair(case: Case) -> Iterator[Repair]:
    """1 − h squared; every state a step later or earlier; a sum over all times."""
    whole = opened(case)
    is_tanh = any(edge.op == "tanh" for edge in case.tape.edges)

    def squared(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Subtract(Literal(one), right) if one == 1 and not isinstance(right, Power):
                yield replace(node, right=Power(right, TWO)), "the derivative of tanh is 1 - h², not 1 - h"

    for node, words in changed(whole, squared) if is_tanh else ():
        yield Repair(words, node)
    if not case.recurrent or case.is_value:
        return
    for move in MOVES:
        for node, words in changed(whole, lambda part, move=move: _shifted(part, move)):  # type: ignore[misc]
            yield Repair(words, node)
        yield from _numbered(case, whole, move)
    if case.is_slope:
        for node, words in changed(whole, whole_range):
            yield Repair(f"{words}; there are more times", node)


def _shifted(node: Node, move: int) -> Iterator[tuple[Node, str]]:
    """h_t for h_{t−1}, where the number of the time is a letter."""
    if isinstance(node, Symbol) and len(node.indices) == 1 and not isinstance(node.indices[0], Literal):
        other = _moved(node.indices[0], move)
        yield (
            replace(node, indices=(other,), sub=text_of(other)),
            f"{maths_of(node)} belongs to another time step",
        )


def _moved(index: Node, move: int) -> Node:
    match index:
        case Subtract(base, Literal(value)) if value == move:
            return base
        case Add(base, Literal(value)) if value == -move:
            return base
    return Add(index, ONE) if move > 0 else Subtract(index, ONE)


def _numbered(case: Case, whole: Node, move: int) -> Iterator[Repair]:
    """h2 for h1 wherever a state stands: one kind of state at a time."""
    graph = case.model.graph
    found = {s: f for s, f in symbols_of(whole, case).items() if f.name[-1:].isdigit()}
    for stem in {f.name.rstrip("0123456789") for f in found.values()}:
        new: dict[Node, Node] = {}
        for symbol, reading in found.items():
            if reading.name.rstrip("0123456789") == stem:
                other = f"{stem}{int(reading.name.removeprefix(stem)) + move}"
                if other in graph.shapes:
                    new[symbol] = spelled(other, reading)
        if new:
            yield Repair(f"each {stem} belongs to another time step", exchanged(whole, new))
            for one, words in changed(
                whole,
                lambda part, new=new: iter([(new[part], maths_of(part))] if part in new else []),  # type: ignore[misc]
            ):
                yield Repair(f"{words} belongs to another time step", one)


MISTAKE = Mistake(
    "bptt_no_carry",
    100,
    "the gradient is not carried through all time steps",
    "a derivative of a step, or what is carried from another one, is not right: {part}",
    "which steps does this reach, through which state, and what is the derivative of each step's activation?",
    r"\frac{\partial L}{\partial W} = \delta_3 h_2",
    r"\frac{\partial L}{\partial W} = \delta_1 h_0 + \delta_2 h_1 + \delta_3 h_2",
    (
        Example(
            RECURRENT, d("L", "W"), rf"{d('L', 'a_2')} h_1", rf"{d('L', 'a_1')} h_0 + {d('L', 'a_2')} h_1"
        ),
        Example(RECURRENT, d("L", "a_2"), rf"{d('L', 'h_2')} (1 - h_2)", rf"{d('L', 'h_2')} (1 - h_2^2)"),
    ),
    (suppose,),
    (repair,),
)
