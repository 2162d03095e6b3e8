"""Which definitions of a sheet are its forward pass, and what is differentiated by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.names import is_gradient
from symgrad.submission.sheet.patterns import SIZES, recognised
from symgrad.submission.sheet.scope import LETTERS, NO_INDICES, bears, indices
from symgrad.submission.sheet.statements import Definition, FunctionRule, Shown, Statements, names
from symgrad.submission.written import (
    Call,
    Cases,
    Comparison,
    Derivative,
    Matrix,
    Node,
    Product,
    Sum,
    Symbol,
    walk,
)

MOST_EQUATIONS = 500
"""What stands behind so many is not read: a forward pass stands before its derivatives."""
OBJECTIVES = ("J", "L", "E", "C", "Loss", "loss", "cost", "Cost", "MSE", "CE", "f")


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
    """The equations under their names, and the other names of the same things."""

    equations: dict[Symbol, Equation] = field(default_factory=dict)
    aliases: dict[Symbol, Symbol] = field(default_factory=dict)
    functions: dict[Symbol, FunctionRule | None] = field(default_factory=dict)
    refused: list[Definition] = field(default_factory=list)

    def resolve(self, symbol: Symbol) -> Symbol:
        """A symbol under its first name."""
        if symbol in self.aliases or symbol in self.equations or len(symbol.base) < 2:
            return self.aliases.get(symbol, symbol)
        alike = (name for name in self.equations if name.base.lower() == symbol.base.lower())
        return next((name for name in alike if replace(name, base=symbol.base) == symbol), symbol)

    def used(self, equation: Equation) -> list[Symbol]:
        """The names in an equation, as far as they are no indices, in order."""
        bound = {part.index for part in walk(equation.body) if isinstance(part, Sum) and part.index}
        letters = {*equation.letters, *bound}
        found = dict.fromkeys(self.resolve(indices(name, letters)[0]) for name in names(equation.body))
        return [n for n in found if not (n.base in letters and not n.sub) and n not in self.functions]

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


def forward_pass(stated: Statements) -> Forward:
    """The equations: of each name the first whose names the sheet knows too, else the first."""
    found = Forward(functions=_functions(stated))
    shown = {item.target for item in stated.shown}
    stating = [item for item in stated.definitions if not (item.called and item.target in found.functions)]
    candidates = [_equation(item, stated) for item in stating]
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


def _functions(stated: Statements) -> dict[Symbol, FunctionRule | None]:
    """The sheet's own functions, with what it says they are."""
    rules = {rule.head: rule for rule in reversed(stated.functions)}
    plainly = [item for item in stated.definitions if not item.called]
    defined = {item.target for item in plainly} | {item.target for item in stated.shown}
    found: dict[Symbol, FunctionRule | None] = {}
    for item in stated.definitions:
        for part in walk(item.body):
            if not isinstance(part, Call) or part.head in defined:
                continue
            if part.head in rules and part.head.base not in functions.FIXED:
                found[part.head] = rules[part.head]
            elif not functions.is_function(part.head) and (
                part.certain or part.head.base in functions.UNSPECIFIED
            ):
                found[part.head] = None
    return found


def _call_also(found: Forward, equation: Equation, defined: set[Symbol]) -> None:
    for other in equation.source.also:
        if other not in defined and other != equation.name:
            found.aliases.setdefault(other, equation.name)


def _familiar(found: Forward, equation: Equation, known: set[Symbol]) -> bool:
    return all(name in known or name.base in SIZES for name in found.used(equation))


def _accept(found: Forward, equation: Equation) -> None:
    """Add an equation, unless what it uses rests on it already."""
    if not any(equation.name == name or equation.name in found.below(name) for name in found.used(equation)):
        found.equations[equation.name] = equation


def _equation(item: Definition, stated: Statements) -> Equation | None:
    """A definition as an equation; None where it is about gradients, or has a sign no formula has."""
    if is_gradient(item.target) or any(map(is_gradient, names(item.body))):
        return None
    values = {shown.target for shown in stated.shown} | {d.target for d in stated.definitions}
    body = recognised(item.body, lambda symbol: symbol.base in SIZES and symbol not in values)
    if any(isinstance(part, Derivative | Matrix | Comparison | Cases) for part in walk(body)):
        return None
    heads = [part.head for part in walk(body) if isinstance(part, Call)]
    if any(head.base in ("log", "ln") and not functions.is_function(head) for head in heads):
        return None
    letters = tuple(_letters(item.target, body))
    name, _ = indices(item.target, letters)
    return Equation(replace(name, span=item.target.span), item.power, letters, body, item)


def _letters(target: Symbol, body: Node) -> Iterator[str]:
    """The indices of a left side: letters that count, and stand on the right side too."""
    if target.sub in NO_INDICES:
        return
    _, found = indices(target, LETTERS)
    yield from (letter for letter in dict.fromkeys(found) if bears(body, letter))


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
        if isinstance(gradient.of, Symbol):
            whole, entry = found.resolve(gradient.of), found.resolve(indices(gradient.of, LETTERS)[0])
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
