"""What functions say of one another: e^z / (1 + e^z) is σ(z), and ∂max(a, b)/∂a is 1 − ∂max(a, b)/∂b."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from symgrad.calculus.between import freed
from symgrad.calculus.index import Atom, Cell, add, atom, constant, multiply, power, scale
from symgrad.calculus.relations import Relation
from symgrad.calculus.tidy import tidy
from symgrad.tree import ONE, TWO, Formula, Op


def identities(single: Atom) -> Iterator[Relation]:
    """What is true of a symbol by the functions in it alone."""
    yield from _of_exponential(single)
    yield from _of_direction(single)
    yield from _of_kink(single)
    yield from _of_bounds(single)


def _exp(argument: Formula, sign: int = 1) -> Formula:
    return Op("exp", (argument if sign > 0 else tidy(Op("negative", (argument,))),))


def _sigmoid(argument: Formula) -> Formula:
    return Op("divide", (ONE, Op("add", (ONE, _exp(argument, -1)))))


def _tanh(argument: Formula) -> Formula:
    up, down = _exp(argument), _exp(argument, -1)
    return Op("divide", (Op("subtract", (up, down)), Op("add", (up, down))))


DEFINED: Mapping[str, Callable[[Formula], Formula]] = {"sigmoid": _sigmoid, "tanh": _tanh}


def _of_exponential(single: Atom) -> Iterator[Relation]:
    """e^z = σ(z) / (1 − σ(z)) = (1 − σ(−z)) / σ(−z) = (1 + tanh z/2) / (1 − tanh z/2), and e^2z likewise."""
    match single:
        case Cell(Op("exp", (argument,)), indices):
            turned = tidy(Op("negative", (argument,)))
            for function, inside, sign, exponent in (
                ("sigmoid", argument, 1, 1),
                ("sigmoid", turned, -1, 1),
                ("tanh", argument, 1, 2),
                ("tanh", tidy(Op("divide", (argument, TWO))), 1, 1),
            ):
                made = atom(Cell(Op(function, (inside,)), indices))
                less = add(constant(1), scale(made, -1))
                over = made if function == "sigmoid" else add(constant(1), made)
                ratio = multiply(power(over, sign), power(less, -sign))
                left, right = Op(function, (inside,)), DEFINED[function](inside)
                yield Relation(single, Fraction(exponent), ratio, left, right)


def _of_direction(single: Atom) -> Iterator[Relation]:
    """The direction of x is x/‖x‖, but at 0."""
    match single:
        case Cell(Op("direction", (x,)) as base, indices):
            length = atom(Cell(Op("norm", (x,))))
            ratio = multiply(atom(Cell(x, indices)), power(length, -1))
            yield Relation(single, Fraction(1), ratio, base, base)


def _of_kink(single: Atom) -> Iterator[Relation]:
    """∂max(a, b)/∂a = 1 − ∂max(a, b)/∂b, also where they are equal; of min likewise."""
    match single:
        case Cell(Op("prime", (_, _), options) as base, indices):
            told = dict(options)
            if told["function"] in ("maximum", "minimum") and told["position"] == 0:
                other = replace(base, options=tuple(sorted({**told, "position": 1}.items())))
                less = add(constant(1), scale(atom(Cell(other, indices)), -1))
                yield Relation(single, Fraction(1), less, base, Op("subtract", (ONE, other)))


def _of_bounds(single: Atom) -> Iterator[Relation]:
    """Bounds on a x + b are bounds on x."""
    match single:
        case Cell(Op("prime", (_, _, _)) as base, indices) if base.option("position") == 0:
            if base.option("function") in BOUNDED and (said := freed(base)) is not None:
                yield Relation(single, Fraction(1), atom(Cell(said, indices)), base, said)


BOUNDED = frozenset({"clip", "between"})
"""Functions whose derivative by the argument says that it lies between the bounds."""
