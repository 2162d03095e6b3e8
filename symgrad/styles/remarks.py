"""What a check says of the work as a whole, in sentences: the same on a terminal and on a page.

Maths stands between dollars; "line 3" leads there on a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from symgrad.checking.verdict import Binding, Check, Contradicted, Kept
from symgrad.maths.latex import latex
from symgrad.maths.naming import name

_PIECE = re.compile(r"[A-Za-z]+|\d+")
_FONT = re.compile(
    r"\\(?:vec|mathbf|boldsymbol|bm|mathrm|mathit|mathcal|mathsf|text|operatorname|left|right)(?![a-z])"
)


class Remark(Struct, frozen=True):
    """A sentence, and whether somebody has to act on it."""

    text: str
    kind: Literal["text", "note", "warning"] = "text"


def remarks(check: Check) -> Iterator[Remark]:
    """How much was judged, what is wrong first, what failed or lacks; then conventions and names."""
    if check.lines:
        yield Remark(coverage(check))
    if check.first_wrong is not None:
        yield Remark(f"The first wrong line is line {check.first_wrong}.")
    if check.faults:
        yield Remark(failed(check), "warning")
    if check.missing:
        yield Remark(
            f"Asked for, and derived in no line: {', '.join(map(in_print, check.missing))}.", "warning"
        )
    yield from (Remark(contradiction(given), "warning") for given in check.givens)
    yield from (Remark(_kept(kept), "note") for kept in check.conventions)
    yield from (Remark(note, "note") for note in check.notes)
    names = [_bound(binding) for binding in check.bindings if not _is_same(binding)]
    if names:
        yield Remark(f"Names as they were read: {'; '.join(names)}.", "note")


def in_print(quantity: str) -> str:
    """dL/dW2 as ∂L/∂W₂."""
    of, slash, wrt = quantity.removeprefix("d").partition("/d")
    if slash:
        return rf"$\partial {latex(name(of, 0))}/\partial {latex(name(wrt, 0))}$"
    return f"${latex(name(quantity, 0))}$" if quantity.isidentifier() else quantity


def coverage(check: Check) -> str:
    """43 claims, 41 judged."""
    claims, judged = check.coverage
    return f"{claims} claim{'' if claims == 1 else 's'}, {judged} judged."


def failed(check: Check) -> str:
    """The lines at which the checker itself failed, which says nothing about the student."""
    where = f"symgrad itself failed at {_lines(check.faults)}"
    return f"{where}: an internal fault, which says nothing about the work. Please report it."


def contradiction(given: Contradicted) -> str:
    """Entry 3 of w is stated as 0.9, but 27 lines are computed with 0.09."""
    lines = "1 line is" if given.lines_explained == 1 else f"{given.lines_explained} lines are"
    return f"{_entry(given)} is stated as {given.stated:.10g}, but {lines} computed with {given.used:.10g}."


def _entry(given: Contradicted) -> str:
    """The entry in words, counted from 1 as on paper."""
    if given.index is None:
        return given.name
    numbers = ", ".join(str(position + 1) for position in given.index)
    return (
        f"Entry {numbers} of {given.name}" if len(given.index) == 1 else f"Entry ({numbers}) of {given.name}"
    )


def _kept(kept: Kept) -> str:
    """A convention, and the lines that it explains."""
    lines = f" ({_lines(kept.lines)})" if kept.lines else ""
    return f"{kept.message.removesuffix('.')}{lines}."


def _lines(ids: Iterable[int]) -> str:
    return ", ".join(f"line {id}" for id in ids)


def _bound(binding: Binding) -> str:
    """ŷ is o (defined in line 4)."""
    means = binding.means
    meant = f"${latex(name(means, 0))}$" if means.isascii() and means.isidentifier() else means
    return f"${binding.written}$ is {meant}{f' ({binding.why})' if binding.why else ''}"


def _is_same(binding: Binding) -> bool:
    """Whether a name is written as in the problem, in whatever type and however it is joined."""
    written, means = (_PIECE.findall(_FONT.sub("", text)) for text in (binding.written, binding.means))
    return "".join(written) == "".join(means) or sorted(written) == sorted(means)
