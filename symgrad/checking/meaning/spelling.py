"""How a name may be written, and what of a written symbol is name and what is index.

A spelling is a base with accents, and labels low and high: W_1, W^{(1)}, W^{[1]} and W^1 are one; so
are net_{h1} and ``net_h1``. What is left of the scripts behind the name are indices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.submission.written import Add, Element, Literal, Node, Power, Product, Subtract, Symbol

Spelling: TypeAlias = "tuple[str, tuple[str, ...], str, str]"
"""Base, accents, low and high labels."""

BASES: Mapping[str, str] = {"lam": "lambda", "eps": "epsilon", "varepsilon": "epsilon", "vartheta": "theta"}
BASES = {**BASES, "varphi": "phi", "varsigma": "varsigma", "ell": "ell"}
HABITS = ("hat", "tilde", "bar")
DRESS = frozenset(("vec", "d", "Delta"))
"""Accents that are no part of a name."""
UPDATED = frozenset(("+", "new", "neu", "updated", "next", "nuevo", "nueva", "nuovo", "nuova")) | frozenset(
    ("nouveau", "nouvelle", "novo", "nova", "nowe", "nowy", "nowa")
)
"""Marks of what a name is worth after an update, in the languages that people study in."""
STALE = frozenset(("old", "alt", "prev"))
IDENTITY = frozenset(("I", "Id", "eye"))
SIZED = IDENTITY | {"1"}
"""Names of constant arrays, whose subscript is their size: I_n, 𝟏_n."""
PRIMES = frozenset(("'",))


class Found(Struct, frozen=True):
    """A name of the problem in a symbol; the indices behind it, the marks that are none of its labels.

    ``exponent``: σ² is the name and σ was written. ``samples`` are indices that stand high. ``loosely``:
    a label stands elsewhere than where the problem writes it.
    """

    name: str
    indices: tuple[Node, ...] = ()
    samples: tuple[Node, ...] = ()
    marks: tuple[str, ...] = ()
    exponent: int = 1
    loosely: bool = False


def text_of(node: Node) -> str:
    """A label as text."""
    match node:
        case Symbol(base, sub, _, accents):
            return BASES.get(base, base) + sub.replace(",", "").replace("_", "") + "".join(accents)
        case Literal(value):
            return str(value)
        case Add(left, right):
            return f"{text_of(left)}+{text_of(right)}"
        case Subtract(left, right):
            return f"{text_of(left)}-{text_of(right)}"
        case Power(body, exponent) | Product(body, exponent, ""):
            return f"{text_of(body)}{text_of(exponent)}"
    return "?"


def lettered(node: Node) -> tuple[str | None, int]:
    """A letter with what is added to it: l − 1."""
    match node:
        case Symbol(base, "", (), ()) if len(base) == 1 or base == "ell":
            return base, 0
        case Add(Symbol(base, "", (), ()), Literal(value)):
            return base, int(value)
        case Subtract(Symbol(base, "", (), ()), Literal(value)):
            return base, -int(value)
    return None, 0


def labels(nodes: Iterable[Node]) -> str:
    """Labels side by side."""
    return "".join(map(text_of, nodes))


def flat_sub(symbol: Symbol) -> str:
    """The subscript without what separates its parts."""
    return symbol.sub.replace(",", "").replace("_", "").replace(" ", "")


def scripts(node: Node) -> tuple[Symbol, tuple[Node, ...]] | None:
    """A name with what stands high on it, as labels or marks; None for another node."""
    match node:
        case Symbol():
            return node, ()
        case Power(Symbol() as body, exponent):
            return body, (exponent,)
    return None


def without(symbol: Symbol, *accents: str) -> Symbol:
    """A symbol without some of its accents: X of dX and ΔX."""
    return replace(symbol, accents=tuple(accent for accent in symbol.accents if accent not in accents))


def plain_name(symbol: Symbol) -> Symbol:
    """dγ as a name of the student's own: where γ is no name of the problem, the d is a part of it."""
    return replace(without(symbol, "d"), base=f"d{symbol.base}")


def unbarred(symbol: Symbol) -> Symbol | None:
    """A symbol without the bar over it; None where there is none."""
    if "bar" not in symbol.accents:
        return None
    return without(symbol, "bar")


def spell(symbol: Symbol, low: str, high: str) -> Spelling:
    """The spelling of a base with labels."""
    accents = tuple(accent for accent in symbol.accents if accent not in DRESS)
    return BASES.get(symbol.base, symbol.base), accents, low, high


def _joined(spelling: Spelling) -> Spelling:
    base, accents, low, high = spelling
    return base, accents, low + high, ""


MOST_READ = 4000


class Spellings(Struct):
    """The written forms of the problem's names."""

    exact: dict[Spelling, tuple[str, int]] = field(default_factory=dict)
    joined: dict[Spelling, tuple[str, int]] = field(default_factory=dict)
    numbered: set[str] = field(default_factory=set)
    """Names that are written with a number: where x is written x_1, x_2 is no entry of it."""
    dressed: dict[Spelling, str] = field(default_factory=dict)
    """Names that the problem itself writes with a d or a Δ before another: da_next."""
    read: dict[Any, Any] = field(default_factory=dict)

    def put(self, node: Node, name: str, habit: bool = False, square: bool = False) -> None:
        """A form in which a name may be written; out of ``habit`` where the problem says another.

        ``square`` is whether τ² is the square of a τ, and 2 no label.
        """
        exponent = 1
        match node:
            case Power(Symbol() as body, Literal(value)) if value.denominator == 1 and not body.marks:
                if name and value == 2 and (square or text_of(body)[:5] == "sigma"):
                    self._put(_own_spelling(body, ()), name, int(value))
                    return
        found = scripts(node)
        if found is not None:
            spelling = _own_spelling(*found)
            worn = DRESS.intersection(found[0].accents) - {"vec"}
            if worn:
                self.dressed.setdefault(_joined(_worn(found[0], spelling)), name)
            self._put(spelling, name, exponent, habit)

    def find_dressed(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> str | None:
        """The name that the problem writes just so, with a d or a Δ."""
        return self.dressed.get(_joined(_worn(symbol, _own_spelling(symbol, raised))))

    def _put(self, spelling: Spelling, name: str, exponent: int, habit: bool = False) -> None:
        self.read.clear()
        if not habit:
            self.exact.setdefault(spelling, (name, exponent))
        if not spelling[2] or not spelling[3]:
            self.joined.setdefault(_joined(spelling), (name, exponent))

    def get(self, spelling: Spelling) -> tuple[str, int] | None:
        """The name of a spelling; a single label may stand low or high."""
        found = self.exact.get(spelling)
        if found is None and not (spelling[2] and spelling[3]):
            found = self.joined.get(_joined(spelling))
        if found is None and spelling[2] and spelling[3]:
            base, accents, low, high = spelling
            found = self.joined.get((base, accents, low + high, "")) or self.joined.get(
                (base, accents, high + low, "")
            )
        return found

    def symbol_of(self, name: str) -> Symbol | None:
        """A symbol for a name; None where it is only written with something high on it."""
        keys = (key for key, named in self.exact.items() if named == (name, 1) and not key[3])
        return next((Symbol(base, low, (), accents) for base, accents, low, _ in keys), None)

    def is_exact(self, symbol: Symbol, exponent: Node) -> bool:
        """Whether a name is written with just this high on it: a^2 where the problem says so, and a^2_j."""
        marks, high = _parted(symbol)
        lows = {flat_sub(symbol), *(labels(symbol.indices[:cut]) for cut in range(len(symbol.indices)))}
        return not marks and any(
            spell(symbol, low, labels((*high, exponent))) in self.exact for low in sorted(lows)
        )

    def is_base(self, base: str) -> bool:
        """Whether names with labels on this letter are the problem's."""
        return any(key[0] == base and not key[1] and (key[2] or key[3]) for key in self.joined)

    def stands_high(self, label: Node) -> bool:
        """Whether the problem writes names with this label high on them."""
        return any(key[3] == text_of(label) for key in self.exact)

    def find(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> Iterator[Found]:
        """The readings of a symbol, those with the longest name first."""
        key = (id(symbol), *map(id, raised))
        if key not in self.read:
            if len(self.read) >= MOST_READ:
                self.read.clear()
            self.read[key] = (tuple(self._find(symbol, raised)), symbol, raised)  # kept alive, ids stay
        return iter(self.read[key][0])

    def _find(self, symbol: Symbol, raised: tuple[Node, ...]) -> Iterator[Found]:
        marks, high = _parted(symbol)
        high = (*high, *raised)
        low = symbol.indices
        whole = flat_sub(symbol)
        if low and text_of(low[-1]) in UPDATED | STALE:
            marks, low = (*marks, text_of(low[-1])), low[:-1]
            whole = labels(low)
        if marks and (known := self.get(spell(symbol, whole, labels(high) + "".join(marks)))) is not None:
            yield Found(known[0], (), (), (), known[1])
        for cut in range(len(low) - 1, -1, -1) if marks else ():  # an entry of X′
            known = self.get(spell(symbol, labels(low[:cut]), labels(high) + "".join(marks)))
            if known is not None:
                yield Found(known[0], low[cut:], (), (), known[1])
        if (
            len(high) == 1
            and text_of(high[0]) == "2"
            and (known := self.get(spell(symbol, whole, ""))) is not None
        ) and known[1] == 2:
            yield Found(known[0], (), (), marks, 1)
        if (known := self.get(spell(symbol, whole, labels(high)))) is not None:
            yield Found(known[0], (), (), marks, known[1])
        yield from sorted(self._cut(symbol, low, high, marks, whole), key=lambda found: found.loosely)

    def _cut(
        self,
        symbol: Symbol,
        low: tuple[Node, ...],
        high: tuple[Node, ...],
        marks: tuple[str, ...],
        whole: str,
    ) -> Iterator[Found]:
        """The readings with some of the scripts as labels: z^2_3 is the third of z^2, if that is a name."""
        for cut in range(len(low), -1, -1):
            for top in range(len(high), -1, -1):
                if cut == len(low) and top == len(high) and labels(low) == whole:
                    continue
                spelling = spell(symbol, labels(low[:cut]), labels(high[:top]))
                known = self.get(spelling)
                if known is None or (not cut and known[0] in self.numbered and labels(low).isdigit()):
                    continue
                squared = known[1] == 2 and labels(high[top:]) == "2"
                samples, exponent = ((), 1) if squared else (high[top:], known[1])
                yield Found(known[0], low[cut:], samples, marks, exponent, spelling not in self.exact)


def _own_spelling(symbol: Symbol, raised: tuple[Node, ...]) -> Spelling:
    marks, high = _parted(symbol)
    return spell(symbol, flat_sub(symbol), labels((*high, *raised)) + "".join(marks))


def _worn(symbol: Symbol, spelling: Spelling) -> Spelling:
    """The spelling with a d and a Δ as a part of it."""
    base, _, low, high = spelling
    return base, tuple(accent for accent in symbol.accents if accent != "vec"), low, high


def _parted(symbol: Symbol) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    """Marks that are none of the labels (+, ', new), and the labels that stand high, as nodes."""
    marks: list[str] = []
    high: list[Node] = []
    for n, mark in enumerate(symbol.marks):
        if mark[:1] in "([" and n < len(symbol.raised):
            high.append(symbol.raised[n])
        else:
            marks.append(mark)
    return tuple(marks), tuple(high)


__all__ = [
    "Element",
    "Found",
    "Spelling",
    "Spellings",
    "chain",
    "labels",
    "scripts",
    "spell",
    "text_of",
]
