"""What the answers of a problem are called (``h``, ``dJ/dW2``, ``dy/dx``): what a chain leads to."""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.document.blocks import Chain
from symgrad.styles.setting import Setting
from symgrad.tree import Entry, Formula, Gradient, Name, Partial, Second, walk


def answer(formula: Formula) -> str:
    """The name of the answer that a symbol stands for, or that an entry is of; of other formulas none.

    >>> answer(Gradient("J", "W2")), answer(Name("h")), answer(Second("L", "w", "b"))
    ('dJ/dW2', 'h', 'd2L/dwdb')
    """
    match formula:
        case Name(id):
            return id
        case Gradient(of, wrt) | Partial(of, wrt):
            return f"d{of}/d{wrt}"
        case Second(of, wrt, by):
            return f"d2{of}/d{wrt}d{by}"
        case Entry(base, _):
            return answer(base)
    return ""


def needed(setting: Setting, *formulas: Formula) -> frozenset[str]:
    """The answers whose numbers are put in where those of ``formulas`` are worked out."""
    quantities = setting.solution.graph.quantities
    symbols = (node for formula in formulas for node in walk(formula))
    return frozenset(
        answer(node)
        for node in symbols
        if isinstance(node, Gradient | Partial | Second) or (isinstance(node, Name) and node.id in quantities)
    )


def leading(chain: Chain, to: Formula | str, ways: int = 0, needs: frozenset[str] = frozenset()) -> Chain:
    """The chain as one that leads to an answer; its first ``ways`` links are the way to it."""
    shown = (replace(link, kind="way") for link in chain.links[:ways])
    of = to if isinstance(to, str) else answer(to)
    return replace(chain, of=of, needs=needs, links=(*shown, *chain.links[ways:]))
