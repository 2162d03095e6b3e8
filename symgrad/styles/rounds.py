"""A repeated block for every t: its formulas once, the recursion of its gradients once, and sums over t."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from symgrad.calculus.recurrence import Rounds
from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.nodes import Big, Maths, Numeral, Operator, Row
from symgrad.notation.binding import Level, Written, joined
from symgrad.notation.context import write
from symgrad.reading.unrolling import LAYERS
from symgrad.styles.answers import leading
from symgrad.styles.backward import direct, jacobian_sections
from symgrad.styles.forward import general_chains
from symgrad.styles.general import counter_of, general_setting, last_number, number_range
from symgrad.styles.parts import Part, paragraph, section, words
from symgrad.styles.passages import entry, main_chains, passage, through
from symgrad.styles.setting import Setting, is_constant
from symgrad.tree import Formula, Name, Op, added, substitute, walk

_LAYOUTS = frozenset(("transposes", turned) for turned in product((True, False), repeat=2))
"""What `passage` tells of shapes, which is left out where every round has shapes of its own."""
MADE_OF = {
    "layer": (
        "A quantity is used by formulas of its own layer and of the next one. So for every {range} its"
        " gradient is made of gradients of these two layers. At the last it begins with"
    ),
    "step": (
        "A quantity is used by formulas of its own step and of the next one. So for every {range} its"
        " gradient is made of gradients of these two steps. At the last it begins with"
    ),
}
BACK = {
    "layer": "So from one layer to the one before it, for every {range}:",
    "step": "So from one step to the one before it, for every {range}:",
}
SUMMED = {
    ("layer", False): "{leaves} stands in every layer; what the layers add is summed:",
    ("layer", True): "{leaves} stand in every layer; what the layers add is summed:",
    ("step", False): "{leaves} stands in every step; what the steps add is summed:",
    ("step", True): "{leaves} stand in every step; what the steps add is summed:",
}
PARTS = {
    "entry": "{part} is entry {place} of {array}",
    "row": "{part} is row {place} of {array}",
    "column": "{part} is column {place} of {array}",
}
"""What is said of rounds, by what they are, and of several names at once."""


def rounds(setting: Setting) -> Iterator[Block]:
    """Every repeated block of which one derivation holds for all rounds."""
    for found in setting.solution.rounds:
        title = words(setting, "For every {counter}", counter=counter_of(found))
        yield from section(title, _block(setting, found), anchor(found))


def anchor(found: Rounds) -> str:
    """Where the section about a block stands."""
    return f"rounds-{found.counter.name}"


def _block(setting: Setting, found: Rounds) -> Iterator[Block]:
    general = general_setting(setting, found)
    same = "The formulas are the same for every {range}:"
    yield paragraph(setting, same, range=number_range(found, found.counter.last))
    yield Display(general_chains(general, found))
    yield from _parts(general, found)
    yield from _recursion(setting, general, found)
    yield from _sums(setting, general, found)


def _recursion(setting: Setting, general: Setting, found: Rounds) -> Iterator[Block]:
    """The gradients of one round, those of the round after it as symbols, and where the recursion begins."""
    gradients = found.derivation.gradients
    yield from direct(general, gradients.values())
    own = [gradient for target, gradient in gradients.items() if target not in found.shared]
    constants = [gradient for gradient in own if is_constant(gradient)]
    if constants:
        chains = (_stated(general, gradient) for gradient in constants)
        yield Display(tuple(chains), beside=True)
    begins = [g for g in own if found.lasts[g.target] < found.counter.last and not is_constant(g)]
    if begins:
        before = number_range(found, found.counter.last - 1)
        yield paragraph(setting, MADE_OF[_noun(found)], range=before)
        last = [_member(setting, g.target, found) for g in begins]
        yield Display(tuple(chain for gradient in last for chain in _first(setting, gradient)))
    shown: set[object] = set(_LAYOUTS if _varies(found) else ())
    for gradient in own:
        if not is_constant(gradient):
            yield from jacobian_sections(general, gradient.target)
            title = words(
                general,
                "Gradient with respect to {target}, {range}",
                target=Name(gradient.target),
                range=number_range(found, found.lasts[gradient.target]),
            )
            blocks = (*passage(general, gradient, shown), *_together(general, found, gradient, begins))
            yield from section(title, blocks, f"round-{gradient.target}")


def _together(
    general: Setting, found: Rounds, gradient: GradientOf, begins: list[GradientOf]
) -> Iterator[Block]:
    """The recursion in one line: δ_t with Wᵀ δ_{t+1} in the place of ∂J/∂h_t."""
    forms: dict[Formula, Formula] = {
        general.gradient(g.target): g.matrix_form for g in begins if g.matrix_form is not None
    }
    if gradient.matrix_form is None or gradient in begins or gradient.target not in found.graph.quantities:
        return
    put_in = substitute(gradient.matrix_form, forms)
    if put_in != gradient.matrix_form and general.gradient(_next(found, gradient.target)) in walk(put_in):
        before = number_range(found, found.counter.last - 1)
        yield paragraph(general, BACK[_noun(found)], range=before)
        left = general.gradient(gradient.target)
        yield Display((leading(general.chain(left, put_in), left),))


def _next(found: Rounds, target: str) -> str:
    """The same quantity one step on."""
    return found.schema.name(target.partition("[")[0], 1)


def _member(setting: Setting, target: str, found: Rounds) -> GradientOf:
    name = f"{target.partition('[')[0]}[{found.counter.last}]"
    return setting.solution.derivation.gradients[name]


def _first(setting: Setting, gradient: GradientOf) -> Iterator[Chain]:
    if gradient.paths:
        yield from main_chains(setting, gradient)
    else:
        yield _stated(setting, gradient)


def _stated(setting: Setting, gradient: GradientOf) -> Chain:
    left = setting.gradient(gradient.target)
    return leading(setting.chain(left, gradient.result), left)


def _sums(setting: Setting, general: Setting, found: Rounds) -> Iterator[Block]:
    """A leaf that all rounds share: what each round adds to its gradient, summed."""
    if found.shared:
        leaves: list[Part] = [Name(leaf) for leaf in found.shared]
        yield paragraph(setting, SUMMED[_noun(found), len(leaves) > 1], leaves=leaves)
    for leaf, others in found.shared.items():
        gradient = found.derivation.gradients[leaf]
        yield Display((_sum_chain(general, found, gradient, others),))
        if general.detail != "brief":
            for path in gradient.paths:
                yield through(general, path)


def _sum_chain(general: Setting, found: Rounds, gradient: GradientOf, others: tuple[Formula, ...]) -> Chain:
    """∂J/∂W = Σ_t prod(∂J/∂a_t, ∂a_t/∂W) = Σ_t (∂J/∂a_t) h_{t−1}ᵀ."""
    products = added(path.steps[0].after for path in gradient.paths)
    left: Formula = general.gradient(gradient.target)
    links: list[Maths] = []
    if not others:
        links.append(_sum(general, found, products).maths)
    if gradient.matrix_form is not None:
        total = _sum(general, found, gradient.matrix_form)
        for other in others:
            total = joined(total, "+", write(other, general.context), Level.SUM, Level.SUM)
        links.append(total.maths)
    elif not others:
        left = entry(general, gradient)
        links = [_sum(general, found, gradient.index_form).maths]
    ways = int(not others and gradient.matrix_form is not None)
    chain = Chain(general.maths(left), tuple(Link("=", maths) for maths in links))
    return leading(chain, left, ways)


def _sum(general: Setting, found: Rounds, formula: Formula) -> Written:
    body = write(formula, general.context).fit(Level.CHAIN, last=True).maths
    below = Row((counter_of(found), Operator("="), Numeral(str(found.counter.first))))
    above = last_number(found, found.counter.last)
    return Written(Big("∑", body, below, above), Level.PRODUCT, open=Level.HADAMARD)


def _parts(general: Setting, found: Rounds) -> Iterator[Block]:
    """What x_t means of an array x: its row, its column, or its entry."""
    parts: list[Part] = []
    for array, origin in found.parts.items():
        of = next(name for name in found.graph.shapes if name.startswith(f"{array}["))
        step = int(of[len(array) + 1 : -1].removeprefix(found.counter.name) or 0)
        place = Row((counter_of(found), Operator("+" if step > 0 else "-"), Numeral(str(abs(step)))))
        text = PARTS[_kind(general, array, origin)]
        counter = place if step else counter_of(found)
        one = words(general, text, part=Name(of), place=counter, array=Name(array))
        parts += [", ", one] if parts else [one]
    if parts:
        yield paragraph(general, "Here {parts}.", parts=tuple(parts))


def _kind(general: Setting, array: str, origin: Op) -> str:
    places = [isinstance(part, int) for part in origin.option("key")]
    if sum(places) == general.context.naming.rank(array):
        return "entry"
    return "row" if places[0] else "column"


def _varies(found: Rounds) -> bool:
    """Whether a leaf belongs to one round, so that rounds may have shapes of their own."""
    return any("[" in name and name not in found.graph.quantities for name in found.derivation.gradients)


def _noun(found: Rounds) -> str:
    """What is counted."""
    return "layer" if found.counter.name in LAYERS else "step"
