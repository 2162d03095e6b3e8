"""Functions in a sheet, by all their names, with their subscripts, and the formulas they are in a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from symgrad.operations import FORMULA_SIGNATURES, OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.model import Operation
from symgrad.operations.signature import ALONG as ALONG_AN_AXIS
from symgrad.operations.signature import REDUCED
from symgrad.submission.sheet.combine import ODD
from symgrad.submission.sheet.terms import (
    ALONG,
    ATOM,
    DOWN,
    PAPER,
    POWER,
    PRODUCT,
    SCALAR,
    Axis,
    Misfit,
    Term,
    call,
    fits,
    standing,
)
from symgrad.submission.sheet.values import written
from symgrad.submission.written import Literal, Node, Symbol


def plain(name: str) -> str:
    """A function's name without capitals and what separates its words."""
    return re.sub(r"[_\s-]", "", name).lower()


def _called(record: Operation) -> Mapping[str, str]:
    return dict.fromkeys(map(plain, record.spellings), record.name)


ELEMENTWISE: Mapping[str, str] = Derived(
    OPERATIONS,
    lambda record: _called(record) if record.is_unary else {},
    {"lg": "log", "varsigma": "sigmoid", "rectifier": "relu"},
)
"""Written names, without capitals and what separates words, of the elementwise functions."""
REDUCTIONS: Mapping[str, str] = Derived(
    OPERATIONS, lambda record: _called(record) if record.call == REDUCED else {}
)
OF_MATRICES: Mapping[str, str] = {
    **{name: name for name in ("trace", "det", "logdet")},
    "tr": "trace",
}
ALONG_AXIS: Mapping[str, str] = Derived(
    OPERATIONS, lambda record: _called(record) if record.call == ALONG_AN_AXIS else {}
)
SEVERAL: Mapping[str, str] = Derived(
    OPERATIONS, lambda record: _called(record) if record.is_of_several else {}
)
"""The same of the functions of one entry of each of several arrays."""
UNSPECIFIED = frozenset(("f", "g", "phi", "varphi", "psi", "sigma", "varsigma"))
"""Letters for a function of which a sheet says no more."""
FIXED = frozenset(("softmax", "tanh", "exp", "log", "ln", "max", "min", "relu", "sigmoid"))
"""Names that mean one thing, however a sheet explains them."""
_BASES = ("log", "exp")
_SLOPED = ("leaky_relu",)


def is_function(head: Symbol) -> bool:
    """Whether a name, subscript and all, is that of a function everybody knows."""
    if head.marks or head.accents:
        return False
    name = plain(head.base)
    if not head.sub:
        return any(name in table for table in TABLES)
    if ELEMENTWISE.get(name) == "log" and head.sub == "e":
        return True
    if ELEMENTWISE.get(name) in (*_BASES, *_SLOPED):
        return _parameter(head) is not None
    letters = all(isinstance(node, Symbol) and len(node.base) == 1 for node in head.indices)
    return (name in REDUCTIONS or name in ALONG_AXIS) and bool(head.indices) and letters


def letters_below(head: Symbol) -> tuple[str, ...]:
    """The letters below a function of several entries: i of max_i, or softmax_i."""
    name = plain(head.base)
    if name not in REDUCTIONS and name not in ALONG_AXIS:
        return ()
    return tuple(node.base for node in head.indices if isinstance(node, Symbol) and len(node.base) == 1)


def _parameter(head: Symbol) -> Literal | None:
    """The number below a function: log_2, LeakyReLU_{0.2}."""
    match head.indices:
        case (Literal(value) as number,) if value > 0:
            return number
    return None


class Applied(Struct, frozen=True):
    """A known function of arguments; ``nodes`` are these as they are written."""

    head: Symbol
    args: tuple[Term, ...]
    nodes: tuple[Node, ...]

    def readings(self) -> Iterator[Term]:
        """The readings that the arrays allow."""
        name = plain(self.head.base)
        if name in ELEMENTWISE and (len(self.args) == 1 or ELEMENTWISE[name] in _SLOPED):
            yield self.elementwise(ELEMENTWISE[name])
        elif len(self.args) == 1 and self.args[0].axes and name in REDUCTIONS:
            yield from reduced(REDUCTIONS[name], self.args[0])
        elif len(self.args) == 1 and name in OF_MATRICES:
            yield from _of_matrix(OF_MATRICES[name], self.args[0])
        elif len(self.args) == 1 and name in ALONG_AXIS:
            yield from along(ALONG_AXIS[name], self.args[0])
        elif name in OTHERS:
            yield from OTHERS[name](*self.args)
        elif name in SEVERAL:
            yield self.several(SEVERAL[name])

    def several(self, name: str) -> Term:
        """f(a, b, c) entry by entry, of arrays over the same axes and numbers."""
        axes = max((arg.axes for arg in self.args), key=len)
        labels = tuple(axis.label for axis in axes)
        if len(self.args) != len(FORMULA_SIGNATURES[name].arrays):
            raise Misfit(f"another number of arguments of {name}")
        args = (arg.ordered(labels) if arg.axes else arg for arg in self.args)
        return call(name, *args, axes=axes)

    def elementwise(self, name: str) -> Term:
        """f(x) entry by entry, with the base of a logarithm or the slope of a leaky ReLU."""
        arg, number = self.args[0], _parameter(self.head)
        if name in _SLOPED and len(self.args) == 2:
            number = self.nodes[1] if isinstance(self.nodes[1], Literal) else None
            if number is None:
                raise Misfit("a slope must be a number")
        if plain(self.head.base) == "lg":
            return _scaled(arg, "10")
        text = None if number is None else written(number.value)
        if text is None:
            return call(name, arg, axes=arg.axes)
        if name in _SLOPED:
            return call(name, arg, axes=arg.axes, options=f", slope={text}")
        return _scaled(arg, text) if name == "log" else _raised(arg, text)


def _scaled(arg: Term, base: str) -> Term:
    return Term(f"log({arg.text}) / log({base})", PRODUCT, arg.axes, arg.cost, arg.samples)


def _raised(arg: Term, base: str) -> Term:
    return Term(f"{base}**{arg.at(ATOM)}", POWER, arg.axes, arg.cost, arg.samples)


def reduced(name: str, term: Term) -> Iterator[Term]:
    """The sum, mean or largest of what one sample holds, or of everything."""
    letters = tuple(axis for axis in term.axes if axis.label not in PAPER)
    if not letters:
        yield call(name, term, axes=SCALAR)
    elif len(letters) == 1 and term.rank == 1:
        yield call(name, term, axes=letters, options=f", axis={term.place(term.paper[0])}")


def along(name: str, arg: Term, letter: str = "") -> Iterator[Term]:
    """Over a letter, or what one sample has: along the rows of a batch, unless its samples are columns."""
    if not arg.axes:
        return
    if letter or arg.rank < 2:
        label = letter or (arg.paper or arg.labels[-1:])[0]
        yield _over(name, arg, label, 0 if letter or arg.rank else ODD)
        return
    down, across = arg.size(DOWN), arg.size(ALONG)
    known = {DOWN: ALONG, ALONG: DOWN}.get(arg.samples)
    habit = DOWN if across == 1 != down else ALONG
    for label in (DOWN, ALONG) if known is None else (known,):
        yield _over(name, arg, label, int(label != habit))


def _over(name: str, arg: Term, label: str, cost: int) -> Term:
    rest = tuple(axis for axis in arg.axes if axis.label != label)
    options = f", axis={arg.place(label)}" if rest else ""
    return call(name, arg, axes=rest if name == "logsumexp" else arg.axes, cost=cost, options=options)


def _of_matrix(name: str, term: Term) -> Iterator[Term]:
    if term.rank == 2:
        yield call(name, standing(term), axes=SCALAR)


def _inverse(term: Term) -> Iterator[Term]:
    if term.rank == 2:
        stood = standing(term)
        yield call("inv", stood, axes=(Axis(DOWN, stood.axes[1].size), Axis(ALONG, stood.axes[0].size)))


def _diag(term: Term) -> Iterator[Term]:
    if term.rank == len(term.axes) > 0:
        size = term.axes[0].size
        axes = (Axis(DOWN, size), Axis(ALONG, size))[: 3 - term.rank]
        yield call("diag", standing(term), axes=axes)


def _larger(name: str) -> Callable[..., Iterator[Term]]:
    """max of two, where max(0, x) is ReLU."""

    def apply(*args: Term) -> Iterator[Term]:
        if len(args) != 2:
            return
        first, second = sorted(args, key=lambda term: term.text != "0")
        whole = second if len(second.axes) >= len(first.axes) else first
        if name == "max" and first.text == "0":
            yield call("relu", second, axes=second.axes)
        elif not first.axes or not second.axes:
            yield call(f"{name}imum", *args, axes=whole.axes)
        else:
            left, right = args[0], args[1].ordered(args[0].labels)
            yield call(f"{name}imum", left, right, axes=left.axes)

    return apply


def _dot(*args: Term) -> Iterator[Term]:
    if [len(arg.axes) for arg in args] == [1, 1] and fits(args[0].axes[0].size, args[1].axes[0].size):
        yield call("dot", *args, axes=SCALAR)


def _outer(*args: Term) -> Iterator[Term]:
    if [arg.rank for arg in args] == [1, 1] and all(len(arg.axes) == 1 for arg in args):
        axes = (Axis(DOWN, args[0].axes[0].size), Axis(ALONG, args[1].axes[0].size))
        yield call("outer", *args, axes=axes)


def _norm(term: Term) -> Iterator[Term]:
    yield call("norm", term, axes=SCALAR)


OTHERS: Mapping[str, Callable[..., Iterator[Term]]] = {
    "inv": _inverse,
    "diag": _diag,
    "max": _larger("max"),
    "min": _larger("min"),
    "maximum": _larger("max"),
    "minimum": _larger("min"),
    "dot": _dot,
    "outer": _outer,
    "norm": _norm,
}
TABLES = (ELEMENTWISE, REDUCTIONS, OF_MATRICES, ALONG_AXIS, OTHERS, SEVERAL)
"""Every function that everybody knows."""
