"""Maths as somebody wrote it: a tree of what is on the paper, which decides nothing that shapes must decide.

``W^T`` may be a power, ``y(1 - y)`` a call, ``A_{11}`` a name or an entry: the node says what stands
there, and `symgrad.checking` tries the readings. Every node knows its place in the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from symgrad.tree import ByContent


class Span(Struct, frozen=True, order=True):
    """A half-open range of characters of the submission's text."""

    start: int
    end: int


NOWHERE = Span(0, 0)
_ASIDE = ("span", "indices", "raised")
"""What does not count where nodes are compared: where they stand, and what only reads another field."""


class Written(ByContent, frozen=True, eq=False, dict=True):
    """Something written, the same wherever it stands. Its ``__dict__`` keeps what is asked of it often."""

    def __hash__(self) -> int:
        known: int | None = self.__dict__.get("hash")
        if known is None:
            known = self.__dict__["hash"] = hash((self.__class__, self.content))
        return known

    @property
    def content(self) -> Any:
        """What is written."""
        return _content(self.__class__)(self)


@cache
def _content(kind: type[Written]) -> Callable[[Any], Any]:
    return attrgetter(*(name for name in kind.__struct_fields__ if name not in _ASIDE))


class Literal(Written, frozen=True, eq=False):
    """A printed number. ``place`` is the power of ten of its last digit: -3 in 0.116, 0 in 12."""

    value: Fraction
    place: int = 0
    span: Span = NOWHERE


class Symbol(Written, frozen=True, eq=False):
    r"""A name with what hangs on it: ``\tilde{w}_{h1}^{(2)\prime}``.

    ``base`` is a letter, a Greek name (``mu``), or a word (``net``, ``softmax``); fonts, arrows and
    bold type are dropped (``\mathcal{L}`` is L). ``sub`` is the subscript without spaces, commands
    and braces (``h1``, ``ij``, ``i+1,j``, ``total``). ``marks`` are what is raised and is no power,
    in order: ``'``, ``+``, ``*``, ``new``, ``(2)``, ``[2]``, ``(t+1)``, ``dagger``. ``accents`` stand above
    or before: ``hat tilde bar check dot`` and ``Delta``, ``d`` (as in ΔW, dW). A bold or double-struck 1 has
    the base ``1``, a Σ with nothing to sum ``Sigma``.

    ``indices`` are the subscript read: its parts between commas, and in each the atoms that stand side by
    side (``ij`` and ``i,j`` are i and j, ``t-1`` is a difference, ``:`` a symbol of its own); none where it
    cannot be read. ``raised`` is the same for every mark: 2 for ``(2)``, l − 1 for ``[l-1]``, a symbol ``'``
    for a prime. Both say again what ``sub`` and ``marks`` say, so symbols are compared without them.
    """

    base: str
    sub: str = ""
    marks: tuple[str, ...] = ()
    accents: tuple[str, ...] = ()
    span: Span = NOWHERE
    indices: tuple[Node, ...] = ()
    raised: tuple[Node, ...] = ()


R_OPERATOR = "moved"
"""The head of ℛ{q}, how q moves along a direction: no letter, so that nothing else has it."""


class Call(Written, frozen=True, eq=False):
    """``head`` applied to arguments: softmax(v), log A_i, f_3'(s).

    ``certain`` is False where only brackets follow a name, and the two may be a product: y(1 - y).
    √x has the head ``sqrt``, ⟨a, b⟩ ``dot``, log_2 the subscript ``2``, max_j z_j the subscript ``j``, [z]₊
    the head ``relu``, and 1, …, K the head ``range``. 1[u > 0], and a condition in brackets by itself, has
    the head ``indicator`` and a `Comparison`; P(t = 1 | z) has one among its arguments.
    ℛ{q} has the head `R_OPERATOR`.
    ``enclosed``: brackets stand around both, and a script behind them is on all of it: (c(u + v))².
    """

    head: Symbol
    args: tuple[Node, ...]
    certain: bool = True
    span: Span = NOWHERE
    enclosed: bool = False


class Add(Written, frozen=True, eq=False):
    """left + right."""

    left: Node
    right: Node
    span: Span = NOWHERE


class Subtract(Written, frozen=True, eq=False):
    """left − right."""

    left: Node
    right: Node
    span: Span = NOWHERE


class Negative(Written, frozen=True, eq=False):
    """−body."""

    body: Node
    span: Span = NOWHERE


class Product(Written, frozen=True, eq=False):
    """Two factors and the sign between: '' (none), one of ``dot times star odot otimes at oslash colon``.

    ``oslash`` divides entry by entry, ``colon`` is Frobenius' product.
    """

    left: Node
    right: Node
    sign: str = ""
    span: Span = NOWHERE


class Quotient(Written, frozen=True, eq=False):
    """left / right, as a fraction or in a line."""

    left: Node
    right: Node
    span: Span = NOWHERE


class Power(Written, frozen=True, eq=False):
    """body raised to an exponent, which may turn out to be an index written high (``z^i``). eˣ is one."""

    body: Node
    exponent: Node
    span: Span = NOWHERE


class Transpose(Written, frozen=True, eq=False):
    """bodyᵀ; not ``certain`` where it is a plain letter T and may be a power.

    ``sign`` is ``'`` where a prime stands behind brackets: (A − B)′ is a transpose, (x²)′ a derivative.
    """

    body: Node
    certain: bool = True
    span: Span = NOWHERE
    sign: str = "T"


class Element(Written, frozen=True, eq=False):
    """A subscript on more than a name: (W x)_i. ``indices`` as those of a `Symbol`.

    ``square``: they stand in square brackets behind a name, w[0].
    """

    body: Node
    sub: str
    span: Span = NOWHERE
    indices: tuple[Node, ...] = ()
    square: bool = False


class Matrix(Written, frozen=True, eq=False):
    """Rows of entries, or a tuple (1, 2, 3) as one row: ``flat``. Entries left out are a symbol ``dots``."""

    rows: tuple[tuple[Node, ...], ...]
    flat: bool = False
    span: Span = NOWHERE


class Sum(Written, frozen=True, eq=False):
    """Σ body (or Π, where ``product``), with its index and limits as far as they are written.

    The body is the product that follows, up to the next + or −, and beyond them the terms that bear the
    index, unless it means something there already. Two indices are two sums, and what holds for both stands
    in the inner one. Over k ≠ i is over k, under that ``condition``; over i in a set is over i, with the
    set as it is written in ``over`` and its members, if they are listed, in ``chosen``.
    """

    body: Node
    index: str = ""
    lower: Node | None = None
    upper: Node | None = None
    product: bool = False
    span: Span = NOWHERE
    over: str = ""
    chosen: tuple[Node, ...] | None = None
    condition: Comparison | None = None


class Derivative(Written, frozen=True, eq=False):
    r"""∂of/∂wrt in any dress; ``sign`` is ``partial``, ``d``, ``nabla`` (∇_W J), or ``direct`` (∂⁺h/∂w).

    ``of`` is None where nothing is named: ∇_W alone; ``wrt`` where it is not said: ∇J. Of higher ones the
    first name below is the outermost: ∂²J/∂a∂b is ∂(∂J/∂b)/∂a.
    """

    of: Node | None
    wrt: Node | None
    sign: str = "partial"
    span: Span = NOWHERE


class Norm(Written, frozen=True, eq=False):
    """‖body‖ with its subscript (``2``, ``F``, or none); |body| where ``single``."""

    body: Node
    sub: str = ""
    single: bool = False
    span: Span = NOWHERE


class Comparison(Written, frozen=True, eq=False):
    """left relation right inside a side: i = j, u > 0. ``relation`` is one of = ≠ < ≤ > ≥.

    Of 0 < u < 1 the left side is the comparison 0 < u, whose right side is meant again.
    """

    left: Node
    relation: str
    right: Node
    span: Span = NOWHERE


class Cases(Written, frozen=True, eq=False):
    """Values under conditions; None is "otherwise"."""

    rows: tuple[tuple[Node, Comparison | None], ...]
    span: Span = NOWHERE


class Brace(Written, frozen=True, eq=False):
    """A body with a name written under or over its brace."""

    body: Node
    label: Node | None
    span: Span = NOWHERE


Node: TypeAlias = (
    Literal
    | Symbol
    | Call
    | Add
    | Subtract
    | Negative
    | Product
    | Quotient
    | Power
    | Transpose
    | Element
    | Matrix
    | Sum
    | Derivative
    | Norm
    | Comparison
    | Cases
    | Brace
)


def parts(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, in the order in which they are written; subscripts and marks are none."""
    known: tuple[Node, ...] | None = node.__dict__.get("parts")
    if known is None:
        kind: Any = node.__class__
        names = _names_of_parts(kind)
        known = node.__dict__["parts"] = tuple(p for name in names for p in _nodes(getattr(node, name)))
    return known


@cache
def _names_of_parts(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name not in _ASIDE)


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)
    elif isinstance(value, Node):
        yield value


def walk(node: Node) -> Iterator[Node]:
    """Every node, parents before their parts."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += parts(found)[::-1]


def transform(node: Node, change: Callable[[Node], Node]) -> Node:
    """``change`` applied to every node, parts before their parents; not to subscripts and marks."""
    kept = _names_of_parts(node.__class__)
    new = {name: _transformed(getattr(node, name), change) for name in kept}
    same = all(new[name] is getattr(node, name) for name in kept)
    return change(node if same else replace(node, **new))


def _transformed(value: object, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, tuple):
        parts = tuple(_transformed(part, change) for part in value)
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    return transform(value, change) if isinstance(value, Node) else value
