"""SymPy in and out: entries of formulas as its expressions, and its expressions as formulas of a problem."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any

from sympy.printing.str import StrPrinter

from symgrad.errors import InputError, NotSupported
from symgrad.graph import Graph
from symgrad.late import sympy
from symgrad.operations import OPERATIONS
from symgrad.operations.signature import Signature
from symgrad.tree import Delta, Entry, Formula, Gradient, Name, Number, Op, Size, Total, walk

INDICES = {"integer": True, "nonnegative": True}
SIZES = {"integer": True, "positive": True}
ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
    "negative": operator.neg,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "pi": lambda: sympy.pi,
    "where": lambda when, a, b: sympy.Piecewise((a, when), (b, True)),
}


def to_sympy(formula: Formula, graph: Graph) -> Any:
    """A formula of scalars and entries as a SymPy expression: Σ_j W[i, j] x[j] is a ``Sum`` of ``Indexed``.

    Indices count from 0. ∂L/∂h is the symbol ``dL/dh``. Raises `NotSupported` for whole arrays.
    """
    return _Entries(graph)(formula)


class _Entries:
    """One method a kind of node; at ``where``, an entry of what has axes."""

    def __init__(self, graph: Graph, bound: Mapping[str, Any] | None = None) -> None:
        self.graph, self.bound = graph, bound or {}
        self.fresh = (sympy.Symbol(f"k{n}", **INDICES) for n in count())

    def __call__(self, node: Formula, where: tuple[Any, ...] = ()) -> Any:
        made: Callable[..., Any] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if made is None:
            raise _unfit(node)
        return made(node, where)

    def _number(self, node: Number, where: tuple[Any, ...]) -> Any:
        return sympy.Rational(node.value.numerator, node.value.denominator)

    def _size(self, node: Size, where: tuple[Any, ...]) -> Any:
        return self._dim(node.id)

    def _name(self, node: Name | Gradient, where: tuple[Any, ...]) -> Any:
        if isinstance(node, Name) and node.id in self.bound:
            return self.bound[node.id]
        shape = self.graph.shapes.get(_of(node), ())
        if len(shape) != len(where) and shape:
            raise _unfit(node)
        if not shape:
            return sympy.Symbol(_called(node), real=True)
        return sympy.IndexedBase(_called(node), real=True)[where]

    _gradient = _name

    def _entry(self, node: Entry, where: tuple[Any, ...]) -> Any:
        base = sympy.IndexedBase(_called(node.base), real=True)
        return base[tuple(_index(index) for index in node.indices)]

    def _total(self, node: Total, where: tuple[Any, ...]) -> Any:
        return sympy.Sum(self(node.body), (_index(node.index), 0, self._length(node) - 1))

    def _delta(self, node: Delta, where: tuple[Any, ...]) -> Any:
        return sympy.KroneckerDelta(_index(node.left), _index(node.right))

    def _op(self, node: Op, where: tuple[Any, ...]) -> Any:
        if node.name in ("sum", "dot", "norm") and not node.options:
            return self._summed(node)
        args = [self(arg, where) for arg in node.args]
        if node.name in ARITHMETIC:
            return ARITHMETIC[node.name](*args)
        if node.name == "indicator":
            one, other = (0, 1) if node.option("negated") else (1, 0)
            return sympy.Piecewise((one, args[0]), (other, True))
        if node.name == "prime":
            marks = [sympy.Dummy(real=True) for _ in args]
            function = self._scalar(node, str(node.option("function")))
            slope = sympy.diff(function(*marks), marks[node.option("position", 0)])
            return slope.xreplace(dict(zip(marks, args, strict=True)))
        return self._scalar(node, node.name)(*args)

    def _scalar(self, node: Op, name: str) -> Callable[..., Any]:
        """An elementwise operation as a function of numbers; one of the problem's own by its body."""
        own = node.option("definition")
        if own is not None and own.body is None:
            return sympy.Function(own.name)  # type: ignore[no-any-return]
        if own is not None:
            return lambda *args: _Entries(self.graph, dict(zip(own.parameters, args, strict=True)))(own.body)
        record = OPERATIONS.get(name)
        if record is None or record.scalar is None:
            raise _unfit(node)
        options = {} if node.name == "prime" else dict(node.options)
        return partial(record.scalar, **options)

    def _summed(self, node: Op) -> Any:
        """Over all entries of an array; of two the products, of one under a norm the squares."""
        dims = self.graph.shape(node.args[0])
        letters = tuple(next(self.fresh) for _ in dims)
        entries = [self(arg, letters) for arg in node.args]
        body = {"sum": entries[0], "dot": sympy.Mul(*entries), "norm": entries[0] ** 2}[node.name]
        found = sympy.Sum(body, *((k, 0, self._dim(dim) - 1) for k, dim in zip(letters, dims, strict=True)))
        return sympy.sqrt(found) if node.name == "norm" else found

    def _length(self, node: Total) -> Any:
        for part in walk(node.body):
            if isinstance(part, Entry) and node.index in part.indices:
                return self._dim(self.graph.shapes[_of(part.base)][part.indices.index(node.index)])
        raise _unfit(node)

    def _dim(self, dim: str | int) -> Any:
        return dim if isinstance(dim, int) else sympy.Symbol(dim, **SIZES)


def _index(index: str | int) -> Any:
    return index if isinstance(index, int) else sympy.Symbol(index, **INDICES)


def _of(base: Formula) -> str:
    """Whose shape an array has."""
    match base:
        case Name(id):
            return id
        case Gradient(_, wrt):
            return wrt
    raise _unfit(base)


def _called(base: Formula) -> str:
    match base:
        case Name(id):
            return id
        case Gradient(of, wrt):
            return f"d{of}/d{wrt}"
    raise _unfit(base)


def _unfit(node: Formula) -> NotSupported:
    hint = "take the index form: gradient.index_form.sympy"
    return NotSupported(f"a whole array ({type(node).__name__}) is no SymPy expression of entries", hint=hint)


def from_sympy(expression: Any) -> str:
    """A scalar SymPy expression in the syntax of problem files.

    Raises `InputError` for what has no spelling there.
    """
    return str(_Printer().doprint(expression))


class _Printer(StrPrinter):  # type: ignore[misc]
    """SymPy's own text where problems are written so, too."""

    def _print_Function(self, node: Any) -> str:  # noqa: N802
        name = _NAMED.get(type(node).__name__)
        if name is None:
            message = f"SymPy's {type(node).__name__} has no spelling in a problem"
            raise InputError(message, hint="write this formula as text")
        return f"{name}({', '.join(map(self._print, node.args))})"

    def _print_Abs(self, node: Any) -> str:  # noqa: N802
        return f"abs({self._print(node.args[0])})"

    def _print_Exp1(self, node: Any) -> str:  # noqa: N802
        return "exp(1)"

    def _print_Max(self, node: Any) -> str:  # noqa: N802
        return self._nested("maximum", node.args)

    def _print_Min(self, node: Any) -> str:  # noqa: N802
        return self._nested("minimum", node.args)

    def _nested(self, name: str, args: Any) -> str:
        first, *others = args
        return f"{name}({self._print(first)}, {self._nested(name, others)})" if others else self._print(first)

    def _print_Piecewise(self, node: Any) -> str:  # noqa: N802
        *rows, (text, _) = [(self._print(body), when) for body, when in node.args]
        for body, when in reversed(rows):
            text = f"where({self._print(when)}, {body}, {text})"
        return str(text)

    def emptyPrinter(self, node: Any) -> str:  # noqa: N802
        raise InputError(f"{node!r} is no formula of a problem", hint="write this formula as text")


def _spellings() -> Mapping[str, str]:
    """The functions of problems by SymPy's names."""
    calls = (name for name, record in OPERATIONS.items() if isinstance(record.call, Signature))
    return {"atan": "arctan", **{name: name for name in calls}}


_NAMED = _spellings()
