"""Parts of random formulas: leaves, and names that are given now and then."""

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Part:
    """A formula's text and its shape."""

    text: str
    shape: tuple[int, ...]


@dataclass
class Builder:
    """Makes leaves and names as they are needed; ``naming`` is how often a part gets a name."""

    random: random.Random
    naming: float
    leaves: dict[str, tuple[int, ...]] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def leaf(self, *shape, positive=False):
        """A new leaf; the name of a positive one begins with p."""
        name = f"{'p' if positive else 'avM'[len(shape)]}{len(self.leaves)}"
        self.leaves[name] = shape
        return Part(name, shape)

    def size(self):
        return self.random.choice((2, 3, 4, 5))

    def any(self):
        """A leaf of some rank."""
        return self.leaf(*(self.size() for _ in range(self.random.choice((0, 1, 1, 2, 2, 2)))))

    def like(self, shape):
        """Another part of this shape, made before where there is one, or broadcast against it."""
        known = [part for part in self.parts if part.shape == shape]
        if known and self.random.random() < 0.5:
            return self.random.choice(known)
        stretched = {2: [(), shape[1:], (shape[0], 1) if shape else (), (1, *shape[1:])], 1: [()], 0: []}
        return self.leaf(*self.random.choice([shape, shape, *stretched[len(shape)]]))

    def put(self, text, *shape):
        """A finished part, under a name of its own now and then."""
        if self.random.random() < self.naming:
            name = f"q{len(self.lines)}"
            self.lines[name] = text
            text = name
        self.parts.append(Part(text, shape))
        return self.parts[-1]

    def positive(self, x):
        """A positive part of the shape of x."""
        texts = ("1 + ({})**2", "exp({} / 4)", "sigmoid({})", "softplus({})", "abs({}) + 0.3")
        if self.random.random() < 0.3:
            return self.leaf(*x.shape, positive=True)
        return self.put(self.random.choice(texts).format(bracketed(x)), *x.shape)

    def matrix(self, x, rows=1, columns=1):
        """A matrix made of x, of at least so many rows and columns."""
        if len(x.shape) == 1 and x.shape[0] >= rows:
            y = self.leaf(max(self.size(), columns))
            return self.put(f"outer({x.text}, {y.text})", *x.shape, *y.shape)
        if len(x.shape) == 2 and x.shape[0] >= rows and x.shape[1] >= columns:
            return x
        y = self.leaf(rows + self.random.randrange(2, 4), columns + self.random.randrange(1, 4))
        return y if x.shape else self.put(f"{bracketed(x)} * {y.text}", *y.shape)

    def vector(self, x):
        """A vector made of x."""
        if len(x.shape) == 1:
            return x
        if not x.shape:
            y = self.leaf(self.size())
            return self.put(f"{bracketed(x)} * {y.text}", *y.shape)
        y = self.leaf(x.shape[1])
        column = f"{{0}}[:, {min(1, x.shape[1] - 1)}]"
        text = self.random.choice(("{0} @ {1}", "sum({0}, axis=1)", column, "mean({0}, axis=1)"))
        return self.put(text.format(bracketed(x), y.text), x.shape[0])

    def square(self, x, regular=False):
        """A square matrix made of x; a ``regular`` one is hardly ever singular."""
        m = self.matrix(x)
        n, k = m.shape
        if n == k and not regular:
            return m
        product = bracketed(m) if n == k else f"{bracketed(m)} @ {self.leaf(k, n).text}"
        if n != k and self.random.random() < 0.5:
            product = f"{bracketed(m)} @ {bracketed(m)}.T"
        if regular and (n != k or m.text not in self.leaves):
            product += f" + diag({self.leaf(n, positive=True).text})"
        return self.put(product, n, n) if product != m.text else m


def bracketed(part):
    """A part's text as an operand."""
    return part.text if part.text.replace("_", "").isalnum() else f"({part.text})"
