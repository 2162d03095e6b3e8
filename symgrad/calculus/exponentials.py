"""What exponentials make up: e^z / (1 + e^z) is σ(z), and (e^z − e^−z) / (e^z + e^−z) is tanh z."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from symgrad.calculus.index import Atom, Cell, add, atom, constant, multiply, power, scale
from symgrad.calculus.relations import Relation
from symgrad.calculus.tidy import tidy
from symgrad.tree import ONE, Formula, Op, number

TWO = number(2)


def _exp(argument: Formula, sign: int = 1) -> Formula:
    return Op("exp", (argument if sign > 0 else tidy(Op("negative", (argument,))),))


def _sigmoid(argument: Formula) -> Formula:
    return Op("divide", (ONE, Op("add", (ONE, _exp(argument, -1)))))


def _tanh(argument: Formula) -> Formula:
    up, down = _exp(argument), _exp(argument, -1)
    return Op("divide", (Op("subtract", (up, down)), Op("add", (up, down))))


DEFINED: Mapping[str, Callable[[Formula], Formula]] = {"sigmoid": _sigmoid, "tanh": _tanh}


def of_exponential(single: Atom) -> Iterator[Relation]:
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
