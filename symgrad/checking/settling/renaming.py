"""Names of the student's own for what the problem has a name for: they are that name, everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary, Own
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, TooLong, Unknown
from symgrad.checking.meaning.symbols import own_value
from symgrad.checking.worlds.moved import Nested, NoValue
from symgrad.checking.worlds.tensor import COLUMN, Misfit
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Derivative, Literal, walk
from symgrad.tree import Array


def bind_names(dictionary: Dictionary, worlds: Sequence[World]) -> Dictionary:
    """The dictionary with the names that are defined once, as what one name is at each of these worlds.

    A gradient may have the value of a name, and is none.
    """
    renamed = {
        spelling: name
        for spelling, owned in dictionary.own.items()
        if len(owned) == 1 and worlds and (name := _same(owned[0], dictionary, worlds))
    }
    return replace(dictionary, renamed=renamed) if renamed else dictionary


def _same(own: Own, dictionary: Dictionary, worlds: Sequence[World]) -> str:
    """The one name of the problem that a definition is; "" where there is none."""
    if own.parameters or any(isinstance(part, Derivative) for part in walk(own.body)):
        return ""
    if isinstance(own.body, Literal):
        return ""
    fitting = list(dictionary.model.graph.shapes)
    for world in worlds:
        value = value_of(own, dictionary, world) if fitting else None
        if value is None:
            return ""
        fitting = [name for name in fitting if _equal(world.value(name), value)]
    return fitting[0] if len(fitting) == 1 else ""


def value_of(own: Own, dictionary: Dictionary, world: World, stands: str = COLUMN) -> Array | None:
    """What a definition is worth at a point; None where that cannot be said."""
    scope = Scope(dictionary, world, Choices(), stands, line=own.line)
    try:
        found = own_value(own, (), scope, own.body)
    except (Unknown, Misfit, Labelled, NoValue, Nested, TooLong, ValueError, np.linalg.LinAlgError):
        return None
    return None if found.axes else np.real(found.data)


def _equal(there: Array, value: Array) -> bool:
    return there.shape == value.shape and bool(np.allclose(value, there, rtol=1e-9, atol=1e-12))
