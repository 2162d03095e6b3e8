"""``repeat``: the counters, the formulas that hold for every number of one, and their families of names."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.operations import FORMULA_SIGNATURES
from symgrad.reading.rounds import INDEXED, Round
from symgrad.reading.schema import ProblemFile
from symgrad.reading.source import Located, Path

MAX_UNROLLED = 2_000
STAND_IN = 3
"""Rounds of a counter whose last number has only a name: a first one, a last one, and one between."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Counter(Struct, frozen=True):
    """A counter and the first and last number that it takes; ``end`` names the last where a size does.

    Where nothing shows the number of ``end``, the counter is ``open``, and ``last`` stands in for it: the
    problem is derived with so many rounds, and written with the name.
    """

    name: str
    first: int
    last: int
    end: str = ""
    open: bool = False

    @property
    def numbers(self) -> range:
        """What it counts."""
        return range(self.first, self.last + 1)


class Repeat(Struct, frozen=True):
    """The counters, the formulas that are repeated, and the names of which there is one a number.

    ``heads`` has for each repeated formula, in file order, its stem and its counter: h and t for h[t].
    ``rounds`` has the numbers of the counters for each quantity that comes from one.
    """

    counters: Mapping[str, Counter]
    heads: tuple[tuple[str, str], ...]
    families: frozenset[str]
    rounds: Mapping[str, Mapping[str, int]]

    @property
    def ends(self) -> dict[str, int]:
        """The numbers of the names that end a counter."""
        return {counter.end: counter.last for counter in self.counters.values() if counter.end}

    @property
    def open(self) -> tuple[Counter, ...]:
        """The counters whose last number is known by its name alone."""
        return tuple(counter for counter in self.counters.values() if counter.open)

    def label(self, name: str) -> str:
        """A name of a family as it is written: h[T] for the last of h[1], …, where T has no number."""
        match = INDEXED.fullmatch(name)
        if match is None or not match["index"].isdecimal():
            return name
        for counter in self.open:
            back = counter.last - int(match["index"])
            if 0 <= back < counter.last - counter.first:
                return f"{match['stem']}[{counter.end}{f'-{back}' if back else ''}]"
        return name

    def round(self, name: str = "") -> Round:
        """What counters are in the formula of a quantity; elsewhere they have no number."""
        counters = {**self.ends, **self.rounds.get(name, {})}
        others = frozenset(self.counters) - counters.keys()
        return Round(counters, others, self.families)

    @property
    def origins(self) -> dict[str, tuple[str, str]]:
        """For each quantity of a repeated formula the stem and the brackets of its name: h and [2]."""
        made = {stem for stem, _ in self.heads}
        parts = {name: name.partition("[") for name, numbers in self.rounds.items() if numbers}
        return {name: (stem, mark + rest) for name, (stem, mark, rest) in parts.items() if stem in made}

    def made(self, stem: str) -> bool:
        """Whether a repeated formula makes the quantities of a family."""
        return any(stem == head for head, _ in self.heads)


NOT_REPEATED = Repeat({}, (), frozenset(), {})


def read_repeat(file: ProblemFile, located: Located, known: Mapping[str, int]) -> Repeat:
    """What is repeated; ``known`` has the sizes that givens show.

    Raises `InputError` for a counter without bounds or formulas, and for too many rounds.
    """
    if not file.repeat:
        _check_unrepeated(file, located)
        return NOT_REPEATED
    counters = {name: _counter(name, file, located, known) for name in file.repeat}
    heads = tuple(_heads(file, located, counters))
    if not heads:
        place = located.key_place(("repeat",))
        hint = "name one with its counter, as in h[t]: tanh(a[t])"
        raise InputError("no formula is repeated: none has a name with a counter", place=place, hint=hint)
    _check_length(counters, heads, located)
    stems = {match["stem"]: None for name in _names(file) if (match := INDEXED.fullmatch(name))}
    return Repeat(counters, heads, frozenset(stems), {})


def _check_unrepeated(file: ProblemFile, located: Located) -> None:
    for name in file.forward:
        match = INDEXED.fullmatch(name)
        if match and _NAME.fullmatch(match["index"]):
            message = f"'{name}' is one formula for every {match['index']}, and nothing says which numbers"
            hint = f"add a line repeat: {{{match['index']}: [1, 3]}}"
            raise InputError(message, place=located.key_place(("forward", name)), hint=hint)


def _names(file: ProblemFile) -> Iterator[str]:
    """All names that the file states, those of sizes among them."""
    yield from (*file.forward, *file.given, *file.shapes)
    yield from (size for shape in file.shapes.values() for size in shape if isinstance(size, str))


def _counter(name: str, file: ProblemFile, located: Located, known: Mapping[str, int]) -> Counter:
    path: Path = ("repeat", name)
    place = located.key_place(path)
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in {*FORMULA_SIGNATURES, "pi"}:
        raise InputError(f"'{name}' is no name for a counter", place=place, hint="call it t or l")
    if name in {*_names(file), *file.functions}:
        message = f"the counter '{name}' is also the name of something else"
        raise InputError(message, place=place, hint="give one of the two another name")
    first, last = file.repeat[name]
    if isinstance(first, str):
        message = f"'{first}' is no number to begin with"
        raise InputError(message, place=located.place((*path, 0)), hint="write one, as in [1, 3]")
    end = last if isinstance(last, str) else ""
    number = _last(end, file, located, known, (*path, 1)) if isinstance(last, str) else last
    if number is None:
        return Counter(name, first, first + STAND_IN - 1, end, open=True)
    if first < 0 or number < first:
        message = f"'{name}' cannot run from {first} to {number}"
        hint = "write the first and the last number, both from 0, as in [1, 3]"
        raise InputError(message, place=located.place(path), hint=hint)
    return Counter(name, first, number, end)


def _last(end: str, file: ProblemFile, located: Located, known: Mapping[str, int], path: Path) -> int | None:
    """The number of a last bound that is a size: of a given, or that of the last given of a family used.

    None where the name is nothing else here, and no family has numbers: it stays a name.
    """
    if end in known:
        return known[end]
    counter = path[1]
    lines = (str(text) for name, text in file.forward.items() if name.endswith(f"[{counter}]"))
    used = {match["stem"] for text in lines for match in INDEXED.finditer(text)}
    matches = [m for key in (*file.given, *file.shapes) if (m := INDEXED.fullmatch(key))]
    of_stem: dict[str, int] = {}
    for match in matches:
        if match["stem"] in used and match["index"].isdecimal():
            of_stem[match["stem"]] = max(int(match["index"]), of_stem.get(match["stem"], 0))
    taken = end in {*file.forward, *file.given, *FORMULA_SIGNATURES} or not _NAME.fullmatch(end)
    counts = {*of_stem.values()} - {0}
    if len(counts) == 1 and not taken:
        return max(of_stem.values())
    if not counts and not taken:
        return None
    hint = "write the number, as in [1, 3], or name the size of a given under 'shapes'"
    message = f"the last bound '{end}' has no number: how often to repeat is not known"
    raise InputError(message, place=located.place(path), hint=hint)


def _heads(file: ProblemFile, located: Located, counters: Mapping[str, Counter]) -> Iterator[tuple[str, str]]:
    """The stem and the counter of each formula that is repeated."""
    for name in file.forward:
        match = INDEXED.fullmatch(name)
        if match and not match["index"].isdecimal():
            yield match["stem"], counter_of(match, located, counters, ("forward", name))


def counter_of(match: re.Match[str], located: Located, counters: Mapping[str, Counter], path: Path) -> str:
    """The counter in the brackets of a name. Raises `InputError` where there is none."""
    index = match["index"]
    if index in counters:
        return index
    place = located.key_place(path)
    there_is = ", ".join(counters)
    if _NAME.fullmatch(index):
        hint = f"state it under 'repeat', as in {index}: [1, 3]; there is {there_is}"
        raise InputError(f"'{index}' is no counter", place=place, hint=hint)
    message = f"the brackets of '{match[0]}' hold neither a counter nor a number"
    hint = f"write {match['stem']}[{next(iter(counters))}], or a number from 0"
    raise InputError(message, place=place, hint=hint)


def _check_length(
    counters: Mapping[str, Counter], heads: tuple[tuple[str, str], ...], located: Located
) -> None:
    total = 0
    for _, name in heads:
        total += counters[name].last - counters[name].first + 1
        if total > MAX_UNROLLED:
            message = f"more than {MAX_UNROLLED:,} quantities in all rounds"
            raise InputError(message, place=located.place(("repeat", name)), hint="repeat fewer times")
