"""Trees of a submission put together at random, with names that are no names, for the tests of printers."""

from fractions import Fraction

from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Cases,
    Comparison,
    Derivative,
    Element,
    Literal,
    Matrix,
    Negative,
    Norm,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    Transpose,
)

NAMES = (
    "x", "W", "mu", "net", "softmax", "é", "中", "_", "^", "\\", "'", "i+1,j", "h1", "#", "$", "10", "∂",
    "∑", "⊙", "lambda", "Ω", "\u202e", "𝐱", "E_total", "|", "--", "((", "/*", "//", "..", "~", "[", "]",
    ";", "log", "exp", "′", "\\input{x}", "#eval", "a b",
)  # fmt: skip
ACCENTS = ("hat", "tilde", "bar", "check", "dot", "Delta", "d")
SIGNS = ("", "dot", "times", "star", "odot", "otimes", "at", "oslash", "colon")
DERIVED = ("partial", "d", "nabla", "direct")


class Scrawl:
    """A source of random trees; the same ``random`` gives the same trees."""

    def __init__(self, random):
        self.random = random

    def some(self, make, most):
        """Up to ``most`` of what ``make`` makes."""
        return tuple(make() for _ in range(self.random.randint(0, most)))

    def name(self):
        return self.random.choice(NAMES)

    def symbol(self):
        sub = self.random.choice(("", self.name()))
        accents = self.some(lambda: self.random.choice(ACCENTS), 2)
        return Symbol(self.name(), sub, self.some(self.name, 2), accents)

    def number(self):
        place = self.random.choice((0, -2, -6, -300, 300))
        return Literal(self.random.randint(-999, 999) * Fraction(10) ** place, place)

    def maybe(self, depth):
        return self.random.choice((None, self.tree(depth)))

    def tree(self, depth):
        """A tree of at most this depth."""
        if depth == 0:
            return self.random.choice((self.symbol, self.number))()

        def part():
            return self.tree(self.random.randint(0, depth - 1))

        def compared():
            return Comparison(part(), self.random.choice("=≠<≤>≥"), part())

        kinds = (
            lambda: Call(self.symbol(), self.some(part, 3)),
            lambda: self.random.choice((Add, Subtract, Quotient, Power))(part(), part()),
            lambda: self.random.choice((Negative, Transpose))(part()),
            lambda: Transpose(part(), False, sign=self.random.choice("T'")),
            lambda: Product(part(), part(), self.random.choice(SIGNS)),
            lambda: Element(part(), self.name()),
            lambda: Matrix(self.some(lambda: self.some(part, 3), 3), self.random.random() < 0.3),
            lambda: Sum(part(), self.name(), self.maybe(depth - 1), self.maybe(depth - 1)),
            lambda: Sum(
                part(),
                self.random.choice(("", "i")),
                over=self.name(),
                chosen=self.random.choice((None, self.some(part, 2))),
                condition=self.random.choice((None, compared())),
            ),
            lambda: Derivative(self.maybe(depth - 1), part(), self.random.choice(DERIVED)),
            lambda: Derivative(self.maybe(depth - 1), None, "nabla"),
            lambda: Norm(part(), self.name(), self.random.random() < 0.5),
            compared,
            lambda: Cases(self.some(lambda: (part(), self.random.choice((None, compared()))), 3)),
            lambda: Brace(part(), self.maybe(depth - 1)),
        )
        return self.random.choice(kinds)()
