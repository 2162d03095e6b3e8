"""How parameters are updated: the lines of ``update.method`` or ``update.rule``, read and checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

import numpy as np
from msgspec import Struct

from symgrad.errors import InputError
from symgrad.methods import METHODS
from symgrad.methods.record import DECAY, Method
from symgrad.reading.formula import ParsedFormula, parse_formula
from symgrad.reading.nearest import mend
from symgrad.reading.schema import CONSTANTS, Update
from symgrad.reading.source import Located, Path
from symgrad.tree import Array, Formula, Function, names

RATE, STEP, PARAMETER, SLOPE, CLIP = "rate", "step", "w", "g", "clip"


class Rule(Struct, frozen=True):
    """One step for each parameter ``w`` with its gradient ``g``: lines in order, as `Method` has them.

    ``schedule`` is the rate at a step, by ``rate`` and ``step``. ``constants`` has the numbers of the
    method; ``clip`` among them is the longest that all gradients together may be. ``direction`` is the name
    of Newton's direction, where the lines have it, ``through`` what it goes through. Other names are givens.
    """

    title: str
    lines: tuple[tuple[str, Formula], ...]
    constants: Mapping[str, Array]
    schedule: Formula | None = None
    direction: str = ""
    through: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether every step is w − rate g, and nothing else."""
        alone = len(self.lines) == 1 and not self.constants and self.schedule is None
        return self.title == METHODS["sgd"].title and alone

    @property
    def states(self) -> tuple[str, ...]:
        """What a step needs of the step before it: read before it is made."""
        made: set[str] = set()
        found: dict[str, None] = {}
        left = {target for target, _ in self.lines}
        for target, formula in self.lines:
            read = (name for name in names(formula) if name in left - made - {PARAMETER, SLOPE})
            found |= dict.fromkeys(read)
            made.add(target)
        return tuple(found)

    @property
    def givens(self) -> frozenset[str]:
        """The givens that the lines use."""
        formulas = [formula for _, formula in self.lines] + ([self.schedule] if self.schedule else [])
        known = {
            RATE,
            STEP,
            PARAMETER,
            SLOPE,
            self.direction,
            *self.constants,
            *(target for target, _ in self.lines),
        }
        return frozenset(name for formula in formulas for name in names(formula)) - known


def read_rule(
    update: Update, located: Located, given: Mapping[str, Array], functions: Mapping[str, Function]
) -> Rule:
    """The rule of an ``update``. Raises `InputError` for an unknown method, constant or name."""
    method = _method(update, located)
    constants = _constants(update, method, located)
    decay = _decay(update, method, given, located)
    lines = [*_lines(update, method, located, functions, decay)]
    stated = decay != DECAY or DECAY in constants
    if stated and not any(decay in names(parsed.formula) for _, parsed in lines):
        place = located.place(("update", DECAY))
        decayed = parse_formula(f"{SLOPE} + {decay} * {PARAMETER}", place)
        lines = [(SLOPE, decayed), *lines]
    schedule = _schedule(update, located, functions)
    if update.clip is not None:
        constants[CLIP] = np.asarray(update.clip, dtype=float)
    rule = Rule(
        method.title,
        tuple((target, parsed.formula) for target, parsed in lines),
        MappingProxyType(constants),
        None if schedule is None else schedule.formula,
        method.direction,
        _through(update, method, located),
    )
    made = {target for target, _ in lines} | ({method.direction} if method.direction else set())
    for path, parsed in (*_places(lines), *([(("update", "schedule"), schedule)] if schedule else [])):
        own = {RATE, STEP, *constants} - {CLIP} | ({PARAMETER, SLOPE} | made if path[1] == "rule" else set())
        _check_known(parsed, own, update, given, located, path)
    return rule


def _decay(update: Update, method: Method, given: Mapping[str, Array], located: Located) -> str:
    """What the decay is called: by its own name, or by that of a given, which has one number."""
    name = update.weight_decay
    if not isinstance(name, str):
        return DECAY
    numbers = [other for other, array in given.items() if not array.ndim and other not in update.parameters]
    if name not in numbers:
        place = located.place(("update", DECAY))
        hint = mend(name, numbers, "state it under 'given', or write a number from 0")
        raise InputError(f"'{name}' is no given with one number", place=place, hint=hint)
    if name in {RATE, STEP, PARAMETER, SLOPE, CLIP, method.direction, *CONSTANTS, *method.lines}:
        place = located.place(("update", DECAY))
        hint = "give it another name under 'given', or write the number"
        raise InputError(f"'{name}' is something else in a step of {method.name}", place=place, hint=hint)
    return name


def _method(update: Update, located: Located) -> Method:
    if update.rule is not None:
        if update.method is not None:
            place = located.key_place(("update", "rule"))
            raise InputError("both a method and a rule", place=place, hint="keep one of the two")
        return Method("rule", "its rule", update.rule)
    name = update.method or "sgd"
    if name in METHODS:
        return METHODS[name]
    place = located.place(("update", "method"))
    raise InputError(f"'{name}' is no method", place=place, hint=mend(name, METHODS, _there_is()))


def _through(update: Update, method: Method, located: Located) -> str:
    """The quantity that the step goes through, where the method takes one."""
    if method.through and update.through is None:
        place = located.place(("update", "method"))
        hint = "name the residuals, or the outputs, that the objective is made from: through: r"
        raise InputError(f"{method.name} lacks its 'through'", place=place, hint=hint)
    if update.through is not None and not method.through:
        taking = [other.name for other in METHODS.values() if other.through]
        place = located.key_place(("update", "through"))
        message = f"{method.name} goes through nothing"
        raise InputError(message, place=place, hint=f"delete it; it belongs to {' and '.join(taking)}")
    return update.through or ""


def _there_is() -> str:
    return f"there is {', '.join(METHODS)}; write your own as rule:"


def _constants(update: Update, method: Method, located: Located) -> dict[str, Array]:
    """The method's constants, by default those of its source; none that it does not have."""
    stated = {name: value for name in CONSTANTS if (value := getattr(update, name)) is not None}
    own = method.constants if update.rule is None else CONSTANTS
    if method.direction:
        _check_undisturbed(update, located)
    for name in stated:
        if name not in own and name != DECAY:
            place = located.key_place(("update", name))
            raise InputError(
                f"'{name}' is no constant of {method.name}", place=place, hint=_constants_of(name, method)
            )
    found = {**method.constants, **stated}
    return {
        name: np.asarray(value, dtype=float) for name, value in found.items() if not isinstance(value, str)
    }


def _check_undisturbed(update: Update, located: Located) -> None:
    """Newton's step takes the gradient and the Hessian of one objective."""
    for key in (DECAY, CLIP):
        if getattr(update, key) is not None:
            place = located.key_place(("update", key))
            message = f"'{key}' changes the gradient and not the Hessian: Newton's method has none"
            raise InputError(
                message, place=place, hint="write a penalty such as lam*dot(w, w) into the objective"
            )


def _constants_of(name: str, method: Method) -> str:
    having = [other.name for other in METHODS.values() if name in other.constants]
    has = ", ".join(dict.fromkeys((*method.constants, DECAY)))
    return f"{method.name} has {has}; '{name}' belongs to {' and '.join(having)}"


def _lines(
    update: Update, method: Method, located: Located, functions: Mapping[str, Function], decay: str
) -> Iterator[tuple[str, ParsedFormula]]:
    for target, line in method.lines.items():
        text = re.sub(rf"\b{DECAY}\b", decay, line)
        path: Path = ("update", "rule", target) if update.rule is not None else ("update",)
        if update.rule is not None:
            _check_target(target, update, located, path)
        yield target, parse_formula(text, located.place(path), functions=functions)
    if PARAMETER not in method.lines:
        place = located.place(("update", "rule"))
        hint = f"end with one, as in {PARAMETER}: {PARAMETER} - {RATE} * {SLOPE}"
        raise InputError(f"the rule has no line for the parameter '{PARAMETER}'", place=place, hint=hint)


def _check_target(target: str, update: Update, located: Located, path: Path) -> None:
    if target in (RATE, STEP, *CONSTANTS, CLIP) or not target.isidentifier() or not target.isascii():
        place = located.key_place(path)
        hint = f"its lines are about {PARAMETER}, its gradient {SLOPE} and states of your own"
        raise InputError(f"a rule does not make '{target}'", place=place, hint=hint)


def _schedule(update: Update, located: Located, functions: Mapping[str, Function]) -> ParsedFormula | None:
    if update.schedule is None:
        return None
    return parse_formula(update.schedule, located.place(("update", "schedule")), functions=functions)


def _places(lines: list[tuple[str, ParsedFormula]]) -> Iterator[tuple[Path, ParsedFormula]]:
    return ((("update", "rule", target), parsed) for target, parsed in lines)


def _check_known(
    parsed: ParsedFormula,
    own: Collection[str],
    update: Update,
    given: Mapping[str, Array],
    located: Located,
    path: Path,
) -> None:
    """A name in a line is the step's own, or a given number that no step changes."""
    for name in names(parsed.formula):
        if name in own or (name in given and not given[name].ndim and name not in update.parameters):
            continue
        known = [*own, *(n for n, a in given.items() if not a.ndim and n not in update.parameters)]
        hint = mend(name, known, f"there is {', '.join(sorted(known))}")
        raise InputError(f"'{name}' is nothing that a step knows", place=located.place(path), hint=hint)
