"""In which of two ways a work writes something throughout: the layout of Jacobians, what dX is, and so on.

Each is settled once, by the way under which most lines are right, before any line is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary, held
from symgrad.checking.meaning.one_sample import ANY, WAY, is_short, letter_of, names_in
from symgrad.checking.meaning.spelling import scripts, without
from symgrad.checking.meaning.taken_at import COUNTED, FROM_ONE, FROM_ZERO, counted_quantity
from symgrad.checking.settling.asking import MOST_LINES, Holds
from symgrad.checking.worlds.tensor import COLUMN, ROW, STANDS
from symgrad.reading.methods import PARAMETER
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Call, Derivative, Product, Quotient, Sum, Symbol, Transpose
from symgrad.tree import Op
from symgrad.tree import walk as formulas_in

MANY_LINES = 40


class Notation(Struct, frozen=True):
    """Something that a work writes in one of two ways throughout.

    ``speaks`` tells the lines that have it. The way is that which more lines need; where as many need the
    one as the other, it is ``otherwise``, and with "" each line may have its own.
    """

    name: str
    ways: tuple[str, str]
    speaks: Callable[[Line, Dictionary], bool]
    otherwise: str = ""
    most: int = MOST_LINES
    """Lines that are looked at."""
    wins: str = ""
    """The way that is taken where any line needs it."""


def bind_ways(submission: Submission, dictionary: Dictionary, holds: Holds) -> Dictionary:
    """The dictionary with the ways in which notations are meant, as the work as a whole shows them."""
    pairs_met = dict.fromkeys(pair for line in submission.lines for pair in _held(line, dictionary))
    of_one = any(letter_of(line.read, dictionary) != ANY for line in submission.lines)
    single = (OF_ONE,) if of_one else ()
    notations = (*single, *NOTATIONS, *map(_holding, pairs_met))
    return _bound(notations, submission, dictionary, holds)


def bind_counting(submission: Submission, dictionary: Dictionary, holds: Holds) -> Dictionary:
    """The dictionary with how values at iterates are numbered, where parameters bear numbers of updates."""
    known = map(dictionary.moments.of, (node for node in submission.nodes if isinstance(node, Symbol)))
    counts = any(moment and moment.name == PARAMETER and moment.number is not None for moment in known)
    return _bound((COUNTING,), submission, dictionary, holds) if counts else dictionary


def _bound(
    notations: Iterable[Notation], submission: Submission, dictionary: Dictionary, holds: Holds
) -> Dictionary:
    for notation in notations:
        lines = [line for line in submission.lines if notation.speaks(line, dictionary)][: notation.most]
        if not lines:
            continue
        first, second = notation.ways
        tried = {w: replace(dictionary, ways={**dictionary.ways, notation.name: w}) for w in notation.ways}
        right = {way: [holds(line, tried[way]) for line in lines] for way in notation.ways}
        pairs = list(zip(right[first], right[second], strict=True))
        need = {first: sum(a > b for a, b in pairs), second: sum(b > a for a, b in pairs)}
        way = notation.otherwise if need[first] == need[second] else max(need, key=lambda way: need[way])
        way = notation.wins if need.get(notation.wins) else way
        dictionary = tried[way] if way else dictionary
    return dictionary


def _held(line: Line, dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    """Names in ∂a/∂b where b leads to a by itself and through others: what is held makes a difference."""
    model = dictionary.model
    for node in line.nodes:
        if isinstance(node, Derivative) and node.sign == "partial":
            known = (scripts(part) if part is not None else None for part in (node.of, node.wrt))
            found = [next(dictionary.find(*each), None) if each is not None else None for each in known]
            of, wrt = (None if each is None else each.name for each in found)
            uses = model.uses(of) if of is not None else ()
            if of is not None and wrt in uses and any(wrt in model.below(name) for name in uses):
                yield of, wrt


def _holding(pair: tuple[str, str]) -> Notation:
    """Whether the one derivative is total or direct; one that is claimed as both is each in its line."""
    return Notation(held(*pair), ("total", "direct"), lambda line, names: pair in _held(line, names), "total")


def _equates_jacobian(line: Line, dictionary: Dictionary) -> bool:
    node = line.sides[0].node
    if (
        not isinstance(node, Derivative)
        or not isinstance(node.of, Symbol)
        or not isinstance(node.wrt, Symbol)
    ):
        return False
    shapes = dictionary.model.graph.shapes
    names = (next(dictionary.find(part), None) for part in (node.of, node.wrt))
    return all(f is not None and not f.indices and len(shapes.get(f.name, ())) == 1 for f in names)


def _has_differential(line: Line, dictionary: Dictionary) -> bool:
    """Whether dX stands in a line for a name X of the problem."""
    return any(
        isinstance(node, Symbol)
        and "d" in node.accents
        and next(dictionary.find(without(node, "d")), None) is not None
        for node in line.nodes
    )


def _is_beside_d(line: Line, dictionary: Dictionary) -> bool:
    """Whether dX stands in a line of a problem that has a name d."""
    named = next(dictionary.find(Symbol("d")), None) is not None
    return named and _has_differential(line, dictionary)


def _has_change(line: Line, dictionary: Dictionary) -> bool:
    """Whether dX stands in a line for a name X of the problem, or the error signal of a layer."""
    return _has_differential(line, dictionary) or any(
        isinstance(node, Symbol) and node.base == "delta" and dictionary.is_signal(node, ())
        for node in line.nodes
    )


def _applies_sigma(line: Line, dictionary: Dictionary) -> bool:
    """Whether σ is applied to something beside a formula of it, in a problem with a softmax."""
    formulas = dictionary.model.graph.quantities.values()
    parts = (part for formula in formulas for part in formulas_in(formula) if isinstance(part, Op))
    applied = any(isinstance(node, Call) and node.head.base == "sigma" for node in line.nodes)
    written = any(isinstance(node, Quotient | Sum) for node in line.nodes)
    return applied and written and any(part.name == "softmax" for part in parts)


def _has_otimes(line: Line, dictionary: Dictionary) -> bool:
    return any(isinstance(node, Product) and node.sign == "otimes" for node in line.nodes)


def _turns_vector(line: Line, dictionary: Dictionary) -> bool:
    """Whether a vector of the problem is transposed."""
    shapes = dictionary.model.graph.shapes
    turned = (node.body for node in line.nodes if isinstance(node, Transpose))
    found = (next(dictionary.find(body), None) for body in turned if isinstance(body, Symbol))
    return any(each is not None and len(shapes.get(each.name, ())) == 1 for each in found)


def _is_of_one(line: Line, dictionary: Dictionary) -> bool:
    """Whether a name of all samples lacks an index."""
    return any(is_short(found, dictionary) for _, found in names_in(line.read, dictionary))


def _numbers_values(line: Line, dictionary: Dictionary) -> bool:
    """Whether a number stands on what the problem makes, E_2, and is none of its names."""
    known = (scripts(node) for node in line.nodes)
    return any(each is not None and counted_quantity(*each, dictionary) is not None for each in known)


COUNTING = Notation(COUNTED, (FROM_ZERO, FROM_ONE), _numbers_values, most=MANY_LINES)
"""Whether E_0 or E_1 is E at the given parameters; neither where the work does not show it."""
OF_ONE = Notation(WAY, ("all", "one"), _is_of_one, "all")
"""Where a work has an index for samples: whether X without it is of all of them or of one."""
NOTATIONS = (
    Notation("jacobian", ("numerator", "denominator"), _equates_jacobian),
    Notation("beside d", ("product", "differential"), _is_beside_d),
    Notation("differential", ("gradient", "change"), _has_differential),
    Notation("single losses", ("mean", "single"), _has_change, "mean"),
    Notation("sigma", ("sigmoid", "softmax"), _applies_sigma, "sigmoid"),
    Notation("otimes", ("entries", "products"), _has_otimes, wins="products"),
    Notation(STANDS, (COLUMN, ROW), _turns_vector, most=MANY_LINES),
)
"""``jacobian``: which of the two counts its rows. ``beside d``: whether dX is a product where d has a name.
``differential``: what dX is else. ``single losses``: whether dX
of a quantity that each sample has is the gradient of the mean of all losses, or of the sample's own.
``sigma``: what σ is where the problem has a softmax. ``otimes``: whether ⊗ of matrices is one of entries.
``stands``: whether x is a column, so that xᵀx is a number."""
