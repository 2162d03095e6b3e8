"""The one expression tree: what the user writes, what the calculus answers, what the report shows.

A formula of the problem file (``W1 @ x + b1``), a gradient in matrix form (``g @ h.T + W2``), the
same gradient entry by entry (Σ_k W_kj g_k) and the numbers put in are all values of the type
`Formula`. Nodes are frozen and hashable, so a formula can be a key and shared freely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import reduce
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import force_setattr, replace
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
T = TypeVar("T")

BLOCK = 32
"""Summands in a row, beyond which a sum is one of sums."""


class ByContent(Struct, frozen=True, eq=False):
    """A value that is equal to others of its class where its ``content`` is."""

    @property
    def content(self) -> Any:
        """What counts, hashable."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return other.__class__ is self.__class__ and self.content == other.content

    def __ne__(self, other: object) -> bool:  # that of a Struct would compare by identity
        return not self == other

    def __hash__(self) -> int:
        return hash((self.__class__, self.content))


class Kept(Struct, frozen=True, cache_hash=True, dict=True):
    """A value whose hash is worked out once, as is what is asked of it often: it stands deep in others.

    What was asked is kept in its ``__dict__``, by a name that is no field.
    """

    def __repr__(self) -> str:
        known: str | None = self.__dict__.get("text")
        if known is None:
            fields = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__)
            known = self.__dict__["text"] = f"{type(self).__qualname__}({', '.join(fields)})"
        return known


class Number(Kept, frozen=True):
    """An exact rational constant: ``0.5`` is 1/2."""

    value: Fraction


class Name(Kept, frozen=True):
    """A leaf or a quantity of the problem, by its name in the problem file."""

    id: str


class Size(Kept, frozen=True):
    """The number of entries along a dimension, as a number in a formula (the n in 1/n)."""

    id: str


class Gradient(Kept, frozen=True):
    """∂of/∂wrt, an array of the shape of ``wrt`` (of the sum of ``of``'s entries, were it no scalar)."""

    of: str
    wrt: str


class Partial(Kept, frozen=True):
    """∂of/∂wrt of one quantity by a direct input of it: the local derivative, before contraction."""

    of: str
    wrt: str


class Second(Kept, frozen=True):
    """∂²of/∂wrt∂by, the gradient by ``wrt`` differentiated by ``by``: the axes of ``wrt`` first."""

    of: str
    wrt: str
    by: str


class Op(Kept, frozen=True):
    """An operation of the table in `symgrad.operations`, applied to formulas."""

    name: str
    args: tuple[Formula, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()

    def option(self, name: str, default: Any = None) -> Any:
        """The value of a keyword option such as ``axis``."""
        return dict(self.options).get(name, default)


class Function(ByContent, frozen=True, eq=False):
    """An elementwise function of the problem's own: its body over its parameters.

    ``body`` is None where it is unspecified. ``defaults`` belong to the last parameters. Functions of
    one content are equal, not those of one name: problems solved one after the other may mean different
    functions by ``f``. ``specified`` says whether it has numbers: its body, and those of the functions
    in it, are all there.
    """

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[Fraction, ...]
    body: Formula | None
    digest: str = ""
    specified: bool = False

    def __post_init__(self) -> None:
        content = repr((self.name, self.parameters, self.defaults, self.body))
        force_setattr(self, "digest", blake2b(content.encode(), digest_size=16).hexdigest())
        force_setattr(self, "specified", self.body is not None and is_specified(self.body))

    @property
    def content(self) -> str:
        """What it is, whatever it is called."""
        return self.digest

    def __repr__(self) -> str:
        return f"Function(name={self.name!r}, digest={self.digest!r})"


class Value(Struct, frozen=True, eq=False):
    """An array of numbers standing where a name stood; compared by identity."""

    array: Array


class Entry(Struct, frozen=True):
    """One entry of an array: base_{ij}. An index is a letter or a literal position from 0."""

    base: Formula
    indices: tuple[str | int, ...]


class Total(Struct, frozen=True):
    """Σ_index body, over the whole range of the index."""

    body: Formula
    index: str


class Delta(Struct, frozen=True):
    """Kronecker's δ_ij."""

    left: str
    right: str


class Cases(Struct, frozen=True):
    """Different formulas in different cases (``i = j``, ``i ≠ j``): pairs (formula, condition)."""

    rows: tuple[tuple[Formula, Condition], ...]


class Condition(Struct, frozen=True):
    """A relation between formulas or index letters (``=``, ``≠``, ``<`` …); '' is otherwise."""

    left: Formula | str
    relation: str
    right: Formula | str


class Prod(Struct, frozen=True):
    """prod(∂J/∂c, ∂c/∂w): the chain rule along one edge, before the shapes say how to multiply."""

    upstream: Formula
    local: Formula


Formula: TypeAlias = (
    Number | Name | Size | Gradient | Partial | Second | Op | Value | Entry | Total | Delta | Cases | Prod
)


def children(formula: Formula) -> tuple[Formula, ...]:
    """The direct parts of a formula, left to right."""
    match formula:
        case Op(args=args):
            return args
        case Entry(base=base):
            return (base,)
        case Total(body=body):
            return (body,)
        case Prod(upstream=upstream, local=local):
            return (upstream, local)
        case Cases(rows=rows):
            return tuple(body for body, _ in rows)
        case Number() | Name() | Size() | Gradient() | Partial() | Second() | Value() | Delta():
            return ()
    raise TypeError(f"not a formula: {formula!r}")


def rebuild(formula: Formula, parts: tuple[Formula, ...]) -> Formula:
    """The same node over other parts; the inverse of `children`."""
    match formula:
        case Op():
            return replace(formula, args=parts)
        case Entry():
            return replace(formula, base=parts[0])
        case Total():
            return replace(formula, body=parts[0])
        case Prod():
            return Prod(*parts)
        case Cases(rows=rows):
            return Cases(tuple((part, condition) for part, (_, condition) in zip(parts, rows, strict=True)))
    return formula


def walk(formula: Formula) -> Iterator[Formula]:
    """Every node, parents before their parts."""
    yield formula
    for part in children(formula):
        yield from walk(part)


def transform(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """``change`` applied to every node, parts before their parents."""
    parts = children(formula)
    new = tuple(transform(part, change) for part in parts)
    return change(formula if new == parts else rebuild(formula, new))


def substitute(formula: Formula, values: dict[Formula, Formula]) -> Formula:
    """Every node that is a key of ``values`` replaced by its value."""
    return transform(formula, lambda node: values.get(node, node))


def folded(combine: Callable[[T, T], T], items: Iterable[T]) -> T:
    """What ``reduce`` makes of one or more items, for an associative ``combine``.

    Many items are combined in blocks, so that the tree over them stays shallow and recursion can walk it.
    """
    whole = list(items)
    while len(whole) > 1:
        whole = [reduce(combine, whole[n : n + BLOCK]) for n in range(0, len(whole), BLOCK)]
    return whole[0]


def added(terms: Iterable[Formula]) -> Formula:
    """The sum of one or more terms; a negative one is subtracted."""
    return folded(_plus, terms)


def _plus(left: Formula, right: Formula) -> Formula:
    if isinstance(right, Op) and right.name == "negative":
        return Op("subtract", (left, right.args[0]))
    return Op("add", (left, right))


def names(formula: Formula) -> tuple[str, ...]:
    """The names in a formula, each once, in order of appearance."""
    match formula:
        case Name(id):
            return (id,)
        case Op():
            return _kept_names(formula)
    return _names_below(formula)


def _kept_names(op: Op) -> tuple[str, ...]:
    known: tuple[str, ...] | None = op.__dict__.get("names")
    if known is None:
        known = op.__dict__["names"] = _names_below(op)
    return known


def _names_below(formula: Formula) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in children(formula) for name in names(part)))


def is_specified(formula: Formula) -> bool:
    """Whether every function of the problem's own in a formula has numbers."""
    found = (node.option("definition") for node in walk(formula) if isinstance(node, Op))
    return all(function is None or function.specified for function in found)


def number(value: int | Fraction) -> Number:
    """A `Number` from an integer or a fraction."""
    return Number(Fraction(value))


ONE = number(1)
ZERO = number(0)
TWO = number(2)
