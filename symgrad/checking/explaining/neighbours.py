"""One name for another: which may be taken for which, and what was written with another name in its place."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, exchanged, symbol_of
from symgrad.checking.meaning.spelling import Found, scripts
from symgrad.checking.worlds.model import Model
from symgrad.operations import operation
from symgrad.submission.written import Call, Element, Node, Power, Symbol, parts
from symgrad.tree import Name, Op

MOST = 14


def activations(model: Model) -> tuple[tuple[str, str], ...]:
    """Pairs of what goes into an activation and what comes out."""
    found = []
    for name, formula in model.graph.quantities.items():
        match formula:
            case Op(function, (Name(source),)) if (
                function == "softmax" or operation(function).kind == "elementwise"
            ):
                if function != "negative":
                    found.append((source, name))
    return tuple(found)


def alike(model: Model, name: str) -> tuple[str, ...]:
    """The other names that may be taken for ``name``: of its shape, or numbered like it."""
    graph = model.graph
    if name not in graph.shapes:
        return ()
    shape = _sized(model, name)
    stem = stem_of(name)
    found = (
        other
        for other in graph.shapes
        if other != name
        and (
            _sized(model, other) == shape
            or (stem_of(other) == stem and len(graph.shapes[other]) == len(shape))
        )
    )
    numbered = sorted(found, key=lambda other: stem_of(other) != stem)
    return tuple(numbered[:MOST])


def stem_of(name: str) -> str:
    """A name without its number: the v of v2."""
    return name.rstrip("0123456789")


def _sized(model: Model, name: str) -> tuple[object, ...]:
    return tuple(model.graph.sizes.get(dim, dim) for dim in model.graph.shapes[name])


def symbols_of(node: Node, case: Case) -> dict[Symbol | Power, Found]:
    """The symbols of a side that are names of the problem, each once; heads of functions are none."""
    found: dict[Symbol | Power, Found] = {}
    _collect(node, case, found)
    return found


def _collect(node: Node, case: Case, found: dict[Symbol | Power, Found]) -> None:
    known = scripts(node)
    if known is not None:
        reading = next(case.dictionary.find(*known), None)
        if reading is not None and reading.exponent == 1 and reading.name in case.model.graph.shapes:
            assert isinstance(node, Symbol | Power)
            found.setdefault(node, reading)
            if isinstance(node, Power):  # e^{a}: what stands high may be no label
                _collect(node.exponent, case, found)
            return
    for part in parts(node):
        if not (isinstance(node, Call) and part is node.head):
            _collect(part, case, found)


def spelled(name: str, found: Found) -> Node:
    """Another name with the indices that this one has."""
    places = (*found.samples, *found.indices)
    symbol = symbol_of(name)
    symbol = replace(symbol, marks=found.marks)
    return Element(symbol, "", indices=places) if places else symbol


def renamed(node: Node, case: Case, old: str, new: str) -> Iterator[tuple[Node, Symbol]]:
    """The side with one name for another: everywhere, and at each place alone."""
    places: dict[Node, Node] = {
        s: spelled(new, f) for s, f in symbols_of(node, case).items() if f.name == old
    }
    if not places:
        return
    symbol = next(iter(places))
    plain = symbol.body if isinstance(symbol, Power) else symbol
    assert isinstance(plain, Symbol)
    yield exchanged(node, places), plain
    for one, _ in changed(node, lambda part: iter([(places[part], "")] if part in places else [])):
        yield one, plain
