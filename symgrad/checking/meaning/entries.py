"""Entries of arrays at indices, and the numbers that indices and labels are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import FOREIGN, Own
from symgrad.checking.meaning.scope import Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import lettered, text_of
from symgrad.checking.worlds.tensor import Absent, Misfit, Tensor, elementwise, pick, scalar
from symgrad.submission.commands import GREEK
from symgrad.submission.written import Add, Literal, Negative, Node, Power, Product, Subtract, Symbol, walk
from symgrad.tree import Op
from symgrad.tree import walk as formulas_in

_WORD = re.compile("[a-z]{2}")
"""Two letters that could be a word: the i and n of Y_{in}."""
PART = "a part of this line"
"""What a message says in the place of something that has no short form in words."""


def shown(node: Node) -> str:
    """A symbol as a message writes it."""
    match node:
        case Symbol(base, sub, marks, accents):
            return "".join((*accents, base, f"_{sub}" if sub else "", *(m for m in marks if m != FOREIGN)))
        case Power(body, exponent):
            return f"{shown(body)}^{text_of(exponent)}"
    return PART


def is_pair(word: str) -> bool:
    """Whether a word may be two letters: the i and n of Y_{in}."""
    return bool(_WORD.fullmatch(word)) and word not in GREEK


def split_digits(indices: tuple[Node, ...], rank: int) -> tuple[Node, ...]:
    """12 as 1 and 2, where one number stands for as many indices as the array has axes; so with i and n."""
    if len(indices) != 1 or rank != 2:
        return indices
    if isinstance(indices[0], Symbol) and is_pair(base := indices[0].base):
        return tuple(Symbol(letter, span=indices[0].span) for letter in base)
    if isinstance(indices[0], Literal):
        text = str(indices[0].value)
        if len(text) == 2 and text.isdigit() and "0" not in text[:1]:
            return tuple(replace(indices[0], value=type(indices[0].value)(int(digit))) for digit in text)
    return indices


def is_range(place: Node | None) -> bool:
    """Whether an index keeps an axis, or a part of it: :, 2:4."""
    return (isinstance(place, Symbol) and place.base == ":") or (
        isinstance(place, Product) and place.sign == "colon"
    )


def entry(tensor: Tensor, places: tuple[Node | None, ...] | list[Node], scope: Scope) -> Tensor:
    """Entries of an array at indices; None, and a colon, keep an axis."""
    axis = 0
    for place in places:
        if place is None or (isinstance(place, Symbol) and place.base == ":"):
            axis += 1
            continue
        if axis >= tensor.rank:
            raise Misfit("more indices than axes")
        if isinstance(place, Product) and is_range(place):
            tensor, axis = _stretch(tensor, axis, place, scope), axis + 1
            continue
        tensor = at_index(tensor, axis, place, scope)
    return replace(tensor, stands=scope.stands) if tensor.rank == 1 else tensor


def _stretch(tensor: Tensor, axis: int, place: Product, scope: Scope) -> Tensor:
    """The places from the first to the last of 2:4, both counted from 1."""
    if scope.dictionary.from_zero:
        raise Unknown("whether the last place of a range belongs to it", place)
    first, last = (_whole_number(end, scope) for end in (place.left, place.right))
    at = len(tensor.axes) + axis
    if not 1 <= first <= last <= tensor.data.shape[at]:
        raise Absent(f"there are no entries {first} to {last} of {tensor.data.shape[at]}")
    return replace(tensor, data=np.take(tensor.data, range(first - 1, last), axis=at))


def _whole_number(node: Node, scope: Scope) -> int:
    """The end of a range: a number, a size, or what is worked out of these."""
    found = np.real(replace(scope, ranges={}).evaluate(node).data)
    if found.ndim or found != int(found):
        raise Unknown("the end of a range that is no whole number", node)
    return int(found)


WORDS = frozenset(("class", "label", "category", "true", "target", "correct", "truth", "pos", "neg"))
"""Words that stand as an index for one entry, and do not say which."""


def at_index(tensor: Tensor, axis: int, place: Node, scope: Scope) -> Tensor:
    """One axis at an index: a number counted from 1 (or from 0), a letter, a letter and a number."""
    number = integer(place, scope)
    if number is not None:
        return pick(tensor, axis, number if scope.dictionary.from_zero else number - 1)
    if label(place, scope) is not None:
        return _shifted(tensor, axis, place, scope)
    match place:
        case Symbol(base, "", (), ()) if base.isupper() and _is_array(place, scope):
            raise Unknown(f"{base} is the name of an array, and no index", place)
        case Symbol(base, "", (), ()) if base in scope.short:
            return pick(_first(tensor, axis, scope.ranges[base]), axis, base)
        case Symbol(base, "", (), ()) if _is_last(base, tensor, axis, scope):
            return scope.choices.among(
                ("size", base),
                {
                    "letter": lambda: pick(tensor, axis, _hot(base, scope)),
                    "last": lambda: pick(tensor, axis, scope.world.sizes[base] - 1),
                },
            )
        case Symbol(base, "", (), ()) if len(base) == 1 or base == "ell":
            return pick(tensor, axis, _hot(base, scope))
        case Symbol(base=base, indices=(inner,)) if len(base) == 1:  # u_{w_s}: the row of the word s
            return at_index(tensor, axis, inner, scope)
        case Symbol(base=base) if base in WORDS:
            raise Unknown(f"which entry “{base}” means is not said", place)
        case Symbol():
            return pick(tensor, axis, text_of(place))
        case Add() | Subtract():
            return _shifted(tensor, axis, place, scope)
    raise Unknown("an index of this kind is not read", place)


def _is_array(place: Symbol, scope: Scope) -> bool:
    """Whether what stands as an index is the name of an array: the W of s_W."""
    found = next(scope.dictionary.find(place), None)
    return found is not None and bool(scope.dictionary.model.graph.shapes.get(found.name))


def _is_last(base: str, tensor: Tensor, axis: int, scope: Scope) -> bool:
    """Whether an index is the size of its axis, as the problem names it: then it may be the last entry."""
    if base not in scope.dictionary.model.stated_dimensions or scope.dictionary.from_zero:
        return False
    return scope.world.sizes.get(base) == int(tensor.data.shape[len(tensor.axes) + axis])


def _first(tensor: Tensor, axis: int, count: int) -> Tensor:
    """The first entries along an axis; all of them where there are no more."""
    at = len(tensor.axes) + axis
    return replace(tensor, data=np.take(tensor.data, range(min(count, tensor.data.shape[at])), axis=at))


def has_windows(scope: Scope) -> bool:
    """Whether the problem moves windows, whose entries count as 0 where there are none."""
    formulas = scope.dictionary.model.graph.quantities.values()
    operations = (part for formula in formulas for part in formulas_in(formula) if isinstance(part, Op))
    return any(operation.name in ("conv1d", "conv2d") for operation in operations)


def _shifted(tensor: Tensor, axis: int, place: Node, scope: Scope) -> Tensor:
    """x_{i+1}, x_{i+m-1}: entries at a place that is worked out; where there is none NaN, of windows 0."""
    where = position(place, scope)
    start = 0 if scope.dictionary.from_zero else 1
    numbers = np.round(np.real(where.data)).astype(int) - start
    size = tensor.data.shape[len(tensor.axes) + axis]
    inside = (numbers >= 0) & (numbers < size)
    taken = np.take(tensor.data, np.clip(numbers, 0, size - 1), axis=len(tensor.axes) + axis)
    at = len(tensor.axes) + axis
    moved = np.moveaxis(taken, list(range(at, at + numbers.ndim)), list(range(numbers.ndim)))
    keep = inside.reshape((*inside.shape, *(1,) * (moved.ndim - numbers.ndim)))
    data = np.where(keep, moved, 0.0 if has_windows(scope) else np.nan)
    if set(where.axes) & set(tensor.axes):
        return _merged(
            Tensor(data, (*(f"{a}′" for a in where.axes), *tensor.axes), tensor.stands), where.axes
        )
    return Tensor(data, (*where.axes, *tensor.axes), tensor.stands)


def _merged(tensor: Tensor, letters: tuple[str, ...]) -> Tensor:
    """Axes that bear one letter twice, taken along their diagonal."""
    for letter in letters:
        first = tensor.axes.index(f"{letter}′")
        if letter not in tensor.axes:
            axes = tuple(letter if n == first else a for n, a in enumerate(tensor.axes))
            tensor = replace(tensor, axes=axes)
            continue
        second = tensor.axes.index(letter)
        data = np.moveaxis(np.diagonal(tensor.data, axis1=first, axis2=second), -1, 0)
        rest = tuple(a for n, a in enumerate(tensor.axes) if n not in (first, second))
        tensor = Tensor(data, (letter, *rest), tensor.stands)
    return tensor


def _hot(letter: str, scope: Scope) -> str | int:
    data = scope.dictionary.hot.get(letter)
    if data is None:
        return letter
    value = scope.world.value(data)
    if not value.ndim and data in scope.dictionary.model.labels:
        return int(np.real(value))
    if value.ndim != 1 or not value.any():
        raise Misfit("one-hot data of one sample")
    return int(np.argmax(np.real(value)))


def label(node: Node, scope: Scope) -> Tensor | None:
    """The place that a class number is, or those that several are, counted as the work counts places."""
    if not isinstance(node, Symbol) or not scope.dictionary.model.labels:
        return None
    found = next(scope.dictionary.find(node), None)
    if found is None or found.name not in scope.dictionary.model.labels:
        return None
    start = 0.0 if scope.dictionary.from_zero else 1.0
    numbers = scope.named(node)
    return replace(numbers, data=np.real(numbers.data) + start)


def integer(node: Node, scope: Scope) -> int | None:
    """The whole number that an index or a label is, with the numbers of layers put in."""
    numbers = label(node, scope)
    if numbers is not None:
        return int(numbers.data) if not numbers.rank and not numbers.axes else None
    match node:
        case Literal(value) if value.denominator == 1:
            return int(value)
        case Symbol(base, "", (), ()) if base in scope.labels:
            return scope.labels[base]
        case Symbol(base, "", (), ()):
            for own in own_of(node, scope):
                if isinstance(own.body, Literal) and not own.letters and own.body.value.denominator == 1:
                    return int(own.body.value)
        case Add(left, right) | Subtract(left, right):
            a, b = integer(left, scope), integer(right, scope)
            if a is not None and b is not None:
                return a + b if isinstance(node, Add) else a - b
        case Negative(body):
            inner = integer(body, scope)
            return None if inner is None else -inner
    return None


def own_of(node: Symbol, scope: Scope) -> Iterator[Own]:
    """The definitions of a plain symbol."""
    yield from (own for own, left in scope.dictionary.defined(node, (), scope.line) if not left)


def family(node: Symbol, scope: Scope) -> dict[int, str] | None:
    """The numbered names of a base."""
    accents = tuple(a for a in node.accents if a not in ("vec", "d", "Delta"))
    for base in (node.base, node.base.swapcase()):
        found = scope.dictionary.families.get((base, accents))
        if found and len(found) > 1:
            return dict(found)
    return None


def labels_of(letter: str, node: Node, scope: Scope) -> Labelled | None:
    """The numbers that a letter may be where it stands on numbered names; None where it does not."""
    for part in walk(node):
        if isinstance(part, Symbol) and part.indices and (known := family(part, scope)) is not None:
            found, offset = lettered(part.indices[0])
            if found == letter:
                return Labelled(letter, tuple(sorted(known)), offset)
    return None


def kronecker(left: Node, right: Node, scope: Scope) -> Tensor:
    """1 where two indices agree."""
    a, b = (position(index, scope) for index in (left, right))
    return elementwise(lambda x, y: (np.real(x) == np.real(y)).astype(float), a, b)


def position(node: Node, scope: Scope) -> Tensor:
    """The number of an index, counted from 1: of a letter an array along its own axis."""
    number = integer(node, scope)
    if number is not None:
        return scalar(float(number))
    if (numbers := label(node, scope)) is not None:
        return numbers
    match node:
        case Symbol(base, "", (), ()) if base in scope.dictionary.hot:
            place = _hot(base, scope)
            assert isinstance(place, int)
            return scalar(float(place + (not scope.dictionary.from_zero)))
        case Symbol() if (letter := text_of(node)) in scope.ranges:
            start = 0.0 if scope.dictionary.from_zero else 1.0
            return Tensor(np.arange(scope.ranges[letter]) + start, (letter,))
        case Add(left, right) | Subtract(left, right):
            sign = np.add if isinstance(node, Add) else np.subtract
            return elementwise(sign, position(left, scope), position(right, scope))
    raise Unknown(f"nothing shows how far the index {shown(node)} runs", node)


def entries(tensor: Tensor, places: tuple[Node, ...], key: Any, scope: Scope) -> Tensor:
    """An array at indices; one index of a matrix may be that of a row or of a column."""
    if not places:
        return tensor
    if tensor.rank == 2 and len(places) == 1:
        places = split_digits(places, 2)
    if tensor.rank == 2 and len(places) == 1:
        return scope.choices.among(
            (*key, "entries"),
            {
                "row": lambda: entry(tensor, (places[0], None), scope),
                "column": lambda: entry(tensor, (None, places[0]), scope),
            },
        )
    return entry(tensor, places, scope)


def samples_of(scope: Scope) -> float:
    """How many samples there are."""
    return float(np.prod([scope.world.sizes[dim] for dim in scope.dictionary.model.samples]))
