"""The bias left out of a forward step."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.examples import SOFTMAX
from symgrad.checking.explaining.forward import slips
from symgrad.checking.explaining.record import Example, Mistake, Supposition
from symgrad.tree import Formula, Name, Op


def suppose(case: Case) -> Iterator[Supposition]:
    """A leaf that is added is left out."""
    leaves = case.model.graph.leaves

    def change(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Op("add" | "subtract", (kept, Name(lost))) if lost in leaves:
                yield kept, lost
            case Op("add", (Name(lost), kept)) if lost in leaves:
                yield kept, lost

    yield from slips(case, change)


MISTAKE = Mistake(
    "bias_omitted_forward",
    70,
    "the bias is left out of a forward step",
    "the bias {part} is missing",
    "compare the terms of this step with those of its formula, one by one",
    r"z = W x",
    r"z = W x + b",
    (Example(SOFTMAX, "v", "W_2 h", "W_2 h + b_2"),),
    (suppose,),
)
