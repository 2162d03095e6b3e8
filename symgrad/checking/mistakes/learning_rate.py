"""The step of an update that is not the learning rate times the gradient."""

from collections.abc import Callable, Iterator
from typing import Any

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.neighbours import symbols_of
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.submission.written import Node, Product, Symbol

Step = Callable[[Any, Any, Any], Any]
STEPS: tuple[tuple[str, Step], ...] = (
    ("the rate is left out", lambda w, rate, g: g),
    ("the rate is used twice", lambda w, rate, g: rate * rate * g),
    ("the step is divided by the rate", lambda w, rate, g: g / rate),
    ("the weight is subtracted in place of its gradient", lambda w, rate, g: rate * w),
    ("a tenth of the rate is used", lambda w, rate, g: rate / 10 * g),
    ("ten times the rate is used", lambda w, rate, g: 10 * rate * g),
    ("twice the rate is used", lambda w, rate, g: 2 * rate * g),
    ("half the rate is used", lambda w, rate, g: rate / 2 * g),
    ("nothing is subtracted", lambda w, rate, g: 0 * g),
)
"""What is subtracted in place of the rate times the gradient."""


def suppose(case: Case) -> Iterator[Supposition]:
    """Another step; only the step."""
    rule = case.model.problem.rule
    if case.target is None or not case.target.new or rule is None or not rule.is_plain:
        return
    for words, step in STEPS:
        yield Supposition(words, lambda here, step=step: here.value(case.of) - _step(here, step))  # type: ignore[misc]
    yield Supposition("only the step is given", lambda here: _step(here, lambda w, rate, g: rate * g))


def _step(here: Here, step: Step) -> Any:
    name, world = here.case.of, here.world
    return step(world.value(name), world.value(world.model.rate), world.gradient(name))


def repair(case: Case) -> Iterator[Repair]:
    """The rate as a factor too many."""
    rate = case.model.rate

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Product(left, right):
                for kept, lost in ((left, right), (right, left)):
                    if isinstance(lost, Symbol) and any(
                        f.name == rate for f in symbols_of(lost, case).values()
                    ):
                        yield kept, "the rate is a factor too many"

    if rate:
        for node, words in changed(opened(case), change):
            yield Repair(words, node)


MISTAKE = Mistake(
    "learning_rate",
    150,
    "the learning rate is left out, another one, or used twice; or something "
    "else than the gradient is subtracted",
    "the step of the update is not the learning rate times the gradient: {part}",
    "a step of gradient descent subtracts the learning rate times the gradient",
    r"W^+ = W - \Delta W",
    r"W^+ = W - \eta \, \Delta W",
    (Example(SOFTMAX, "W_2^+", rf"W_2 - {d('J', 'W_2')}", rf"W_2 - \eta {d('J', 'W_2')}"),),
    (suppose,),
    (repair,),
)
