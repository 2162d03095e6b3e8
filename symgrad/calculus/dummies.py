"""Names of bound indices: those that are the same whatever they were called before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, count, islice, permutations, product
from math import factorial, prod
from typing import TypeAlias

from symgrad.calculus.atoms import atom_indices, indices_of
from symgrad.calculus.terms import Atom, Factors, Index

Renaming: TypeAlias = "Mapping[Index, Index]"
MOST_ORDERS = 5040
ROUNDS = 4
"""How often indices are told apart by those that they stand together with."""


def letters(factors: Factors, bound: Sequence[Index]) -> tuple[str, ...]:
    """Names _1, _2, … for the bound indices, which no free index of the factors has."""
    taken = {index.name for index in indices_of(factors).difference(bound)}
    return tuple(islice((name for n in count(1) if (name := f"_{n}") not in taken), len(bound)))


def unused(bound: Iterable[Index], taken: frozenset[Index]) -> dict[Index, Index]:
    """New indices for bound ones: none that is taken, or bound itself."""
    bound = tuple(bound)
    names = {index.name for index in taken.union(bound)}
    free = (name for n in count(1) if (name := f"_{n}a") not in names)
    return {index: Index(name, index.dim) for index, name in zip(bound, free, strict=False)}


def orders(
    factors: Factors, bound: tuple[Index, ...], renamed: Callable[[Atom, Renaming], Atom]
) -> Iterable[tuple[Index, ...]]:
    """Orders of the bound indices to try: all that respect a colouring by how each index is used."""
    if len(bound) < 2:
        return [bound]
    classes: dict[str, list[Index]] = defaultdict(list)
    colours = _coloured(factors, bound, renamed)
    for index in bound:
        classes[colours[index]].append(index)
    groups = [classes[colour] for colour in sorted(classes)]
    if prod(factorial(len(group)) for group in groups) > MOST_ORDERS:
        return [tuple(chain.from_iterable(groups))]
    return (tuple(chain.from_iterable(parts)) for parts in product(*map(permutations, groups)))


def _coloured(
    factors: Factors, bound: tuple[Index, ...], renamed: Callable[[Atom, Renaming], Atom]
) -> dict[Index, str]:
    colours = {index: str(index.dim) for index in bound}
    uses = {index: [f for f in factors if index in atom_indices(f[0])] for index in bound}
    for _ in range(min(len(bound), ROUNDS)):
        marks = {index: Index(f"({colour})", index.dim) for index, colour in colours.items()}
        colours = {index: _colour(index, uses[index], marks, renamed) for index in bound}
    return colours


def _colour(
    index: Index,
    uses: Iterable[tuple[Atom, object]],
    marks: dict[Index, Index],
    renamed: Callable[[Atom, Renaming], Atom],
) -> str:
    marked = {**marks, index: Index("*", index.dim)}
    told = sorted(f"{renamed(single, marked)!r}^{exponent}" for single, exponent in uses)
    return blake2b(" ".join([str(index.dim), *told]).encode(), digest_size=8).hexdigest()

