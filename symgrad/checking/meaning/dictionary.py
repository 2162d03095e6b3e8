"""What every symbol of a submission stands for, settled once for all its lines.

A name of the problem; a name of the student's own, with the formula that defines it; a size; the
number of a layer or a time. A definition always wins over a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from symgrad.checking.meaning.functions import ALONG, ELEMENTWISE, REDUCTIONS
from symgrad.checking.meaning.spelling import (
    UPDATED,
    Found,
    Spelling,
    Spellings,
    flat_sub,
    labels,
    scripts,
    spell,
    spellings,
    text_of,
)
from symgrad.checking.worlds.model import Model
from symgrad.operations import operation
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Call, Derivative, Element, Add, Literal, Node, Power, Product, Subtract, Sum, Symbol, transform, walk
from symgrad.tree import Name, Op

OBJECTIVES = frozenset(("L", "J", "E", "C", "Loss", "loss", "cost", "Cost", "l", "ell", "error", "Error"))
"""What people call the objective when the problem calls it otherwise."""
RATES = frozenset(("alpha", "eta", "lr", "epsilon", "gamma", "rate", "mu"))
"""What people call the learning rate."""
MATRIX_FUNCTIONS = frozenset(
    ("diag", "Diag", "tr", "Tr", "trace", "det", "inv", "logdet", "vec", "flatten", "norm", "conv", "conv2d", "outer")
    + ("rot", "rot180", "matmul", "dot", "indicator", "range")
)
KNOWN = frozenset((*ELEMENTWISE, *ALONG, *REDUCTIONS, *MATRIX_FUNCTIONS))
NAMES_TOO = frozenset(("sigma", "E"))
"""Functions whose letters are names as well, where no argument follows."""
CONSTANTS = frozenset(("pi", "infty", "1"))
TWINS: Mapping[str, str] = {"ell": "l", "l": "ell"}
"""Letters that are taken for one another where the problem has only the one."""


@dataclass(frozen=True, slots=True)
class Own:
    """A name of the student's own: ``letters`` are its indices, ``parameters`` its arguments.

    ``line`` is where it is defined; ``ends`` where the next definition of the same name stands.
    """

    spelling: Spelling
    body: Node
    line: int
    letters: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    written: str = ""


@dataclass
class Dictionary:
    """The names of a submission."""

    model: Model
    names: Spellings
    families: Mapping[tuple[str, tuple[str, ...]], Mapping[int, str]]
    own: dict[Spelling, list[Own]] = field(default_factory=dict)
    sizes: dict[str, str] = field(default_factory=dict)
    hot: dict[str, str] = field(default_factory=dict)
    """Index letters that stand for the place of the one in one-hot data."""
    from_zero: bool = False
    aliases: dict[Spelling, str] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    """Labels of error signals, and the quantities by which they are gradients."""
    applied: Mapping[str, str] = field(default_factory=dict)
    """Functions that the problem applies once, and the quantity that comes out: σ for σ(z)."""
    layout: str = ""
    """Which way Jacobians lie throughout, where the work shows it: ``numerator`` or ``denominator``."""
    einstein: bool = False
    """Whether the work says that repeated indices are summed over."""

    def find(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> Iterator[Found]:
        """The names of the problem that a symbol may be, with what is left of its scripts."""
        known = False
        if symbol.sub and self._is_parameter(symbol):  # h_θ(x)
            for found in self.names.find(replace(symbol, sub="", indices=()), raised):
                if found.name in self.model.graph.quantities:
                    yield found
        for found in self.names.find(symbol, raised):
            known = True
            yield found
        if not known and symbol.base in TWINS and not self.own.get(spell(symbol, flat_sub(symbol), labels(raised))):
            yield from self.names.find(replace(symbol, base=TWINS[symbol.base]), raised)
        alias = self.aliases.get(spell(symbol, flat_sub(symbol), labels(raised)))
        if alias is not None:
            yield Found(alias, (), (), tuple(m for m in symbol.marks if m[:1] not in "([") , 1, True)

    def _is_parameter(self, symbol: Symbol) -> bool:
        """Whether a subscript only says by what something is parametrised."""
        parts = symbol.indices
        return bool(parts) and all(
            isinstance(p, Symbol) and (p.base in ("theta", "Theta") or (f := next(self.names.find(p), None)) and f.name in self.model.parameters)
            for p in parts
        )

    def defined(self, symbol: Symbol, raised: tuple[Node, ...], line: int) -> Iterator[tuple[Own, tuple[Node, ...]]]:
        """The student's definitions of a symbol, the nearest one before a line first; indices left over."""
        high = (*symbol.raised, *raised)
        for cut in range(len(symbol.indices), -1, -1):
            key = spell(symbol, labels(symbol.indices[:cut]), labels(high))
            for own in self._nearest(key, line):
                yield own, symbol.indices[cut:]
        key = spell(symbol, flat_sub(symbol), labels(high))
        if labels(symbol.indices) != flat_sub(symbol):
            for own in self._nearest(key, line):
                yield own, ()

    def _nearest(self, key: Spelling, line: int) -> list[Own]:
        found = self.own.get(key, ())
        earlier = [own for own in found if own.line <= line]
        return earlier[-1:] or list(found[:1])

    def is_known(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> bool:
        """Whether the problem, or everybody, has a name of this kind."""
        if symbol.base in CONSTANTS or symbol.base in KNOWN - NAMES_TOO:
            return True
        twin = replace(symbol, base=TWINS.get(symbol.base, symbol.base))
        for found in (*self.names.find(symbol, raised), *self.names.find(twin, raised)):
            if self.model.rate or not UPDATED.intersection(found.marks):
                return True
        key = spell(symbol, flat_sub(symbol), labels(raised))
        return key in self.aliases or self._numbered(symbol, raised) or self._folds(symbol, raised)

    def _numbered(self, symbol: Symbol, raised: tuple[Node, ...]) -> bool:
        """Whether a letter stands for the number of a layer on a name: z^l, h_{t-1}."""
        accents = tuple(a for a in symbol.accents if a not in ("vec", "d", "Delta"))
        if len(self.families.get((symbol.base, accents), ())) < 2:
            return False
        high = (*(n for m, n in zip(symbol.marks, symbol.raised, strict=False) if m[:1] in "(["), *raised)
        place = high[0] if high else symbol.indices[0] if symbol.indices else None
        return isinstance(place, Symbol | Add | Subtract) and all(
            not isinstance(p, Symbol) or len(p.base) == 1 or p.base == "ell" for p in walk(place)
        )

    def is_signal(self, symbol: Symbol, raised: tuple[Node, ...]) -> bool:
        """Whether a δ bears the label of a quantity by which the objective is differentiated."""
        high = (*(n for m, n in zip(symbol.marks, symbol.raised, strict=False) if m[:1] in "(["), *raised)
        places = high or symbol.indices[:1]
        if len(places) != 1:
            return False
        text = text_of(places[0])
        numbered = sum(label.isdigit() for label in self.signals) > 1
        return text in self.signals or (numbered and not text.isdigit() and bool(high))

    def _folds(self, symbol: Symbol, raised: tuple[Node, ...]) -> bool:
        """Whether a letter with indices is an entry of the array with the other letter: x_ij of X."""
        if len(symbol.base) != 1 or not (symbol.indices or symbol.marks or raised):
            return False
        other = replace(symbol, base=symbol.base.swapcase())
        return any(
            (found.indices or found.samples) and self.model.graph.shapes.get(found.name)
            for found in self.names.find(other, raised)
        )


def dictionary_of(model: Model, submission: Submission) -> Dictionary:
    """The names of a submission about a problem."""
    problem = model.problem
    names = (*model.graph.quantities, *model.graph.leaves, *problem.given)
    ranked = [name for name, shape in model.graph.shapes.items() if shape]
    found = spellings(dict.fromkeys(names), problem.write, ranked)
    dictionary = Dictionary(model, found, _families(found))
    dictionary.signals = _signals(dictionary)
    _alias_rate(dictionary)
    for line in submission.lines:
        for own in _definitions(line, dictionary):
            dictionary.own.setdefault(own.spelling, []).append(own)
    _alias_objective(dictionary, submission)
    dictionary.applied = _applied(model)
    dictionary.einstein = bool(EINSTEIN.search(submission.text))
    dictionary.from_zero = any(_is_zero_index(line) for line in submission.lines)
    return dictionary


EINSTEIN = re.compile(r"repeated ind|summation convention|einstein", re.IGNORECASE)


def _signals(dictionary: Dictionary) -> Mapping[str, str]:
    """The quantities that activations are applied to, and the last one before the objective, by label and name."""
    graph = dictionary.model.graph
    found: dict[str, str] = {}
    for name in graph.quantities:
        if name == graph.of or not _feeds_activation(name, dictionary.model):
            continue
        for key, (known, exponent) in dictionary.names.joined.items():
            if known == name and exponent == 1:
                if key[2]:
                    found.setdefault(key[2], name)
                found.setdefault(key[0] + key[2], name)
    return found


def _feeds_activation(name: str, model: Model) -> bool:
    """Whether a function of this one quantity, of its shape, is applied to it; or nothing but the loss is."""
    graph = model.graph
    uses = graph.consumers(name)
    if uses == (graph.of,) and graph.shapes[name]:
        return True
    for made in uses:
        formula = graph.quantities[made]
        if (
            isinstance(formula, Op)
            and formula.args == (Name(name),)
            and operation(formula.name).kind in ("elementwise", "structured")
            and graph.shapes[made] == graph.shapes[name]
        ):
            return True
    return False


def _applied(model: Model) -> Mapping[str, str]:
    found: dict[str, list[str]] = {}
    for name, formula in model.graph.quantities.items():
        if isinstance(formula, Op) and formula.name in ("sigmoid", "tanh", "softmax"):
            found.setdefault(formula.name, []).append(name)
    once = {op: names[0] for op, names in found.items() if len(names) == 1}
    return {**once, **({"sigma": once["sigmoid"]} if "sigmoid" in once else {})}


def _families(names: Spellings) -> Mapping[tuple[str, tuple[str, ...]], Mapping[int, str]]:
    """Names that differ in a number only: h0, h1, h2."""
    found: dict[tuple[str, tuple[str, ...]], dict[int, str]] = {}
    for (base, accents, label, _), (name, exponent) in names.joined.items():
        if label.isdigit() and len(label) < 4 and exponent == 1:
            found.setdefault((base, accents), {}).setdefault(int(label), name)
    return found


def _definitions(line: Line, dictionary: Dictionary) -> Iterator[Own]:
    """Names that a chain gives to what stands beside them."""
    if line.is_condition or line.struck or len(line.sides) < 2:
        return
    nodes = [side.node for side in line.sides]
    if any(relation in ("≠", "<", "≤", ">", "≥") for relation in line.relations):
        return
    arguments = next((t[2] for n in nodes if (t := _target(n, dictionary)) is not None and t[2]), ())
    for place, node in enumerate(nodes):
        target = _target(node, dictionary)
        if target is None or _is_signal_claim(target, nodes, dictionary) or _is_kronecker(target[0], nodes):
            continue
        if not target[2] and len(target[0].base) > 1 and not target[0].sub and arguments:
            target = (target[0], target[1], arguments)  # RBF = φ(z) = …
        body = _definiens(nodes, place, dictionary)
        if body is None:
            continue
        symbol, raised, parameters = target
        if parameters == (ARGUMENT,):
            body = _abstracted(node, nodes)
            if body is None or spell(symbol, flat_sub(symbol), labels((*symbol.raised, *raised))) in dictionary.own:
                continue
        letters: tuple[str, ...] = ()
        low = symbol.indices
        if not parameters:
            free = _letters(body)
            kept = len(low)
            while kept and isinstance(low[kept - 1], Symbol) and text_of(low[kept - 1]) in free:
                kept -= 1
            letters = tuple(text_of(node) for node in low[kept:])
            low = low[:kept]
        label = labels(low) if letters or labels(low) == flat_sub(symbol) else flat_sub(symbol)
        yield Own(
            spell(symbol, label, labels((*symbol.raised, *raised))), body, line.id, letters, parameters, line.sides[place].latex
        )


def _is_kronecker(symbol: Symbol, nodes: Iterable[Node | None]) -> bool:
    """Whether δ_ik stands beside a derivative of something with the one letter by something with the other."""
    letters = {text_of(index) for index in symbol.indices}
    if symbol.base != "delta" or symbol.marks or len(letters) != 2:
        return False
    for node in nodes:
        if isinstance(node, Derivative) and node.of is not None and node.wrt is not None:
            above, below = (_letters(part) & letters for part in (node.of, node.wrt))
            if above and below and above | below == letters:
                return True
    return False


def _is_signal_claim(target: Target, nodes: list[Node | None], dictionary: Dictionary) -> bool:
    """Whether δ_2 = z_2 − y says what the error signal is, rather than what the student calls so."""
    symbol, raised, _ = target
    if symbol.base != "delta" or not dictionary.is_signal(symbol, raised):
        return False
    return not any(node is not None and is_chain(node) for node in nodes)


def is_chain(node: Node) -> bool:
    """Whether a node is a derivative, or a product of derivatives."""
    if isinstance(node, Product):
        return is_chain(node.left) and is_chain(node.right)
    return isinstance(node, Derivative)


Target = tuple[Symbol, tuple[Node, ...], tuple[str, ...]]
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


def _target(node: Node | None, dictionary: Dictionary) -> tuple[Symbol, tuple[Node, ...], tuple[str, ...]] | None:
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
    if "d" in symbol.accents or "Delta" in symbol.accents or dictionary.is_known(symbol, raised):
        return None
    if raised and not (isinstance(raised[0], Symbol | Literal) and not isinstance(node, Call)):
        return None
    return symbol, raised, ()


def _definiens(nodes: list[Node | None], place: int, dictionary: Dictionary) -> Node | None:
    """What defines a name in a chain: a derivative if one stands there, else what stands next to it."""
    others = [n for n in (*nodes[place + 1 :], *reversed(nodes[:place])) if n is not None]
    others = [n for n in others if n != nodes[place] and _target(n, dictionary) is None]
    derivatives = [n for n in others if isinstance(n, Derivative)]
    return (derivatives or others or [None])[0]


def _letters(node: Node) -> frozenset[str]:
    """The letters that stand in the scripts of a node, or in it, and are bound by no sum in it."""
    found: set[str] = set()
    for part in walk(node):
        match part:
            case Symbol(indices=indices, raised=raised):
                found |= {text_of(i) for index in (*indices, *raised) for i in walk(index) if isinstance(i, Symbol)}
            case Element(indices=indices):
                found |= {text_of(i) for index in indices for i in walk(index) if isinstance(i, Symbol)}
    bound = {part.index for part in walk(node) if isinstance(part, Sum)}
    return frozenset(found - bound)


def _alias_objective(dictionary: Dictionary, submission: Submission) -> None:
    """The objective under another of its usual names, where the problem has no such name."""
    for line in submission.lines:
        for side in line.sides:
            for node in walk(side.node) if side.node is not None else ():
                for symbol in _objective_places(node):
                    key = spell(symbol, flat_sub(symbol), labels(symbol.raised))
                    if (
                        symbol.base in OBJECTIVES
                        and not symbol.marks
                        and not symbol.sub
                        and not dictionary.is_known(symbol)
                        and key not in dictionary.own
                    ):
                        dictionary.aliases.setdefault(key, dictionary.model.objective)


def _objective_places(node: Node) -> Iterator[Symbol]:
    match node:
        case Derivative(of=Symbol() as symbol):
            yield symbol
        case Derivative(of=Call(head=Symbol() as symbol)):
            yield symbol
        case Derivative(of=Power(Symbol() as symbol)):
            yield symbol


def _alias_rate(dictionary: Dictionary) -> None:
    if dictionary.model.rate:
        for base in RATES:
            symbol = Symbol(base)
            if not dictionary.is_known(symbol):
                dictionary.aliases.setdefault(spell(symbol, "", ""), dictionary.model.rate)


def _is_zero_index(line: Line) -> bool:
    """Whether a line counts entries from 0: A_0, or a sum from 0."""
    for side in line.sides:
        for node in walk(side.node) if side.node is not None else ():
            match node:
                case Sum(lower=Literal(value)) if value == 0:
                    return True
    return False


def is_numeric(nodes: Iterable[Node]) -> bool:
    """Whether nodes hold numbers only."""
    return all(not isinstance(part, Symbol | Derivative) for node in nodes for part in walk(node))
