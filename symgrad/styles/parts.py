"""Small pieces that every section is built from: sentences, chains, and what a solution says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symgrad.document.blocks import Chain, Display, Inline, Link, Paragraph, Sentence, Words
from symgrad.maths.nodes import Boxed, Maths, Operator, Row, Script, Symbol
from symgrad.notation.context import Context
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import is_exact
from symgrad.numbers.evaluate import Values
from symgrad.shapes import Shape
from symgrad.solution import Solution
from symgrad.tree import Formula, Gradient, Name, Size, Value


@dataclass(frozen=True)
class Setting:
    """A solution and how it is to be written: what every section function receives."""

    solution: Solution
    context: Context

    def maths(self, formula: Formula) -> Maths:
        """A formula in this setting's names, notation and digits."""
        return to_maths(formula, self.context)

    def gradient(self, target: str) -> Gradient:
        """∂of/∂target."""
        return Gradient(self.solution.graph.of, target)

    @cached_property
    def values(self) -> Values:
        """All numbers of the solution: quantities, givens, gradients and sizes."""
        run, graph = self.solution.run, self.solution.graph
        names: dict[Formula, Any] = {Name(name): value for name, value in run.quantities.items()}
        names |= {Name(name): value for name, value in self.solution.problem.given.items()}
        names |= {self.gradient(name): value for name, value in run.gradients.items()}
        return Values(names, graph.sizes)

    def chain(self, left: Formula | None, *right: Formula, notes: Mapping[int, Sentence] | None = None) -> Chain:
        """left = right[0] = right[1] …, with notes beside some of the links."""
        notes = notes or {}
        links = tuple(Link("=", self.maths(part), notes.get(n, ())) for n, part in enumerate(right))
        return Chain(None if left is None else self.maths(left), links)

    def worked(self, left: Formula, formula: Formula, stages: Iterable[Formula]) -> Chain:
        """left = formula = numbers put in = … = result in a box; ≈ where digits are dropped."""
        links = [Link("=", self.maths(formula))]
        stages = tuple(stages)
        for n, stage in enumerate(stages):
            maths = self.maths(stage)
            links.append(Link(self.relation(stage), Boxed(maths) if n == len(stages) - 1 else maths))
        return Chain(self.maths(left), tuple(links))

    def relation(self, formula: Formula) -> str:
        """= where all numbers in a stage are printed exactly, ≈ where they are rounded."""
        return "=" if all(is_exact(v, self.context.digits) for v in _arrays(formula)) else "≈"

    def size(self, dim: Any) -> Maths:
        """A dimension: its name, or its number where it has none."""
        return self.maths(Size(str(dim)))


def _arrays(formula: Formula) -> Iterable[Any]:
    if isinstance(formula, Value):
        return [formula.array]
    return [array for part in getattr(formula, "args", ()) for array in _arrays(part)]


def words(*parts: str | Maths | Formula, setting: Setting | None = None) -> Sentence:
    """A sentence of words and inline maths (formulas are written in the setting)."""
    found: list[Words | Inline] = []
    for part in parts:
        if isinstance(part, str):
            found.append(Words(part))
        elif setting is not None and type(part).__module__.endswith("tree"):
            found.append(Inline(setting.maths(part)))  # type: ignore[arg-type]
        else:
            found.append(Inline(part))  # type: ignore[arg-type]
    return tuple(found)


def paragraph(setting: Setting, *parts: str | Maths | Formula) -> Paragraph:
    """A paragraph of running text."""
    return Paragraph(words(*parts, setting=setting))


def note(setting: Setting, *parts: str | Maths | Formula) -> Paragraph:
    """A remark set apart from the running text."""
    return Paragraph(words(*parts, setting=setting), "note")


def listed(items: Iterable[Formula]) -> list[str | Formula]:
    """a, b and c as the parts of a sentence."""
    found = list(items)
    parts: list[str | Formula] = []
    for n, item in enumerate(found):
        if n:
            parts.append(" and " if n == len(found) - 1 else ", ")
        parts.append(item)
    return parts


def membership(setting: Setting, name: str, shape: Shape) -> Maths:
    """W ∈ ℝ^{m×n}."""
    left = setting.maths(Name(name))
    dims: list[Maths] = []
    for dim in shape:
        dims += [*([Operator("×")] if dims else []), setting.size(dim)]
    space: Maths = Symbol("ℝ", "upright")
    return Row((left, Operator("∈"), Script(space, sup=Row(tuple(dims))) if dims else space))


def display(*chains: Chain, beside: bool = False) -> Display:
    """A display of chains."""
    return Display(chains, beside)
