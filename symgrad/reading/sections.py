"""Sections of a file: keys with the types and limits of their values, and what messages say of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar, get_args, get_type_hints

from msgspec import NODEFAULT, Meta, Struct, ValidationError, convert
from msgspec.structs import fields

from symgrad.errors import InputError
from symgrad.reading.nearest import mend
from symgrad.reading.source import Located, Path


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping whose keys are the fields; what is `described` is what messages say of a value."""

    called: ClassVar[str]
    """What it is in messages, where it is a file."""
    begins: ClassVar[str]
    """How such a file begins."""


Kind = TypeVar("Kind", bound=Section)
LARGEST = sys.float_info.max
Number: TypeAlias = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
"""A number, not infinite."""
_STEP = re.compile(r"\[(?:\d+|\.\.\.)\]")
_SOME_KEY = "[...]"
_AT = re.compile(r" - at `\$(.+)`$")


class Key(Struct, frozen=True):
    """A key of a section: whether it must be there, what its value and those inside it are, an example."""

    type: Any
    needed: bool
    description: str
    inside: str
    example: str


class Misfit(Struct, frozen=True):
    """A value that does not fit, the section and the key that it stands under; what is wrong in general."""

    path: Path
    kind: type[Section]
    name: str
    fault: str = ""


def described(description: str, example: str = "") -> Meta:
    """What a value must be, in words, and an example of it."""
    return Meta(description=description, examples=[example] if example else None)


@cache
def keys_of(kind: type[Section]) -> Mapping[str, Key]:
    """The keys of a section, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.encode_name: Key(
            hints[field.name],
            field.default is NODEFAULT and field.default_factory is NODEFAULT,
            next((meta.description for meta in _metas(hints[field.name])), ""),
            next((meta.description for part in _inside(hints[field.name]) for meta in _metas(part)), ""),
            next((meta.examples[0] for meta in _metas(hints[field.name]) if meta.examples), ""),
        )
        for field in fields(kind)
    }


def _metas(hint: Any) -> list[Any]:
    """The descriptions of a type, the last first."""
    return [part for part in get_args(hint)[:0:-1] if isinstance(part, Meta) and part.description]


def _inside(hint: Any) -> tuple[Any, ...]:
    """The types inside of a type with descriptions."""
    return get_args(get_args(hint)[0])


def section_of(hint: Any) -> type[Section] | None:
    """The section that a value of a type may be."""
    if isinstance(hint, type) and issubclass(hint, Section):
        return hint
    return next(filter(None, map(section_of, get_args(hint))), None)


def read_section(kind: type[Kind], located: Located, hint: Callable[[str, Key], str]) -> Kind:
    """The section that is a file; ``hint`` says for a key what would mend its value.

    Raises `InputError` at the first value that does not fit.
    """
    if not isinstance(located.data, dict):
        message = "the file is empty" if located.data is None else f"{kind.called} is a mapping of keys"
        raise InputError(message, place=located.place(()), hint=f"it begins with '{kind.begins}'")
    try:
        return convert(located.data, kind)
    except ValidationError:
        # A key that is missing may be one that is mistyped: that one says more.
        misfit = min(_misfits(kind, located.data), key=lambda misfit: misfit.fault == MISSING)
        raise _explained(misfit, located, hint) from None


MISSING, UNKNOWN = "missing", "unknown"


def _explained(misfit: Misfit, located: Located, hint: Callable[[str, Key], str]) -> InputError:
    name, known = misfit.name, keys_of(misfit.kind)
    if misfit.fault == UNKNOWN:
        keys = mend(name, known, f"the keys here are {', '.join(known)}")
        return InputError(f"unknown key '{name}'", place=located.key_place(misfit.path), hint=keys)
    key = known[name]
    if misfit.fault == MISSING:
        place = located.key_place(misfit.path)
        return InputError(f"'{name}' is missing", place=place, hint=hint(name, key))
    told = f"'{name}' must be {key.description}"
    if key.inside and misfit.path[-1] != name:
        told = f"the {name} of '{misfit.path[-1]}' must be {key.inside}"
    return InputError(told, place=located.place(misfit.path), hint=hint(name, key))


def _misfits(kind: type[Section], data: Mapping[str, Any], path: Path = ()) -> Iterator[Misfit]:
    """All that does not fit, in the order of the keys that a section has."""
    known = keys_of(kind)
    for name, key in known.items():
        at = (*path, name)
        if name not in data:
            if key.needed:
                yield Misfit(path, kind, name, MISSING)
        elif (inner := section_of(key.type)) is not None and isinstance(data[name], dict):
            yield from _misfits(inner, data[name], at)
        elif (place := _misfit(data[name], key.type)) is not None:
            yield Misfit((*at, *place), kind, name)
    yield from (Misfit((*path, name), kind, name, UNKNOWN) for name in data if name not in known)


def _misfit(data: Any, hint: Any) -> Path | None:
    """Where in a value something does not fit a type; None where all does."""
    try:
        convert(data, hint)
    except ValidationError as error:
        found = _AT.search(str(error))
        steps = _STEP.findall(found[1]) if found else []
        if steps[:1] == [_SOME_KEY] and len(data) > 1:  # msgspec does not say which
            places = (_misfit({name: value}, hint) for name, value in data.items())
            return next(place for place in places if place is not None)
        return tuple(next(iter(data)) if step == _SOME_KEY else int(step[1:-1]) for step in steps)
    return None
