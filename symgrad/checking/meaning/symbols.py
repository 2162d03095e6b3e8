"""The value of a symbol: a name of the problem or of the student's own, an entry, a constant, a size."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.accents import ACCENTS
from symgrad.checking.meaning.constants import constant, size
from symgrad.checking.meaning.counting import counted, is_number
from symgrad.checking.meaning.dictionary import Own
from symgrad.checking.meaning.entries import (
    entries,
    entry,
    family,
    integer,
    kronecker,
    own_of,
    samples_of,
    shown,
    split_digits,
)
from symgrad.checking.meaning.named import readings
from symgrad.checking.meaning.ranges import ranges_of
from symgrad.checking.meaning.scope import NAMED, Labelled, Scope, Unknown, handles
from symgrad.checking.meaning.spelling import UPDATED, Found, labels, lettered, spell, text_of
from symgrad.checking.meaning.stepping import moment
from symgrad.checking.meaning.taken_at import at_iterate
from symgrad.checking.worlds.tensor import (
    Absent,
    Tensor,
    elementwise,
    gather,
    rename,
)
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Derivative, Literal, Node, Symbol


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
    if (later := _updated(node, raised, scope)) is not None:
        return later
    for accent, meaning in ACCENTS:
        if accent in node.accents and (found := meaning(node, raised, scope)) is not None:
            return found
    for resolve in (_problem, at_iterate, _own, _moment, _family, _signal, constant, _folded, size):
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
    if (
        next(scope.dictionary.find(plain, raised), None) is not None
        or next(own_of(node, scope), None) is not None
    ):
        return None
    if next(own_of(plain, scope), None) is None:
        return None
    return named(plain, raised, scope.at(scope.world.after))


def _problem(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    options: dict[str, Callable[[], Tensor]] = {}
    for found in scope.dictionary.find(node, raised):
        options.update(readings(found, scope))
        if options:
            break
    if not options:
        return None
    if not raised and node.indices and (step := scope.dictionary.moments.of(node)) is not None:
        options["step"] = partial(at_step, node, scope)
        if step.offset is not None:  # w_{t+1} is no entry
            options = {"step": options.pop("step"), **options}
    return scope.choices.among(("symbol", text_of(node), tuple(options)), options)


def at_step(node: Symbol, scope: Scope) -> Tensor:
    """A parameter after so many updates. Raises `Unknown` where it is not read as such."""
    found = moment(node, scope)
    if found is None:
        raise Unknown(f"{shown(node)} is not read as the value of a step", node)
    return found


def _own(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    node = _numbered(node, raised, scope)
    formulas = scope.world.kind != "given"
    for own, left in scope.dictionary.defined(node, raised, scope.line, formulas):
        if own.parameters or id(own) in scope.opened:
            continue
        if node.base == "delta" and len(node.indices) == 2 and not node.marks and len(left) == 2:
            ways = {
                "own": partial(own_value, own, left, scope, node),
                "kronecker": partial(kronecker, *left, scope),
            }
            return scope.choices.among(("delta",), ways)
        return own_value(own, left, scope, node)
    return None


def _moment(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    return None if raised else moment(node, scope)


def _numbered(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Symbol:
    """δ_2 for δ_{t+1} where t is 1. `Labelled` where nothing says what t is."""
    *low, place = node.indices or (None,)
    spelling = spell(node, labels(low), labels((*node.raised, *raised))) if place else None
    numbers = scope.dictionary.numbered.get(spelling) if spelling else None
    if not numbers or place is None or isinstance(place, Literal):
        return node
    number = integer(place, scope)
    if number is None:
        letter, offset = lettered(place)
        if letter is None or letter in scope.ranges:
            return node
        raise Labelled(letter, numbers, offset)
    if number not in numbers:
        raise Absent(f"there is no {node.base} with the number {number}")
    places = (*low, Literal(Fraction(number)))
    return replace(node, sub=labels(places), indices=places)


def own_value(own: Own, left: tuple[Node, ...], scope: Scope, node: Node) -> Tensor:
    """What a student's definition is worth, with indices put in.

    The letters of a definition are its own: a_{t+1} where a_t = x_t + h_{t−1} is x_{t+1} + h_t.
    """
    left = _entries_of(own, split_digits(left, len(own.letters)), scope)
    free = {letter: number for letter, number in scope.labels.items() if letter not in own.letters}
    opened, line = scope.opened | {id(own)}, min(scope.line, own.line)
    inside = replace(scope, opened=opened, bound={}, labels=free, line=line)
    if not own.letters:
        return entries(inside.evaluate(own.body), left, ("own", own.written), scope)
    try:
        return _indexed_value(own, left, scope, inside)
    except Labelled as label:
        if own.letters != (label.letter,) or not left or (number := integer(left[0], scope)) is None:
            raise
        value = inside.labelled(label.letter, number).evaluate(own.body)
        return entries(value, left[1:], ("own", own.written), scope)


def _entries_of(own: Own, left: tuple[Node, ...], scope: Scope) -> tuple[Node, ...]:
    """The places on g of g_i = ∂L/∂x_i, counted as those on x are."""
    wrt = own.body.wrt if isinstance(own.body, Derivative) else None
    found = next(scope.dictionary.find(wrt), None) if isinstance(wrt, Symbol) and own.letters else None
    if found is None:
        return left
    places = counted(found.name, left, scope.dictionary, scope.labels)
    return tuple(place for place in places if place is not None)


def _indexed_value(own: Own, left: tuple[Node, ...], scope: Scope, inside: Scope) -> Tensor:
    """What a definition with letters is worth: an axis for each letter, or entries along these axes."""
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
            if letter is None or not is_number(letter, rest, scope.ranges, scope.dictionary):
                continue
            if letter in ("L", "T"):
                number = max(known) + offset
            else:
                raise Labelled(letter, tuple(sorted(known)), offset)
        if number not in known:
            raise Absent(f"there is no {node.base} with the number {number}")
        others = tuple(mark for mark in node.marks if mark[:1] not in "([")
        found = Found(known[number], rest, (), others)
        options = readings(found, scope)
        if not found.name.startswith(node.base):  # e_1 beside E_1, E_2
            options |= _as_constant(node, raised, scope)
        if options:
            return scope.choices.among(("symbol", text_of(node), tuple(options)), options)
    return None


def _as_constant(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> dict[str, Callable[[], Tensor]]:
    """The reading as a unit vector or a size of a letter that is also the other case of a name."""

    def vector() -> Tensor:
        found = constant(node, raised, scope)
        if found is None:
            raise Unknown(f"{shown(node)} is no constant", node)
        return found

    if (length := size(node, raised, scope)) is not None:
        return {"size": lambda: length}
    return {"constant": vector} if node.base == "e" else {}


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
        name = _named_whole(own[0], scope) or signals.get(str(number) if number is not None else text)
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
                raise Absent(f"there is no delta with the number {number}")
            continue
        whole = Tensor(scope.world.gradient(name), (), scope.stands)
        if scope.dictionary.is_of_one_sample(name):
            whole = replace(whole, data=whole.data * samples_of(scope))
        return entries(whole, tuple(rest), ("signal", name), scope)
    return None


def _named_whole(label: Node, scope: Scope) -> str | None:
    """The quantity that stands as a label with a subscript of its own: r_3 of δ_{r_3}, beside the z_{r,3}
    that has r and 3 as labels.
    """
    found = next(scope.dictionary.find(label), None) if isinstance(label, Symbol) and label.indices else None
    if (
        found is None
        or found.indices
        or found.samples
        or found.name not in scope.dictionary.model.graph.quantities
    ):
        return None
    return found.name


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

            def value(
                axis: int, own: Own = own, left: tuple[Node, ...] = left, inside: Scope = inside
            ) -> Tensor:
                tensor = inside.evaluate(own.body)
                places = (
                    left if len(left) == tensor.rank else (left[0], None) if axis == 0 else (None, left[0])
                )
                return entry(tensor, places, scope)

            options = {"row": lambda: value(0), "column": lambda: value(1)}
            return scope.choices.among(("symbol", text_of(node), "own"), options)
    return None


NAMED.append(named)
