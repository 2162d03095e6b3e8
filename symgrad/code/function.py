"""A whole function in NumPy: its source text, checked and compiled.

What runs is text of our own: identifiers come from `symgrad.code.identifiers`, numbers are written by
`symgrad.code.writer`, and there is no string in it. `check` reads the finished text once more, as
Python does, and lets through nothing but arithmetic, NumPy and the functions it was told of.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.code import library
from symgrad.code.entries import write_entries
from symgrad.code.identifiers import Identifiers
from symgrad.code.rules import NAMED, RULES
from symgrad.code.writer import Text, Writer
from symgrad.errors import NotSupported
from symgrad.graph import Graph
from symgrad.graph.shapes import LITERAL, Shape
from symgrad.operations.record import Numbers
from symgrad.tree import Formula, Gradient, Name, names

MAIN = "forward_and_backward"
HEAD = "import math\n\nimport numpy as np\n"


class Line(Struct, frozen=True):
    """One value to compute: what it is of, the formula, its shape, and the letters of an index formula."""

    target: Name | Gradient
    formula: Formula
    shape: Shape
    letters: tuple[str, ...] | None = None


class Function(Struct, frozen=True, dict=True):
    """A function from arrays, in the order of ``leaves``, to the values of ``lines``.

    With ``fixed`` sizes they stand in the code as numbers; else they are read from the arrays, and the
    function works for all sizes.
    """

    graph: Graph
    leaves: tuple[str, ...]
    lines: tuple[Line, ...]
    fixed: bool = False

    @classmethod
    def of_lines(cls, graph: Graph, lines: tuple[Line, ...]) -> Function:
        """The function from the leaves that the lines use, of fixed sizes."""
        used = {name for line in lines for name in names(line.formula)}
        return cls(graph, tuple(leaf for leaf in graph.leaves if leaf in used), lines, fixed=True)

    @cached_property
    def source(self) -> str:
        """The text of a module that holds the function and all it calls; it needs NumPy alone."""
        code = self._code
        helpers = [text for name, text in library_texts().items() if name in _closure(code.library)]
        return "\n\n".join([HEAD, *(f"{text}\n" for text in helpers), f"{code.text}"])

    @cached_property
    def call(self) -> Callable[..., tuple[Numbers, ...]]:
        """The function itself, compiled from its text."""
        code = self._code
        functions = {name: vars(library)[name] for name in code.library}
        tree = check(code.text, code.identifiers | functions.keys())
        namespace: dict[str, Any] = {"__builtins__": {}, "np": np, **functions}
        exec(compile(tree, "<symgrad>", "exec"), namespace)
        found: Callable[..., tuple[Numbers, ...]] = namespace[MAIN]
        return found

    @cached_property
    def _code(self) -> _Code:
        return _written(self)


class _Code(Struct, frozen=True):
    """The generated functions: their text, the identifiers in it, the library functions it calls."""

    text: str
    identifiers: frozenset[str]
    library: frozenset[str]


def _written(function: Function) -> _Code:
    graph, known = function.graph, library_texts()
    identifiers = Identifiers(["np", "math", MAIN, *known])
    names: dict[Formula, str] = {Name(leaf): identifiers.new(leaf) for leaf in function.leaves}
    for line in function.lines:
        target = line.target
        names[target] = identifiers.new(target.id if isinstance(target, Name) else f"d{target.wrt}")
    dims = {dim: identifiers.new(dim) for dim in _all_dims(graph)}
    writer = Writer(RULES, graph.shape, names, dims, identifiers)
    computed = [(line, _line(writer, line)) for line in function.lines]
    sizes = _sizes(function, writer)
    body = [*_shapes(function, writer), *sizes, *_passes(computed), _return(function, writer)]
    head = f"def {MAIN}({', '.join(names[Name(leaf)] for leaf in function.leaves)}):"
    main = "\n".join([head, *(f"    {text}" if text else "" for text in body)])
    made = [f"def {name}({', '.join(args)}):\n    return {text}" for name, args, text in writer.made.values()]
    parameters = {arg for _, args, _ in writer.made.values() for arg in args}
    text = "\n\n\n".join([*made, main]) + "\n"
    return _Code(text, frozenset(identifiers.taken | parameters), frozenset(writer.library))


def _all_dims(graph: Graph) -> Iterable[str]:
    """Every dimension that has a name: of shapes, with a known size, and derived ones."""
    shaped = (dim for shape in graph.shapes.values() for dim in shape)
    derived = (name for _, name in graph.derived)
    return (dim for dim in dict.fromkeys((*shaped, *graph.sizes, *derived)) if isinstance(dim, str))


def _line(writer: Writer, line: Line) -> str:
    """``u = W @ x + b``, with the shape the value must have."""
    text = _value(writer, line).text
    return f"{writer.names[line.target]} = {text}"


def _value(writer: Writer, line: Line) -> Text:
    if line.letters is not None:
        return write_entries(writer, line.formula, tuple(zip(line.letters, line.shape, strict=True)))
    text, own = writer.array(line.formula), writer.shape(line.formula)
    if own == line.shape:
        return text
    spread = "full" if own == () else "broadcast_to"
    parts = (writer.dimensions(line.shape), text.text)
    return Text(f"np.{spread}({', '.join(parts if spread == 'full' else parts[::-1])})")


def _passes(computed: list[tuple[Line, str]]) -> Iterator[str]:
    """The lines of the code, those of the backward pass apart, each with its shape beside it."""
    for kind, title in ((Name, "forward"), (Gradient, "backward")):
        lines = [text for line, text in computed if isinstance(line.target, kind)]
        if lines:
            yield ""
            yield f"# {title} pass"
            yield from lines


def _shapes(function: Function, writer: Writer) -> Iterator[str]:
    """A comment with the shape of every array, so that the code can be read."""
    for name in (
        *function.leaves,
        *(line.target.id for line in function.lines if isinstance(line.target, Name)),
    ):
        shape = function.graph.shapes[name]
        if shape:
            letters = ", ".join("1" if dim == 1 else writer.dims[dim] for dim in shape)
            yield f"# {writer.names[Name(name)]}: {letters}"


def _return(function: Function, writer: Writer) -> str:
    groups = []
    for kind in (Name, Gradient):
        names = [writer.names[line.target] for line in function.lines if isinstance(line.target, kind)]
        groups.append(f"({', '.join(names)}{',' if len(names) == 1 else ''})")
    return f"return {', '.join(groups)}"


# --- sizes --------------------------------------------------------------------------------------------

LENGTH_TEXTS: Mapping[str, Callable[[tuple[Any, ...], list[str]], str]] = {
    "range": lambda parts, sizes: f"stretch({sizes[0]}, {parts[0]}, {parts[1]})",
    **dict.fromkeys(("count", LITERAL), lambda parts, sizes: str(parts[0])),
    "sum": lambda parts, sizes: " + ".join(sizes),
    "product": lambda parts, sizes: " * ".join(sizes),
    "window": lambda parts, sizes: f"({sizes[0]} + {2 * parts[1]} - {sizes[1]}) // {parts[0]} + 1",
    "pool": lambda parts, sizes: f"({sizes[0]} - {parts[0]}) // {parts[1]} + 1",
}
"""`symgrad.graph.shapes.LENGTHS` as source text."""


def _sizes(function: Function, writer: Writer) -> list[str]:
    """The sizes that the lines use, each after those it follows from."""
    texts: dict[Any, str] = {}
    for dim in sorted(writer.sized, key=writer.dims.__getitem__):
        _size(function, writer, dim, texts)
    return [f"{writer.dims[dim]} = {text}" for dim, text in texts.items()]


def _size(function: Function, writer: Writer, dim: Any, texts: dict[Any, str]) -> None:
    graph = function.graph
    if dim in texts or dim == 1:
        return
    if function.fixed:
        texts[dim] = str(graph.sizes[dim])
        return
    for leaf in function.leaves:
        if dim in graph.shapes[leaf]:
            texts[dim] = f"{writer.names[Name(leaf)]}.shape[{graph.shapes[leaf].index(dim)}]"
            return
    for (kind, parts, sources), derived in graph.derived:
        if derived == dim:
            for source in sources:
                _size(function, writer, source, texts)
            if kind == "range":
                writer.library.add("stretch")
            texts[dim] = LENGTH_TEXTS[kind](parts, [writer.dim(source) for source in sources])
            return
    if dim in graph.sizes:
        texts[dim] = str(graph.sizes[dim])
        return
    raise NotSupported(f"the size '{dim}' cannot be read from any array", hint="give the sizes as numbers")


# --- the library's text, and the check -----------------------------------------------------------------


@cache
def library_texts() -> Mapping[str, str]:
    """The library's functions by name, without the types of their arguments."""
    texts = {}
    for node in ast.parse(inspect.getsource(library)).body:
        if isinstance(node, ast.FunctionDef):
            for argument in node.args.args:
                argument.annotation = None
            node.returns = None
            texts[node.name] = ast.unparse(node)
    return texts


def _closure(names: Iterable[str]) -> set[str]:
    """The functions named, and those they call."""
    texts, found, waiting = library_texts(), set(), list(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        used = {node.id for node in ast.walk(ast.parse(texts[name])) if isinstance(node, ast.Name)}
        waiting += (used & texts.keys()) - found
    return found


ALLOWED = (
    *(
        ast.Module,
        ast.FunctionDef,
        ast.arguments,
        ast.arg,
        ast.Return,
        ast.Assign,
        ast.Tuple,
        ast.List,
        ast.Load,
        ast.Store,
    ),
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Call, ast.keyword),
    *(ast.BinOp, ast.UnaryOp, ast.Compare, ast.operator, ast.unaryop, ast.cmpop),
)
ATTRIBUTES = frozenset({"T", "shape", "reshape"})
NUMPY = frozenset(
    (
        *("broadcast_shapes", "broadcast_to", "diagonal", "expand_dims", "eye", "float64", "full", "inf"),
        *("linalg", "nan", "ones", "pi", "shape", "squeeze", "transpose", "tri"),
    )
)
"""What generated code may take from NumPy, beside what the operations name."""


def check(text: str, identifiers: frozenset[str] | set[str]) -> ast.Module:
    """The syntax tree of generated code. Raises ValueError for anything it has no reason to hold.

    Allowed are arithmetic, assignments, calls of the functions in `NUMPY` and of ``identifiers``, numbers
    and None: no text, no other name, no import, no loop, no attribute but ``.T`` and shapes.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if not isinstance(node, ALLOWED) or not _allowed(node, identifiers):
            raise ValueError(f"generated code must not hold {ast.dump(node)}")
    return tree


def _allowed(node: ast.AST, identifiers: frozenset[str] | set[str]) -> bool:
    match node:
        case ast.Constant(value=value):
            return value is None or isinstance(value, int | float)
        case ast.Name(id=name) | ast.arg(arg=name):
            return name in identifiers
        case ast.Attribute(attr=name):
            return name in (NUMPY | NAMED.keys() if _is_numpy(node.value) else ATTRIBUTES)
        case ast.FunctionDef():
            return not node.decorator_list
    return True


def _is_numpy(node: ast.expr) -> bool:
    match node:
        case ast.Name("np") | ast.Attribute(ast.Name("np"), "linalg"):
            return True
    return False
