"""The one expression tree: what the user writes, what the calculus answers, what the report shows.

A formula of the problem file (``W1 @ x + b1``), a gradient in matrix form (``g @ h.T + W2``), the
same gradient entry by entry (Σ_k W_kj g_k) and the numbers put in are all values of the type
`Formula`. Nodes are frozen and hashable, so a formula can be a key and shared freely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
T = TypeVar("T")

BLOCK = 32
"""Summands in a row, beyond which a sum is one of sums."""


class Kept:
    """A value whose hash, text and names are worked out once: it stands deep in others, in dictionaries."""

    __slots__ = ("_hash", "_names", "_text")
    _hash: int
    _names: tuple[str, ...]
    _text: str


def kept_hash(value: Any) -> int:
    """The hash of a value by its fields, as a dataclass has it."""
    try:
        known: int = value._hash
    except AttributeError:
        known = hash(tuple(getattr(value, name) for name in value.__match_args__))
        object.__setattr__(value, "_hash", known)
    return known


def kept_text(value: Any) -> str:
    """The text of a value by its fields, as a dataclass has it."""
    try:
        known: str = value._text
    except AttributeError:
        fields = (f"{name}={getattr(value, name)!r}" for name in value.__match_args__)
        known = f"{type(value).__qualname__}({', '.join(fields)})"
        object.__setattr__(value, "_text", known)
    return known


@dataclass(frozen=True, slots=True)
class Number(Kept):
    """An exact rational constant: ``0.5`` is 1/2."""

    value: Fraction
    __repr__ = kept_text


@dataclass(frozen=True, slots=True)
class Name(Kept):
    """A leaf or a quantity of the problem, by its name in the problem file."""

    id: str
    __repr__ = kept_text


@dataclass(frozen=True, slots=True)
class Size(Kept):
    """The number of entries along a dimension, as a number in a formula (the n in 1/n)."""

    id: str
    __repr__ = kept_text


@dataclass(frozen=True, slots=True)
class Gradient(Kept):
    """∂of/∂wrt, an array of the shape of ``wrt`` (of the sum of ``of``'s entries, were it no scalar)."""

    of: str
    wrt: str
    __repr__ = kept_text


@dataclass(frozen=True, slots=True)
class Partial(Kept):
    """∂of/∂wrt of one quantity by a direct input of it: the local derivative, before contraction."""

    of: str
    wrt: str
    __repr__ = kept_text


@dataclass(frozen=True, slots=True)
class Op(Kept):
    """An operation of the table in `symgrad.operations`, applied to formulas."""

    name: str
    args: tuple[Formula, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    __hash__ = kept_hash
    __repr__ = kept_text

    def option(self, name: str, default: Any = None) -> Any:
        """The value of a keyword option such as ``axis``."""
        return dict(self.options).get(name, default)


@dataclass(frozen=True, slots=True)
class Function:
    """An elementwise function of the problem's own: its body over its parameters.

    ``body`` is None where it is unspecified. ``defaults`` belong to the last parameters. Functions of
    one content are equal, not those of one name: problems solved one after the other may mean different
    functions by ``f``. ``specified`` says whether it has numbers: its body, and those of the functions
    in it, are all there.
    """

    name: str = field(compare=False)
    parameters: tuple[str, ...] = field(compare=False, repr=False)
    defaults: tuple[Fraction, ...] = field(compare=False, repr=False)
    body: Formula | None = field(compare=False, repr=False)
    digest: str = field(init=False)
    specified: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        content = repr((self.name, self.parameters, self.defaults, self.body))
        object.__setattr__(self, "digest", blake2b(content.encode(), digest_size=16).hexdigest())
        object.__setattr__(self, "specified", self.body is not None and is_specified(self.body))


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """An array of numbers standing where a name stood; compared by identity."""

    array: Array


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an array: base_{ij}. An index is a letter or a literal position from 0."""

    base: Formula
    indices: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """Σ_index body, over the whole range of the index."""

    body: Formula
    index: str


@dataclass(frozen=True, slots=True)
class Delta:
    """Kronecker's δ_ij."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Cases:
    """Different formulas in different cases (``i = j``, ``i ≠ j``): pairs (formula, condition)."""

    rows: tuple[tuple[Formula, Condition], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A relation between formulas or index letters (``=``, ``≠``, ``<`` …); '' is otherwise."""

    left: Formula | str
    relation: str
    right: Formula | str


@dataclass(frozen=True, slots=True)
class Prod:
    """prod(∂J/∂c, ∂c/∂w): the chain rule along one edge, before the shapes say how to multiply."""

    upstream: Formula
    local: Formula


Formula: TypeAlias = (
    "Number | Name | Size | Gradient | Partial | Op | Value | Entry | Total | Delta | Cases | Prod"
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
        case Number() | Name() | Size() | Gradient() | Partial() | Value() | Delta():
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
    try:
        return op._names
    except AttributeError:
        object.__setattr__(op, "_names", _names_below(op))
    return op._names


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
