"""Functions applied to arguments: those that everybody knows, the problem's, the student's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from symgrad.checking.meaning.arithmetic import continued, element, holds, multiplied, powered, transposed
from symgrad.checking.meaning.derivatives import Factor, contracted, derivative, form, slope, steps_of, through
from symgrad.checking.meaning.dictionary import Own
from symgrad.checking.meaning.functions import ALONG, ELEMENTWISE, REDUCTIONS
from symgrad.checking.meaning.scope import Scope, Unknown, handles
from symgrad.checking.meaning.spelling import scripts, text_of
from symgrad.checking.meaning.symbols import entry, named, ranges_of, shown
from symgrad.checking.meaning.tensor import (
    COLUMN,
    Misfit,
    Tensor,
    elementwise,
    gather,
    inner,
    matmul,
    outer,
    pick,
    spread,
    total,
    transpose,
    union,
)
from symgrad.checking.worlds.jets import FUNCTIONS, H, JETS, log
from symgrad.checking.worlds.world import MOVED, Nested, World, at
from symgrad.numbers.own import called
from symgrad.operations.windows import convolve
from symgrad.submission.commands import GREEK
from symgrad.submission.written import (
    Call,
    Comparison,
    Derivative,
    Element,
    Literal,
    Node,
    Power,
    Product,
    Symbol,
    Transpose,
)
from symgrad.tree import Op, walk

Apply = Callable[[tuple[Tensor, ...]], Tensor]
LOGARITHMS = frozenset(("log", "ln"))


@handles(Call)
def call(node: Call, scope: Scope) -> Tensor:
    """A function's value, its derivative where it has a prime; or a product with what is in the brackets."""
    if "d" in node.head.accents:
        if node.certain or len(node.args) != 1:
            raise Unknown("a differential with arguments", node)
        return multiplied("", scope.evaluate(node.head), scope.evaluate(node.args[0]), scope, node.span)
    special = SPECIAL.get(node.head.base)
    if special is not None and not node.head.marks and not _is_name(node.head, scope):
        return special(node, scope)
    options: dict[str, Callable[[], Tensor]] = {}
    head = replace(node.head, marks=tuple(m for m in node.head.marks if m != "'"))
    head = replace(head, raised=head.raised[: len(head.marks)])
    primes = len(node.head.marks) - len(head.marks)
    function = function_of(head, scope)
    if function is not None:
        options["function"] = lambda: _applied(function, node, primes, scope)
    if primes and function is None and quantity_of(replace(node, head=head), scope) is not None:
        options["slope"] = lambda: _slope_of_quantity(head, node, scope)
    elif not node.certain or function is None:
        name = quantity_of(replace(node, head=head), scope) if not primes else None
        if name is not None:
            options["quantity"] = lambda: _quantity(name, node, scope)
        elif not node.certain and not primes and _owned_quantity(node, scope):
            options["quantity"] = lambda: scope.evaluate(node.head)
        word = len(node.head.base) > 1 and node.head.base not in GREEK and not _is_name(node.head, scope)
        if not node.certain and len(node.args) == 1 and not word and not (function is not None and not _is_name(node.head, scope)):
            options["product"] = lambda: multiplied(
                "", scope.evaluate(node.head), scope.evaluate(node.args[0]), scope, node.span
            )
    if not options:
        raise Unknown(f"{shown(node.head)} is no function known here", node)
    if len(options) == 1:
        return next(iter(options.values()))()
    return scope.choices.among(("call", head.base, tuple(options)), options)


@handles(Transpose, Power, Element)
def scripted(node: Transpose | Power | Element, scope: Scope) -> Tensor:
    """A script behind ``name (…)``: on the value of a function, or, of a product, on the bracket alone."""
    whole = SCRIPTED[type(node)]
    body, inside = _innermost(node)
    if not isinstance(body, Call) or body.certain or len(body.args) != 1 or body.head.base in SPECIAL:
        return whole(node, scope)
    alone = Product(body.head, inside, "", node.span)
    if "d" in body.head.accents:
        return scope.evaluate(alone)
    if function_of(body.head, scope) is not None and not _is_name(body.head, scope):
        return whole(node, scope)
    if quantity_of(body, scope) is None and not _owned_quantity(body, scope) and function_of(body.head, scope) is None:
        return scope.evaluate(alone)
    return scope.choices.among(
        ("scripted", node.span), {"whole": lambda: whole(node, scope), "bracket": lambda: scope.evaluate(alone)}
    )


def _innermost(node: Transpose | Power | Element) -> tuple[Node, Node]:
    """What stands under all scripts, and the scripts on its first argument alone."""
    body = node.body
    if isinstance(body, Transpose | Power | Element):
        core, inside = _innermost(body)
        return core, replace(node, body=inside)
    return body, replace(node, body=body.args[0]) if isinstance(body, Call) and body.args else node


SCRIPTED: Mapping[type, Callable[[Any, Scope], Tensor]] = {Transpose: transposed, Power: powered, Element: element}


def _is_name(head: Symbol, scope: Scope) -> bool:
    return next(scope.dictionary.find(head), None) is not None


def is_function(base: str, scope: Scope) -> bool:
    """Whether a word names a function that everybody, or the problem, knows."""
    return base in ELEMENTWISE or base in ALONG or base in scope.dictionary.model.problem.functions


def function_of(head: Symbol, scope: Scope) -> Apply | None:
    """What a head does to its arguments; None where it is no function."""
    for own, left in scope.dictionary.defined(head, (), scope.line):
        if own.parameters and not left and id(own) not in scope.opened:
            return lambda args, own=own: _own(own, args, scope)  # type: ignore[misc]
    base = head.base
    problem = scope.dictionary.model.problem
    if base in problem.functions and not head.sub:
        definition = problem.functions[base]
        return lambda args: elementwise(lambda *a: called(JETS, definition, a), *args)
    if base in LOGARITHMS and head.sub:
        return _logarithm(head)
    if base in ("LeakyReLU", "leakyReLU", "leaky_relu", "LReLU"):
        slope = _leak(head, scope)
        return lambda args: elementwise(lambda t: FUNCTIONS["leaky_relu"](t, slope), args[0])
    if base in ELEMENTWISE and (not head.sub or head.sub in scope.bound):
        known = ELEMENTWISE[base]
        return lambda args: _one(known, args)
    if base in ALONG and not head.sub:
        along = ALONG[base]
        return lambda args: _along(along, args, scope)
    if base in REDUCTIONS and not head.sub:
        return lambda args: _reduced(base, args)
    if base in REDUCTIONS and len(head.indices) == 1:
        letter = text_of(head.indices[0])
        return lambda args: _reduced_over(base, letter, args)
    return None


def _one(function: Callable[[Any], Any], args: tuple[Tensor, ...]) -> Tensor:
    if len(args) != 1:
        raise Misfit("a function of one argument")
    return elementwise(function, args[0])


def _logarithm(head: Symbol) -> Apply | None:
    if len(head.indices) == 1 and isinstance(head.indices[0], Literal):
        base = float(head.indices[0].value)
        return lambda args: elementwise(lambda t: log(t) / math.log(base), args[0])
    if head.sub == "e":
        return lambda args: elementwise(log, args[0])
    return None


def _leak(head: Symbol, scope: Scope) -> float:
    if head.sub:
        try:
            return float(head.sub)
        except ValueError:
            raise Unknown("a slope that is no number", head) from None
    for formula in scope.dictionary.model.graph.quantities.values():
        for part in walk(formula):
            if isinstance(part, Op) and part.name == "leaky_relu":
                return float(part.option("slope", 0.01))
    return 0.01


def _along(function: Callable[[Any, int], Any], args: tuple[Tensor, ...], scope: Scope) -> Tensor:
    (x,) = args if len(args) == 1 else (None,)
    if x is None:
        raise Misfit("a function of one argument")
    if x.rank == 0 and len(x.axes) == 1:
        return Tensor(function(x.data, -1), x.axes)
    if x.rank == 0:
        raise Misfit("a softmax of a number")
    if x.rank == 1:
        return replace(x, data=function(x.data, -1))
    return scope.choices.among(
        ("softmax",),
        {"rows": lambda: replace(x, data=function(x.data, -1)), "columns": lambda: replace(x, data=function(x.data, -2))},
    )


def _reduced(base: str, args: tuple[Tensor, ...]) -> Tensor:
    if len(args) > 1:
        if base not in ("max", "min"):
            raise Misfit("a function of one argument")
        pair = FUNCTIONS["maximum" if base == "max" else "minimum"]
        found = args[0]
        for other in args[1:]:
            found = elementwise(pair, found, other)
        return found
    (x,) = args
    if not x.rank:
        raise Misfit("a number has no entries")
    flat = x.data.reshape((*x.data.shape[: len(x.axes)], -1))
    return Tensor(REDUCTIONS[base](flat, -1), x.axes)


def _reduced_over(base: str, letter: str, args: tuple[Tensor, ...]) -> Tensor:
    (x,) = args
    if letter not in x.axes:
        raise Misfit(f"nothing bears the index {letter}")
    at_axis = x.axes.index(letter)
    return Tensor(REDUCTIONS[base](x.data, at_axis), x.axes[:at_axis] + x.axes[at_axis + 1 :], x.stands)


def _own(own: Own, args: tuple[Tensor, ...], scope: Scope) -> Tensor:
    """A function of the student's own at arguments; its body knows no other bound names."""
    if len(args) != len(own.parameters):
        raise Unknown("another number of arguments than in the definition")
    bound = dict(zip(own.parameters, args, strict=True))
    inside = replace(scope, bound=bound, opened=scope.opened | {id(own)})
    if own.letters:
        inside = replace(inside, ranges={**scope.ranges, **ranges_of((own.body,), inside)})
        found = inside.evaluate(own.body)
        return gather(found, tuple(letter for letter in own.letters if letter in found.axes))
    return inside.evaluate(own.body)


def _applied(function: Apply, node: Call, primes: int, scope: Scope) -> Tensor:
    args = tuple(scope.evaluate(arg) for arg in node.args)
    if not primes:
        return function(args)
    if primes > 1 or len(args) != 1:
        raise Unknown("derivatives of functions of higher order are not read", node)
    (x,) = args
    if np.iscomplexobj(x.data) and np.any(np.imag(x.data)):
        raise Nested
    found = function((replace(x, data=np.real(x.data) + 1j * H),))
    if found.rank != x.rank or node.head.base in ALONG:
        raise Unknown("a prime on a function that is not taken entry by entry", node)
    return replace(found, data=np.imag(found.data) / H)


def quantity_of(node: Call, scope: Scope) -> str | None:
    """The name that is written with its arguments: J(w, b), h(x); None where the brackets are a factor."""
    graph = scope.dictionary.model.graph
    found = next(scope.dictionary.find(node.head), None)
    if found is None or found.name not in graph.quantities or found.indices or found.samples or found.marks:
        return None
    below = scope.dictionary.model.below(found.name)
    used = False
    for arg in node.args:
        known = scripts(arg)
        if known is None:
            return None
        name = next((f.name for f in scope.dictionary.find(*known)), None)
        if name is not None and name not in below:
            return None
        if name is None and known[0].base.isupper() and not _is_matrix(known[0], scope):
            return None
        used |= name is not None
    return found.name if used or len(node.args) > 1 or _is_greek(node.args) else None


def _is_matrix(symbol: Symbol, scope: Scope) -> bool:
    """Whether a capital is the matrix that the problem writes with a small letter: U of u."""
    found = next(scope.dictionary.find(replace(symbol, base=symbol.base.lower())), None)
    return found is not None and len(scope.dictionary.model.graph.shapes.get(found.name, ())) == 2


def _is_greek(args: tuple[Node, ...]) -> bool:
    return all(isinstance(arg, Symbol) and arg.base in ("theta", "Theta", "phi", "omega") for arg in args)


def _owned_quantity(node: Call, scope: Scope) -> bool:
    """A name of the student's own with its arguments: r(w)."""
    own = next((o for o, left in scope.dictionary.defined(node.head, (), scope.line) if not left), None)
    return own is not None and all(scripts(arg) is not None for arg in node.args)


def _quantity(name: str, node: Call, scope: Scope) -> Tensor:
    """A quantity with its arguments; at an entry of its one argument its own entry there: g(z^{(k)})."""
    model = scope.dictionary.model
    uses = model.uses(name)
    if len(node.args) == 1 and (known := scripts(node.args[0])) is not None:
        arg = scope.evaluate(node.args[0])
        letters = [axis for axis in arg.axes if axis != MOVED]
        about = next((f.name for f in scope.dictionary.find(*known)), None)
        whole = scope.world.tensor(name, scope.stands)
        if letters and about not in uses and whole.rank:  # h(x^{(i)})
            return pick(whole, 0, letters[0])
        if letters and about in uses and len(uses) == 1:
            formula = model.graph.quantities[name]
            try:
                return Tensor(np.asarray(at(formula, lambda n: arg.data, scope.world.sizes)), arg.axes, arg.stands)
            except (ValueError, IndexError, TypeError):
                raise Misfit("an entry of what is no function of entries") from None
    return scope.world.tensor(name, scope.stands)


def _slope_of_quantity(head: Symbol, node: Call, scope: Scope) -> Tensor:
    """a′(z): the derivative of a quantity by its argument, entry by entry."""
    raw, wrt = slope(Derivative(head, node.args[0], "direct", node.span), scope)
    if raw.rank == 2 and len(raw.core) == 2:
        return Tensor(np.einsum("...ii->...i", raw.data), raw.axes, scope.stands)
    return form(raw, raw.rank, wrt.turned, node, scope)


# --- heads with a meaning of their own ------------------------------------------------------------------


def _indicator(node: Call, scope: Scope) -> Tensor:
    (condition,) = node.args
    if not isinstance(condition, Comparison):
        raise Unknown("an indicator of no condition", node)
    return holds(condition, scope)


def _dot(node: Call, scope: Scope) -> Tensor:
    return inner(*(scope.evaluate(arg) for arg in node.args))


def _outer(node: Call, scope: Scope) -> Tensor:
    return outer(*(scope.evaluate(arg) for arg in node.args))


def _diag(node: Call, scope: Scope) -> Tensor:
    whole = continued(node.args, scope)
    args = [whole] if whole is not None else [scope.evaluate(arg) for arg in node.args]
    if len(args) > 1:
        if any(arg.rank for arg in args):
            raise Misfit("a diagonal of numbers")
        axes = union(*args)
        row = np.stack(np.broadcast_arrays(*(spread(arg, axes) for arg in args)), axis=-1)
        return Tensor(row[..., None] * np.eye(len(args)), axes)
    (x,) = args
    if not x.rank and len([a for a in x.axes if a != MOVED]) == 1:
        x = gather(x, [a for a in x.axes if a != MOVED])
    if x.rank == 1:
        return Tensor(x.data[..., None] * np.eye(x.core[0]), x.axes)
    if x.rank == 2:
        return Tensor(np.einsum("...ii->...i", x.data), x.axes, scope.stands)
    raise Misfit("a diagonal of a number")


def _trace(node: Call, scope: Scope) -> Tensor:
    (x,) = (scope.evaluate(arg) for arg in node.args)
    if not x.rank:
        return x
    if x.rank != 2 or x.core[0] != x.core[1]:
        raise Misfit("a trace of what is no square matrix")
    return Tensor(np.einsum("...ii->...", x.data), x.axes)


def _of_matrix(function: str) -> Callable[[Call, Scope], Tensor]:
    def apply(node: Call, scope: Scope) -> Tensor:
        (x,) = (scope.evaluate(arg) for arg in node.args)
        if not x.rank:
            return elementwise({"det": lambda t: t, "inv": lambda t: 1 / t, "logdet": log}[function], x)
        if x.rank != 2 or x.core[0] != x.core[1]:
            raise Misfit("a matrix that is not square")
        return Tensor(JETS.of_matrix(function, x.data), x.axes)

    return apply


def _vec(node: Call, scope: Scope) -> Tensor:
    """The columns one below another."""
    (x,) = (scope.evaluate(arg) for arg in node.args)
    if x.rank != 2:
        return x
    data = np.swapaxes(x.data, -1, -2)
    return Tensor(data.reshape((*data.shape[:-2], -1)), x.axes, COLUMN)


def _norm(node: Call, scope: Scope) -> Tensor:
    (x,) = (scope.evaluate(arg) for arg in node.args)
    flat = x.data.reshape((*x.data.shape[: len(x.axes)], -1))
    return Tensor(FUNCTIONS["sqrt"]((flat * flat).sum(-1)), x.axes)


def _conv(node: Call, scope: Scope) -> Tensor:
    x, k = (scope.evaluate(arg) for arg in node.args)
    if x.axes or k.axes or x.rank != 2 or k.rank != 2:
        raise Unknown("a convolution of what are no two matrices", node)
    if k.core[0] > x.core[0] or k.core[1] > x.core[1]:
        raise Misfit("a kernel larger than what it moves over")
    if _strides(scope):
        raise Unknown("a convolution with a stride or padding is not read", node)
    return Tensor(convolve(JETS, x.data, k.data))


def _strides(scope: Scope) -> bool:
    formulas = scope.dictionary.model.graph.quantities.values()
    return any(
        isinstance(part, Op) and part.name == "conv2d" and (part.option("stride", 1), part.option("padding", 0)) != (1, 0)
        for formula in formulas
        for part in walk(formula)
    )


def _chain(node: Call, scope: Scope) -> Tensor:
    """prod(∂J/∂v, ∂v/∂h): the chain rule, before the shapes say how to multiply."""
    steps = steps_of(node.args)
    rest = steps[1:]
    if len(node.args) > 1 and all(isinstance(step, Derivative) for step in rest):
        if isinstance(steps[0], Derivative):
            return contracted(steps, scope)  # type: ignore[arg-type]
        return through((Factor("", steps[0]),), rest, scope)  # type: ignore[arg-type]
    if len(node.args) == 1:
        x = scope.evaluate(node.args[0])
        return _reduced("prod", (x,))
    raise Unknown("a product of these", node)


def _rotate(node: Call, scope: Scope) -> Tensor:
    (x,) = (scope.evaluate(arg) for arg in node.args)
    if x.rank != 2:
        raise Misfit("a rotation of what is no matrix")
    return replace(x, data=x.data[..., ::-1, ::-1])


def _unread(node: Call, scope: Scope) -> Tensor:
    raise Unknown("this is not read", node)


def _matmul(node: Call, scope: Scope) -> Tensor:
    return matmul(*(scope.evaluate(arg) for arg in node.args))


SPECIAL: Mapping[str, Callable[[Call, Scope], Tensor]] = {
    "indicator": _indicator,
    "dot": _dot,
    "outer": _outer,
    **dict.fromkeys(("diag", "Diag"), _diag),
    **dict.fromkeys(("tr", "Tr", "trace"), _trace),
    "det": _of_matrix("det"),
    "inv": _of_matrix("inv"),
    "logdet": _of_matrix("logdet"),
    **dict.fromkeys(("vec", "flatten"), _vec),
    "norm": _norm,
    **dict.fromkeys(("conv", "conv2d"), _conv),
    "prod": _chain,
    **dict.fromkeys(("rot", "rot180", "flip"), _rotate),
    "matmul": _matmul,
    "range": _unread,
}
"""Heads that do more than work on entries or sum them."""

__all__ = ["Element", "Product", "derivative", "entry", "named", "total", "transpose", "World"]
