"""A problem with counters as the same plain data without them: h[t] stands there as h[1], h[2], h[3].

Every name with a counter stands once for each number, in the order in which it is worked out, at the
place of the line it came from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.reading.formula import parse_tree
from symgrad.reading.repeat import Counter, Repeat, counter_of
from symgrad.reading.rounds import INDEXED, Positions, Round
from symgrad.reading.schema import ProblemFile
from symgrad.reading.source import Located, Path
from symgrad.reading.tokens import FormulaText

SECTIONS = ("forward", "given", "shapes", "write")
"""Mappings whose keys may be names with a counter."""
LISTS: tuple[Path, ...] = (("backward", "wrt"), ("data",), ("update", "parameters"))
"""Lists of names, in which W[l] stands for all of them."""
LAYERS = frozenset({"l", "layer", "k"})
"""Counters of layers: what they count is written W^{[l]}, as in courses."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LOW = re.compile(r"(?P<name>[^_]+)_(?:\{(?P<sub>.+)\}|(?P<letter>[A-Za-z0-9]))")
_LETTERED = r"(?<![A-Za-z\\]){}(?![A-Za-z])"

Moves: TypeAlias = "Iterable[tuple[Path, Move]]"
Move: TypeAlias = "tuple[Path, Mapping[str, int]]"
"""Where something stood, and the counters' numbers."""
Line: TypeAlias = "tuple[str, str, Mapping[str, int]]"
"""A name, the key it comes from, and the counters' numbers."""


def unrolled(file: ProblemFile, located: Located, repeat: Repeat) -> tuple[Located, Repeat]:
    """The problem without counters, and with ``rounds`` the numbers of each quantity.

    Raises `InputError` for a quantity that two lines state, and where brackets hold no counter.
    """
    moves = dict(_sections(file, located, repeat))
    rounds = {str(path[1]): numbers for path, (_, numbers) in moves.items() if path[0] == "forward"}
    return _moved(located, moves, repeat), replace(repeat, rounds=rounds)


def _sections(file: ProblemFile, located: Located, repeat: Repeat) -> Moves:
    known: dict[str, None] = {}
    for section in SECTIONS:
        if (section,) not in located.values:
            continue
        lines = _ordered(file, repeat) if section == "forward" else _unordered(section, located, repeat)
        seen: dict[str, str] = {}
        for name, source, numbers in lines if section != "write" else _all_of(lines, known, repeat):
            known[name] = None
            if name in seen:
                message = f"'{name}' is stated by '{seen[name]}' and by '{source}'"
                place = located.key_place((section, source))
                raise InputError(message, place=place, hint="keep one of the two")
            seen[name] = source
            yield (section, name), ((section, source), numbers)
    for path in LISTS:
        if path in located.values and isinstance(located.at(path), list):
            yield from _listed(path, located, repeat)


def _ordered(file: ProblemFile, repeat: Repeat) -> Iterator[Line]:
    """The forward lines as they are worked out: each block, for each number in turn, at its first formula.

    A line between formulas of a block stands before the block, unless it uses what the block makes.
    """
    made: set[str] = set()
    later: list[str] = []
    done: set[str] = set()
    blocks = {counter: [f"{s}[{c}]" for s, c in repeat.heads if c == counter] for _, counter in repeat.heads}
    last = {lines[-1]: counter for counter, lines in blocks.items()}
    waiting = {name: counter for counter, lines in blocks.items() for name in lines}
    open_: str | None = None
    for name, formula in file.forward.items():
        if name in waiting:
            open_ = open_ or waiting[name]
            made.add(name.partition("[")[0])
            if name in last and last[name] not in done:
                yield from _rounds(repeat.counters[last[name]], blocks[last[name]])
                done.add(last[name])
                if open_ == last[name]:
                    open_ = None
                    yield from ((line, line, {}) for line in later)
                    later = []
        elif open_ and made.intersection(_WORD.findall(str(formula))):
            made.add(name)
            later.append(name)
        else:
            yield name, name, {}


def _rounds(counter: Counter, lines: list[str]) -> Iterator[Line]:
    for number in counter.numbers:
        for line in lines:
            yield f"{line.partition('[')[0]}[{number}]", line, {counter.name: number}


def _unordered(section: str, located: Located, repeat: Repeat) -> Iterator[Line]:
    """The keys of a section; a name with a counter stands for all its numbers."""
    for key in located.at((section,)):
        match = INDEXED.fullmatch(key)
        if match is None or match["index"].isdecimal():
            yield key, key, {}
            continue
        counter = counter_of(match, located, repeat.counters, (section, key))
        if section == "given":
            first = repeat.counters[counter].first
            hint = f"state each by its number, as in {match['stem']}[{first}]"
            message = f"'{key}' would have the same numbers for every {counter}"
            raise InputError(message, place=located.key_place((section, key)), hint=hint)
        for number in repeat.counters[counter].numbers:
            yield f"{match['stem']}[{number}]", key, {counter: number}


def _all_of(lines: Iterable[Line], known: Iterable[str], repeat: Repeat) -> Iterator[Line]:
    """The lines; one about h, where there are h[0], h[1], … and no h, is about all of these."""
    families: dict[str, list[int]] = {}
    for match in filter(None, map(INDEXED.fullmatch, known)):
        families.setdefault(match["stem"], []).append(int(match["index"]))
    counters = dict(repeat.heads)
    lines = tuple(lines)
    apart = {name for name, _, _ in lines}
    for name, source, numbers in lines:
        if name in families and name not in known:
            counter = counters.get(name, next(iter(repeat.counters)))
            members = ((f"{name}[{number}]", number) for number in families[name])
            yield from ((member, source, {counter: n}) for member, n in members if member not in apart)
        else:
            yield name, source, numbers


def _listed(path: Path, located: Located, repeat: Repeat) -> Moves:
    position = 0
    for n, name in enumerate(located.at(path)):
        match = INDEXED.fullmatch(name)
        numbers: Iterable[Mapping[str, int]] = ({},)
        if match and match["index"] in repeat.counters:
            counter = repeat.counters[match["index"]]
            numbers = [{counter.name: number} for number in counter.numbers]
        for one in numbers:
            yield (*path, position), ((*path, n), one)
            position += 1


def _moved(located: Located, moves: Mapping[Path, Move], repeat: Repeat) -> Located:
    """The data with each thing at its new path, as it reads there, and all places as they were."""
    data = dict(located.data)
    values, keys = dict(located.values), dict(located.keys)
    whole = [(section,) for section in SECTIONS] + [*LISTS]
    roots = [path for path in whole if path in located.values and isinstance(located.at(path), dict | list)]
    inside = {root: [p for p in located.values if p[: len(root)] == root and p != root] for root in roots}
    for root, paths in inside.items():
        for path in paths:
            values.pop(path)
            keys.pop(path, None)
        _put(data, root, {} if isinstance(located.at(root), dict) else [])
    below: dict[Path, list[Path]] = {}
    for root, paths in inside.items():
        for path in paths:
            below.setdefault(path[: len(root) + 1], []).append(path)
    for new, (old, numbers) in moves.items():
        _put(data, new, _reads(located, old, numbers, repeat))
        for path in below[old]:
            moved = (*new, *path[len(new) :])
            values[moved] = located.values[path]
            if path in located.keys:
                keys[moved] = located.keys[path]
    _layers(data, values, keys, repeat, located)
    return replace(located, data=data, values=values, keys=keys)


def _put(data: dict[str, Any], path: Path, value: Any) -> None:
    """A value at a path; what is changed on the way is a copy."""
    at: Any = data
    for step in path[:-1]:
        at[step] = at[step].copy()
        at = at[step]
    if isinstance(at, list):
        at.append(value)
    else:
        at[path[-1]] = value


def _reads(located: Located, path: Path, numbers: Mapping[str, int], repeat: Repeat) -> Any:
    """What stands at a path, in one round: a size n[l-1] is n[2], the letter in a written name a number."""
    value = located.at(path)
    if path[0] == "shapes" and isinstance(value, list):
        return [_member(located, (*path, n), numbers, repeat) for n in range(len(value))]
    if path[0] == "write":
        for counter, number in numbers.items():
            letter, text = re.compile(_LETTERED.format(counter)), _written_number(repeat, number)
            value = letter.sub(text, value) if letter.search(value) else _numbered(value, text, counter)
    if path in [(*root, path[-1]) for root in LISTS]:
        match = INDEXED.fullmatch(value)
        known = {**repeat.ends, **numbers}
        if match and match["index"] in known:
            return f"{match['stem']}[{known[match['index']]}]"
    return value


def _numbered(text: str, number: str, counter: str) -> str:
    """A written name without its counter, with the number where the name itself would have it."""
    if counter in LAYERS:
        return f"{text}^{{[{number}]}}"
    match = _LOW.fullmatch(text)
    name, sub = (match["name"], f"{match['sub'] or match['letter']},") if match else (text, "")
    return f"{name}_{{{sub}{number}}}"


def _written_number(repeat: Repeat, number: int) -> str:
    """A number of a round as its names have it: L for the last one that has no number."""
    return repeat.label(f"x[{number}]")[2:-1]


def _member(located: Located, path: Path, numbers: Mapping[str, int], repeat: Repeat) -> Any:
    """A size of a family by its number: n[l-1] at l = 3 is n[2]."""
    text = located.at(path)
    if not isinstance(text, str) or "[" not in text:
        return text
    source = FormulaText(text, located.place(path))
    round_ = Round({**repeat.ends, **numbers}, frozenset(repeat.counters) - numbers.keys())
    match parse_tree(source):
        case ast.Subscript(value=ast.Name() as stem, slice=index):
            return f"{source.written(stem)}[{Positions(round_, source).position(index)}]"
    message = f"'{text}' is no size"
    raise InputError(message, place=located.place(path), hint="write a number, a name, or n[l-1]")


def _layers(
    data: dict[str, Any], values: dict[Path, Any], keys: dict[Path, Any], repeat: Repeat, located: Located
) -> None:
    """Names that count layers are written W^{[l]}, unless the file writes them otherwise."""
    written = dict(data.get("write", {}))
    layered = {counter for _, counter in repeat.heads} <= LAYERS
    for section in ("forward", "given", "shapes") if layered else ():
        for name in data.get(section, {}):
            match = INDEXED.fullmatch(name)
            if match and name not in written and len(match["stem"]) == 1:
                written[name] = f"{match['stem']}^{{[{_written_number(repeat, int(match['index']))}]}}"
                values[("write", name)] = keys[("write", name)] = located.keys[("repeat",)]
    if written:
        data["write"] = written
        values.setdefault(("write",), located.values[("repeat",)])
