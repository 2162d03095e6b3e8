"""One term for the total, or another quantity for this one."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.examples import SOFTMAX
from symgrad.checking.explaining.forward import worked_out
from symgrad.checking.explaining.neighbours import alike
from symgrad.checking.explaining.record import Example, Mistake, Supposition
from symgrad.tree import Formula, Name, Op


def suppose(case: Case) -> Iterator[Supposition]:
    """A term of the sum; the value, or the derivative, of something else of the same shape."""
    graph = case.model.graph
    if case.is_value:
        terms = _terms(graph.quantities.get(case.of, Name(case.of)))
        for n, term in enumerate(terms if len(terms) > 1 else ()):
            yield Supposition(f"only {case.maths_of(term)}", worked_out(term))
            if len(terms) > 2:
                yield Supposition(
                    f"everything but {case.maths_of(term)}", worked_out(_sum(terms[:n] + terms[n + 1 :]))
                )
        for other in alike(case.model, case.of) if case.numeric else ():
            if other in graph.quantities:
                words = f"the value of {case.maths_of(other)}"
                yield Supposition(words, lambda here, other=other: here.value(other))  # type: ignore[misc]
    if case.is_slope:
        for other in alike(case.model, case.wrt):
            words = f"the derivative by {case.maths_of(other)}"
            yield Supposition(words, lambda here, other=other: here.gradient(other))  # type: ignore[misc]
    if case.target is not None and case.target.new:
        name = case.target.name
        for other in alike(case.model, name):
            yield Supposition(
                f"the value of {case.maths_of(other)}",
                lambda here, other=other: here.world.after.value(other),  # type: ignore[misc]
            )


def _terms(formula: Formula) -> tuple[Formula, ...]:
    match formula:
        case Op("add", (left, right)):
            return _terms(left) + _terms(right)
        case Op("subtract", (left, right)):
            return _terms(left) + tuple(Op("negative", (term,)) for term in _terms(right))
    return (formula,)


def _sum(terms: tuple[Formula, ...]) -> Formula:
    found = terms[0]
    for term in terms[1:]:
        found = Op("add", (found, term))
    return found


MISTAKE = Mistake(
    "total_vs_term",
    260,
    "one term stands for the total, or another quantity for this one",
    "this is {part}, not the whole of what is asked",
    "which quantity is asked for, and of which terms does it consist?",
    r"J = L",
    r"J = L + s",
    (Example(SOFTMAX, "J", "L", "L + s"),),
    (suppose,),
)
