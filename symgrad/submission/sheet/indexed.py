"""Formulas entry by entry, z_i = Σ_j W_ij x_j + b_i, as formulas about whole arrays.

Every part is an array whose axes are its free letters, at most two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.kinds import ATOM, POWER, PRODUCT, SCALAR, SUM, Kind, Misfit, Term
from symgrad.submission.sheet.patterns import MEAN, SOFTMAX, exponent
from symgrad.submission.sheet.scope import Scope, bears, indices
from symgrad.submission.written import (
    Add,
    Call,
    Element,
    Literal,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    walk,
)

Axes: TypeAlias = "tuple[str, ...]"
Whole: TypeAlias = "Callable[[Node, Scope], list[Term]]"
"""How a part without free letters is read: `arrays.terms`."""


@dataclass(frozen=True, slots=True)
class Part:
    """An array's text, how firmly it holds together, and its axes."""

    text: str
    level: int
    axes: Axes

    def at(self, level: int) -> str:
        """The text as a part of something that holds together like ``level``."""
        return self.text if self.level >= level else f"({self.text})"

    def ordered(self, axes: Axes) -> Part:
        """The same array with its axes in this order. Raises `Misfit` where they are others."""
        if self.axes == axes:
            return self
        if len(axes) == 2 and self.axes == axes[::-1]:
            text = self.text.removesuffix(".T") if self.text.endswith(".T") else f"{self.at(ATOM)}.T"
            return Part(text, ATOM, axes)
        raise Misfit


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads under free ``letters``; ``order`` is how the axes of the result should lie."""

    scope: Scope
    whole: Whole
    letters: Axes

    def read(self, node: Node) -> Part:
        """The array of a node. Raises `Misfit` where there is none."""
        if not any(bears(node, letter) for letter in self.letters) and not _has_bound(node):
            return self.plain(node)
        if type(node) not in _READERS:
            raise Misfit
        return _READERS[type(node)](self, node)

    def plain(self, node: Node) -> Part:
        """A part without letters, which is one number for all entries."""
        for term in self.whole(node, self.scope):
            if term.kind.rank == 0:
                return Part(term.text, term.level, ())
        raise Misfit

    def symbol(self, node: Symbol) -> Part:
        """x_i, W_ij, x_j^{(n)}."""
        bare, axes = indices(node, self.letters)
        name = self.scope.named(bare)
        if name is None and bare in self.scope.roots:
            name, high = self.scope.roots[bare]
            text = f"sqrt({name})" if high == 2 else f"{name}**(1 / {high})"
            return Part(text, ATOM, self.checked(name, axes))
        if name is None:
            raise Misfit
        return Part(name, ATOM, self.checked(name, axes))

    def checked(self, name: str, axes: Axes) -> Axes:
        """The axes, if the array has as many. Raises `Misfit`."""
        kind = self.scope.kinds.get(name)
        if kind is None or kind.rank != len(axes) or len(set(axes)) != len(axes):
            raise Misfit
        return axes

    def element(self, node: Element) -> Part:
        """(W x)_i of a whole array."""
        axes = tuple(letter for letter in node.sub if letter != ",")
        for term in self.whole(node.body, self.scope):
            if term.kind.rank == len(axes) and set(axes) <= set(self.letters):
                return Part(term.text, term.level, axes)
        raise Misfit

    def negative(self, node: Negative) -> Part:
        """−body."""
        body = self.read(node.body)
        return Part(f"-{body.at(PRODUCT)}", SUM, body.axes)

    def add(self, node: Add) -> Part:
        """left + right."""
        return joined(self.read(node.left), self.read(node.right), "+")

    def subtract(self, node: Subtract) -> Part:
        """left − right."""
        return joined(self.read(node.left), self.read(node.right), "-")

    def product(self, node: Product) -> Part:
        """left · right, entry by entry; of two vectors along different letters the outer product."""
        match node.left:
            case Quotient(Literal(one), below) if one == 1:
                return self.quotient(Quotient(node.right, below))
        return joined(self.read(node.left), self.read(node.right), "*")

    def quotient(self, node: Quotient) -> Part:
        """left / right."""
        return joined(self.read(node.left), self.read(node.right), "/")

    def power(self, node: Power) -> Part:
        """body ^ exponent, or an index written high."""
        raised = exponent(node)
        if raised is not None:
            body = self.read(raised)
            return Part(f"exp({body.text})", ATOM, body.axes)
        match node:
            case Power(Symbol() as body_symbol, Symbol(base, "", (), ())) if base in self.letters:
                name = self.scope.named(body_symbol)
                if name is not None:
                    return Part(name, ATOM, self.checked(name, (base,)))
            case Power(Symbol() as body_symbol, Literal(value)):
                bare, axes = indices(body_symbol, self.letters)
                name, high = self.scope.roots.get(bare, ("", 0))
                if high == value:
                    return Part(name, ATOM, self.checked(name, axes))
        body, high_part = self.read(node.body), self.read(node.exponent)
        if high_part.axes:
            raise Misfit
        return Part(f"{body.at(ATOM)}**{high_part.at(ATOM)}", POWER, body.axes)

    def call(self, node: Call) -> Part:
        """An elementwise function, a softmax along a letter, a mean."""
        if node.head == MEAN and isinstance(node.args[0], Sum):
            return self.reduced(node.args[0], "mean")
        if node.head == SOFTMAX and isinstance(node.args[1], Symbol):
            body, letter = self.read(node.args[0]), node.args[1].base
            if letter not in body.axes:
                raise Misfit
            axis = f", axis={body.axes.index(letter)}" if len(body.axes) > 1 else ""
            return Part(f"softmax({body.text}{axis})", ATOM, body.axes)
        if self.scope.named(node.head) is not None and len(node.args) == 1:
            return joined(self.read(node.head), self.read(node.args[0]), "*")
        if len(node.args) != 1:
            raise Misfit
        body = self.read(node.args[0])
        own = self.scope.functions.get(node.head)
        if own is not None:
            return Part(f"{own}({body.text})", ATOM, body.axes)
        stand_in = Term(body.text, body.level, SCALAR)
        for term in functions.applied(node.head, (stand_in,)):
            if functions.plain(node.head.base) in functions.ELEMENTWISE:
                return Part(term.text, term.level, body.axes)
        raise Misfit

    def sum(self, node: Sum) -> Part:
        """Σ over a letter."""
        return self.reduced(node, "sum")

    def reduced(self, node: Sum, how: str) -> Part:
        """Σ or the mean over a letter; of a product Σ is a matrix product where the letters say so."""
        if node.product or not node.index or not _whole_range(node):
            raise Misfit
        inner = Reader(self.scope, self.whole, (*self.letters, node.index))
        if how == "sum":
            found = inner.contracted(node.body, node.index)
            if found is not None:
                return found
        return _reduced(inner.read(node.body), node.index, how)

    def contracted(self, body: Node, letter: str) -> Part | None:
        """Σ of two factors as a product of matrices and vectors; None where it is no such."""
        if not isinstance(body, Product) or isinstance(body.left, Quotient):
            return None
        left, right = self.read(body.left), self.read(body.right)
        if letter not in left.axes or letter not in right.axes or not _linear(body):
            return None
        free = [axis for part in (left, right) for axis in part.axes if axis != letter]
        if len(set(free)) != len(free):
            return None
        if len(right.axes) == 2 and (len(left.axes) == 1 or self.later(free)):
            left, right = right, left
        ahead = tuple(axis for axis in left.axes if axis != letter)
        behind = tuple(axis for axis in right.axes if axis != letter)
        first, second = left.ordered((*ahead, letter)), right.ordered((letter, *behind))
        return Part(f"{first.at(PRODUCT)} @ {second.at(PRODUCT + 1)}", PRODUCT, (*ahead, *behind))

    def later(self, free: list[str]) -> bool:
        """Whether two free letters stand the other way round on the left side."""
        places = [self.letters.index(letter) for letter in free]
        return places != sorted(places)


def _linear(body: Product) -> bool:
    """Σ_i y_i log o_i stays a sum of entries: only what is written plainly is a product of arrays."""
    return not any(isinstance(part, Call | Power | Quotient) for part in walk(body))


def _has_bound(node: Node) -> bool:
    return any(isinstance(part, Sum) and part.index and bears(part.body, part.index) for part in walk(node))


def _whole_range(node: Sum) -> bool:
    return node.lower is None or not isinstance(node.lower, Literal) or node.lower.value in (0, 1)


def _reduced(body: Part, letter: str, how: str) -> Part:
    if letter not in body.axes:
        raise Misfit
    axis = body.axes.index(letter)
    rest = tuple(other for other in body.axes if other != letter)
    options = f", axis={axis}" if rest else ""
    return Part(f"{how}({body.text}{options})", ATOM, rest)


def joined(left: Part, right: Part, sign: str) -> Part:
    """Two arrays entry by entry, their letters matched. Raises `Misfit` where NumPy has no way to."""
    level = SUM if sign in "+-" else PRODUCT
    inner = level + 1 if sign in "-/" or "@" in left.text + right.text else level
    if len(left.axes) == len(right.axes) == 2:
        right = right.ordered(left.axes)
    if left.axes == right.axes or not left.axes or not right.axes:
        return Part(f"{left.at(level)} {sign} {right.at(inner)}", level, left.axes or right.axes)
    if len(left.axes) == len(right.axes) == 1:
        return _outer(left, right, sign)
    matrix = left if len(left.axes) == 2 else right
    (letter,) = left.axes if matrix is right else right.axes
    if letter not in matrix.axes:
        raise Misfit
    other = next(axis for axis in matrix.axes if axis != letter)
    turned = matrix.ordered((other, letter))
    first, second = (turned, right) if matrix is left else (left, turned)
    return Part(f"{first.at(level)} {sign} {second.at(inner)}", level, (other, letter)).ordered(matrix.axes)


def _outer(left: Part, right: Part, sign: str) -> Part:
    if sign not in "*/":
        raise Misfit
    second = right.text if sign == "*" else f"1 / {right.at(PRODUCT + 1)}"
    return Part(f"outer({left.text}, {second})", ATOM, (*left.axes, *right.axes))


def reduced(node: Sum, how: str, scope: Scope, whole: Whole) -> Term:
    """A sum or mean over a letter that leaves none: one number. Raises `Misfit`."""
    part = Reader(scope, whole, ()).reduced(node, how)
    if part.axes:
        raise Misfit
    return Term(part.text, part.level, SCALAR)


def entries(node: Node, letters: Axes, scope: Scope, whole: Whole) -> Term:
    """The array whose entry at ``letters`` a formula is. Raises `Misfit`."""
    part = Reader(scope, whole, letters).read(node).ordered(letters)
    return Term(part.text, part.level, Kind(len(letters)))


_READERS: Mapping[type, Callable[[Reader, Any], Part]] = {
    Symbol: Reader.symbol,
    Element: Reader.element,
    Add: Reader.add,
    Subtract: Reader.subtract,
    Negative: Reader.negative,
    Product: Reader.product,
    Quotient: Reader.quotient,
    Power: Reader.power,
    Call: Reader.call,
    Sum: Reader.sum,
}
