"""What puts an operation on a part of a random formula: one maker for every operation."""

from collections.abc import Callable

import numpy as np
from formula_parts import Builder, Part, bracketed


def unary(*texts):
    """A function of one array, entry by entry; {p} stands for something positive."""

    def make(b, x):
        text = b.random.choice(texts)
        inner = b.positive(x) if "{p}" in text else x
        return b.put(text.format(bracketed(inner), p=bracketed(inner)), *x.shape)

    return make


def binary(*texts):
    """A function of two arrays with broadcasting; {p} stands for a positive first or second one."""

    def make(b, x):
        y, text = b.like(x.shape), b.random.choice(texts)
        if "{p}" in text:
            y = b.positive(y)
        shown = {"p": bracketed(y)}
        pair = [bracketed(x), bracketed(y)]
        if "{p}" not in text and "**" not in text:
            b.random.shuffle(pair)
        used = [part.shape for part in (x, y) if bracketed(part) in text.format(*pair, **shown)]
        return b.put(text.format(*pair, **shown), *np.broadcast_shapes(*used))

    return make


def power(b, x):
    kind = b.random.randrange(3)
    if kind == 0:
        return b.put(f"{bracketed(x)}**{b.random.choice((2, 3, 4))}", *x.shape)
    base = b.positive(x)
    exponent = b.random.choice(("-1", "0.5", "-2", "1.5")) if kind == 1 else bracketed(b.leaf())
    return b.put(f"{bracketed(base)}**{exponent}", *x.shape)


def where(comparison):
    def make(b, x):
        y = b.like(x.shape)
        left = b.random.choice((bracketed(x), f"{bracketed(x)} - {bracketed(y)}"))
        right = b.random.choice(("0", "0.1", bracketed(y)))
        shape = np.broadcast_shapes(x.shape, y.shape)
        return b.put(f"where({left} {comparison} {right}, {bracketed(x)}, {bracketed(y)})", *shape)

    return make


def reduction(name):
    def make(b, x):
        if len(x.shape) == 2 and b.random.random() < 0.6:
            axis, keep = b.random.choice((0, 1, -1)), name != "logsumexp" and b.random.random() < 0.5
            inner = f"{x.text}, axis={axis}" + (", keepdims=True" if keep else "")
            left = tuple(1 if n == axis % 2 else d for n, d in enumerate(x.shape) if keep or n != axis % 2)
            made = b.put(f"{name}({inner})", *left)
            return b.put(f"{bracketed(x)} - {bracketed(made)}", *x.shape) if keep else made
        if name == "logsumexp" or not x.shape:
            x = b.vector(x)
            if name != "logsumexp" and b.random.random() < 0.3:
                made = b.put(f"{name}({x.text}, axis=0, keepdims=True)", 1)
                return b.put(f"{bracketed(x)} * {bracketed(made)}", *x.shape)
        return b.put(f"{name}({x.text})")

    return make


def along(name):
    def make(b, x):
        x = x if x.shape else b.vector(x)
        axis = f", axis={b.random.choice((0, 1, -1))}" if len(x.shape) == 2 else ""
        return b.put(f"{name}({x.text}{axis})", *x.shape)

    return make


def prod(b, x):
    """Over few factors, one of which is 0 now and then."""
    x = b.put(f"relu({x.text})", *x.shape) if b.random.random() < 0.3 else x
    x = x if x.shape else b.vector(x)
    if len(x.shape) == 1:
        return b.put(f"prod({x.text})")
    axis = b.random.choice((0, 1, -1))
    return b.put(f"prod({x.text}, axis={axis})", x.shape[1 - axis % 2])


def kron(b, x):
    m, other = b.matrix(x), b.leaf(b.random.choice((1, 2)), b.random.choice((1, 2)))
    pair = [m, other]
    b.random.shuffle(pair)
    shape = [p * q for p, q in zip(m.shape, other.shape, strict=True)]
    return b.put(f"kron({pair[0].text}, {pair[1].text})", *shape)


def matmul(b, x):
    x = x if x.shape else b.vector(x)
    k = b.size()
    if b.random.random() < 0.5:
        y = b.leaf(*b.random.choice(((x.shape[-1],), (x.shape[-1], k))))
        return b.put(f"{bracketed(x)} @ {bracketed(y)}", *x.shape[:-1], *y.shape[1:])
    y = b.leaf(*b.random.choice(((x.shape[0],), (k, x.shape[0]))))
    return b.put(f"{bracketed(y)} @ {bracketed(x)}", *y.shape[:-1], *x.shape[1:])


def transpose(b, x):
    m = b.matrix(x)
    return b.put(f"{bracketed(m)}.T", *m.shape[::-1])


def dot(b, x):
    v = b.vector(x)
    y = b.random.choice((v, b.leaf(*v.shape), b.put(f"tanh({v.text})", *v.shape)))
    return b.put(f"dot({v.text}, {y.text})")


def outer(b, x):
    v = b.vector(x)
    y = b.random.choice((v, b.leaf(b.size())))
    return b.put(f"outer({v.text}, {y.text})", *v.shape, *y.shape)


def of_square(name, rank, regular=False):
    def make(b, x):
        m = b.square(x, regular)
        return b.put(f"{name}({m.text})", *m.shape[:rank])

    return make


def diag(b, x):
    if b.random.random() < 0.5:
        v = b.vector(x)
        return b.put(f"diag({v.text})", *v.shape, *v.shape)
    m = b.square(x)
    return b.put(f"diag({m.text})", m.shape[0])


def index(b, x):
    x = x if x.shape else b.vector(x)
    n = x.shape[0]
    start = b.random.randrange(n)
    stop = b.random.randrange(start, n) + 1
    stretch = b.random.choice((f"{start}:{stop}", f"{start}:", f"-{n - start}:"))
    length = len(range(n)[slice(*(int(e) if e else None for e in stretch.split(":")))])
    place = b.random.randrange(-n, n)
    if len(x.shape) == 1:
        return b.put(
            *b.random.choice(((f"{bracketed(x)}[{place}]",), (f"{bracketed(x)}[{stretch}]", length)))
        )
    m = x.shape[1]
    column = b.random.randrange(-m, m)
    choices = (
        (f"[{place}]", m),
        (f"[{place}, {column}]",),
        (f"[:, {column}]", n),
        (f"[{stretch}]", length, m),
        (f"[{stretch}, {column}]", length),
        (f"[{stretch}, 1:]", length, m - 1),
    )
    key, *shape = b.random.choice(choices)
    return b.put(f"{bracketed(x)}{key}", *shape) if 0 not in shape else b.put(f"{bracketed(x)}[0]", m)


def flatten(b, x):
    m = b.matrix(x)
    made = b.put(f"flatten({m.text})", m.shape[0] * m.shape[1])
    if b.random.random() < 0.3:
        y = b.leaf(made.shape[0] + 2)
        return b.put(f"{bracketed(made)} * {y.text}[1:{made.shape[0] + 1}]", *made.shape)
    return made


def concat(b, x):
    x = x if x.shape else b.vector(x)
    axis = b.random.randrange(len(x.shape))
    other = list(x.shape)
    other[axis] = b.random.choice((1, 2, 3))
    parts = [x, b.leaf(*other), *([x] if b.random.random() < 0.2 else [])]
    b.random.shuffle(parts)
    whole = list(x.shape)
    whole[axis] = sum(part.shape[axis] for part in parts)
    made = b.put(f"concat({', '.join(p.text for p in parts)}{', axis=1' if axis else ''})", *whole)
    if len(whole) == 1 and b.random.random() < 0.3:
        y = b.leaf(whole[0] + 1)
        return b.put(f"{bracketed(made)} * {y.text}[1:{whole[0] + 1}]", *whole)
    return made


def conv2d(b, x):
    rows, columns = b.random.choice(((1, 1), (1, 2), (2, 2), (2, 1), (2, 3)))
    m = b.matrix(x, rows, columns)
    stride, padding = b.random.choice((1, 1, 2)), b.random.choice((0, 0, 1))
    k = b.leaf(rows, columns)
    options = (f", stride={stride}" if stride > 1 else "") + (f", padding={padding}" if padding else "")
    shape = [(n + 2 * padding - s) // stride + 1 for n, s in zip(m.shape, k.shape, strict=True)]
    return b.put(f"conv2d({m.text}, {k.text}{options})", *shape)


def maxpool2d(b, x):
    m = b.matrix(x, 2, 2)
    stride = b.random.choice((1, 2))
    shape = [(n - 2) // stride + 1 for n in m.shape]
    return b.put(f"maxpool2d({m.text}, 2{', stride=1' if stride == 1 else ''})", *shape)


def avgpool2d(b, x):
    m = b.matrix(x, 2, 2)
    stride = b.random.choice((1, 2))
    shape = [(n - 2) // stride + 1 for n in m.shape]
    return b.put(f"avgpool2d({m.text}, 2{', stride=1' if stride == 1 else ''})", *shape)


def conv1d(b, x):
    """Over the rows of a matrix, as one sample with a channel for each."""
    m, k = b.matrix(x, 1, 2), b.leaf(2)
    rows, columns = m.shape
    kernels = f"reshape({k.text}, (1, 1, 2)) * ones(1, {rows}, 1)"
    return b.put(f"flatten(conv1d(reshape({m.text}, (1, {rows}, {columns})), {kernels}))", columns - 1)


def einsum(b, x):
    m = b.matrix(x, 1, 1)
    n = b.leaf(b.size(), m.shape[1])
    if b.random.random() < 0.5:
        return b.put(f'einsum("ij,kj->ik", {m.text}, {n.text})', m.shape[0], n.shape[0])
    return b.put(f'sum(einsum("ij,kj->kij", {m.text}, {n.text})**2, axis=(0, 2))', m.shape[0])


def permute(b, x):
    m = b.matrix(x, 1, 1)
    return b.put(f"transpose({m.text}, (1, 0))", *m.shape[::-1])


def swapaxes(b, x):
    m = b.matrix(x, 1, 1)
    return b.put(f"swapaxes({m.text}, 0, -1)", *m.shape[::-1])


def reshape(b, x):
    """Two matrices by three axes, as in squared distances."""
    m = b.matrix(x, 1, 1)
    n = b.leaf(b.size(), m.shape[1])
    rows, columns = m.shape
    wide = f"reshape({m.text}, ({rows}, 1, {columns})) - reshape({n.text}, (1, {n.shape[0]}, {columns}))"
    axis = b.random.choice((1, 2))
    return b.put(f"sum(({wide})**2, axis={axis})", rows, columns if axis == 1 else n.shape[0])


def stack(b, x):
    y = b.leaf(*x.shape)
    return b.put(f"sum(stack({x.text}, {y.text}) ** 2, axis=0)", *x.shape)


def label(b, n, *shape):
    """Labels below n, a leaf that no gradient is asked by."""
    made = b.leaf(*shape)
    name = f"l{n}_{made.text}"
    b.leaves[name] = b.leaves.pop(made.text)
    return name


def onehot(b, x):
    m = b.matrix(x)
    rows, columns = m.shape
    return b.put(f"{bracketed(m)} * onehot({label(b, columns, rows)}, {columns})", *m.shape)


def pick(b, x):
    if len(x.shape) == 1 and b.random.random() < 0.5:
        return b.put(f"pick({x.text}, {label(b, x.shape[0])})")
    m = b.matrix(x)
    return b.put(f"pick({m.text}, {label(b, m.shape[1], m.shape[0])})", m.shape[0])


def gather(b, x):
    x = x if x.shape else b.vector(x)
    count = () if b.random.random() < 0.3 else (b.size(),)
    return b.put(f"{bracketed(x)}[{label(b, x.shape[0], *count)}]", *count, *x.shape[1:])


def stop(b, x):
    """What is stopped is a leaf of its own: differences know the gradients by all others."""
    y = b.like(x.shape) if b.random.random() < 0.2 else b.leaf(*x.shape)
    return b.put(f"{bracketed(x)} * stop({y.text})", *x.shape)


def eye(b, x):
    m = b.square(x)
    texts = ("{0} + eye({1})", "2 * eye({1}) - {0}", "{0} * eye({1})", "{0} @ eye({1})")
    return b.put(b.random.choice(texts).format(bracketed(m), m.shape[0]), *m.shape)


def filled(name):
    def make(b, x):
        if not x.shape:
            n = b.size()
            return b.put(f"{bracketed(x)} + {name}({n})", n)
        made = f"{name}({', '.join(map(str, x.shape))})"
        text = b.random.choice(("{0} + {1}", "{1} - {0}", "{0} * ({1} + 2)"))
        return b.put(text.format(bracketed(x), made), *x.shape)

    return make


MAKERS: dict[str, Callable[[Builder, Part], Part]] = {
    "exp": unary("exp({0})", "exp(-{0}**2)", "exp(-sqrt({p}))", "exp(-2 * log({p}))", "exp({0} / 2)"),
    "log": unary("log({p})", "log({p})"),
    "sqrt": unary("sqrt({p})", "sqrt({p})"),
    "abs": unary("abs({0})"),
    "sin": unary("sin({0})"),
    "cos": unary("cos({0})"),
    "tanh": unary("tanh({0})"),
    "sinh": unary("sinh({0} / 2)"),
    "cosh": unary("cosh({0} / 2)", "log(cosh({0}))"),
    "sech": unary("sech({0})", "sech({0} / 2)**2"),
    "arctan": unary("arctan({0})", "arctan({0}**2)"),
    "erf": unary("erf({0})", "{0} * (1 + erf({0} / sqrt(2))) / 2"),
    "clip": unary("clip({0}, -0.5, 0.8)", "clip(2 * {0}, -1, 1)", "clip({0}, 0.2 - {p}, {p})"),
    "between": unary("maximum(minimum({0}, 0.7), -0.4)", "minimum(maximum(-1, {0}), 0.5)"),
    "onehot": onehot,
    "pick": pick,
    "gather": gather,
    "stop": stop,
    "eye": eye,
    "ones": filled("ones"),
    "zeros": filled("zeros"),
    "sigmoid": unary("sigmoid({0})"),
    "relu": unary("relu({0})", "relu({0} - 0.2)"),
    "leaky_relu": unary("leaky_relu({0})", "leaky_relu({0}, slope=0.2)"),
    "elu": unary("elu({0})"),
    "softplus": unary("softplus({0})"),
    "silu": unary("silu({0})"),
    "gelu": unary("gelu({0})"),
    "negative": unary("-{0}"),
    "add": binary("{0} + {1}", "{0} + 2 * {1}"),
    "subtract": binary("{0} - {1}", "1 - {0} - {1}"),
    "multiply": binary("{0} * {1}", "{0} * 3 * {1}"),
    "divide": binary("{0} / {p}", "{0} / (2 * {p})", "1 / {p} - {0}"),
    "power": power,
    "maximum": binary("maximum({0}, {1})", "maximum({0}, 0.1)"),
    "minimum": binary("minimum({0}, {1})", "minimum(0.2, {0})"),
    "less": where("<"),
    "less_equal": where("<="),
    "greater": where(">"),
    "greater_equal": where(">="),
    "equal": where("=="),
    "where": where(">"),
    **{name: reduction(name) for name in ("sum", "mean", "var", "std", "max", "min", "logsumexp")},
    "softmax": along("softmax"),
    "log_softmax": along("log_softmax"),
    "cumsum": along("cumsum"),
    "prod": prod,
    "kron": kron,
    "matmul": matmul,
    "transpose": transpose,
    "dot": dot,
    "outer": outer,
    "trace": of_square("trace", 0),
    "det": of_square("det", 0),
    "logdet": of_square("logdet", 0, True),
    "inv": of_square("inv", 2, True),
    "diag": diag,
    "norm": lambda b, x: b.put(f"norm({(x if x.shape else b.vector(x)).text})"),
    "norm_one": lambda b, x: b.put(f"norm({b.vector(x).text}, ord=1)"),
    "norm_largest": lambda b, x: b.put(f"norm({b.vector(x).text}, ord=inf)"),
    "index": index,
    "flatten": flatten,
    "concat": concat,
    "conv2d": conv2d,
    "maxpool2d": maxpool2d,
    "avgpool2d": avgpool2d,
    "conv1d": conv1d,
    "einsum": einsum,
    "permute": permute,
    "swapaxes": swapaxes,
    "reshape": reshape,
    "stack": stack,
}
"""By the name of the operation in the tree, what puts it on a part."""
