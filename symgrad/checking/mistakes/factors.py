"""Mistakes in products: transposes, the order of factors, factors too few and too many."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.checking.mistakes.record import Slip
from symgrad.checking.mistakes.right import Case
from symgrad.checking.mistakes.scales import TWO, over, times
from symgrad.checking.mistakes.sites import Change, changed, terms
from symgrad.notation.plain import plain
from symgrad.tree import ONE, Formula, Gradient, Name, Number, Op, added, names, walk

CONVOLUTIONS = frozenset(("conv2d", "kernel_conv2d", "full_conv2d"))


def transposes(formula: Formula, case: Case) -> Iterator[Slip]:
    """A transpose left out; one put at a factor of a product; the factors exchanged; the result turned."""
    graph = case.model.graph

    def missing(node: Formula) -> Iterator[tuple[Formula, str]]:
        if isinstance(node, Op) and node.name == "transpose":
            yield node.args[0], f"{plain(node.args[0])} has to be transposed"

    def extra(node: Formula) -> Iterator[tuple[Formula, str]]:
        if isinstance(node, Op) and node.name == "matmul":
            for n, factor in enumerate(node.args):
                if isinstance(factor, Name | Gradient) and len(graph.shape(factor)) == 2:
                    turned = Op("transpose", (factor,))
                    args = (turned, node.args[1]) if n == 0 else (node.args[0], turned)
                    yield Op("matmul", args), f"{plain(factor)} stands here as it is"

    yield from _each("missing_transpose", formula, missing)
    yield from _each("extra_transpose", formula, extra)
    yield from _each("outer_product_order", formula, _outers)
    if case.wrt and any(isinstance(n, Op) and n.name in ("outer", "matmul") for n in walk(formula)):
        yield Slip("outer_product_order", Op("transpose", (formula,)), f"{plain(formula)} is right")


def _outers(node: Formula) -> Iterator[tuple[Formula, str]]:
    match node:
        case Op("outer", (left, right)):
            yield Op("outer", (right, left)), f"{plain(node)} is right"
            yield Op("multiply", (left, right)), f"{plain(node)} is right"


def _each(mistake: str, formula: Formula, change: Change) -> Iterator[Slip]:
    return (Slip(mistake, other, words) for other, words in changed(formula, change))


def dropped(formula: Formula, case: Case) -> Iterator[Slip]:
    """A factor left out of a gradient; the derivative of the activation as a whole."""
    if not case.wrt:
        return
    upstream = _output_layer(case)
    if upstream is not None:
        delta = Gradient(case.model.objective, upstream)
        yield Slip("softmax_vs_sigmoid_or_wrong_loss", delta, "the derivative of the activation is left out")
    yield from _each("dropped_chain_factor", formula, _dropped)


def _dropped(node: Formula) -> Iterator[tuple[Formula, str]]:
    match node:
        case Op("multiply", (left, right)):
            pairs: tuple[tuple[Formula, Formula], ...] = ((left, right), (right, left))
        case Op("divide", (left, right)):
            pairs = ((left, right),)
        case _:
            return
    for kept, lost in pairs:
        if not isinstance(kept, Number) and not isinstance(lost, Number) and kept != lost:
            yield kept, plain(lost)


def _output_layer(case: Case) -> str | None:
    """The activation at the end of the network, if the line is about what goes into it."""
    graph = case.model.graph
    for consumer in graph.consumers(case.wrt):
        match graph.quantities[consumer]:
            case Op("sigmoid" | "softmax" | "tanh", (Name(source),)) if source == case.wrt:
                losses = graph.consumers(consumer)
                learned = set(case.model.derivation.gradients) & set(graph.leaves)
                ends = all(learned.isdisjoint(names(graph.quantities[loss])) for loss in losses)
                return consumer if losses and ends and not _goes_on(case, consumer) else None
    return None


def _goes_on(case: Case, name: str) -> bool:
    """Whether another activation comes after a quantity."""
    quantities = case.model.graph.quantities
    after = case.model.between(name, case.model.objective)
    return any(
        isinstance(f, Op) and f.name in ("sigmoid", "softmax", "tanh") for f in map(quantities.get, after)
    )


def surplus(formula: Formula, case: Case) -> Iterator[Slip]:
    """A factor too many: the output itself, or the derivative of an activation."""
    if not case.wrt or case.local:
        return
    graph = case.model.graph
    if case.wrt in graph.quantities:
        yield Slip("extra_factor_output", times(formula, Name(case.wrt)), case.wrt)
    for consumer in graph.consumers(case.wrt):
        match graph.quantities[consumer]:
            case Op("softmax" | "sigmoid"):
                prime = times(Name(consumer), Op("subtract", (ONE, Name(consumer))))
                words = f"the factor {plain(prime)} is one too many"
                yield Slip("softmax_vs_sigmoid_or_wrong_loss", times(formula, prime), words)
                yield Slip(
                    "softmax_jacobian_diagonal_only"
                    if graph.quantities[consumer].name == "softmax"  # type: ignore[union-attr]
                    else "dropped_chain_factor",
                    times(Gradient(case.model.objective, consumer), prime),
                )


def biases(formula: Formula, case: Case) -> Iterator[Slip]:
    """The gradient of what is added: summed over everything, multiplied by an input or by itself."""
    gradient = case.model.derivation.gradients.get(case.wrt)
    if gradient is None or case.local or not _is_bias(case):
        return
    mistake = "bias_gradient_wrong_reduction"
    shape = case.model.graph.shapes[case.wrt]
    if shape:
        ones = Op("ones", (), (("shape", shape),))
        yield Slip(mistake, times(ones, Op("sum", (formula,))), "it is summed over all entries here")
    yield Slip(mistake, times(formula, Name(case.wrt)), f"it is multiplied by {case.wrt} here")
    for words, inputs in _inputs(case, tuple(path.consumer for path in gradient.paths)):
        scaled = [
            _scaled(path.formula, Gradient(case.model.objective, path.consumer), factor)
            for path, factor in zip(gradient.paths, inputs, strict=True)
            if path.formula is not None
        ]
        yield Slip(mistake, added(scaled), f"it is multiplied by {words} here")
    for name, dims in case.model.graph.shapes.items():
        if dims == shape:
            yield Slip(mistake, times(formula, Name(name)), f"it is multiplied by {name} here")


def _scaled(formula: Formula, gradient: Formula, factor: Formula) -> Formula:
    if gradient not in tuple(walk(formula)):
        return times(formula, factor)
    return _put(formula, gradient, times(gradient, factor))


def _put(formula: Formula, old: Formula, new: Formula) -> Formula:
    return next(
        (other for other, _ in changed(formula, lambda n: iter([(new, "")] if n == old else []))), formula
    )


def _is_bias(case: Case) -> bool:
    """Whether a parameter is a summand wherever it is used."""
    quantities = case.model.graph.quantities
    uses = [quantities[consumer] for consumer in case.model.graph.consumers(case.wrt)]
    own = case.wrt in case.model.graph.leaves
    return own and bool(uses) and all(Name(case.wrt) in terms(formula) for formula in uses)


def _inputs(case: Case, consumers: tuple[str, ...]) -> Iterator[tuple[str, tuple[Formula, ...]]]:
    """What stands beside the weights where the bias is added: one input for each use."""
    graph = case.model.graph
    gradients = case.model.derivation.gradients
    beside = []
    for consumer in consumers:
        used = [node.id for node in walk(graph.quantities[consumer]) if isinstance(node, Name)]
        known = [
            n for n in dict.fromkeys(used) if n != case.wrt and (n not in gradients or n in graph.quantities)
        ]
        beside.append([(name, form) for name in known for form in _columns(case, name)])
    for choice in range(min(map(len, beside), default=0)):
        chosen = [options[choice] for options in beside]
        yield ", ".join(dict.fromkeys(name for name, _ in chosen)), tuple(form for _, form in chosen)


def _columns(case: Case, name: str) -> Iterator[Formula]:
    """An input, and of a batch its columns."""
    yield Name(name)
    shape = case.model.graph.shapes[name]
    if len(shape) == 2:
        count = case.model.graph.sizes.get(shape[1], 0) if shape[1] != 1 else 1
        for column in range(min(count, 4)):
            yield Op("index", (Name(name),), (("key", (("slice", None, None), column)),))


def norms(formula: Formula, case: Case) -> Iterator[Slip]:
    """A norm for its square, everywhere or at one place; in a gradient a term divided by the norm."""

    def change(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("power", (Op("norm") as norm, Number(value))) if value == 2:
                yield norm, f"{plain(node)} is right"
            case Op("sum", (Op("power", (body, Number(value))),)) if value == 2:
                yield Op("norm", (body,)), f"{plain(node)} is right"
            case Op("dot", (left, right)) if left == right:
                yield Op("norm", (left,)), f"{plain(node)} is right"

    found = list(changed(formula, change))
    for other, words in found:
        yield Slip("norm_vs_squared_norm", other, words)
        for both, _ in changed(other, change):
            yield Slip("norm_vs_squared_norm", both, words)
    if case.wrt:
        whole, norm = terms(formula), Op("norm", (Name(case.wrt),))
        for n, term in enumerate(whole):
            if Name(case.wrt) in tuple(walk(term)):
                for share in (over(term, norm), over(over(term, TWO), norm)):
                    new = added((*whole[:n], share, *whole[n + 1 :]))
                    yield Slip("norm_vs_squared_norm", new, f"the term {plain(term)} is right")


def kernels(formula: Formula, case: Case) -> Iterator[Slip]:
    """A kernel rotated, or not."""

    def change(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("rotate", (body,)):
                yield body, f"{plain(body)} has to be rotated"
            case Op(name, args) if name in CONVOLUTIONS:
                for n, arg in enumerate(args):
                    turned = (*args[:n], Op("rotate", (arg,)), *args[n + 1 :])
                    yield Op(name, turned, node.options), f"{plain(arg)} stands here as it is"

    yield from _each("conv_kernel_flip", formula, change)
