"""Sums of entries with their common factors before a bracket: o_i (δ_ij − o_j)."""

from __future__ import annotations

from symgrad.calculus.index import Poly, Term, scale
from symgrad.calculus.matching import factors_out
from symgrad.calculus.spelling import Letters, spell
from symgrad.calculus.tidy import tidy
from symgrad.tree import Formula, Op


def factored(poly: Poly, letters: Letters) -> Formula:
    """What all terms share, times what is left; a number alone is not worth a bracket, nor is a
    denominator before other fractions.
    """
    common, rest = factors_out(poly) if len(poly.terms) > 1 else (None, poly)
    if common is None or not common.factors or (_divides_only(common) and any(map(_divides, rest.terms))):
        return spell(poly, letters)
    if all(term.coefficient < 0 for term in rest.terms):
        return Op("negative", (_bracketed(Poly((common,)), scale(rest, -1), letters),))
    return _bracketed(Poly((common,)), rest, letters)


def _divides(term: Term) -> bool:
    return any(exponent < 0 for _, exponent in term.factors)


def _divides_only(term: Term) -> bool:
    return all(exponent < 0 for _, exponent in term.factors)


def _bracketed(common: Poly, rest: Poly, letters: Letters) -> Formula:
    return tidy(Op("multiply", (spell(common, letters), spell(rest, letters))))
