"""The last step by the letter of its number: h_n is h_3 where the work says that there are n = 3 steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import lettered, text_of
from symgrad.submission.lines import Submission
from symgrad.submission.written import Literal, Node, Sum, Symbol

_STEPS = re.compile(
    r"[^.;\n]{0,24}?\b(?:steps?|times?|rounds?|schritte?n?|zeit\w*|pas(?:os?)?)\b", re.IGNORECASE
)


def last_in(submission: Submission, known: Dictionary) -> Callable[[Node, Dictionary], Node] | None:
    """What puts its number for the letter of the last step; None where no line says that it is one."""
    numbers = _numbers(submission, known)
    if not numbers:
        return None

    def change(node: Node, known: Dictionary) -> Node:
        places = tuple(_number(index, numbers) for index in node.indices) if isinstance(node, Symbol) else ()
        if not isinstance(node, Symbol) or places == node.indices:
            return node
        return replace(node, indices=places, sub=",".join(map(text_of, places)))

    return change


def _numbers(submission: Submission, known: Dictionary) -> Mapping[str, Literal]:
    last = {counter.last for counter in known.model.problem.repeat.counters.values()}
    summed = {part.index for part in submission.nodes if isinstance(part, Sum)}
    found: dict[str, Literal] = {}
    for line in submission.lines if last else ():
        match [side.node for side in line.sides]:
            case [Symbol(letter, "", (), ()) as name, Literal(value) as number] if value in last:
                said = _STEPS.match(submission.text, line.span.end) is not None and line.relations == ("=",)
                if said and letter not in summed and not known.is_known(name):
                    found[letter] = number
    return found


def _number(index: Node, numbers: Mapping[str, Literal]) -> Node:
    letter, offset = lettered(index)
    number = numbers.get(letter or "")
    return index if number is None else replace(number, value=number.value + offset, span=index.span)
