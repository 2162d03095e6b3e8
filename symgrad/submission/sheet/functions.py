"""Functions in a sheet, by all their names, and the formulas they are in a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from symgrad.submission.sheet.combine import ODD
from symgrad.submission.sheet.kinds import PRODUCT, SCALAR, Kind, Term, call
from symgrad.submission.written import Symbol

_ELEMENTWISE = "exp log sqrt abs sin cos tanh sigmoid relu elu softplus silu gelu"
ELEMENTWISE: Mapping[str, str] = {
    **{name: name for name in _ELEMENTWISE.split()},
    **dict.fromkeys(("ln",), "log"),
    **dict.fromkeys(("sigm", "logistic", "sigma", "varsigma"), "sigmoid"),
    **dict.fromkeys(("rectifier",), "relu"),
    **dict.fromkeys(("leakyrelu", "lrelu"), "leaky_relu"),
    **dict.fromkeys(("swish",), "silu"),
}
"""Written names, without capitals and what separates words, of the elementwise functions."""
REDUCTIONS: Mapping[str, str] = {
    **{name: name for name in ("sum", "mean", "var", "std", "norm")},
    **dict.fromkeys(("avg", "average", "#mean"), "mean"),
}
OF_MATRICES: Mapping[str, str] = {
    **{name: name for name in ("trace", "det", "logdet")},
    "tr": "trace",
}
ALONG: Mapping[str, str] = {
    "softmax": "softmax",
    "logsoftmax": "log_softmax",
    "logsumexp": "logsumexp",
    "lse": "logsumexp",
}
UNSPECIFIED = frozenset(("f", "g", "phi", "varphi", "psi"))
"""Letters for a function of which a sheet says no more."""

FIXED = frozenset(("softmax", "Softmax", "tanh", "exp", "log", "ln", "max", "min", "ReLU", "relu", "sigmoid"))
"""Names that mean one thing, however a sheet explains them."""


def plain(name: str) -> str:
    """A function's name without capitals and what separates its words."""
    return re.sub(r"[_\s-]", "", name).lower()


def is_function(head: Symbol) -> bool:
    """Whether a name is that of a function everybody knows."""
    name = plain(head.base)
    if head.marks or head.accents:
        return False
    if name in ("log", "ln"):
        return head.sub in ("", "e", "2", "10")
    return not head.sub and any(
        name in table for table in (ELEMENTWISE, REDUCTIONS, OF_MATRICES, ALONG, OTHERS)
    )


def applied(head: Symbol, args: tuple[Term, ...]) -> Iterator[Term]:
    """The readings of a known function of these arguments."""
    name = plain(head.base)
    if name in ELEMENTWISE and len(args) == 1:
        yield _elementwise(head, ELEMENTWISE[name], args[0])
    elif name in REDUCTIONS and len(args) == 1:
        yield call(REDUCTIONS[name], args[0], kind=SCALAR, cost=0 if args[0].kind.rank else ODD)
    elif name in OF_MATRICES and len(args) == 1:
        yield from _of_matrix(lambda term: call(OF_MATRICES[name], term, kind=SCALAR), args)
    elif name in ALONG and len(args) == 1:
        yield from _along(ALONG[name], args[0])
    elif name in OTHERS:
        yield from OTHERS[name](args)


def _elementwise(head: Symbol, name: str, arg: Term) -> Term:
    found = call(name, arg, kind=arg.kind)
    if head.sub in ("", "e"):
        return found
    return Term(f"{found.text} / log({head.sub})", PRODUCT, arg.kind, found.cost)


def _along(name: str, arg: Term) -> Iterator[Term]:
    """Over the entries of one sample: of a batch, along its rows unless its samples are columns."""
    kind = arg.kind
    if kind.rank == 1:
        yield call(name, arg, kind=kind if name != "logsumexp" else SCALAR)
    elif kind.rank == 2:
        habit = 0 if kind.columns == 1 else 1
        for axis in (0, 1) if kind.features is None else (kind.features,):
            reduced = Kind(1, 1, kind.columns) if axis == 0 else Kind(1, kind.rows, 1)
            found = reduced if name == "logsumexp" else kind
            yield call(name, arg, kind=found, cost=int(axis != habit), options=f", axis={axis}")


def _of_matrix(make: Callable[[Term], Term], args: tuple[Term, ...]) -> Iterator[Term]:
    if len(args) == 1 and args[0].kind.rank == 2:
        yield make(args[0])


def _inverse(args: tuple[Term, ...]) -> Iterator[Term]:
    yield from _of_matrix(lambda term: call("inv", term, kind=term.kind.turned()), args)


def _diag(args: tuple[Term, ...]) -> Iterator[Term]:
    for arg in args[:1]:
        if arg.kind.rank:
            size = arg.kind.rows
            yield call("diag", arg, kind=Kind(2, size, size) if arg.kind.rank == 1 else Kind(1, size, 1))


def _larger(name: str) -> Callable[[tuple[Term, ...]], Iterator[Term]]:
    """max of one array, or of two, where max(0, x) is ReLU."""

    def apply(args: tuple[Term, ...]) -> Iterator[Term]:
        if len(args) == 1 and args[0].kind.rank:
            yield call(name, args[0], kind=SCALAR)
        elif len(args) == 2:
            first, second = sorted(args, key=lambda term: term.text != "0")
            kind = second.kind if second.kind.rank >= first.kind.rank else first.kind
            if name == "max" and first.text == "0":
                yield call("relu", second, kind=kind)
            elif 0 in (first.kind.rank, second.kind.rank) or first.kind == second.kind:
                yield call(f"{name}imum", *args, kind=kind)

    return apply


def _dot(args: tuple[Term, ...]) -> Iterator[Term]:
    if [arg.kind.rank for arg in args] == [1, 1]:
        yield call("dot", *args, kind=SCALAR)


def _outer(args: tuple[Term, ...]) -> Iterator[Term]:
    if [arg.kind.rank for arg in args] == [1, 1]:
        yield call("outer", *args, kind=Kind(2))


OTHERS: Mapping[str, Callable[[tuple[Term, ...]], Iterator[Term]]] = {
    "inv": _inverse,
    "diag": _diag,
    "max": _larger("max"),
    "min": _larger("min"),
    "maximum": _larger("max"),
    "minimum": _larger("min"),
    "dot": _dot,
    "outer": _outer,
}
