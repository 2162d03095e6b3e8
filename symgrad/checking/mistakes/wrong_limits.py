"""A sum, or a product, over too little."""

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import ENTROPY
from symgrad.checking.explaining.limits import whole_range
from symgrad.checking.explaining.record import Example, Mistake, Repair
from symgrad.submission.written import Add, Literal, Node, Subtract, Sum

ONE = Literal(Fraction(1))


def repair(case: Case) -> Iterator[Repair]:
    """The whole range; one more, or one fewer, at either end."""
    whole = opened(case)
    for node, words in changed(whole, whole_range):
        yield Repair(words, node)
    for node, words in changed(whole, _moved):
        yield Repair(words, node)


def _moved(node: Node) -> Iterator[tuple[Node, str]]:
    if isinstance(node, Sum):
        for name, limit in (("lower", node.lower), ("upper", node.upper)):
            for kind in (Add, Subtract) if limit is not None else ():
                words = f"the {name} limit of the sum over ${node.index}$ is one off"
                yield replace(node, **{name: kind(limit, ONE)}), words  # type: ignore[arg-type]


MISTAKE = Mistake(
    "wrong_limits",
    300,
    "a sum runs over too little or too much",
    "the limits of a sum are wrong: {part}",
    "how many terms are there, and which is the first?",
    r"H = -\sum_{k=2}^{3} p_k \ln p_k",
    r"H = -\sum_{k=1}^{3} p_k \ln p_k",
    (Example(ENTROPY, "H", r"-\sum_{k=2}^{3} p_k \ln p_k", r"-\sum_{k=1}^{3} p_k \ln p_k"),),
    repair=(repair,),
    named=False,
)
