"""What is true of a random formula: by automatic differentiation, and by differences on both sides."""

import warnings
from dataclasses import replace

import mpmath
import numpy as np
from reference import AUTOGRAD, FIFTY, autograd_gradients

STEP = 1e-6
"""The step of the differences: well below the distance of the nearest kinks."""
FINE = mpmath.mpf(10) ** -20
"""The same in 50 digits."""
NUDGE = 1e-14
"""How far leaves are moved, relative to them, to see whether rounding decides."""
ROUNDED = 1e-15
"""Below it a value that is not 0 may be what rounding left of 0."""


def truth(made):
    """The gradients by all leaves and lines, entries that no source is sure of as NaN.

    Automatic differentiation, and difference quotients on both sides: on a kink these differ, near a pole
    they are far from one another. Where a line is so near to 0 that floats cannot tell (the determinant of
    a singular product), no source knows on which side of a kink it is.
    """
    names = [*(name for name in made.leaves if not name.startswith("l")), *made.lines]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Output seems independent")
        point = AUTOGRAD.forward(made.lines, made.leaves)
        if any(((v != 0) & (np.abs(v) < ROUNDED)).any() for v in map(np.asarray, point.values())):
            return {name: np.full(np.shape(point[name]), np.nan) for name in names}
        sides = {name: quotients(made, point, name) for name in names}
        try:
            found = autograd_gradients(made.lines, made.leaves, names)
            again = autograd_gradients(made.lines, nudged(made.leaves), names)
        except np.linalg.LinAlgError:  # the derivative of det through an inverse
            found = again = {name: np.mean(sides[name], axis=0) for name in names}
        return {name: sure(found[name], again[name], sides[name]) for name in names}


def nudged(leaves):
    """The leaves as rounding might have left them: where that changes much, floats know nothing."""
    draw = np.random.default_rng(0)
    return {name: value * (1 + NUDGE * draw.uniform(-1, 1, value.shape)) for name, value in leaves.items()}


def sure(found, again, sides):
    """What automatic differentiation found, where the quotients say the same, and it itself beside it."""
    left, right = sides
    found = np.where(np.abs(found - again) < 1e-6 * (1 + np.abs(found)), found, np.nan)
    near = 1e-3 * np.abs(found) + 1e-5
    agree = (np.abs(left - found) < near) & (np.abs(right - found) < near)
    return np.where(agree, found, np.nan)


def quotients(made, point, name):
    """The difference quotients to the left and to the right, for each entry of one quantity."""
    start = np.asarray(point[name], dtype=float)
    return _sides(start, STEP, np.sum(point["J"]), lambda moved: total(made, name, moved, AUTOGRAD))


def in_fifty_digits(made):
    """The same gradients by quotients in 50 digits alone: slow, and sure where floats are not."""
    with mpmath.workdps(50):
        leaves = {name: _exact(value) for name, value in made.leaves.items()}
        try:
            point = FIFTY.forward(made.lines, leaves)
            return {name: _exact_gradient(replace(made, leaves=leaves), point, name) for name in point}
        except (ZeroDivisionError, TypeError, ValueError):
            return {}


def _exact_gradient(made, point, name):
    start = _exact(point[name])
    left, right = _sides(start, FINE, np.sum(point["J"]), lambda moved: total(made, name, moved, FIFTY))
    found = (left + right) / 2
    agree = np.asarray(abs(left - right) < FINE**0.5 * (1 + abs(found)), dtype=bool)
    return np.where(agree, np.asarray(found, dtype=float), np.nan)


def _exact(value):
    return np.asarray(np.frompyfunc(mpmath.mpf, 1, 1)(np.asarray(value, dtype=object)), dtype=object)


def _sides(start, step, here, objective):
    """(objective(start ± step) − here) / ±step, entry by entry: first to the left, then to the right."""
    sides = np.full((2, *start.shape), np.nan, dtype=start.dtype)
    for where in np.ndindex(start.shape):
        for side, sign in enumerate((-1, 1)):
            moved = start.copy()
            moved[where] += sign * step
            sides[(side, *where)] = sign * (objective(moved) - here) / step
    return sides


def total(made, name, value, arithmetic):
    """The objective with one leaf or line replaced by a value."""
    known = {**made.leaves, name: value}
    for line, text in made.lines.items():
        known[line] = value if line == name else arithmetic.evaluate(text, known)
    return np.sum(known["J"])
