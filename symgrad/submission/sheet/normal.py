"""The lines of a sheet in one spelling: subscripts without commas, layers as marks, h(x) as h."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from symgrad.submission.lines import Line, Submission
from symgrad.submission.read import read_submission
from symgrad.submission.sheet import functions
from symgrad.submission.sheet.indices import text_of
from symgrad.submission.sheet.substitution import substituted
from symgrad.submission.written import (
    Brace,
    Call,
    Literal,
    Negative,
    Node,
    Power,
    Product,
    Subtract,
    Symbol,
    parts,
    transform,
    walk,
)

_WORD = re.compile(r"[A-Za-z]{2,}")


def with_words(submission: Submission) -> Submission:
    """The submission read anew with the names of several letters that its left sides show: Co = (a − y)²."""
    words = {word for line in submission.lines for word in _words(line, submission)}
    if not words:
        return submission
    again = read_submission(submission.text, submission.name.removesuffix(".ipynb"), words)
    return replace(submission, lines=again.lines)


def _words(line: Line, submission: Submission) -> Iterator[str]:
    for side in line.sides[:-1]:
        word = re.sub(r"\\(?:mathrm|mathit|text|operatorname)|[{}\s]", "", side.latex)
        if isinstance(side.node, Product) and _WORD.fullmatch(word) and _is_run(side.node, word):
            others = (n for other in submission.lines if word not in other.latex for n in _symbols(other))
            known = {symbol.base for symbol in others}
            if not known.issuperset(word):
                yield word


def _is_run(node: Node, word: str) -> bool:
    letters = [part for part in walk(node) if not isinstance(part, Product)]
    return letters == [Symbol(letter) for letter in word]


def _symbols(line: Line) -> Iterator[Symbol]:
    for node in nodes(line):
        yield from (part for part in walk(node) if isinstance(part, Symbol))


def nodes(line: Line) -> Iterator[Node]:
    """The sides of a line that could be read."""
    yield from (side.node for side in line.sides if side.node is not None)


def normal(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines in one spelling."""
    lines = tuple(_changed(line, _plain) for line in lines)
    named = any(Symbol("e") in nodes(line) for line in lines)
    lines = tuple(_changed(line, lambda node: _exponential(node, named)) for line in lines)
    inside = [part for line in lines for node in nodes(line) for part in walk(node)]
    layered = {part.body.base for part in inside if _is_layer(part)}  # type: ignore[union-attr]
    if layered:
        lines = tuple(_changed(line, lambda node: _raised(node, layered)) for line in lines)
    quantities = _of_arguments(lines)
    return tuple(_changed(line, lambda node: _without_arguments(node, quantities)) for line in lines)


def _changed(line: Line, change: Callable[[Node], Node]) -> Line:
    sides = tuple(
        side if side.node is None else replace(side, node=transform(side.node, change)) for side in line.sides
    )
    return replace(line, sides=sides)


def _plain(node: Node) -> Node:
    match node:
        case Brace(body):
            return body
        case Symbol(indices=low) if low:
            return replace(node, sub="".join(map(text_of, low)))
        case Power(Call(Symbol("tan") as head, (arg,)), Negative(Literal(one)) as exponent) if one == 1:
            if exponent.span.start < arg.span.start:  # tan⁻¹(z), and not tan(z)⁻¹
                return Call(replace(head, base="arctan"), (arg,), span=node.span)
    return node


def _exponential(node: Node, named: bool) -> Node:
    """eˣ as exp(x); a number above an e that is ``named`` something else in the sheet is a power."""
    match node:
        case Power(Symbol("e", "", (), ()), raised) if not (named and isinstance(raised, Literal)):
            return Call(Symbol("exp"), (raised,), span=node.span)
    return node


def _is_layer(node: Node) -> bool:
    """W^1 is no power, and so no other number on W is one; z^l with l − 1 beside it neither."""
    match node:
        case Power(Symbol(), Literal(value)):
            return value == 1
        case Power(Symbol(), Subtract(Symbol("l" | "k" | "t", "", (), ()), Literal(value))):
            return value == 1
    return False


def _raised(node: Node, layered: set[str]) -> Node:
    match node:
        case Power(Symbol() as body, Literal() | Symbol("l" | "k" | "t") | Subtract() as high) if (
            body.base in layered
        ):
            marks = (*body.marks, f"({text_of(high)})")
            return replace(body, marks=marks, raised=(*body.raised, high), span=node.span)
    return node


# --- h(x), where it is a quantity that depends on x -----------------------------------------------------


def _of_arguments(lines: tuple[Line, ...]) -> dict[Symbol, tuple[Node, ...]]:
    """Heads that are never applied to anything but what they are defined with: h of h(x), J of J(w, b)."""
    defined: dict[Symbol, tuple[Node, ...]] = {}
    applied: dict[Symbol, set[tuple[Node, ...]]] = {}
    for line in lines:
        for n, side in enumerate(nodes(line)):
            if n == 0 and is_called(side):
                defined.setdefault(side.head, side.args)  # type: ignore[union-attr]
                continue
            for part in _outer(side):
                if isinstance(part, Call):
                    applied.setdefault(part.head, set()).add(part.args)
    return {head: args for head, args in defined.items() if applied.get(head, set()) <= {args}}


def _outer(node: Node) -> Iterator[Node]:
    yield node
    for part in parts(node):
        if not (isinstance(node, Call) and part is node.head):
            yield from _outer(part)


def is_called(node: Node) -> bool:
    """J(w, b): a name that everybody knows as none of a function, with names in brackets."""
    match node:
        case Call(head, args):
            fixed = functions.plain(head.base) in functions.FIXED or functions.is_function(head)
            return not fixed and all(isinstance(arg, Symbol) for arg in args)
    return False


def _without_arguments(node: Node, quantities: dict[Symbol, tuple[Node, ...]]) -> Node:
    match node:
        case Call(head, args) if quantities.get(head) == args:
            return replace(head, span=node.span)
    return node


def applied(body: Node, parameters: tuple[Symbol, ...], args: tuple[Node, ...]) -> Node:
    """A function's body with arguments in place of its parameters."""
    for parameter, arg in zip(parameters, args, strict=False):
        body = substituted(body, parameter.base, arg) if parameter == Symbol(parameter.base) else body
    return body
