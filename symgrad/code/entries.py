"""An index formula (Σ_k W_kj g_k) as NumPy source text: every letter is an axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from msgspec.structs import replace

from symgrad.code.writer import ATOM, MULTIPLY, Text, Writer
from symgrad.tree import Delta, Entry, Formula, Op, Total, children, walk

MANY = 6
"""Letters up to which arrays are multiplied whole, one axis a letter, and summed then."""


class EntryWriter(Writer):
    """Writes index formulas; an array has one axis for each letter of ``order``, in that order.

    ``ranges`` holds the dimension of each letter.
    """

    order: tuple[str, ...] = ()
    ranges: Mapping[str, Any] = None  # type: ignore[assignment]

    def write(self, formula: Formula) -> Text:
        """The text of an index formula, or of any other."""
        match formula:
            case Entry(base, indices):
                return self._entry(super().array(base), indices)
            case Delta(left, right) if left == right:
                return Text("1.0")
            case Delta(left, right):
                return self._entry(Text(f"np.eye({self.dim(self.ranges[left])})"), (left, right))
            case Total(body, index):
                return self._total(body, index)
        return super().write(formula)

    def _total(self, body: Formula, index: str) -> Text:
        if len(self.order) > MANY and (found := self._contracted(Total(body, index))) is not None:
            return found
        inside = replace(self, ranges={**self.ranges, **ranges_of(body, self)})
        inner = inside.write(body)
        if index in letters_of(body):
            return Text(f"np.sum({inner.text}, axis={self.order.index(index)}, keepdims=True)")
        return Text(f"{inner.within(MULTIPLY)} * {self.dim(inside.ranges[index])}", MULTIPLY)

    def _contracted(self, formula: Total) -> Text | None:
        """Sums of a product of entries by `numpy.einsum`, which never holds all products at once."""
        bound, body = list[str](), cast("Formula", formula)
        while isinstance(body, Total):
            bound.append(body.index)
            body = body.body
        factors = list(_factors(body))
        entries = [f for f in factors if isinstance(f, Entry) and all(isinstance(i, str) for i in f.indices)]
        others = [factor for factor in factors if factor not in entries]
        letters = [str(i) for entry in entries for i in entry.indices]
        shadowed = len({*bound}) < len(bound)
        if shadowed or not {*bound} <= {*letters} or any(map(letters_of, others)):
            return None
        left = [letter for letter in self.order if letter in letters and letter not in bound]
        axes = {letter: str(n) for n, letter in enumerate(self.order)}
        arrays = (super(EntryWriter, self).array(entry.base).text for entry in entries)
        places = (", ".join(axes[str(i)] for i in entry.indices) for entry in entries)
        parts = (f"{array}, [{place}]" for array, place in zip(arrays, places, strict=True))
        text = f"np.einsum({', '.join(parts)}, [{', '.join(axes[i] for i in left)}], optimize=True)"
        spread = ", ".join(":" if letter in left else "None" for letter in self.order)
        whole = Text(f"{text}[{spread}]")
        scalars = [self.write(factor).within(MULTIPLY) for factor in others]
        return Text(" * ".join([*scalars, whole.text]), MULTIPLY) if scalars else whole

    def _entry(self, base: Text, indices: tuple[str | int, ...]) -> Text:
        """An array's axes moved to where their letters stand; a letter used twice takes the diagonal."""
        text = base.within(ATOM)
        if any(isinstance(i, int) for i in indices):
            text += f"[{', '.join(str(i) if isinstance(i, int) else ':' for i in indices)}]"
        letters = [i for i in indices if isinstance(i, str)]
        while (twice := next((i for i in letters if letters.count(i) > 1), None)) is not None:
            first = letters.index(twice)
            second = letters.index(twice, first + 1)
            text = f"np.diagonal({text}, axis1={first}, axis2={second})"
            letters = [i for n, i in enumerate(letters) if n not in (first, second)] + [twice]
        axes = sorted(range(len(letters)), key=lambda n: self.order.index(letters[n]))
        if axes != list(range(len(letters))):
            text = f"np.transpose({text}, ({', '.join(map(str, axes))}))"
        if len(letters) < len(self.order):
            text += f"[{', '.join(':' if letter in letters else 'None' for letter in self.order)}]"
        return Text(text)


def write_entries(writer: Writer, formula: Formula, free: Sequence[tuple[str, Any]]) -> Text:
    """The array whose entry at the letters ``free`` (with their dimensions) is ``formula``."""
    found = {**ranges_of(formula, writer), **dict(free)}
    summed = (node.index for node in walk(formula) if isinstance(node, Total))
    order = tuple(dict.fromkeys([*dict(free), *found, *summed]))
    own = {name: getattr(writer, name) for name in writer.__struct_fields__}
    text = EntryWriter(**own, order=order, ranges=found).write(formula).text
    shape = tuple(dim for _, dim in free)
    spread = writer.dimensions((*shape, *[1] * (len(order) - len(free))))
    return Text(f"np.broadcast_to({text}, {spread}).reshape({writer.dimensions(shape)})")


def ranges_of(formula: Formula, writer: Writer) -> dict[str, Any]:
    """The dimensions of the letters that are free in a formula, from the arrays whose entries they pick."""
    if isinstance(formula, Entry):
        pairs = zip(formula.indices, writer.shape(formula.base), strict=True)
        return {letter: dim for letter, dim in pairs if isinstance(letter, str)}
    bound = formula.index if isinstance(formula, Total) else None
    parts = (ranges_of(part, writer) for part in children(formula))
    return {letter: dim for part in parts for letter, dim in part.items() if letter != bound}


def _factors(formula: Formula) -> Iterator[Formula]:
    match formula:
        case Op("multiply", (left, right)):
            yield from _factors(left)
            yield from _factors(right)
        case _:
            yield formula


def letters_of(formula: Formula) -> frozenset[str]:
    """The letters along which a formula varies."""
    match formula:
        case Entry(_, indices):
            return frozenset(i for i in indices if isinstance(i, str))
        case Delta(left, right):
            return frozenset((left, right)) if left != right else frozenset()
        case Total(body, index):
            return letters_of(body) - {index}
    return frozenset().union(*map(letters_of, children(formula)))
