"""Conditions and cases as forms: 1[u > 0], δ_ij, and one value under a condition, another without it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from symgrad.calculus.index import Poly, add, atom, constant, kron
from symgrad.checking.formal_functions import elementwise
from symgrad.checking.formal_symbols import FormsOf, Letters
from symgrad.checking.forms import Form, Forms, NoForm, minus, spread, times
from symgrad.checking.scope import Scope
from symgrad.submission.written import Cases, Comparison, Node, Symbol


def comparison_forms(node: Comparison, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """1[u > v], which is relu′(u − v); 1[i = j], which is δ_ij."""
    if node.relation in ("=", "≠"):
        equal = atom(kron(*(letters.known(_letter(side)) for side in (node.left, node.right))))
        yield Form(equal if node.relation == "=" else _complement(equal))
        return
    turned, negated = RELATIONS[node.relation]
    for pair in product(*(forms_of(side, scope, letters) for side in (node.left, node.right))):
        left, right = pair[::-1] if turned else pair
        for over in spread(left, right, minus):
            holds = elementwise("relu", over, 1)
            yield Form(_complement(holds.poly) if negated else holds.poly, holds.axes)


RELATIONS: Mapping[str, tuple[bool, bool]] = {
    ">": (False, False),
    "<": (True, False),
    "≤": (False, True),
    "≥": (True, True),
}
"""Each relation by >: whether its sides change places, and whether it is the opposite."""


def _complement(condition: Poly) -> Poly:
    return minus(constant(1), condition)


def _letter(node: Node) -> str:
    if isinstance(node, Symbol) and not (node.sub or node.marks or node.accents):
        return node.base
    raise NoForm


def case_forms(node: Cases, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """1[c] a + 1[not c] b; a second condition must be the opposite of the first."""
    match node.rows:
        case ((first, Comparison() as condition), (second, other)):
            parts = [forms_of(part, scope, letters) for part in (first, second, condition)]
        case _:
            raise NoForm
    for yes, no, holds in product(*parts):
        fails = Form(_complement(holds.poly), holds.axes)
        if other is not None and not any(_is(form, fails) for form in forms_of(other, scope, letters)):
            raise NoForm
        for a, b in product(spread(yes, holds, times), spread(no, fails, times)):
            yield from spread(a, b, add)


def _is(form: Form, other: Form) -> bool:
    return form.dims == other.dims and form.at(*other.axes) == other.poly
