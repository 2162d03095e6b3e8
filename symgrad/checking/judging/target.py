"""What a side of a line names: a value, a slope of the objective, a Jacobian or an update."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.accents import under_accent
from symgrad.checking.meaning.counting import counted
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.moments import Moment
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import UPDATED, Found, lettered, scripts, text_of
from symgrad.checking.meaning.taken_at import updates_behind
from symgrad.checking.meaning.variables import variable
from symgrad.checking.worlds.tensor import Misfit
from symgrad.reading.methods import PARAMETER, SLOPE
from symgrad.results.updating import own
from symgrad.submission.written import Call, Derivative, Literal, Node, Subtract, Symbol, walk


class Target(Struct, frozen=True):
    """What a side names: a value, a slope, a Jacobian, an update or a moment; its index letters, or a place.

    ``step`` is the number of the only update that is meant, of a value of that which comes next; or 0.
    """

    kind: str
    name: str | tuple[str, str]
    letters: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    step: int = 0

    @property
    def is_reckoned(self) -> bool:
        """Whether it is worked out at the parameters as they are: no number of an update is its own."""
        return self.kind not in ("update", "moment")


def target_of(node: Node, dictionary: Dictionary, line: int) -> Target | None:
    """What a side names: a value or a gradient of the objective, its index letters, or a place in it."""
    if isinstance(node, Derivative):
        return _slope_target(node, dictionary, line)
    if isinstance(node, Call) and not node.certain:
        node = node.head
    known = scripts(node)
    if known is None:
        return None
    if (bare := under_accent(known[0], dictionary)) is not None:
        found = next(dictionary.find(bare, known[1]), None)
        shapes = dictionary.model.graph.shapes
        if found is None or found.marks or found.exponent != 1 or found.name not in shapes:
            return None
        if "d" in known[0].accents and dictionary.is_of_one_sample(found.name):
            return None  # the loss of which it is the gradient is another one
        return _placed("slope", found.name, (*found.samples, *found.indices), dictionary)
    for found in dictionary.find(*known):
        if (
            UPDATED.intersection(found.marks)
            and found.name in dictionary.model.parameters
            and dictionary.model.rate
        ):
            return Target("update", found.name) if not (found.samples or found.indices) else None
        if found.marks or found.exponent != 1 or found.name not in dictionary.model.graph.shapes:
            return None
        if dictionary.iterated and len(found.samples) == 1:
            return _iterate(found, dictionary)
        placed = _placed("value", found.name, (*found.samples, *found.indices), dictionary)
        step = _moment_target(*known, dictionary)  # x_1 of a number x: after a step
        return placed or step or _counted_target(*known, dictionary)
    for defined, left in dictionary.defined(*known, line):
        if isinstance(defined.body, Derivative):
            target = _slope_target(defined.body, dictionary, line)
            if target is None or not left:
                return target
            plain = target.kind == "slope" and not target.letters and not target.places
            return _placed("slope", str(target.name), left, dictionary) if plain else None
        return None
    return _moment_target(*known, dictionary) or _signal_target(*known, dictionary)


def targets_of_each(symbol: Symbol, dictionary: Dictionary) -> tuple[Target, ...]:
    """What G of several parameters is: one for each."""
    moment, update = dictionary.moments.of(symbol), dictionary.model.problem.update
    if moment is None or update is None or moment.parameter:
        return ()
    found = (_made(replace(moment, parameter=name)) for name in update.parameters)
    return tuple(target for target in found if target is not None)


def _moment_target(symbol: Symbol, raised: tuple[Node, ...], dictionary: Dictionary) -> Target | None:
    """What m_t, m̂_1 or w_2 are: made by a step of a method."""
    moment = None if raised else dictionary.moments.of(symbol)
    update = dictionary.model.problem.update
    if moment is None or update is None or (not moment.parameter and len(update.parameters) > 1):
        return None
    return _made(replace(moment, parameter=moment.parameter or update.parameters[0]))


def _counted_target(symbol: Symbol, raised: tuple[Node, ...], dictionary: Dictionary) -> Target | None:
    """What E_2 is: the value of E before the update that comes then."""
    known = updates_behind(symbol, raised, dictionary)
    found = None if known is None else next(dictionary.find(known[0]), None)
    return None if found is None or known is None else Target("value", found.name, step=known[1] + 1)


def _made(moment: Moment) -> Target | None:
    if moment.places or moment.late is False or moment.name == SLOPE:
        return None
    if moment.name == PARAMETER:
        return Target("update", moment.parameter, step=moment.number) if moment.number else None
    return Target("moment", own(moment.name, moment.parameter), step=moment.number or 0)


def _signal_target(symbol: Symbol, raised: tuple[Node, ...], dictionary: Dictionary) -> Target | None:
    """What δ^{(2)}, δ_o is the gradient by."""
    if symbol.base != "delta" or not dictionary.is_signal(symbol, raised):
        return None
    high = (*(n for m, n in zip(symbol.marks, symbol.raised, strict=False) if m[:1] in "(["), *raised)
    scripts_on = (*high, *symbol.indices)
    name = dictionary.signals.get(text_of(scripts_on[0]))
    if name is None or len(high) > 1 or dictionary.is_of_one_sample(name):
        return None
    return _placed("slope", name, scripts_on[1:], dictionary)


def updated(nodes: list[Node], line: int, dictionary: Dictionary) -> Iterator[str]:
    """What a line updates: it is about W⁺ or a state of the method, or W − η∂L/∂W stands in it."""
    target = target_of(nodes[0], dictionary, line)
    if target is not None and (target.kind == "update" or (target.kind == "moment" and not target.step)):
        yield str(target.name)
    for part in (part for node in nodes for part in walk(node)):
        known = scripts(part.left) if isinstance(part, Subtract) else None
        found = next(dictionary.find(*known), None) if known is not None else None
        if found is not None and found.name in dictionary.model.parameters:
            yield found.name


def _iterate(found: Found, dictionary: Dictionary) -> Target | None:
    """W^{(2)}: the second update of W; W^{(t+1)}: the next."""
    number = found.samples[0]
    if found.indices or found.name not in dictionary.model.parameters:
        return None
    if not isinstance(number, Literal):
        return Target("update", found.name) if lettered(number)[1] == 1 else None
    return Target("update", found.name, step=int(number.value)) if number.value > 0 else None


def _slope_target(node: Derivative, dictionary: Dictionary, line: int) -> Target | None:
    of = node.of.head if isinstance(node.of, Call) else node.of
    known = scripts(of) if of is not None else None
    if known is None:
        return None
    found = next(dictionary.find(*known), None)
    if found is None or found.name not in dictionary.model.graph.shapes or found.marks:
        return None
    try:
        wrt = variable(node.wrt, Scope(dictionary, None, Choices(), line=line))  # type: ignore[arg-type]
    except (Unknown, Misfit, Labelled, AttributeError):
        return None
    places = tuple(p for p in wrt.places if p is not None)
    if places != wrt.places[: len(places)]:
        return None  # a column
    return slope_target(found, wrt.name, places, dictionary)


def slope_target(found: Found, wrt: str, places: tuple[Node, ...], dictionary: Dictionary) -> Target | None:
    """What the derivative of a quantity, or of an entry of it, by a name is."""
    if found.name != dictionary.model.objective:
        return _jacobian_target(found, wrt, places, dictionary)
    return _placed("slope", wrt, places, dictionary, part=True)


def _jacobian_target(
    found: Found, wrt: str, places: tuple[Node, ...], dictionary: Dictionary
) -> Target | None:
    """∂p_i/∂v_j of two names one of which is made of the other."""
    shapes = dictionary.model.graph.shapes
    indices = (*found.samples, *found.indices, *places)
    if wrt not in dictionary.model.below(found.name):
        return None
    if not indices:
        return Target("jacobian", (found.name, wrt))
    split = len(shapes[found.name])
    whole = len(indices) - len(places) == split and len(places) < len(shapes[wrt])
    if len(indices) != split + len(shapes[wrt]) and not whole:
        return None
    if not whole and all(isinstance(index, Literal) for index in indices):
        above = _placed("value", found.name, indices[:split], dictionary)
        below = _placed("value", wrt, indices[split:], dictionary)
        if above is None or below is None:
            return None
        return Target("jacobian", (found.name, wrt), (), (*above.places, *below.places))
    if not all(isinstance(index, Symbol) and len(index.base) == 1 for index in indices):
        return None
    letters = tuple(index.base for index in indices)  # type: ignore[union-attr]
    once = all(len(set(half)) == len(half) for half in (letters[:split], letters[split:]))
    return Target("jacobian", (found.name, wrt), letters) if once else None


def _placed(
    kind: str, name: str, indices: tuple[Node, ...], dictionary: Dictionary, part: bool = False
) -> Target | None:
    """What has these indices; ``part``: it may be a row, of a number."""
    rank = len(dictionary.model.graph.shapes[name])
    if not indices:
        return Target(kind, name)
    rows = part and len(indices) < rank
    if len(indices) != rank and not rows:
        return None
    indices = tuple(place for place in counted(name, indices, dictionary, {}) if place is not None)
    if all(isinstance(index, Literal) for index in indices):
        start = 0 if dictionary.from_zero else 1
        places = tuple(int(index.value) - start for index in indices)  # type: ignore[union-attr]
        fits = all(
            0 <= p < dictionary.model.graph.sizes.get(d, 10**9)
            for p, d in zip(places, dictionary.model.graph.shapes[name], strict=False)
        )
        return Target(kind, name, (), places) if fits else None
    if not rows and all(isinstance(index, Symbol) and len(index.base) == 1 for index in indices):
        return Target(kind, name, tuple(index.base for index in indices))  # type: ignore[union-attr]
    return None
