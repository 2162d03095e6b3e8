"""symgrad on a case of `peer_cases`: sizes are names, every step is verified in 50 digits."""

import json

from peer_cases import answer

from symgrad.calculus.derive import derive
from symgrad.calculus.facts import read_fact
from symgrad.calculus.whole import verify_derivation
from symgrad.calculus.worlds import result_value
from symgrad.graph import build_graph
from symgrad.intermediates import name_intermediates
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.reading.problem import read_problem
from symgrad.tree import Gradient, Name


def text(case):
    """The case as a problem file."""
    forward = {0: {"o": "softmax(v)", "L": "-sum(y * log(o))"}, -1: {"L": "logdet(X)"}}.get(case.depth, {})
    for n in range(1, case.depth + 1):
        forward[f"u{n}"] = f"W{n} @ {f'h{n - 1}' if n > 1 else 'x'} + b{n}"
        forward |= {f"h{n}": f"tanh(u{n})"} if n < case.depth else {"L": f"sum((u{n} - y)**2)"}
    ranks = {name: [f"{name}_{axis}" for axis in range(len(shape))] for name, shape in case.shapes.items()}
    file = {"forward": forward, "backward": {"wrt": case.wrt}, "shapes": ranks}
    file |= {"assume": ["sum(y) == 1"]} if case.depth == 0 else {}
    return "\n".join(f"{key}: {json.dumps(part)}" for key, part in file.items())


def derived(case):
    """The graph and every gradient, verified."""
    problem = read_problem(text(case))
    graph = name_intermediates(build_graph(problem))
    facts = tuple(read_fact(*sides, None, graph.shapes) for sides in problem.assume)
    derivation = derive(graph, facts)
    verify_derivation(graph, derivation, facts)
    return graph, derivation


def numbers(case, found):
    """The gradients at the point of the case."""
    graph, derivation = found
    leaves = case.point()
    sizes = {dim: n for name, a in leaves.items() for dim, n in zip(graph.shapes[name], a.shape, strict=True)}
    names = {Name(name): value for name, value in leaves.items()}
    values = Values(names, sizes)
    for name, formula in graph.quantities.items():
        names[Name(name)] = evaluate(formula, values)
    for name, gradient in derivation.gradients.items():
        names[Gradient(graph.of, name)] = result_value(gradient, values)
    return {name: names[Gradient(graph.of, name)] for name in case.wrt}


if __name__ == "__main__":
    answer(derived, numbers)
