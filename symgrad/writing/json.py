"""A solution for other programs: full precision, nothing rounded, NaN and infinities as null."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from msgspec.structs import replace

from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.calculus.recurrence import Rounds
from symgrad.calculus.second import HessianOf
from symgrad.calculus.steps import Derivation, Step
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.open_rounds import general_shape, is_round, unnumbered, visible
from symgrad.results.run import Arrays
from symgrad.results.training import TrainingStep
from symgrad.solution import Solution
from symgrad.tree import Array, Formula, Name

VERSION = 1
_UNSEEN = re.compile("[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")

LatexOf: TypeAlias = Callable[[Formula], str]
Fields: TypeAlias = dict[str, Any]


def to_json(solution: Solution, latex_of: LatexOf, general: Sequence[LatexOf] = ()) -> str:
    """The quantities, gradients, steps and training of a solution; ``latex_of`` writes a formula as LaTeX.

    ``general`` does so for the formulas of each repeated block.
    """
    return dumped(_fields(solution, latex_of, general))


def to_sheet_json(solution: Solution, latex_of: LatexOf, general: Sequence[LatexOf] = ()) -> str:
    """What is asked, without any answer: formulas and shapes of quantities, shapes of what is derived."""
    whole = _fields(solution, latex_of, general)
    derived = {key: whole[key] for key in ("jacobians", "hessians", "hessian_products") if key in whole}
    return dumped(
        {
            "symgrad": VERSION,
            "title": whole["title"],
            "quantities": _only(whole["quantities"], "shape", "latex", "formula"),
            "gradients": _only(whole["gradients"], "of", "shape"),
            **{key: _only(fields, "shape") for key, fields in derived.items()},
        }
    )


def _only(rows: Fields, *keys: str) -> Fields:
    return {name: {key: row[key] for key in keys} for name, row in rows.items()}


def _fields(solution: Solution, latex_of: LatexOf, general: Sequence[LatexOf]) -> Fields:
    """All that the JSON of a solution holds."""
    solution = _shown(solution)
    derivation, training = solution.derivation, solution.training
    return {
        "symgrad": VERSION,
        "title": solution.problem.title,
        "quantities": _quantities(solution, latex_of, general),
        "gradients": _gradients(solution, latex_of, general),
        **_also(solution, latex_of),
        **_jacobians(solution, latex_of),
        **_hessians(solution, latex_of),
        **_hessian_products(solution, latex_of),
        **_recursions(solution, general),
        "steps": [
            *_steps(derivation, derivation.gradients, solution.graph, latex_of),
            *(
                step
                for found, latex in zip(solution.rounds, general, strict=True)
                for step in _steps(found.derivation, found.own, found.graph, latex)
            ),
        ],
        "training": [_training_step(entry, solution.graph) for entry in (training.steps if training else ())],
    }


def _shown(solution: Solution) -> Solution:
    """What of a solution is told; sizes without a number by their names."""
    open_, graph = unnumbered(solution), solution.graph
    sizes = {dim: size for dim, size in graph.sizes.items() if dim not in open_}
    return visible(replace(solution, graph=replace(graph, sizes=sizes, _cache={})) if open_ else solution)


def dumped(whole: Fields) -> str:
    """Data as text; a character that is not seen, or turns round what is, stands there by its code."""
    text = json.dumps(whole, allow_nan=False, ensure_ascii=False, indent=2) + "\n"
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _quantities(solution: Solution, latex_of: LatexOf, general: Sequence[LatexOf]) -> dict[str, Fields]:
    graph, values = solution.graph, solution.run.quantities
    label, found = solution.problem.repeat.label, dict[str, Fields]()
    written = {b.counter.name: (b, latex) for b, latex in zip(solution.rounds, general, strict=True)}
    for name, parsed in solution.problem.forward:
        if is_round(solution.problem, name):
            ((counter, number),) = solution.problem.repeat.rounds[name].items()
            block, general_latex = written[counter]
            if number == block.counter.first:
                one = f"{name.partition('[')[0]}[{counter}]"
                shape = general_shape(block, block.graph.shapes[one])
                found[one] = _quantity(solution, shape, general_latex(Name(one)), parsed.text)
        else:
            fields = _quantity(solution, graph.shapes[name], latex_of(Name(name)), _formula(solution, name))
            found[label(name)] = {**fields, **_value(name, values)}
    return found


def _formula(solution: Solution, name: str) -> str:
    """The formula with the numbers of its round; as the file has it where the last has none."""
    parsed = solution.problem.formulas[name]
    return parsed.text if solution.problem.repeat.open else parsed.shown


def _quantity(solution: Solution, shape: Shape, latex: str, formula: str) -> Fields:
    return {
        "shape": _shape(shape, solution.graph, solution.problem.repeat.label),
        "latex": latex,
        "formula": formula,
    }


def _gradients(solution: Solution, latex_of: LatexOf, general: Sequence[LatexOf] = ()) -> dict[str, Fields]:
    graph, values = solution.graph, solution.run.gradients
    label = solution.problem.repeat.label
    found = {
        label(name): {
            "of": gradient.of,
            "shape": _shape(graph.shapes[name], graph, label),
            "latex": latex_of(gradient.result),
            **_value(name, values),
        }
        for name, gradient in solution.derivation.gradients.items()
        if name not in graph.auxiliary
    }
    for block, general_latex in zip(solution.rounds, general, strict=False):
        for target, gradient in block.derivation.gradients.items() if block.counter.open else ():
            shape, latex = block.graph.shapes[target], general_latex(gradient.result)
            found[target] = {
                "of": gradient.of,
                "shape": _shape(general_shape(block, shape), graph),
                "latex": _summed(block, target, latex, latex_of) if target in block.shared else latex,
            }
    return found


def _summed(block: Rounds, target: str, latex: str, latex_of: LatexOf) -> str:
    """What all rounds add to the gradient of a leaf, and what else reaches it."""
    counter = block.counter
    others = "".join(f" + {latex_of(other)}" for other in block.shared[target])
    return rf"\sum_{{{counter.name} = {counter.first}}}^{{{counter.end}}} \left({latex}\right){others}"


def _also(solution: Solution, latex_of: LatexOf) -> Fields:
    """The gradients of further objectives, where there are any."""
    found = {other.graph.of: _gradients(other, latex_of) for other in solution.also}
    return {"also": found} if found else {}


def _jacobians(solution: Solution, latex_of: LatexOf) -> Fields:
    """The Jacobians that were asked for, where there are any: the axes of the quantity come first."""
    graph = solution.graph
    found = {
        jacobian.name: _derivative(jacobian, (jacobian.of, jacobian.wrt), graph, latex_of)
        for jacobian in solution.jacobians
    }
    return {"jacobians": found} if found else {}


def _hessians(solution: Solution, latex_of: LatexOf) -> Fields:
    """The second derivatives that were asked for: the axes of the first name come first."""
    found = {
        hessian.name: {
            **_derivative(hessian.whole, (hessian.wrt, hessian.by), solution.graph, latex_of),
            **_definite(hessian),
        }
        for hessian in solution.hessians
    }
    return {"hessians": found} if found else {}


def _hessian_products(solution: Solution, latex_of: LatexOf) -> Fields:
    """What the Hessian makes of the direction that was asked for, by parameter."""
    product, found = solution.product, dict[str, Any]()
    if product is None:
        return {}
    for wrt, v in product.along:
        tangent = product.result(wrt)
        found[wrt] = {
            "along": v,
            "shape": _shape(solution.graph.shapes[wrt], solution.graph),
            "latex": latex_of(product.whole.get(wrt, tangent.result)),
            **({} if tangent.value is None else {"value": _plain(tangent.value)}),
            "proof": tangent.proof,
        }
    return {"hessian_products": found}


def _derivative(found: JacobianOf, names: tuple[str, str], graph: Graph, latex_of: LatexOf) -> Fields:
    return {
        "shape": _shape(tuple(dim for name in names for dim in graph.shapes[name]), graph),
        "latex": _matrix(found.entries, latex_of) or latex_of(found.result),
        **({} if found.value is None else {"value": _plain(found.value)}),
        "proof": found.proof,
    }


def _definite(hessian: HessianOf) -> Fields:
    """What is proved of its eigenvalues, for all numbers: those it rests on not to be negative."""
    if hessian.definite is None:
        return {}
    return {"definite": {"kind": hessian.definite.kind, "if_not_negative": list(hessian.definite.where)}}


def _recursions(solution: Solution, general: Sequence[LatexOf]) -> Fields:
    """The gradients of repeated blocks, once for all numbers of the counter, where there are any."""
    found = {
        target: {
            "of": gradient.of,
            "latex": latex_of(gradient.result),
            "first": rounds.counter.first,
            "last": _last(rounds, rounds.lasts[target]),
            "summed": target in rounds.shared,
        }
        for rounds, latex_of in zip(solution.rounds, general, strict=True)
        for target, gradient in rounds.derivation.gradients.items()
        if not rounds.is_auxiliary(target, solution.graph)
    }
    return {"recursions": found} if found else {}


def _last(rounds: Rounds, number: int) -> int | str:
    """The last number of a counter; L, or L-1, where it has only a name."""
    counter = rounds.counter
    back = counter.last - number
    return f"{counter.end}{f'-{back}' if back else ''}" if counter.open else number


def _steps(
    derivation: Derivation, targets: Iterable[str], graph: Graph, latex_of: LatexOf
) -> Iterator[Fields]:
    return (_step(step, graph, latex_of) for target in targets for step in derivation.steps(target))


def _matrix(entries: tuple[tuple[Formula, ...], ...], latex_of: LatexOf) -> str:
    """A matrix that is written out; nothing where there is none."""
    rows = (" & ".join(map(latex_of, row)) for row in entries)
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}" if entries else ""


def _step(step: Step, graph: Graph, latex_of: LatexOf) -> Fields:
    return {
        "target": step.target,
        "rule": step.rule,
        "before": latex_of(step.before),
        "after": latex_of(step.after),
        "shapes": {name: _shape(shape, graph) for name, shape in step.shapes},
        "proof": step.proof,
    }


def _training_step(entry: TrainingStep, graph: Graph) -> Fields:
    """The entry after the last update holds quantities alone."""
    parts = {"quantities": entry.quantities, "gradients": entry.gradients, "updated": entry.updated}
    held = {key: arrays for key, arrays in parts.items() if key == "quantities" or entry.updated}
    plain = {key: _plain_arrays(arrays, graph) for key, arrays in held.items()}
    state = {name: _plain_arrays(arrays, graph) for name, arrays in entry.state.items()}
    return {"step": entry.step, **plain, **({"state": state} if state else {})}


def _shape(shape: Shape, graph: Graph, label: Callable[[str], str] = str) -> list[int | str]:
    """Sizes as numbers where they are known, else by name."""
    found = (graph.sizes.get(dim, dim) for dim in shape)
    return [label(dim) if isinstance(dim, str) else dim for dim in found]


def _value(name: str, values: Arrays) -> Fields:
    return {"value": _plain(values[name])} if name in values else {}


def _plain_arrays(arrays: Arrays, graph: Graph) -> Fields:
    return {name: _plain(array) for name, array in arrays.items() if name not in graph.auxiliary}


def _plain(array: Array) -> Any:
    return _finite(array.tolist())


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    return value if math.isfinite(value) else None
