"""Which definitions of a sheet are its forward pass, and what is differentiated by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.indices import LETTERS, bears, loose, places, split
from symgrad.submission.sheet.names import GREEK, is_gradient
from symgrad.submission.sheet.normal import applied
from symgrad.submission.sheet.patterns import ONE, recognised
from symgrad.submission.sheet.reduce import size_name
from symgrad.submission.sheet.statements import Definition, Shown, Statements, is_list, names
from symgrad.submission.sheet.unroll import recurring
from symgrad.submission.written import (
    Call,
    Derivative,
    Node,
    Product,
    Sum,
    Symbol,
    transform,
    walk,
)

MOST_EQUATIONS = 500
"""What stands behind so many is not read: a forward pass stands before its derivatives."""
OBJECTIVES = ("J", "L", "E", "C", "Loss", "loss", "cost", "Cost", "MSE", "CE", "f")
SIZES = frozenset(("N", "n", "m", "M", "B", "T", "K"))
"""Letters for the number of samples."""


@dataclass(frozen=True, slots=True)
class Equation:
    """A forward equation: a name without its indices, the letters of those, and the formula."""

    name: Symbol
    power: int
    letters: tuple[str, ...]
    body: Node
    source: Definition


@dataclass
class Forward:
    """The equations under their names, the other names of the same things, and what could not be read.

    ``labels`` are letters that count nothing here, as t in h_t and h_{t−1} of an unspecified t; ``sizes``
    those for sizes; ``wholes`` the names of which the sheet says what they are: x_1 is an entry of x;
    ``timed`` the bases of such recurrences.
    """

    equations: dict[Symbol, Equation] = field(default_factory=dict)
    aliases: dict[Symbol, Symbol] = field(default_factory=dict)
    functions: dict[Symbol, Definition | None] = field(default_factory=dict)
    refused: list[Definition] = field(default_factory=list)
    labels: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    wholes: frozenset[Symbol] = frozenset()
    timed: frozenset[str] = frozenset()

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
        found = dict.fromkeys(map(self.whole, bare))
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
    found = Forward({}, {}, _functions(stated), [], labels, sizes, wholes, timed)
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


def _functions(stated: Statements) -> dict[Symbol, Definition | None]:
    """The sheet's own functions, with what it says they are."""
    rules = {item.target: item for item in reversed(stated.definitions) if item.parameters and item.body}
    plainly = {item.target for item in stated.definitions if not item.parameters}
    defined = plainly | {item.target for item in stated.shown}
    bodies = [item.body for item in stated.definitions if item.body is not None and not is_list(item.body)]
    alone = {part for body in bodies for part in names_alone(body)}
    found: dict[Symbol, Definition | None] = {}
    for body in bodies:
        for part in walk(body):
            if not isinstance(part, Call) or part.head in defined:
                continue
            head = part.head
            if head in rules and functions.plain(head.base) not in functions.FIXED:
                found[head] = rules[head]
            elif not functions.is_function(head) and head.base[:1] != "#" and _is_unspecified(part, alone):
                found[head] = None
    return found


def names_alone(node: Node) -> Iterator[Symbol]:
    """The symbols in a formula that are applied to nothing."""
    heads = [id(part.head) for part in walk(node) if isinstance(part, Call)]
    yield from (part for part in walk(node) if isinstance(part, Symbol) and id(part) not in heads)


def _is_unspecified(call: Call, alone: set[Symbol]) -> bool:
    """f(z) of a sheet that says no more of f; nobody writes h(x) for a product of two names."""
    base = call.head.base
    if len(base) > 1 and base not in GREEK:
        return False
    return base in functions.UNSPECIFIED or call.certain or is_applied(call, alone)


def is_applied(call: Call, alone: Collection[Symbol]) -> bool:
    """h(x) is the function h of x, where h stands nowhere by itself."""
    return len(call.args) == 1 and isinstance(call.args[0], Symbol) and call.head not in alone


def _call_also(found: Forward, equation: Equation, defined: set[Symbol]) -> None:
    for other in equation.source.also:
        if other not in defined and other != equation.name:
            found.aliases.setdefault(other, equation.name)


def _familiar(found: Forward, equation: Equation, known: set[Symbol]) -> bool:
    used = found.used(equation)
    return all(n in known or n.base in SIZES or size_name(n) in found.sizes for n in used)


def _accept(found: Forward, equation: Equation) -> None:
    """Add an equation, unless what it uses rests on it already."""
    if not any(equation.name == name or equation.name in found.below(name) for name in found.used(equation)):
        found.equations[equation.name] = equation


def _equation(item: Definition, stated: Statements, found: Forward) -> Equation | None:
    """A definition as an equation; None where it is about gradients, or has a sign no formula has."""
    body = item.body
    if body is None or is_gradient(item.target) or is_list(body) or any(map(is_gradient, names(body))):
        return None
    body = transform(body, lambda node: _inlined(node, found.functions))
    values = {shown.target for shown in stated.shown} | {d.target for d in stated.definitions}
    ends = {end for d in stated.definitions if d.body is not None for end in _ends(d.body)}
    sized = ends | found.sizes
    body = recognised(body, lambda symbol, total: symbol not in values and _counts(symbol, total, sized))
    if any(isinstance(part, Derivative) or is_list(part) for part in walk(body)):
        return None
    letters = tuple(_letters(item.target, body, found.labels))
    name, _ = split(item.target, letters)
    return Equation(replace(name, span=item.target.span), item.power, letters, body, item)


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


def _inlined(node: Node, own: Mapping[Symbol, Definition | None]) -> Node:
    """h_θ(x^{(i)}) as its formula, where that has other names in it than its arguments."""
    match node:
        case Call(head, args):
            rule = own.get(head)
            if rule is not None and rule.body is not None and not is_elementwise(rule, own):
                return applied(rule.body, rule.parameters, args)
    return node


def is_elementwise(rule: Definition, own: Mapping[Symbol, Definition | None]) -> bool:
    """Whether a function's formula has its arguments, numbers and functions only."""
    assert rule.body is not None
    known = (*rule.parameters, *own, Symbol("e"), Symbol("pi"))
    return all(name in known for name in names(rule.body))


def _letters(target: Symbol, body: Node, labels: frozenset[str]) -> Iterator[str]:
    """The indices of a left side: letters that count, and stand on the right side too."""
    if target.sub in ("in", "min", "kin", "null"):
        return
    high = {letter for script in target.raised for letter in _single(script)} - labels
    _, found = split(target, (LETTERS | high) - labels)
    yield from dict.fromkeys(i.letter for i in found if i.letter and not i.shift and bears(body, i.letter))


def _single(script: Node) -> Iterator[str]:
    if isinstance(script, Symbol) and len(script.base) == 1 and script.base.isalpha() and not script.sub:
        yield script.base


def objective(stated: Statements, found: Forward) -> Symbol | None:
    """What is differentiated: of all numerators the one that rests on most others; else the last quantity."""
    if undefined(stated, found) is not None:
        return None
    tops = Counter(_numerators(stated, found))
    reached = {top: len(found.below(top)) for top in tops if top in found.equations}
    if reached:
        return max(reached, key=lambda top: (reached[top], tops[top]))
    return _last(found)


def undefined(stated: Statements, found: Forward) -> Symbol | None:
    """The symbol that is differentiated most often, if nothing says what it is."""
    tops = Counter(_numerators(stated, found))
    top = max(tops, key=lambda symbol: tops[symbol], default=None)
    return None if top in found.equations else top


def _last(found: Forward) -> Symbol | None:
    """The last quantity that nothing uses; one called like an objective first."""
    used = {name for equation in found.equations.values() for name in found.used(equation)}
    free = [name for name in found.equations if name not in used]
    free.sort(key=lambda name: (name.base in OBJECTIVES, found.equations[name].source.line.id))
    return free[-1] if free else None


def _numerators(stated: Statements, found: Forward) -> Iterator[Symbol]:
    for gradient in stated.derivatives:
        of = gradient.of.head if isinstance(gradient.of, Call) else gradient.of
        if isinstance(of, Symbol):
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
