"""Mutants: single small changes of a source text, each at the place of one node of its syntax tree.

The text is changed between two offsets and nowhere else, so that a mutant reads as the file does. Not
changed is what no test should pin down: annotations and type aliases, messages (all that is raised, and
all text that is no key), decorators, `__repr__`, and limits: numbers above `LARGEST`, and `EFFORT`.
"""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

LARGEST = 12
"""Of whole numbers that are changed by one: a limit of 10001 instead of 10000 is no fault."""


class Edit(NamedTuple):
    """The bytes from ``start`` to ``end`` become ``text``; ``place``: the smallest whole node around them."""

    operator: str
    start: int
    end: int
    text: bytes
    place: tuple[int, int]


class Source:
    """A Python file as bytes, and where its nodes stand in them."""

    def __init__(self, data: bytes):
        self.data = data
        self.tree = ast.parse(data)
        self._lines = [0]
        for line in data.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The offsets of a node's first byte and of that behind its last."""
        start = self._lines[node.lineno - 1] + node.col_offset
        return start, self._lines[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.AST) -> bytes:
        return self.data[slice(*self.span(node))]

    def line(self, offset: int) -> int:
        return self.data.count(b"\n", 0, offset) + 1

    def lines(self, edit: Edit) -> tuple[int, int]:
        """The offsets of the lines of an edit."""
        end = self.data.find(b"\n", edit.end)
        return self.data.rfind(b"\n", 0, edit.start) + 1, len(self.data) if end < 0 else end

    def with_edit(self, edit: Edit) -> bytes:
        return self.data[: edit.start] + edit.text + self.data[edit.end :]


# Operators: each takes a node of its type, and yields what may be changed there.

SIGNS = {
    ast.Lt: (b"<", b"<="), ast.LtE: (b"<=", b"<"), ast.Gt: (b">", b">="), ast.GtE: (b">=", b">"),
    ast.Eq: (b"==", b"!="), ast.NotEq: (b"!=", b"=="),
    ast.Is: (b"is", b"is not"), ast.IsNot: (b"is not", b"is"),
    ast.In: (b"in", b"not in"), ast.NotIn: (b"not in", b"in"),
    ast.Add: (b"+", b"-"), ast.Sub: (b"-", b"+"), ast.Mult: (b"*", b"/"), ast.Div: (b"/", b"*"),
    ast.FloorDiv: (b"//", b"*"), ast.Mod: (b"%", b"*"), ast.Pow: (b"**", b"*"), ast.MatMult: (b"@", b"*"),
    ast.BitOr: (b"|", b"&"), ast.BitAnd: (b"&", b"|"), ast.And: (b"and", b"or"), ast.Or: (b"or", b"and"),
}  # fmt: skip
EVEN = {
    "max", "min", "gcd", "isclose", "allclose", "array_equal", "maximum", "minimum", "Add", "Mul", "union",
    "logaddexp", "isinstance", "issubclass", "getattr", "map", "filter", "replace",
}  # fmt: skip
"""Functions that do not care about the order of their arguments, or cannot run with another one."""


def _sign(source: Source, name: str, sign: ast.AST, whole: ast.AST, *sides: ast.AST) -> Iterator[Edit]:
    """The sign between two operands, by another."""
    left, right = sides
    start, end = source.span(left)[1], source.span(right)[0]
    old, new = SIGNS.get(type(sign), (b"", b""))
    if old and (at := source.data.find(old, start, end)) >= 0:
        yield Edit(name, at, at + len(old), new, source.span(whole))


def _compare(source: Source, node: ast.Compare) -> Iterator[Edit]:
    operands = [node.left, *node.comparators]
    for sign, left, right in zip(node.ops, operands, operands[1:], strict=False):
        yield from _sign(source, "comparison", sign, node, left, right)
        if isinstance(right, ast.Constant) and isinstance(sign, ast.Eq | ast.NotEq | ast.In):
            yield from _key(source, right)


def _arithmetic(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    yield from _sign(source, "arithmetic", node.op, node, node.left, node.right)


def _junction(source: Source, node: ast.BoolOp) -> Iterator[Edit]:
    for left, right in pairwise(node.values):
        yield from _sign(source, "and/or", node.op, node, left, right)


def _unary(source: Source, node: ast.UnaryOp) -> Iterator[Edit]:
    word = {ast.Not: b"not", ast.USub: b"-"}.get(type(node.op))
    if word:
        start, end = source.span(node)
        yield Edit("unary", start, start + len(word), b"", (start, end))


def _condition(source: Source, node: ast.AST) -> Iterator[Edit]:
    for test in node.ifs if isinstance(node, ast.comprehension) else [node.test]:
        if not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
            yield Edit("condition", *(span := source.span(test)), b"not (%b)" % source.text(test), span)


def _constant(source: Source, node: ast.Constant) -> Iterator[Edit]:
    value, span = node.value, source.span(node)
    if isinstance(value, bool):
        yield Edit("constant", *span, str(not value).encode(), span)
    elif isinstance(value, int) and value <= LARGEST:
        yield Edit("constant", *span, str(value + 1).encode(), span)
        yield Edit("constant", *span, (b"%d" if value else b"(%d)") % (value - 1), span)
    elif isinstance(value, float):
        yield Edit("constant", *span, repr(value + 1).encode(), span)


def _key(source: Source, node: ast.AST | None) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        span = source.span(node)
        yield Edit("key", *span, ascii(node.value + "_").encode(), span)


def _subscript(source: Source, node: ast.Subscript) -> Iterator[Edit]:
    yield from _key(source, node.slice)


def _arguments(source: Source, node: ast.Call) -> Iterator[Edit]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if len(node.args) < 2 or any(isinstance(arg, ast.Starred) for arg in node.args[:2]) or name in EVEN:
        return
    (start, middle), (other, end) = map(source.span, node.args[:2])
    first, between, second = source.data[start:middle], source.data[middle:other], source.data[other:end]
    if first != second:
        yield Edit("arguments", start, end, second + between + first, source.span(node))


PARTS = ast.Name | ast.Attribute | ast.Subscript | ast.Starred | ast.Slice | ast.BinOp | ast.IfExp
"""What stands in a tuple that is no table but several values at once: without one of them nothing runs."""


def _elements(source: Source, node: ast.AST) -> Iterator[Edit]:
    """A display without one of its elements."""
    parts = node.keys if isinstance(node, ast.Dict) else node.elts
    ends = node.values if isinstance(node, ast.Dict) else node.elts
    if isinstance(node, ast.Dict):
        for key in parts:
            yield from _key(source, key)
    if len(parts) < 2 or None in parts or isinstance(getattr(node, "ctx", None), ast.Store):
        return
    if isinstance(node, ast.Tuple) and any(isinstance(part, PARTS) for part in parts):
        return
    spans = [(source.span(a)[0], source.span(b)[1]) for a, b in zip(parts, ends, strict=True)]
    for (start, _), (following, _) in pairwise(spans):
        yield Edit("element", start, following, b"", source.span(node))
    yield Edit("element", *spans[-1], b"", source.span(node))


EMPTY = {
    "bool": b"not (%b)", "int": b"(%b) + 1", "float": b"(%b) + 1", "str": b'""', "tuple": b"()",
    "list": b"[]", "dict": b"{}", "set": b"set()", "frozenset": b"frozenset()",
}  # fmt: skip
"""What is returned instead, by the type that a function says it returns; None for others."""


def _returned(source: Source, node: ast.FunctionDef) -> Iterator[Edit]:
    said = node.returns.value if isinstance(node.returns, ast.Subscript) else node.returns
    form = EMPTY.get(getattr(said, "id", ""), b"None")
    for inner in _own(node):
        if isinstance(inner, ast.Return) and inner.value:
            span, text = source.span(inner.value), source.text(inner.value)
            yield Edit("returned", *span, form % text if b"%b" in form else form, span)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a function and in no function of its own."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)


def _removed(source: Source, node: ast.stmt) -> Iterator[Edit]:
    if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call):
        span = source.span(node)
        yield Edit("statement", *span, b"pass", span)


OPERATORS: dict[type, Callable[[Source, ast.AST], Iterator[Edit]]] = {
    ast.Compare: _compare, ast.BinOp: _arithmetic, ast.BoolOp: _junction, ast.UnaryOp: _unary,
    ast.If: _condition, ast.IfExp: _condition, ast.While: _condition, ast.comprehension: _condition,
    ast.Constant: _constant, ast.Subscript: _subscript, ast.Call: _arguments, ast.FunctionDef: _returned,
    ast.Dict: _elements, ast.Set: _elements, ast.List: _elements, ast.Tuple: _elements,
    ast.Expr: _removed, ast.AugAssign: _removed, ast.Raise: _removed, ast.Continue: _removed,
}  # fmt: skip
SKIPPED = {"annotation", "returns", "decorator_list", "pattern", "exc", "cause"}
QUIET_KEYWORDS = {"strict", "maxsize", "message", "hint"}
EFFORT = ("MOST", "MAX")
"""How the names of limits begin: 9 tries instead of 8 are as good."""
QUIET_NAMES = {"__all__", "__repr__", "__slots__", "TYPE_CHECKING"}


def _shown(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node in which a mutant counts."""
    for name, value in ast.iter_fields(node):
        if name in SKIPPED or (isinstance(node, ast.ClassDef) and name in ("keywords", "bases")):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not _quiet(part):
                yield part


def _quiet(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr():  # 3.11 does not know where its parts stand
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")) | ast.Call(func=ast.Name(id="TypeVar")):
            return True
        case ast.keyword(arg=name) if name in QUIET_KEYWORDS:
            return True
        case ast.FunctionDef(name=name) | ast.If(test=ast.Name(id=name)):
            return name in QUIET_NAMES
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in QUIET_NAMES or name.startswith(EFFORT)
    return False


def edits(source: Source) -> list[Edit]:
    """All mutants of a file, by their places; a change that would leave the file as it is is none."""
    found: set[Edit] = set()
    todo: list[ast.AST] = [source.tree]
    while todo:
        node = todo.pop()
        if operator := OPERATORS.get(type(node)):
            found.update(operator(source, node))
        todo.extend(_shown(node))
    return sorted(found, key=lambda e: (e.start, e.end, e.text))


def changes(source: Source, edit: Edit) -> bool:
    """Whether a mutant is Python, and other Python than before."""
    try:
        tree = ast.parse(source.with_edit(edit))
    except SyntaxError:
        return False
    return ast.dump(tree) != ast.dump(source.tree)


def owner(source: Source, edit: Edit) -> str | None:
    """What a place outside all functions defines (a table, mostly); None for a place in a function."""
    if any(_inside(source, edit, function) for function in _functions(source)):
        return None
    for node in source.tree.body:
        start, end = source.span(node)
        if start <= edit.start < end:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", node)
            return getattr(target, "id", getattr(target, "name", ""))
    return ""


def probed(source: Source, probes: list[tuple[int, Edit]], tables: list[tuple[int, str]] = ()) -> bytes:
    """The file, which says of each place of a mutant when it is reached; behaves as before.

    A table is reached by the functions that speak of it: ``tables`` holds numbers of mutants and names.
    """
    inserted: list[tuple[int, int, bytes]] = []
    for number, edit in probes:
        if edit.operator == "statement":
            inserted.append((edit.place[0], -edit.place[1] - 1, _call(number) + b"; "))
        else:
            inserted.extend(_wrapped(edit.place, _call(number)))
    for number, table in tables:
        for function in _functions(source):
            if re.search(rb"\b%b\b" % table.encode(), source.text(function)):
                inserted.extend(_entry(source, function, _call(number)))
    data = source.data
    # Outer places open before inner ones at the same offset, and close behind them.
    for at, _, text in sorted(inserted, key=lambda i: (i[0], i[1]), reverse=True):
        data = data[:at] + text + data[at:]
    return data


def _functions(source: Source) -> list[ast.FunctionDef | ast.Lambda]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]


def _call(number: int) -> bytes:
    return b"__import__('reached').hit(%d)" % number


def _inside(source: Source, edit: Edit, function: ast.FunctionDef | ast.Lambda) -> bool:
    body = function.body if isinstance(function.body, list) else [function.body]
    return source.span(body[0])[0] <= edit.start < source.span(body[-1])[1]


def _wrapped(place: tuple[int, int], call: bytes) -> list[tuple[int, int, bytes]]:
    start, end = place
    return [(start, -end, b"(" + call + b" or ("), (end, -start, b"))")]


def _entry(
    source: Source, function: ast.FunctionDef | ast.Lambda, call: bytes
) -> Iterator[tuple[int, int, bytes]]:
    if isinstance(function, ast.Lambda):
        yield from _wrapped(source.span(function.body), call)
        return
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if body and not getattr(body[0], "decorator_list", None):
        start = source.span(body[0])[0]
        yield start, -len(source.data), call + b"\n" + b" " * body[0].col_offset
