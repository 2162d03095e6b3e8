r"""What symbols are of a step of a method: its states and what it makes of them (m_t, v_{t-1}, \hat m_w), its
constants (β_1, ε), and t, the number of the step.

A number on a name counts the updates: m_2 is what m is after two. A letter stands for any step: of t that
which a line is about, of t − 1 the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.spelling import STALE, UPDATED, Spellings, lettered, text_of
from symgrad.checking.meaning.written_names import spellings
from symgrad.checking.worlds.model import Model
from symgrad.reading.methods import PARAMETER, SLOPE, STEP
from symgrad.submission.written import Literal, Node, Symbol, walk
from symgrad.tree import names

ALIASES: Mapping[str, tuple[str, ...]] = {
    "momentum": ("mu", "beta", "gamma", "rho"),
    "rho": ("beta", "gamma"),
    "eps": ("delta",),
    "weight_decay": ("lambda",),
}
"""Letters that people have for constants of methods, beside those of the problem file."""
STEPS = frozenset(("t", "tau", "k"))
"""What the number of a step is called by itself; on a name other letters stand for it too."""
COUNTERS = frozenset("tkns")
"""Letters on a name that stand for the number of a step."""


class Moment(Struct, frozen=True):
    """A name of a method's line (or ``g``, or a parameter ``w`` at a step), whose it is, and when.

    ``number``: after so many updates. ``offset``: from the step that a letter stands for. ``late``: made by
    this step (True) or before it (False). None of the three: not said. ``places`` are indices of an entry.
    """

    name: str
    parameter: str = ""
    number: int | None = None
    offset: int | None = None
    late: bool | None = None
    places: tuple[Node, ...] = ()


class Moments(Struct, frozen=True):
    """The symbols of a problem's method: of plain descent the parameters at a step alone."""

    model: Model
    spelled: Spellings

    @property
    def there(self) -> bool:
        """Whether there are states or constants."""
        rule = self.model.problem.rule
        return rule is not None and not rule.is_plain

    def is_known(self, symbol: Symbol) -> bool:
        """Whether a symbol stands for something of a step that nobody need define; g may be anything."""
        if not self.there or next(self.spelled.find(symbol), None) is not None:
            return False
        found = self.of(symbol)
        return (
            self.constant(symbol) is not None
            or self.is_step(symbol)
            or (found is not None and found.name != SLOPE)
        )

    def constant(self, symbol: Symbol) -> str | None:
        """The constant of the method that a symbol is."""
        rule = self.model.problem.rule
        if rule is None or symbol.marks or symbol.accents:
            return None
        found = next(_spelled(tuple(rule.constants)).find(symbol), None)
        if found is not None:
            return None if found.indices else found.name
        named = (name for name in rule.constants if symbol.base in ALIASES.get(name, ()) and not symbol.sub)
        return next(named, None)

    def is_step(self, symbol: Symbol) -> bool:
        """Whether a symbol is the t of a method, or of a schedule, that counts its steps."""
        rule = self.model.problem.rule
        plain = symbol == Symbol(symbol.base) and symbol.base not in self.model.dimensions
        if rule is None or not plain or symbol.base not in STEPS:
            return False
        formulas = [formula for _, formula in rule.lines] + ([rule.schedule] if rule.schedule else [])
        return any(STEP in names(formula) for formula in formulas)

    def of(self, symbol: Symbol) -> Moment | None:
        """What of a step a symbol is; None where it is nothing of it, or its scripts cannot be read."""
        rule = self.model.problem.rule
        if rule is None:
            return None
        plain = replace(symbol, sub="", indices=(), marks=(), raised=())
        scripts = tuple(n for m, n in zip(symbol.marks, symbol.raised, strict=False) if m[:1] in "([")
        scripts = (*scripts, *symbol.indices)
        marks = tuple(mark for mark in symbol.marks if mark[:1] not in "([")
        lines = (*(name for name, _ in rule.lines if name != PARAMETER), SLOPE)
        found = next(_spelled(lines).find(plain), None) if not rule.is_plain else None
        if found is not None:
            return self._timed(self._scripted(Moment(found.name), scripts), marks)
        of = next(self.spelled.find(plain), None)
        if of is None or of.name not in self._parameters or not scripts or of.indices:
            return None
        moment = self._timed(self._scripted(Moment(PARAMETER, of.name), scripts), marks)
        return moment if moment and (moment.number is not None or moment.offset is not None) else None

    def within(self, nodes: Iterable[Node]) -> tuple[Moment, ...]:
        """All of a step that stands in some expressions."""
        return tuple(found for symbol in _symbols(nodes) if (found := self.of(symbol)) is not None)

    def constants_in(self, nodes: Iterable[Node]) -> frozenset[str]:
        """The constants of the method that stand in some expressions."""
        return frozenset(name for symbol in _symbols(nodes) if (name := self.constant(symbol)) is not None)

    @property
    def _parameters(self) -> tuple[str, ...]:
        update = self.model.problem.update
        return () if update is None else update.parameters

    def _scripted(self, moment: Moment, scripts: tuple[Node, ...]) -> Moment | None:
        """A moment with what its scripts say, one after the other."""
        for script in scripts:
            letter, offset = lettered(script)
            whose = next(self.spelled.find(script), None) if isinstance(script, Symbol) else None
            if isinstance(script, Literal) and script.value.denominator == 1 and moment.number is None:
                moment = replace(moment, number=int(script.value))
            elif whose is not None and whose.name in self._parameters and not moment.parameter:
                moment = replace(moment, parameter=whose.name)
                if whose.indices:
                    return None
            elif text_of(script) in UPDATED | STALE:
                moment = replace(moment, late=text_of(script) in UPDATED)
            elif letter in COUNTERS and moment.offset is None:
                moment = replace(moment, offset=offset)
            elif isinstance(script, Symbol | Literal):
                moment = replace(moment, places=(*moment.places, script))
            else:
                return None
        return moment

    def _timed(self, moment: Moment | None, marks: tuple[str, ...]) -> Moment | None:
        for mark in marks:
            if mark not in UPDATED | STALE or moment is None:
                return None
            moment = replace(moment, late=mark in UPDATED)
        return moment


def _symbols(nodes: Iterable[Node]) -> Iterator[Symbol]:
    return (part for node in nodes for part in walk(node) if isinstance(part, Symbol))


@lru_cache(maxsize=64)
def _spelled(names: tuple[str, ...]) -> Spellings:
    """How the names of a method are written: ``mhat`` is m̂, ``beta1`` is β_1."""
    return spellings(names, {})
