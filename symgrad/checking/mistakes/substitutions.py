"""Mistakes of one thing for another: pre-activation for activation, neighbour for name, new for old."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.checking.mistakes.record import Slip
from symgrad.checking.mistakes.right import ACTIVATIONS, Case
from symgrad.checking.mistakes.scales import times
from symgrad.checking.mistakes.sites import changed
from symgrad.checking.world import rate_name
from symgrad.notation.plain import plain
from symgrad.tree import ONE, Formula, Gradient, Name, Op, names, substitute, transform, walk

MOST_NAMES = 12


def activations(case: Case) -> Iterator[tuple[str, str]]:
    """Pairs of a pre-activation and what it becomes."""
    for name, formula in case.model.graph.quantities.items():
        match formula:
            case Op(function, (Name(source),)) if function in ACTIVATIONS or function == "softmax":
                yield source, name


def arguments(formula: Formula, case: Case) -> Iterator[Slip]:
    """f′(a) for f′(z), z(1 − z) for a(1 − a), and for softmax the same in its Jacobian."""
    if not case.wrt:
        return
    mistake = "jacobian_at_preactivation_value"
    for before, after in activations(case):
        wrong = f"{before} stands where {after} belongs"
        for other, _ in changed(formula, lambda node, b=before, a=after: _one_less(node, b, a)):  # type: ignore[misc]
            yield Slip(mistake, other, wrong)
        if before == case.wrt and case.local:
            yield Slip(mistake, substitute(formula, {Name(after): Name(before)}), wrong)
        late = transform(formula, lambda node, b=before, a=after: _prime_at(node, b, a))  # type: ignore[misc]
        yield Slip(mistake, late, f"f′ is taken at {after}, not at {before}")
        whole: dict[Formula, Formula] = {Name(after): Name(before)}
        if before == case.wrt and any(any(_one_less(node, before, after)) for node in walk(formula)):
            yield Slip(mistake, substitute(formula, whole), wrong)


def _one_less(node: Formula, before: str, after: str) -> Iterator[tuple[Formula, str]]:
    match node:
        case Op("subtract", (left, right)) if left == ONE and Name(after) in tuple(walk(right)):
            yield substitute(node, {Name(after): Name(before)}), ""


def _prime_at(node: Formula, before: str, after: str) -> Formula:
    if isinstance(node, Op) and node.name == "prime" and node.args == (Name(before),):
        return Op("prime", (Name(after),), node.options)
    return node


def jacobians(formula: Formula, case: Case) -> Iterator[Slip]:
    """s (1 − s) for the Jacobian of softmax."""
    match formula:
        case Op("subtract", (Op("diag", (Name() as s,)), Op("outer"))):
            diagonal = times(s, Op("subtract", (ONE, s)))
            yield Slip("softmax_jacobian_diagonal_only", Op("diag", (diagonal,)))


def neighbours(formula: Formula, case: Case) -> Iterator[Slip]:
    """Another name of the same shape, at one place or at all: the operand itself, or a neighbour."""
    gradient_of = case.wrt
    for name in names(formula)[:MOST_NAMES]:
        for other in case.alike(name):
            mistake = "wrong_bias_or_wrong_index_substituted"
            if gradient_of and other == gradient_of:
                mistake = "wrong_factor_in_product"
            words = f"{other} stands where {name} belongs"
            swapped: dict[Formula, Formula] = {Name(name): Name(other)}
            yield Slip(mistake, substitute(formula, swapped), words)
    for node in dict.fromkeys(node for node in walk(formula) if isinstance(node, Gradient)):
        for other in case.alike(node.wrt):
            if Gradient(node.of, other).wrt in case.model.derivation.gradients:
                words = f"∂{node.of}/∂{other} stands where ∂{node.of}/∂{node.wrt} belongs"
                yield Slip(
                    "wrong_bias_or_wrong_index_substituted",
                    substitute(formula, {node: Gradient(node.of, other)}),
                    words,
                )


def wrong_losses(formula: Formula, case: Case) -> Iterator[Slip]:
    """sigmoid for softmax and the reverse; the δ of the output layer at its activation."""
    match formula:
        case Op("softmax", (body,)):
            yield Slip("softmax_vs_sigmoid_or_wrong_loss", Op("sigmoid", (body,)), "sigmoid, not softmax")
        case Op("sigmoid", (body,)):
            softmax = Op("softmax", (body,), (("axis", -1),))
            yield Slip("softmax_vs_sigmoid_or_wrong_loss", softmax, "softmax, not sigmoid")
    for before, after in activations(case):
        if after == case.wrt and not case.local:
            delta = Gradient(case.model.objective, before)
            words = f"this is the derivative by {before}, one step further back"
            yield Slip("softmax_vs_sigmoid_or_wrong_loss", delta, words)


def inner(formula: Formula, case: Case) -> Iterator[Slip]:
    """The outer derivative at the inner variable: 1/x for 1/u, f′(v) for f′(u)."""
    quantities = case.model.graph.quantities

    def change(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("prime" | "divide" | "power", args):
                inside = args[-1] if node.name == "divide" else args[0]
                for name in names(inside):
                    for source in names(quantities[name]) if name in quantities else ():
                        if source in case.alike(name):
                            moved: dict[Formula, Formula] = {Name(name): Name(source)}
                            yield substitute(node, moved), f"{source} stands where {name} belongs"

    if case.wrt:
        for other, words in changed(formula, change):
            yield Slip("chain_rule_wrong_argument", other, words)


def same_pass(formula: Formula, case: Case) -> Iterator[Slip]:
    """A gradient through weights that are updated already."""
    update = case.model.problem.update
    if update is None or not case.wrt or case.local:
        return
    rate, of = Name(rate_name(case.model.problem)), case.model.objective
    used = [name for name in names(formula) if name in update.parameters]
    for kept in (used, *([name] for name in used if len(used) > 1)):
        new: dict[Formula, Formula] = {
            Name(n): Op("subtract", (Name(n), times(rate, Gradient(of, n)))) for n in kept
        }
        if new:
            yield Slip("updated_weights_same_pass", substitute(formula, new), ", ".join(kept))


def stale(formula: Formula, case: Case) -> Iterator[Slip]:
    """A pre-activation copied as the activation; another quantity copied as this one."""
    match formula:
        case Op(function, (Name(source),)) if not case.wrt and function in ACTIVATIONS:
            yield Slip("inplace_or_stale_values", Name(source), source)
    name, wrt = case.target
    terms = names(formula)
    for other in case.alike(name) if not wrt and not case.updated else ():
        if other in case.model.graph.quantities:
            yield Slip("total_vs_term", Name(other), f"the value of {other}", printed=other not in terms)
    for other in case.alike(wrt) if wrt and not case.local else ():
        if other in case.model.derivation.gradients:
            copied = Gradient(name, other)
            yield Slip("total_vs_term", copied, f"the value of {plain(copied)}")
