"""What a sheet shows of the names that no formula makes: numbers, sizes, how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from symgrad.submission.lines import Submission
from symgrad.submission.sheet.forward import SIZES, Equation, Forward
from symgrad.submission.sheet.indices import LETTERS, Range, bears, places, split, text_of
from symgrad.submission.sheet.reduce import range_of, size_name
from symgrad.submission.sheet.said import Stated
from symgrad.submission.sheet.search import Leaf
from symgrad.submission.sheet.statements import Shown
from symgrad.submission.sheet.terms import Misfit, Size
from symgrad.submission.sheet.values import number, rows
from symgrad.submission.written import (
    Element,
    Literal,
    Matrix,
    Node,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
    walk,
)

ARROWS = (r"\vec", r"\mathbf", r"\boldsymbol", r"\bm", r"\overrightarrow", "\u20d7")


class Use(Struct, frozen=True):
    """A name where a formula uses it: how many indices it bears, how many of them high, and turned or not."""

    symbol: Symbol
    indices: int
    samples: int
    turned: bool
    arrow: bool


class Sheet(Struct, frozen=True):
    """The equations that count, in order, with all that stands beside them."""

    submission: Submission
    found: Forward
    order: tuple[Symbol, ...]
    values: Mapping[Symbol, Shown]
    stated: tuple[Stated, ...]
    ranges: Mapping[str, Range]

    @property
    def equations(self) -> list[Equation]:
        """The equations below the objective, each after what it uses."""
        return [self.found.equations[name] for name in self.order]

    @property
    def leaves(self) -> list[Symbol]:
        """The names that they use and do not make; entries of an array under its name."""
        used = dict.fromkeys(name for eq in self.equations for name in self.found.used(eq))
        return [name for name in used if name not in self.found.equations]

    def timeless(self) -> Iterator[tuple[Symbol, str]]:
        """Leaves that a definition at time t would make, and t, if that is not written out."""
        for leaf in self.leaves:
            for made in self.found.equations:
                for letter in self.found.labels:
                    bare, indices = split(made, {letter})
                    alike = (leaf.base, leaf.accents) == (made.base, made.accents)
                    other = alike and made.base in self.found.timed and not bears(leaf, letter)
                    if indices and (leaf == bare or other):
                        yield leaf, letter

    def value_of(self, symbol: Symbol) -> Shown | None:
        """The numbers of a name, or of its entries: x^{(1)} = 2, x^{(2)} = 3."""
        if symbol in self.values:
            return self.values[symbol]
        found = {place: shown for item, shown in self.values.items() for place in _numbered(item, symbol)}
        indexed = any(use.indices for use in self.uses() if use.symbol == symbol)
        if not indexed or sorted(found) not in (list(range(len(found))), list(range(1, len(found) + 1))):
            return None
        ordered = [found[place] for place in sorted(found)]
        cells = [rows(shown.value) or ((shown.value,),) for shown in ordered]
        lines = [tuple(_node(cell) for line in lines for cell in line) for lines in cells]
        plain = all(number(cell) is not None for line in lines for cell in line)
        if not plain or len({len(line) for line in lines}) != 1:
            return None
        flat = len(lines[0]) == 1
        body = Matrix((tuple(line[0] for line in lines),), True) if flat else Matrix(tuple(lines))
        return replace(ordered[0], target=symbol, value=body)

    def entries(self) -> Iterator[tuple[Symbol, Symbol]]:
        """Leaves that look like an entry of an array, z_y of z_k, and that array."""
        arrays = {use.symbol for use in self.uses() if use.indices}
        for leaf in self.leaves:
            match leaf.indices:
                case (*low, Symbol(letter, "", (), ())) if len(letter) == 1:
                    whole = replace(leaf, sub="".join(map(text_of, low)), indices=tuple(low))
                    known = letter in self.found.labels or leaf in self.found.wholes
                    if whole in arrays and not known:
                        yield leaf, whole

    def sizes(self) -> frozenset[str]:
        """The letters that stand for sizes: limits of sums, stated sizes, what sums are divided by."""
        found = {size for stated in self.stated for size in stated.sizes if isinstance(size, str)}
        for equation in self.equations:
            for part in walk(equation.body):
                if isinstance(part, Sum):
                    found |= {end for end in _limits(part) if isinstance(end, str)}
                if isinstance(part, Quotient):
                    found |= {size_name(s) for s in _divisors(part.right) if s.base in SIZES}
        found |= {r.upper[0] for r in self.ranges.values() if isinstance(r.upper, tuple)}
        made = {size_name(name) for name in (*self.found.equations, *self.values)}
        return frozenset(found - made)

    def counts(self) -> dict[str, int]:
        """Sizes whose number is given: N = 4."""
        values = {symbol: number(shown.value) for symbol, shown in self.values.items()}
        return {
            size_name(symbol): int(value)
            for symbol, value in values.items()
            if value is not None and value.denominator == 1 and value > 0
        }

    def numbered(self) -> dict[str, int]:
        """The numbers of stated sizes, from N = 4 or from a matrix whose sizes are stated."""
        found = self.counts()
        for stated in self.stated:
            shown = self.values.get(stated.symbol)
            cells = rows(shown.value) if shown is not None else None
            if cells is not None and len(stated.sizes) == 2:
                sizes = zip(stated.sizes, (len(cells), len(cells[0])), strict=True)
                found |= {name: size for name, size in sizes if isinstance(name, str)}
        return found

    def zeros(self) -> Iterator[Symbol]:
        """The entries that are counted from 0: x_0 of an array x."""
        for equation in self.equations:
            for part in walk(equation.body):
                known = not isinstance(part, Symbol) or part in self.found.wholes
                if not known and places(part)[1][-1:] == (0,):  # type: ignore[arg-type]
                    yield part  # type: ignore[misc]

    def uses(self) -> Iterator[Use]:
        """Every name in the equations, where it stands."""
        for equation in self.equations:
            letters = self.found.bound(equation)
            turned = {id(p.body) for p in walk(equation.body) if isinstance(p, Transpose)}
            for part in walk(equation.body):
                if isinstance(part, Symbol):
                    bare, indices = split(part, letters)
                    high = len(indices) - len(split(replace(part, marks=(), raised=()), letters)[1])
                    arrow = has_arrow(part, self.submission)
                    yield Use(self.found.resolve(bare), len(indices), high, id(part) in turned, arrow)

    def leaf(self, symbol: Symbol, sizes: Mapping[Symbol, Mapping[int, Size]]) -> Leaf:
        """What is known of a leaf."""
        uses = [use for use in self.uses() if use.symbol == symbol]
        shown = self.value_of(symbol)
        return Leaf(
            symbol,
            None if shown is None else shown.value,
            self.stated_of(symbol),
            max((use.indices for use in uses), default=0),
            max((use.samples for use in uses), default=0),
            any(use.turned for use in uses),
            any(use.arrow for use in uses) or "bar" in symbol.accents,
            any(len(item.sizes) == 2 and item.sizes[0] == 1 for item in self.stated),
            sizes.get(symbol, {}),
        )

    def stated_of(self, symbol: Symbol) -> tuple[Size, ...] | None:
        """The sizes that the sheet states; of x^{(i)} ∈ ℝ^d behind that of the samples."""
        known = self.numbered()
        for stated in self.stated:
            if self.found.resolve(stated.symbol) == symbol:
                return tuple(
                    known.get(size, size) if isinstance(size, str) else size for size in stated.sizes
                )
        for stated in self.stated:
            letters = {letter for letter in LETTERS if letter not in self.found.labels}
            bare, indices = split(stated.symbol, letters)
            if indices and self.found.resolve(bare) == symbol and len(stated.sizes) < 2:
                return (*(None for _ in indices), *stated.sizes)
        return None

    def counted(self) -> dict[Symbol, dict[int, Size]]:
        """The sizes of axes that sums say: in Σ_{i=1}^{n} x_i, x has n entries; the largest number counts."""
        found: dict[Symbol, dict[int, Size]] = {}
        for equation in self.equations:
            letters = self.found.bound(equation)
            free = {key: over for key, over in self.ranges.items() if key in equation.letters}
            over = {**dict(_sums(equation.body)), **free}
            for part in walk(equation.body):
                for symbol, place, letter, shift in _indexed(part, letters):
                    if letter not in over or shift:
                        continue
                    size, axes = _end(over[letter]), found.setdefault(self.found.resolve(symbol), {})
                    known = axes.get(place)
                    if isinstance(size, int) and isinstance(known, int):
                        size = max(size, known)
                    if size is not None and not isinstance(known, str):
                        axes[place] = size
        return found


def _numbered(item: Symbol, symbol: Symbol) -> Iterator[int]:
    """2 of x^{(2)} or x_2, an entry of x."""
    whole, numbers = places(item)
    if numbers[1:] == () and numbers and whole == symbol:
        yield numbers[0]
    match item.raised:
        case (*rest, Literal(value)) if value.denominator == 1:
            if replace(item, marks=item.marks[:-1], raised=tuple(rest)) == symbol:
                yield int(value)


def _node(cell: Node | Fraction) -> Node:
    return Literal(cell) if isinstance(cell, Fraction) else cell


def _sums(body: Node) -> Iterator[tuple[str, Range]]:
    for part in walk(body):
        if isinstance(part, Sum) and part.index:
            try:
                yield part.index, range_of(part)
            except Misfit:
                continue


def _limits(total: Sum) -> Iterator[Size]:
    try:
        over = range_of(total)
    except Misfit:
        return
    yield over.upper[0] if isinstance(over.upper, tuple) else None


def _end(over: Range) -> Size:
    match over.upper:
        case int() as last:
            return last - min(over.lower, 1) + 1
        case (name, off) if off + min(over.lower, 1) - 1 == 0 or off:
            return name
    return None


def _indexed(part: Node, letters: frozenset[str]) -> Iterator[tuple[Symbol, int, str, int]]:
    if isinstance(part, Symbol):
        bare, indices = split(part, letters)
        yield from ((bare, place, index.letter, index.shift) for place, index in enumerate(indices))
    if isinstance(part, Element) and isinstance(part.body, Symbol):
        yield from _indexed(Symbol(part.body.base, part.sub, part.body.marks, indices=part.indices), letters)


def _divisors(node: Node) -> Iterator[Symbol]:
    match node:
        case Symbol():
            yield node
        case Product(left, right):
            yield from (*_divisors(left), *_divisors(right))
        case Literal():
            return


def has_arrow(symbol: Symbol, submission: Submission) -> bool:
    """Whether a symbol is dressed as a vector in the source, within its span or around it."""
    start, end = symbol.span.start, symbol.span.end
    around = submission.text[max(0, start - 16) : start].rstrip("{ ")
    dressed = around.endswith(ARROWS) or submission.text[start:end].startswith(ARROWS)
    return dressed and symbol.base[:1].islower()
