"""The value of a symbol: a name of the problem or of the student's own, an entry, a constant, a size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from symgrad.checking.meaning.dictionary import Own
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown, handles
from symgrad.checking.meaning.spelling import STALE, UPDATED, Found, scripts, text_of
from symgrad.checking.meaning.tensor import Misfit, Tensor, elementwise, gather, matmul, pick, rename, scalar, transpose
from symgrad.checking.worlds.jets import sqrt
from symgrad.checking.worlds.world import NoValue, World
from symgrad.submission.written import Add, Element, Literal, Negative, Node, Power, Subtract, Sum, Symbol, parts, walk

IDENTITY = frozenset(("I", "Id", "eye"))


@handles(Symbol)
def symbol(node: Symbol, scope: Scope) -> Tensor:
    """A name with its scripts."""
    return named(node, (), scope)


def named(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor:
    """The value of a name with labels standing high beside those it has; `Unknown` where it has none."""
    if (bound := scope.bound.get(text_of(node))) is not None and not raised:
        return bound
    if node.base in scope.bound and node.indices and not raised and scope.bound[node.base].rank:
        return entry(scope.bound[node.base], node.indices, scope)
    if "d" in node.accents:
        return differential(node, raised, scope)
    if (later := _updated(node, raised, scope)) is not None:
        return later
    if "Delta" in node.accents and (change := _beside_delta(node, raised, scope)) is not None:
        return change
    if "bar" in node.accents and (mean := _mean(node, raised, scope)) is not None:
        return mean
    for resolve in (_problem, _own, _family, _signal, _constant, _folded, _size):
        found = resolve(node, raised, scope)
        if found is not None:
            return found
    raise Unknown(f"{shown(node)} is no name of the problem, and nothing above defines it", node)


def _updated(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """e^{new} of a name of the student's own: what it is worth after the update."""
    last = text_of(node.indices[-1]) if node.indices else ""
    plain = node
    if last in UPDATED:
        plain = replace(node, indices=node.indices[:-1], sub="".join(map(text_of, node.indices[:-1])))
    elif node.marks and node.marks[-1] in UPDATED:
        plain = replace(node, marks=node.marks[:-1], raised=node.raised[:-1])
    if plain is node or not scope.dictionary.model.rate or not isinstance(scope.world, World):
        return None
    if next(scope.dictionary.find(plain, raised), None) is not None or next(own_of(node, scope), None) is not None:
        return None
    if next(own_of(plain, scope), None) is None:
        return None
    return named(plain, raised, scope.at(scope.world.after))


def _beside_delta(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """ΔX where Δ is a name of its own: their product."""
    head = Symbol("Delta", span=node.span)
    if next(scope.dictionary.find(head), None) is None and next(own_of(head, scope), None) is None:
        return None
    rest = replace(node, accents=tuple(a for a in node.accents if a != "Delta"))
    return matmul(named(head, (), scope), named(rest, raised, scope))


def _mean(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """A bar for the mean of a name's entries, where no name is written with a bar."""
    known = next(scope.dictionary.find(node, raised), None)
    if known is not None or next(scope.dictionary.defined(node, raised, scope.line), None) is not None:
        return None
    plain = replace(node, accents=tuple(a for a in node.accents if a != "bar"))
    if next(scope.dictionary.find(plain, raised), None) is None:
        if next(scope.dictionary.defined(plain, raised, scope.line), None) is None:
            return None
    whole = named(plain, raised, scope)
    if whole.rank == 1:
        return Tensor(whole.data.mean(-1), whole.axes)
    if whole.rank == 2:
        return Tensor(whole.data.mean(-2), whole.axes, scope.stands)
    return None


def shown(node: Node) -> str:
    """A symbol as a message writes it."""
    match node:
        case Symbol(base, sub, marks, accents):
            return "".join((*accents, base, f"_{sub}" if sub else "", *marks))
        case Power(body, exponent):
            return f"{shown(body)}^{text_of(exponent)}"
    return "a part of this line"


def _problem(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    options: dict[str, Callable[[], Tensor]] = {}
    for found in scope.dictionary.find(node, raised):
        options.update(readings(found, scope))
        if options:
            break
    if not options:
        return None
    return scope.choices.among(("symbol", text_of(node), tuple(options)), options)


def readings(found: Found, scope: Scope) -> dict[str, Callable[[], Tensor]]:
    """What a name with indices may be worth, by the kind of reading."""
    rank = len(scope.dictionary.model.graph.shapes.get(found.name, ()))
    if found.name not in scope.dictionary.model.graph.shapes:
        given = scope.dictionary.model.problem.given.get(found.name)
        rank = 0 if given is None else int(np.ndim(given))
    places = [*(found.samples), *split_digits(found.indices, rank - len(found.samples))]
    primed = "'" in found.marks and not scope.dictionary.model.rate
    world = marked(tuple(m for m in found.marks if m != "'") if primed else found.marks, scope)
    if world is None:
        return {}

    def whole() -> Tensor:
        tensor = world.tensor(found.name, scope.stands)
        if found.exponent == 2:
            return elementwise(sqrt, tensor)
        return transpose(tensor) if primed else tensor

    if not places:
        return {"": whole}
    if len(places) > rank:
        if rank and len(places) == 2 and len(found.indices) == 2 and not found.samples:
            return {"last": lambda: entry(whole(), (places[0],), scope)}
        return {}
    if len(places) == rank:
        return {"": lambda: entry(whole(), places, scope)}
    if rank == 2:
        return {
            "row": lambda: entry(whole(), (places[0], None), scope),
            "column": lambda: entry(whole(), (None, places[0]), scope),
        }
    return {}


def split_digits(indices: tuple[Node, ...], rank: int) -> tuple[Node, ...]:
    """12 as 1 and 2, where one number stands for as many indices as the array has axes."""
    if len(indices) == 1 and rank == 2 and isinstance(indices[0], Literal):
        text = str(indices[0].value)
        if len(text) == 2 and text.isdigit() and "0" not in text[:1]:
            return tuple(replace(indices[0], value=type(indices[0].value)(int(digit))) for digit in text)
    return indices


def entry(tensor: Tensor, places: tuple[Node | None, ...] | list[Node], scope: Scope) -> Tensor:
    """Entries of an array at indices; None, and a colon, keep an axis."""
    axis = 0
    for place in places:
        if place is None or (isinstance(place, Symbol) and place.base == ":"):
            axis += 1
            continue
        if axis >= tensor.rank:
            raise Misfit("more indices than axes")
        tensor = at_index(tensor, axis, place, scope)
    return replace(tensor, stands=scope.stands) if tensor.rank == 1 else tensor


def at_index(tensor: Tensor, axis: int, place: Node, scope: Scope) -> Tensor:
    """One axis at an index: a number counted from 1 (or from 0), a letter, a letter and a number."""
    number = integer(place, scope)
    if number is not None:
        return pick(tensor, axis, number if scope.dictionary.from_zero else number - 1)
    match place:
        case Symbol(base, "", (), ()) if len(base) == 1 or base == "ell":
            return pick(tensor, axis, _hot(base, scope))
        case Symbol(base=base, indices=(inner,)) if len(base) == 1:  # u_{w_s}: the row of the word s
            return at_index(tensor, axis, inner, scope)
        case Symbol():
            return pick(tensor, axis, text_of(place))
        case Add() | Subtract():
            return _shifted(tensor, axis, place, scope)
    raise Unknown("an index of this kind is not read", place)


def _shifted(tensor: Tensor, axis: int, place: Node, scope: Scope) -> Tensor:
    """x_{i+1}, x_{i+m-1}: entries at a place that is worked out; NaN where there is none."""
    where = position(place, scope)
    start = 0 if scope.dictionary.from_zero else 1
    numbers = np.round(np.real(where.data)).astype(int) - start
    size = tensor.data.shape[len(tensor.axes) + axis]
    inside = (numbers >= 0) & (numbers < size)
    taken = np.take(tensor.data, np.clip(numbers, 0, size - 1), axis=len(tensor.axes) + axis)
    at = len(tensor.axes) + axis
    moved = np.moveaxis(taken, list(range(at, at + numbers.ndim)), list(range(numbers.ndim)))
    keep = inside.reshape((*inside.shape, *(1,) * (moved.ndim - numbers.ndim)))
    data = np.where(keep, moved, np.nan)
    if set(where.axes) & set(tensor.axes):
        return _merged(Tensor(data, (*(f"{a}′" for a in where.axes), *tensor.axes), tensor.stands), where.axes)
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
    if value.ndim != 1 or not value.any():
        raise Misfit("one-hot data of one sample")
    return int(np.argmax(np.real(value)))


def integer(node: Node, scope: Scope) -> int | None:
    """The whole number that an index or a label is, with the numbers of layers put in."""
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


def marked(marks: tuple[str, ...], scope: Scope) -> World | None:
    """The world that marks on a name point at: before or after updates. None where they mean nothing."""
    world = scope.world
    for mark in marks:
        if mark in ("T", "top", "*"):
            return None if mark == "*" else world  # type: ignore[return-value]
        if mark in UPDATED or mark == "'":
            if not scope.dictionary.model.rate:
                return None
            try:
                world = world.after  # type: ignore[union-attr]
            except (AttributeError, NoValue):
                return None
        elif mark not in STALE:
            return None
    return world  # type: ignore[return-value]


def _own(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    for own, left in scope.dictionary.defined(node, raised, scope.line):
        if own.parameters or id(own) in scope.opened:
            continue
        if node.base == "delta" and len(node.indices) == 2 and not node.marks and len(left) == 2:
            ways = {"own": partial(own_value, own, left, scope, node), "kronecker": partial(kronecker, *left, scope)}
            return scope.choices.among(("delta",), ways)
        return own_value(own, left, scope, node)
    return None


def own_value(own: Own, left: tuple[Node, ...], scope: Scope, node: Node) -> Tensor:
    """What a student's definition is worth, with indices put in."""
    inside = replace(scope, opened=scope.opened | {id(own)}, bound={}, line=min(scope.line, own.line))
    if not own.letters:
        return entries(inside.evaluate(own.body), left, ("own", own.written), scope)
    ranges = {**scope.ranges, **ranges_of((own.body,), inside)}
    tensor = replace(inside, ranges=ranges).evaluate(own.body)
    present = tuple(letter for letter in own.letters if letter in tensor.axes)
    if present != own.letters:
        missing = [letter for letter in own.letters if letter not in tensor.axes and letter in ranges]
        if len(present) + len(missing) < len(own.letters):
            return tensor
        for letter in missing:
            ones = Tensor(np.ones(ranges[letter]), (letter,))
            tensor = elementwise(np.multiply, tensor, ones)
    if not left:
        gathered = gather(tensor, own.letters)
        return replace(gathered, stands=scope.stands) if gathered.rank == 1 else gathered
    apart = {letter: f"{letter}·" for letter in own.letters}
    return entry(gather(rename(tensor, apart), tuple(apart[letter] for letter in own.letters)), left, scope)


def _family(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """h_t and h^{(t-1)} where the problem has h0, h1, h2."""
    known = family(node, scope)
    if known is None:
        return None
    high = (*(n for m, n in zip(node.marks, node.raised, strict=False) if m[:1] in "(["), *raised)
    for places, rest in (((*high,), node.indices), (node.indices[:1], node.indices[1:])):
        if len(places) != 1:
            continue
        (place,) = places
        if place in high and rest != node.indices:
            continue
        number = integer(place, scope)
        if number is None:
            letter, offset = lettered(place)
            if letter is None or letter in scope.ranges:
                continue
            if letter in ("L", "T"):
                number = max(known) + offset
            else:
                raise Labelled(letter, tuple(sorted(known)), offset)
        if number not in known:
            raise Misfit(f"there is no {node.base} with the number {number}")
        found = Found(known[number], rest)
        options = readings(found, scope)
        if options:
            return scope.choices.among(("symbol", text_of(node), tuple(options)), options)
    return None


def family(node: Symbol, scope: Scope) -> dict[int, str] | None:
    """The numbered names of a base."""
    accents = tuple(a for a in node.accents if a not in ("vec", "d", "Delta"))
    for base in (node.base, node.base.swapcase()):
        found = scope.dictionary.families.get((base, accents))
        if found and len(found) > 1:
            return dict(found)
    return None


def lettered(node: Node) -> tuple[str | None, int]:
    """A letter with what is added to it: l − 1."""
    match node:
        case Symbol(base, "", (), ()) if len(base) == 1 or base == "ell":
            return base, 0
        case Add(Symbol(base, "", (), ()), Literal(value)):
            return base, int(value)
        case Subtract(Symbol(base, "", (), ()), Literal(value)):
            return base, -int(value)
    return None, 0


def _signal(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """δ^{(2)}, δ_o, δ_z: the gradient by the quantity with that label which an activation is applied to."""
    if node.base != "delta" or not (node.indices or node.marks or raised):
        return None
    high = (*(n for m, n in zip(node.marks, node.raised, strict=False) if m[:1] in "(["), *raised)
    if not high and len(node.indices) == 2 and all(text_of(index) in scope.ranges for index in node.indices):
        return None  # Kronecker's
    signals = scope.dictionary.signals
    for own, rest in (((high), node.indices), (node.indices[:1], node.indices[1:])):
        if len(own) != 1 or (own is not high and high):
            continue
        text = text_of(own[0])
        number = integer(own[0], scope)
        name = signals.get(str(number) if number is not None else text)
        if name is None and number is None:
            letter, offset = lettered(own[0])
            numbers = tuple(sorted(int(label) for label in signals if label.isdigit()))
            if letter is None or letter in scope.ranges or len(numbers) < 2:
                continue
            if letter not in ("L", "T"):
                raise Labelled(letter, numbers, offset)
            name = signals.get(str(numbers[-1] + offset))
        if name is None:
            if number is not None and any(label.isdigit() for label in signals):
                raise Misfit(f"there is no delta with the number {number}")
            continue
        whole = Tensor(scope.world.gradient(name), (), scope.stands)
        return entries(whole, tuple(rest), ("signal", name), scope)
    return None


def _constant(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    if raised:
        return None
    if node.base == "pi" and not node.sub:
        return scalar(math.pi)
    applied = scope.dictionary.applied.get(node.base)
    if applied is not None and not node.sub and not node.marks:
        return scope.world.tensor(applied, scope.stands)
    if node.base == "e" and not node.sub and not node.marks:
        return scalar(math.e)
    if node.base in IDENTITY and not node.marks:
        return Tensor(np.asarray(1.0), kind="unit")
    if node.base == "1" and not node.marks:
        return Tensor(np.asarray(1.0), (), scope.stands, "ones")
    if node.base == "e" and len(node.indices) == 1 and text_of(node.indices[0]) in scope.ranges:
        letter = text_of(node.indices[0])
        return Tensor(np.eye(scope.ranges[letter]), (letter,), scope.stands)
    if node.base == "delta" and len(node.indices) == 2 and not node.marks:
        return kronecker(node.indices[0], node.indices[1], scope)
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
    match node:
        case Symbol(base, "", (), ()) if base in scope.dictionary.hot:
            place = _hot(base, scope)
            assert isinstance(place, int)
            return scalar(float(place + (not scope.dictionary.from_zero)))
        case Symbol() if text_of(node) in scope.ranges:
            letter = text_of(node)
            start = 0.0 if scope.dictionary.from_zero else 1.0
            return Tensor(np.arange(scope.ranges[letter]) + start, (letter,))
        case Add(left, right) | Subtract(left, right):
            sign = np.add if isinstance(node, Add) else np.subtract
            return elementwise(sign, position(left, scope), position(right, scope))
    raise Unknown(f"nothing shows how far the index {shown(node)} runs", node)


def _folded(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """x_ij as an entry of X, where the problem has no x: only with indices."""
    if len(node.base) != 1 or not (node.indices or raised or node.marks):
        return None
    other = replace(node, base=node.base.swapcase())
    options: dict[str, Callable[[], Tensor]] = {}
    for found in scope.dictionary.find(other, raised):
        if not (found.indices or found.samples):
            continue
        options.update(readings(found, scope))
        if options:
            return scope.choices.among(("symbol", text_of(node), tuple(options)), options)
    for own, left in scope.dictionary.defined(other, raised, scope.line):
        if left and not own.parameters and not own.letters and id(own) not in scope.opened:
            inside = replace(scope, opened=scope.opened | {id(own)})

            def value(axis: int, own: Own = own, left: tuple[Node, ...] = left, inside: Scope = inside) -> Tensor:
                tensor = inside.evaluate(own.body)
                places = left if len(left) == tensor.rank else (left[0], None) if axis == 0 else (None, left[0])
                return entry(tensor, places, scope)

            options = {"row": lambda: value(0), "column": lambda: value(1)}
            return scope.choices.among(("symbol", text_of(node), "own"), options)
    return None


def _size(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    if raised or node.accents:
        return None
    text = text_of(node) + "".join(node.marks)
    dim = scope.dictionary.sizes.get(text)
    if dim is None and text in scope.dictionary.model.graph.sizes:
        dim = text
    if dim is None and text in scope.world.sizes and text in scope.dictionary.model.dimensions:
        dim = text
    if dim is not None and dim in scope.world.sizes:
        return scalar(float(scope.world.sizes[dim]))
    if text in scope.ranges and not node.sub:
        return position(node, scope)
    return None


def differential(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor:
    """dX: the change of X; in the habit of some courses the gradient of the objective."""
    plain = replace(node, accents=tuple(a for a in node.accents if a != "d"))
    for found in scope.dictionary.find(plain, raised):
        if found.marks or found.exponent != 1:
            continue
        if found.name not in scope.dictionary.model.graph.shapes:
            continue

        ways = ("change", "gradient", *scope.dictionary.model.parameters)
        way = scope.choices.name(("differential",), ways)
        if way == "gradient":
            whole = Tensor(scope.world.gradient(found.name), (), scope.stands)
        else:
            moving = None if way == "change" else way
            whole = Tensor(scope.world.differential(found.name, moving), (), scope.stands)
        if way == "gradient" and _is_single(found.name, scope):
            samples = float(np.prod([scope.world.sizes[d] for d in scope.dictionary.model.samples]))
            whole = replace(whole, data=whole.data * samples)
        return entries(whole, (*found.samples, *found.indices), ("differential", found.name), scope)
    raise Unknown(f"{shown(node)} is no name of the problem", node)


def _is_single(name: str, scope: Scope) -> bool:
    """Whether dZ is the gradient of the losses of the single samples, not of their mean."""
    model = scope.dictionary.model
    if not set(model.graph.shapes[name]) & model.samples or name in model.graph.leaves:
        return False
    return scope.choices.name(("single losses",), ("mean", "single")) == "single"


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


def ranges_of(nodes: Iterable[Node], scope: Scope) -> dict[str, int]:
    """The letters that stand as indices on arrays, and the lengths of those axes."""
    found: dict[str, int] = {}
    open_to_choice: dict[str, int] = {}
    for node in nodes:
        for tensor, chosen in _arrays(node, scope):
            for letter, size in tensor.sizes.items():
                (open_to_choice if chosen else found).setdefault(letter, size)
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Sum) and part.index not in {*found, *open_to_choice} and _shifts(part, scope):
                top = _count(part.upper, scope)
                if top is not None:
                    found[part.index] = top
    return {**open_to_choice, **found}


def _shifts(node: Sum, scope: Scope) -> bool:
    """Whether the index of a sum stands in an index with something added to it, on an array."""
    for part in walk(node.body):
        if isinstance(part, Symbol) and family(part, scope) is None:
            for index in part.indices:
                if isinstance(index, Add | Subtract) and any(
                    isinstance(p, Symbol) and p.base == node.index for p in walk(index)
                ):
                    return True
    return False


def _count(upper: Node | None, scope: Scope) -> int | None:
    """How far a sum runs by its upper limit, a number or a size."""
    if upper is None:
        return None
    try:
        value = np.real(replace(scope, choices=Choices(), ranges={}).evaluate(upper).data)
    except (Unknown, Misfit, NoValue, Labelled):
        return None
    return int(value) if value.ndim == 0 and 0 < value < 1000 and value == int(value) else None


def _arrays(node: Node, scope: Scope) -> Iterator[tuple[Tensor, bool]]:
    """The indexed arrays in a node, and whether another reading of each has other axes."""
    quiet = replace(scope, choices=Choices(), ranges={})
    known = scripts(node)
    if known is not None and (known[0].indices or known[0].marks or known[1]):
        yield from _tried(known[0], known[1] if isinstance(node, Power) else (), quiet)
        if isinstance(node, Power):
            yield from _tried(known[0], (), quiet)
        if isinstance(node, Power):
            yield from _arrays(node.exponent, scope)
        return
    if isinstance(node, Element):
        yield from _tried_element(node, quiet)
    for part in parts(node):
        yield from _arrays(part, scope)


def _tried(symbol: Symbol, raised: tuple[Node, ...], scope: Scope) -> Iterator[tuple[Tensor, bool]]:
    try:
        yield named(symbol, raised, scope), bool(scope.choices.trail)
    except Labelled:
        for n, part in enumerate(symbol.indices):
            if lettered(part)[0] is not None and n:
                return
    except (Unknown, Misfit, NoValue, RecursionError):
        return


def _tried_element(node: Element, scope: Scope) -> Iterator[tuple[Tensor, bool]]:
    try:
        yield scope.evaluate(node), bool(scope.choices.trail)
    except (Unknown, Misfit, NoValue, Labelled, RecursionError):
        return
