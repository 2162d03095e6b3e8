"""The second derivatives that are asked for: from the gradient's formula, as a product, as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.index import rename
from symgrad.calculus.second import Factor, HessianOf, Part
from symgrad.calculus.spelling import Letters, entrywise, spell
from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.languages import Said
from symgrad.maths.nodes import Boxed, Fenced, Maths, Matrix, Row, Symbol
from symgrad.notation.binding import Level, Written, beside, joined
from symgrad.notation.context import write
from symgrad.notation.derivatives import fraction, operator_fraction
from symgrad.styles.answers import answer, leading
from symgrad.styles.jacobian_answers import as_whole
from symgrad.styles.parts import Part as Words
from symgrad.styles.parts import paragraph, section, words
from symgrad.styles.setting import Setting
from symgrad.styles.worked import worked
from symgrad.tree import ONE, Array, Entry, Formula, Gradient, Name, Op, Partial, Second, Value, walk

LARGEST = 9
"""Rows and columns up to which a Hessian of arrays is written as one matrix of numbers."""


def hessians(setting: Setting) -> Iterator[Block]:
    """Every second derivative that is asked for, in a section of its own."""
    yield from section(words(setting, "Second derivatives"), _sections(setting), "hessians")


def _sections(setting: Setting) -> Iterator[Block]:
    for one in setting.solution.hessians:
        names: list[Words] = [Name(name) for name in dict.fromkeys((one.wrt, one.by))]
        title = words(setting, "Second derivative with respect to {names}", names=names)
        blocks = (*_derived(setting, one), *_definite(setting, one), *_numbers(setting, one))
        yield from section(title, blocks, f"hessian-{one.wrt}-{one.by}")


def _derived(setting: Setting, one: HessianOf) -> Iterator[Block]:
    gradient = Gradient(one.of, one.wrt)
    seed = setting.solution.graph.seed
    named: dict[str, Formula] = {"gradient": gradient, "by": Name(one.by)}
    told = "The gradient {gradient} does not depend on {by}:"
    if one.whole.through:
        told = "The gradient {gradient} is differentiated by {by}:"
    if one.whole.through and seed:
        told, named["seed"] = (
            "The gradient {gradient} is differentiated by {by}, with {seed} held fixed:",
            Name(seed),
        )
    yield paragraph(setting, told, **named)
    first = _differentiated(setting, one)
    here = (*_split(setting, one), *_on_the_way(setting, one))
    product = _product(setting, one)
    if product is None or not here:
        yield Display((_chain(setting, one, *first, _result(setting, one)),))
        return
    yield Display((_chain(setting, one, *first, Link("=", product)),))
    yield paragraph(setting, "Here")
    yield Display(here)
    yield paragraph(setting, "so that")
    yield Display((_chain(setting, one, _result(setting, one)),))


def _chain(setting: Setting, one: HessianOf, *links: Link) -> Chain:
    return leading(Chain(setting.maths(_left(one)), links), _left(one))


def _left(one: HessianOf) -> Formula:
    """The whole where it has an array form, else an entry."""
    second = Second(one.of, one.wrt, one.by)
    return second if _is_whole(one) else Entry(second, one.whole.letters)


def _is_whole(one: HessianOf) -> bool:
    return one.whole.matrix_form is not None or bool(one.whole.entries)


def _result(setting: Setting, one: HessianOf) -> Link:
    whole = one.whole
    if whole.entries:
        return Link("=", Matrix(tuple(tuple(map(setting.maths, row)) for row in whole.entries)))
    if whole.matrix_form is not None and whole.is_row():
        return Link("=", setting.maths(Op("transpose", (whole.matrix_form,))))
    return Link("=", setting.maths(whole.result))


def _differentiated(setting: Setting, one: HessianOf, wrt: str = "") -> tuple[Link, ...]:
    """∂/∂bᵀ (the formula of the gradient by ``wrt``); without an array form, of an entry by an entry.

    Nothing where ones or an identity stand in it, whose sizes nothing in the brackets says.
    """
    gradient = setting.solution.derivation.gradients[wrt or one.wrt]
    formula, by = one.opened.get(wrt or one.wrt, gradient.result), _by(setting, one.by)
    if not _is_whole(one):
        own = rename(gradient.poly, dict(zip(gradient.free, one.whole.out, strict=True)))
        letters = Letters(*one.whole.out, *one.whole.by)  # no sum of the gradient has a letter of the entry
        formula = entrywise(spell(own, letters), setting.solution.graph.shape)
        by = setting.maths(_entry(one.by, one.whole.letters[len(one.whole.out) :]))
    elif gradient.matrix_form is None:  # an entry of it is no derivative as a whole
        return ()
    if any(isinstance(node, Op) and node.name in ("ones", "eye") for node in walk(formula)):
        return ()
    return (Link("=", Row((operator_fraction(by), Fenced("(", setting.maths(formula), ")")))),)


def _entry(name: str, letters: tuple[str, ...]) -> Formula:
    return Entry(Name(name), letters) if letters else Name(name)


def _by(setting: Setting, name: str) -> Maths:
    """b, or bᵀ of a vector."""
    symbol = write(Name(name), setting.context).fit(Level.SCRIPT)
    return (symbol.script(Symbol("⊤")) if setting.context.naming.rank(name) == 1 else symbol).maths


def _product(setting: Setting, one: HessianOf) -> Maths | None:
    """Xᵀ · ∂²L/∂z∂zᵀ · ∂z/∂w; else the sum of the products over what the gradient is made of."""
    if one.split is not None:
        before = [_placed(setting, form, Gradient(one.of, one.wrt)) for form in one.split.before]
        middle = Second(one.of, one.split.middle, one.split.middle)
        parts = [*(form for form in before if form is not None), middle]
        written = [write(part, setting.context) for part in parts]
        return reduce(beside, (*written, *(_partial(setting, each) for each in one.split.after))).maths
    return _chained(setting, one, one.parts[0]) if one.parts else None


def _chained(setting: Setting, one: HessianOf, part: Part) -> Maths | None:
    """Σ ∂of/∂c · dc/db; nothing where that says no more than the result."""
    if all(factor.wrt == Name(one.by) for factor in part.factors):
        return None
    terms = [_times(setting, one, factor) for factor in part.factors]
    return reduce(lambda a, b: joined(a, "+", b, Level.SUM, Level.SUM), terms).maths


def _times(setting: Setting, one: HessianOf, factor: Factor) -> Written:
    form = _placed(setting, factor.form, factor.of)
    if factor.wrt == Name(one.by):
        return write(factor.form if form is None else form, setting.context)
    match form:
        case Op("multiply", (scale, Op("eye"))):  # c I x is c x
            form = scale
    beyond = _whole(setting, one, factor.wrt)
    return beyond if form is None else beside(write(form, setting.context), beyond)


def _placed(setting: Setting, form: Formula, of: Formula) -> Formula | None:
    """A derivative as a factor: of a scalar by a vector a row; nothing of the identity."""
    if form == ONE or (isinstance(form, Op) and form.name == "eye"):
        return None
    is_row = setting.context.rank(of) == 0 and setting.context.rank(form) == 1
    return Op("transpose", (form,)) if is_row else form


def _whole(setting: Setting, one: HessianOf, of: Formula) -> Written:
    """dc/db of what is on the way: ∂²L/∂z∂bᵀ of a gradient, ∂h/∂b of a quantity."""
    match of:
        case Gradient(_, wrt):
            return write(Second(one.of, wrt, one.by), setting.context)
        case Name(id):
            return _derivative(setting, id, one.by)
    raise TypeError(f"neither a quantity nor a gradient: {of!r}")


def _partial(setting: Setting, factor: Factor) -> Written:
    assert isinstance(factor.of, Name)
    assert isinstance(factor.wrt, Name)
    return _derivative(setting, factor.of.id, factor.wrt.id)


def _derivative(setting: Setting, of: str, wrt: str) -> Written:
    """∂h/∂z as the whole derivative; ∂o/∂hᵀ of a scalar by a vector, which is a row."""
    naming = setting.context.naming
    if naming.rank(of) == 0 and naming.rank(wrt) == 1:
        above = write(Name(of), setting.context).fit(Level.SCRIPT)
        return fraction(above.maths, _by(setting, wrt))
    return as_whole(setting, Partial(of, wrt))


def _split(setting: Setting, one: HessianOf) -> Iterator[Chain]:
    """∂²L/∂z∂zᵀ = ∂/∂zᵀ (∂L/∂z) = its form, and the derivatives of quantities beside it."""
    if one.split is None:
        return
    middle = replace(one, by=one.split.middle, wrt=one.split.middle)
    links = (*_differentiated(setting, middle), Link("=", setting.maths(one.split.form)))
    yield leading(Chain(setting.maths(Second(one.of, middle.wrt, middle.by)), links), _left(one))
    for factor in (*one.split.inside, *one.split.after):
        form = _placed(setting, factor.form, factor.of) or factor.form
        chain = Chain(_partial(setting, factor).maths, (Link("=", setting.maths(form)),))
        yield leading(chain, _left(one))


def _on_the_way(setting: Setting, one: HessianOf) -> Iterator[Chain]:
    """Of every part but the first: from its formula, as a sum of products, what it comes to."""
    for part in () if one.split is not None else one.parts[1:]:
        links = [*_differentiated(setting, one, part.of.wrt)] if isinstance(part.of, Gradient) else []
        if (chained := _chained(setting, one, part)) is not None:
            links.append(Link("=", chained))
        total = _placed(setting, part.total, part.of) or part.total
        links.append(Link("=", setting.maths(total)))
        yield leading(Chain(_whole(setting, one, part.of).maths, tuple(links)), _left(one))


def _definite(setting: Setting, one: HessianOf) -> Iterator[Block]:
    if one.definite is None:
        return
    kind, names = Said(one.definite.kind), list[Words](map(Name, one.definite.where))
    told = "It is {kind} where {names} ≥ 0." if names else "It is {kind}."
    yield replace(paragraph(setting, told, kind=kind, names=names), of=answer(_left(one)))


def _numbers(setting: Setting, one: HessianOf) -> Iterator[Block]:
    value, second = one.whole.value, Second(one.of, one.wrt, one.by)
    if value is None:
        return
    if value.ndim > 2:
        yield from _flattened(setting, one, value)
        return
    form = None if one.whole.entries else one.whole.matrix_form
    if one.whole.is_row():
        form, value = None, value[None, :]
    yield paragraph(setting, "In numbers:")
    yield Display((worked(setting, second, form, value),))


def _flattened(setting: Setting, one: HessianOf, value: Array) -> Iterator[Block]:
    """The entries of arrays one after the other, row by row, as the rows and columns of one matrix."""
    height = int(np.prod(value.shape[: len(one.whole.out)]))
    whole = value.reshape(height, -1)
    if max(whole.shape) > LARGEST:
        return
    arrays = dict.fromkeys(Name(n) for n in (one.wrt, one.by) if setting.context.naming.rank(n) > 1)
    yield paragraph(setting, "In numbers, with the entries of {arrays} row by row:", arrays=[*arrays])
    yield Display((leading(Chain(Boxed(setting.maths(Value(whole))), ()), _left(one)),))
