"""Another function, another base of a logarithm, another norm than is meant."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import ENTROPY
from symgrad.checking.explaining.record import Example, Mistake, Repair
from symgrad.submission.written import Call, Node, Norm, Symbol

LOGARITHMS = frozenset(("log", "ln", "lg"))
OTHERS: Mapping[str, tuple[str, ...]] = {
    "sin": ("cos",),
    "cos": ("sin",),
    "sinh": ("cosh",),
    "cosh": ("sinh",),
    "exp": ("ln",),
    "max": ("min",),
    "min": ("max",),
}
NORMS = ("", "1", "infty")


def repair(case: Case) -> Iterator[Repair]:
    """The natural logarithm; the sister function; another norm."""
    for node, words in changed(opened(case), _other):
        yield Repair(words, node)


def _other(node: Node) -> Iterator[tuple[Node, str]]:
    match node:
        case Call(head, args) if head.base in LOGARITHMS and (head.sub or head.base == "lg"):
            yield replace(node, head=Symbol("ln")), "the natural logarithm is meant"
        case Call(head, args) if head.base in OTHERS:
            for name in OTHERS[head.base]:
                words = f"{name} belongs here, not {head.base}"
                yield Call(replace(head, base=name), args, True, node.span), words
        case Norm(sub=sub, single=False):
            for other in NORMS:
                if other != sub:
                    yield replace(node, sub=other), f"the norm has the subscript {other or '2'}"


MISTAKE = Mistake(
    "wrong_function",
    310,
    "another function, another base of a logarithm or another norm than is meant",
    "this is not the function that is meant: {part}",
    "compare every function, with its subscript, with the problem's",
    r"H = -\sum_k p_k \log_2 p_k",
    r"H = -\sum_k p_k \ln p_k",
    (
        Example(ENTROPY, "H", r"-\sum_k p_k \log_2 p_k", r"-\sum_k p_k \ln p_k"),
        Example(ENTROPY, "n", r"\lVert w \rVert_1", r"\lVert w \rVert_2"),
    ),
    repair=(repair,),
    named=False,
)
