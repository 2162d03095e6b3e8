"""The functions that a sheet explains itself, or uses and does not explain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from symgrad.submission.sheet import functions
from symgrad.submission.sheet.names import GREEK
from symgrad.submission.sheet.normal import applied
from symgrad.submission.sheet.statements import Definition, Statements, is_list, names
from symgrad.submission.written import Call, Node, Symbol, walk


def own_functions(stated: Statements) -> dict[Symbol, Definition | None]:
    """The sheet's own functions, with what it says they are."""
    rules = {item.target: item for item in reversed(stated.definitions) if item.parameters and item.body}
    plainly = {item.target for item in stated.definitions if not item.parameters}
    defined = plainly | {item.target for item in stated.shown}
    bodies = [item.body for item in stated.definitions if item.body is not None and not is_list(item.body)]
    alone = {part for body in bodies for part in names_alone(body)}
    found: dict[Symbol, Definition | None] = {}
    for body in bodies:
        for part in walk(body):
            if not isinstance(part, Call) or part.head in defined:
                continue
            head = part.head
            if head in rules and functions.plain(head.base) not in functions.FIXED:
                found[head] = rules[head]
            elif not functions.is_function(head) and head.base[:1] != "#" and _is_unspecified(part, alone):
                found[head] = None
    return found


def names_alone(node: Node) -> Iterator[Symbol]:
    """The symbols in a formula that are applied to nothing."""
    heads = [id(part.head) for part in walk(node) if isinstance(part, Call)]
    yield from (part for part in walk(node) if isinstance(part, Symbol) and id(part) not in heads)


def _is_unspecified(call: Call, alone: set[Symbol]) -> bool:
    """f(z) of a sheet that says no more of f; nobody writes h(x) for a product of two names."""
    base = call.head.base
    if len(base) > 1 and base not in GREEK:
        return False
    return base in functions.UNSPECIFIED or call.certain or is_applied(call, alone)


def is_applied(call: Call, alone: Collection[Symbol]) -> bool:
    """h(x) is the function h of x, where h stands nowhere by itself."""
    return len(call.args) == 1 and isinstance(call.args[0], Symbol) and call.head not in alone


def inlined(
    node: Node, own: Mapping[Symbol, Definition | None], rules: Mapping[Symbol, list[Definition]]
) -> Node:
    """h_θ(x^{(i)}) as its formula, where that has other names in it than its arguments; f(t) as f(t, 1)."""
    match node:
        case Call(head, args) if (rule := own.get(head)) is not None:
            fitting = [rule, *(other for other in rules.get(head, ()) if other.parameters)]
            for one in fitting:
                if len(one.parameters) == len(args) and one.body is not None:
                    plain = one is rule and is_elementwise(one, own)
                    return node if plain else applied(one.body, one.parameters, args)
    return node


def is_elementwise(rule: Definition, own: Mapping[Symbol, Definition | None]) -> bool:
    """Whether a function's formula has its arguments, numbers and functions only."""
    assert rule.body is not None
    known = (*rule.parameters, *own, Symbol("e"), Symbol("pi"))
    return all(name in known for name in names(rule.body))
