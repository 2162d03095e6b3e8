"""The keys of a problem file for what a sheet states: its forward pass, givens, update and spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain, count
from typing import Any

from msgspec import Struct

from symgrad.errors import Place
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.reading.formula import parse_formula
from symgrad.reading.source import Path
from symgrad.submission.sheet.forward import Equation, Forward, denominators
from symgrad.submission.sheet.functions import ELEMENTWISE
from symgrad.submission.sheet.indices import LETTERS, Range, split
from symgrad.submission.sheet.leaves import Sheet
from symgrad.submission.sheet.names import GREEK, identifier, latex
from symgrad.submission.sheet.own import is_elementwise
from symgrad.submission.sheet.patterns import recognised
from symgrad.submission.sheet.reduce import size_name
from symgrad.submission.sheet.scope import Names, Scope
from symgrad.submission.sheet.search import Option, Reading, options
from symgrad.submission.sheet.statements import Definition, Fact, Shown, Statements, Step
from symgrad.submission.sheet.terms import Axes, Size
from symgrad.submission.sheet.translate import function_body
from symgrad.submission.sheet.updates import momentum, rate
from symgrad.submission.sheet.values import is_hot, number, plain, rows
from symgrad.submission.written import Call, Node, Span, Symbol, walk

DATA = frozenset(("x", "X", "y", "Y", "t", "T", "target", "D"))
"""Letters for what is measured, and not learnt."""
SAMPLED = frozenset(("x", "X"))
"""Letters for the data of which each sample is a row, or a column."""
SIZE_LETTERS = "nmkpqrdabcfghl"


class What(Struct, frozen=True):
    """What a sheet states, under the names of the problem."""

    title: str
    equations: Mapping[str, Equation]
    options: Mapping[str, list[Option]]
    scope: Scope
    shown: Mapping[str, Node]
    stated: Mapping[str, tuple[Size, ...]]
    ranges: Mapping[str, Range]
    given: Mapping[str, Shown]
    symbols: Mapping[str, Symbol]
    arrows: frozenset[str]
    functions: Mapping[str, str | None]
    wrt: tuple[str, ...]
    steps: tuple[Step, ...]
    rate: tuple[str, Shown | None] | Fraction | None
    momentum: Fraction | None
    """How much of a velocity is kept; None of plain descent."""
    turns: int
    facts: tuple[Fact, ...]
    hot: tuple[str, ...]
    families: frozenset[str]

    @property
    def groups(self) -> dict[str, str]:
        """Leaves that are alike, under the name of the first: x_1, x_2, x_3 of a recurrence."""
        first: dict[tuple[str, int], str] = {}
        found: dict[str, str] = {}
        for leaf, choices in self.options.items():
            base = self.symbols[leaf].base
            alike = base in self.families and leaf not in self.given and leaf not in self.stated
            found[leaf] = first.setdefault((base, len(choices)), leaf) if alike else leaf
        return found

    @property
    def partners(self) -> dict[str, str]:
        """Leaves with a quantity of the same letter at another time."""
        made = {self.symbols[name].base: name for name in self.equations}
        bases = {leaf: self.symbols[leaf].base for leaf in self.options}
        return {leaf: made[base] for leaf, base in bases.items() if base in self.families and base in made}

    @property
    def sampled(self) -> frozenset[str]:
        """The leaves that hold samples."""
        return frozenset(leaf for leaf in self.options if self.symbols[leaf].base in SAMPLED)


def stated_problem(sheet: Sheet, stated: Statements, hot: tuple[Symbol, ...], title: str) -> What:
    """Everything that the objective needs, named."""
    found, order, values = sheet.found, sheet.order, sheet.values
    sizes = sheet.sizes()
    leaves = [leaf for leaf in sheet.leaves if size_name(leaf) not in sizes]
    named = _named([*order, *leaves], found)
    counted = sheet.counted()
    known = {leaf: sheet.leaf(leaf, counted) for leaf in leaves}
    numbers = {leaf: shown for leaf in leaves if (shown := sheet.value_of(leaf)) is not None}
    given = {named[leaf]: shown for leaf, shown in numbers.items()}
    scalars = bool(given) and all(number(shown.value) is not None for shown in given.values())
    own, rules = _functions(found, order)
    asked = [*map(found.resolve, _without_indices(stated, named)), *(step.parameter for step in stated.steps)]
    names = _names(sheet, named, own, sizes)
    sized = {named[name]: sheet.stated_of(name) for name in (*order, *leaves)}
    return What(
        title=title,
        equations={named[name]: found.equations[name] for name in order},
        options={named[leaf]: options(known[leaf], scalars) for leaf in leaves},
        scope=Scope(names),
        shown={
            named[name]: values[name].value
            for name in order
            if name in values and _is_plain(values[name].value)
        },
        stated={name: dims for name, dims in sized.items() if dims is not None},
        ranges=sheet.ranges,
        given=given,
        symbols={name: symbol for symbol, name in named.items()},
        arrows=frozenset(named[use.symbol] for use in sheet.uses() if use.arrow and use.symbol in named),
        functions=rules,
        wrt=tuple(dict.fromkeys(named[leaf] for leaf in asked if leaf in leaves)),
        steps=tuple(step for step in stated.steps if step.parameter in leaves),
        rate=rate(stated, sheet),
        momentum=momentum(stated, sheet),
        turns=stated.turns,
        facts=stated.facts,
        hot=tuple(named[symbol] for symbol in hot if symbol in leaves),
        families=stated.families | found.timed,
    )


def _named(symbols: list[Symbol], found: Forward) -> dict[Symbol, str]:
    """A name for every symbol, no two alike."""
    named: dict[Symbol, str] = {}
    for symbol in symbols:
        equation = found.equations.get(symbol)
        name = identifier(symbol) + (str(equation.power) if equation and equation.power > 1 else "")
        while name in named.values():
            name += "_"
        named[symbol] = name
    return named


def _names(
    sheet: Sheet, named: Mapping[Symbol, str], own: Mapping[Symbol, str], sizes: frozenset[str]
) -> Names:
    found = sheet.found
    roots = {
        name: (named[name], equation.power)
        for name, equation in found.equations.items()
        if equation.power > 1 and name in named
    }

    def name_of(symbol: Symbol) -> str | None:
        resolved = found.resolve(symbol)
        return None if resolved in roots else named.get(resolved)

    zero = {symbol.base for symbol in sheet.zeros()}
    return Names(name_of, roots, own, sheet.counts(), sizes, found.labels, bool(zero))


def _functions(found: Forward, order: tuple[Symbol, ...]) -> tuple[dict[Symbol, str], dict[str, str | None]]:
    """What the sheet's own functions are called, and their rules as a problem file has them."""
    called: dict[Symbol, str] = {}
    rules: dict[str, str | None] = {}
    bodies = [found.equations[name].body for name in order]
    heads = list(dict.fromkeys(part.head for body in bodies for part in walk(body) if isinstance(part, Call)))
    for head in heads:
        rule = found.functions.get(head)
        if head not in found.functions or (rule is not None and not is_elementwise(rule, found.functions)):
            continue
        if rule is not None and rule.body is not None:
            heads += [p.head for p in walk(rule.body) if isinstance(p, Call) and p.head not in heads]
        called[head] = identifier(head)
    for head in reversed(called):
        rule = found.functions[head]
        arguments = ["t"] if rule is None else [identifier(argument) for argument in rule.parameters]
        body = None if rule is None else _body(rule, called)
        known = [builtin for builtin in ELEMENTWISE.values() if body == f"{builtin}({', '.join(arguments)})"]
        if known:
            called[head] = known[0]
        else:
            rules[f"{called[head]}({', '.join(arguments)})"] = body
    return called, rules


def _body(rule: Definition, called: Mapping[Symbol, str]) -> str | None:
    """A function's formula."""
    assert rule.body is not None
    arguments = {argument: identifier(argument) for argument in rule.parameters}
    return function_body(recognised(rule.body, lambda symbol, total: False), arguments, called)


def _without_indices(stated: Statements, named: Mapping[Symbol, str]) -> Iterator[Symbol]:
    for symbol in denominators(stated):
        yield symbol if symbol in named else split(symbol, LETTERS)[0]


# --- the mapping ------------------------------------------------------------------------------------


def mapping(what: What, reading: Reading, with_shapes: bool) -> tuple[dict[str, Any], dict[Path, Span]]:
    """What a problem file with this reading would hold, and where each value comes from in the sheet."""
    forward = {name: term.text for name, term in reading.formulas.items()}
    top = next(reversed(forward))
    spans: dict[Path, Span] = {("forward", name): eq.source.side.span for name, eq in what.equations.items()}
    spans |= {("given", name): shown.side.span for name, shown in what.given.items()}
    spans[("backward",)] = spans[("forward", top)]
    given = {name: _value(shown.value, reading.kinds[name].axes) for name, shown in what.given.items()}
    backward: dict[str, Any] = {"of": top}
    if what.wrt:
        backward["wrt"] = list(what.wrt)
    update = _update(what, given)
    if update is not None:
        spans[("update",)] = what.steps[0].line.span
    measured = [leaf for leaf in what.options if _is_data(what, leaf)]
    data: dict[str, Any] = {
        "title": what.title,
        "forward": forward,
        "backward": backward,
        "given": given,
        "functions": dict(what.functions),
        "update": update,
        "data": measured if len(measured) < len(what.options) else [],
        "shapes": _shapes(what, reading, with_shapes),
        "assume": list(dict.fromkeys(_facts(what, reading))),
        "write": {name: _written(name, what, reading) for name in what.symbols},
    }
    return {key: value for key, value in data.items() if value or key == "forward"}, spans


def _written(name: str, what: What, reading: Reading) -> str:
    text = latex(what.symbols[name], arrow=name in what.arrows and len(reading.kinds[name].axes) == 1)
    power = what.equations[name].power if name in what.equations else 1
    return text if power == 1 else f"{text}^{power}"


def _is_plain(node: Node) -> bool:
    return number(node) is not None or rows(node) is not None


def _value(node: Node, axes: Axes) -> Any:
    """A given's numbers as an array of its rank; √2 as a decimal."""
    if not _is_plain(node):
        text = function_body(node, {}, {})
        place = Place("", 1, 1)
        formula = parse_formula(text or "", place, sizes=(), functions={}).formula
        return float(evaluate(formula, Values({}, {})))
    single = number(node)
    cells = rows(node) or (((single,),) if single is not None else ())
    if len(axes) == 2:
        return [[plain(value) for value in line] for line in cells]
    flat = [plain(value) for line in cells for value in line]
    return flat if axes else flat[0]


def _update(what: What, given: dict[str, Any]) -> dict[str, Any] | None:
    """Gradient descent, where the sheet takes a step and says how far."""
    if what.rate is None or not what.steps:
        return None
    found: dict[str, Any] = {}
    if isinstance(what.rate, Fraction):
        found["rate"] = plain(what.rate)
    else:
        name, shown = what.rate
        value = None if shown is None else number(shown.value)
        if value is not None:
            given[name] = plain(value)
        elif given:
            return None
        found["rate"] = name
    names = {symbol: name for name, symbol in what.symbols.items()}
    found["parameters"] = list(dict.fromkeys(names[step.parameter] for step in what.steps))
    method = {} if what.momentum is None else {"method": "momentum", "momentum": plain(what.momentum)}
    return {**method, **found, "steps": what.turns}


def _is_data(what: What, leaf: str) -> bool:
    symbol = what.symbols[leaf]
    named = symbol.base in DATA and symbol.base not in GREEK
    return leaf not in what.wrt and (named or (leaf in what.given and is_hot(what.given[leaf].value)))


def _shapes(what: What, reading: Reading, with_shapes: bool) -> dict[str, list[Size]]:
    """Shapes for leaves: as stated, as the sums say, and, if asked, for all that have no value.

    A size that no leaf has is that of the first data: the number of samples.
    """
    wanted = {size for size in what.scope.names.sizes if _mentions(size, reading)}
    taken = {*reading.kinds, *what.scope.names.functions.values(), *what.scope.names.sizes}
    endless = chain(SIZE_LETTERS, (f"n_{n}" for n in count(1)))
    letters = (letter for letter in endless if letter not in taken)
    found: dict[str, list[Size]] = {}
    counts = what.scope.names.counts
    axes = {leaf: [axis.size for axis in reading.kinds[leaf].axes] for leaf in what.options}
    homeless = sorted(wanted - {size for sizes in axes.values() for size in sizes})
    for size in homeless:
        _housed(size, axes, what, reading)
    for leaf, sizes in axes.items():
        if leaf in what.given:
            if wanted & set(sizes) - set(counts):
                value = reading.kinds[leaf].axes
                found[leaf] = [s if isinstance(s, str) else n.size for s, n in zip(sizes, value, strict=True)]
        elif with_shapes or leaf in what.stated or any(size not in (None, 1) for size in sizes):
            found[leaf] = [next(letters) if size is None or size in counts else size for size in sizes]
    known = what.scope.names.sizes
    return dict(sorted(found.items(), key=lambda item: known.isdisjoint(item[1])))


def _mentions(size: str, reading: Reading) -> bool:
    word = rf"(?<![\w.]){re.escape(size)}(?!\w)"
    return any(re.search(word, term.text) for term in reading.formulas.values())


def _housed(size: str, axes: dict[str, list[Size]], what: What, reading: Reading) -> None:
    """The number of samples is a size of the data."""
    measured = [leaf for leaf in axes if what.symbols[leaf].base in DATA and axes[leaf]]
    measured.sort(key=lambda leaf: leaf not in what.sampled)
    for leaf in measured[:1]:
        columns = any(kind.samples == "-" for kind in reading.kinds.values())
        place = len(axes[leaf]) - 1 if columns else 0
        axes[leaf][place] = size


def _facts(what: What, reading: Reading) -> Iterator[str]:
    """Σ_i y_i = 1, and y is one-hot, of a name without numbers."""
    names = {symbol: name for name, symbol in what.symbols.items()}
    for fact in what.facts:
        body = fact.total.body
        assert isinstance(body, Symbol)
        bare, indices = split(body, LETTERS | {fact.total.index})
        name = names.get(bare)
        if name is None or name not in what.options or name in what.given or not indices:
            continue
        places = [n for n, index in enumerate(indices) if index.letter == fact.total.index]
        if len(indices) == len(reading.kinds[name].axes) and places:
            axis = f", axis={places[0]}" if len(indices) > 1 else ""
            yield f"sum({name}{axis}) == {plain(fact.value.value)}"
    for name in what.hot:
        kind = reading.kinds[name]
        if name not in what.given and kind.axes:
            axis = f", axis={int(kind.samples != '-')}" if len(kind.axes) > 1 else ""
            yield f"sum({name}{axis}) == 1"
