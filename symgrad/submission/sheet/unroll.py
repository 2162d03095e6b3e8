"""Recurrences in a letter, h_t = tanh(W h_{t−1} + U x_t) for t = 1, …, 3, written out for every t."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec.structs import replace

from symgrad.submission.sheet.indices import Index, index_of, scripts
from symgrad.submission.sheet.reduce import sum_of
from symgrad.submission.sheet.statements import Definition, Statements
from symgrad.submission.sheet.substitution import substituted
from symgrad.submission.written import Literal, Node, Sum, Symbol, transform, walk

MOST_TIMES = 50
MOST_UNROLLED = 500
"""Definitions that a recurrence may become."""


def unrolled(stated: Statements, ranges: Mapping[str, tuple[int, int | str]]) -> Statements:
    """The statements with every recurrence whose range is known written out."""
    letters = {letter for item in stated.definitions for letter in recurring(item)}
    known = {letter: found for letter in letters if (found := _range(letter, stated, ranges)) is not None}
    if not known:
        return stated
    definitions = [new for item in stated.definitions for new in _times(item, known)]
    alike = frozenset(base for item in stated.definitions for base in _families(item, known))
    return replace(stated, definitions=tuple(definitions[:MOST_UNROLLED]), families=alike)


def _families(item: Definition, known: Mapping[str, range]) -> Iterator[str]:
    """The letters of names that are there for every t."""
    for part in walk(item.body) if item.body is not None else ():
        found = [_any(script) for script in scripts(part)] if isinstance(part, Symbol) else []
        if any(index is not None and index.letter in known for index in found):
            yield part.base  # type: ignore[union-attr]


def recurring(item: Definition) -> Iterator[str]:
    """The letters by which a definition reaches back to what it defines, or to a neighbour of its kind."""
    if item.body is None:
        return
    own = {index.letter for script in scripts(item.target) if (index := _any(script)) and not index.shift}
    bound = {part.index for part in walk(item.body) if isinstance(part, Sum)}
    for part in walk(item.body):
        for script in scripts(part):
            index = _any(script)
            if index is not None and index.shift and index.letter in own - bound:
                yield index.letter


def _any(script: Node) -> Index | None:
    return index_of(script, {part.base for part in walk(script) if isinstance(part, Symbol)})


def _range(letter: str, stated: Statements, ranges: Mapping[str, tuple[int, int | str]]) -> range | None:
    """From the words beside the formulas; else up to the last number that a name of the kind has."""
    first, last = ranges.get(letter) or next(_summed(letter, stated), (1, ""))
    if isinstance(last, str):
        values = {item.target.base: item.value for item in stated.shown if not item.target.sub}
        value = values.get(last)
        last = int(value.value) if isinstance(value, Literal) else max(_numbers(letter, stated), default=0)
    return range(first, last + 1) if first <= last <= MOST_TIMES else None


def _summed(letter: str, stated: Statements) -> Iterator[tuple[int, int | str]]:
    """The limits of a sum over the letter."""
    for item in stated.definitions:
        for part in walk(item.body) if item.body is not None else ():
            match part:
                case Sum(index=index, lower=Literal(first), upper=Literal(last)) if index == letter:
                    yield int(first), int(last)
                case Sum(index=index, lower=Literal(first), upper=Symbol(name)) if index == letter:
                    yield int(first), name


def _numbers(letter: str, stated: Statements) -> Iterator[int]:
    """The numbers that stand where the letter stands: 3 in L = (h_3 − y)²."""
    bases = {item.target.base for item in stated.definitions if letter in recurring(item)}
    bodies = [item.body for item in stated.definitions if item.body is not None]
    bodies += [item.of for item in stated.derivatives if item.of is not None]
    for body in bodies:
        for part in walk(body):
            if isinstance(part, Symbol) and part.base in bases:
                for script in scripts(part):
                    if isinstance(script, Literal) and script.value.denominator == 1:
                        yield int(script.value)


def _times(item: Definition, known: Mapping[str, range]) -> Iterator[Definition]:
    body = item.body
    if body is None:
        yield item
        return
    body = transform(body, lambda node: _expanded(node, known))
    over = [letter for letter in known if any(_is(script, letter) for script in scripts(item.target))]
    if not over:
        yield item if body is item.body else replace(item, body=body)
        return
    letter = over[0]
    for time in known[letter]:
        value = Literal(Fraction(time))
        target = substituted(item.target, letter, value)
        assert isinstance(target, Symbol)
        also = tuple(s for other in item.also if isinstance(s := substituted(other, letter, value), Symbol))
        yield replace(item, target=target, body=substituted(body, letter, value), also=also)


def _is(script: Node, letter: str) -> bool:
    index = index_of(script, {letter})
    return index is not None and index.letter == letter and not index.shift


def _expanded(node: Node, known: Mapping[str, range]) -> Node:
    """Σ_{t=1}^{3} L_t as L_1 + L_2 + L_3."""
    match node:
        case Sum(body, letter, product=False, condition=None) if letter in known:
            times = known[letter]
            low = node.lower.value if isinstance(node.lower, Literal) else times.start
            high = node.upper.value if isinstance(node.upper, Literal) else times.stop - 1
            if node.upper is not None and not isinstance(node.upper, Literal | Symbol):
                return node
            numbers = range(int(low), int(high) + 1)
            found = [substituted(body, letter, Literal(Fraction(t))) for t in numbers]
            return sum_of(found) if found else node
    return node
