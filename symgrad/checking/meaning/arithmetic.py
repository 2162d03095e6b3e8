"""Numbers, sums, products, quotients, powers, matrices, norms, cases: what needs no name."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.applied import function_of
from symgrad.checking.meaning.entries import entry, has_windows
from symgrad.checking.meaning.scope import Scope, Unknown, handles
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.meaning.symbols import named
from symgrad.checking.worlds.jets import JETS, H, power
from symgrad.checking.worlds.products import (
    hadamard,
    inner,
    kronecker_product,
    matmul,
    outer,
    stacked_product,
)
from symgrad.checking.worlds.tensor import (
    COLUMN,
    ROW,
    Misfit,
    Tensor,
    combine,
    elementwise,
    filled,
    scalar,
    transpose,
)
from symgrad.operations.windows import convolve
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Element,
    Literal,
    Matrix,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Subtract,
    Symbol,
    Transpose,
    walk,
)

PRINTED = "§"
"""The axis along which printed numbers are moved, one after the other."""


@handles(Literal)
def literal(node: Literal, scope: Scope) -> Tensor:
    """A printed number."""
    value = scope.instead.get(node.span, float(node.value))
    place = scope.literals.get(node.span)
    if place is None:
        return scalar(value)
    step = np.zeros(len(scope.literals), dtype=complex)
    step[place] = 1j * H
    return Tensor(value + step, (PRINTED,))


@handles(Add, Subtract)
def added(node: Add | Subtract, scope: Scope) -> Tensor:
    """a + b, a − b; I − 𝟏𝟏ᵀ/n, whose size nothing beside it shows, is as large as any axis may be."""
    sign = np.add if isinstance(node, Add) else np.subtract
    left, right = scope.evaluate(node.left), scope.evaluate(node.right)
    if {left.kind, right.kind} != {"unit", "ones2"}:
        return combine(sign, left, right)
    squares = {
        dim: partial(combine, sign, filled(left, (size, size)), filled(right, (size, size)))
        for size, dim in scope.lengths.items()
    }
    return scope.choices.among(("square", node.span), squares)


@handles(Negative)
def negative(node: Negative, scope: Scope) -> Tensor:
    """−a."""
    found = scope.evaluate(node.body)
    return replace(found, data=-found.data)


@handles(Brace)
def brace(node: Brace, scope: Scope) -> Tensor:
    """What stands over a brace."""
    return scope.evaluate(node.body)


@handles(Product)
def product(node: Product, scope: Scope) -> Tensor:
    """Two factors, by the sign between them and by what fits."""
    if (power_of := _power_of_function(node, scope)) is not None:
        return scope.evaluate(power_of)
    left, right = scope.evaluate(node.left), scope.evaluate(node.right)
    match node:
        case Product(Literal(place=0), Quotient(Literal(), Literal()), ""):  # 1¼
            if scope.choices.name(("mixed", node.span), ("product", "mixed")) == "mixed":
                return combine(np.add, left, right)
    return multiplied(node.sign, left, right, scope, node.span)


def _power_of_function(node: Product, scope: Scope) -> Power | None:
    """σ²(z): the square of σ(z)."""
    match node:
        case Product(Power(Symbol() as head, Literal() as exponent), right, ""):
            known = next(scope.dictionary.find(head), None) or function_of(head, scope) is None
            if not known and _is_bracketed(right):
                return Power(Call(head, (right,), True, node.span), exponent, node.span)
    return None


def _is_bracketed(node: Node) -> bool:
    """Whether brackets stood around a factor."""
    if isinstance(node, Symbol):
        return not node.sub and not node.marks and node.span.end - node.span.start > len(node.base) + 1
    return isinstance(node, Add | Subtract)


def multiplied(sign: str, left: Tensor, right: Tensor, scope: Scope, key: Any) -> Tensor:
    """The product of two values under a sign."""
    if not (left.rank or left.kind) or not (right.rank or right.kind):
        if sign == "oslash":
            return elementwise(np.divide, left, right)
        return matmul(left, right)
    if not sign and max(left.rank, right.rank) > 2:
        return _of_batches(left, right)
    if sign == "otimes" and "unit" in (left.kind, right.kind) and left.kind != right.kind:
        identity, other = (left, right) if left.kind == "unit" else (right, left)
        if other.rank:
            return _beside_identity(identity is left, identity, other, scope, key)
    ways = WAYS[sign]
    if sign == "otimes" and left.rank == 2 and left.core == right.core:
        settled = scope.dictionary.ways.get("otimes")
        by = settled or scope.choices.name(("otimes",), ("entries", "products"))
        ways = ways[:1] if by == "entries" else ways[1:]
    if sign == "star" and not (left.rank == right.rank == 2 and has_windows(scope)):
        ways = (ENTRIES, MATRIX)
    if len(ways) == 1:
        return ways[0][1](left, right)
    if not sign and (found := _matrix_product(left, right)) is not None:
        return found
    return scope.choices.among(
        (sign, key),
        {name: (lambda way=way: way(left, right)) for name, way in ways},  # type: ignore[misc]
    )


def _beside_identity(first: bool, identity: Tensor, other: Tensor, scope: Scope, key: Any) -> Tensor:
    """I ⊗ A and A ⊗ I, with an identity as large as any axis of the problem is that fits."""

    def of(size: int) -> Tensor:
        square = filled(identity, (size, size))
        return kronecker_product(square, other) if first else kronecker_product(other, square)

    return scope.choices.among(
        ("otimes", key), {dim: partial(of, size) for size, dim in scope.lengths.items()}
    )


def _of_batches(left: Tensor, right: Tensor) -> Tensor:
    """Arrays of more than two axes side by side: products of matrices, else nobody says what is meant."""
    try:
        return matmul(left, right)
    except Misfit as misfit:
        raise Unknown(f"what a product of arrays of more than two axes means here: {misfit}") from None


def _matrix_product(left: Tensor, right: Tensor) -> Tensor | None:
    """The product of matrices side by side, if it fits; then no other way does."""
    try:
        return matmul(left, right)
    except Misfit:
        return None


def _alike(left: Tensor, right: Tensor) -> Tensor:
    """Two arrays side by side, entry by entry: only of one shape, and 1-D ones that stand alike."""
    if left.core != right.core or left.rank != 1:
        raise Misfit("the shapes of the factors do not fit")
    return hadamard(left, right)


def _same(left: Tensor, right: Tensor) -> Tensor:
    if left.core != right.core:
        raise Misfit("the shapes of the factors do not fit")
    return hadamard(left, right)


def _convolved(left: Tensor, right: Tensor) -> Tensor:
    """A star for the convolution of two matrices."""
    if left.rank != 2 or right.rank != 2 or left.axes or right.axes:
        raise Misfit("a convolution of what are no two matrices")
    if right.core[0] > left.core[0] or right.core[1] > left.core[1]:
        raise Misfit("a kernel larger than what it moves over")
    return Tensor(convolve(JETS, left.data, right.data))


Way = Callable[[Tensor, Tensor], Tensor]


MATRIX: tuple[str, Way] = ("matrix", matmul)


INNER: tuple[str, Way] = ("inner", inner)


ENTRIES: tuple[str, Way] = ("entries", _same)


WAYS: dict[str, tuple[tuple[str, Way], ...]] = {
    "": (MATRIX, ("entries", _alike), INNER),
    "dot": (MATRIX, INNER, ENTRIES),
    "times": (MATRIX, ENTRIES),
    "star": (ENTRIES, MATRIX, ("conv", _convolved)),
    "odot": (("entries", hadamard),),
    "otimes": (
        ("entries", _same),
        ("kronecker", kronecker_product),
        ("outer", outer),
        ("stacked", stacked_product),
    ),
    "at": (MATRIX,),
    "oslash": (("entries", lambda a, b: elementwise(np.divide, a, b)),),
    "colon": (INNER,),
}


@handles(Quotient)
def quotient(node: Quotient, scope: Scope) -> Tensor:
    """a / b, entry by entry where b is an array of a's shape."""
    if isinstance(node.right, Symbol) and "d" in node.right.accents:
        raise Unknown("a quotient by a differential: is a d missing above it?", node)
    left, right = scope.evaluate(node.left), scope.evaluate(node.right)
    if right.kind == "unit" or (right.rank == 2 and left.rank and left.core != right.core):
        raise Unknown("a quotient by a matrix is not read", node)
    found = elementwise(np.divide, left, right)
    return replace(found, kind=left.kind) if left.kind else found


@handles(Transpose)
def transposed(node: Transpose, scope: Scope) -> Tensor:
    """aᵀ; of a number the number itself, and of A_ij an entry of Aᵀ as well.

    (1, 2)ᵀ is a column for most: a tuple stands as it may.
    """
    if (turned := _turned_entry(node.body, scope)) is not None:
        ways: dict[str, Callable[[], Tensor]] = {
            "turned": turned,
            "number": partial(_transposed, node, scope),
        }
        return scope.choices.among(("transposed", node.span), ways)
    return _transposed(node, scope)


def _turned_entry(node: Node, scope: Scope) -> Callable[[], Tensor] | None:
    """The entry ij of Aᵀ for the A_ij of A_ij^T; None of anything but an entry of a matrix."""
    if not isinstance(node, Symbol) or len(node.indices) < 2:
        return None
    found = next(scope.dictionary.find(node), None)
    shape = scope.dictionary.model.graph.shapes.get(found.name, ()) if found is not None else ()
    if found is None or len(shape) != 2 or len(found.indices) != 2 or Symbol(":") in found.indices:
        return None  # M_{:,j}ᵀ is a column that lies
    labels, places = node.indices[:-2], found.indices
    whole = replace(node, indices=labels, sub=",".join(map(text_of, labels)))
    return lambda: entry(transpose(named(whole, (), scope)), places, scope)


def _transposed(node: Transpose, scope: Scope) -> Tensor:
    if isinstance(node.body, Literal) and node.body.value == 1 and (node.certain or _is_free("T", scope)):
        return transpose(named(Symbol("1", span=node.span), (), scope))  # 1ᵀ x, for the sum of its entries
    body = scope.evaluate(node.body)
    if isinstance(node.body, Matrix) and node.body.flat and body.rank == 1:
        standing = {stands: partial(replace, body, stands=stands) for stands in (COLUMN, ROW)}
        return scope.choices.among(("tuple", node.span), standing)
    if not body.rank and not body.kind and not node.certain and not _holds_transposed(node.body):
        power_of = Symbol("T", span=node.span)
        return elementwise(power, body, named(power_of, (), scope))
    if not body.rank and not body.kind:
        return body
    return transpose(body)


def _is_free(letter: str, scope: Scope) -> bool:
    """Whether a letter has no meaning in this work."""
    symbol = Symbol(letter)
    defined = next(scope.dictionary.defined(symbol, (), scope.line), None)
    return defined is None and not scope.dictionary.is_known(symbol) and letter not in scope.labels


def _holds_transposed(node: Node) -> bool:
    """Whether T is the sign of a transpose inside a bracket already: (xᵀ A y)ᵀ is no power."""
    return any(isinstance(part, Transpose) for part in walk(node))


@handles(Element)
def element(node: Element, scope: Scope) -> Tensor:
    """An entry of an expression: (W x)_i, (W_2)_{jk}, softmax(z)_k."""
    body = scope.evaluate(node.body)
    indices = node.indices
    if isinstance(node.body, Literal) and node.body.value == 0:  # 0_n and 0_{n×m} are zeros
        return body
    if isinstance(node.body, Call) and not body.rank:
        raise Misfit("an entry of a number")
    if len(indices) == 1 and body.rank == 2 and (digits := _digits(indices[0], body)):
        return entry(body, digits, scope)
    if len(indices) == 1 and body.rank == 2:
        options = {
            "row": lambda: entry(body, (indices[0], None), scope),
            "column": lambda: entry(body, (None, indices[0]), scope),
        }
        return scope.choices.among(("element", node.span), options)
    if not indices or len(indices) != body.rank:
        raise Unknown(f"the subscript {node.sub} is not read", node)
    return entry(body, list(indices), scope)


def _digits(index: Node, body: Tensor) -> list[Node]:
    """1 and 2 of (A)_{12}, where A has no entry 12."""
    if not isinstance(index, Literal) or not 10 < index.value < 100 or index.value <= max(body.data.shape):
        return []
    return [Literal(Fraction(int(digit))) for digit in str(index.value)]
