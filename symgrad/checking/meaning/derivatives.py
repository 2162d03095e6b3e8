"""∂of/∂wrt of names and of whole expressions; products of derivatives that make a chain.

The entries of ``wrt`` are moved one after the other, everything that rests on them follows (the total
derivative) or only what is written does (the direct one), and the change is read off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from symgrad.checking.meaning.arithmetic import multiplied, product
from symgrad.checking.meaning.scope import Labelled, Scope, Unknown, handles
from symgrad.checking.meaning.spelling import Found, scripts, text_of
from symgrad.checking.meaning.symbols import at_index, family, integer, lettered, own_of, shown, split_digits
from symgrad.checking.meaning.tensor import COLUMN, Misfit, Tensor, filled, replace_stands, spread, turned, union
from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.world import MOVED, Nested, World
from symgrad.submission.written import Brace, Call, Derivative, Element, Literal, Node, Power, Product, Symbol, Transpose

DIAGONAL = 1e-12


@dataclass(frozen=True, slots=True)
class Wrt:
    """What is differentiated by: a name, and places on its axes (None keeps one)."""

    name: str
    places: tuple[Node | None, ...] = ()
    turned: bool = False
    root: bool = False


@handles(Derivative)
def derivative(node: Derivative, scope: Scope) -> Tensor:
    """A derivative in the form in which it stands in its line."""
    raw, wrt = slope(node, scope)
    rank = raw.rank - _left(wrt, scope)
    return form(raw, rank, wrt.turned, node, scope)


def _left(wrt: Wrt, scope: Scope) -> int:
    """How many axes of the variable are left."""
    full = scope.world.value(wrt.name).ndim if wrt.name else 0
    return full - sum(place is not None for place in wrt.places)


def slope(node: Derivative, scope: Scope) -> tuple[Tensor, Wrt]:
    """The derivative with the axes of ``of`` before those that are left of ``wrt``."""
    if node.of is None:
        raise Unknown("nothing is differentiated here", node)
    if (bound := _by_argument(node, scope)) is not None:
        return bound, Wrt("")
    wrt = variable(node.wrt, scope)
    of = node.of
    tensor = _whole(of, wrt.name, node.sign == "direct", scope)
    if wrt.root:  # by σ where σ² is the name: ∂/∂σ = 2σ ∂/∂σ²
        tensor = replace(tensor, data=tensor.data * 2 * np.sqrt(scope.world.value(wrt.name)))
    axis = tensor.rank - scope.world.value(wrt.name).ndim
    for place in wrt.places:
        if place is None or (isinstance(place, Symbol) and place.base == ":"):
            axis += 1
        else:
            tensor = at_index(tensor, axis, place, scope)
    return tensor, wrt


def _by_argument(node: Derivative, scope: Scope) -> Tensor | None:
    """d f(t)/dt where t is the argument of a function of the student's own, or stands for any number."""
    wrt = node.wrt
    if not isinstance(wrt, Symbol) or (bound := scope.bound.get(text_of(wrt))) is None:
        return None
    if np.iscomplexobj(bound.data):
        raise Nested
    of = node.of
    assert of is not None
    if _is_function(of, scope):  # dσ/dt
        of = Call(of, (wrt,), True, of.span)  # type: ignore[arg-type]
    moved = scope.binding(**{text_of(wrt): replace(bound, data=bound.data + 1j * H)})
    found = moved.evaluate(of)
    return replace(found, data=np.imag(found.data) / H)


def _is_function(node: Node, scope: Scope) -> bool:
    """Whether a symbol names a function, not a value: σ in ∂σ/∂z."""
    if not isinstance(node, Symbol) or node.indices:
        return False
    if next(scope.dictionary.find(node), None) is not None:
        return False
    owned = [own for own, _ in scope.dictionary.defined(node, (), scope.line)]
    if owned:
        return bool(owned[0].parameters)
    from symgrad.checking.meaning.calls import is_function  # noqa: PLC0415

    return is_function(node.base, scope)


def variable(node: Node | None, scope: Scope) -> Wrt:
    """The name that a derivative is taken by, with indices; `Unknown` where it is none of the problem."""
    if node is None:
        parameters = scope.dictionary.model.parameters
        if len(parameters) == 1:
            return Wrt(parameters[0])
        raise Unknown("it is not said by what this is differentiated", node)
    if isinstance(node, Transpose):
        inner = variable(node.body, scope)
        return replace(inner, turned=not inner.turned)
    if isinstance(node, Element):
        inner = variable(node.body, scope)
        if not inner.places:
            return Wrt(inner.name, _placed(inner.name, node.indices, scope))
    known = scripts(node)
    if known is None:
        found = _same_value(node, scope)
        if found is None:
            raise Unknown("a derivative by an expression that is no quantity of the problem", node)
        return found
    symbol, raised = known
    if "d" in symbol.accents:
        raise Unknown("a derivative by a differential", node)
    for found in scope.dictionary.find(symbol, raised):
        wrt = _wrt(found, scope)
        if wrt is not None:
            return wrt
    number = _labelled(symbol, raised, scope)
    if number is not None:
        return number
    own = _same_as_own(symbol, raised, scope)
    if own is not None:
        return own
    if not symbol.indices and not raised and (last := family(symbol, scope)) is not None and not symbol.marks:
        return Wrt(last[max(last)])  # ∇_a C: by the last layer
    folded = replace(symbol, base=symbol.base.swapcase())
    if len(symbol.base) == 1 and (symbol.indices or raised or symbol.marks):
        for found in scope.dictionary.find(folded, raised):
            if (found.indices or found.samples) and (wrt := _wrt(found, scope)) is not None:
                return wrt
        number = _labelled(folded, raised, scope)
        if number is not None:
            return number
    raise Unknown(f"{shown(symbol)} is no name of the problem", node)


def _wrt(found: Found, scope: Scope) -> Wrt | None:
    if found.name not in scope.dictionary.model.graph.shapes or any(m in ("+", "new") for m in found.marks):
        return None
    try:
        places = _placed(found.name, (*found.samples, *found.indices), scope)
        return Wrt(found.name, places, root=found.exponent == 2)
    except Misfit:
        return None


def _placed(name: str, indices: tuple[Node, ...], scope: Scope) -> tuple[Node | None, ...]:
    rank = len(scope.dictionary.model.graph.shapes[name])
    places = split_digits(indices, rank)
    if len(places) == 1 and rank == 2:
        side = scope.choices.name(("axis", name), ("row", "column"))
        return (places[0], None) if side == "row" else (None, places[0])
    if len(places) == 2 and rank == 1:
        return places[:1]
    if len(places) > rank:
        raise Misfit("too many indices")
    return places


def _labelled(symbol: Symbol, raised: tuple[Node, ...], scope: Scope) -> Wrt | None:
    """A name with the number of a layer in a letter."""
    known = family(symbol, scope)
    if known is None:
        return None
    high = (*(n for m, n in zip(symbol.marks, symbol.raised, strict=False) if m[:1] in "(["), *raised)
    place, rest = (high[0], symbol.indices) if high else (symbol.indices[:1] or (None,))[0:1] + (symbol.indices[1:],)
    if place is None:
        return None
    number = integer(place, scope)
    if number is None:
        letter, offset = lettered(place)
        if letter is None or letter in scope.ranges:
            return None
        if letter not in ("L", "T"):
            raise Labelled(letter, tuple(sorted(known)), offset)
        number = max(known) + offset
    if number not in known:
        raise Misfit(f"there is no {symbol.base} with the number {number}")
    return Wrt(known[number], _placed(known[number], tuple(rest), scope))


def _same_as_own(symbol: Symbol, raised: tuple[Node, ...], scope: Scope) -> Wrt | None:
    """A name of the student's own for a quantity of the problem: the one that has its value."""
    for own, left in scope.dictionary.defined(symbol, raised, scope.line):
        if own.parameters or id(own) in scope.opened:
            continue
        base = scope.world if isinstance(scope.world, World) else scope.world.base
        value = replace(scope, world=base).evaluate(symbol if own.letters == () else replace(symbol, indices=(), sub=""))
        for name in scope.dictionary.model.graph.quantities:
            there = base.value(name)
            if not value.axes and value.core == there.shape and np.allclose(value.data, there, rtol=1e-9):
                return Wrt(name, _placed(name, left, scope))
    return None


def _same_value(node: Node, scope: Scope) -> Wrt | None:
    """The quantity that an expression is: u · v where the problem has s = u · v."""
    base = scope.world if isinstance(scope.world, World) else scope.world.base
    value = replace(scope, world=base).evaluate(node)
    for name in scope.dictionary.model.graph.quantities:
        there = base.value(name)
        if not value.axes and value.core == there.shape and np.allclose(value.data, there, rtol=1e-9):
            return Wrt(name)
        if len(value.axes) == there.ndim == 1 and not value.rank and value.data.shape == there.shape:
            if np.allclose(value.data, there, rtol=1e-9):
                return Wrt(name, (Symbol(value.axes[0]),))
    return None


def _whole(of: Node, wrt: str, direct: bool, scope: Scope) -> Tensor:
    """The derivative of an expression by all entries of a name; the axes of the name come last."""
    name, places = _name_of(of, scope)
    if name is not None and isinstance(scope.world, World):
        if not places and scope.dictionary.model.graph.shapes[name] and name == scope.dictionary.model.objective != wrt:
            if scope.choices.name(("objective",), ("sum", "entries")) == "sum":
                return Tensor(scope.world.gradient(wrt))
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
    if not _differ(of, wrt, scope):
        return options["total"]()
    return options[scope.choices.name(("derivative",), ("total", "direct"))]()


def _differ(of: Node, wrt: str, scope: Scope) -> bool:
    """Whether it makes a difference what is held: ``wrt`` stands in the expression beside what rests on it."""
    from symgrad.submission.written import walk  # noqa: PLC0415

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


def _name_of(of: Node, scope: Scope) -> tuple[str | None, tuple[Node, ...]]:
    """The name of the problem that an expression is, with as many indices as it has axes, or none."""
    if isinstance(of, Call) and not of.certain:
        from symgrad.checking.meaning.calls import quantity_of  # noqa: PLC0415

        return quantity_of(of, scope), ()
    shapes = scope.dictionary.model.graph.shapes
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
        places = (*found.samples, *split_digits(found.indices, len(shapes[found.name]) - len(found.samples)))
        if len(places) in (0, len(shapes[found.name])):
            return found.name, places
    return None, ()


def _between(of: str, wrt: str, direct: bool, scope: Scope) -> Any:
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
    if both and of != model.objective:
        chosen = scope.choices.name(("derivative",), ("total", "direct"))
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
    if rank == 0 and variables == 2 and scope.transposed:
        return replace(raw, data=np.swapaxes(raw.data, -1, -2))
    if rank == 1 and variables == 0:
        return replace_stands(raw, scope.stands)
    if rank == 1 and variables == 1:
        layout = scope.dictionary.layout
        ways = (layout,) if layout else ("numerator", "denominator")
        if is_diagonal(raw):
            way = scope.choices.name(("jacobian", key), (ways[0], "diagonal"))
        else:
            way = scope.choices.name(("jacobian",), ways) if len(ways) > 1 else ways[0]
        if way == "diagonal":
            return Tensor(np.einsum("...ii->...i", raw.data), raw.axes, scope.stands)
        return raw if (way == "numerator") != flipped else replace(raw, data=np.swapaxes(raw.data, -1, -2))
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


# --- chains -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Factor:
    sign: str
    node: Node


@handles(Product)
def factors(node: Product, scope: Scope) -> Tensor:
    """A product; derivatives in a row that make a chain may be one derivative."""
    row = list(_flat(node))
    runs = _runs(row)
    if not runs and (chain := _ended(row)) is not None:
        ways = {"plain": lambda: product(node, scope), "through": lambda: through(*chain, scope, written=True)}
        return scope.choices.among(("through", node.span), ways)
    if not runs and not _mixes(node):
        return product(node, scope)
    if not runs:
        flat = (*_flat(node.left), *_flat(node.right, node.sign))
        ways = {"tight": lambda: product(node, scope), "left": lambda: _from_the_left(flat, scope, node.span)}
        return scope.choices.among(("order", node.span), ways)

    def chained() -> Tensor:
        found: Tensor | None = None
        position = 0
        while position < len(row):
            run = next((r for r in runs if r[0] == position), None)
            if run is not None:
                nodes = [factor.node for factor in row[run[0] : run[1]]]
                value = contracted(nodes, scope)  # type: ignore[arg-type]
            else:
                value = scope.evaluate(row[position].node)
            sign = row[position].sign
            found = value if found is None else multiplied(sign, found, value, scope, (node.span, position))
            position = run[1] if run is not None else position + 1
        assert found is not None
        return found

    return scope.choices.among(("chain", node.span), {"chain": chained, "plain": lambda: product(node, scope)})


def _mixes(node: Product) -> bool:
    """Whether a sign binds less than what stands side by side behind it: a ∘ b C."""
    return node.sign in ("odot", "star", "dot", "times") and isinstance(node.right, Product) and not node.right.sign


def _from_the_left(row: Sequence[Factor], scope: Scope, key: Any) -> Tensor:
    found: Tensor | None = None
    for n, factor in enumerate(row):
        value = scope.evaluate(factor.node)
        found = value if found is None else multiplied(factor.sign, found, value, scope, (key, "left", n))
    assert found is not None
    return found


def _flat(node: Node, sign: str = "") -> Sequence[Factor]:
    if isinstance(node, Product) and node.sign in ("", "dot", "times", "star", "odot"):
        return (*_flat(node.left, sign), *_flat_brace(node.right, node.sign))
    return tuple(_flat_brace(node, sign))


def _flat_brace(node: Node, sign: str) -> Sequence[Factor]:
    """A factor; of a brace over a chain of derivatives each of them."""
    if isinstance(node, Brace) and isinstance(node.body, Product | Derivative):
        inner = _flat(node.body, sign)
        if all(isinstance(factor.node, Derivative) and factor.sign in ("", "dot", sign) for factor in inner):
            return inner
    return (Factor(sign, node),)


def _runs(row: list[Factor]) -> list[tuple[int, int]]:
    """Where chains of derivatives begin and end: ∂a/∂b ∂b/∂c, or backwards."""
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(row):
        end = start + 1
        way = 0
        while end < len(row) and (step := _linked(row[end - 1].node, row[end].node)) and way in (0, step):
            way = step
            end += 1
        if end - start > 1:
            found.append((start, end))
        start = end
    return found


def _linked(left: Node, right: Node) -> int:
    """1 where ∂a/∂b stands before ∂b/∂c, −1 where it stands behind, 0 where they do not meet."""
    if not (isinstance(left, Derivative) and isinstance(right, Derivative)):
        return 0
    if left.wrt == _bare(right.of):
        return 1
    return -1 if right.wrt == _bare(left.of) else 0


def _bare(node: Node | None) -> Node | None:
    return node.head if isinstance(node, Call) and not node.certain else node


def _ended(row: Sequence[Factor]) -> tuple[Sequence[Factor], list[Derivative]] | None:
    """Factors that make up a gradient beside derivatives of what it is by, on either side: δ ∂z/∂W."""
    for factors, turned_round in ((list(row), False), (list(row)[::-1], True)):
        kinds = [isinstance(factor.node, Derivative) for factor in factors]
        first = kinds.index(True) if True in kinds else 0
        if first and all(kinds[first:]) and all(factor.sign in ("", "dot") for factor in row):
            head = factors[:first][::-1] if turned_round else factors[:first]
            return head, [factor.node for factor in factors[first:]]  # type: ignore[misc]
    return None


def through(head: Sequence[Factor], chain: Sequence[Derivative], scope: Scope, written: bool = False) -> Tensor:
    """A gradient, and derivatives of what it is by: Σ over the entries of what stands between.

    ``written`` as a product, only derivatives that are no matrices are read so.
    """
    value = _from_the_left(head, scope, chain[-1].span)
    for node in chain:
        raw, wrt = slope(node, scope)
        if written and raw.rank < 3:
            raise Misfit("a matrix is multiplied as one")
        middle = raw.rank - _left(wrt, scope)
        core = raw.core[:middle]
        value = filled(value, core) if value.kind else value
        if value.rank != middle and value.data.size == int(np.prod(core)) and not value.axes:
            value = replace(value, data=value.data.reshape(core))
        value = _contract(value, raw, middle)
    return form(value, 0, wrt.turned, chain[-1], scope)


def steps_of(nodes: Sequence[Node]) -> list[Node]:
    """The factors of a chain, with braces, and chains in it, opened."""
    found: list[Node] = []
    for node in nodes:
        body = node.body if isinstance(node, Brace) else node
        match body:
            case Call(Symbol("prod"), args) if len(args) > 1:
                found += steps_of(args)
            case Product(sign="dot" | "") if isinstance(node, Brace):
                found += [factor.node for factor in _flat(body)]
            case _:
                found.append(body)
    return found


def contracted(nodes: list[Derivative], scope: Scope) -> Tensor:
    """A chain of derivatives as one: Σ over the entries of what stands between."""
    if _linked(nodes[0], nodes[1]) < 0:
        nodes = nodes[::-1]
    raw, wrt = slope(nodes[0], scope)
    rank = raw.rank - _left(wrt, scope)
    for node in nodes[1:]:
        middle = raw.rank - rank
        other, wrt = slope(node, scope)
        inner = other.rank - _left(wrt, scope)
        if inner != middle:
            raise Misfit("the derivatives of a chain do not fit")
        raw = _contract(raw, other, middle)
    return form(raw, rank, wrt.turned, nodes[0], scope)


def _contract(left: Tensor, right: Tensor, middle: int) -> Tensor:
    axes = union(left, right)
    a, b = spread(left, axes), spread(right, axes)
    named = len(axes)
    outer, inner = a.shape[named : a.ndim - middle], b.shape[named + middle :]
    if a.shape[a.ndim - middle :] != b.shape[named : named + middle]:
        raise Misfit("the derivatives of a chain do not fit")
    size = int(np.prod(b.shape[named : named + middle]))
    x = a.reshape((*a.shape[:named], int(np.prod(outer)), size))
    y = b.reshape((*b.shape[:named], size, int(np.prod(inner))))
    data = np.matmul(x, y)
    return Tensor(data.reshape((*data.shape[:named], *outer, *inner)), axes)


__all__ = ["Literal", "Power", "own_of"]
