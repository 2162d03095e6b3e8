"""From the problem to its graph: named quantities in order, each with a formula and a shape."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Set
from functools import cached_property
from itertools import count
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.graph.habits import assume_ranks
from symgrad.graph.seeds import keep_directions, keep_seed
from symgrad.graph.shapes import CONSTANT_SHAPES, LITERAL, Derived, Settled, Shape, Sizes
from symgrad.graph.stretches import add_up
from symgrad.operations import operation
from symgrad.operations.record import ShapeMismatch
from symgrad.reading.formula import ParsedFormula
from symgrad.reading.problem import Problem, default_wrt
from symgrad.tree import ONE, Formula, Gradient, Name, Number, Op, Size, names, walk

SIZES = "nmkpqrd"
"""Letters for sizes nobody named."""
_CHECK = "check the shapes in 'given' and 'shapes'"


class Graph(Struct, frozen=True, dict=True):
    """Quantities in topological order, leaves, their shapes, and what is differentiated by what.

    A shape is a tuple of dimensions: names of sizes, or 1 where an axis is broadcast. ``sizes`` maps
    the dimensions whose size is known to it, ``derived`` says which dimensions follow from others.
    ``seed`` names the leaf that the gradient of ``of`` is; where it is empty that is 1, or ones.
    ``assumed`` names the leaves whose rank was inferred, ``auxiliary`` the quantities that were hidden.
    """

    quantities: Mapping[str, Formula]
    shapes: Mapping[str, Shape]
    sizes: Mapping[str, int]
    of: str
    wrt: tuple[str, ...]
    data: tuple[str, ...]
    seed: str = ""
    assumed: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()
    derived: tuple[tuple[Derived, str], ...] = ()
    _cache: dict[Formula, Shape] = field(default_factory=dict)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The names that no formula makes."""
        return tuple(name for name in self.shapes if name not in self.quantities)

    @cached_property
    def content(self) -> Hashable:
        """All that it says, in its order: graphs are equal whatever the order of their names."""
        values = (getattr(self, name) for name in self.__struct_fields__ if name != "_cache")
        return tuple(tuple(value.items()) if isinstance(value, Mapping) else value for value in values)

    def shape(self, formula: Formula) -> Shape:
        """The shape of any formula over the graph's names."""
        if formula not in self._cache:
            self._cache[formula] = self._shape(formula)
        return self._cache[formula]

    def _shape(self, formula: Formula) -> Shape:
        match formula:
            case Number() | Size():
                return ()
            case Name(id):
                return self.shapes[id]
            case Gradient(_, wrt):
                return self.shapes[wrt]
            case Op(name, args, options) if name in CONSTANT_SHAPES:
                return CONSTANT_SHAPES[name](dict(options), tuple(map(self.shape, args)))
            case Op(name, args, options):
                shapes = tuple(map(self.shape, args))
                return operation(name).shape(
                    Settled(known=dict(self.sizes), derived=dict(self.derived)), shapes, dict(options)
                )
        raise TypeError(f"no shape for {formula!r}")

    def consumers(self, name: str) -> tuple[str, ...]:
        """The quantities whose formula uses ``name``, in forward order."""
        return tuple(self._consumers.get(name, ()))

    @cached_property
    def _consumers(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quantity, formula in self.quantities.items():
            for name in names(formula):
                found.setdefault(name, []).append(quantity)
        return found

    def owner(self, name: str) -> str:
        """The quantity of the problem in whose formula a hidden part, or else a leaf, stands."""
        while (name in self.auxiliary or name not in self.quantities) and self.consumers(name):
            name = self.consumers(name)[0]
        return name

    def needed(self) -> tuple[str, ...]:
        """``of``, the quantities between it and the requested names, and those names, in backward order.

        A requested leaf follows the last quantity that uses it, as one would work it out by hand.
        """
        below = {self.of}
        for name in reversed(tuple(self.quantities)):
            if name in below:
                below.update(names(self.quantities[name]))
        above = set(self.wrt)
        for name, formula in self.quantities.items():
            if above & set(names(formula)):
                above.add(name)
        order: list[str] = []
        for name in reversed(tuple(self.quantities)):
            if name == self.of or name in below & above:
                order += [name, *(n for n in self.wrt if self.consumers(n)[:1] == (name,))]
        return tuple(dict.fromkeys([*order, *self.wrt]))


def build_graph(problem: Problem) -> Graph:
    """Infer all shapes and check them.

    Raises `InputError` with the formula, both shapes and a likely mend where something does not fit,
    `NotSupported` where an operation has no record yet.
    """
    sizes = Sizes()
    shapes = _leaf_shapes(problem, sizes)
    leaves = problem.leaves
    follow = {problem.seed, *(direction for _, direction in problem.along)}
    unknown = tuple(leaf for leaf in leaves if leaf not in shapes and leaf not in follow)
    sizes, shapes = assume_ranks(problem, sizes, shapes, unknown)
    keep_seed(problem, sizes, shapes)
    keep_directions(problem, sizes, shapes)
    _keep_facts(problem, sizes, shapes)
    add_up((parsed.formula for _, parsed in problem.forward), lambda f: _shape_of(f, shapes, sizes), sizes)
    _check_constants(problem, sizes, shapes, set(leaves))
    named = _name_dims(problem, sizes, shapes)
    order = [*leaves, *(name for name, _ in problem.forward)]
    settled = {name: tuple(named[sizes.resolve(d)] for d in shapes[name]) for name in order}
    known = {named[dim]: size for dim in named if (size := sizes.size(dim)) is not None and named[dim] != 1}
    return Graph(
        quantities={
            name: _rename_sizes(parsed.formula, shapes, sizes, named) for name, parsed in problem.forward
        },
        shapes=settled,
        sizes=known,
        of=problem.of,
        wrt=tuple(problem.wrt if problem.wrt is not None else default_wrt(problem)),
        data=tuple(problem.data),
        seed=problem.seed or "",
        assumed=unknown,
        derived=tuple(_derived(sizes, named)),
    )


def _keep_facts(problem: Problem, sizes: Sizes, shapes: Mapping[str, Shape]) -> None:
    """The two sides of a fact have one shape: S.T == S is of a square matrix."""
    for position, sides in enumerate(problem.assume):
        try:
            left, right = (_shape_of(side, shapes, sizes) for side in sides)
            for a, b in zip(left, right, strict=False):
                sizes.same(a, b)
        except ShapeMismatch as mismatch:
            message = f"the shapes do not fit in this fact: {mismatch}"
            raise InputError(message, place=problem.place("assume", position), hint=_CHECK) from None


def _shape_of(formula: Formula, shapes: Mapping[str, Shape], sizes: Sizes) -> Shape:
    match formula:
        case Name(id):
            return shapes[id]
        case Op(name, args, options) if name != "pi":
            parts = tuple(_shape_of(arg, shapes, sizes) for arg in args)
            return operation(name).shape(sizes, parts, dict(options))
    return ()


def _derived(sizes: Sizes, named: Mapping[Any, Any]) -> Iterator[tuple[Derived, str]]:
    """The derived dimensions under the names they have in the graph; a literal size may be any other."""
    for (kind, parts, sources), dim in sizes.derived.items():
        if kind == LITERAL:
            continue
        yield (kind, parts, tuple(named[sizes.resolve(s)] for s in sources)), named[sizes.resolve(dim)]


def _rename_sizes(
    formula: Formula, shapes: Mapping[str, Shape], sizes: Sizes, named: Mapping[Any, Any]
) -> Formula:
    def renamed(part: Formula) -> Formula:
        return _rename_sizes(part, shapes, sizes, named)

    match formula:
        case Size(id):
            dim = named[sizes.resolve(id)]
            return ONE if dim == 1 else Size(dim)
        case Op("onehot", args, options):
            sized = tuple((k, _renamed(v, sizes, named)) for k, v in options)
            return replace(formula, args=tuple(map(renamed, args)), options=sized)
        case Op("reshape", args):
            shape = _renamed(_shape_of(formula, shapes, sizes), sizes, named)
            return replace(formula, args=tuple(map(renamed, args)), options=(("shape", shape),))
        case Op(args=(), options=options):
            return replace(formula, options=tuple((k, _renamed(v, sizes, named)) for k, v in options))
        case Op(args=args):
            return replace(formula, args=tuple(map(renamed, args)))
    return formula


def _renamed(dims: Any, sizes: Sizes, named: Mapping[Any, Any]) -> Any:
    """The sizes of a constant array, as the graph calls them."""
    if isinstance(dims, tuple):
        return tuple(_renamed(dim, sizes, named) for dim in dims)
    return named[sizes.resolve(dims)]


def _constant_arrays(problem: Problem) -> Iterator[tuple[ParsedFormula, Op, tuple[int | str, ...]]]:
    """The constant arrays in the formulas, and the sizes that they are written with."""
    for _, parsed in problem.forward:
        for node in walk(parsed.formula):
            match node:
                case Op(args=(), options=((_, dims),)) | Op("onehot", options=((_, dims),)):
                    yield parsed, node, dims if isinstance(dims, tuple) else (dims,)
                case Op("reshape", options=((_, dims),)):
                    yield parsed, node, tuple(dim for dim in dims if isinstance(dim, str))


def _check_constants(problem: Problem, sizes: Sizes, shapes: Mapping[str, Shape], leaves: Set[str]) -> None:
    """A size in eye(n) is that of some leaf, or a known number; a quantity's name is no size."""
    known = {sizes.find(dim) for leaf in leaves for dim in shapes[leaf]}
    for parsed, node, dims in _constant_arrays(problem):
        for dim in dims:
            if dim in shapes:
                message, hint = f"'{dim}' is a quantity here, no size", "give the size another name"
            elif sizes.size(dim) is None and sizes.find(dim) not in known:
                message, hint = (
                    f"no array has the size '{dim}'",
                    "write the number, or name it under 'shapes'",
                )
            else:
                continue
            raise InputError(message, place=parsed.place_of(node), hint=hint)


def _leaf_shapes(problem: Problem, sizes: Sizes) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for name, value in problem.given.items():
        shapes[name] = tuple(sizes.new(f"{name}.{axis}", n) for axis, n in enumerate(value.shape))
    for name, shape in problem.shapes.items():
        declared = tuple(_declared(sizes, dim) for dim in shape)
        if name in shapes:
            for a, b in zip(shapes[name], declared, strict=True):
                sizes.same(b, a)
        shapes[name] = declared
    for counter in problem.repeat.open:
        sizes.new(counter.end, counter.last)
    for _, parsed in problem.forward:
        for node in walk(parsed.formula):
            if isinstance(node, Size):
                sizes.new(node.id)
    for _, _, dims in _constant_arrays(problem):
        for dim in dims:
            sizes.new(dim, dim if isinstance(dim, int) else None)
    return shapes


def _declared(sizes: Sizes, dim: int | str) -> Any:
    if isinstance(dim, str):
        return sizes.new(dim)
    return sizes.new(f"fixed {dim} {len(sizes.parent)}", dim)


# --- names for dimensions -----------------------------------------------------------------------------


def _name_dims(problem: Problem, sizes: Sizes, shapes: Mapping[str, Shape]) -> dict[Any, Any]:
    """A name for each dimension: the user's where there is one, else letters not used elsewhere."""
    constants = tuple(dim for _, _, dims in _constant_arrays(problem) for dim in dims)
    named: dict[Any, Any] = {1: 1}
    for dim in stated_dimensions(problem):
        named.setdefault(sizes.resolve(dim), dim)
    taken = set(shapes) | set(named.values())
    letters = _size_letters(taken, problem.letters)
    for dims in (*shapes.values(), constants, tuple(sizes.derived.values())):
        for dim in dims:
            resolved = sizes.resolve(dim)
            if resolved not in named:
                named[resolved] = next(letters)
    for dim in list(sizes.parent):
        named.setdefault(sizes.resolve(dim), sizes.resolve(dim))
    return named


def stated_dimensions(problem: Problem) -> tuple[str, ...]:
    """The names of sizes that the problem file writes, each once; other sizes get names of our choice."""
    constants = tuple(dim for _, _, dims in _constant_arrays(problem) for dim in dims)
    shapes = (*problem.shapes.values(), constants)
    return tuple(dict.fromkeys(dim for shape in shapes for dim in shape if isinstance(dim, str)))


def _size_letters(taken: Set[Any], seen: Set[str]) -> Iterator[str]:
    """Letters that name nothing and stand nowhere; then n_1, …, of a letter that has no entries."""
    yield from (letter for letter in SIZES if letter not in taken | seen)
    stem = next((letter for letter in SIZES if letter not in taken), "size")
    yield from (size for number in count(1) if (size := f"{stem}_{number}") not in taken)
