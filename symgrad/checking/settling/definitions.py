"""What a chain defines: names of the student's own, with the formulas beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import KNOWN, Dictionary, Own
from symgrad.checking.meaning.entries import split_digits
from symgrad.checking.meaning.spelling import (
    DRESS,
    Spelling,
    flat_sub,
    labels,
    lettered,
    plain_name,
    scripts,
    spell,
    text_of,
    unbarred,
    without,
)
from symgrad.checking.worlds.model import Model
from symgrad.submission.lines import Line
from symgrad.submission.written import (
    Call,
    Derivative,
    Element,
    Literal,
    Node,
    Power,
    Product,
    Sum,
    Symbol,
    transform,
    walk,
)


def definitions_in(line: Line, dictionary: Dictionary) -> Iterator[Own]:
    """Names that a chain gives to what stands beside them."""
    if line.is_condition or line.struck or len(line.sides) < 2:
        return
    nodes = [side.node for side in line.sides]
    if any(relation in ("≠", "<", "≤", ">", "≥") for relation in line.relations):
        return
    arguments = next((t[2] for n in nodes if (t := names_of(n, dictionary)) is not None and t[2]), ())
    for place, node in enumerate(nodes):
        target = names_of(node, dictionary)
        if (
            target is None
            or _is_kronecker(target[0], nodes, dictionary)
            or _is_entry_of_gradient(target, line, dictionary)
        ):
            continue
        bare = spell(target[0], flat_sub(target[0]), labels((*target[0].raised, *target[1])))
        if _is_signal_claim(target, nodes, dictionary) or (place and bare in dictionary.claimed):
            dictionary.claimed.add(bare)
            continue
        plain = target[0] == Symbol(target[0].base)
        if place and plain and target[0].base in (*dictionary.model.dimensions, "I"):
            continue  # Σ x̂² = m claims a size, ∂z/∂b = I that it is the identity
        if not target[2] and len(target[0].base) > 1 and not target[0].sub and arguments:
            target = (target[0], target[1], arguments)  # RBF = φ(z) = …
        body = _definiens(nodes, place, dictionary)
        if body is None or (isinstance(body, Literal) and _is_mean(target, dictionary)):
            continue
        symbol, raised, parameters = target
        if stated_size(symbol, body, dictionary.model) or is_open_size(symbol, dictionary.model):
            continue
        if parameters == (ARGUMENT,):
            body = _abstracted(node, nodes)
            if (
                body is None
                or spell(symbol, flat_sub(symbol), labels((*symbol.raised, *raised))) in dictionary.own
            ):
                continue
        spelling, letters = _spelling(symbol, raised, None if parameters else body, dictionary)
        known = dictionary.own.get(spelling)
        if known and (place or letters):
            continue  # what is defined above is only used here, or an entry of it claimed
        was_slope = known and isinstance(known[-1].body, Derivative) and not parameters
        if was_slope and not isinstance(body, Derivative):
            continue  # what this gradient is has been said; here it is worked out
        yield Own(
            spelling,
            body,
            line.id,
            letters,
            parameters,
            line.sides[place].latex,
            line.turn,
        )


def numbered_in(own: Own, dictionary: Dictionary) -> Iterator[tuple[int, Own]]:
    """The definitions of δ_1, δ_2 in δ_t = ∂L/∂a_t, where the problem has a_1 and a_2."""
    for letter in own.letters if len(own.letters) == 1 else ():
        for number in sorted(_numbers(letter, own.body, dictionary)):
            base, accents, low, high = own.spelling
            body = transform(own.body, partial(_with_number, letter, number))
            yield (
                number,
                replace(own, spelling=(base, accents, f"{low}{number}", high), body=body, letters=()),
            )


def _numbers(letter: str, body: Node, dictionary: Dictionary) -> set[int]:
    """The numbers for which a letter can stand on the names of a formula."""
    found: list[set[int]] = []
    for part in walk(body):
        if isinstance(part, Symbol) and [text_of(i) for i in (*part.indices, *part.raised)] == [letter]:
            accents = tuple(a for a in part.accents if a not in DRESS)
            known = dictionary.families.get((part.base, accents), {})
            if len(known) > 1 and not next(dictionary.names.find(part), None):
                found.append(set(known))
    return set.intersection(*found) if found else set()


def _with_number(letter: str, number: int, part: Node) -> Node:
    """A name with a number in the place of the letter: h_1 for h_{t−1} where t is 2."""
    if not isinstance(part, Symbol):
        return part

    def put(index: Node) -> Node:
        found, offset = lettered(index)
        return Literal(Fraction(number + offset)) if found == letter else index

    low, high = tuple(map(put, part.indices)), tuple(map(put, part.raised))
    sub = "".join(map(text_of, low)) if low != part.indices else part.sub
    return replace(part, sub=sub, indices=low, raised=high)


def _spelling(
    symbol: Symbol, raised: tuple[Node, ...], body: Node | None, dictionary: Dictionary
) -> tuple[Spelling, tuple[str, ...]]:
    """How a name is spelled, and the letters on it that count the entries of the formula beside it."""
    low = symbol.indices
    kept = len(low)
    free = set() if body is None else _letters(body, dictionary)
    labelled = bool(symbol.raised or raised)  # n of δ_n is a label, i of δ_i^{(3)} is none
    signal = symbol.base == "delta" and not labelled and dictionary.is_signal(symbol, raised)
    while not signal and kept and isinstance(low[kept - 1], Symbol) and text_of(low[kept - 1]) in free:
        kept -= 1
    letters = tuple(text_of(node) for node in low[kept:])
    low = low[:kept]
    label = labels(low) if letters or labels(low) == flat_sub(symbol) else flat_sub(symbol)
    return spell(symbol, label, labels((*symbol.raised, *raised))), letters


def stated_size(symbol: Node | None, body: Node | None, model: Model) -> int:
    """The number of N = 4, where something of the problem has as many places; else 0.

    n_1 = 3 and k = 1 are sizes only where we call one so.
    """
    if not isinstance(symbol, Symbol) or len(symbol.base) > 1 or symbol.accents or symbol.marks:
        return 0
    if not isinstance(body, Literal) or body.value.denominator != 1 or body.value < 1:
        return 0
    number = int(body.value)
    name = f"{symbol.base}_{symbol.sub}" if symbol.sub else symbol.base
    own = model.graph.sizes.get(name)
    if own != number and name not in model.stated_dimensions:
        own = None  # we chose that letter ourselves
    if own is not None or symbol.sub or number < 2:
        return number if own == number else 0
    return number if number in model.graph.sizes.values() else 0


def _is_mean(target: Head, dictionary: Dictionary) -> bool:
    """Whether ȳ is the mean of an array of the problem: that it is 3 is claimed."""
    bare = without(target[0], "bar")
    found = next(dictionary.find(bare, target[1]), None) if bare != target[0] else None
    return found is not None and bool(dictionary.model.graph.shapes.get(found.name))


def is_open_size(node: Node, model: Model) -> bool:
    """Whether a letter is a size of the problem that may be any: N = 1, for one sample, defines nothing."""
    if not isinstance(node, Symbol) or node != Symbol(node.base):
        return False
    return node.base in model.stated_dimensions and node.base not in model.graph.sizes


def _is_kronecker(symbol: Symbol, nodes: Iterable[Node | None], dictionary: Dictionary) -> bool:
    """Whether δ_ik stands beside a derivative of something with the one letter by something with the
    other, or by an entry ik of a square matrix.
    """
    letters = {text_of(index) for index in symbol.indices}
    if symbol.base != "delta" or symbol.marks or len(letters) != 2:
        return False
    for node in nodes:
        if isinstance(node, Derivative) and node.of is not None and node.wrt is not None:
            above, below = (_letters(part) & letters for part in (node.of, node.wrt))
            if above and below and above | below == letters:
                return True
            if below == letters and _is_square(node.wrt, dictionary):
                return True
    return False


def _is_square(node: Node, dictionary: Dictionary) -> bool:
    found = next(dictionary.find(node), None) if isinstance(node, Symbol) else None
    shape = dictionary.model.graph.shapes.get(found.name, ()) if found is not None else ()
    return len(shape) == 2 and shape[0] == shape[1] and isinstance(shape[0], str)


def _is_signal_claim(target: Head, nodes: list[Node | None], dictionary: Dictionary) -> bool:
    """Whether δ_2 = z_2 − y says what the error signal is, rather than what the student calls so."""
    symbol, raised, _ = target
    if symbol.base != "delta" or not dictionary.is_signal(symbol, raised):
        return False
    return not any(node is not None and is_chain(node) for node in nodes)


def _is_entry_of_gradient(target: Head, line: Line, dictionary: Dictionary) -> bool:
    """Whether g_1 is an entry of g_i = ∂L/∂x_i, defined above: what stands beside it is a claim."""
    symbol, raised, parameters = target
    return not parameters and any(
        own.line < line.id
        and own.letters
        and len(split_digits(left, len(own.letters))) == len(own.letters)
        and isinstance(own.body, Derivative)
        for own, left in dictionary.defined(symbol, raised, line.id - 1)
        if left
    )


def is_chain(node: Node) -> bool:
    """Whether a node is a derivative, or a product of derivatives."""
    if isinstance(node, Product):
        return is_chain(node.left) and is_chain(node.right)
    return isinstance(node, Derivative)


Head = tuple[Symbol, tuple[Node, ...], tuple[str, ...]]


ARGUMENT = "•"
"""The argument of a function that is only seen applied to an expression."""


def _abstracted(node: Node | None, nodes: list[Node | None]) -> Node | None:
    """The body of g where g(θᵀx) = 1/(1 + e^{-θᵀx}) is written: what stands beside it, over its argument."""
    if isinstance(node, Element):
        node = node.body
    if not isinstance(node, Call) or len(node.args) != 1:
        return None
    (argument,) = node.args
    for other in nodes:
        if other is not None and other != node and any(part == argument for part in walk(other)):
            return transform(other, lambda part: Symbol(ARGUMENT) if part == argument else part)
    return None


def names_of(
    node: Node | None, dictionary: Dictionary
) -> tuple[Symbol, tuple[Node, ...], tuple[str, ...]] | None:
    """The symbol that a side is, if it is one that the problem does not have; its arguments."""
    if isinstance(node, Element) and isinstance(node.body, Call):
        node = node.body
    if isinstance(node, Call):
        arguments = tuple(text_of(arg) for arg in node.args if isinstance(arg, Symbol))
        plain = all(isinstance(arg, Symbol) for arg in node.args) or len(node.args) == 1
        symbol = node.head
        if symbol.base in KNOWN:
            return None
        if plain and not isinstance(node.args[0], Symbol):
            arguments = (ARGUMENT,)
        if not plain or symbol.marks or dictionary.is_known(symbol) or symbol.base in ("indicator", "range"):
            return None
        if symbol.base in dictionary.model.problem.functions:
            return None
        return symbol, (), arguments
    found = scripts(node) if node is not None else None
    if found is None:
        return None
    symbol, raised = found
    if symbol.base == "e" and raised:
        return None
    if "Delta" in symbol.accents:
        return None
    numbers = [dictionary.is_of_a_number(found) for found in dictionary.names.find(symbol, raised)]
    if dictionary.is_known(symbol, raised) and not (numbers and all(numbers)):
        return None
    if "d" in symbol.accents:
        bare = without(symbol, "d")
        if next(dictionary.defined(bare, raised, 0), None) is not None or dictionary.is_signal(bare, raised):
            return None
        symbol = plain_name(symbol)
    nude = unbarred(symbol) if dictionary.barred else None
    if nude is not None and dictionary.is_known(nude, raised):
        return None
    if raised and not (isinstance(raised[0], Symbol | Literal) and not isinstance(node, Call)):
        return None
    return symbol, raised, ()


def _definiens(nodes: list[Node | None], place: int, dictionary: Dictionary) -> Node | None:
    """What defines a name in a chain: a derivative if one stands there, else what stands next to it."""
    others = [n for n in (*nodes[place + 1 :], *reversed(nodes[:place])) if n is not None]
    others = [n for n in others if n != nodes[place] and names_of(n, dictionary) is None]
    derivatives = [n for n in others if isinstance(n, Derivative)]
    return (derivatives or others or [None])[0]


def _letters(node: Node, dictionary: Dictionary | None = None) -> frozenset[str]:
    """The letters that stand in the scripts of a node, or in it, and are bound by no sum in it.

    With a dictionary, not those that are labels of the problem's names, the f of W_f, or of the work's own.
    """
    found: set[str] = set()
    high = {id(part.body): (part.exponent,) for part in walk(node) if isinstance(part, Power)}
    for part in walk(node):
        match part:
            case Symbol(indices=indices, raised=raised):
                name = None if dictionary is None else next(dictionary.names.find(part), None)
                if name is not None and not name.marks:
                    indices, raised = name.indices, name.samples
                elif dictionary is not None:
                    own = next(dictionary.defined(part, high.get(id(part), ()), 0), None)
                    indices = own[1] if own is not None and own[0].letters else indices
                found |= {
                    text_of(i) for index in (*indices, *raised) for i in walk(index) if isinstance(i, Symbol)
                }
            case Element(indices=indices):
                found |= {text_of(i) for index in indices for i in walk(index) if isinstance(i, Symbol)}
    bound = {part.index for part in walk(node) if isinstance(part, Sum)}
    return frozenset(found - bound)
