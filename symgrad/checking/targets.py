"""What a line is about: the quantity or gradient that its left side names."""

from __future__ import annotations

from dataclasses import dataclass, replace

from symgrad.checking.derivatives import targets
from symgrad.checking.evaluate import readings
from symgrad.checking.letters import Letters
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.checking.student import Target
from symgrad.checking.symbols import NEXT, OLD, time_marks, without_gradient_mark
from symgrad.submission.written import Brace, Derivative, Element, Literal, Node, Power, Symbol


@dataclass(frozen=True, slots=True)
class Subject:
    """A target, the entry of it (None: all), and how many updates later it is meant."""

    target: Target
    where: tuple[int, ...] | None = None
    later: int = 0

    @property
    def label(self) -> str:
        """``u``, ``dJ/dv``, ``dJ/dW2[1,2]``: entries are counted from 1."""
        of, wrt = self.target
        name = of if wrt is None else f"d{of}/d{wrt}"
        entry = "" if self.where is None else f"[{','.join(str(n + 1) for n in self.where)}]"
        return name + entry + "'" * self.later


def subject_of(node: Node, scope: Scope, letters: Letters) -> Subject | None:
    """What a left side is the name of; None where it is an expression, or nobody knows it."""
    try:
        return _subject(node, scope, letters)
    except (Unknown, Misfit, KeyError):
        return None


def _subject(node: Node, scope: Scope, letters: Letters) -> Subject | None:
    match node:
        case Brace(body, _):
            return _subject(body, scope, letters)
        case Derivative(of, wrt):
            return _gradient(of, wrt, scope, letters)
        case Symbol():
            definition = scope.definition(node)
            if definition is None:
                return _symbol(node, scope, letters)
            named = isinstance(definition.body, Symbol | Derivative) and definition.body != node
            return _subject(definition.body, scope, letters) if named else None
        case Power(Symbol() as root, Literal(value)):
            known = scope.lexicon.find(root)
            return Subject((known.name, None)) if known is not None and known.exponent == value else None
        case Element(Symbol()) | Power(Symbol(), Symbol()):
            found = targets(node, scope, letters, readings)
            return Subject((found[0].name, None), found[0].where) if found else None
        case Element(Derivative() as inner, sub):
            whole = _subject(inner, scope, letters)
            entry = targets(Symbol("#", sub), scope, letters, readings)
            return None if whole is None or not entry else replace(whole, where=entry[0].where)
    return None


def _gradient(of: Node | None, wrt: Node, scope: Scope, letters: Letters) -> Subject | None:
    below = targets(wrt, scope, letters, readings)
    above = targets(of, scope, letters, readings) if of is not None else []
    if not below or (of is not None and not above):
        return None
    name = above[0].name if above else scope.lexicon.objective
    if above and above[0].where is not None:
        return None
    return Subject((name, below[0].name), below[0].where)


def _symbol(node: Symbol, scope: Scope, letters: Letters) -> Subject | None:
    bare = without_gradient_mark(node)
    found = targets(node, scope, letters, readings)
    if found and (bare is None or scope.lexicon.find(node)):
        return Subject((found[0].name, None), found[0].where)
    if bare is not None:
        below = targets(bare, scope, letters, readings)
        return Subject((scope.lexicon.objective, below[0].name), below[0].where) if below else None
    if node.base == "delta":
        link = next((r.link for r in readings(node, scope, letters) if r.link), None)
        return None if link is None else Subject((link[0], link[1]))
    return _marked(node, scope, letters)


def _marked(node: Symbol, scope: Scope, letters: Letters) -> Subject | None:
    """w⁺, w^{(1)}, w_{new}: the same name, so many updates later."""
    for bare, mark in time_marks(node):
        for world in scope.world.marked(mark, NEXT, OLD):
            inner = _subject(bare, scope, letters)
            if inner is not None:
                return replace(inner, later=world.step - scope.world.step)
    return None
