"""Values of data that words suppose for the lines around: "For $y = 0$ we get …", "… where $x = 1$"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.settling.contrary import contrary
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Comparison, Literal, Negative, Symbol

_SUPPOSING = re.compile(
    r"\b(?:for|with|when|where|if|since|as|here|case|suppose|assume|let|now|take|set|für|mit|wenn|sei)\b[^.;!?]{0,20}$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"[$\s,(]*(?:\\\)|\\\])?[$\s,(]*(?:for|where|with|when|if|as|since|für|mit)\s+", re.IGNORECASE
)
_CONTRARY = contrary("whether", "only", "except", "or")
_ALL = re.compile(
    r"\b(?:general\w*|any|all|every|each|arbitrary|always|regardless|otherwise|instead)\b", re.IGNORECASE
)


def supposed_in(submission: Submission, dictionary: Dictionary) -> Mapping[int, tuple[Comparison, ...]]:
    """What is supposed of data for a line, by its id: by the words before it in its passage, or behind it."""
    found: dict[int, tuple[Comparison, ...]] = {}
    held: dict[str, Comparison] = {}
    last: Line | None = None
    for line in submission.lines:
        if last is None or line.passage != last.passage or _ALL.search(line.prose):
            held = {}
        if value := next(_values(line, dictionary), None):
            name, said = value
            between = "" if last is None else submission.text[last.span.end : line.span.start]
            if last is not None and _BEHIND.fullmatch(between.rstrip("$( \n") + " "):
                found[last.id] = (said,)
            elif _SUPPOSING.search(line.prose) and not _CONTRARY.search(line.prose):
                held = {**held, name: said}
        elif held:
            found[line.id] = tuple(held.values())
        last = line
    return found


def _values(line: Line, dictionary: Dictionary) -> Iterator[tuple[str, Comparison]]:
    """The name of data with nothing given that a line sets to a number."""
    model = dictionary.model
    match [side.node for side in line.sides]:
        case [Symbol() as symbol, (Literal() | Negative(Literal())) as number] if line.relations == ("=",):
            known = next(dictionary.find(symbol), None)
            free = model.data & (set(model.graph.leaves) - set(model.problem.given))
            if known is not None and known.name in free and not (known.indices or known.marks):
                yield known.name, Comparison(symbol, "=", number, line.span)
