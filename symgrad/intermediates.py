"""Names for what a formula hides: softmax(W h + b) becomes a₁ = W h + b and softmax(a₁).

A gradient is written with the names of quantities; a softmax, a norm or an activation in the middle
of a formula has none, and the same long expression would stand in every gradient that passes it.

Large parts get names too: written out, the derivative of a product of n factors has n of n − 1, that of
n functions inside one another 2ⁿ terms. With names what is derived is as long as what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from itertools import chain, count
from types import MappingProxyType

from msgspec.structs import replace

from symgrad.graph import Graph
from symgrad.operations import operation
from symgrad.tree import Formula, Name, Number, Op, walk

ARITHMETIC = frozenset({"add", "subtract", "multiply", "divide", "power", "negative", "maximum", "minimum"})
COMPARISONS = frozenset({"less", "less_equal", "greater", "greater_equal", "equal"})
"""A condition is part of the choice that it makes."""
SOFTMAX = frozenset({"softmax", "log_softmax", "logsumexp"})
HEAVIEST = 30
"""What a part without a name weighs at most; none of a thousand formulas of textbooks has a heavier one."""
FLAT = frozenset({"add", "subtract", "negative", "multiply", "divide"})
"""Elementwise operations that do not double what is inside them."""
EXTRA = {"matmul": 3}
"""What an operation adds to the weight of its arguments; others one."""

NONE: Mapping[str, tuple[str, str]] = MappingProxyType({})

STEMS = (*"azuvqrhbcdpst", "aux")
"""What new names begin with: the first that names nothing."""
FAMILIES = STEMS[:8]
"""What new families of names begin with."""


def name_intermediates(
    graph: Graph, taken: Collection[str] = (), repeated: Mapping[str, tuple[str, str]] = NONE
) -> Graph:
    """The same graph with a quantity of its own for every hidden part worth a name.

    The new names (a1, a2, …) are in ``auxiliary``; values and gradients of the quantities that were there
    do not change. Where ``a`` is a name, or one of the letters that are ``taken``, a₁ would look like an
    entry of it, and they are z1, z2, …. ``repeated`` has, for a quantity of a family, the formula that it
    comes from and the brackets of its name: a part of h[2] is a[2].
    """
    used = {*graph.shapes, *_sizes(graph), *taken}
    used |= {name.partition("[")[0] for name in used}
    letters, stems = _fresh({*used, *(FAMILIES if repeated else ())}), _stems(used)
    shared: dict[Formula, str] = {}
    auxiliary: list[str] = []
    quantities: dict[str, Formula] = {}
    shapes = dict(graph.shapes)
    for name, formula in graph.quantities.items():
        if name in repeated:  # each round has parts of its own, so that all rounds are alike
            opened, fresh = _opened(formula, _members(*repeated[name], stems), {}, root=True)
        else:
            opened, fresh = _opened(formula, letters, shared, root=True)
        for new, part in fresh:
            quantities[new] = part
            shapes[new] = replace(graph, shapes=shapes, _cache={}).shape(part)
            auxiliary.append(new)
        quantities[name] = opened
    if not auxiliary:
        return graph
    ordered = {name: shapes[name] for name in (*graph.leaves, *quantities)}
    return replace(graph, quantities=quantities, shapes=ordered, auxiliary=tuple(auxiliary), _cache={})


def _stems(used: Set[str]) -> Callable[[tuple[str, int]], str]:
    """A stem for each part of a formula that is repeated, the same in every round."""
    seen = {name.lower() for name in used}
    free = chain((stem for stem in FAMILIES if stem not in seen), (f"aux_{n}" for n in count(1)))
    found: dict[tuple[str, int], str] = {}

    def stem(part: tuple[str, int]) -> str:
        if part not in found:
            found[part] = next(free)
        return found[part]

    return stem


def _members(head: str, brackets: str, stem: Callable[[tuple[str, int]], str]) -> Iterator[str]:
    """The names of the parts of one formula in one round: a[2], z[2]."""
    return (f"{stem((head, n))}{brackets}" for n in count())


def _fresh(taken: Set[str]) -> Iterator[str]:
    """New names, none of which is written as one that is taken: a_1 is written as a1 is."""
    seen = {name.lower() for name in taken}  # a_1 may also be a row of A
    stem = next((stem for stem in STEMS if stem not in seen), STEMS[-1])
    return (f"{stem}{n}" for n in count(1) if taken.isdisjoint((f"{stem}{n}", f"{stem}_{n}")))


def _sizes(graph: Graph) -> set[str]:
    return {str(dim) for shape in graph.shapes.values() for dim in shape}


def _opened(
    formula: Formula, letters: Iterator[str], made: dict[Formula, str], *, root: bool = False
) -> tuple[Formula, list[tuple[str, Formula]]]:
    """The formula with its hidden parts replaced by names, and the new (name, formula) pairs in order."""
    if not isinstance(formula, Op) or not formula.args:
        return formula, []
    fresh: list[tuple[str, Formula]] = []
    args: list[Formula] = []
    for arg in formula.args:
        inner, found = _opened(arg, letters, made, root=_is_square(formula))
        fresh += found
        if isinstance(inner, Op) and (formula.name in SOFTMAX or _activates(formula) or _is_large(inner)):
            inner = _named(inner, letters, made, fresh)
        args.append(inner)
    whole: Formula = replace(formula, args=tuple(args))
    if not root and _hides(formula):
        whole = _named(whole, letters, made, fresh)
    return whole, fresh


def _named(
    part: Formula, letters: Iterator[str], made: dict[Formula, str], fresh: list[tuple[str, Formula]]
) -> Name:
    if part not in made:
        made[part] = next(letters)
        fresh.append((made[part], part))
    return Name(made[part])


def _is_large(op: Op) -> bool:
    return op.name not in COMPARISONS and weight(op) > HEAVIEST


def weight(formula: Formula) -> int:
    """About how many terms the derivative of a formula has where it is written out."""
    if not isinstance(formula, Op) or not formula.args:
        return 1
    inside = sum(map(weight, formula.args))
    compound = any(isinstance(arg, Op) for arg in formula.args)
    bends = operation(formula.name).kind == "elementwise" and formula.name not in FLAT
    return 2 * inside if bends and compound else inside + EXTRA.get(formula.name, 1)


def _activates(op: Op) -> bool:
    """Whether an operation is an activation of a product: in tanh(W x + b) a pre-activation is hidden."""
    record = operation(op.name)
    return record.kind == "elementwise" and op.name not in ARITHMETIC and _multiplies(op.args[0])


def _is_square(op: Op) -> bool:
    """‖x‖² is the sum of squares, and its derivative is free of the norm: nothing is hidden in it."""
    match op:
        case Op("power", (Op("norm"), Number(exponent))):
            return exponent == 2
    return False


def _multiplies(formula: Formula) -> bool:
    return any(isinstance(node, Op) and node.name == "matmul" for node in walk(formula))


def _hides(op: Op) -> bool:
    """Whether an operation inside a formula deserves a name: a structured or non-linear one of a compound."""
    record = operation(op.name)
    if record.kind == "linear" or op.name in ARITHMETIC | COMPARISONS or not isinstance(op.args[0], Op):
        return False
    return record.kind == "structured" or _multiplies(op.args[0])
