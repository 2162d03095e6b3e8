r"""Names of the student's own for parts of the problem's formulas: z of a = σ(W x + b), where z = W x + b.

Where the work differentiates by such a name, the part becomes a quantity of the problem, so that ∂L/∂z and dz
mean something. A name with a d that nothing defines, dγ_f, is that of the argument of the function whose
value bears the same labels, Γ_f, where the work shows that by lines which then hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary, Own
from symgrad.checking.meaning.spelling import Spelling, flat_sub, labels, scripts, spell, without
from symgrad.checking.settling.asking import Holds
from symgrad.checking.settling.renaming import value_of
from symgrad.checking.worlds.model import Model, model_of
from symgrad.checking.worlds.moved import NoValue, at
from symgrad.checking.worlds.tensor import COLUMN, ROW
from symgrad.checking.worlds.world import World
from symgrad.errors import SymgradError
from symgrad.operations import operation
from symgrad.submission.lines import Submission
from symgrad.submission.sheet.names import identifier, latex
from symgrad.submission.written import Derivative, Literal, Node, Symbol
from symgrad.tree import Array, Formula, Name, Op
from symgrad.tree import walk as formulas_in

MOST = 8
"""Names that are looked for."""
Worlds = Callable[[Model], Sequence[World]]
Settle = Callable[[Model, Submission], Dictionary]


def with_parts(submission: Submission, model: Model, settle: Settle, worlds: Worlds, holds: Holds) -> Model:
    """The problem with a quantity for each part of it that the work gives a name and differentiates by."""
    known, before = settle(model, submission), model
    for own in list(_defined(submission, known))[:MOST]:
        model = _with_defined(own, model, known, worlds(model)[:2])
    if model is not before:
        known = settle(model, submission)
    for family in list(_families(submission, known).values())[:MOST]:
        model = _with_family(family, submission, model, known, settle, holds)
    return model


def _by(submission: Submission) -> Iterator[Symbol]:
    """What the work differentiates by, or writes the gradient of with a d."""
    for node in submission.nodes:
        if isinstance(node, Derivative) and isinstance(node.wrt, Symbol):
            yield node.wrt
        if isinstance(node, Symbol) and "d" in node.accents:
            yield without(node, "d")


def _defined(submission: Submission, known: Dictionary) -> Iterator[Own]:
    """Names that one line defines by a formula, and by which the work differentiates."""
    met: set[Spelling] = set()
    for symbol in _by(submission):
        if next(known.find(symbol), None) is not None:
            continue
        for own, _ in known.defined(symbol, (), len(submission.lines)):
            plain = own.formula and not own.parameters and not isinstance(own.body, Derivative | Literal)
            if plain and own.spelling not in met and len(known.own[own.spelling]) == 1:
                met.add(own.spelling)
                base, accents, low, high = own.spelling
                each = ((base, accents, f"{low}{n}", high) for n in known.numbered.get(own.spelling, ()))
                numbered = [known.own[spelling][0] for spelling in each]  # a_1, a_2 of a_t
                yield from numbered or [own]


def _with_defined(own: Own, model: Model, known: Dictionary, worlds: Sequence[World]) -> Model:
    for stands in (COLUMN, ROW):
        values = [value_of(own, known, world, stands) for world in worlds]
        found = next((part for part in _parts(model) if values and _is(part, values, worlds)), None)
        if found is not None:
            return with_quantity(model, found, _symbol(own.spelling))
    return model


def _parts(model: Model) -> Iterator[Formula]:
    """What stands in a formula of the problem and has no name."""
    met: set[Formula] = set()
    for formula in model.graph.quantities.values():
        for part in formulas_in(formula):
            if isinstance(part, Op) and part != formula and part not in met:
                met.add(part)
                yield part


def _is(part: Formula, values: Sequence[Array | None], worlds: Sequence[World]) -> bool:
    for value, world in zip(values, worlds, strict=True):
        try:
            there = np.asarray(at(part, world.value, world.sizes))
        except (NoValue, ValueError, IndexError, TypeError, KeyError):
            return False
        if (
            value is None
            or there.shape != value.shape
            or not np.allclose(there, value, rtol=1e-9, atol=1e-12)
        ):
            return False
    return True


def with_quantity(model: Model, part: Formula, symbol: Symbol) -> Model:
    """The problem in which a part of its formulas is a quantity; the same where that cannot be."""
    problem = model.problem
    taken = {*model.graph.shapes, *model.dimensions, *problem.functions}
    name = identifier(symbol)
    while name in taken:
        name += "_"
    formulas = dict(model.graph.quantities)
    forward = []
    made = False
    for made_name, parsed in problem.forward:
        formula = formulas[made_name]
        if not made and any(piece == part for piece in formulas_in(formula)):
            forward.append((name, replace(parsed, formula=part)))
            made = True
        forward.append((made_name, replace(parsed, formula=_with_name(formula, part, Name(name)))))
    changed = replace(problem, forward=tuple(forward), write={**problem.write, name: latex(symbol)})
    try:
        return model_of(changed)
    except SymgradError:
        return model


def _with_name(formula: Formula, part: Formula, name: Name) -> Formula:
    if formula == part:
        return name
    if isinstance(formula, Op):
        args = tuple(_with_name(arg, part, name) for arg in formula.args)
        return formula if args == formula.args else replace(formula, args=args)
    return formula


Argument = tuple[Symbol, Formula]
"""A name that nothing defines, and the argument of the function that it may stand for."""


def _families(
    submission: Submission, known: Dictionary
) -> Mapping[tuple[str, tuple[str, ...]], list[Argument]]:
    """Names with a d that nothing defines, by their letter, with what they may be."""
    found: dict[tuple[str, tuple[str, ...]], dict[Spelling, Argument]] = {}
    inner = [
        (name, argument)
        for name, formula in known.model.graph.quantities.items()
        if (argument := _argument(formula))
    ]
    for symbol in _by(submission):
        spelling = spell(symbol, flat_sub(symbol), labels(symbol.raised))
        if next(known.find(symbol), None) or next(known.defined(symbol, (), len(submission.lines)), None):
            continue
        options = [argument for name, argument in inner if _alike(spelling, name, known)]
        if len(options) == 1:
            found.setdefault(spelling[:2], {}).setdefault(spelling, (symbol, options[0]))
    return {letter: list(named.values()) for letter, named in found.items()}


def _argument(formula: Formula) -> Formula | None:
    """What a function of one entry is applied to, where that has no name."""
    if isinstance(formula, Op) and len(formula.args) == 1 and operation(formula.name).kind == "elementwise":
        return formula.args[0] if isinstance(formula.args[0], Op) else None
    return None


def _alike(spelling: Spelling, name: str, known: Dictionary) -> bool:
    """Whether a name bears the labels and the accents of another: γ_f of Γ_f, and pc̃ of c̃."""
    letter, accents, low, high = spelling
    for key, (other, _) in known.names.exact.items():
        if other != name or key[1:3] != (accents, low) or not (key[3] == high or "<" in key[3]):
            continue
        prefixed = key[0] == letter[1:]
        if prefixed or (bool(low or high) and key[0].lower() == letter.lower()):
            return True
    return False


def _with_family(
    family: Sequence[Argument],
    submission: Submission,
    model: Model,
    known: Dictionary,
    settle: Settle,
    holds: Holds,
) -> Model:
    """The problem with these arguments as quantities, where half of what is said of them holds."""
    tried = model
    for symbol, part in family:
        tried = with_quantity(tried, part, symbol)
    named = settle(tried, submission)
    about = {symbol for symbol, _ in family}
    claims = [line for line in submission.lines if _is_about(line.sides[0].node, about)]
    right = sum(holds(line, named) > 0 for line in claims)
    return tried if right and right * 2 >= len(claims) else model


def _is_about(node: Node | None, symbols: set[Symbol]) -> bool:
    known = scripts(node) if node is not None else None
    return known is not None and "d" in known[0].accents and without(known[0], "d") in symbols


def _symbol(spelling: Spelling) -> Symbol:
    base, accents, low, high = spelling
    marks = (high if high[:1] in "(<[" else f"({high})",) if high else ()
    return Symbol(base, low, marks, accents)
