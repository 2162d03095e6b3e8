"""Whether what stands before brackets is a function, or a name with its arguments."""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.checking.meaning.functions import ALONG, ELEMENTWISE
from symgrad.checking.meaning.scope import Scope
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.worlds.moved import MOVED
from symgrad.submission.written import Add, Call, Node, Subtract, Symbol


def is_name(head: Symbol, scope: Scope) -> bool:
    """Whether the problem has a name that is written so."""
    return next(scope.dictionary.find(head), None) is not None


def is_function(base: str, scope: Scope) -> bool:
    """Whether a word names a function that everybody, or the problem, knows."""
    return base in ELEMENTWISE or base in ALONG or base in scope.dictionary.model.problem.functions


def quantity_of(node: Call, scope: Scope) -> str | None:
    """The name that is written with its arguments: J(w, b), h(x); None where the brackets are a factor."""
    graph = scope.dictionary.model.graph
    found = next(scope.dictionary.find(node.head), None)
    if found is None or found.name not in graph.quantities or found.indices or found.samples or found.marks:
        return None
    below = scope.dictionary.model.below(found.name)
    used = False
    for arg in node.args:
        known = scripts(arg)
        if known is None:
            return None
        name = next((f.name for f in scope.dictionary.find(*known)), None) or _row_of(*known, scope)
        if name is not None and name not in below:
            return None
        if name is None and known[0].base.isupper() and not _is_matrix(known[0], scope):
            return None
        used |= name is not None
    return found.name if used or len(node.args) > 1 or _is_greek(node.args) else None


def sample_of(name: str, node: Call, scope: Scope) -> str | None:
    """The letter of the sample that a quantity is taken at: the i of h(x_i), of h(x^{(i)})."""
    known = scripts(node.args[0]) if len(node.args) == 1 else None
    model = scope.dictionary.model
    if known is None or not model.graph.shapes[name]:
        return None
    about = next((found.name for found in scope.dictionary.find(*known)), None)
    letters = (axis for axis in scope.evaluate(node.args[0]).axes if axis != MOVED)
    return None if about in model.uses(name) else next(letters, None)


def moved_leaf(node: Call, scope: Scope) -> str | None:
    """The leaf w of L(w + h e_1), the objective at another point; behind other names brackets are factors."""
    model = scope.dictionary.model
    found = next(scope.dictionary.find(node.head), None)
    if found is None or found.name != model.objective or found.indices or len(node.args) != 1:
        return None
    first = node.args[0]
    if not isinstance(first, Add | Subtract):
        return None
    while isinstance(first, Add | Subtract):
        first = first.left
    moved = next(scope.dictionary.find(first), None) if isinstance(first, Symbol) else None
    if moved is None or moved.indices or moved.name not in model.graph.leaves:
        return None
    return moved.name if moved.name in model.below(found.name) else None


def _row_of(symbol: Symbol, raised: tuple[Node, ...], scope: Scope) -> str | None:
    """The matrix X whose sample is written x^{(i)}, or x^i, where the problem has no x."""
    if not symbol.base.islower() or not (symbol.marks or symbol.indices or raised):
        return None
    found = next(scope.dictionary.find(replace(symbol, base=symbol.base.upper()), raised), None)
    return found.name if found is not None and (found.samples or found.indices) else None


def _is_matrix(symbol: Symbol, scope: Scope) -> bool:
    """Whether a capital is the matrix that the problem writes with a small letter: U of u."""
    found = next(scope.dictionary.find(replace(symbol, base=symbol.base.lower())), None)
    return found is not None and len(scope.dictionary.model.graph.shapes.get(found.name, ())) == 2


def _is_greek(args: tuple[Node, ...]) -> bool:
    return all(isinstance(arg, Symbol) and arg.base in ("theta", "Theta", "phi", "omega") for arg in args)


def owned_quantity(node: Call, scope: Scope) -> bool:
    """A name of the student's own with its arguments: r(w)."""
    own = next((o for o, left in scope.dictionary.defined(node.head, (), scope.line) if not left), None)
    return own is not None and all(scripts(arg) is not None for arg in node.args)
