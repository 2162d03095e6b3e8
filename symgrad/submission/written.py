"""Maths as somebody wrote it: a tree of what is on the paper, which decides nothing that shapes must decide.

``W^T`` may be a power, ``y(1 - y)`` a call, ``A_{11}`` a name or an entry: the node says what stands
there, and `symgrad.checking` tries the readings. Every node knows its place in the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters of the submission's text."""

    start: int
    end: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Literal:
    """A printed number. ``place`` is the power of ten of its last digit: -3 in 0.116, 0 in 12."""

    value: Fraction
    place: int = 0
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Symbol:
    r"""A name with what hangs on it: ``\tilde{w}_{h1}^{(2)\prime}``.

    ``base`` is a letter, a Greek name (``mu``), or a word (``net``, ``softmax``); fonts, arrows and
    bold type are dropped (``\mathcal{L}`` is L). ``sub`` is the subscript without spaces, commands
    and braces (``h1``, ``ij``, ``i+1,j``, ``total``). ``marks`` are what is raised and is no power,
    in order: ``'``, ``+``, ``*``, ``new``, ``(2)``, ``[2]``, ``(t+1)``, ``dagger``. ``accents`` stand above
    or before: ``hat tilde bar check dot`` and ``Delta``, ``d`` (as in ΔW, dW). A bold or double-struck 1 has
    the base ``1``, a Σ with nothing to sum ``Sigma``.
    """

    base: str
    sub: str = ""
    marks: tuple[str, ...] = ()
    accents: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """``head`` applied to arguments: softmax(v), log A_i, f_3'(s).

    ``certain`` is False where only brackets follow a name, and the two may be a product: y(1 - y).
    √x has the head ``sqrt``, ⟨a, b⟩ ``dot``, log_2 the subscript ``2``. 1[u > 0], and a condition in
    brackets by itself, has the head ``indicator`` and a `Comparison`.
    """

    head: Symbol
    args: tuple[Node, ...]
    certain: bool = True
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Add:
    """left + right."""

    left: Node
    right: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Subtract:
    """left − right."""

    left: Node
    right: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """−body."""

    body: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Product:
    """Two factors and the sign between: '' (none), one of ``dot times star odot otimes at``."""

    left: Node
    right: Node
    sign: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Quotient:
    """left / right, as a fraction or in a line."""

    left: Node
    right: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Power:
    """body raised to an exponent, which may turn out to be an index written high (``z^i``). eˣ is one."""

    body: Node
    exponent: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Transpose:
    """bodyᵀ; not ``certain`` where it is a plain letter T and may be a power."""

    body: Node
    certain: bool = True
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Element:
    """A subscript on more than a name: (W x)_i."""

    body: Node
    sub: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries, or a tuple (1, 2, 3) as one row: ``flat``."""

    rows: tuple[tuple[Node, ...], ...]
    flat: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """Σ body (or Π, where ``product``), with its index and limits as far as they are written.

    The body is the product that follows, up to the next + or −. Two indices are two sums; over k ≠ i
    is over k, of an ``indicator`` times the body; over i in a set is over i.
    """

    body: Node
    index: str = ""
    lower: Node | None = None
    upper: Node | None = None
    product: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Derivative:
    r"""∂of/∂wrt in any dress; ``sign`` is ``partial``, ``d``, or ``nabla`` (∇_W J).

    ``of`` is None where nothing is named: ∇_W alone.
    """

    of: Node | None
    wrt: Node
    sign: str = "partial"
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Norm:
    """‖body‖ with its subscript (``2``, ``F``, or none); |body| where ``single``."""

    body: Node
    sub: str = ""
    single: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """left relation right inside a side: i = j, u > 0. ``relation`` is one of = ≠ < ≤ > ≥."""

    left: Node
    relation: str
    right: Node
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Cases:
    """Values under conditions; None is "otherwise"."""

    rows: tuple[tuple[Node, Comparison | None], ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Brace:
    """A body with a name written under or over its brace."""

    body: Node
    label: Node | None
    span: Span = field(default=NOWHERE, compare=False)


Node: TypeAlias = (
    "Literal | Symbol | Call | Add | Subtract | Negative | Product | Quotient | Power | Transpose | Element"
    " | Matrix | Sum | Derivative | Norm | Comparison | Cases | Brace"
)


def parts(node: Node) -> Iterator[Node]:
    """The direct parts of a node, in the order in which they are written."""
    for item in fields(node):
        yield from _nodes(getattr(node, item.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)
    elif isinstance(value, NODES):
        yield value


NODES = (
    Literal,
    Symbol,
    Call,
    Add,
    Subtract,
    Negative,
    Product,
    Quotient,
    Power,
    Transpose,
    Element,
    Matrix,
    Sum,
    Derivative,
    Norm,
    Comparison,
    Cases,
    Brace,
)


def walk(node: Node) -> Iterator[Node]:
    """Every node, parents before their parts."""
    yield node
    for part in parts(node):
        yield from walk(part)


def transform(node: Node, change: Callable[[Node], Node]) -> Node:
    """``change`` applied to every node, parts before their parents."""
    new = {item.name: _transformed(getattr(node, item.name), change) for item in fields(node)}
    same = all(new[item.name] is getattr(node, item.name) for item in fields(node))
    return change(node if same else replace(node, **new))


def _transformed(value: object, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, tuple):
        parts = tuple(_transformed(part, change) for part in value)
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    return transform(value, change) if isinstance(value, NODES) else value
