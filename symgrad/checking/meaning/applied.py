"""What a function does to its arguments: one that everybody knows, the problem's, or the student's own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Own
from symgrad.checking.meaning.functions import ALONG, ELEMENTWISE, OF_SEVERAL, REDUCTIONS
from symgrad.checking.meaning.ranges import ranges_of
from symgrad.checking.meaning.scope import Scope, Unknown, is_letter
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.worlds.jets import FUNCTIONS, JETS, log
from symgrad.checking.worlds.tensor import COLUMN, Misfit, Tensor, elementwise, gather, pick, scalar
from symgrad.numbers.own import called
from symgrad.submission.written import Literal, Node, Symbol
from symgrad.tree import Function, Op, walk

Apply = Callable[[tuple[Tensor, ...]], Tensor]


ONE_BY_ONE = frozenset(("sum", "Sum", "prod", "product", "mean", "Mean", "max", "min", "logsumexp", "LSE"))
"""Reductions that may be taken over one axis after the other."""
LOGARITHMS = frozenset(("log", "ln"))


def function_of(head: Symbol, scope: Scope) -> Apply | None:
    """What a head does to its arguments; None where it is no function."""
    for own, left in scope.dictionary.defined(head, (), scope.line):
        if own.parameters and not left and id(own) not in scope.opened:
            return lambda args, own=own: _own(own, args, scope)  # type: ignore[misc]
    base = head.base
    problem = scope.dictionary.model.problem
    if base in problem.functions and not head.sub:
        definition = problem.functions[base]
        return lambda args: elementwise(
            lambda *a: called(JETS, definition, a), *with_defaults(definition, args)
        )
    if base == "sigma" and not head.sub and scope.dictionary.ways.get("sigma") == "softmax":
        return lambda args: _along(ALONG["softmax"], args, scope)
    if base in LOGARITHMS and head.sub:
        return _logarithm(head)
    if base in ("LeakyReLU", "leakyReLU", "leaky_relu", "LReLU"):
        slope = _leak(head, scope)
        return lambda args: elementwise(lambda t: FUNCTIONS["leaky_relu"](t, slope), args[0])
    if base.lower() == "elu" and head.sub:
        height = _number_below(head)
        return lambda args: elementwise(
            lambda t: np.where(np.real(t) < 0, height, 1.0) * FUNCTIONS["elu"](t), args[0]
        )
    if base in ELEMENTWISE and (not head.sub or head.sub in scope.bound):
        known = ELEMENTWISE[base]
        return lambda args: _one(known, args)
    if (axis := AXES.get(head.sub.replace("-", ""))) is not None and (base in ALONG or base in REDUCTIONS):
        return lambda args: _within(base, axis, args, scope)
    if (told := _AXES_TOLD.fullmatch(head.sub)) and (base in ALONG or base in REDUCTIONS):
        places = tuple(sorted({int(digit) - 1 for digit in told[1] if digit.isdigit()}))
        return lambda args: _over_axes(base, places, args, scope)
    if base in ALONG and len(head.indices) == 1 and is_letter(head.indices[0]):
        return lambda args: _along_index(base, head.indices[0], args, scope)
    if base in ALONG and not head.sub:
        along = ALONG[base]
        return lambda args: _along(along, args, scope)
    if base in REDUCTIONS and not head.sub:
        return lambda args: reduced(base, args)
    if base in REDUCTIONS and (len(head.indices) == 1 or (head.indices and base in ONE_BY_ONE)):
        chosen = (index for index in head.indices if isinstance(index, Symbol))
        if any(text_of(index) not in scope.ranges and scope.dictionary.is_known(index) for index in chosen):
            raise Unknown(f"the {base} over all that a name may be is not read", head)
        over = tuple(map(text_of, head.indices))
        return lambda args: _reduced_over(base, over, args)
    if base in OF_SEVERAL and not head.sub:
        return lambda args: OF_SEVERAL[base](*args)
    return None


def with_defaults(definition: Function, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The arguments, and the defaults of those that are left out."""
    missing = len(definition.parameters) - len(args)
    if not 0 <= missing <= len(definition.defaults):
        raise Misfit("another number of arguments than in the definition")
    left_out = definition.defaults[len(definition.defaults) - missing :]
    return (*args, *(scalar(float(value)) for value in left_out))


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
        return _number_below(head)
    for formula in scope.dictionary.model.graph.quantities.values():
        for part in walk(formula):
            if isinstance(part, Op) and part.name == "leaky_relu":
                return float(part.option("slope", 0.01))
    return 0.01


def _number_below(head: Symbol) -> float:
    """The number of LeakyReLU_{0.2} and ELU_{α=0.5}."""
    try:
        return float(head.sub.strip("{}").rpartition("=")[2])
    except ValueError:
        raise Unknown("a slope that is no number", head) from None


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
        {
            "rows": lambda: replace(x, data=function(x.data, -1)),
            "columns": lambda: replace(x, data=function(x.data, -2)),
        },
    )


def _along_index(base: str, index: Node, args: tuple[Tensor, ...], scope: Scope) -> Tensor:
    """softmax_j(S_{ij}), over the axis j; of softmax_j(z) the entry j."""
    if next(scope.dictionary.find(index), None) is not None:  # type: ignore[arg-type]
        raise Unknown("a subscript that is no index", index)
    (x,) = args if len(args) == 1 else (None,)
    if x is None:
        raise Misfit("a function of one argument")
    letter = text_of(index)
    if not x.rank and letter in x.axes:
        return replace(x, data=ALONG[base](x.data, x.axes.index(letter)))
    if x.rank == 1 and letter not in x.axes:
        return pick(replace(x, data=ALONG[base](x.data, -1)), 0, letter)
    raise Misfit(f"nothing bears the index {letter}")


WHOLE = 0
AXES: Mapping[str, int] = {
    **dict.fromkeys(("eachrow", "row", "rows", "rowwise", "axis=1", "dim=1"), -1),
    **dict.fromkeys(("eachcolumn", "column", "columns", "columnwise", "axis=0", "dim=0"), -2),
    "allentries": WHOLE,
}
"""Within what a function of a matrix works, in words."""


_AXES_TOLD = re.compile(r"ax[ei]s([1-9,]{1,9})")
"""The axes that a function of more of them works along, counted from 1: axis 2, axes 1, 3."""


def _over_axes(base: str, places: tuple[int, ...], args: tuple[Tensor, ...], scope: Scope) -> Tensor:
    """A function along some axes of an array of more than two; what reduces them may keep them, of size 1."""
    (x,) = args if len(args) == 1 else (None,)
    if x is None or x.rank < 3 or places[-1] >= x.rank:
        raise Misfit("axes of what has none of them")
    named = len(x.axes)
    last = np.moveaxis(x.data, [named + axis for axis in places], range(-len(places), 0))
    flat = last.reshape((*last.shape[: -len(places)], -1))
    if base in REDUCTIONS and base not in ALONG:
        gone = Tensor(REDUCTIONS[base](flat, -1), x.axes)
        kept = np.expand_dims(gone.data, [named + axis for axis in places])
        ways = {"gone": lambda: gone, "kept": lambda: Tensor(kept, x.axes)}
        return scope.choices.among(("axes", base, places), ways)
    along = ALONG[base](flat, -1).reshape(last.shape)
    return Tensor(np.moveaxis(along, range(-len(places), 0), [named + axis for axis in places]), x.axes)


def _within(base: str, axis: int, args: tuple[Tensor, ...], scope: Scope) -> Tensor:
    """A function of every row or of every column of a matrix, or of all its entries."""
    if len(args) != 1 or args[0].rank != 2:
        raise Misfit("rows of what is no matrix")
    (x,) = args
    if axis == WHOLE:
        flat = x.data.reshape((*x.data.shape[: len(x.axes)], -1))
        if base in ALONG:
            return replace(x, data=ALONG[base](flat, -1).reshape(x.data.shape))
        return Tensor(REDUCTIONS[base](flat, -1), x.axes)
    if base in ALONG:
        return replace(x, data=ALONG[base](x.data, axis))
    return Tensor(REDUCTIONS[base](x.data, axis), x.axes, COLUMN if axis == -1 else scope.stands)


def reduced(base: str, args: tuple[Tensor, ...]) -> Tensor:
    """A reduction of all entries; max and min also of several numbers."""
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
    if x.repeats:
        raise Unknown("how often a row of 𝟏 aᵀ stands there is not said")
    flat = x.data.reshape((*x.data.shape[: len(x.axes)], -1))
    return Tensor(REDUCTIONS[base](flat, -1), x.axes)


def _reduced_over(base: str, over: tuple[str, ...], args: tuple[Tensor, ...]) -> Tensor:
    (x,) = args
    for letter in over:
        if letter not in x.axes:
            raise Misfit(f"nothing bears the index {letter}")
        at_axis = x.axes.index(letter)
        x = Tensor(REDUCTIONS[base](x.data, at_axis), x.axes[:at_axis] + x.axes[at_axis + 1 :], x.stands)
    return x


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
