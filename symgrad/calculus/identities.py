"""What functions say of one another: e^z / (1 + e^z) is σ(z), and ∂max(a, b)/∂a is 1 − ∂max(a, b)/∂b.

Where Z is log S, S is e^Z.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from msgspec.structs import replace

from symgrad.calculus.between import freed
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Group,
    Poly,
    Term,
    add,
    atom,
    constant,
    free_indices,
    fresh,
    multiply,
    power,
    rename,
    scale,
)
from symgrad.calculus.matching import match as match_array
from symgrad.calculus.relations import Quotient, Relation, Said
from symgrad.calculus.tidy import tidy
from symgrad.tree import ONE, TWO, Formula, Op


def inverted(left: Formula, right: Formula) -> Iterator[tuple[Formula, Formula]]:
    """What left = f(s) says of s: it is f⁻¹(left)."""
    match right:
        case Op("log", (inner,)):
            yield Op("exp", (left,)), inner
        case Op("sqrt", (inner,)):
            yield Op("power", (left, TWO)), inner


def identities(single: Atom) -> Iterator[Said]:
    """What is true of a symbol by the functions in it alone, wherever in an array it stands."""
    if isinstance(single, Cell):
        single = Cell(single.base, tuple(fresh(index.dim) for index in single.indices))
    yield from _of_exponentials(single)
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


def _of_exponentials(single: Atom) -> Iterator[Quotient]:
    """e^{z_i} / Σ_k e^{z_k} is softmax(z)_i, of a vector z, and of each row or column of a matrix."""
    match single:
        case Group(Poly((Term(coefficient, factors, (k,)),))) if coefficient == 1:
            exponents = [_exponent(factor) for factor in factors]
            others = sorted(free_indices(atom(single)), key=lambda index: index.name)
            if None in exponents or len(others) > 1:
                return
            at = (fresh(k.dim), *others)
            argument = rename(add(*(e for e in exponents if e is not None)), {k: at[0]})
            over = rename(Poly((Term(coefficient, factors),)), {k: at[0]})
            for axis, out in ((1, at[::-1]), (0, at)) if others else ((None, at),):
                z = match_array(argument, out)
                if z is not None:
                    told = () if axis is None else (("axis", axis),)
                    e = Op("exp", (z,))
                    below = Op("sum", (e,), (*told, ("keepdims", True)) if told else ())
                    left = Op("softmax", (z,), told)
                    yield Quotient(
                        multiply(over, power(atom(single), -1)), out, left, Op("divide", (e, below))
                    )


def _exponent(factor: tuple[Atom, Fraction]) -> Poly | None:
    """What e is raised to in a factor; None where it is no exponential."""
    match factor:
        case Apply("exp", (argument,)), times:
            return scale(argument, times)
        case Cell(Op("exp", (argument,)), indices), times:
            return scale(atom(Cell(argument, indices)), times)
    return None


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
