"""Written derivatives as forms: of names, whole or of entries, in all or by the one formula."""

from __future__ import annotations

from dataclasses import dataclass, replace

from symgrad.checking.formal_symbols import Letters, first_axis
from symgrad.checking.forms import Form, Forms, NoForm
from symgrad.checking.lexicon import Place
from symgrad.checking.scope import Scope
from symgrad.checking.slopes import layouts, slopes
from symgrad.submission.written import Brace, Call, Derivative, Element, Node, Symbol


@dataclass(frozen=True, slots=True)
class _Target:
    """A name, or an entry of it."""

    name: str
    places: tuple[Place, ...] = ()


def derivative_forms(node: Derivative, scope: Scope, letters: Letters) -> Forms:
    """The forms of ∂of/∂wrt; raises `NoForm` where one of them is no name."""
    model = scope.world.model
    of = _Target(model.objective) if node.of is None else _target(node.of, scope)
    wrt = _target(node.wrt, scope)
    for form in slopes(model, of.name, wrt.name):
        picked = _picked(form, of.places, wrt.places, letters)
        yield picked
        if picked.link is not None:
            yield from layouts(picked)


def _target(node: Node, scope: Scope) -> _Target:
    match node:
        case Brace(body, _) | Call(body, _, certain=False):
            return _target(body, scope)
        case Element(Symbol() as body, sub):
            return _target(replace(body, sub=body.sub + sub), scope)
        case Symbol():
            known = scope.lexicon.find(node)
            if known is not None and known.exponent == 1:
                return _Target(known.name)
            for known, places in scope.lexicon.entries(node):
                if len(places) == len(scope.world.model.graph.shapes.get(known.name, ())):
                    return _Target(known.name, places)
            loose = scope.lexicon.loosely(node)
            if loose is not None and loose.exponent == 1:
                return _Target(loose.name)
    raise NoForm


def _picked(form: Form, of: tuple[Place, ...], wrt: tuple[Place, ...], letters: Letters) -> Form:
    """The entry of a derivative at places along the axes of one, of the other, or of both."""
    assert form.link is not None
    rank = form.link[2]
    out, into = form.axes[:rank], form.axes[rank:]
    for places, axes, rest in ((of, out, into), (wrt, into, () if of else out)):
        if places:
            form = Form(form.poly, axes + rest)
            for place in places:
                form = first_axis(form, place, letters)
    return form
