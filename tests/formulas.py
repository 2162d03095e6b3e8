"""Random formulas over all operations, built from the leaves upwards.

Each problem is about one operation, which stands somewhere in it: inside others or over them, named or
inline, beside arrays of other sizes, at points of which some entries lie near a kink or on one.
"""

import random
import re
from dataclasses import dataclass

import numpy as np
from formula_makers import MAKERS
from formula_parts import Builder, bracketed

NEAR = 1e-3
"""How near to a kink some entries are."""


@dataclass
class Made:
    """A problem: its lines, and numbers for its leaves."""

    lines: dict[str, str]
    leaves: dict[str, np.ndarray]
    about: str


def objective(b, x):
    """A scalar made of the last part."""
    weights = b.leaf(*x.shape)
    texts = [f"sum({bracketed(x)} * {weights.text})", f"sum({bracketed(x)}**2)", f"mean({x.text})"]
    if len(x.shape) == 2 and x.shape[0] == x.shape[1]:
        texts += [f"trace({x.text})", f"sum(diag({x.text}) * {b.leaf(x.shape[0]).text})"] * 2
    if len(x.shape) == 1:
        texts += [f"{bracketed(x)} @ {weights.text}", f"{bracketed(x)}[{b.random.randrange(x.shape[0])}]"]
    return b.random.choice(texts)


def random_formula(seed):
    """The problem of this seed; the operation it is about goes round with the seed."""
    numbers = random.Random(seed)
    about = list(MAKERS)[seed % len(MAKERS)]
    b = Builder(numbers, numbers.choice((0.0, 0.0, 0.4, 1.0)))
    others = numbers.choices(list(MAKERS), k=numbers.choice((0, 1, 1, 2, 3)))
    place = numbers.randrange(len(others) + 1)
    x = b.any()
    for name in (*others[:place], about, *others[place:]):
        x = MAKERS[name](b, x)
    b.lines["J"] = objective(b, x)
    used = set(re.findall(r"\w+", " ".join(b.lines.values())))
    draw = np.random.default_rng(seed)
    leaves = {name: values(draw, name, shape) for name, shape in b.leaves.items() if name in used}
    return Made(b.lines, leaves, about)


def values(draw, name, shape):
    """Numbers of three decimals; one entry in ten lies near a kink, one in forty on it."""
    if name.startswith("l"):
        return draw.integers(0, int(name[1 : name.index("_")]), shape).astype(float)
    if name.startswith("p"):
        return draw.uniform(0.3, 2.0, shape).round(3)
    found = np.asarray(draw.uniform(-1.5, 1.5, shape).round(3))
    chance = draw.uniform(size=shape)
    near = np.where(draw.uniform(size=shape) < 0.5, NEAR, -NEAR)
    return np.where(chance < 0.025, 0.0, np.where(chance < 0.125, near, found))
