"""The Jacobians that are asked for: a product over the way, the matrix, its entries, its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.document.blocks import Block, Chain, Display, Link, Paragraph
from symgrad.maths.nodes import Boxed, Maths, Matrix
from symgrad.notation.binding import Level, Written, joined
from symgrad.notation.context import Context, write
from symgrad.notation.derivatives import upstream_first
from symgrad.styles.answers import leading
from symgrad.styles.parts import note, paragraph, section, words
from symgrad.styles.setting import Setting
from symgrad.styles.worked import worked
from symgrad.tree import Array, Entry, Formula, Name, Op, Partial, Value

MOST_SLICES = 6
"""Slices of an array of three axes that are shown."""


def jacobians(setting: Setting) -> Iterator[Block]:
    """Every Jacobian that is asked for, in a section of its own."""
    yield from section(words(setting, "Jacobians"), _sections(setting), "jacobians")


def _sections(setting: Setting) -> Iterator[Block]:
    found = setting.solution.jacobians
    for one in [one for one in found if one.is_matrix][:1]:
        yield _layout(setting, one)
    for one in found:
        title = words(setting, "Jacobian of {of} by {wrt}", of=Name(one.of), wrt=Name(one.wrt))
        blocks = (*_derived(setting, one), *_numbers(setting, one))
        yield from section(title, blocks, f"jacobian-{one.of}-by-{one.wrt}")


def _is_turned(setting: Setting) -> bool:
    return setting.solution.problem.report.layout == "denominator"


def _layout(setting: Setting, one: JacobianOf) -> Paragraph:
    """Which of the two the rows belong to, said of the first Jacobian that is a matrix."""
    rows, columns = Name(one.of), Name(one.wrt)
    told = "Numerator layout: in {whole} the rows belong to {rows}, the columns to {columns}."
    if _is_turned(setting):
        rows, columns = columns, rows
        told = "Denominator layout: in {whole} the rows belong to {rows}, the columns to {columns}."
    return note(setting, told, whole=_whole(setting, one), rows=rows, columns=columns)


def _derived(setting: Setting, one: JacobianOf) -> Iterator[Block]:
    graph = setting.solution.graph
    for consumer in one.through:
        through, formula = Name(consumer), graph.quantities[consumer]
        yield paragraph(setting, "Through {quantity} = {formula}.", quantity=through, formula=formula)
    if not one.through and one.of != one.wrt:
        apart = "{of} does not depend on {target}:"
        yield paragraph(setting, apart, of=Name(one.of), target=Name(one.wrt))
    links = [] if _is_turned(setting) or set(one.through) <= {one.of} else [_ways(setting, one)]
    ways = len(links)
    if one.entries:
        rows = zip(*one.entries, strict=True) if _is_turned(setting) else one.entries
        links.append(Matrix(tuple(tuple(map(setting.maths, row)) for row in rows)))
    elif (form := _form(setting, one)) is not None:
        links.append(setting.maths(form))
    else:
        entry = Entry(Partial(one.of, one.wrt), one.letters)
        chain = Chain(_whole(setting, one, entry), (Link("=", setting.maths(one.index_form)),))
        yield Display((leading(chain, entry),))
    if links:
        chain = Chain(_whole(setting, one), tuple(Link("=", maths) for maths in links))
        yield Display((leading(chain, Partial(one.of, one.wrt), ways),))


def _form(setting: Setting, one: JacobianOf) -> Formula | None:
    """The array as it is laid out: of a scalar by a vector a row, in the other layout a column."""
    if one.matrix_form is not None and one.is_row(turned=_is_turned(setting)):
        return Op("transpose", (one.matrix_form,))
    return one.turned if _is_turned(setting) else one.matrix_form


def _numbers(setting: Setting, one: JacobianOf) -> Iterator[Block]:
    if one.value is None:
        return
    value, whole = one.value, _whole(setting, one)
    if one.is_row(turned=_is_turned(setting)):
        chain = _worked(setting, one, None, value[None, :])
    elif one.is_matrix and _is_turned(setting):
        chain = _worked(setting, one, None, value.T)
    elif value.ndim <= 2:
        chain = _worked(setting, one, None if one.entries else one.matrix_form, value)
    else:
        if value.ndim == 3 and len(value) <= MOST_SLICES and len(one.out) == 1:
            yield paragraph(setting, "In numbers, for each entry of {of}:", of=Name(one.of))
            yield Display(tuple(_slice(setting, one, n) for n in range(len(value))))
        return
    yield paragraph(setting, "In numbers:")
    yield Display((replace(chain, left=whole),))


def _worked(setting: Setting, one: JacobianOf, formula: Formula | None, value: Array) -> Chain:
    return worked(setting, Partial(one.of, one.wrt), formula, value)


def _slice(setting: Setting, one: JacobianOf, place: int) -> Chain:
    assert one.value is not None
    result = Value(one.value[place])
    entry = Entry(Partial(one.of, one.wrt), (place,))
    links = (Link(setting.relation(result), Boxed(setting.maths(result))),)
    return leading(Chain(_whole(setting, one, entry), links), entry)


def _ways(setting: Setting, one: JacobianOf) -> Maths:
    """The chain rule: ∂y/∂c · ∂c/∂x, added over the quantities c by which x leads to y."""
    terms = []
    for consumer in one.through:
        local = write(Partial(consumer, one.wrt), setting.context)
        beyond = Partial(one.of, consumer)
        terms.append(
            local if consumer == one.of else upstream_first(write(beyond, _plain(setting, beyond)), local)
        )
    total, *others = terms
    for term in others:
        total = joined(total, "+", term, Level.SUM, Level.SUM)
    return total.maths


def _whole(setting: Setting, one: JacobianOf, formula: Formula | None = None) -> Maths:
    """∂y/∂x, or an entry of it, as the whole derivative: with no mark of a direct one."""
    partial = Partial(one.of, one.wrt)
    return write(formula or partial, _plain(setting, partial)).maths


def as_whole(setting: Setting, partial: Partial) -> Written:
    """∂y/∂x as the whole derivative, with no mark of a direct one."""
    return write(partial, _plain(setting, partial))


def _plain(setting: Setting, partial: Partial) -> Context:
    direct = {key: term for key, term in setting.context.direct.items() if key != partial}
    return replace(setting.context, direct=direct)
