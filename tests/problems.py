"""Random problems of the formula language, typed by shape so that every one is legal.

Values stay where all functions are defined and away from kinks: logarithms, roots and divisions are
of positive arrays, norms and deviations of arrays that are not constant.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

SIZES = (2, 3, 4)
UNARY = (
    "exp(tanh({0}))",
    "log(1 + ({0})**2)",
    "sqrt(2 + sin({0}))",
    "abs({0})",
    "sin({0})",
    "cos({0})",
    "tanh({0})",
    "sinh({0} / 3)",
    "log(cosh({0}))",
    "arctan({0})",
    "erf({0})",
    "clip({0}, -1.5, 1.5)",
    "maximum(minimum({0}, 1.3), -1.2)",
    "sigmoid({0})",
    "relu({0})",
    "leaky_relu({0})",
    "leaky_relu({0}, slope=0.2)",
    "elu({0})",
    "softplus({0})",
    "silu({0})",
    "gelu({0})",
    "-({0})",
    "({0})**2",
    "({0})**3",
    "(1 + ({0})**2)**0.5",
    "(2 + tanh({0}))**-1",
    "2**tanh({0})",
    "0.7 * ({0})",
    "({0}) / 3",
    "1 - ({0})",
    "maximum({0}, 0.1)",
    "minimum(0.2, {0})",
    "1 / (1 + ({0})**2)",
    "pi * ({0})",
)
BINARY = (
    "({0}) + ({1})",
    "({0}) - ({1})",
    "({0}) * ({1})",
    "({0}) / (1 + ({1})**2)",
    "maximum({0}, {1})",
    "minimum({0}, {1})",
    "(1.5 + tanh({0}))**(tanh({1}))",
)
REDUCTIONS = ("sum", "mean", "max", "min", "var", "logsumexp")


@dataclass
class Writer:
    """Writes formulas of a wanted shape; leaves come into being where they are needed."""

    random: random.Random
    leaves: dict[str, tuple[int, ...]] = field(default_factory=dict)
    quantities: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def formula(self, shape, depth):
        """A formula of this shape, at most ``depth`` operations deep."""
        if depth <= 0:
            return self.name(shape)
        kinds: dict[int, tuple[Callable, ...]] = {0: SCALARS, 1: VECTORS, 2: MATRICES}
        return self.random.choice(kinds[len(shape)])(self, shape, depth - 1)

    def name(self, shape):
        """A quantity made before, a leaf used before (shared), or a new leaf."""
        known = [n for n, s in {**self.leaves, **self.quantities}.items() if s == shape]
        if known and self.random.random() < 0.6:
            return self.random.choice(known)
        return self.leaf(shape)

    def leaf(self, shape):
        """A leaf of its own."""
        name = f"{'cvM'[len(shape)]}{len(self.leaves)}"
        self.leaves[name] = shape
        return name

    def size(self):
        return self.random.choice(SIZES)


def _unary(w, shape, depth):
    return w.random.choice(UNARY).format(w.formula(shape, depth))


def _binary(w, shape, depth):
    """Two operands, one of them possibly broadcast."""
    other = w.random.choice([shape, *_stretched(shape)])
    operands = [w.formula(shape, depth), w.formula(other, depth - 1)]
    w.random.shuffle(operands)
    return w.random.choice(BINARY).format(*operands)


def _stretched(shape):
    if len(shape) == 2:
        return [(), shape[1:], (shape[0], 1), (1, shape[1]), (1,), (1, 1)]
    return [(), (1,)] if shape else []


def _reduce_all(w, shape, depth):
    rank = w.random.choice((1, 2))
    inner = w.formula(tuple(w.size() for _ in range(rank)), depth)
    if rank == 2 and w.random.random() < 0.2:
        return f"norm(1 + ({inner})**2)"
    choices = [r for r in REDUCTIONS if rank == 1 or r != "logsumexp"]
    return f"{w.random.choice(choices)}({inner})"


def _spread(w, shape, depth):
    inner = tuple(w.size() for _ in range(w.random.choice((1, 2))))
    return f"{w.random.choice(('std', 'norm'))}({w.formula(inner, depth)} + 3 * {w.leaf(inner)})"


def _dot(w, shape, depth):
    n = w.size()
    text = w.random.choice(("dot({0}, {1})", "({0}) @ ({1})"))
    return text.format(w.formula((n,), depth), w.formula((n,), depth))


def _trace(w, shape, depth):
    n = w.size()
    return f"trace({w.formula((n, n), depth)})"


def _entry(w, shape, depth):
    n, m = w.size(), w.size()
    if w.random.random() < 0.5:
        return f"({w.formula((n,), depth)})[{w.random.randrange(-n, n)}]"
    return f"({w.formula((n, m), depth)})[{w.random.randrange(-n, n)}, {w.random.randrange(m)}]"


def _matvec(w, shape, depth):
    (n,), m = shape, w.size()
    if w.random.random() < 0.5:
        return f"({w.formula((n, m), depth)}) @ ({w.formula((m,), depth)})"
    return f"({w.formula((m,), depth)}) @ ({w.formula((m, n), depth)})"


def _affine(w, shape, depth):
    m = w.size()
    inner = (
        (w.leaf((*shape, m)), w.formula((m,), depth), w.leaf(shape))
        if len(shape) == 1
        else (w.formula((shape[0], m), depth), w.leaf((m, shape[1])), w.leaf(shape[1:]))
    )
    return "({}) @ ({}) + {}".format(*inner)


def _softmax(w, shape, depth):
    axis = f", axis={w.random.choice((0, 1, -1))}" if len(shape) == 2 else ""
    return f"{w.random.choice(('softmax', 'log_softmax'))}({w.formula(shape, depth)}{axis})"


def _reduce_axis(w, shape, depth):
    axis, m = w.random.choice((0, 1)), w.size()
    inner = w.formula((m, *shape) if axis == 0 else (*shape, m), depth)
    return f"{w.random.choice(REDUCTIONS)}({inner}, axis={axis})"


def _std_axis(w, shape, depth):
    axis, m = w.random.choice((0, 1)), w.size()
    inner = (m, *shape) if axis == 0 else (*shape, m)
    return f"std({w.formula(inner, depth)} + 3 * {w.leaf(inner)}, axis={axis})"


def _diag(w, shape, depth):
    return f"diag({w.formula((shape[0],) * 2 if len(shape) == 1 else shape[:1], depth)})"


def _slice(w, shape, depth):
    """A stretch of something longer, a row or a column."""
    n, longer = shape[-1], shape[-1] + w.random.choice((0, 1, 2))
    start = w.random.randrange(longer - n + 1)
    stretch = f"{start}:{start + n}"
    if len(shape) == 1:
        m = w.size()
        texts = (
            (f"[{stretch}]", (longer,)),
            (f"[{w.random.randrange(-m, m)}]", (m, n)),
            (f"[{stretch}, {w.random.randrange(m)}]", (longer, m)),
        )
    else:
        texts = ((f"[:, {stretch}]", (shape[0], longer)), (f"[-{shape[0]}:]", (shape[0] + 1, n)))
    key, whole = w.random.choice(texts)
    return f"({w.formula(whole, depth)}){key}"


def _product(w, shape, depth):
    k = w.size()
    return f"({w.formula((shape[0], k), depth)}) @ ({w.formula((k, shape[1]), depth)})"


def _transpose(w, shape, depth):
    return f"({w.formula(shape[::-1], depth)}).T"


def _outer(w, shape, depth):
    return f"outer({w.formula(shape[:1], depth)}, {w.formula(shape[1:], depth)})"


def _centred(w, shape, depth):
    """(n,1) or (1,m) against (n,m): a kept axis broadcast again."""
    inner = w.formula(shape, depth)
    name, axis = w.random.choice(("sum", "mean", "max", "min", "var")), w.random.choice((0, 1))
    reduction = f"{name}({inner}, axis={axis}, keepdims=True)"
    return w.random.choice(BINARY[:4]).format(w.formula(shape, depth - 1), reduction)


def _one_to_one(n, kinds):
    return lambda w, shape, depth: w.random.choice(kinds[shape[0] == shape[1]] if n == 2 else kinds)(
        w, shape, depth
    )


SCALARS = (_unary, _binary, _reduce_all, _reduce_all, _spread, _dot, _trace, _entry)
VECTORS = (
    _unary,
    _unary,
    _binary,
    _binary,
    _matvec,
    _affine,
    _softmax,
    _reduce_axis,
    _std_axis,
    _diag,
    _slice,
)
RECTANGLES = (
    _unary, _unary, _binary, _binary, _product, _affine, _softmax, _transpose, _outer, _centred, _slice
)  # fmt: skip
MATRICES = (_one_to_one(2, {False: RECTANGLES, True: (*RECTANGLES, _diag)}),)


def random_problem(seed, lines=5, depth=3):
    """Up to ``lines`` quantities of formulas up to ``depth``, then the objective; numbers for the leaves."""
    w = Writer(random.Random(seed))
    texts = {}
    for n in range(w.random.randint(1, lines)):
        shape = tuple(w.size() for _ in range(w.random.choice((0, 1, 1, 2, 2))))
        texts[f"q{n}"] = w.formula(shape, w.random.randint(1, depth))
        w.quantities[f"q{n}"] = shape
    used = " + ".join(f"sum({name} * {w.leaf(shape)})" for name, shape in w.quantities.items())
    texts["J"] = used + (f" + sum({w.name(())}**2)" if w.random.random() < 0.3 else "")
    numbers = np.random.default_rng(seed)
    return texts, {name: numbers.uniform(-1.5, 1.5, shape).round(3) for name, shape in w.leaves.items()}
