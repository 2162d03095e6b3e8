"""What a single symbol may stand for, for all sizes: the kinds of `symgrad.checking.symbols`, as forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from symgrad.calculus.index import Count, Dim, Index, atom, cell, fresh, kron, power, total
from symgrad.checking.forms import Form, Forms, NoForm, minus, times, whole
from symgrad.checking.lexicon import Known, Place, indices, keys, splits
from symgrad.checking.scope import Definition, Scope
from symgrad.checking.slopes import gradient
from symgrad.checking.symbols import GRADIENT_ACCENTS, NEXT, SIZES
from symgrad.checking.world import rate_name
from symgrad.submission.written import Node, Symbol
from symgrad.tree import Name, Op


@dataclass
class Letters:
    """The index letters of a line: each is bound to the dimension at which it is first seen.

    ``count`` is the dimension whose size N, n, m … stand for, where one is tried.
    """

    bound: dict[str, Index] = field(default_factory=dict)
    count: Dim | None = None

    def at(self, letter: str, dim: Dim) -> Index:
        """The index of a letter along a dimension; `NoForm` where it runs along another one."""
        index = self.bound.setdefault(letter, Index(f"letter {letter}", dim))
        if index.dim != dim:
            raise NoForm
        return index

    def known(self, letter: str | int) -> Index:
        """The index of a letter that shows no dimension where it stands."""
        if isinstance(letter, str) and letter in self.bound:
            return self.bound[letter]
        raise NoForm

    def inside(self, letter: str) -> Letters:
        """The letters in a sum over one of them, which is another than one of that name outside."""
        return replace(self, bound={name: index for name, index in self.bound.items() if name != letter})

    def learn(self, inner: Letters, letter: str) -> None:
        """What a sum shows of the letters outside it."""
        for name, index in inner.bound.items():
            if name != letter:
                self.bound.setdefault(name, index)


FormsOf: TypeAlias = "Callable[[Node, Scope, Letters], list[Form]]"
Kind: TypeAlias = "Callable[[Symbol, Scope, Letters, FormsOf], Forms]"


def symbol_forms(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """The forms of a symbol; the first kind of meaning found counts. Raises `NoForm` where it has none."""
    for kind in KINDS:
        found = list(kind(node, scope, letters, forms_of))
        if found:
            yield from found
            return
    raise NoForm


def is_size(node: Node, scope: Scope) -> bool:
    """Whether a node is a letter that can only be the number of something."""
    return (
        isinstance(node, Symbol)
        and node.base in SIZES
        and _is_plain(node)
        and not (scope.lexicon.find(node) or scope.definition(node))
    )


def _is_plain(node: Symbol) -> bool:
    return not (node.sub or node.marks or node.accents)


def name_form(name: str, scope: Scope) -> Form:
    """A leaf, the learning rate, or a quantity."""
    graph = scope.world.model.graph
    if name not in graph.shapes and scope.value(name).ndim:
        raise NoForm
    axes = whole(graph.shapes.get(name, ()))
    return Form(cell(Name(name), *axes), axes)


def _of(known: Known, scope: Scope) -> Form:
    form = name_form(known.name, scope)
    return form if known.exponent == 1 else Form(power(form.poly, Fraction(1, known.exponent)), form.axes)


def _index_letter(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """A position as a number has no form."""
    if node.base in letters.bound and _is_plain(node):
        raise NoForm
    yield from ()


def _defined(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    definition = scope.definition(node)
    if definition is not None:
        yield from _definition(definition, scope, forms_of)
        return
    for prefix, rest in splits(node.sub):
        definition = scope.definition(replace(node, sub=prefix))
        if definition is not None:
            for form in _definition(definition, scope, forms_of):
                yield from pick(form, rest, letters)


def _definition(definition: Definition, scope: Scope, forms_of: FormsOf) -> Forms:
    """What the student defined; a name stated entry by entry is an array."""
    if definition.numeric:
        raise NoForm
    without = replace(scope, definitions={k: d for k, d in scope.definitions.items() if d is not definition})
    letters = Letters()
    for form in forms_of(definition.body, without, letters):
        if form.axes and definition.letters:
            raise NoForm
        axes = tuple(map(letters.known, definition.letters)) or form.axes
        if len(letters.bound) > len(definition.letters):
            raise NoForm
        yield Form(form.poly, axes)


def _named(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    known = scope.lexicon.find(node)
    if known is not None:
        yield _of(known, scope)


def _gradient(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """ΔW, dW and W̄ for ∂J/∂W."""
    short = GRADIENT_ACCENTS & set(node.accents)
    if not short:
        return
    bare = replace(node, accents=tuple(a for a in node.accents if a not in short))
    known = scope.lexicon.find(bare)
    if known is not None:
        yield gradient(scope.world.model, known.name)
        return
    for known, places in scope.lexicon.entries(bare):
        yield from _entry(gradient(scope.world.model, known.name), places, letters)


def _error_signal(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """δ_k for ∂J/∂s_k, where an activation is applied to s_k; δ_ij with two indices is Kronecker's."""
    if node.base != "delta" or node.accents:
        return
    for places in indices(node.sub):
        if len(places) == 2 and all(isinstance(p.base, str) and not p.offset for p in places):
            yield Form(atom(kron(*(letters.known(place.base) for place in places))))
            return
    for prefix, rest in ((node.sub, ""), *splits(node.sub)):
        for label in dict.fromkeys(key[0].removeprefix("delta") for key in keys(replace(node, sub=prefix))):
            for name in scope.world.preactivations(label):
                signal = gradient(scope.world.model, name)
                yield from pick(signal, rest, letters) if rest else (signal,)


def _updated(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """w⁺, w′, w_new: after the next update."""
    for n, mark in enumerate(node.marks):
        if mark in NEXT:
            bare = replace(node, marks=node.marks[:n] + node.marks[n + 1 :])
            yield from after_update(bare, scope)
    if not node.marks and node.sub in NEXT:
        yield from after_update(replace(node, sub=""), scope)


def after_update(node: Node, scope: Scope) -> Forms:
    """A parameter after one step of gradient descent: w − α ∂J/∂w."""
    model = scope.world.model
    update, known = model.problem.update, scope.lexicon.find(node) if isinstance(node, Symbol) else None
    if update is None or known is None or known.exponent != 1 or known.name not in update.parameters:
        raise NoForm
    before, slope = name_form(known.name, scope), gradient(model, known.name)
    step = times(name_form(rate_name(model.problem), scope).poly, slope.at(*before.axes))
    yield Form(minus(before.poly, step), before.axes)


def _entries(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    for known, places in scope.lexicon.entries(node):
        yield from _entry(_of(known, scope), places, letters)
    for n, mark in enumerate(node.marks):  # a sample's number stands high: x^{(i)}
        if len(mark) == 3 and mark[0] == "(" and mark[1].islower():
            bare = replace(node, marks=node.marks[:n] + node.marks[n + 1 :])
            for form in symbol_forms(bare, scope, letters, forms_of):
                yield from _along(form, Place(mark[1]), letters)


def _size(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    if is_size(node, scope) and letters.count is not None:
        yield Form(atom(Count(letters.count)))


def _constant(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    if node == Symbol("pi"):
        yield Form(cell(Op("pi")))


def _forgiven(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    known = scope.lexicon.loosely(node)
    if known is not None:
        yield _of(known, scope)
    if "bar" in node.accents:
        bare = replace(node, accents=tuple(a for a in node.accents if a != "bar"))
        yield from _entries(bare, scope, letters, forms_of)


def _barred(node: Symbol, scope: Scope, letters: Letters, forms_of: FormsOf) -> Forms:
    """A bar is a gradient in one course, a vector in another: both are readings."""
    if "bar" in node.accents:
        yield from _gradient(node, scope, letters, forms_of)
        yield from _forgiven(node, scope, letters, forms_of)


KINDS: tuple[Kind, ...] = (
    _index_letter,
    _defined,
    _named,
    _barred,
    _gradient,
    _error_signal,
    _updated,
    _entries,
    _size,
    _constant,
    _forgiven,
)


def pick(form: Form, sub: str, letters: Letters) -> Forms:
    """The entries of a form at a written subscript."""
    for places in indices(sub):
        yield from _entry(form, places, letters)


def _entry(form: Form, places: tuple[Place, ...], letters: Letters) -> Forms:
    if len(places) == len(form.axes):
        for place in places:
            form = first_axis(form, place, letters)
        yield form
    elif len(places) == 1 and len(form.axes) == 2 and 1 in form.dims:
        yield first_axis(form.bare(), places[0], letters)
    elif len(places) == 1 and len(form.axes) == 2:
        yield from _along(form, places[0], letters)


def _along(form: Form, place: Place, letters: Letters) -> Forms:
    """A row or a column of a matrix, an entry of a vector."""
    for axis in range(len(form.axes)):
        turned = Form(form.poly, (form.axes[axis], *form.axes[:axis], *form.axes[axis + 1 :]))
        if _runs(place, turned, letters):
            yield first_axis(turned, place, letters)


def _runs(place: Place, form: Form, letters: Letters) -> bool:
    """Whether a letter may run along the first axis."""
    known = letters.bound.get(str(place.base))
    return known is None or known.dim == form.axes[0].dim


def first_axis(form: Form, place: Place, letters: Letters) -> Form:
    """The form at a place along its first axis."""
    first, *rest = form.axes
    if place.offset:
        raise NoForm
    if isinstance(place.base, str):
        return Form(form.at(letters.at(place.base, first.dim), *rest), tuple(rest))
    k = fresh(first.dim)
    unit = Op("unit", (), (("position", place.base - 1), ("size", first.dim)))
    return Form(total(times(cell(unit, k), form.at(k, *rest)), k), tuple(rest))
