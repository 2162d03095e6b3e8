r"""What words say of classes: that c is the true one, or that j is another, for the lines they are about.

"\frac{\partial J}{\partial z_c} = p_c - 1 for the true class c" is about the entry at which one-hot y is 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct

from symgrad.checking.meaning.dictionary import CLASS
from symgrad.checking.worlds.model import Model
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Comparison, Element, Sum, Symbol

_TRUE = r"(?:true|correct|right|actual|target|gold|observed|ground[- ]truth|richtigen?|wahren?)"
_KIND = r"(?:class|label|category|word|token|target|Klasse)"
_LETTER = r"\s*(?:is\s+)?[}$`(\s]*\\?\(?\s*(?P<letter>[a-zA-Z])(?![a-zA-Z{_^\\])"
_BOUND = r"(?<![a-zA-Z\\_^])(?P<bound>[a-zA-Z])\s*\\?\)?[$`]*\s*(?:\\(?:text|textrm|mathrm|mbox)\{\s*)?"
_ARE = r"(?:is|be|denotes|being|for|stands for|means|ist|sei)\s+(?:the\s+)?(?:index\s+of\s+)?(?:the\s+)?"
_NAMED = re.compile(rf"\b{_TRUE}\s+{_KIND}(?:\s+index)?(?:{_LETTER})?", re.IGNORECASE)
_DEFINED = (
    re.compile(rf"{_BOUND}{_ARE}{_TRUE}\s+{_KIND}", re.IGNORECASE),
    re.compile(rf"\b(?:is|belongs|sample|example|input|image|x)\b[^.\n]{{0,20}}\b(?:of|to)\s+class{_LETTER}"),
)
_OTHER = re.compile(
    rf"(?:(?:{_BOUND}is\s+)?\bnot\s+(?:the\s+)?{_TRUE}\s+{_KIND}|\b(?:other|wrong|incorrect|remaining|false|non-target)\s+"
    rf"(?:class|label|category|word|token)(?:es|s|ies)?(?:{_LETTER})?|\bthe\s+others\b)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"[.!?;]\s|\n\s*\n|\\\\|\b(?:and|but|while|whereas|und)\s+(?:for|für)\b")
_EITHER = re.compile(
    r"\b(?:unless|except|not\s+only|whether|alike|both|as\s+well\s+as|another|other\s+(?:sample|example|image|input)s?"
    r"|class\w*\s+(?:\W?\w\W?\s+)?(?:and|or)\s+(?:for\s+)?(?:all\s+)?(?:the\s+)?others?)\b",
    re.IGNORECASE,
)
"""Words that say it of all classes, or of other samples."""
_FOR = re.compile(
    r"\b(?:for|für|if|when)(?:\s+(?:all|any|each|every|the|it|is|of|this|der|die|alle))*\s*$", re.IGNORECASE
)
_ALL = re.compile(r"\b(?:all|any|every|each)\b|\\forall|∀", re.IGNORECASE)
_AND_FOR = re.compile(r"[\s$,;]*(?:and|but|while|whereas|und)?\s*(?:for|für)\b", re.IGNORECASE)
NEAR, REACH = 20, 120
"""Characters before and behind a line in which words may be about it."""


class Said(Struct, frozen=True):
    """A letter that is the true class, or one that is another class; "" where it is not clear which it is."""

    letter: str
    is_true: bool

    @property
    def condition(self) -> Comparison:
        """The same as a condition of a line."""
        return Comparison(Symbol(self.letter), "=" if self.is_true else "≠", Symbol(CLASS))


def classes_of(submission: Submission) -> Mapping[int, Said]:
    """What is said of a letter of a line, by the line's id."""
    text, found = submission.text, {}
    defined: dict[str, int] = {}
    for pattern in _DEFINED:
        for match in pattern.finditer(text):
            near = text[match.start() : match.end() + NEAR]
            if not _OTHER.search(match[0]) and not _EITHER.search(near):
                defined.setdefault(_letter(match), match.start())
    end = 0
    for line in submission.lines:
        letters = frozenset(_free(line))
        around = _around(line, text, end, letters)
        said = next((each for each in around if not each.letter or each.letter in letters), None)
        if said is None and not any(_names_other(line, text, end)):
            since = (
                Said(letter, True)
                for letter in sorted(letters)
                if defined.get(letter, len(text)) < line.span.start
            )
            said = next(since, None)
        if said is not None:
            found[line.id] = said
        end = line.span.end
    return found


def of_all(submission: Submission) -> frozenset[int]:
    """The lines of which words say that they hold for all indices."""
    ends = (0, *(line.span.end for line in submission.lines))
    pairs = zip(submission.lines, ends, strict=False)
    return frozenset(
        line.id for line, end in pairs if any(map(_ALL.search, _parts(line, submission.text, end)))
    )


def _around(line: Line, text: str, end: int, letters: frozenset[str]) -> Iterator[Said]:
    """What the words behind a line say, and those before it."""
    only = next(iter(letters)) if len(letters) == 1 else ""
    for part in _parts(line, text, end):
        if _EITHER.search(part):
            continue
        if other := _OTHER.search(part):
            letter, is_for, is_true = _letter(other), _is_for(other, part), False
        elif true := _NAMED.search(part):
            letter, is_for, is_true = _letter(true) or _defined_in(part), _is_for(true, part), True
        else:
            letter, is_for, is_true = _defined_in(part), False, True
        if letter or is_for:
            yield Said(letter or only, is_true)


def _is_for(match: re.Match[str], part: str) -> bool:
    """Whether words say for what a line holds: "for the true class", not "it looks at the true class"."""
    return _FOR.search(part[: match.start()]) is not None


def _names_other(line: Line, text: str, end: int) -> Iterator[bool]:
    return (bool(_OTHER.search(part)) for part in _parts(line, text, end))


def _parts(line: Line, text: str, end: int) -> tuple[str, str]:
    """The words behind a line and those before it, as far as the sentence goes; ``end``: of the last line."""
    inside, rest = text[line.span.start : line.span.end], text[line.span.end : line.span.end + REACH]
    behind = inside[len(inside) // 4 :] + _ENDING.split(rest)[0]
    before = text[max(end, line.span.start - REACH) : line.span.start]
    if end and end >= line.span.start - REACH:
        _, newline, later = before.partition("\n")
        before = later if newline else before if _AND_FOR.match(before) else ""
    return behind, _sentences(before)


def _sentences(before: str) -> str:
    """The last sentence of some words, in the paragraph that leads to a display or in that above it."""
    return re.split(r"[.!?;]\s", before)[-1]


def _letter(match: re.Match[str]) -> str:
    found = match.groupdict()
    return found.get("letter") or found.get("bound") or ""


def _defined_in(part: str) -> str:
    found = (match for pattern in _DEFINED if (match := pattern.search(part)))
    return next(map(_letter, found), "")


def _free(line: Line) -> Iterator[str]:
    """The letters of a line that stand as indices and over which nothing is summed."""
    nodes = line.nodes
    summed = {part.index for part in nodes if isinstance(part, Sum)}
    for part in nodes:
        for index in part.indices if isinstance(part, Symbol | Element) else ():
            if isinstance(index, Symbol) and len(index.base) == 1 and index.base not in summed:
                yield index.base


def class_data(model: Model) -> str:
    """The data of one sample that tell its class: one-hot, or a label; "" where there is not just one."""
    shapes, given = model.graph.shapes, model.problem.given
    sums = {fact.name for fact in model.facts if fact.value == 1 and fact.axis is None}
    hot = (
        name
        for name in model.graph.leaves
        if len(shapes[name]) == 1
        and name not in model.parameters
        and (name in sums or _is_hot(given.get(name)))
    )
    found = (*hot, *(name for name in model.labels if not shapes[name]))
    return found[0] if len(found) == 1 else ""


def tells_classes(model: Model) -> bool:
    """Whether data may say which class is the true one: labels, zeros and ones, what is not given."""
    given = model.problem.given
    arrays = [name for name in model.data if model.graph.shapes.get(name)]
    unclear = any(name not in given or np.isin(given[name], (0.0, 1.0)).all() for name in arrays)
    return bool(unclear or model.labels or any(fact.value == 1 for fact in model.facts))


def _is_hot(given: object) -> bool:
    array = np.asarray(given if given is not None else 0.0, dtype=float)
    return array.ndim == 1 and bool(np.isin(array, (0.0, 1.0)).all()) and float(array.sum()) == 1.0
