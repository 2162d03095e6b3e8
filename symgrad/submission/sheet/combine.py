"""Two operands and a sign: the readings that their arrays allow, those nearest to habit at the least cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from symgrad.submission.sheet.names import GREEK
from symgrad.submission.sheet.terms import (
    ALONG,
    ATOM,
    DOWN,
    ONES,
    PAPER,
    PRODUCT,
    SCALAR,
    SUM,
    Axes,
    Misfit,
    Term,
    call,
    fits,
    merged,
)

SLOPPY, ODD, DESPERATE = 3, 8, 20
"""What a reading costs that is uncommon, strange, or against all habit."""
STANDING_BIAS = 6
"""A column added to every column of a matrix: dearer than a matrix of one column."""


def elementwise(left: Term, right: Term, sign: str, cost: int = 0) -> Term:
    """left sign right, entry by entry, their labels matched; what lacks a label is stretched along it.

    Raises `Misfit` where NumPy would stretch otherwise than the paper does.
    """
    cost += left.cost + right.cost
    if sign in "+-" and any(_is_loose(a, b) for a, b in ((left, right), (right, left))):
        cost += SLOPPY
    left, right, axes, extra = _aligned(left, right, sign)
    if axes is None:
        second = right.text if sign == "*" else f"1 / {right.at(PRODUCT + 1)}"
        return Term(f"outer({left.text}, {second})", ATOM, left.axes + right.axes, cost + extra)
    level = SUM if sign in "+-" else PRODUCT
    right_level = level + 1 if sign in "-/" or "@" in right.text else level
    text = f"{left.at(level)} {sign} {right.at(right_level)}"
    return Term(text, level, axes, cost + extra, left.samples or right.samples if axes else "")


def _is_loose(part: Term, whole: Term) -> bool:
    """A scalar that is no number, added to a whole array."""
    return not part.rank and bool(whole.rank) and any(map(str.isalpha, part.text))


def _aligned(left: Term, right: Term, sign: str) -> tuple[Term, Term, Axes | None, int]:
    """Both sides as NumPy matches them, the axes of the result, and the cost; no axes: an outer product."""
    if not left.axes or not right.axes:
        return left, right, left.axes or right.axes, 0
    if set(left.labels) == set(right.labels):
        right = right.ordered(left.labels)
        axes = tuple(merged(a, b) for a, b in zip(left.axes, right.axes, strict=True))
        stretched = any((a.size == 1) != (b.size == 1) for a, b in zip(left.axes, right.axes, strict=True))
        return left, right, axes, int(stretched)
    if len(left.axes) == len(right.axes) == 1:
        return _two_vectors(left, right, sign)
    if {len(left.axes), len(right.axes)} != {1, 2}:
        raise Misfit
    return _stretched(left, right)


def _two_vectors(left: Term, right: Term, sign: str) -> tuple[Term, Term, Axes | None, int]:
    """Vectors along different labels: on paper one is turned, letters make an outer product."""
    if left.labels[0] in PAPER and right.labels[0] in PAPER:
        if not fits(left.axes[0].size, right.axes[0].size):
            raise Misfit
        return left, right, left.axes, ODD
    if sign not in "*/":
        raise Misfit("an array of all pairs cannot be added up here")
    return left, right, None, ODD if left.rank or right.rank else 0


def _stretched(left: Term, right: Term) -> tuple[Term, Term, Axes | None, int]:
    whole, part = (left, right) if len(left.axes) == 2 else (right, left)
    extra = 0
    label = part.labels[0]
    if label not in whole.labels and label in PAPER and whole.rank == 1:
        part, extra = part.turned(), ODD
        label = part.labels[0]
    at = whole.axes[whole.place(label)]
    axis = merged(at, part.axes[0])
    other = next(axis for axis in whole.axes if axis.label != label)
    if label == DOWN and other.label == ALONG:
        extra += STANDING_BIAS
    whole = whole.ordered((other.label, label))
    first, second = (whole, part) if len(left.axes) == 2 else (part, whole)
    return first, second, (other, axis), extra


def products(left: Term, right: Term, sign: str, summed: bool) -> Iterator[Term]:
    """The readings of a product; ``summed`` under a Σ without an index, of two vectors entry by entry."""
    if ONES in (left.samples, right.samples) and left.rank and right.rank:
        yield from _attempt(lambda: _by_ones(left, right))
    elif sign in _ENTRIES:
        yield from _tried(left, right, _ENTRIES[sign], 2 * SLOPPY if _is_number_beside(left, right) else 0)
    elif sign == "colon":
        for term in _tried(left, right, "*", 0):
            if term.rank == len(term.axes):
                yield call("sum", term, axes=SCALAR)
    elif not left.rank or not right.rank:
        yield from _tried(left, right, "*", 0 if sign else _scaling(left, right))
    else:
        yield from _of_arrays(left, right, sign, summed)


_ENTRIES: Mapping[str, str] = {"odot": "*", "oslash": "/"}


def _is_number_beside(left: Term, right: Term) -> bool:
    """Whether one is a single number: ⊙ stands between arrays."""
    return bool(left.axes) != bool(right.axes)


def _scaling(left: Term, right: Term) -> int:
    """h W: of a plain letter beside a matrix nobody thinks as a number."""
    number, whole = (left, right) if not left.rank else (right, left)
    plain = number.text.isidentifier() and number.text.split("_")[0] not in GREEK
    large = whole.rank == 2 or (whole.text[:1].isupper() and whole.text.isidentifier())
    return 2 * SLOPPY if plain and large and not number.axes else 0


def _by_ones(left: Term, right: Term) -> Term:
    """𝟏 bᵀ is b in every row, b 𝟏ᵀ in every column; 𝟏ᵀ X and X 𝟏 are sums. Raises `Misfit`."""
    first = left.samples == ONES
    ones, other = (left, right) if first else (right, left)
    if ones.labels == ((DOWN,) if first else (ALONG,)) and other.labels == ((ALONG,) if first else (DOWN,)):
        return other
    label = DOWN if first else ALONG
    if ones.labels != ((ALONG,) if first else (DOWN,)) or label not in other.labels:
        raise Misfit
    rest = tuple(axis for axis in other.axes if axis.label != label)
    return call("sum", other, axes=rest, options=f", axis={other.place(label)}" if rest else "")


def _of_arrays(left: Term, right: Term, sign: str, summed: bool) -> Iterator[Term]:
    both = left.rank == right.rank == 1
    if both and (sign == "otimes" or (left.paper, right.paper) == ((DOWN,), (ALONG,))):
        yield from _attempt(lambda: outer(left, right))
        return
    if ALONG in left.labels and DOWN in right.labels and sign != "otimes":
        cost = SLOPPY if left.rank == 1 < right.rank else 0
        yield from _attempt(lambda: _batched(contracted(left, right, ALONG, DOWN), left, right).dearer(cost))
    if both and left.paper == right.paper:
        natural = summed or sign == "star"
        yield from _tried(left, right, "*", 1 if natural else ODD if sign else DESPERATE)
        turned = left.turned() if left.paper == (DOWN,) else left
        stood = right.turned() if right.paper == (ALONG,) else right
        cost = {"dot": 1, "at": 0}.get(sign, ODD)
        yield from _attempt(lambda: contracted(turned, stood, ALONG, DOWN).dearer(cost))
    elif sign == "star":
        yield from _tried(left, right, "*", 1)
    elif sign in ("dot", "") and left.rank == right.rank:
        yield from _tried(left, right, "*", SLOPPY if summed else ODD)


def _attempt(make: Callable[[], Term]) -> Iterator[Term]:
    try:
        yield make()
    except Misfit:
        return


def _tried(left: Term, right: Term, sign: str, cost: int) -> Iterator[Term]:
    yield from _attempt(lambda: elementwise(left, right, sign, cost))


def outer(left: Term, right: Term) -> Term:
    """A column by a row. Raises `Misfit` where letters hang on them."""
    if len(left.axes) != 1 or len(right.axes) != 1:
        raise Misfit
    axes = (replace(left.axes[0], label=DOWN), replace(right.axes[0], label=ALONG))
    return Term(f"outer({left.text}, {right.text})", ATOM, axes, left.cost + right.cost)


def _batched(product: Term, left: Term, right: Term) -> Term:
    """The product of two matrices: data on the left has a sample in each row, on the right in each column."""
    if product.rank < 2 or bool(left.samples) == bool(right.samples):
        return replace(product, samples="?" if left.samples or right.samples else "")
    return replace(product, samples=DOWN if left.samples else ALONG)


def contracted(left: Term, right: Term, first: str, second: str, order: tuple[str, ...] = ()) -> Term:
    """The product summed over label ``first`` of one and ``second`` of the other. Raises `Misfit`.

    ``order`` are the letters in the order in which their axes should lie.
    """
    if not fits(left.size(first), right.size(second)):
        raise Misfit
    free_left = tuple(axis for axis in left.axes if axis.label != first)
    free_right = tuple(axis for axis in right.axes if axis.label != second)
    shared = {axis.label for axis in free_left} & {axis.label for axis in free_right}
    cost = left.cost + right.cost
    if shared:
        return _paired(left, right, first, second).dearer(cost)
    if len(free_left) + len(free_right) > 2:
        raise Misfit("an array of more than two axes arises here")
    made = [_multiplied(left, right, first, second, cost), _multiplied(right, left, second, first, cost)]
    return min(made, key=lambda term: (_is_exchanged(term, order), term.text.count(".T")))


def _multiplied(left: Term, right: Term, first: str, second: str, cost: int) -> Term:
    ahead = tuple(axis for axis in left.axes if axis.label != first)
    behind = tuple(axis for axis in right.axes if axis.label != second)
    left = left.ordered((*(axis.label for axis in ahead), first))
    right = right.ordered((second, *(axis.label for axis in behind)))
    return Term(f"{left.at(PRODUCT)} @ {right.at(PRODUCT + 1)}", PRODUCT, (*ahead, *behind), cost)


def _is_exchanged(term: Term, order: tuple[str, ...]) -> bool:
    return list(term.labels) != sorted(term.labels, key=lambda label: _rank(label, order))


def _paired(left: Term, right: Term, first: str, second: str) -> Term:
    """x_iᵀ y_i: one product a sample."""
    if len(left.axes) != 2 or len(right.axes) != 2:
        raise Misfit("an array of more than two axes arises here")
    letter = next(axis for axis in left.axes if axis.label != first)
    ahead, behind = left.ordered((letter.label, first)), right.ordered((letter.label, second))
    text = f"sum({ahead.at(PRODUCT)} * {behind.at(PRODUCT + 1)}, axis=1)"
    return Term(text, ATOM, (letter,))


def _rank(label: str, order: tuple[str, ...]) -> tuple[int, int]:
    """Letters first, then what stands, then what lies."""
    if label in PAPER:
        return 1, PAPER.index(label)
    return 0, order.index(label) if label in order else len(order)
