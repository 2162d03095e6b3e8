"""Mistakes in sums: a path, a penalty or a bias left out, a penalty put in, one term for the total."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from symgrad.calculus.steps import Path
from symgrad.checking.mistakes.record import Slip
from symgrad.checking.mistakes.right import Case
from symgrad.checking.mistakes.sites import changed, terms
from symgrad.notation.plain import plain
from symgrad.tree import Formula, Gradient, Name, Op, added, names, substitute, transform, walk

MOST_PATHS = 6


def paths(formula: Formula, case: Case) -> Iterator[Slip]:
    """Some of the paths of a gradient left out."""
    gradient = case.model.derivation.gradients.get(case.wrt)
    if gradient is None or case.local or not 2 <= len(gradient.paths) <= MOST_PATHS:
        return
    known = [path for path in gradient.paths if path.formula is not None]
    for size in range(len(known) - 1, 0, -1):
        for kept in combinations(known, size):
            lost = [path for path in known if path not in kept]
            words = " + ".join(plain(path.formula) for path in lost if path.formula is not None)
            whole = added(path.formula for path in kept if path.formula is not None)
            yield Slip(_kind(lost, case), whole, _missing(_kind(lost, case), words))


def _missing(mistake: str, words: str) -> str:
    return words if mistake == "regulariser_gradient_forgotten" else f"{words} is missing"


def _kind(lost: list[Path], case: Case) -> str:
    """Whose gradient is left out: a penalty's, a time step's, or another use's."""
    if all(is_penalty(path.formula, case) for path in lost):
        return "regulariser_gradient_forgotten"
    return "bptt_no_carry" if is_recurrent(case) else "fanout_path_missing"


def is_penalty(formula: Formula | None, case: Case) -> bool:
    """Whether a term of a gradient depends on the parameter itself and on no activation: a multiple of W."""
    if formula is None or case.wrt not in case.model.graph.leaves:
        return False
    used = names(formula)
    return case.wrt in used and set(used) <= set(case.model.graph.leaves) and not _passes_on(formula, case)


def is_penalised(case: Case) -> bool:
    """Whether a penalty does hold the parameter."""
    return any(is_penalty(term, case) for form in case.forms for term in terms(form))


def _passes_on(formula: Formula, case: Case) -> bool:
    """Whether a gradient reaches a term that is more than a constant."""
    gradients = case.model.derivation.gradients
    found = (gradients[node.wrt].result for node in walk(formula) if isinstance(node, Gradient))
    return any(isinstance(node, Name | Gradient) for result in found for node in walk(result))


def is_recurrent(case: Case) -> bool:
    """Whether some parameter is used by the same formula at several steps."""
    graph = case.model.graph
    for leaf in graph.leaves:
        uses = [_shape_of(graph.quantities[name]) for name in graph.consumers(leaf)]
        chained = len(set(uses)) < len(uses) and any(
            second in case.model.between(first, second) or _rests(case, second, first)
            for first, second in combinations(graph.consumers(leaf), 2)
            if _shape_of(graph.quantities[first]) == _shape_of(graph.quantities[second])
        )
        if chained:
            return True
    return False


def _rests(case: Case, name: str, on: str) -> bool:
    return name in case.model.between(on, name)


def _shape_of(formula: Formula) -> Formula:
    """A formula without its names."""
    return transform(formula, lambda node: Name("#") if isinstance(node, Name) else node)


def summands(formula: Formula, case: Case) -> Iterator[Slip]:
    """A summand left out: a bias, a penalty's share, a term of a total; or all but one."""
    whole = terms(formula)
    if len(whole) < 2:
        return
    for n, lost in enumerate(whole):
        kept = added((*whole[:n], *whole[n + 1 :]))
        yield Slip(*_lost(lost, kept, case))
        if len(whole) > 2:
            yield Slip(*_lost(kept, lost, case))


def biases(formula: Formula, case: Case) -> Iterator[Slip]:
    """A bias left out inside an activation: tanh(W x) for tanh(W x + b)."""
    quantities, leaves = case.model.graph.quantities, case.model.graph.leaves

    def change(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("add", (kept, Name(lost))) if lost in leaves:
                yield kept, lost

    if not case.wrt:
        inside: dict[Formula, Formula] = {Name(n): quantities[n] for n in names(formula) if n in quantities}
        for other, words in changed(substitute(formula, inside), change):
            yield Slip("bias_omitted_forward", other, words)


def _lost(lost: Formula, kept: Formula, case: Case) -> tuple[str, Formula, str]:
    words = plain(lost)
    if case.wrt:
        mistake = "regulariser_gradient_forgotten" if is_penalty(lost, case) else _sharing(case)
        return mistake, kept, _missing(mistake, words)
    if isinstance(lost, Name) and lost.id in case.model.graph.leaves:
        return "bias_omitted_forward", kept, words
    return "total_vs_term", kept, f"only {plain(kept)}"


def _sharing(case: Case) -> str:
    return "bptt_no_carry" if is_recurrent(case) else "fanout_path_missing"


def penalties(formula: Formula, case: Case) -> Iterator[Slip]:
    """The penalty's gradient of another parameter, with this one put in."""
    if not case.wrt or case.local or is_penalised(case):
        return
    for name, gradient in case.model.derivation.gradients.items():
        if name == case.wrt or name not in case.model.graph.leaves:
            continue
        other = Case(case.model, (case.target[0], name), False, ())
        for term in terms(gradient.result) if gradient.matrix_form is not None else ():
            if is_penalty(term, other):
                share = substitute(term, {Name(name): Name(case.wrt)})
                if not any(isinstance(node, Gradient) for node in walk(share)):
                    yield Slip("regularising_the_bias", Op("add", (formula, share)), case.wrt)
                    yield Slip("regularising_the_bias", share, case.wrt)


def steps(formula: Formula, case: Case) -> Iterator[Slip]:
    """1 − h for 1 − h²; each h_t a step late or early."""
    if not case.wrt:
        return

    def squares(node: Formula) -> Formula:
        match node:
            case Op("subtract", (one, Op("power", (Name() as body, _)))):
                return Op("subtract", (one, body))
        return node

    yield Slip("bptt_no_carry", transform(formula, squares), "the derivative of tanh is 1 − h², not 1 − h")
    if is_recurrent(case):
        for moved in (1, -1):
            later = transform(formula, lambda node, moved=moved: _stepped(node, moved, case))  # type: ignore[misc]
            yield Slip("bptt_no_carry", later, "a state of another time step stands beside each gradient")


def _stepped(node: Formula, moved: int, case: Case) -> Formula:
    """h_2 for h_1, where both are names."""
    if isinstance(node, Name):
        stem = node.id.rstrip("0123456789")
        if stem != node.id:
            other = f"{stem}{int(node.id.removeprefix(stem)) + moved}"
            return Name(other) if other in case.model.graph.shapes else node
    return node
