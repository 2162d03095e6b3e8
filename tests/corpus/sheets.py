"""Sheets from seeds: derivations in symbols and calculations in numbers, with slips strewn in.

Every label follows from an evaluation: whether a right side is what the left side is, at random points
and at the givens; how far a printed number is from the true one; which mistakes make what is written.
"""

import ast
import random
from dataclasses import replace

import numpy as np
from corpus.batches import BATCHES
from corpus.dialects import DIALECTS
from corpus.layers import LAYERS
from corpus.layout import Line, Sheet
from corpus.regression import REGRESSION
from corpus.scalars import SCALARS
from corpus.sequences import SEQUENCES
from corpus.slips import explanations, shaped, slips
from corpus.spelling import Speller
from corpus.truth import Student, evaluate, parsed, quiet, same

COURSES = (*LAYERS, *SCALARS, *BATCHES, *SEQUENCES, *REGRESSION)
SLIP_RATE = 0.25
UNSPOKEN = {"conv2d", "flip", "mean"}
"""What has no common sign in a line: such work stands in numbers alone."""
CLEAR = 5
"""A slip's number differs from the true one by more units of its last digit than this."""


def sheets(rounds, seed=0):
    """Derivations and calculations of every course in every dialect, ``rounds`` times over."""
    for n in range(rounds):
        for course in COURSES:
            for name in DIALECTS:
                chance = random.Random(f"{seed}/{n}/{course.name}/{name}")
                yield from _filled(derivation(course, name, chance))
                if DIALECTS[name].display != "text":
                    yield from _filled(calculation(course, name, chance))


def _filled(sheet):
    return [sheet] if sheet.lines else []


def _opened(course, name, title):
    dialect = DIALECTS[name]
    sheet = Sheet(course, name, dialect, title)
    sheet.prose(f"# {course.name}: {title}")
    speller = Speller(course, dialect, course.exact)
    if dialect.gradient == "code":
        sheet.prose(f"Here dW stands for the gradient of {course.of} with respect to W, and so on.")
    marked = [name for name in course.forward if name != course.of]
    if dialect.gradient == "bar":
        sheet.show([_definition(speller, marked[-1])])
    if dialect.gradient == "delta":
        sheet.show([_definition(speller, name) for name in course.deltas])
    return sheet, speller


def _definition(speller, name):
    below, of = speller.symbol(name), speller.symbol(speller.course.of)
    latex = rf"{speller.gradient(name)} = \frac{{\partial {of}}}{{\partial {below}}}"
    return Line(latex, ("correct", "unchecked"), "definition")


def derivation(course, name, chance, rate=SLIP_RATE):
    """Every claim of a course in symbols, some of them with a slip."""
    sheet, speller = _opened(course, name, "derivation")
    claims = course.claims
    if speller.dialect.display == "text":
        claims = [plain for claim in claims if (plain := _plain(claim))]
    lines = [line for claim in claims if (line := _claimed(claim, course, speller, chance, rate))]
    for start in range(0, len(lines), 4):
        sheet.show(lines[start : start + 4])
    return sheet


def _plain(claim):
    """A claim without its index forms, which plain text has no good way to write; None if it has no other."""
    forms = tuple(form for form in claim.forms if "[" not in form)
    return replace(claim, forms=forms) if forms and "[" not in claim.left else None


def _claimed(claim, course, speller, chance, rate):
    left = parsed(claim.left)
    forms = chance.sample(claim.forms, min(len(claim.forms), chance.choice((1, 1, 2))))
    trees = [parsed(form) for form in forms]
    if chance.random() < rate:
        return _slipped(claim, left, trees[0], course, speller, chance)
    return Line(_chain(speller, left, *trees), ("correct",), "symbolic")


def _mistake(claim, candidates, chance):
    """One of the mistakes; rather one that the claim was made for, as the others happen everywhere."""
    possible = {candidate[0] for candidate in candidates}
    own = sorted(possible & {mistake for mistake, _ in claim.wrong})
    return chance.choice(own if own and chance.random() < 0.6 else sorted(possible))


def _chain(speller, *sides):
    return " = ".join(speller.write(side) for side in sides)


def _slipped(claim, left, right, course, speller, chance):
    world = course.points[0]
    candidates = slips(left, right, course, world, claim.wrong)
    if not candidates:
        return None
    wanted = _mistake(claim, candidates, chance)
    tree = chance.choice([tree for mistake, tree in candidates if mistake == wanted])
    if same(left, tree, course.points[1]) or same(left, tree, course.exact):
        return None
    mistakes = explanations(tree, candidates, world)
    sides = (left, right, tree) if chance.random() < 0.15 and right is not tree else (left, tree)
    return Line(_chain(speller, *sides), ("wrong",), "symbolic", frozenset(mistakes))


def calculation(course, name, chance):
    """A course's work in numbers, perhaps with a slip that the lines after it carry on."""
    sheet, speller = _opened(course, name, "calculation")
    sheet.prose("Given are the following numbers.")
    sheet.show([_given(course, key, speller) for key in course.given])
    sheet.prose("Forward and backward:")
    writer = Calculation(course, sheet.dialect, speller, chance)
    lines = writer.lines()
    for start in range(0, len(lines), 5):
        sheet.show(lines[start : start + 5])
    return sheet


def _given(course, name, speller):
    value = speller.print(_texts(course.exact.leaves[name]))
    return Line(f"{speller.symbol(name)} = {value}", ("correct",), "given")


def _texts(value, digits=None):
    """Numbers as texts, with so many decimals or as short as may be."""
    value = np.asarray(value, dtype=float)
    texts = [f"{e:.10g}" if digits is None else f"{e:.{digits}f}" for e in value.ravel()]
    unsigned = [text if float(text) else text.removeprefix("-") for text in texts]
    return np.array(unsigned, dtype=object).reshape(value.shape)


class Calculation:
    """The values of a student on the way; ``own`` holds them at full precision, ``printed`` as they stand."""

    def __init__(self, course, dialect, speller, chance):
        self.course, self.dialect, self.speller, self.chance = course, dialect, speller, chance
        self.digits = chance.choice((3, 4, 4, 5, 6, 8))
        self.cut = chance.random() < 0.15
        self.reuse = not self.cut and chance.random() < 0.15
        self.own = {}
        self.printed = {
            name: _texts(value) for name, value in {**course.exact.leaves, **course.constants}.items()
        }
        self.root = None
        self.slip_at = None if self.reuse or chance.random() < 0.25 else self._place()

    def _place(self):
        everywhere = range(len(self.course.work))
        tempting = [n for n in everywhere if self.course.work[n].wrong]
        return self.chance.choice(tempting if tempting and self.chance.random() < 0.5 else everywhere)

    def lines(self):
        """A line for every name of the work, and some for single entries."""
        found = []
        for position, claim in enumerate(self.course.work):
            found += self._lines(position, claim)
        return found

    def _lines(self, position, claim):
        left, right = parsed(claim.left), parsed(claim.forms[0])
        student = Student(self.course.exact, self.own)
        with quiet():
            true = np.asarray(evaluate(left, self.course.exact), dtype=float)
            value = np.asarray(evaluate(right, student), dtype=float)
        slip = self._slip(position, claim, left, right, student, true)
        if slip is not None:
            right, value, mistakes = slip
        printed = self._print(value)
        line = self._line(left, right, value, printed, slip is not None)
        if slip is None:
            line.verdicts, line.root = self._label(true, value, printed)
        else:
            line.verdicts, line.mistakes, self.root = ("wrong",), mistakes, line
        self.own[claim.left] = np.asarray(printed, dtype=float) if self.reuse else value
        self.printed[claim.left] = printed
        return [line, *self._entry(claim.left, line, value)]

    def _slip(self, position, claim, left, right, student, true):
        """What is slipped in at this place: the tree, its value, and the mistakes that explain it."""
        if self.slip_at is None or position < self.slip_at or self.root is not None:
            return None
        candidates = []
        for mistake, tree in slips(left, right, self.course, self.course.points[0], claim.wrong):
            value = shaped(tree, student, true.shape)
            if value is not None:
                candidates.append((mistake, tree, value))
        clear = [c for c in candidates if self._far(c[2], true) > CLEAR]
        if not clear:
            return None
        wanted = _mistake(claim, clear, self.chance)
        _, tree, value = self.chance.choice([c for c in clear if c[0] == wanted])
        alike = frozenset(m for m, _, other in candidates if self._far(other, value) <= 1)
        return tree, value, alike

    def _unit(self):
        return 10.0**-self.digits

    def _far(self, value, true):
        return float(np.max(np.abs(np.asarray(value, dtype=float) - true))) / self._unit()

    def _print(self, value):
        if self.cut:
            value = np.trunc(np.asarray(value) / self._unit() * (1 + 1e-12)) * self._unit()
        return _texts(value, self.digits)

    def _line(self, left, right, value, printed, slipped):
        sides = [self.speller.write(left)]
        style = self.chance.choice(("bare", "symbols", "numbers", "both"))
        if style in ("symbols", "both") and not self._unspoken(right):
            sides.append(self.speller.write(right))
        if style in ("numbers", "both") and self._small(right):
            sides.append(Speller(self.course, self.dialect, self.course.exact, self.printed).write(right))
        sides.append(self.speller.print(printed))
        return Line(" = ".join(dict.fromkeys(sides)), (), "numeric")

    def _small(self, tree):
        """Whether numbers can be put in for the names: no axes of sums, few entries."""
        names = {node.id for node in _names(tree)}
        known = all(name in self.printed for name in names if name not in _heads(tree))
        size = sum(np.size(self.printed[name]) for name in names if name in self.printed)
        return known and not self._unspoken(tree) and size <= 24

    @staticmethod
    def _unspoken(tree):
        return any(
            call.func.id in UNSPOKEN or (call.keywords and call.func.id != "softmax") for call in _calls(tree)
        )

    def _label(self, true, value, printed):
        off = self._far(printed, true)
        if self.root is not None and self._far(value, true) > 3:
            return ("carried",), self.root
        if self.root is not None and off > 1:
            return ("carried", "rounded", "correct"), None
        if off <= 0.5 + 1e-6 and not self.cut:
            return ("correct",), None
        if off <= 1 + 1e-6 or self.reuse:
            return ("correct", "rounded"), None
        return ("correct", "rounded", "carried"), None

    def _entry(self, name, line, value):
        """Now and then one entry of what was just found, as it was found."""
        if np.ndim(value) != 2 or name.startswith("new_") or line.mistakes or self.chance.random() < 0.6:
            return []
        place = tuple(self.chance.randrange(n) for n in np.shape(value))
        left = self.speller.write(parsed(f"{name}[{place[0]}, {place[1]}]"))
        entry = Line(f"{left} = {self.printed[name][place]}", line.verdicts, "entry", root=line.root)
        if line.root is not None:
            entry.verdicts, entry.root = ("carried", "correct", "rounded"), None
        return [entry]


def _names(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _heads(tree):
    return {node.func.id for node in _calls(tree)}
