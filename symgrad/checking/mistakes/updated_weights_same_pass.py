"""A backward pass through weights that it has updated already."""

from collections.abc import Iterator
from typing import Any

from symgrad.checking.explaining.case import Case, Here, spot_of
from symgrad.checking.explaining.examples import SOFTMAX, d
from symgrad.checking.explaining.record import Example, Mistake, Supposition


def suppose(case: Case) -> Iterator[Supposition]:
    """The parameters' new values in the local derivatives: all of them, or one."""
    update = case.model.problem.update
    if update is None or not case.is_gradient:
        return
    products = [edge for edge in case.steps if edge.op not in ("add", "subtract")]
    used = {name for edge in products for name in _operands(case, edge.parent)} & set(update.parameters)
    names = tuple(name for name in update.parameters if name in used and name != case.wrt)
    for chosen in (names, *((name,) for name in names if len(names) > 1)):
        if chosen:
            yield Supposition(", ".join(chosen), lambda here, chosen=chosen: _through(here, chosen))  # type: ignore[misc]


def _operands(case: Case, parent: Any) -> set[str]:
    return {edge.child.name for edge in case.tape.into[parent]}


def _through(here: Here, chosen: tuple[str, ...]) -> Any:
    new = {spot_of(name): here.world.after.value(name) for name in chosen}
    changed = {}
    for edge in here.case.steps:
        operands = {e.child for e in here.run.tape.into[edge.parent]} & new.keys()
        if operands:
            changed[edge] = here.run.local(edge, {spot: new[spot] for spot in operands})
    return here.swept(changed)


MISTAKE = Mistake(
    "updated_weights_same_pass",
    50,
    "the backward pass goes on through weights that are updated already",
    "this is what comes out if {part} is updated first and the backward pass then goes through the new value",
    "all gradients of one pass belong to the weights of the forward pass: which weights were used here?",
    r"\frac{\partial J}{\partial h} = (W_2^+)^\top \delta",
    r"\frac{\partial J}{\partial h} = W_2^\top \delta",
    (
        Example(
            SOFTMAX,
            d("J", "h"),
            rf"(W_2 - \eta {d('J', 'W_2')})^\top {d('J', 'v')}",
            rf"W_2^\top {d('J', 'v')}",
        ),
    ),
    (suppose,),
)
