"""The matrix product A @ B, also with vectors; of more axes a product for each place along the first ones."""

import numpy as np

from symgrad.limits import MOST_AXES
from symgrad.operations.model import Example
from symgrad.operations.products import product
from symgrad.operations.record import Options, need_ranks


def _letters(ranks: tuple[int, ...], options: Options) -> str:
    """``mk,kn->mn``; the axes before the last two are aligned from the right: ``zmk,kn->zmn``."""
    need_ranks(ranks, {*range(1, MOST_AXES + 1)}, "@ multiplies vectors and matrices")
    left, right = ranks
    batch = "abcde"[: max(0, left - 2, right - 2)]
    rows, columns = ("m" if left > 1 else ""), ("n" if right > 1 else "")
    before = batch[len(batch) - max(0, left - 2) :], batch[len(batch) - max(0, right - 2) :]
    return f"{before[0]}{rows}k,{before[1]}k{columns}->{batch}{rows}{columns}"


MATMUL = product(
    "matmul",
    "matrix product",
    _letters,
    "",
    lambda space, a, b: np.asarray(a @ b),
    (
        "product rule: the gradient stands on the left, the right factor transposed on the right",
        "product rule: the left factor, transposed, stands before the gradient",
    ),
    call="A @ B",
    layout="A B",
    code="@",
    example=Example("A @ B", {"A": ("m", "k"), "B": ("k", "n")}),
)
