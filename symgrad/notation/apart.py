"""What is asked of names under ``write``: each can be read, and no two look the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.errors import InputError
from symgrad.maths.latex import latex
from symgrad.maths.nodes import Accent, Fenced, Maths, Row, Script, Symbol
from symgrad.maths.written import read_written
from symgrad.reading.problem import Problem
from symgrad.reading.source import within
from symgrad.tree import Formula, Op, walk


def check_written(problem: Problem) -> None:
    """Raises `InputError`, at its place in the file, for a name that cannot be read."""
    for name, text in problem.write.items():
        try:
            read_written(text)
        except InputError as error:
            place, inside = problem.place("write", name), error.place
            start = inside.column - 1 if inside else 0
            end = start + inside.width if inside else len(text)
            raise InputError(error.message, place=within(place, start, end), hint=error.hint) from None


def check_apart(problem: Problem, forms: Mapping[str, Maths], ranks: Mapping[str, int]) -> None:
    """No two look the same because somebody chose so; what habit makes alike is told apart later.

    ``forms`` is how each name is written, ``ranks`` how many axes it has: of x and an arrow over x the
    entries look the same. Raises `InputError`, at its place in the file, for a name that is written as
    another is, or as π where a formula holds that number.
    """
    looks = {id: set(_looks(form, ranks.get(id, 0) > 0)) for id, form in forms.items()}
    if any(isinstance(node, Op) and node.name == "pi" for node in _nodes(problem)):
        looks["pi"] = {latex(Symbol("π"))}
    seen = {look: id for id in looks if id not in problem.write for look in looks[id]}
    for id in problem.write:
        for look in looks[id]:
            if (other := seen.setdefault(look, id)) != id:
                message = f"'{id}' and '{other}' would look the same"
                place = problem.place("write", id)
                raise InputError(message, place=place, hint="write one of them in another way")


def _looks(form: Maths, array: bool) -> Iterator[str]:
    """How a name looks, and how its entries do."""
    yield latex(_plainly(form))
    if array:
        yield latex(Script(_plainly(_bare(form)), sub=Symbol("i")))


def _bare(maths: Maths) -> Maths:
    """A name without its arrow."""
    match maths:
        case Accent("vec", body):
            return body
        case Script(base, sub, sup):
            return Script(_bare(base), sub, sup)
    return maths


def _nodes(problem: Problem) -> Iterator[Formula]:
    return (node for _, parsed in problem.forward for node in walk(parsed.formula))


def _plainly(maths: Maths) -> Maths:
    """A name as it is seen from afar, where an upright letter is no other than an italic one."""
    match maths:
        case Symbol(text, "upright"):
            return Symbol(text)
        case Row(parts):
            return Row(tuple(map(_plainly, parts)))
        case Script(base, sub, sup):
            return Script(_plainly(base), *(part and _plainly(part) for part in (sub, sup)))
        case Accent(kind, body):
            return Accent(kind, _plainly(body))
        case Fenced(left, body, right):
            return Fenced(left, _plainly(body), right)
    return maths
