"""What every symbol of a submission stands for, settled once for all its lines.

A name of the problem; a name of the student's own, with the formula that defines it; a size; the
number of a layer or a time. A definition always wins over a guess.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.meaning.choices import Values
from symgrad.checking.meaning.functions import ALONG, ELEMENTWISE, REDUCTIONS
from symgrad.checking.meaning.moments import Moments
from symgrad.checking.meaning.spelling import (
    UPDATED,
    Found,
    Spelling,
    Spellings,
    flat_sub,
    labels,
    spell,
    text_of,
    unbarred,
)
from symgrad.checking.worlds.model import Model
from symgrad.submission.written import Add, Node, Subtract, Symbol, walk
from symgrad.tree import Op
from symgrad.tree import walk as parts_of

OBJECTIVES = frozenset(("L", "J", "E", "C", "Loss", "loss", "cost", "Cost", "l", "ell", "error", "Error"))
"""What people call the objective when the problem calls it otherwise."""


RATES = frozenset(("alpha", "eta", "lr", "epsilon", "gamma", "rate", "mu"))
"""What people call the learning rate."""
PLAIN_RATES = frozenset(("alpha", "eta", "lr", "rate"))
"""The same beside constants of a method, which have the other letters."""


MATRIX_FUNCTIONS = frozenset(
    (
        "diag",
        "Diag",
        "tr",
        "Tr",
        "trace",
        "det",
        "inv",
        "logdet",
        "vec",
        "flatten",
        "norm",
        "negpart",
        "conv",
        "conv2d",
        "outer",
        "rot",
        "rot180",
        "matmul",
        "maxpool",
        "avgpool",
        "einsum",
        "swapaxes",
        "permute",
        "unpool",
        "argmaxpool",
        "reshape",
        "dot",
        "indicator",
        "range",
        "pick",
        "lookup",
        "tril",
        "onehot",
        "one_hot",
        *("rowsum", "colsum"),
    )
)


KNOWN = frozenset((*ELEMENTWISE, *ALONG, *REDUCTIONS, *MATRIX_FUNCTIONS))


NAMES_TOO = frozenset(("sigma", "E"))
"""Functions whose letters are names as well, where no argument follows."""


SUMS = frozenset(("sum", "mean"))
CLASS = "true class"
"""The index that is the place of the one in the data, or their label."""
FOREIGN = "?"
"""A mark of our own on a name of the work's that only looks like one of the problem's."""


CONSTANTS = frozenset(("pi", "infty", "1"))


TWINS: Mapping[str, str] = {"ell": "l", "l": "ell"}
"""Letters that are taken for one another where the problem has only the one."""


def held(of: str, wrt: str) -> str:
    """The key of the way in which ∂of/∂wrt is meant, total or direct."""
    return f"∂{of}/∂{wrt}"


class Own(Struct, frozen=True):
    """A name of the student's own: ``letters`` are its indices, ``parameters`` its arguments.

    ``line`` is where it is defined; ``ends`` where the next definition of the same name stands,
    ``turn`` the number of the step that its heading is of.
    """

    spelling: Spelling
    body: Node
    line: int
    letters: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    written: str = ""
    turn: int = 0

    @property
    def formula(self) -> bool:
        """Whether there is more than numbers in it."""
        return any(isinstance(part, Symbol) for part in walk(self.body))


class Dictionary(Struct):
    """The names of a submission."""

    model: Model
    names: Spellings
    families: Mapping[tuple[str, tuple[str, ...]], Mapping[int, str]]
    own: dict[Spelling, list[Own]] = field(default_factory=dict)
    claimed: set[Spelling] = field(default_factory=set)
    """Error signals of which a line says what they are."""
    numbered: dict[Spelling, tuple[int, ...]] = field(default_factory=dict)
    """The numbers of names of the student's own that bear a letter for them: 1, 2 of δ_t."""
    sizes: dict[str, str] = field(default_factory=dict)
    """Letters of the student's own, and the dimensions whose sizes they are."""
    declared: frozenset[str] = frozenset()
    """Those of them of which the work says so: x ∈ ℝ^{n×m}."""
    open: frozenset[str] = frozenset()
    """Those that could also be other sizes: some lines are right with these."""
    hot: dict[str, str] = field(default_factory=dict)
    """Index letters that stand for the place of the one in one-hot data."""
    from_zero: bool = False
    starts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The number of the first entry of names that are counted otherwise, axis by axis."""
    timely: frozenset[str] = frozenset()
    """Those of them that are counted so by letters alone, the t of x_t: a number on them is as usual."""
    timed: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    """Names of the student's own that bear a time in brackets: δ of δ^{(t)}."""
    gradients: Mapping[str, Symbol] = field(default_factory=dict)
    """What ∇f is taken by, where it is not said, for the f of which the work shows it elsewhere."""
    high: bool = False
    """Whether the work writes times high: x^t."""
    aliases: dict[Spelling, str] = field(default_factory=dict)
    renamed: dict[Spelling, str] = field(default_factory=dict)
    """Names of the student's own that are defined as what a quantity of the problem is."""
    signals: Mapping[str, str] = field(default_factory=dict)
    """Labels of error signals, and the quantities by which they are gradients."""
    applied: Mapping[str, str] = field(default_factory=dict)
    """Functions that the problem applies once, and the quantity that comes out: σ for σ(z)."""
    ways: Mapping[str, str] = field(default_factory=dict)
    """What the work as a whole shows of how a notation is meant: ``jacobian``: ``numerator``, and so on."""
    barred: bool = False
    """Whether a bar over a name of the problem makes it the gradient by that name."""
    dressed: bool = False
    """Whether a bar over a name only says that it is a vector."""
    iterated: bool = False
    """Whether W^{(k)} is W after k steps of gradient descent."""
    parted: frozenset[str] = frozenset()
    """Index letters that run over one set here and over another there: what is in each nobody says."""
    outrun: frozenset[str] = frozenset()
    """Names at whose entries the work looks beyond an index, x_{i+1}: they may be longer than i runs."""
    einstein: bool = False
    """Whether the work says that repeated indices are summed over."""
    ranged: dict[Any, Any] = field(default_factory=dict)
    """How far index letters run, as found once for the same nodes and sizes."""
    values: Values = field(default_factory=Values)
    """What has been worked out."""

    @property
    def settled(self) -> Hashable:
        """What of it the lines settle one after the other."""
        maps = (self.sizes, self.hot, self.renamed, self.ways, self.starts)
        return (
            id(self.model),
            self.declared,
            self.open,
            self.from_zero,
            *(frozenset(each.items()) for each in maps),
        )

    @property
    def counts_times(self) -> bool:
        """Whether the problem has a counter of its own."""
        return bool(self.model.problem.repeat.counters)

    @property
    def moments(self) -> Moments:
        """The symbols of the method by which the problem descends."""
        return Moments(self.model, self.names)

    def has_samples(self, name: str) -> bool:
        """Whether each sample has its own of a quantity."""
        graph = self.model.graph
        return bool(set(graph.shapes[name]) & self.model.samples) and name not in graph.leaves

    def is_of_one_sample(self, name: str) -> bool:
        """Whether dZ is the gradient of the losses of the single samples, not of their mean."""
        return self.ways.get("single losses") == "single" and self.has_samples(name)

    def find(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> Iterator[Found]:
        """The names of the problem that a symbol may be, with what is left of its scripts."""
        known = False
        if self.dressed:
            symbol = unbarred(symbol) or symbol
        if symbol.sub and self._is_parameter(symbol):  # h_θ(x)
            for found in self.names.find(replace(symbol, sub="", indices=()), raised):
                if found.name in self.model.graph.quantities:
                    yield found
        for found in self.names.find(symbol, raised):
            if self.is_of_a_number(found) and (self.renamed or any(self.defined(symbol, raised, 0))):
                continue
            known = True
            yield found
        if (
            not known
            and symbol.base in TWINS
            and not self.own.get(spell(symbol, flat_sub(symbol), labels(raised)))
        ):
            yield from self.names.find(replace(symbol, base=TWINS[symbol.base]), raised)
        marks = tuple(m for m in symbol.marks if m[:1] not in "([")
        alias = self.aliases.get(spell(symbol, flat_sub(symbol), labels(raised)))
        if alias is not None:
            yield Found(alias, (), (), marks, 1, True)
        if self.renamed and not known:
            for key, left in _cuts(symbol, raised):
                if key in self.renamed:
                    yield Found(self.renamed[key], left, (), marks)
                    return

    def is_of_a_number(self, found: Found) -> bool:
        """Whether a letter stands as an index on a sum that is a number, as on the ℓ_i of ℓ = Σ ℓ_i."""
        letters = (*found.samples, *found.indices)
        if len(letters) != 1 or found.marks or self.model.graph.shapes.get(found.name):
            return False
        (letter,) = letters
        formula = self.model.graph.quantities.get(found.name)
        return (
            isinstance(letter, Symbol)
            and len(letter.base) == 1
            and not letter.sub
            and formula is not None
            and any(isinstance(part, Op) and part.name in SUMS for part in parts_of(formula))
        )

    def _is_parameter(self, symbol: Symbol) -> bool:
        """Whether a subscript only says by what something is parametrised; not where f_a and f_b differ."""
        learnt = self.model.parameters
        differ = {key[2] for key in self.own if key[0] == symbol.base and key[2] in learnt}
        return len(differ) < 2 and bool(symbol.indices) and all(map(self._is_learnt, symbol.indices))

    def _is_learnt(self, part: Node) -> bool:
        found = next(self.names.find(part), None) if isinstance(part, Symbol) else None
        named = isinstance(part, Symbol) and part.base in ("theta", "Theta")
        return named or (found is not None and found.name in self.model.parameters)

    def defined(
        self, symbol: Symbol, raised: tuple[Node, ...], line: int, formulas: bool = False
    ) -> Iterator[tuple[Own, tuple[Node, ...]]]:
        """The student's definitions of a symbol, the nearest one before a line first; indices left over.

        ``formulas``: those that hold at any point, rather than what they are worth at the givens.
        """
        cuts = _cuts(symbol, raised)
        found = [(own, left) for key, left in cuts for own in self._nearest(key, line, formulas)]
        yield from sorted(found, key=lambda one: formulas and not one[0].formula)  # δ_k before δ_1 = 0.13

    def _nearest(self, key: Spelling, line: int, formulas: bool = False) -> list[Own]:
        found = self.own.get(key, ())
        earlier = [own for own in found if own.line <= line]
        if formulas:
            earlier = [own for own in earlier if own.formula] or earlier
        return earlier[-1:] or list(found[:1])

    def is_known(self, symbol: Symbol, raised: tuple[Node, ...] = ()) -> bool:
        """Whether the problem, or everybody, has a name of this kind."""
        if symbol.base in CONSTANTS or symbol.base in KNOWN - NAMES_TOO:
            return True
        if not raised and self.moments.is_known(symbol):
            return True
        if self.dressed:
            symbol = unbarred(symbol) or symbol
        twin = replace(symbol, base=TWINS.get(symbol.base, symbol.base))
        for found in (*self.names.find(symbol, raised), *self.names.find(twin, raised)):
            if self.model.rate or not UPDATED.intersection(found.marks):
                return True
        key = spell(symbol, flat_sub(symbol), labels(raised))
        if self.renamed and any(cut in self.renamed for cut, _ in _cuts(symbol, raised)):
            return True
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
        if text in self.signals:
            return True
        numbered = sum(label.isdigit() for label in self.signals) > 1 and bool(high)
        return numbered and not text.isdigit() and (text, ()) not in self.families

    def _folds(self, symbol: Symbol, raised: tuple[Node, ...]) -> bool:
        """Whether a letter with indices is an entry of the array with the other letter: x_ij of X."""
        if len(symbol.base) != 1 or not (symbol.indices or symbol.marks or raised):
            return False
        other = replace(symbol, base=symbol.base.swapcase())
        return any(
            (found.indices or found.samples) and self.model.graph.shapes.get(found.name)
            for found in self.names.find(other, raised)
        )


def _cuts(symbol: Symbol, raised: tuple[Node, ...]) -> Iterator[tuple[Spelling, tuple[Node, ...]]]:
    """The ways to spell a symbol of the student's own: some of its indices as labels, the rest left over."""
    high = labels((*symbol.raised, *raised))
    for cut in range(len(symbol.indices), -1, -1):
        yield spell(symbol, labels(symbol.indices[:cut]), high), symbol.indices[cut:]
    if labels(symbol.indices) != flat_sub(symbol):
        yield spell(symbol, flat_sub(symbol), high), ()
