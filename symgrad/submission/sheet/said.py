"""What the words between the formulas say: sizes of arrays, ranges of letters, facts about data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.submission.lines import Submission
from symgrad.submission.read import read_maths
from symgrad.submission.sheet.reduce import size_name
from symgrad.submission.sheet.terms import Size
from symgrad.submission.sheet.values import number
from symgrad.submission.written import Literal, Node, Power, Span, Symbol

_REALS = r"(?:\\math(?:bb|bf)\s*\{?\s*R\s*\}?|\\Re?(?![A-Za-z])|ℝ|\\\{\s*0\s*,\s*1\s*\\\})"
_MEMBER = re.compile(
    rf"(?:\\in(?![A-Za-z])|∈)[\s$]*{_REALS}\s*(?:\^\s*(\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}}|\([^()]*\)|\w)|([ⁿᵐᵈᵏ¹²³]))?"
)
_RAISED = dict(zip("ⁿᵐᵈᵏ¹²³", "nmdk123", strict=True))
_ENDS = re.compile(
    r"\$|\n|;|&|\\\\|\\quad|\\qquad|\\text\{[^{}]*\}|\\\[|\\\(|(?<![A-Za-z\\])(?:with|where|and|let)\s", re.I
)
_TIMES = re.compile(r"\\times(?![A-Za-z])|×|,|\\cdot(?![A-Za-z])|(?<=[\w}])\s+x\s+(?=[\w{])")
_COMMA = re.compile(r",(?![^{(]*[})])")
_DOTS = r"(?:\\[lcd]?dotsc?|\.\.\.?|…)"
_END = r"(\d+|[A-Za-z](?:_\{?\w+\}?)?)"
_LIST = re.compile(
    rf"(?<![A-Za-z_^{{\\])([a-z])\s*(?:=|\\in|∈)\s*(?:\\\{{\s*)?(\d+)\s*,\s*(?:\d+\s*,\s*)*"
    rf"(?:\\,)?\s*(?:{_DOTS}\s*,?\s*)?{_END}(?![\w.])"
)
_BETWEEN = re.compile(
    rf"(\d+)\s*(?:\\leq?(?![A-Za-z])|≤|\\leqslant)\s*([a-z])\s*(?:\\leq?(?![A-Za-z])|≤|\\leqslant)\s*{_END}"
)
_HOT = re.compile(
    r"(?:\$\s*([^$]{1,24}?)\s*\$[^.$\n]{0,40}?\bone[- ]hot)"
    r"|(?:one[- ]hot\b[^.$\n]{0,40}?\$\s*([^$]{1,24}?)\s*\$)",
    re.I,
)

_NUMBER = (
    r"\s*(?:(?:of|is|was|von|ist|=|:)\s*)?"
    r"(?:\$([^$\n]{1,24})\$|(\d*\.?\d+)(?![.,]?\d|\s*[/^·×%]|e[\d-]))"
)
_RATE = re.compile(
    rf"(?:\b(?:learning[\s-]+rate|step[\s-]+size|Lernrate|Schrittweite)|(?:[,;:.$\d]|\band|\bwith|\bat)\s+rate)"
    rf"{_NUMBER}",
    re.I,
)
OTHER_METHOD = re.compile(
    r"(?<!no )(?<!without )(?<!plain )\b(?:momentum|nesterov|adam(?:w|ax)?|rmsprop|adagrad)\b", re.I
)
"""Words for a method of descent that is not plain."""
_MOMENTUM = re.compile(rf"(?<!no )(?<!without )\bmomentum{_NUMBER}", re.I)


class Stated(Struct, frozen=True):
    """x ∈ ℝ^{1×n}: a symbol, its sizes in order, and the place."""

    symbol: Symbol
    sizes: tuple[Size, ...]
    span: Span

    def apart(self, taken: Collection[str]) -> Stated:
        """The same with other names for sizes that are called as something else is."""
        sizes = tuple(f"{size}_" if isinstance(size, str) and size in taken else size for size in self.sizes)
        return replace(self, sizes=sizes)


def sizes(submission: Submission) -> Iterator[Stated]:
    """The sizes that a sheet states."""
    text = submission.text
    for match in _MEMBER.finditer(text):
        dims = match[1] or _RAISED.get(match[2] or "", "")
        dims = dims[1:-1] if dims[:1] in ("{", "(") and dims else dims
        found = tuple(_size(part) for part in _TIMES.split(dims)) if dims else ()
        before = re.sub(r"\$\s*\$", " ", text[max(0, match.start() - 200) : match.start()])
        ends = list(_ENDS.finditer(before))
        names = before[ends[-1].end() :] if ends else before
        for name in _COMMA.split(names):
            symbol = symbol_of(name)
            if symbol is not None:
                yield Stated(symbol, found, Span(match.start(), match.end()))


def symbol_of(latex: str) -> Symbol | None:
    """A name by itself; None for anything else."""
    try:
        node: Node = read_maths(latex.strip(" .:~\\"))
    except InputError:
        return None
    match node:
        case Symbol():
            return node
        case Power(Symbol() as body, Symbol(base, "") as high):
            return Symbol(
                body.base,
                body.sub,
                (*body.marks, base),
                body.accents,
                body.span,
                body.indices,
                (*body.raised, high),
            )
    return None


def _size(latex: str) -> Size:
    try:
        node: Node = read_maths(latex.strip())
    except InputError:
        return None
    match node:
        case Literal(value) if value.denominator == 1 and value > 0:
            return int(value)
        case Symbol():
            return size_name(node)
        case Power(Symbol() as body, Symbol() | Literal()):
            return size_name(body) + re.sub(r"\W", "", latex[len(body.base) :])
    return None


def ranges(submission: Submission) -> dict[str, tuple[int, int | str]]:
    """Letters with their first and last value: t = 1, …, 3; 1 ≤ l ≤ L; i ∈ {1, …, n}."""
    found: dict[str, tuple[int, int | str]] = {}
    for match in _LIST.finditer(submission.text):
        found.setdefault(match[1], (int(match[2]), _last(match[3])))
    for match in _BETWEEN.finditer(submission.text):
        found.setdefault(match[2], (int(match[1]), _last(match[3])))
    return found


def _last(text: str) -> int | str:
    return int(text) if text.isdigit() else re.sub(r"\W", "", text)


def one_hot(submission: Submission) -> Iterator[Symbol]:
    """The symbols of which a sheet says that they are one-hot."""
    for match in _HOT.finditer(submission.text):
        symbol = symbol_of(match[1] or match[2])
        if symbol is not None:
            yield symbol


def rate(submission: Submission) -> Fraction | None:
    """The learning rate that words give as a number; None where none do, or they give several."""
    return _only_number(_RATE, submission)


def momentum(submission: Submission) -> Fraction | None:
    """The same of the part of a velocity that is kept."""
    return _only_number(_MOMENTUM, submission)


def _only_number(pattern: re.Pattern[str], submission: Submission) -> Fraction | None:
    found = set()
    for match in pattern.finditer(submission.text):
        with suppress(InputError):
            found.add(number(read_maths(match[1] or match[2])))
    return found.pop() if len(found) == 1 else None
