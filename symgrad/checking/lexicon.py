"""Which name of the problem a written symbol stands for, whatever it is dressed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from symgrad.errors import SymgradError
from symgrad.submission.read import read_maths
from symgrad.submission.written import Element, Literal, Node, Power, Symbol, walk

Key: TypeAlias = "tuple[str, tuple[str, ...], tuple[str, ...]]"
"""Letters and subscript run together, accents, marks: how a symbol is looked up."""

SPELLINGS: Mapping[str, str] = {"lam": "lambda", "eps": "epsilon", "varepsilon": "epsilon", "ell": "l"}
ACCENTS = ("hat", "tilde", "bar")
LAYER = re.compile(r"[(\[](\w+)[)\]]")
INDEX = re.compile(r"([a-z]|\d{1,9})([+-]\d{1,9})?")
LOOKED_UP = 4096
"""Names, and subscripts, whose readings are kept: the same ones come back on every line."""
LONGEST = 40
"""Characters of a subscript, or of a mark, of a name that can be looked up."""
OBJECTIVES = frozenset(
    ("L", "J", "E", "C", "Loss", "loss", "cost", "Cost", "l", "out", "error", "Error", "Etotal")
)
"""What people call the objective when the problem calls it otherwise."""
RATES = frozenset(("alpha", "eta", "lr", "epsilon", "gamma", "rate"))
"""What people call the learning rate."""


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the problem; the symbol is a root of it where σ² is the quantity and σ is written."""

    name: str
    exponent: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """One index of an entry: a letter or a position from 1, and what is added to it."""

    base: str | int
    offset: int = 0


@dataclass
class Lexicon:
    """The written forms of the problem's names, and the names that the student gave them."""

    known: dict[Key, Known] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    objective: str = ""
    rate: str = ""

    def find(self, symbol: Symbol) -> Known | None:
        """The name a symbol stands for as a whole, its marks and accents included."""
        return next((self.known[key] for key in keys(symbol) if key in self.known), None)

    def loosely(self, symbol: Symbol) -> Known | None:
        """The same, where case, a bar for a vector, and habitual names of the objective are forgiven."""
        plain = replace(symbol, accents=tuple(a for a in symbol.accents if a not in ("bar", "Delta", "d")))
        found = self.find(plain) if plain != symbol and "bar" in symbol.accents else None
        if found is None and not symbol.marks and not symbol.accents:
            folded = flat(symbol).lower()
            alike = [k for k in self.known if k[0].lower() == folded and not k[1] and not k[2]]
            found = self.known[alike[0]] if len(alike) == 1 and len(folded) > 0 else None
        if found is None and flat(symbol) in OBJECTIVES and not symbol.marks and not symbol.accents:
            found = Known(self.objective)
        if found is None and self.rate and flat(symbol) in RATES and not symbol.marks and not symbol.accents:
            found = Known(self.rate)
        return found

    def bind(self, symbol: Symbol, name: str) -> None:
        """From now on ``symbol`` is ``name``."""
        self.known.setdefault(keys(symbol)[0], Known(name))

    def entries(self, symbol: Symbol) -> Iterator[tuple[Known, tuple[Place, ...]]]:
        """The readings of a symbol as an entry of a named array: X_ij, W_{1,ij}, x^{(i)}_2."""
        for prefix, rest in splits(symbol.sub):
            places = indices(rest)
            known = self.find(replace(symbol, sub=prefix))
            if known is not None:
                yield from ((known, found) for found in places)


def flat(symbol: Symbol) -> str:
    """Letters and subscript without what separates them: ``net_{h1}`` and ``net_h1`` are one name."""
    base = SPELLINGS.get(symbol.base, symbol.base)
    return base + re.sub(r"[_,\s]", "", symbol.sub)


@lru_cache(LOOKED_UP)
def keys(symbol: Symbol) -> list[Key]:
    """How a symbol may be looked up; a layer's number stands high or low: W^{(2)} is W_2."""
    found: list[Key] = [(flat(symbol), symbol.accents, symbol.marks)]
    for n, mark in enumerate(symbol.marks):
        layer = LAYER.fullmatch(mark)
        if layer:
            rest = symbol.marks[:n] + symbol.marks[n + 1 :]
            base = SPELLINGS.get(symbol.base, symbol.base)
            low = re.sub(r"[_,\s]", "", symbol.sub)
            found += [
                (base + layer[1] + low, symbol.accents, rest),
                (base + low + layer[1], symbol.accents, rest),
            ]
    return list(dict.fromkeys(found))


def is_short(node: Node) -> bool:
    """Whether no name in a side is longer than any that somebody would give."""
    named = [part for part in walk(node) if isinstance(part, Symbol | Element)]
    marks = (mark for part in named if isinstance(part, Symbol) for mark in part.marks)
    return all(len(text) <= LONGEST for text in (*(part.sub for part in named), *marks))


def splits(sub: str) -> Iterator[tuple[str, str]]:
    """A subscript cut in two, a name's own part and indices; the longest own part first."""
    for cut in range(len(sub) - 1, -1, -1):
        yield sub[:cut].rstrip(","), sub[cut:].lstrip(",")


@lru_cache(LOOKED_UP)
def indices(text: str) -> list[tuple[Place, ...]]:
    """The readings of a text as indices: ``ij``, ``i,j``, ``12`` (one index or two), ``t-1``."""
    if "," in text:
        parts = [indices(part) for part in text.split(",")]
        return [tuple(place for part in parts for place in part[0])] if all(parts) else []
    matches = list(INDEX.finditer(text))
    if not matches or "".join(m[0] for m in matches) != text:
        return []
    found = [tuple(map(_place, matches))]
    if text.isdigit() and len(text) > 1:
        found.append(tuple(Place(int(digit)) for digit in text))
    return found


def _place(match: re.Match[str]) -> Place:
    base, offset = match[1], int(match[2] or 0)
    return Place(int(base) if base.isdigit() else base, offset)


def build_lexicon(names: Iterable[str], write: Mapping[str, str], objective: str, rate: str) -> Lexicon:
    """The written forms of all names: as in the file, by habit (``y_hat`` is ŷ), and as ``write`` says."""
    ordered = tuple(names)
    lexicon = Lexicon(names=ordered, objective=objective, rate=rate)
    for name in ordered:
        for node in chain(_written(write.get(name)), _habits(name)):
            match node:
                case Symbol():
                    for key in keys(node):
                        lexicon.known.setdefault(key, Known(name))
                case Power(Symbol() as body, Literal(value)) if value.denominator == 1:
                    for key in keys(body):
                        lexicon.known.setdefault(key, Known(name, int(value)))
    return lexicon


def _written(latex: str | None) -> Iterator[Node]:
    try:
        if latex is not None:
            yield read_maths(latex)
    except SymgradError:
        return  # what cannot be read is still found by its name in the file


def _habits(name: str) -> Iterator[Node]:
    base, _, sub = name.partition("_")
    yield Symbol(base, sub)
    for accent in ACCENTS:
        for ending in (f"_{accent}", accent):
            if name.endswith(ending) and name != ending:
                yield Symbol(name.removesuffix(ending), accents=(accent,))
            head, _, tail = name.partition(accent)
            if head and tail and head[-1] != "_" and len(head) <= 2:
                yield Symbol(head, tail.lstrip("_"), accents=(accent,))
