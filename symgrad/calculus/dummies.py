"""Names of bound indices: those that are the same whatever they were called before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from itertools import chain, count, islice, product
from math import factorial, prod
from typing import TypeAlias

from symgrad.calculus.atoms import atom_indices, factor_text, indices_of
from symgrad.calculus.terms import Atom, Cell, Factors, Index

Renaming: TypeAlias = "Mapping[Index, Index]"
Renamed: TypeAlias = "Callable[[Atom, Renaming], Atom]"
MOST_ORDERS = 5040
"""Orders beyond which the first is taken: the form is then not the same for all names."""
ROUNDS = 4
"""How often indices are told apart by those that they stand together with."""
LEAST_ALIKE = 3
"""Indices of one colour; of two, both orders are tried as soon as it is seen whether they differ."""


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


def orders(factors: Factors, bound: tuple[Index, ...], renamed: Renamed) -> Iterable[tuple[Index, ...]]:
    """Orders of the bound indices to try: all that respect a colouring by how each index is used."""
    if len(bound) < 2:
        return [bound]
    classes: dict[str, list[Index]] = defaultdict(list)
    colours = _coloured(factors, bound, renamed)
    for index in bound:
        classes[colours[index]].append(index)
    groups = [_alike(classes[colour], factors, renamed) for colour in sorted(classes)]
    if prod(map(_arrangements, groups)) > MOST_ORDERS:
        return [tuple(index for group in groups for alike in group for index in alike)]
    return (tuple(chain.from_iterable(parts)) for parts in product(*map(_arranged, groups)))


def _alike(group: list[Index], factors: Factors, renamed: Renamed) -> list[list[Index]]:
    """The indices of one colour, together those that may be exchanged without changing anything."""
    if len(group) < LEAST_ALIKE:
        return [[index] for index in group]
    found: list[list[Index]] = []
    for index in group:
        for part in found:
            swapped = {index: part[0], part[0]: index}
            if {(renamed(single, swapped), exponent) for single, exponent in factors} == set(factors):
                part.append(index)
                break
        else:
            found.append([index])
    return found


def _arrangements(alike: list[list[Index]]) -> int:
    return factorial(sum(map(len, alike))) // prod(factorial(len(part)) for part in alike)


def _arranged(alike: list[list[Index]]) -> Iterator[tuple[Index, ...]]:
    """All orders in which those that are alike stand as they stood."""
    if not any(alike):
        yield ()
    for n, part in enumerate(alike):
        if part:
            for rest in _arranged([*alike[:n], part[1:], *alike[n + 1 :]]):
                yield (part[0], *rest)


def _coloured(factors: Factors, bound: tuple[Index, ...], renamed: Renamed) -> dict[Index, str]:
    """What tells the indices apart: how each stands in the factors, first alone, then beside the others."""
    colours = {index: str(index.dim) for index in bound}
    own = {index: Index("*", index.dim) for index in bound}
    alone, beside = dict[Index, list[str]](), dict[Index, Factors]()
    for index in bound:
        uses = [factor for factor in factors if index in atom_indices(factor[0])]
        beside[index] = tuple(f for f in uses if len(atom_indices(f[0]).intersection(bound)) > 1)
        alone[index] = [_told(f, {index: own[index]}, renamed) for f in uses if f not in beside[index]]
    for _ in range(min(len(bound), ROUNDS)):
        marks = {index: Index(f"({colour})", index.dim) for index, colour in colours.items()}
        for index in bound:
            others = (_told(f, {**marks, index: own[index]}, renamed) for f in beside[index])
            colours[index] = _colour(index, sorted([*alone[index], *others]))
    return colours


def _told(factor: tuple[Atom, Fraction], mapping: Renaming, renamed: Renamed) -> str:
    """The text of a factor renamed; that of an entry is written without making one."""
    single, exponent = factor
    if isinstance(single, Cell):
        indices = tuple(mapping.get(index, index) for index in single.indices)
        return f"Cell(base={single.base!r}, indices={indices!r})^{exponent}"
    return factor_text((renamed(single, mapping), exponent))


def _colour(index: Index, uses: Iterable[str]) -> str:
    return blake2b(" ".join([str(index.dim), *uses]).encode(), digest_size=8).hexdigest()
