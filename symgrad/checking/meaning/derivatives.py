"""∂of/∂wrt of names and of whole expressions; products of derivatives that make a chain.

The entries of ``wrt`` are moved one after the other, everything that rests on them follows (the total
derivative) or only what is written does (the direct one), and the change is read off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.by_value import by_argument, by_function
from symgrad.checking.meaning.counting import counted
from symgrad.checking.meaning.dictionary import held
from symgrad.checking.meaning.entries import at_index, split_digits
from symgrad.checking.meaning.heads import quantity_of, sample_of
from symgrad.checking.meaning.one_sample import is_short, of_sample
from symgrad.checking.meaning.scope import Scope, Unknown, handles
from symgrad.checking.meaning.spelling import scripts, text_of
from symgrad.checking.meaning.taken_at import differentiated_at
from symgrad.checking.meaning.variables import Wrt, numbered_name, variable
from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.moved import MOVED, Nested
from symgrad.checking.worlds.tensor import COLUMN, Tensor, replace_stands, spread, turned
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Call, Derivative, Element, Node, Symbol, Transpose, transform, walk
from symgrad.tree import Op
from symgrad.tree import walk as nodes

DIAGONAL = 1e-12
HELD: Mapping[str, bool] = {"direct": True, "d": False, "nabla": False}
"""Whether a derivative is direct, by its sign: of ∂ the work shows which is meant."""


@handles(Derivative)
def derivative(node: Derivative, scope: Scope) -> Tensor:
    """A derivative in the form in which it stands in its line."""
    match node.wrt:
        case Call(Symbol("vec"), (matrix,)):
            return _by_columns(replace(node, wrt=matrix), False, scope)
        case Transpose(Call(Symbol("vec"), (matrix,))):
            return _by_columns(replace(node, wrt=matrix), True, scope)
    raw, wrt = slope(node, scope)
    rank = raw.rank - left_axes(wrt, scope)
    if isinstance(node.of, Derivative) and _stops(scope):
        raise Unknown("what is stopped is no constant where a second derivative moves it", node)
    if isinstance(node.of, Derivative) and rank == 1:
        return _hessian(raw, node.of, wrt, scope)
    return form(raw, rank, wrt.turned, node, scope)


def _by_columns(node: Derivative, flipped: bool, scope: Scope) -> Tensor:
    """∂φ/∂vec(X): the entries of X column after column."""
    raw, wrt = slope(node, scope)
    if left_axes(wrt, scope) != 2:
        raise Unknown("the columns of what is no matrix", node)
    data = np.swapaxes(raw.data, -1, -2)
    raw = replace(raw, data=data.reshape((*data.shape[:-2], -1)))
    return form(raw, raw.rank - 1, flipped, node, scope)


def _stops(scope: Scope) -> bool:
    """Whether a formula of the problem stops what goes back through it."""
    formulas = scope.dictionary.model.graph.quantities.values()
    return any(
        isinstance(part, Op) and part.name == "stop" for formula in formulas for part in nodes(formula)
    )


def _hessian(raw: Tensor, inner: Derivative, outer: Wrt, scope: Scope) -> Tensor:
    """∂²L/∂a∂bᵀ: the columns are those of the name with the ᵀ; without one they are of either."""
    is_row = isinstance(inner.wrt, Transpose)
    if not left_axes(outer, scope):
        return replace_stands(raw, turned(scope.stands) if is_row else scope.stands)
    if is_row == outer.turned:
        by_rows = scope.choices.name(("second",), ("first rows", "last rows")) == "first rows"
    else:
        by_rows = is_row
    return replace(raw, data=np.swapaxes(raw.data, -1, -2)) if by_rows else raw


def left_axes(wrt: Wrt, scope: Scope) -> int:
    """How many axes of the variable are left."""
    full = scope.world.value(wrt.name).ndim if wrt.name else 0
    return full - sum(place is not None for place in wrt.places)


def slope(node: Derivative, scope: Scope, factor: bool = False) -> tuple[Tensor, Wrt]:
    """The derivative, the axes of ``of`` first, then those left of ``wrt``; a ``factor`` is behind others."""
    if node.of is None:
        raise Unknown("nothing is differentiated here", node)
    if isinstance(node.of, Call) and (there := differentiated_at(node.of, scope)) is not None:
        return slope(replace(node, of=node.of.head), there, factor)
    for read in (by_function, by_argument):
        if (bound := read(node, scope)) is not None:
            return bound, Wrt("")
    wrt = variable(node.wrt, scope)
    of = node.of
    if isinstance(of, Derivative) and of.of is not None and _rests(wrt, of, scope):
        return _swapped(node, of, wrt, scope), wrt
    if wrt.unnamed and _name_of(of, scope)[0] is None:
        of = _with_name(of, node.wrt, wrt.name, scope)
    tensor = _whole(of, wrt.name, HELD.get(node.sign), scope, factor)
    if wrt.root:  # by σ where σ² is the name: ∂/∂σ = 2σ ∂/∂σ²
        tensor = replace(tensor, data=tensor.data * 2 * np.sqrt(scope.world.value(wrt.name)))
    axis = tensor.rank - scope.world.value(wrt.name).ndim
    for place in wrt.places:
        if place is None or (isinstance(place, Symbol) and place.base == ":"):
            axis += 1
        else:
            tensor = at_index(tensor, axis, place, scope)
    return tensor, wrt


def _with_name(of: Node, part: Node | None, name: str, scope: Scope) -> Node:
    """xᵀW²x as xᵀA x, to be differentiated by W², where the problem has A = W W."""
    symbol = scope.dictionary.names.symbol_of(name)
    found = of if symbol is None else transform(of, lambda node: symbol if node == part else node)
    if found is of:
        raise Unknown("a derivative of an expression by an expression", of)
    return found


def _rests(outer: Wrt, inner: Derivative, scope: Scope) -> bool:
    """Whether the outer name of ∂²L/∂z∂w rests on the inner one: with z held, w would lead nowhere."""
    name = variable(inner.wrt, scope).name
    return bool(name) and name in scope.dictionary.model.below(outer.name)


def _swapped(node: Derivative, inner: Derivative, wrt: Wrt, scope: Scope) -> Tensor:
    """∂(∂L/∂z)/∂w, with the axes of z behind those of w."""
    other = replace(node, of=replace(inner, wrt=node.wrt), wrt=inner.wrt)
    raw, by = slope(other, scope)
    outer, own = left_axes(wrt, scope), left_axes(by, scope)
    axes = tuple(range(-outer - own, -own if own else 0))
    return replace(raw, data=np.moveaxis(raw.data, axes, tuple(range(-outer, 0)))) if outer and own else raw


def _whole(of: Node, wrt: str, direct: bool | None, scope: Scope, factor: bool) -> Tensor:
    """The derivative of an expression by all entries of a name; the axes of the name come last.

    Of an objective that is an array, a ``factor`` behind others, c̄ · ∂c/∂S, is that of each entry.
    """
    name, places = _name_of(of, scope)
    if name is not None and isinstance(scope.world, World):
        array = not places and not factor and bool(scope.dictionary.model.graph.shapes[name])
        if array and name == scope.dictionary.model.objective and _is_summed(name == wrt, scope):
            return Tensor(_of_sum(name, wrt, direct, scope))
        tensor, axis = Tensor(_between(name, wrt, direct, scope)), 0
        for place in places:
            if isinstance(place, Symbol) and place.base == ":":
                axis += 1
            else:
                tensor = at_index(tensor, axis, place, scope)
        return tensor
    base = scope.world
    if not isinstance(base, World):
        raise Nested
    shape = base.value(wrt).shape

    def along(only: bool) -> Callable[[], Tensor]:
        return lambda: _read_off(scope, of, wrt, only, shape)

    if direct:
        return along(True)()
    options = {"total": along(False), "direct": along(True)}
    if direct is False or not _differ(of, wrt, scope):
        return options["total"]()
    return options[scope.choices.name(("derivative",), ("total", "direct"))]()


def _is_summed(itself: bool, scope: Scope) -> bool:
    """Whether an objective that is an array stands for the sum of its entries; by ``itself``: 1 each."""
    if itself:
        return scope.choices.name(("objective", "itself"), ("entries", "sum")) == "sum"
    return scope.choices.name(("objective",), ("sum", "entries")) == "sum"


def _of_sum(name: str, wrt: str, direct: bool | None, scope: Scope) -> Any:
    """The gradient of the sum of all entries of the objective."""
    if not direct:
        return scope.world.gradient(wrt)
    entries = _between(name, wrt, direct, scope)
    return entries.reshape((-1, *scope.world.value(wrt).shape)).sum(0)


def _differ(of: Node, wrt: str, scope: Scope) -> bool:
    """Whether it makes a difference what is held: ``wrt`` stands in the expression beside what rests
    on it.
    """

    literal = behind = False
    for node in walk(of):
        known = scripts(node)
        if known is None:
            continue
        for found in scope.dictionary.find(*known):
            literal |= found.name == wrt
            behind |= wrt in scope.dictionary.model.below(found.name)
            break
    return literal and behind


def _read_off(scope: Scope, of: Node, wrt: str, direct: bool, shape: tuple[int, ...]) -> Tensor:
    world = scope.world
    assert isinstance(world, World)
    try:
        moved = scope.at(world.moved(wrt, direct)).evaluate(of)
    except Nested:
        return _differences(scope, of, wrt, direct, shape)
    size = int(np.prod(shape))
    rest = tuple(axis for axis in moved.axes if axis != MOVED)
    if MOVED not in moved.axes:
        return Tensor(np.zeros((*moved.data.shape, *shape)), moved.axes, moved.stands)
    data = np.imag(spread(moved, (*rest, MOVED))) / H
    data = np.moveaxis(data, len(rest), -1)
    return Tensor(data.reshape((*data.shape[:-1], *shape)) if size else data, rest, moved.stands)


def _differences(scope: Scope, of: Node, wrt: str, direct: bool, shape: tuple[int, ...]) -> Tensor:
    """The derivative of what holds a derivative, by real differences."""
    world = scope.world
    assert isinstance(world, World)
    columns: list[Any] = []
    like: Tensor | None = None
    for row in world.shifted(wrt, direct):
        total: Any = 0.0
        for weight, other in row:
            like = scope.at(other).evaluate(of)
            total = total + weight * like.data
        columns.append(total)
    assert like is not None
    data = np.stack(columns, axis=-1)
    return Tensor(data.reshape((*data.shape[:-1], *shape)), like.axes, like.stands)


def directional(of: Node, wrt: str, direction: str, scope: Scope) -> Tensor:
    """The derivative of an expression by a name, times a direction: how it moves along it."""
    raw = _whole(of, wrt, False, scope, factor=True)
    along = scope.world.value(direction)
    data = np.tensordot(raw.data, along, axes=along.ndim)
    rank = data.ndim - len(raw.axes)
    return Tensor(data, raw.axes, scope.stands if rank == 1 else raw.stands)


def _name_of(of: Node, scope: Scope) -> tuple[str | None, tuple[Node, ...]]:
    """The name of the problem that an expression is, with as many indices as it has axes, or none."""
    shapes = scope.dictionary.model.graph.shapes
    if isinstance(of, Call) and not of.certain:
        name = quantity_of(of, scope)
        sample = None if name is None else sample_of(name, of, scope)
        if name is None or sample is None:
            return name, ()
        kept = max(0, len(shapes[name]) - 1)
        return name, (Symbol(sample), *(Symbol(":"),) * kept)
    if isinstance(of, Element):
        name, places = _name_of(of.body, scope)
        fits = name is not None and not places and len(of.indices) == len(shapes[name])
        return (name, of.indices) if fits else (None, ())
    known = scripts(of)
    if known is None or text_of(known[0]) in scope.bound:
        return None, ()
    for found in scope.dictionary.find(*known):
        if found.name not in shapes or found.marks or found.exponent != 1:
            return None, ()
        if scope.sample and is_short(found, scope.dictionary) and not (found.samples or found.indices):
            return found.name, of_sample(found, scope.sample, scope.dictionary)
        places = (*found.samples, *split_digits(found.indices, len(shapes[found.name]) - len(found.samples)))
        if len(places) in (0, len(shapes[found.name])):
            counts = counted(found.name, places, scope.dictionary, scope.labels)
            return found.name, tuple(place for place in counts if place is not None)
    own = next(scope.dictionary.defined(*known, scope.line), None)
    numbered = numbered_name(*known, scope) if own is None else None
    if numbered is not None and len(numbered.places) in (0, len(shapes[numbered.name])):
        return numbered.name, tuple(place for place in numbered.places if place is not None)
    return None, ()


def _between(of: str, wrt: str, direct: bool | None, scope: Scope) -> Any:
    world = scope.world
    assert isinstance(world, World)
    model = scope.dictionary.model
    if of == wrt:
        value = world.value(of)
        return np.eye(value.size).reshape((*value.shape, *value.shape))
    if direct:
        found = world.jacobian(of, wrt, True)
        if not np.any(found):
            raise Unknown(f"{of} does not hold {wrt} itself: what is held here is not read")
        return found
    if of == model.objective and not model.graph.shapes[of]:
        return world.gradient(wrt)
    uses = model.uses(of)
    both = wrt in uses and any(wrt in model.below(name) for name in uses)
    if direct is None and both and of != model.objective:
        way = scope.dictionary.ways.get(held(of, wrt))
        chosen = way or scope.choices.name(("derivative",), ("total", "direct"))
        return world.jacobian(of, wrt, chosen == "direct")
    return world.jacobian(of, wrt)


def form(raw: Tensor, rank: int, flipped: bool, key: Node, scope: Scope) -> Tensor:
    """A derivative as it stands: a gradient like its variable or across it, a Jacobian either way."""
    variables = raw.rank - rank
    if rank == 0 and variables == 1:
        across = scope.stands == COLUMN and not scope.opened
        way = scope.choices.name(("gradient",), ("along", "across")) if across else "along"
        stands = scope.stands if way == "along" else turned(scope.stands)
        return replace_stands(raw, turned(stands) if flipped else stands)
    if rank == 0 and variables == 2:
        turn = scope.transposed != flipped  # ∂L/∂Wᵀ has the shape of Wᵀ where ∂L/∂W has that of W
        return replace(raw, data=np.swapaxes(raw.data, -1, -2)) if turn else raw
    if rank == 1 and variables == 0:
        return replace_stands(raw, scope.stands)
    if rank == 1 and variables == 1:
        layout = scope.dictionary.ways.get("jacobian")
        ways = (layout,) if layout else ("numerator", "denominator")
        if flipped:  # ∂y/∂xᵀ has the rows of y, or is the transpose of ∂y/∂x as it is elsewhere
            way = scope.choices.name(("across",), ("numerator", "denominator"))
        elif is_diagonal(raw):
            way = scope.choices.name(("jacobian", key), (ways[0], "diagonal"))
        else:
            way = scope.choices.name(("jacobian",), ways) if len(ways) > 1 else ways[0]
        if way == "diagonal":
            return Tensor(np.einsum("...ii->...i", raw.data), raw.axes, scope.stands)
        return raw if way == "numerator" else replace(raw, data=np.swapaxes(raw.data, -1, -2))
    if rank == variables == 2 and is_diagonal(raw):
        return Tensor(np.einsum("...ijij->...ij", raw.data), raw.axes)
    return raw


def is_diagonal(raw: Tensor) -> bool:
    """Whether each entry rests on the entry of its own place only."""
    half = raw.rank // 2
    core = raw.core
    if core[:half] != core[half:]:
        return False
    size = int(np.prod(core[:half]))
    flat = raw.data.reshape((-1, size, size))
    off = flat * (1 - np.eye(size))
    return bool(np.abs(off).max(initial=0.0) <= DIAGONAL * max(1.0, float(np.abs(flat).max(initial=0.0))))
