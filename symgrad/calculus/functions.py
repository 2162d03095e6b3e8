"""Functions of scalars inside polynomials, with the few identities that hold wherever they are defined."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symgrad.calculus.index import Apply, Group, Poly, Term, add, atom, constant, multiply, power, scale


def apply(function: str, *args: Poly, options: tuple[tuple[str, Any], ...] = ()) -> Poly:
    """function(args): exp of a sum is a product of exps, log of a positive product a sum of logs."""
    rule = IDENTITIES.get(function)
    return rule(*args) if rule else atom(Apply(function, args, options))


def _exp(argument: Poly) -> Poly:
    """e^(Σ c·m) = Π (e^m)^c."""
    return multiply(*(_exp_term(term) for term in argument.terms))


def _exp_term(term: Term) -> Poly:
    match term.factors:
        case ((Apply("log", (inner,)), power_of_log),) if power_of_log == 1 and not term.bound:
            return power(inner, term.coefficient)
    monic = Poly((Term(Fraction(1), term.factors, term.bound),))
    return atom(Apply("exp", (monic,)), term.coefficient)


def _log(argument: Poly) -> Poly:
    """log(a · Π p^e) = log a + Σ e log p for factors p that are positive everywhere."""
    if argument == constant(1):
        return constant(0)
    if len(argument.terms) != 1 or argument.terms[0].bound or argument.terms[0].coefficient <= 0:
        return atom(Apply("log", (argument,)))
    (term,) = argument.terms
    positive = [(s, e) for s, e in term.factors if is_positive(s)]
    rest = [(s, e) for s, e in term.factors if not is_positive(s)]
    if len(rest) > 1 or (rest and rest[0][1] % 2 == 0):
        return atom(Apply("log", (argument,)))
    logs = [scale(_log_atom(s), e) for s, e in positive + rest]
    if term.coefficient != 1:
        logs.append(atom(Apply("log", (constant(term.coefficient),))))
    return add(*logs)


def _log_atom(single: Any) -> Poly:
    if isinstance(single, Apply) and single.function == "exp":
        return single.args[0]
    inner = single.poly if isinstance(single, Group) else atom(single)
    return atom(Apply("log", (inner,)))


def is_positive(single: Any) -> bool:
    """Whether an atom is > 0 for all values: exponentials, and sums of positive terms."""
    match single:
        case Apply("exp", _):
            return True
        case Group(poly):
            return all(t.coefficient > 0 and all(is_positive(s) for s, _ in t.factors) for t in poly.terms)
    return False


IDENTITIES: dict[str, Callable[[Poly], Poly]] = {"exp": _exp, "log": _log}
