"""Mistakes of sign and of scale: minus for plus, 2 and ½, 1/N, the seed, the learning rate."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.checking.mistakes.record import Slip
from symgrad.checking.mistakes.right import Case
from symgrad.checking.mistakes.sites import changed, terms
from symgrad.notation.plain import plain
from symgrad.tree import Formula, Gradient, Name, Number, Op, Size, added, number, walk

TWO = number(2)


def times(factor: Formula, formula: Formula) -> Formula:
    """factor · formula, entry by entry."""
    return Op("multiply", (factor, formula))


def over(formula: Formula, divisor: Formula) -> Formula:
    """formula / divisor, entry by entry."""
    return Op("divide", (formula, divisor))


def signs(formula: Formula, case: Case) -> Iterator[Slip]:
    """A difference turned round, a plus for a minus, a minus lost."""
    yield Slip("sign_t_minus_y", Op("negative", (formula,)), "everything has the opposite sign")
    for other, words in changed(formula, _signs):
        yield Slip("sign_t_minus_y", other, words)


def _signs(node: Formula) -> Iterator[tuple[Formula, str]]:
    words = f"{plain(node)} is right"
    match node:
        case Op("subtract", (left, right)):
            yield Op("subtract", (right, left)), words
            yield Op("add", (left, right)), words
        case Op("add", (left, right)):
            yield Op("subtract", (left, right)), words
            yield Op("subtract", (right, left)), words
        case Op("negative", (body,)):
            yield body, words


def twos(formula: Formula, case: Case) -> Iterator[Slip]:
    """The whole, or one term of it, doubled or halved."""
    mistake = "factor_two_or_half"
    yield Slip(mistake, times(TWO, formula), "the whole is doubled")
    yield Slip(mistake, over(formula, TWO), "the whole is halved")
    whole = terms(formula)
    for n, term in enumerate(whole if len(whole) > 1 else ()):
        for other, words in ((times(TWO, term), "doubled"), (over(term, TWO), "halved")):
            yield Slip(
                mistake, added((*whole[:n], other, *whole[n + 1 :])), f"the term {plain(term)} is {words}"
            )


def averages(formula: Formula, case: Case) -> Iterator[Slip]:
    """1/N left out or applied twice, in the whole or in one term."""
    mistake = "batch_average_missing_or_doubled"
    whole = terms(formula)
    for count in batch_sizes(case):
        for n, term in enumerate(whole):
            rest = whole[:n], whole[n + 1 :]
            yield Slip(mistake, added((*rest[0], times(count, term), *rest[1])), "1/N is missing")
            yield Slip(mistake, added((*rest[0], over(term, count), *rest[1])), "1/N is there twice")
        if len(whole) > 1:
            yield Slip(mistake, times(count, formula), "1/N is missing")
            yield Slip(mistake, over(formula, count), "1/N is there twice")


def batch_sizes(case: Case) -> Iterator[Formula]:
    """The sizes that something is divided by: of a mean, of 1/N, of 1/4 where an axis has four entries."""
    graph = case.model.graph
    sizes = {graph.sizes.get(dim) for shape in graph.shapes.values() for dim in shape}
    found: dict[Formula, None] = {}
    for formula in graph.quantities.values():
        for node in walk(formula):
            match node:
                case Op("mean", (body,)):
                    axis = node.option("axis")
                    shape = graph.shape(body)
                    for dim in shape if axis is None else (shape[axis],):
                        found[number(1) if dim == 1 else Size(str(dim))] = None
                case Op("divide", (_, Size() as size)):
                    found[size] = None
                case Op("divide", (_, Number(value))):
                    counts = {value, value / 2} & {n for n in sizes if n is not None}
                    found.update(dict.fromkeys(number(n) for n in counts if n > 1))
    yield from found


def seed(formula: Formula, case: Case) -> Iterator[Slip]:
    """Every gradient times the value of the objective."""
    of = case.model.objective
    if case.wrt and not case.model.graph.shapes[of]:
        yield Slip("seed_with_loss_value", times(Name(of), formula), of)


def rates(formula: Formula, case: Case) -> Iterator[Slip]:
    """The step of an update: rate omitted or used twice, the weight or nothing in place of the gradient."""
    match formula:
        case Op("subtract", (Name() as weight, Op("multiply", (Name() as rate, Gradient() as step)))):
            for other, words in (
                (step, "the rate is left out"),
                (times(rate, times(rate, step)), "the rate is used twice"),
                (over(step, rate), "the step is divided by the rate"),
                (times(rate, weight), "the weight is subtracted in place of its gradient"),
                (times(over(rate, number(10)), step), "a tenth of the rate is used"),
                (times(times(number(10), rate), step), "ten times the rate is used"),
                (times(times(TWO, rate), step), "twice the rate is used"),
                (times(over(rate, TWO), step), "half the rate is used"),
            ):
                yield Slip("learning_rate", Op("subtract", (weight, other)), words)
            for copy in (times(rate, step), step, weight):
                yield Slip("total_vs_term", copy, plain(copy))
