"""A step of momentum, Adam and the like: moments not corrected or of another step, ε under the root."""

from collections.abc import Iterator

from msgspec.structs import replace

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import TWO, changed, opened
from symgrad.checking.explaining.examples import ADAM
from symgrad.checking.explaining.record import Example, Mistake, Repair
from symgrad.checking.explaining.said import maths_of
from symgrad.checking.meaning.moments import COUNTERS, Moments
from symgrad.checking.meaning.spelling import text_of
from symgrad.reading.methods import PARAMETER, SLOPE
from symgrad.submission.written import Add, Call, Literal, Node, Power, Subtract, Symbol

ONE = Literal(TWO.value / 2)
STEP = Symbol("t")
HAT = "hat"
Changes = Iterator[tuple[Node, str]]


def repair(case: Case) -> Iterator[Repair]:
    """Hats, steps, powers of β and ε where they belong."""
    known = case.dictionary.moments
    if not known.there:
        return
    whole = opened(case)

    def change(node: Node) -> Changes:
        match node:
            case Symbol():
                yield from _state(node, known)
                yield from _constant(node, known)
            case Subtract(Literal(one), Power(body, _)) if one == 1:
                yield replace(node, right=body), "the power of the step belongs to the correction alone"
            case Subtract(Literal(one), right) if one == 1 and not isinstance(right, Power):
                words = f"the correction divides by 1 − {maths_of(right)} to the power of the step"
                yield replace(node, right=Power(right, STEP)), words
                if isinstance(right, Symbol) and known.constant(right):
                    yield right, f"1 − {maths_of(right)} stands where {maths_of(right)} belongs"
            case Call(head, (Add(left, right),)) if head.base == "sqrt" and _is_small(right, known):
                root = Call(head, (left,), node.certain, node.span)
                yield Add(root, right), f"{maths_of(right)} does not belong under the root"
            case Add(Call(head, (left,)), right) if head.base == "sqrt" and _is_small(right, known):
                root = Call(head, (Add(left, right),), True, node.span)
                yield root, f"{maths_of(right)} belongs under the root"

    for node, words in changed(whole, change):
        yield Repair(words, node)


def _state(symbol: Symbol, known: Moments) -> Changes:
    """A moment with its hat, or without; that of the step before."""
    moment = known.of(symbol)
    if moment is None or moment.name in (SLOPE, PARAMETER):
        return
    accents = tuple(accent for accent in symbol.accents if accent != HAT)
    other = replace(symbol, accents=accents if HAT in symbol.accents else (*accents, HAT))
    if known.of(other) is not None:
        yield other, f"{maths_of(symbol)} stands where {maths_of(other)} belongs"
    if moment.offset == 0:
        earlier = tuple(Subtract(i, ONE) if text_of(i) in COUNTERS else i for i in symbol.indices)
        words = f"{maths_of(symbol)} stands where that of the step before belongs"
        yield replace(symbol, indices=earlier, sub="".join(map(text_of, earlier))), words
    elif moment.number:
        before = Literal(ONE.value * (moment.number - 1))
        earlier = tuple(before if isinstance(i, Literal) else i for i in symbol.indices)
        words = f"{maths_of(symbol)} stands where that of the step before belongs"
        yield replace(symbol, indices=earlier, sub=str(moment.number - 1)), words
    elif moment.late is None and moment.offset is None:
        old = replace(symbol, marks=("old",), raised=(Symbol("old"),))
        yield old, f"{maths_of(symbol)} stands where that of the step before belongs"


def _constant(symbol: Symbol, known: Moments) -> Changes:
    """1 − β for β, and β to the power of the step."""
    if known.constant(symbol) is not None:
        yield Subtract(ONE, symbol), f"{maths_of(symbol)} stands where 1 − {maths_of(symbol)} belongs"


def _is_small(node: Node, known: Moments) -> bool:
    return isinstance(node, Symbol) and known.constant(node) == "eps"


MISTAKE = Mistake(
    "step_of_a_method",
    145,
    "a step is not as the method has it: a moment is not corrected, or of another step; ε is under the root",
    "this is not the step of the method: {part}",
    "write down the lines of the method, and where each number comes from: this step, or the one before",
    r"\hat m_t = \frac{m_t}{1 - \beta_1}",
    r"\hat m_t = \frac{m_t}{1 - \beta_1^t}",
    (
        Example(ADAM, r"\hat m_t", r"\frac{m_t}{1 - \beta_1}", r"\frac{m_t}{1 - \beta_1^t}"),
        Example(ADAM, "m_t", r"\beta_1 m_{t-1} + \beta_1 g_t", r"\beta_1 m_{t-1} + (1 - \beta_1) g_t"),
        Example(ADAM, "v_t", r"\beta_2 v_t + (1 - \beta_2) g_t^2", r"\beta_2 v_{t-1} + (1 - \beta_2) g_t^2"),
    ),
    (),
    (repair,),
    named=False,
)
