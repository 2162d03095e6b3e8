r"""Names that the problem writes as calls, out(h_1), \log b: each is that name, out(h_i) one of several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial

from msgspec import Struct

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.errors import SymgradError
from symgrad.submission.read import read_maths
from symgrad.submission.written import Call, Node, Symbol, transform

_WORD = re.compile(r"(?:^|[^\\A-Za-z_^{])([A-Za-z]{2,})")


class _Called(Struct, frozen=True):
    """Names by head and arguments, and the stems of those whose argument has their number: oy of oy1."""

    names: Mapping[tuple[Symbol, tuple[Node, ...]], str]
    stems: Mapping[tuple[Symbol, str], str]


def words_in(write: Mapping[str, str]) -> Iterator[str]:
    """The words that the problem writes names with, but for labels: the ``out`` of out(h_1)."""
    for latex in write.values():
        yield from _WORD.findall(latex)


def as_names(node: Node, known: Dictionary) -> Node:
    """The name of the problem that is written with these brackets; else the node."""
    if not isinstance(node, Call) or not node.args:
        return node
    table = _table(tuple(known.model.problem.write.items()))
    argument = node.args[0]
    name = table.names.get((node.head, node.args))
    if name is not None and len(node.args) > 1:
        return Symbol(name, span=node.span)
    if name is not None:
        stem = name.rstrip("0123456789")
        if table.stems.get((node.head, _base(argument))) == stem and isinstance(argument, Symbol):
            return Symbol(stem, argument.sub, span=node.span, indices=argument.indices)
        return Symbol(name, span=node.span)
    match argument:
        case Symbol(_, sub, (), (), _, (Symbol(),) as places) if sub and len(node.args) == 1:
            several = table.stems.get((node.head, argument.base))
            if several is not None:
                return Symbol(several, sub, span=node.span, indices=places)
    return node


def _base(node: Node) -> str:
    return node.base if isinstance(node, Symbol) else ""


@lru_cache(maxsize=8)
def _table(write: tuple[tuple[str, str], ...]) -> _Called:
    names: dict[tuple[Symbol, tuple[Node, ...]], str] = {}
    stems: dict[tuple[Symbol, str], set[str]] = {}
    words = tuple(words_in(dict(write)))
    for name, latex in write:
        if not ("(" in latex or " " in latex):
            continue
        try:
            node = read_maths(latex, words)
        except SymgradError:
            continue  # what cannot be read is still found by its name in the file
        match node:
            case Call(head, (_, _, *_) as arguments):
                names[head, arguments] = name
            case Call(head, (argument,)):
                names[head, (argument,)] = name
                stem = name.rstrip("0123456789")
                numbered = isinstance(argument, Symbol) and stem + argument.sub == name != stem
                stems.setdefault((head, _base(argument)), set()).add(stem if numbered else "")
    single = {key: found.pop() for key, found in stems.items() if len(found) == 1 and "" not in found}
    inner = {
        (head, tuple(transform(argument, partial(_named, names)) for argument in arguments)): name
        for (head, arguments), name in names.items()
    }
    return _Called({**names, **inner}, single)


def _named(names: Mapping[tuple[Symbol, tuple[Node, ...]], str], node: Node) -> Node:
    """G(z) of D(G(z)), which is a name by itself."""
    match node:
        case Call(head, arguments) if (head, arguments) in names:
            return Symbol(names[head, arguments])
    return node
