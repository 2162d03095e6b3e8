"""Two operands and a sign: the readings that their arrays allow, those nearest to habit at the least cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symgrad.submission.sheet.kinds import PRODUCT, SCALAR, SUM, Kind, Misfit, Term, fits, row, same

SLOPPY, ODD, DESPERATE = 3, 8, 20
"""What a reading costs that is uncommon, strange, or against all habit."""


def elementwise(left: Term, right: Term, sign: str, cost: int = 0) -> Term:
    """left sign right, entry by entry; a scalar is stretched, and a row along a batch.

    Raises `Misfit` where NumPy would stretch otherwise than the paper does.
    """
    kind, extra = _stretched(left.kind, right.kind)
    if sign in "+-" and any(_is_loose(a, b) for a, b in ((left, right), (right, left))):
        extra += SLOPPY
    level = SUM if sign in "+-" else PRODUCT
    right_level = level + 1 if sign in "-/" or "@" in right.text else level
    text = f"{left.at(level)} {sign} {right.at(right_level)}"
    return Term(text, level, kind, cost + extra + left.cost + right.cost)


def _is_loose(part: Term, whole: Term) -> bool:
    """A scalar that is no number, added to a whole array."""
    return part.kind.rank == 0 < whole.kind.rank and any(map(str.isalpha, part.text))


def _stretched(left: Kind, right: Kind) -> tuple[Kind, int]:
    if right.rank == 0:
        return left, 0
    if left.rank == 0:
        return right, 0
    if same(left, right):
        return _merged(left, right), 0
    if left.rank == right.rank == 1 and fits(_size(left), _size(right)):
        return left, ODD
    for whole, part in ((left, right), (right, left)):
        lies = part.rows == 1 or (part.rank == 1 and part.columns is None)
        if whole.rank == 2 and lies and fits(whole.columns, part.columns):
            return whole, 0 if part.rank == 1 else 2
        if whole.rank == part.rank == 2 and part.columns == 1 and fits(whole.rows, part.rows):
            return whole, 1
    raise Misfit


def _size(kind: Kind) -> int | None:
    return kind.columns if kind.is_row else kind.rows


def _merged(left: Kind, right: Kind) -> Kind:
    """What either side knows."""
    rows = left.rows if left.rows is not None else right.rows
    columns = left.columns if left.columns is not None else right.columns
    features = left.features if left.features is not None else right.features
    return Kind(left.rank, rows, columns, features, left.is_data or right.is_data)


def products(left: Term, right: Term, sign: str, summed: bool) -> Iterator[Term]:
    """The readings of a product; under a Σ without an index, of two vectors entry by entry.

    Nothing is yielded where no reading fits.
    """
    if sign == "odot" or 0 in (left.kind.rank, right.kind.rank):
        yield from _tried(left, right, 0)
        return
    if sign != "otimes":
        yield from _matrix_products(left, right)
    if left.kind.rank == right.kind.rank == 1:
        yield from _of_vectors(left, right, sign, summed)
    elif sign == "star":
        yield from _tried(left, right, 1)
    elif sign in ("dot", "") and left.kind.rank == right.kind.rank:
        yield from _tried(left, right, SLOPPY if summed else ODD)


def _tried(left: Term, right: Term, cost: int) -> Iterator[Term]:
    try:
        yield elementwise(left, right, "*", cost)
    except Misfit:
        return


def _of_vectors(left: Term, right: Term, sign: str, summed: bool) -> Iterator[Term]:
    """Columns and rows: an inner product is a row by a column, an outer one a column by a row."""
    cost = left.cost + right.cost
    lies, lies_too = left.kind.is_row, right.kind.is_row
    stands = sign == "otimes" or (not lies and lies_too)
    if stands:
        yield Term(f"outer({left.text}, {right.text})", PRODUCT + 2, _outer(left.kind, right.kind), cost)
        return
    if lies == lies_too:
        natural = summed or sign == "star"
        yield from _tried(left, right, 1 if natural else ODD if sign else DESPERATE)
        cost += {"dot": 1, "at": 0}.get(sign, ODD)
    if fits(_size(left.kind), _size(right.kind)):
        yield Term(f"{left.at(PRODUCT)} @ {right.at(PRODUCT + 1)}", PRODUCT, SCALAR, cost)


def _outer(left: Kind, right: Kind) -> Kind:
    return Kind(2, _size(left), _size(right))


def _matrix_products(left: Term, right: Term) -> Iterator[Term]:
    a, b = left.kind, right.kind
    if 2 not in (a.rank, b.rank) or not fits(a.columns, b.rows):
        return
    text = f"{left.at(PRODUCT)} @ {right.at(PRODUCT + 1)}"
    cost = left.cost + right.cost
    if a.rank == b.rank:
        yield Term(text, PRODUCT, _batch(a, b), cost)
    elif b.rank == 1 and not b.is_row:
        yield Term(text, PRODUCT, Kind(1, a.rows, 1, is_data=b.is_data), cost)
    elif a.is_row:
        yield Term(text, PRODUCT, replace(row(b.columns), is_data=a.is_data), cost + SLOPPY)


def _batch(a: Kind, b: Kind) -> Kind:
    """The product of two matrices: data on the left has a sample in each row, on the right in each column."""
    features = 1 if a.is_data and not b.is_data else 0 if b.is_data and not a.is_data else None
    return Kind(2, a.rows, b.columns, features, a.is_data or b.is_data)
