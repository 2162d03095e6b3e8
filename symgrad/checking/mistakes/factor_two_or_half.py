"""A factor 2 or ½ lost or put in."""

from collections.abc import Iterator

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.examples import PRODUCT, TANH, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.scales import by_counts, rescaled

WORDS = {2.0: "doubled", 0.5: "halved", 4.0: "doubled twice", 0.25: "halved twice"}


def suppose(case: Case) -> Iterator[Supposition]:
    """The whole, or what arrives on one way, doubled or halved."""
    sizes = set(case.worlds[0].sizes.values())
    for factor, said in WORDS.items():
        if factor in (4.0, 0.25) and 4 in sizes:
            continue
        yield from by_counts(case, lambda here, factor=factor: factor, said, ways=factor in (2.0, 0.5))  # type: ignore[misc]


def repair(case: Case) -> Iterator[Repair]:
    """The whole, or one term, halved or doubled again; of an update that is the rate."""
    if case.target is not None and case.target.new:
        return
    yield from rescaled(case, "2", "halved", "doubled")


MISTAKE = Mistake(
    "factor_two_or_half",
    108,
    "a factor 2 or ½ is lost or put in",
    "a factor 2 or ½ is wrong: {part}",
    "what does the derivative of a square bring down, and is there a ½ in the objective to meet it?",
    r"\frac{\partial E}{\partial o} = 2 (o - t)",
    r"\frac{\partial E}{\partial o} = o - t",
    (
        Example(TANH, d("C", "p"), "2 (p - t)", "p - t"),
        Example(PRODUCT, d("f", "x"), r"x \sin(x) + x^2 \cos(x)", r"x \sin(x) + \frac{x^2}{2} \cos(x)"),
    ),
    (suppose,),
    (repair,),
)
