"""What an accent makes of a name: dX, ΔX, a bar for a gradient or for a mean."""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.checking.meaning.counting import counted
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.entries import entries, own_of, samples_of, shown
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import Found, plain_name, unbarred, without
from symgrad.checking.worlds.products import matmul
from symgrad.checking.worlds.tensor import Misfit, Tensor
from symgrad.submission.written import Node, Symbol


def as_written(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """The name of the problem that is written with a d or a Δ: da_next, which is data."""
    name = scope.dictionary.names.find_dressed(node, raised)
    return None if name is None else scope.world.tensor(name, scope.stands)


def beside_delta(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """ΔX where Δ is a name of its own: their product."""
    return _product("Delta", node, raised, scope) if _is_own("Delta", node, scope) else None


def beside_d(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """dx where d is a name of its own: their product, or what dx is elsewhere."""
    if not _is_own("d", node, scope):
        return None
    ways = {
        "product": lambda: _product("d", node, raised, scope),
        "differential": lambda: differential(node, raised, scope),
    }
    way = scope.dictionary.ways.get("beside d")
    return ways[way]() if way else scope.choices.among(("d",), ways)


def _is_own(letter: str, node: Symbol, scope: Scope) -> bool:
    head = Symbol(letter, span=node.span)
    return next(scope.dictionary.find(head), None) is not None or next(own_of(head, scope), None) is not None


def _product(letter: str, node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor:
    rest = without(node, letter)
    return matmul(scope.named(Symbol(letter, span=node.span)), scope.named(rest, raised))


def delta(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """ΔW: the gradient by W, or the step that W takes."""
    if next(scope.dictionary.defined(node, raised, scope.line), None) is not None:
        return None
    found = _bare(node, "Delta", raised, scope)
    if found is None:
        return None
    model = scope.dictionary.model
    if found.name not in (*model.parameters, *model.graph.wrt):
        raise Unknown(f"{shown(node)} is no name of the problem, and nothing above defines it", node)
    ways = ("gradient", "step") if model.rate else ("gradient",)
    whole = scope.world.gradient(found.name)
    if scope.choices.name(("Delta",), ways) == "step":
        whole = -scope.world.value(model.rate) * whole
    return entries(Tensor(whole, (), scope.stands), _places(found, scope), ("Delta", found.name), scope)


def barred(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """A bar for the gradient of the objective, where the work writes them so."""
    found = _bare(node, "bar", raised, scope) if scope.dictionary.barred else None
    if found is None or next(scope.dictionary.names.find(node, raised), None) is not None:
        return None
    whole = Tensor(scope.world.gradient(found.name), (), scope.stands)
    return entries(whole, _places(found, scope), ("bar", found.name), scope)


def _places(found: Found, scope: Scope) -> tuple[Node, ...]:
    """The places on a name, as they are counted."""
    places = counted(found.name, (*found.samples, *found.indices), scope.dictionary, scope.labels)
    return tuple(place for place in places if place is not None)


def _bare(node: Symbol, accent: str, raised: tuple[Node, ...], scope: Scope) -> Found | None:
    """The name of the problem under an accent; with indices in either case, Δw_{11} of W."""
    plain = without(node, accent)
    for found in scope.dictionary.find(plain, raised):
        if _is_plain(found, scope):
            return found
    other = replace(plain, base=plain.base.swapcase())
    for found in scope.dictionary.find(other, raised) if len(plain.base) == 1 else ():
        if _is_plain(found, scope) and (found.indices or found.samples):
            return found
    return None


def _is_plain(found: Found, scope: Scope) -> bool:
    return not found.marks and found.exponent == 1 and found.name in scope.dictionary.model.graph.shapes


def mean(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """A bar for the mean of a name's entries, where no name is written with a bar."""
    known = next(scope.dictionary.find(node, raised), None)
    if known is not None or next(scope.dictionary.defined(node, raised, scope.line), None) is not None:
        return None
    plain = without(node, "bar")
    meant = next(scope.dictionary.find(plain, raised), None)
    if meant is None and next(scope.dictionary.defined(plain, raised, scope.line), None) is None:
        return None
    whole = scope.named(plain, raised)
    if whole.rank == 1:
        return Tensor(whole.data.mean(-1), whole.axes)
    if whole.rank == 2:
        return Tensor(whole.data.mean(-2), whole.axes, scope.stands)
    return None


def differential(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor:
    """dX: the change of X; in the habit of some courses the gradient of the objective."""
    found = _bare(node, "d", raised, scope)
    if found is None:
        whole_name = plain_name(node)
        if next(scope.dictionary.defined(whole_name, raised, scope.line), None) is not None:
            return scope.named(whole_name, raised)
        raise Unknown(f"{shown(node)} is no name of the problem", node)
    model = scope.dictionary.model
    ways = {"gradient": ("gradient",), "change": ("change", *model.parameters)}
    either = ("change", "gradient", *model.parameters)
    habit = scope.dictionary.ways.get("differential", "")
    way = scope.choices.name(("differential",), ways.get(habit, either))
    if way == "gradient":
        whole = Tensor(scope.world.gradient(found.name), (), scope.stands)
    elif way == "change":
        whole = Tensor(scope.world.differential(found.name), (), scope.stands)
    elif way == found.name or way in model.below(found.name):
        whole = Tensor(scope.world.differential(found.name, way), (), scope.stands)
    else:
        raise Misfit(f"{found.name} does not change with {way}")
    if way == "gradient" and _is_single(found.name, scope):
        whole = replace(whole, data=whole.data * samples_of(scope))
    return entries(whole, _places(found, scope), ("differential", found.name), scope)


def _is_single(name: str, scope: Scope) -> bool:
    """Whether dZ is the gradient of the losses of the single samples, not of their mean."""
    if "single losses" in scope.dictionary.ways:
        return scope.dictionary.is_of_one_sample(name)
    if not scope.dictionary.has_samples(name):
        return False
    return scope.choices.name(("single losses",), ("mean", "single")) == "single"


def under_accent(symbol: Symbol, dictionary: Dictionary) -> Symbol | None:
    """W of ΔW, of dW where that is a gradient, and of W̄ where the work writes gradients with bars."""
    gradients = {"Delta"} | ({"d"} if dictionary.ways.get("differential") == "gradient" else set())
    if gradients.intersection(symbol.accents):
        return without(symbol, *gradients)
    is_gradient = dictionary.barred and next(dictionary.names.find(symbol), None) is None
    return unbarred(symbol) if is_gradient else None


ACCENTS = (
    ("d", as_written),
    ("Delta", as_written),
    ("Delta", beside_delta),
    ("d", beside_d),
    ("d", differential),
    ("Delta", delta),
    ("bar", barred),
    ("bar", mean),
)
"""What an accent can stand for, in the order in which it is tried: None where it does not stand for that."""
