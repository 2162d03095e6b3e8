"""What is true of a problem, without symgrad: its formulas' texts over autograd.numpy, at any point.

Claims are texts of the formula language with a few words more: ``d_W`` is the gradient of the
objective, ``D(a, b)`` a derivative between two quantities, ``prod(g, D(a, b))`` the chain rule whatever
the shapes, ``Sum(i, …)`` a sum over an index, ``delta(i, j)`` Kronecker's, ``p if c else q`` two cases;
``drelu dtanh dsigmoid`` are derivatives of functions, ``step`` is one where positive.
"""

import ast
import itertools
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from autograd import jacobian
from reference import AUTOGRAD, COMPARISONS, OPERATORS, autograd_gradients

FUNCTIONS = {
    **AUTOGRAD.functions(),
    "drelu": lambda t: np.where(t > 0, 1.0, 0.0),
    "step": lambda t: np.where(t > 0, 1.0, 0.0),
    "dtanh": lambda t: 1 / np.cosh(t) ** 2,
    "dsigmoid": lambda t: np.exp(-t) / (1 + np.exp(-t)) ** 2,
    "flip": lambda t: t[::-1, ::-1],
    "colsum": lambda t: np.sum(t, axis=0),
}
CLOSE = 1e-7


@contextmanager
def quiet():
    """Without warnings that a value is independent of another, or out of a function's domain."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@cache
def parsed(text):
    """The tree of a text; the same text gives the same tree."""
    return ast.parse(text, mode="eval").body


@dataclass(frozen=True, eq=False)
class World:
    """A problem at one point: values, gradients and derivatives between quantities."""

    course: object
    leaves: dict

    @cached_property
    def values(self):
        """Leaves and quantities, and the names that sheets use without saying so."""
        with quiet():
            found = AUTOGRAD.forward(self.course.forward, self.leaves)
        return {**{k: np.asarray(v, dtype=float) for k, v in found.items()}, **self.course.constants}

    @cached_property
    def gradients(self):
        """The gradients of the objective by every name."""
        with quiet():
            return autograd_gradients(self.course.forward, self.leaves, [*self.leaves, *self.course.forward])

    def __getitem__(self, name):
        if name.startswith("d_"):
            return self.gradients[name[2:]]
        if name.startswith("new_"):
            moved = name[4:]
            return self.values[moved] - self.values[self.course.rate] * self.gradients[moved]
        return self.values[name]

    @cache  # noqa: B019  worlds live as long as the benchmark
    def partial(self, of, wrt):
        """∂of/∂wrt, all that lies between included; axes of ``of`` first."""

        def value(at):
            known = {**self.leaves, **self.course.constants, wrt: at}
            for name, text in self.course.forward.items():
                known[name] = at if name == wrt else AUTOGRAD.evaluate(text, known)
            return known[of]

        with quiet():
            return jacobian(value)(self.values[wrt])


class Student:
    """A world in which some values are those of a student; derivatives are the right ones."""

    def __init__(self, world, own=None):
        self.world, self.course, self.own = world, world.course, dict(own or {})

    def __getitem__(self, name):
        return self.own[name] if name in self.own else self.world[name]

    def partial(self, of, wrt):
        """As the world has it."""
        return self.world.partial(of, wrt)


def evaluate(node, world, at=None):
    """The value of a claim's side; ``at`` holds the positions of indices."""
    at = at or {}

    def value(part):
        return evaluate(part, world, at)

    match node:
        case ast.Constant(value=number):
            return float(number)
        case ast.Name(id=name):
            return np.float64(at[name]) if name in at else world[name]
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](value(left), value(right))
        case ast.UnaryOp(operand=operand):
            return -value(operand)
        case ast.Attribute(value=base):
            return value(base).T
        case ast.Subscript(value=base, slice=key):
            return value(base)[_key(key, at)]
        case ast.Call(func=ast.Name(id="Sum"), args=[ast.Name(id=index), body]):
            return sum(evaluate(body, world, {**at, index: n}) for n in _range(world, index))
        case ast.IfExp(test=test, body=body, orelse=other):
            return value(body if value(test) else other)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return COMPARISONS[type(op)](value(left), value(right))
        case ast.Call(func=ast.Name(id="prod"), args=[gradient, local]):
            return np.tensordot(value(gradient), value(local), axes=np.ndim(value(gradient)))
        case ast.Call(func=ast.Name(id="delta"), args=[left, right]):
            return float(value(left) == value(right))
        case ast.Call(func=ast.Name(id="D"), args=[of, wrt]):
            return world.partial(_base(of), _base(wrt))[(*_place(of, at), *_place(wrt, at))]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            return FUNCTIONS[name](*map(value, args), **{k.arg: ast.literal_eval(k.value) for k in keywords})
    raise TypeError(ast.dump(node))


def _range(world, index):
    name, axis = world.course.indices[index]
    return range(world[name].shape[axis])


def _key(node, at):
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return tuple(
        at[part.id]
        if isinstance(part, ast.Name)
        else part.value
        if isinstance(part, ast.Constant)
        else slice(None)
        for part in parts
    )


def _base(node):
    return node.value.id if isinstance(node, ast.Subscript) else node.id


def _place(node, at):
    return _key(node.slice, at) if isinstance(node, ast.Subscript) else ()


def free(node, world):
    """The indices of a claim that no sum binds."""
    bound = {n.args[0].id for n in ast.walk(node) if isinstance(n, ast.Call) and n.func.id == "Sum"}
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in world.course.indices}
    return sorted(used - bound)


def same(left, right, world):
    """Whether two sides agree at a point, shapes included, for all positions of their free indices."""
    letters = sorted({*free(left, world), *free(right, world)})
    for places in itertools.product(*(_range(world, letter) for letter in letters)):
        at = dict(zip(letters, places, strict=True))
        try:
            with quiet():
                a, b = (np.asarray(evaluate(side, world, at)) for side in (left, right))
        except (ValueError, IndexError):
            return False
        if not equal(a, b):
            return False
    return True


def equal(a, b):
    """Whether two arrays are one, up to what floats lose."""
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= CLOSE * (1 + np.abs(a))))
