"""A derivation that states no forward pass: its names, so that neighbouring sides can still be compared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.reading.problem import Problem, problem_from_data
from symgrad.reading.source import Source
from symgrad.submission.lines import Line, Submission
from symgrad.submission.sheet.forward import Equation, Forward
from symgrad.submission.sheet.indices import loose
from symgrad.submission.sheet.located import located
from symgrad.submission.sheet.names import is_gradient
from symgrad.submission.sheet.patterns import recognised
from symgrad.submission.sheet.problem import Unmade, gathered, made
from symgrad.submission.sheet.refusals import refused
from symgrad.submission.sheet.statements import EQUALS, Definition, Statements, is_list, names
from symgrad.submission.written import Cases, Comparison, Derivative, Node, Subtract, Symbol, walk

CLAIM, CLAIMS = "claim_", "claims"
KEPT = ("title", "given", "functions", "assume")
MOST_CLAIMS = 40
MOST_DROPPED = 20


class Unstated(Problem, frozen=True, eq=False):
    """The quantities and leaves that a derivation uses, of an objective that it does not state.

    ``of`` is a stand-in that no line speaks of; ``lack`` says what is missing.
    """

    lack: InputError | None = None


def unstated(submission: Submission, lack: InputError) -> Unstated:
    """The names of a submission without a forward pass; those of lines that cannot be said are left out."""
    gathering = gathered(submission)
    found = gathering.found
    kept = [*found.equations.values(), *_claims(gathering.lines, found), *_shown(gathering.stated, found)]
    for _ in range(MOST_DROPPED):
        found.equations.clear()
        found.equations.update({equation.name: equation for equation in kept})
        try:
            return _marked(made(gathering, tuple(_order(found))) if kept else None, submission, lack)
        except Unmade as unmade:
            kept = [equation for equation in kept if equation.name != unmade.name]
        except InputError:
            break
    return _marked(None, submission, lack)


def _marked(problem: Problem | None, submission: Submission, lack: InputError) -> Unstated:
    """The problem with one stand-in for all claims."""
    source = Source(submission.name, submission.text)
    data: dict[str, Any] = {"forward": {CLAIMS: 0}}
    if problem is not None:
        graph = build_graph(problem)
        stated = {name: parsed.text for name, parsed in problem.forward if not name.startswith(CLAIM)}
        terms = [name if not graph.shapes[name] else f"sum({name})" for name in (*graph.leaves, *stated)]
        free = [name for name in graph.leaves if name not in problem.given]
        shapes = {name: [graph.sizes.get(dim, dim) for dim in graph.shapes[name]] for name in free}
        kept = {key: value for key, value in problem.located.data.items() if key in KEPT}
        write = {name: text for name, text in problem.write.items() if not name.startswith(CLAIM)}
        data = {**kept, "forward": {**stated, CLAIMS: " + ".join(terms)}, "shapes": shapes, "write": write}
    made_problem = problem_from_data(located(data, {}, source))
    return Unstated(**{name: getattr(made_problem, name) for name in Problem.__struct_fields__}, lack=lack)


def _order(found: Forward) -> Iterator[Symbol]:
    done: dict[Symbol, None] = {}
    for name in found.equations:
        done.update(dict.fromkeys(found.below(name)))
    yield from done


def _claims(lines: tuple[Line, ...], found: Forward) -> Iterator[Equation]:
    """The difference of two neighbouring sides, as a quantity."""
    for line in lines[:MOST_CLAIMS]:
        if line.is_condition or line.struck or not EQUALS.issuperset(line.relations):
            continue
        sides = [side for side in line.sides if side.node is not None and _is_plain(side.node, found)]
        for left, right in pairwise(sides):
            assert left.node is not None
            assert right.node is not None
            body = recognised(Subtract(left.node, right.node), lambda symbol, total: False)
            target = Symbol("claim", f"{line.id}x{left.span.start}")
            yield Equation(target, 1, tuple(loose(body, ())), body, Definition(target, 1, body, right, line))


def _shown(stated: Statements, found: Forward) -> Iterator[Equation]:
    """A name with its numbers."""
    for n, item in enumerate(stated.shown[:MOST_CLAIMS]):
        if item.target not in found.equations and not is_gradient(item.target):
            target = Symbol("claim", f"v{n}")
            source = Definition(target, 1, item.target, item.side, item.line)
            yield Equation(target, 1, (), item.target, source)


def _is_plain(node: Node, found: Forward) -> bool:
    unsaid = (Derivative, Comparison, Cases)
    if any(isinstance(part, unsaid) or is_list(part) for part in walk(node)) or any(refused(node, found, {})):
        return False
    used = names(node)
    return bool(used) and not any(is_gradient(name) or "'" in name.marks for name in used)
