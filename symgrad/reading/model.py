"""A problem as it was read: what every later stage starts from."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from symgrad.errors import Place
from symgrad.operations.lookups import labels_in
from symgrad.reading.arrays import formulas_in
from symgrad.reading.files import files_named
from symgrad.reading.formula import ParsedFormula
from symgrad.reading.methods import PARAMETER, Rule
from symgrad.reading.repeat import NOT_REPEATED, Repeat
from symgrad.reading.schema import Report, Update, Variants
from symgrad.reading.source import Located
from symgrad.tree import Array, Formula, Function, names

__all__ = ["Problem", "Report", "Update", "default_wrt"]


_COMMAND = re.compile(r"\\[A-Za-z]+")
_LETTER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z](?![A-Za-z0-9])")


class Problem(Struct, frozen=True, eq=False, dict=True):
    """A forward pass, what is given, and what is asked; all names are checked, no shape is.

    ``of`` is the objective, ``also`` holds further ones, whose gradients are asked for too.
    ``seed`` names the leaf that is the gradient of ``of``; None where that is 1.
    ``jacobians`` holds the pairs (y, x) of which ∂y/∂x is asked for, ``hessians`` the pairs (w, b) of which
    ∂²of/∂w∂b is.
    ``wrt`` is None where the file leaves it out: see `default_wrt`. ``sizes`` holds the size names of
    ``shapes`` whose number the givens show. ``each`` holds what the steps of training put in place of
    the givens, in turn; the first of it stands in ``given`` too where the file gives nothing else.
    ``repeat`` says which of the quantities come from one formula.
    ``rule`` says how a step of ``update`` moves the parameters. ``warnings`` are sentences for stderr.

    >>> import symgrad as sg
    >>> found = sg.problem({"p": "w @ x", "L": "(p - y)**2"}, data=["x", "y"], given={"x": [1, 2]})
    >>> found.of, found.leaves, found.given["x"]
    ('L', ('w', 'x', 'y'), array([1., 2.]))
    """

    title: str
    forward: tuple[tuple[str, ParsedFormula], ...]
    of: str
    also: tuple[str, ...]
    seed: str | None
    jacobians: tuple[tuple[str, str], ...]
    hessians: tuple[tuple[str, str], ...]
    along: tuple[tuple[str, str], ...]
    wrt: tuple[str, ...] | None
    data: tuple[str, ...]
    given: Mapping[str, Array]
    each: tuple[Mapping[str, Array], ...]
    shapes: Mapping[str, tuple[int | str, ...]]
    sizes: Mapping[str, int]
    functions: Mapping[str, Function]
    update: Update | None
    assume: tuple[tuple[Formula, Formula], ...]
    write: Mapping[str, str]
    report: Report
    located: Located
    repeat: Repeat = NOT_REPEATED
    rule: Rule | None = None
    warnings: tuple[str, ...] = ()
    variants: Variants = Variants()

    def __repr__(self) -> str:
        """The objective and what it is made from, in angle brackets."""
        titled = f" {self.title!r}" if self.title else ""
        return f"<Problem{titled}: {self.of} from {', '.join(self.leaves)}>"

    @cached_property
    def formulas(self) -> Mapping[str, ParsedFormula]:
        """The forward quantities by name."""
        return dict(self.forward)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The names that formulas use and none defines, in order of appearance, then the seed and
        the directions of Hessian products; no sizes.
        """
        used = [name for _, parsed in self.forward for name in names(parsed.formula)]
        seed = () if self.seed is None else (self.seed,)
        behind = (*seed, *(direction for _, direction in self.along))
        return tuple(dict.fromkeys(name for name in (*used, *behind) if name not in self.formulas))

    @cached_property
    def looked_up(self) -> tuple[str, ...]:
        """The givens whose entries stand in formulas as positions, and nothing else of them."""
        found = (name for _, parsed in self.forward for name in parsed.looked_up)
        return tuple(name for name in dict.fromkeys(found) if name not in self.leaves)

    @cached_property
    def exact(self) -> Mapping[str, Any]:
        """The givens with formulas of numbers, such as ``1/3``, among their entries, as they are stated."""
        stated = ((name, ("given", name)) for name in self.given if ("given", name) in self.located.values)
        found = ((name, formulas_in(self.located, path)) for name, path in stated)
        return {name: formulas for name, formulas in found if formulas is not None}

    @cached_property
    def letters(self) -> frozenset[str]:
        """The single letters that something is called or written by, also in the scripts of names."""
        written = (_COMMAND.sub(" ", text) for text in self.write.values())
        return frozenset(letter for text in (*self._ids, *written) for letter in _LETTER.findall(text))

    @property
    def _ids(self) -> tuple[str, ...]:
        rate = (str(self.update.rate),) if self.update else ()
        made = dict(self.rule.lines).keys() - {PARAMETER} if self.rule else ()
        own = (*self.formulas, *self.leaves, *self.given, *self.functions)
        return (*own, *rate, *made, *self.repeat.counters)

    @property
    def points(self) -> tuple[Mapping[str, Array], ...]:
        """The givens, and what they are with the data of each step in their place."""
        return (self.given, *({**self.given, **data} for data in self.each))

    @property
    def files(self) -> tuple[pathlib.Path, ...]:
        """The files beside the problem's own whose numbers it reads."""
        return tuple(dict.fromkeys(files_named(self.located)))

    def place(self, *path: str | int) -> Place:
        """Where the value at a path of the file stands: ``place("given", "W", 1)`` is the second row of W."""
        return self.located.place(path)

    def key_place(self, *path: str | int) -> Place:
        """Where the key at a path of the file stands."""
        return self.located.key_place(path)


def default_wrt(problem: Problem) -> tuple[str, ...]:
    """By what to differentiate: ``wrt``, ``update.parameters``, or every leaf but ``data`` and labels."""
    if problem.wrt is not None:
        return problem.wrt
    if problem.update is not None:
        return problem.update.parameters
    labels = (label for _, parsed in problem.forward for label in labels_in(parsed.formula))
    data = {*problem.data, problem.seed, *labels, *(direction for _, direction in problem.along)}
    return tuple(leaf for leaf in problem.leaves if leaf not in data)
