"""The quantities of a problem at numbers, and their derivatives by autograd: nothing of symgrad is asked."""

from functools import cached_property

import numpy as np
from autograd import jacobian
from reference import AUTOGRAD
from ruamel.yaml import YAML

SIZES = (3, 2, 4, 5)
"""What the size letters of a problem stand for, in the order in which they come."""


POSITIVE = ("eps", "epsilon")
"""Leaves that stand under a root."""


class World:
    """A problem at numbers: ``w.z`` is the value of z, ``w.d("L", "z")`` ∂L/∂z, through z alone."""

    def __init__(self, problem, leaves):
        self.problem = problem
        self.leaves = {name: np.asarray(value, dtype=float) for name, value in leaves.items()}

    @cached_property
    def values(self):
        """All quantities and leaves by name."""
        return self._forward({})

    def __getattr__(self, name):
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def d(self, of, by):
        """∂of/∂by: the axes of ``of`` first. ``by`` may be a quantity: then what made it is held."""
        return jacobian(lambda value: self._forward({by: value})[of])(np.asarray(self.values[by], float))

    def _forward(self, held):
        values = {**self.leaves, **held}
        for name, formula in self.problem["forward"].items():
            if name not in held:
                values[name] = self._evaluate(str(formula), values)
        return values

    def _evaluate(self, formula, values):
        functions = AUTOGRAD.functions()
        for head, body in self.problem.get("functions", {}).items():
            name, _, argument = head.rstrip(")").partition("(")
            functions[name] = lambda t, body=body, argument=argument: self._evaluate(body, {argument: t})
        return eval(formula, {"__builtins__": {}}, {**functions, **values})


def read(problem):
    """The problem file's text as plain data."""
    return YAML(typ="safe").load(problem)


def drawn(problem, shapes, random):
    """A problem at its own numbers, and at random ones of these shapes for the other leaves."""
    leaves = dict(problem.get("given", {}))
    sizes: dict[str, int] = {}
    for name, shape in {**problem.get("shapes", {}), **shapes}.items():
        numbers = [
            size if isinstance(size, int) else sizes.setdefault(size, SIZES[len(sizes) % len(SIZES)])
            for size in shape
        ]
        value = random.normal(size=numbers)
        leaves.setdefault(name, abs(value) if name in POSITIVE else value)
    # A size is a number too where a formula names it.
    leaves |= {size: value for size, value in sizes.items() if size not in leaves}
    for name in ("y", "t"):
        if f"sum({name}) == 1" in problem.get("assume", ()):
            leaves[name] = np.eye(np.size(leaves[name]))[0]
    return World(problem, leaves)
