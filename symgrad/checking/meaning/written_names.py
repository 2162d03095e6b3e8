"""The written forms of the problem's names: as it writes them, as they stand in the file, by habit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from symgrad.checking.meaning.spelling import HABITS, Spellings, scripts, spell
from symgrad.errors import SymgradError
from symgrad.maths.latex import latex
from symgrad.maths.naming import name as habitual
from symgrad.submission.read import read_maths
from symgrad.submission.written import Node, Symbol


def spellings(
    names: Iterable[str],
    write: Mapping[str, str],
    ranked: Collection[str] = (),
    label: Callable[[str], str] = str,
) -> Spellings:
    """The written forms of all names: as ``write`` says, as in the file, by habit (``y_hat`` is ŷ).

    ``ranked`` are the names of arrays; ``label`` is what a name is called where its number is another name.
    """
    ordered = tuple(names)
    found = Spellings()
    bases = Counter(node.base for name in ordered for node in _bodies(write.get(name, name)))
    for name in ordered:
        single = name not in ranked and not name[-1:].isdigit()
        for node in _written(write.get(name)):
            found.put(
                node, name, square=single and all(bases[part.base] == 1 for part in _bodies(write[name]))
            )
            if isinstance(node, Symbol) and node.sub.isdigit():
                found.numbered.add(name)
    plain = {key for key, (name, _) in found.exact.items() if not key[2] and not key[3] and name in ranked}
    for name in ordered:
        for node in _by_habit(name, label(name)):
            if (
                name in write
                and isinstance(node, Symbol)
                and node.sub.isdigit()
                and spell(node, "", "") in plain
            ):
                continue  # z1 is written z, so z_1 is its first entry
            found.put(node, name, name in write)
    return found


def _bodies(latex: str) -> Iterator[Symbol]:
    """The name in a name with scripts: the τ of τ²."""
    for node in _written(latex):
        known = scripts(node)
        yield from (known[0],) if known is not None else ()


def _by_habit(name: str, called: str) -> Iterator[Node]:
    for one in dict.fromkeys((name, called)):
        yield from (*_habits(one), *_written(latex(habitual(one, 0))))


def _written(latex: str | None) -> Iterator[Node]:
    try:
        if latex is not None:
            yield read_maths(latex)
    except SymgradError:
        return  # what cannot be read is still found by its name in the file


def _habits(name: str) -> Iterator[Node]:
    base, _, sub = name.partition("_")
    yield Symbol(base, sub)
    stem = base.rstrip("0123456789")
    if stem and stem != base and not sub:
        yield Symbol(stem, base[len(stem) :])
    for accent in HABITS:
        for whole in (name, name.replace("_", "")):
            if whole.endswith(accent) and whole != accent:
                yield Symbol(whole.removesuffix(accent).rstrip("_"), accents=(accent,))
            head, _, tail = whole.partition(accent)
            if head and tail and head[-1] != "_" and len(head) <= 2:
                yield Symbol(head, tail.lstrip("_"), accents=(accent,))
