"""What an operation is: one record with one definition, from which everything else follows.

``entry`` defines an entry of the output as a SymPy expression in entries of the arguments (softmax:
exp(x_i) / Σ_k exp(x_k)). Derivatives are never typed in: SymPy differentiates ``entry``. ``shape``
and ``value`` are the operation's meaning to the shape check and to the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from inspect import Parameter, signature
from typing import Literal, TypeAlias

from msgspec import Struct

from symgrad.late import sympy
from symgrad.operations.record import Dims, Indices, Numbers, Options, Scope, Shape, View, Views
from symgrad.operations.signature import ONE, Signature

Entry: TypeAlias = "Callable[[Scope, Views, Indices, Options], sympy.Expr]"
Identity: TypeAlias = "Callable[[Scope, View, View, Indices, Indices, Options], sympy.Expr]"
ShapeRule: TypeAlias = Callable[[Dims, tuple[Shape, ...], Options], Shape]


class Example(Struct, frozen=True):
    """A formula that the documentation works and the tests try, and the shapes of the arrays in it."""

    formula: str
    shapes: Mapping[str, Shape]


class Operation(Struct, frozen=True):
    """One operation: definition, shape rule, numbers, how its rule is explained, and all its names.

    ``kind``: ``linear`` in each argument, ``elementwise`` (a function of one entry of each),
    ``structured`` (its Jacobian mixes entries and is worth a passage of its own), or ``implicit``: it
    has no closed entry formula, and ``identity(scope, x, y, at, by, options)`` is an expression that is 0 for
    every x and y = op(x), at the entry ``at`` of the output and near the entry x[by] of the input.
    ``why`` is the sentence that explains the step back through it; a tuple has one for each argument.

    ``call``: how a formula calls it, by a signature or, of an operator, as in ``a + b``; "" where none does.
    ``layout``: the name of the function as it is written, or a form of `symgrad.notation.table` (``√a``).
    ``code``: the operator or the function of NumPy or of `symgrad.code.library`, or a text around the
    arguments {0}, {1} (``{0}.T``; {0:arg} without brackets) and options. ``names``: other names that
    people write. ``torch``: PyTorch's functions and layers (with a capital) that are this, without options.
    ``bounds``: arguments between them are in its domain.
    """

    name: str
    title: str
    kind: Literal["linear", "elementwise", "structured", "implicit"]
    entry: Entry
    shape: ShapeRule
    value: Callable[..., Numbers]
    why: str | tuple[str, ...]
    scalar: Callable[..., sympy.Expr] | None = None
    source: str = "definition"
    identity: Identity | None = None
    call: Signature | str = ONE
    layout: str = ""
    code: str = ""
    names: tuple[str, ...] = ()
    torch: tuple[str, ...] = ()
    example: Example | None = None
    bounds: tuple[float, float] = (-2.0, 2.0)

    @property
    def shown(self) -> Example:
        """Its example; where it has none, its call at vectors."""
        if self.example is not None:
            return self.example
        if isinstance(self.call, str):
            return Example(self.call, {name: ("n",) for name in "ab" if name in self.call})
        arrays = self.call.arrays
        return Example(f"{self.name}({', '.join(arrays)})", dict.fromkeys(arrays, ("n",)))

    @property
    def spellings(self) -> tuple[str, ...]:
        """Its names, as problems, reports and people write them."""
        return tuple(dict.fromkeys((self.name, self.word, *self.names)))

    @property
    def has_kink(self) -> bool:
        """Whether its formula in scalars has cases."""
        return self.scalar is not None and _has_cases(self.scalar)

    @property
    def is_unary(self) -> bool:
        """Whether it is a function of one entry, by name."""
        return self.scalar is not None and isinstance(self.call, Signature) and len(self.call.arrays) == 1

    @property
    def is_of_several(self) -> bool:
        """Whether it is a function of one entry of each of several arrays, by name."""
        return self.scalar is not None and isinstance(self.call, Signature) and len(self.call.arrays) > 1

    @property
    def word(self) -> str:
        """What it is called as a function: σ, and sqrt, which f′ is named after though √a is not."""
        return self.layout if self.layout.isidentifier() else self.name.replace("_", "")

    def reason(self, position: int) -> str:
        """The sentence for the derivative by the argument at ``position``."""
        return self.why if isinstance(self.why, str) else self.why[min(position, len(self.why) - 1)]


@cache
def _has_cases(scalar: Callable[..., sympy.Expr]) -> bool:
    places = signature(scalar).parameters.values()
    count = sum(place.default is Parameter.empty for place in places)
    return bool(scalar(*sympy.symbols(f"t:{count}", real=True)).has(sympy.Piecewise))
