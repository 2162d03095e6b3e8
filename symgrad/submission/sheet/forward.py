"""Which definitions of a sheet are its forward pass, and what is differentiated by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.indices import LETTERS, bears, loose, places, split
from symgrad.submission.sheet.names import is_gradient
from symgrad.submission.sheet.own import inlined, own_functions
from symgrad.submission.sheet.patterns import ONE, recognised
from symgrad.submission.sheet.reduce import size_name
from symgrad.submission.sheet.statements import Definition, Shown, Statements, is_list, names
from symgrad.submission.sheet.unroll import recurring
from symgrad.submission.sheet.values import number, rows
from symgrad.submission.written import (
    Call,
    Cases,
    Comparison,
    Derivative,
    Node,
    Product,
    Sum,
    Symbol,
    parts,
    transform,
    walk,
)

MOST_EQUATIONS = 500
"""What stands behind so many is not read: a forward pass stands before its derivatives."""
OBJECTIVES = ("J", "L", "E", "C", "Loss", "loss", "cost", "Cost", "MSE", "CE", "f")
SIZES = frozenset(("N", "n", "m", "M", "B", "T", "K"))
"""Letters for the number of samples."""


class Equation(Struct, frozen=True):
    """A forward equation: a name without its indices, the letters of those, and the formula."""

    name: Symbol
    power: int
    letters: tuple[str, ...]
    body: Node
    source: Definition


class Forward(Struct):
    """The equations under their names, the other names of the same things, and what could not be read.

    ``labels`` are letters that count nothing here, as t in h_t and h_{t−1} of an unspecified t; ``sizes``
    those for sizes; ``wholes`` the names of which the sheet says what they are: x_1 is an entry of x;
    ``timed`` the bases of such recurrences; ``circles`` are definitions by what rests on them.
    """

    equations: dict[Symbol, Equation] = field(default_factory=dict)
    aliases: dict[Symbol, Symbol] = field(default_factory=dict)
    functions: dict[Symbol, Definition | None] = field(default_factory=dict)
    refused: list[Definition] = field(default_factory=list)
    labels: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    wholes: frozenset[Symbol] = frozenset()
    timed: frozenset[str] = frozenset()
    circles: list[Definition] = field(default_factory=list)

    def resolve(self, symbol: Symbol) -> Symbol:
        """A symbol under its first name."""
        if symbol in self.aliases or symbol in self.equations or len(symbol.base) < 2:
            return self.aliases.get(symbol, symbol)
        alike = (name for name in self.equations if name.base.lower() == symbol.base.lower())
        return next((name for name in alike if replace(name, base=symbol.base) == symbol), symbol)

    def whole(self, symbol: Symbol) -> Symbol:
        """The array that x_1 is an entry of, where the sheet speaks of it and not of x_1."""
        array, numbers = places(symbol)
        return array if numbers and symbol not in self.wholes and array in self.wholes else symbol

    def used(self, equation: Equation) -> list[Symbol]:
        """The names in an equation, as far as they are no indices, in order."""
        letters = self.bound(equation)
        bare = (self.resolve(split(name, letters)[0]) for name in names(equation.body))
        found = dict.fromkeys(self.whole(name) for name in bare if name != Symbol("1"))
        return [n for n in found if not (n.base in letters and not n.sub) and n not in self.functions]

    def bound(self, equation: Equation) -> frozenset[str]:
        """The letters that are indices somewhere in an equation."""
        body = equation.body
        sums = {part.index for part in walk(body) if isinstance(part, Sum) and part.index}
        heads = [part.head for part in walk(body) if isinstance(part, Call)]
        below = {letter for head in heads for letter in functions.letters_below(head)}
        bare = [part.body for part in walk(body) if isinstance(part, Sum) and not part.index]
        free = {letter for node in bare for letter in loose(node, self.labels)}
        return frozenset((*equation.letters, *sums, *below, *free))

    def below(self, target: Symbol) -> list[Symbol]:
        """The names of the equations that a quantity rests on, itself last: each after what it uses."""
        done: dict[Symbol, None] = {}

        def visit(name: Symbol) -> None:
            if name in self.equations and name not in done:
                for used in self.used(self.equations[name]):
                    visit(used)
                done[name] = None

        visit(target)
        return list(done)


def forward_pass(stated: Statements, sized: Iterable[Symbol], sizes: frozenset[str]) -> Forward:
    """The equations: of each name the first whose names the sheet knows too, else the first.

    ``sized`` are the names of which the sheet says sizes, ``sizes`` its letters for these.
    """
    labels = frozenset(letter for item in stated.definitions for letter in recurring(item))
    timed = frozenset(item.target.base for item in stated.definitions if {*recurring(item)})
    shown = {item.target for item in stated.shown}
    wholes = frozenset((*shown, *sized, *(item.target for item in stated.definitions)))
    found = Forward({}, {}, own_functions(stated), [], labels, sizes, wholes, timed)
    rules = found.functions
    stating = [item for item in stated.definitions if not (item.parameters and item.target in rules)]
    candidates = [_equation(item, stated, found) for item in stating]
    usable = [equation for equation in candidates if equation is not None][:MOST_EQUATIONS]
    found.refused = [item for item, eq in zip(stating, candidates, strict=True) if eq is None]
    defined = {equation.name for equation in usable if not equation.source.copy}
    for equation in usable:
        if equation.source.copy and (equation.name in defined or equation.name in shown):
            continue
        _call_also(found, equation, defined)
    known = {*defined, *shown, *found.aliases}
    ranked = sorted(usable, key=lambda eq: (eq.source.copy, not _familiar(found, eq, known)))
    for equation in ranked:
        if equation.name not in found.equations and equation.name not in found.aliases:
            _accept(found, equation)
    _continue(found, stated, shown)
    return found


def _continue(found: Forward, stated: Statements, shown: set[Symbol]) -> None:
    """Where ∂L/∂Y comes from above as D, L changes as Σ D ⊙ Y does."""
    for item in stated.upstream:
        if item.of not in found.equations and item.wrt in found.equations and item.name in shown:
            body = Sum(Product(item.name, item.wrt, "odot"))
            source = Definition(item.of, 1, body, item.side, item.line)
            found.equations[item.of] = Equation(item.of, 1, (), body, source)


def _call_also(found: Forward, equation: Equation, defined: set[Symbol]) -> None:
    for other in equation.source.also:
        if other not in defined and other != equation.name:
            found.aliases.setdefault(other, equation.name)


def _familiar(found: Forward, equation: Equation, known: set[Symbol]) -> bool:
    used = found.used(equation)
    return all(n in known or n.base in SIZES or size_name(n) in found.sizes for n in used)


def _accept(found: Forward, equation: Equation) -> None:
    """Add an equation, unless what it uses rests on it already: that is a circle."""
    names = set(found.used(equation))
    reached = {
        used for name in names for one in found.below(name) for used in found.used(found.equations[one])
    }
    if equation.name in names | reached:
        found.circles.append(equation.source)
    else:
        found.equations[equation.name] = equation


def _equation(item: Definition, stated: Statements, found: Forward) -> Equation | None:
    """A definition as an equation; None where it is about gradients, or has a sign no formula has."""
    body = item.body
    if body is None or is_gradient(item.target) or is_list(body) or any(map(is_gradient, names(body))):
        return None
    rules = {
        item.target: [d for d in stated.definitions if d.target == item.target] for item in stated.definitions
    }
    body = transform(body, lambda node: inlined(_averaged(node, found.wholes), found.functions, rules))
    values = {shown.target for shown in stated.shown} | {d.target for d in stated.definitions}
    ends = {end for d in stated.definitions if d.body is not None for end in _ends(d.body)}
    sized = ends | found.sizes
    body = recognised(body, lambda symbol, total: symbol not in values and _counts(symbol, total, sized))
    if any(isinstance(part, Derivative) or is_list(part) for part in walk(body)) or _compares(body):
        return None
    letters = tuple(_letters(item.target, body, found.labels | _labelled(item.target, stated)))
    name, _ = split(item.target, letters)
    return Equation(replace(name, span=item.target.span), item.power, letters, body, item)


def _compares(node: Node) -> bool:
    """Whether a comparison stands where no formula has one: P(y = 1), but not an indicator or a case."""
    match node:
        case Comparison():
            return True
        case Call(Symbol("indicator")):
            return False
        case Sum(body):
            return _compares(body)
        case Cases(rows):
            return any(_compares(value) for value, _ in rows)
    return any(map(_compares, parts(node)))


def _ends(body: Node) -> Iterator[str]:
    for part in walk(body):
        if isinstance(part, Sum) and isinstance(part.upper, Symbol):
            yield size_name(part.upper)


def _counts(symbol: Symbol, total: Sum, sized: Collection[str]) -> bool:
    """Whether a sum has as many terms as a symbol says."""
    name = size_name(symbol)
    if isinstance(total.upper, Symbol):
        return size_name(total.upper) == name and total.lower in (None, ONE)
    return total.upper is None and symbol.base in SIZES and not symbol.sub and name not in sized


def _averaged(node: Node, wholes: Collection[Symbol]) -> Node:
    """x̄ as the mean of x, where the sheet speaks of x and says nothing else of x̄."""
    match node:
        case Symbol(accents=("bar",)) if node not in wholes and (bare := replace(node, accents=())) in wholes:
            return Call(Symbol("mean"), (bare,), span=node.span)
    return node


def _letters(target: Symbol, body: Node, labels: frozenset[str]) -> Iterator[str]:
    """The indices of a left side: letters that count, and stand on the right side too."""
    if target.sub in ("in", "min", "kin", "null"):
        return
    high = {letter for script in target.raised for letter in _single(script)} - labels
    _, found = split(target, (LETTERS | high) - labels)
    yield from dict.fromkeys(i.letter for i in found if i.letter and not i.shift and bears(body, i.letter))


def _labelled(target: Symbol, stated: Statements) -> frozenset[str]:
    """The letter below z_i, where z_f is defined too: it tells two things apart, and counts nothing."""
    others = [item.target for item in stated.definitions if item.target.base == target.base]
    letters = {low.base for other in others for low in other.indices[-1:] if isinstance(low, Symbol)}
    own = {low.base for low in target.indices[-1:] if isinstance(low, Symbol)}
    return frozenset(own if own < letters else ())


def _single(script: Node) -> Iterator[str]:
    if isinstance(script, Symbol) and len(script.base) == 1 and script.base.isalpha() and not script.sub:
        yield script.base


def objective(stated: Statements, found: Forward) -> Symbol | None:
    """What is differentiated: of all numerators the one that rests on most others; else the last quantity."""
    if undefined(stated, found) is not None:
        return None
    tops = Counter(_numerators(stated, found))
    reached = {top: len(found.below(top)) for top in tops if top in found.equations}
    if not reached:
        return _last(found)
    best = max(reached, key=lambda top: (reached[top], tops[top]))
    # Where gradients are written v̄, the derivatives in sight are local ones, and L̄ is 1.
    barred = [item.target for item in stated.shown if _is_barred(item.target, found) and _is_one(item.value)]
    seeds = [found.resolve(replace(symbol, accents=())) for symbol in barred]
    return next((seed for seed in seeds if seed in found.equations), best)


def _is_one(value: Node) -> bool:
    cells = rows(value) or ((number(value),),)
    return all(cell == 1 for line in cells for cell in line)


def _is_barred(symbol: Symbol, found: Forward) -> bool:
    """Whether a symbol is another one's under a bar."""
    return "bar" in symbol.accents and replace(symbol, accents=()) in found.wholes


def undefined(stated: Statements, found: Forward) -> Symbol | None:
    """The symbol that is differentiated most often, if nothing says what it is."""
    tops = Counter(_numerators(stated, found))
    top = max(tops, key=lambda symbol: (tops[symbol], symbol in found.equations), default=None)
    return None if top in found.equations else top


def _last(found: Forward) -> Symbol | None:
    """The last quantity that nothing uses; one called like an objective first."""
    used = {name for equation in found.equations.values() for name in found.used(equation)}
    free = [name for name in found.equations if name not in used and not _is_barred(name, found)]
    free.sort(key=lambda name: (name.base in OBJECTIVES, found.equations[name].source.line.id))
    return free[-1] if free else None


def _numerators(stated: Statements, found: Forward) -> Iterator[Symbol]:
    for gradient in stated.derivatives:
        of = gradient.of.head if isinstance(gradient.of, Call) else gradient.of
        if isinstance(of, Symbol) and of not in found.functions:
            whole, entry = found.resolve(of), found.resolve(split(of, LETTERS)[0])
            yield entry if entry in found.equations and whole not in found.equations else whole


def denominators(stated: Statements) -> list[Symbol]:
    """The names by which the sheet differentiates, in order; with their indices."""
    found = (gradient.wrt for gradient in stated.derivatives)
    return list(dict.fromkeys(symbol for symbol in found if isinstance(symbol, Symbol)))


def values_of(stated: Statements) -> Mapping[Symbol, Shown]:
    """The first value shown for every name."""
    result: dict[Symbol, Shown] = {}
    for item in stated.shown:
        result.setdefault(item.target, item)
    return result
