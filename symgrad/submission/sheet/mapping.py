"""The keys of a problem file for what a sheet states: its forward pass, givens, update and spellings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, count
from typing import Any

from symgrad.reading.source import Path
from symgrad.submission.lines import Submission
from symgrad.submission.sheet.arrays import terms
from symgrad.submission.sheet.forward import Equation, Forward, denominators, values_of
from symgrad.submission.sheet.functions import ELEMENTWISE
from symgrad.submission.sheet.kinds import SCALAR, Kind, Misfit
from symgrad.submission.sheet.names import GREEK, identifier, latex
from symgrad.submission.sheet.patterns import SIZES, recognised
from symgrad.submission.sheet.scope import LETTERS, Scope, indices
from symgrad.submission.sheet.search import Option, Reading, options
from symgrad.submission.sheet.statements import FunctionRule, Shown, Statements, Step
from symgrad.submission.sheet.values import number, plain, rows
from symgrad.submission.written import Call, Literal, Node, Span, Symbol, walk

ARROWS = (r"\vec", r"\mathbf", r"\boldsymbol", r"\bm", r"\bar", r"\overrightarrow")
DATA = frozenset(("x", "X", "y", "Y", "t", "T", "target", "D"))
"""Letters for what is measured, and not learnt."""
SIZE_LETTERS = "nmkpqrdabcfghl"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a sheet states, under the names of the problem."""

    title: str
    equations: Mapping[str, Equation]
    options: Mapping[str, list[Option]]
    scope: Scope
    shown: Mapping[str, Node]
    given: Mapping[str, Shown]
    symbols: Mapping[str, Symbol]
    arrows: frozenset[str]
    functions: Mapping[str, str | None]
    wrt: tuple[str, ...]
    steps: tuple[Step, ...]
    rate: tuple[str, Shown | None] | Fraction | None
    turns: int


def stated_problem(submission: Submission, stated: Statements, found: Forward, top: Symbol) -> Stated:
    """Everything that the objective needs, named."""
    order = found.below(top)
    leaves = [name for eq in order for name in found.used(found.equations[eq]) if name not in found.equations]
    named = _named([*order, *dict.fromkeys(leaves)], found)
    values = values_of(stated)
    arrows = frozenset(symbol for symbol in _symbols(stated) if _has_arrow(symbol, submission))
    given = {named[leaf]: values[leaf] for leaf in dict.fromkeys(leaves) if leaf in values}
    scalars = bool(given) and all(number(shown.value) is not None for shown in given.values())
    own, rules = _functions(found, order)
    asked = [*map(found.resolve, _without_indices(stated, named)), *(step.parameter for step in stated.steps)]
    return Stated(
        title=submission.lines[0].heading if submission.lines else "",
        equations={named[name]: found.equations[name] for name in order},
        options={
            named[leaf]: options(
                leaf,
                values[leaf].value if leaf in values else None,
                leaf in arrows or "bar" in leaf.accents,
                scalars,
            )
            for leaf in dict.fromkeys(leaves)
        },
        scope=_scope(found, named, own),
        shown={named[name]: values[name].value for name in order if name in values},
        given=given,
        symbols={name: symbol for symbol, name in named.items()},
        arrows=frozenset(named[symbol] for symbol in named if symbol in arrows),
        functions=rules,
        wrt=tuple(dict.fromkeys(named[leaf] for leaf in asked if leaf in leaves)),
        steps=tuple(step for step in stated.steps if step.parameter in leaves),
        rate=_rate(stated, values),
        turns=stated.turns,
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


def _symbols(stated: Statements) -> Iterator[Symbol]:
    for item in stated.definitions:
        yield item.target
        yield from (node for node in walk(item.body) if isinstance(node, Symbol))
    yield from (item.target for item in stated.shown)


def _has_arrow(symbol: Symbol, submission: Submission) -> bool:
    """Whether a symbol is dressed as a vector in the source, within its span or around it."""
    start, end = symbol.span.start, symbol.span.end
    around = submission.text[max(0, start - 16) : start].rstrip("{ ")
    dressed = around.endswith(ARROWS) or submission.text[start:end].startswith(ARROWS)
    return dressed and symbol.base[:1].islower()


def _scope(found: Forward, named: Mapping[Symbol, str], own: Mapping[Symbol, str]) -> Scope:
    roots = {
        name: (named[name], equation.power)
        for name, equation in found.equations.items()
        if equation.power > 1 and name in named
    }

    def name_of(symbol: Symbol) -> str | None:
        resolved = found.resolve(symbol)
        return None if resolved in roots else named.get(resolved)

    return Scope({}, name_of, roots, own)


def _functions(found: Forward, order: list[Symbol]) -> tuple[dict[Symbol, str], dict[str, str | None]]:
    """What the sheet's own functions are called, and their rules as a problem file has them."""
    called: dict[Symbol, str] = {}
    rules: dict[str, str | None] = {}
    bodies = [found.equations[name].body for name in order]
    heads = {part.head for body in bodies for part in walk(body) if isinstance(part, Call)}
    for head, rule in ((head, rule) for head, rule in found.functions.items() if head in heads):
        name, argument = identifier(head), "t"
        body = None if rule is None else _body(rule)
        if rule is not None and rule.arguments:
            argument = identifier(rule.arguments[0])
        known = [builtin for builtin in ELEMENTWISE.values() if body == f"{builtin}({argument})"]
        called[head] = known[0] if known else name
        if not known:
            rules[f"{name}({argument})"] = body
    return called, rules


def _body(rule: FunctionRule) -> str | None:
    """A function's formula; None where it cannot be made out, and the function stays unspecified."""
    arguments = {argument: identifier(argument) for argument in rule.arguments}
    scope = Scope(dict.fromkeys(arguments.values(), SCALAR), arguments.get, {}, {})
    try:
        return terms(recognised(rule.body, lambda symbol: False), scope)[0].text
    except Misfit:
        return None


def _without_indices(stated: Statements, named: Mapping[Symbol, str]) -> Iterator[Symbol]:
    for symbol in denominators(stated):
        yield symbol if symbol in named else indices(symbol, LETTERS)[0]


def _rate(stated: Statements, values: Mapping[Symbol, Shown]) -> tuple[str, Shown | None] | Fraction | None:
    rates = [step.rate for step in stated.steps if step.rate is not None]
    match rates[:1]:
        case [Literal(value)]:
            return value
        case [Symbol() as symbol]:
            return identifier(symbol), values.get(symbol)
    return None


# --- the mapping ------------------------------------------------------------------------------------


def mapping(what: Stated, reading: Reading, with_shapes: bool) -> tuple[dict[str, Any], dict[Path, Span]]:
    """What a problem file with this reading would hold, and where each value comes from in the sheet."""
    forward = {name: term.text for name, term in reading.formulas.items()}
    top = next(reversed(forward))
    spans: dict[Path, Span] = {("forward", name): eq.source.side.span for name, eq in what.equations.items()}
    spans |= {("given", name): shown.side.span for name, shown in what.given.items()}
    spans[("backward",)] = spans[("forward", top)]
    given = {name: _value(shown.value, reading.kinds[name]) for name, shown in what.given.items()}
    backward: dict[str, Any] = {"of": top}
    if what.wrt:
        backward["wrt"] = list(what.wrt)
    data: dict[str, Any] = {
        "title": what.title,
        "forward": forward,
        "backward": backward,
        "given": given,
        "functions": dict(what.functions),
    }
    update = _update(what, given)
    if update is not None:
        data["update"] = update
        spans[("update",)] = what.steps[0].line.span
    shapes = _shapes(what, reading, with_shapes)
    sizes = shapes.pop("", [])
    measured = [leaf for leaf in what.options if _is_data(what, leaf) and leaf not in sizes]
    if len(measured) < len(what.options):
        data["data"] = measured
    data["shapes"] = shapes
    data["write"] = {
        name: latex(symbol, arrow=name in what.arrows and reading.kinds[name].rank == 1)
        + (
            f"^{what.equations[name].power}"
            if name in what.equations and what.equations[name].power > 1
            else ""
        )
        for name, symbol in what.symbols.items()
        if name not in sizes
    }
    return {key: value for key, value in data.items() if value or key == "forward"}, spans


def _value(node: Node, kind: Kind) -> Any:
    """A given's numbers as an array of its rank."""
    single = number(node)
    cells = rows(node) or (((single,),) if single is not None else ())
    if kind.rank == 2:
        return [[plain(value) for value in line] for line in cells]
    flat = [plain(value) for line in cells for value in line]
    return flat if kind.rank else flat[0]


def _update(what: Stated, given: dict[str, Any]) -> dict[str, Any] | None:
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
    return {**found, "steps": what.turns}


def _is_data(what: Stated, leaf: str) -> bool:
    symbol = what.symbols[leaf]
    return leaf not in what.wrt and symbol.base in DATA and symbol.base not in GREEK


def _shapes(what: Stated, reading: Reading, with_shapes: bool) -> dict[str, Any]:
    """Shapes for leaves without a value, where habit would read them otherwise; a number of samples
    stands for a size of the data, and is listed under the empty key."""
    taken = {*reading.kinds, *what.scope.functions.values()}
    endless = chain(SIZE_LETTERS, (f"n_{n}" for n in count(1)))
    letters = (letter for letter in endless if letter not in taken)
    found: dict[str, Any] = {}
    if with_shapes:
        for leaf in what.options:
            if leaf not in what.given:
                found[leaf] = _shape(reading.kinds[leaf], letters)
    size, leaf = _counted(what, reading)
    if size and leaf:
        kind = reading.kinds[leaf]
        found.pop(size, None)
        columns = any(other.features == 0 for other in reading.kinds.values())
        known = kind.rows if columns else kind.columns
        rest = next(letters) if known is None else known
        found[leaf] = [size] if kind.rank == 1 else [rest, size] if columns else [size, rest]
        found[""] = [size]
    return found


def _counted(what: Stated, reading: Reading) -> tuple[str, str]:
    """A letter for the number of samples, and the data whose size it is."""
    free = [leaf for leaf in what.options if leaf in SIZES and leaf not in what.given]
    measured = [leaf for leaf in what.options if what.symbols[leaf].base in DATA and reading.kinds[leaf].rank]
    measured.sort(key=lambda leaf: what.symbols[leaf].base not in ("x", "X"))
    if not free or not measured or reading.kinds[free[0]].rank:
        return "", ""
    return free[0], measured[0]


def _shape(kind: Kind, letters: Iterator[str]) -> list[Any]:
    if kind.rank == 1:
        return [next(letters)]
    if kind.rank == 2:
        return [size if size == 1 else next(letters) for size in (kind.rows, kind.columns)]
    return []
