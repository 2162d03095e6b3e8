"""The formula language once more, written without symgrad: a formula's text evaluated over any numbers.

`AUTOGRAD` evaluates with autograd.numpy, whose gradients are an independent truth; `FIFTY` with
mpmath numbers in object arrays, for central differences. Functions are written from their textbook
formulas over a few primitives, so both share one table.
"""

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import mpmath
import numpy as np
from autograd import grad
from autograd.extend import defvjp, primitive

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.USub: operator.neg,
}
COMPARISONS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
}


@dataclass(frozen=True)
class Arithmetic:
    """Where numbers live: an array module and the scalar functions it lacks."""

    np: Any
    number: Callable[[str], Any]
    pi: Any
    exp: Any
    log: Any
    sqrt: Any
    sin: Any
    cos: Any
    tanh: Any
    arctan: Any
    erf: Any
    det: Any
    inv: Any

    def functions(self):
        """Every function of the formula language."""
        np, exp, log = self.np, self.exp, self.log

        def sigmoid(t):
            return 1 / (1 + exp(-t))

        def mean(x, axis=None, keepdims=False):
            return np.sum(x, axis=axis, keepdims=keepdims) / (
                np.size(x) if axis is None else np.shape(x)[axis]
            )

        def var(x, axis=None, keepdims=False):
            return mean((x - mean(x, axis, True)) ** 2, axis, keepdims)

        def logsumexp(x, axis=None, keepdims=False):
            return log(np.sum(exp(x), axis=axis, keepdims=keepdims))

        def norm(x, ord=2):
            orders = {1: lambda: np.sum(np.abs(x)), math.inf: lambda: np.max(np.abs(x))}
            return orders[ord]() if ord in orders else self.sqrt(np.sum(x * x))

        def pick(x, y):
            at = _whole(y)
            return x[np.arange(x.shape[0]), at] if np.ndim(x) == 2 else x[at]

        def prod(x, axis=-1):
            """Factor by factor: autograd's own divides by each."""
            last, found = axis % np.ndim(x) == np.ndim(x) - 1, 1
            for n in range(np.shape(x)[axis]):
                found = found * (x[..., n] if last else x[n])
            return found

        def where(condition, yes, no):
            """The branches have the whole shape: autograd hands back gradients of that shape."""
            whole = np.ones(anp.broadcast(*(anp.zeros(np.shape(a)) for a in (condition, yes, no))).shape)
            return np.where(condition, yes * whole, no * whole)

        return {
            "exp": exp,
            "log": log,
            "sqrt": self.sqrt,
            "sin": self.sin,
            "cos": self.cos,
            "tanh": self.tanh,
            "sinh": lambda t: (exp(t) - exp(-t)) / 2,
            "cosh": lambda t: (exp(t) + exp(-t)) / 2,
            "arctan": self.arctan,
            "erf": self.erf,
            "clip": lambda t, lo, hi: where((t > hi) | (lo > hi), hi, where(t < lo, lo, t)),
            "eye": lambda n: np.eye(int(n)),
            "ones": lambda *shape: np.ones([int(n) for n in shape]),
            "zeros": lambda *shape: np.zeros([int(n) for n in shape]),
            "abs": np.abs,
            "sigmoid": sigmoid,
            "relu": lambda t: np.where(t > 0, t, 0 * t),
            "leaky_relu": lambda t, slope=0.01: np.where(t > 0, t, slope * t),
            "elu": lambda t: np.where(t < 0, exp(t) - 1, t),
            "softplus": lambda t: log(1 + exp(t)),
            "silu": lambda t: t * sigmoid(t),
            "gelu": lambda t: t * (1 + self.erf(t / self.sqrt(self.number("2")))) / 2,
            "maximum": np.maximum,
            "minimum": np.minimum,
            "sum": np.sum,
            "mean": mean,
            "var": var,
            "std": lambda *args, **options: self.sqrt(var(*args, **options)),
            "max": np.max,
            "min": np.min,
            "norm": norm,
            "sech": lambda t: 2 / (exp(t) + exp(-t)),
            "stop": _stop,
            "kron": lambda a, b: np.concatenate(
                [np.concatenate([a[i, j] * b for j in range(a.shape[1])], 1) for i in range(a.shape[0])], 0
            ),
            "cumsum": lambda x, axis=0: np.cumsum(x, axis),
            "prod": prod,
            "onehot": lambda y, k: np.eye(int(k))[_whole(y)],
            "pick": pick,
            "dot": np.dot,
            "outer": np.outer,
            "trace": np.trace,
            "diag": np.diag,
            "softmax": lambda x, axis=None: exp(x) / np.sum(exp(x), axis=axis, keepdims=True),
            "log_softmax": lambda x, axis=None: x - logsumexp(x, axis, True),
            "logsumexp": logsumexp,
            "where": where,
            "det": self.det,
            "inv": self.inv,
            "logdet": lambda x: log(np.abs(self.det(x))),
            "flatten": lambda x: np.reshape(x, -1),
            "concat": lambda *parts, axis=0: np.concatenate(
                [p if np.ndim(p) else np.reshape(p, 1) for p in parts], axis
            ),
            "conv2d": self._convolution,
            "maxpool2d": self._pooling,
            "avgpool2d": self._averages,
            "conv1d": lambda x, k: np.array([[sum(map(self._moved, x[0], f)) for f in k]]),
            "einsum": np.einsum,
            "stack": lambda *parts: np.stack(parts),
            "reshape": lambda x, shape: np.reshape(x, tuple(map(int, shape))),
            "transpose": lambda x, axes: np.transpose(x, tuple(map(int, axes))),
            "swapaxes": lambda x, first, second: np.swapaxes(x, int(first), int(second)),
        }

    def _convolution(self, x, k, stride=1, padding=0):
        if np.ndim(k) == 4:
            images = [[sum(map(self._convolution, image, f)) for f in k] for image in x]
            return self.np.array(images)
        around = np.zeros([n + 2 * padding for n in x.shape], dtype=object)
        rows, columns = (range(0, n - m + 1, stride) for n, m in zip(around.shape, k.shape, strict=True))

        def entry(i, j):
            found = 0.0
            for a, b in np.ndindex(k.shape):
                p, q = i + a - padding, j + b - padding
                if 0 <= p < x.shape[0] and 0 <= q < x.shape[1]:
                    found = found + x[p, q] * k[a, b]
            return found

        return self.np.array([[entry(i, j) for j in columns] for i in rows])

    def _pooling(self, x, size, stride=None):
        size = int(size)
        rows, columns = (range(0, n - size + 1, stride or size) for n in x.shape)
        return self.np.array([[self.np.max(x[i : i + size, j : j + size]) for j in columns] for i in rows])

    def _averages(self, x, size, stride=None):
        """Of windows over the last two axes."""
        size, step = int(size), stride or int(size)
        rows, columns = (n - size + 1 for n in x.shape[-2:])
        parts = [x[..., a : a + rows : step, b : b + columns : step] for a, b in np.ndindex(size, size)]
        return sum(parts) / size**2

    def _moved(self, x, k):
        """A kernel moved over a sequence."""
        places = range(len(x) - len(k) + 1)
        return self.np.array([sum(x[i + a] * k[a] for a in range(len(k))) for i in places])

    def evaluate(self, text, names):
        """The value of a formula's text; ``names`` holds the values of its names."""
        return self._value(ast.parse(text, mode="eval").body, names, self.functions())

    def _value(self, node, names, functions):
        def value(part):
            return self._value(part, names, functions)

        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Constant(value=number):
                return self.number(repr(number))
            case ast.Name(id="pi"):
                return self.pi
            case ast.Name(id=name):
                return names[name]
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](value(left), value(right))
            case ast.UnaryOp(op=op, operand=operand):
                return OPERATORS[type(op)](value(operand))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return COMPARISONS[type(op)](value(left), value(right))
            case ast.Tuple(elts=parts):
                return tuple(map(value, parts))
            case ast.Attribute(value=base, attr="T"):
                return value(base).T
            case ast.Subscript(value=base, slice=ast.Name(id=labels)):
                return value(base)[_whole(names[labels])]
            case ast.Subscript(value=base, slice=key):
                return value(base)[_key(key)]
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                options = {k.arg: _literal(k.value) for k in keywords}
                return functions[name](*map(value, args), **options)
        raise TypeError(f"no reference for {ast.dump(node)}")

    def forward(self, lines, leaves):
        """The values of all quantities, in order."""
        values = dict(leaves)
        for name, text in lines.items():
            values[name] = self.evaluate(text, values)
        return values


def _whole(labels):
    return np.rint(np.asarray(labels, dtype=float)).astype(int)


def _literal(node):
    return math.inf if isinstance(node, ast.Name) and node.id == "inf" else ast.literal_eval(node)


def _key(node):
    match node:
        case ast.Tuple(elts=parts):
            return tuple(map(_key, parts))
        case ast.Slice(lower=lower, upper=upper):
            return slice(*(None if end is None else ast.literal_eval(end) for end in (lower, upper)))
    return ast.literal_eval(node)


_erf = primitive(lambda t: np.vectorize(math.erf, otypes=[float])(t))
defvjp(_erf, lambda ans, t: lambda g: g * 2 / math.sqrt(math.pi) * np.exp(-(t**2)))

_stop = primitive(lambda x: x)
defvjp(_stop, None)

_FLOAT = (
    *(anp.exp, anp.log, anp.sqrt, anp.sin, anp.cos, anp.tanh, anp.arctan, _erf),
    *(anp.linalg.det, anp.linalg.inv),
)
AUTOGRAD = Arithmetic(anp, float, math.pi, *_FLOAT)
_SCALAR = (
    *(mpmath.exp, mpmath.log, mpmath.sqrt, mpmath.sin, mpmath.cos, mpmath.tanh, mpmath.atan, mpmath.erf),
)
_MATRIX = (
    lambda x: mpmath.det(mpmath.matrix(x.tolist())),
    lambda x: np.array((mpmath.matrix(x.tolist()) ** -1).tolist(), dtype=object),
)
FIFTY = Arithmetic(
    np, mpmath.mpf, mpmath.pi, *(np.frompyfunc(function, 1, 1) for function in _SCALAR), *_MATRIX
)


def autograd_gradients(lines, leaves, wrt):
    """∂(sum of the last line)/∂name for every name in ``wrt``, a leaf or a quantity, by autograd."""
    values = AUTOGRAD.forward(lines, leaves)

    def objective(value, name):
        known = {**leaves, name: value}
        for line, text in lines.items():
            known[line] = value if line == name else AUTOGRAD.evaluate(text, known)
        return anp.sum(known[list(lines)[-1]])

    return {name: grad(objective)(np.asarray(values[name], dtype=float), name) for name in wrt}


def central_differences(lines, leaves, name, step="1e-17"):
    """∂(sum of the last line)/∂leaf by central differences of the text in mpmath numbers."""
    exact = {
        key: np.frompyfunc(mpmath.mpf, 1, 1)(np.asarray(value, dtype=object)) for key, value in leaves.items()
    }
    centre, h = np.asarray(exact[name], dtype=object), mpmath.mpf(step)
    found = np.empty(centre.shape, dtype=object)
    for where in np.ndindex(centre.shape):
        sides = []
        for sign in (1, -1):
            moved = centre.copy()
            moved[where] = centre[where] + sign * h
            sides.append(np.sum(FIFTY.forward(lines, {**exact, name: moved})[list(lines)[-1]]))
        found[where] = (sides[0] - sides[1]) / (2 * h)
    return found
