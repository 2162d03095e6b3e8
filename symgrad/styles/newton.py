"""Newton's directions in a report: the system that they solve, in symbols and at every step in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.nodes import Maths, Matrix, Row
from symgrad.numbers.evaluate import Values
from symgrad.results.newton import HESSIAN
from symgrad.results.updating import own
from symgrad.styles.parts import listed, paragraph
from symgrad.styles.setting import Setting
from symgrad.styles.worked import value
from symgrad.tree import Formula, Name, Second, Value


def newton_rule(setting: Setting) -> Iterator[Block]:
    """H d = g, block by block; nothing for other methods."""
    directions = _directions(setting)
    if not directions:
        return
    of, parameters = setting.solution.graph.of, _parameters(setting)
    one = len(directions) == 1
    hessian = Name(own(HESSIAN))
    yield paragraph(
        setting,
        f"The direction{'' if one else 's'} ",
        *listed(directions),
        f" solve{'s' if one else ''} a system with the Hessian ",
        hessian,
        " by all parameters together:" if _are_flat(setting) else " by all entries, row by row:",
    )
    blocks = tuple(tuple(setting.maths(Second(of, a, b)) for b in parameters) for a in parameters)
    whole = blocks[0][0] if one else Matrix(blocks)
    slopes = _column(setting, [setting.gradient(name) for name in parameters])
    system = Chain(Row((setting.maths(hessian), _column(setting, directions))), (Link("=", slopes),))
    yield Display((Chain(setting.maths(hessian), (Link("=", whole),)), system))


def newton_worked(setting: Setting, values: Values) -> Iterator[Chain]:
    """The system and its solution in numbers; nothing for other methods."""
    directions, hessian = _directions(setting), Name(own(HESSIAN))
    if not directions or hessian not in values.names:
        return
    array = np.asarray(values.names[hessian], dtype=float)
    whole = Value(array if array.size > 1 else array.reshape(()))
    slopes = _joined(values, [setting.gradient(name) for name in _parameters(setting)])
    left = Row((setting.maths(whole), _column(setting, directions)))
    if _are_flat(setting):
        yield Chain(left, (Link(setting.relation(slopes), setting.maths(slopes)),))
        found = _joined(values, directions)
        yield Chain(_column(setting, directions), (Link(setting.relation(found), setting.maths(found)),))
        return
    for direction in directions:
        yield value(setting, direction, np.asarray(values.names[direction], dtype=float))


def _joined(values: Values, parts: Sequence[Formula]) -> Value:
    """Scalars and vectors one below the other."""
    arrays = [np.asarray(values.names[part], dtype=float) for part in parts]
    return Value(arrays[0] if len(arrays) == 1 else np.concatenate(list(map(np.ravel, arrays))))


def _parameters(setting: Setting) -> tuple[str, ...]:
    update = setting.solution.problem.update
    return update.parameters if update is not None else ()


def _directions(setting: Setting) -> list[Formula]:
    rule = setting.solution.problem.rule
    if rule is None or not rule.direction:
        return []
    return [Name(own(rule.direction, name)) for name in _parameters(setting)]


def _are_flat(setting: Setting) -> bool:
    """Whether no parameter is a matrix, so that all of them are one column."""
    return all(setting.context.naming.rank(name) < 2 for name in _parameters(setting))


def _column(setting: Setting, parts: Sequence[Formula]) -> Maths:
    written = [setting.maths(part) for part in parts]
    return written[0] if len(written) == 1 else Matrix(tuple((part,) for part in written))
